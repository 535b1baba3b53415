"""Sending: an act as its sender froze it, so that one sent again is done once.

A reply can be lost after the act was done. Whoever does not know which it was sends the same
again under the same key, and hears of the first. The header is that of the IETF's draft "The
Idempotency-Key HTTP Header Field"; the ledger keeps what it names, so a key holds for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor
from rafiqa.ledger import canonical
from rafiqa.service import Stamp

HEADER: Final = "Idempotency-Key"
KEY_LETTERS: Final = (8, 100)
_KEY: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Sending:
    """A key that its sender made, and the SHA-256 of what was sent under it."""

    key: str
    digest: bytes

    def stamp(self, actor: Actor) -> Stamp:
        """Returns the id and digest under which the ledger keeps the act.

        Each person's keys are apart from everybody else's, and from those of their acts for
        somebody else; the id tells neither.
        """
        for_whom = () if actor.acting_for is None else (actor.acting_for,)
        name = sha256(canonical((actor.person_id, self.key, *for_whom))).hexdigest()
        return Stamp(entry_id=f"sent-{name[:32]}", request_digest=self.digest)


def sending(key: str | None, method: str, path: str, body: bytes) -> Sending | None:
    """Returns the sending of an act, or None where its sender gave no key.

    Raises:
        InvalidInput: the key is not 8 to 100 visible letters of ASCII.
    """
    if key is None:
        return None
    least, most = KEY_LETTERS
    if not least <= len(key) <= most or _KEY.fullmatch(key) is None:
        raise InvalidInput(Fault("api.key.form", HEADER, params={"least": least, "most": most}))
    return Sending(key, sha256(canonical((method, path, body))).digest())
