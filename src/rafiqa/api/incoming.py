"""Pictures on their way: their parts, in memory alone, until each can be made anew from pixels.

What a phone sent may still say where and by whom it was taken, so it never comes to the disk.
A server that stops forgets them; the phone, which keeps its own until all is here, sends again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import sha256
from typing import Final

from rafiqa.ledger import n_parts, part_bytes

KEPT: Final = 32
"""Pictures on their way at once; of 4 MiB each at most."""


class Incoming:
    """The parts of pictures that are not whole yet, by report."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: OrderedDict[str, dict[int, bytes]] = OrderedDict()

    def missing(self, report_id: str, n_bytes: int) -> list[int]:
        """Returns the numbers of the parts that are not here."""
        with self._lock:
            here = self._parts.get(report_id, {})
            return [number for number in range(n_parts(n_bytes)) if number not in here]

    def put(self, report_id: str, n_bytes: int, number: int, content: bytes) -> bool:
        """Returns whether that can be this part; it is kept if so."""
        if len(content) != part_bytes(n_bytes, number):
            return False
        with self._lock:
            self._parts.setdefault(report_id, {})[number] = content
            self._parts.move_to_end(report_id)
            while len(self._parts) > KEPT:
                self._parts.popitem(last=False)
            return True

    def take(self, report_id: str, digest: str) -> bytes | None:
        """Returns the whole picture and lets go of it; None where its hash is another."""
        with self._lock:
            parts = self._parts.pop(report_id, {})
        whole = b"".join(parts[number] for number in sorted(parts))
        return whole if sha256(whole).hexdigest() == digest else None
