"""Pictures on their way: their parts, until each can be made anew from pixels.

What a phone sent may still say where and by whom it was taken, so it never comes to a disk that
anybody could read it from: the parts wait in the cloakroom, sealed under a key that only the memory
of the servers of this machine has and that is another one after each start. A server that stops
forgets them; the phone, which keeps its own until all is here, sends again.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rafiqa.ledger import n_parts, part_bytes
from rafiqa.store import Cloakroom, Left

KEPT: Final = 512
"""Parts on their way at once: of 32 pictures of 4 MiB."""
WAIT_US: Final = 3_600_000_000
"""A part waits for the others no longer."""
_ROOM: Final = "picture"
_NONCE_BYTES: Final = 12


class Incoming:
    """The parts of pictures that are not whole yet, by report.

    Args:
        room: where they wait.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
        key: 32 secret bytes, the same for all who serve the store on this machine.
    """

    def __init__(
        self,
        room: Cloakroom,
        now_us: Callable[[], int],
        entropy: Callable[[int], bytes],
        key: bytes,
    ) -> None:
        self._room, self._now_us, self._entropy = room, now_us, entropy
        self._cipher = AESGCM(key)

    def missing(self, report_id: str, n_bytes: int) -> list[int]:
        """Returns the numbers of the parts that are not here."""
        here = {
            int.from_bytes(key[-4:], "big")
            for key in self._room.keys(_ROOM, report_id, self._now_us())
        }
        return [number for number in range(n_parts(n_bytes)) if number not in here]

    def put(self, report_id: str, n_bytes: int, number: int, content: bytes) -> bool:
        """Returns whether that can be this part; it is kept if so."""
        if len(content) != part_bytes(n_bytes, number):
            return False
        key, nonce, now_us = _key(report_id, number), self._entropy(_NONCE_BYTES), self._now_us()
        sealed = nonce + self._cipher.encrypt(nonce, content, key)
        self._room.put(_ROOM, Left(key, report_id, sealed, now_us + WAIT_US), now_us, KEPT)
        return True

    def take(self, report_id: str, digest: str) -> bytes | None:
        """Returns the whole picture and lets go of it; None where its hash is another."""
        lying = self._room.of(_ROOM, report_id, self._now_us())
        self._room.drop(_ROOM, [left.key for left in lying])
        try:
            parts = {left.key: self._opened(left) for left in lying}
        except InvalidTag:
            return None  # of a server that was here before, or on another machine
        whole = b"".join(parts[key] for key in sorted(parts))
        return whole if sha256(whole).hexdigest() == digest else None

    def _opened(self, left: Left) -> bytes:
        nonce, sealed = left.value[:_NONCE_BYTES], left.value[_NONCE_BYTES:]
        return self._cipher.decrypt(nonce, sealed, left.key)


def _key(report_id: str, number: int) -> bytes:
    """The key of a part: whose, and which; they stand in their order."""
    return sha256(report_id.encode("utf-8", "backslashreplace")).digest() + number.to_bytes(
        4, "big"
    )
