"""Erasure: a body and its salt are gone on purpose, and an entry of the ledger says so.

The header of the erased entry stays: its hash covers the commitment to the body, not the body,
so the chain proves itself without it (the salt makes the commitment tell nothing of what was
erased). What is left of the content stands in the erasing entry as the *remainder*: the same
record without the words that had to go. Without it a report of danger would be lost together
with the name in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.errors import InvalidInput
from rafiqa.ledger.canon import parse
from rafiqa.ledger.entry import Entry

ERASURE_KIND: Final = "entry.erased"
"""The kind of the entries that erase."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That the content of an earlier entry was erased, why, and what is left of it.

    Attributes:
        entry_id: id of the erased entry.
        seq: its place in the ledger.
        cause: why, in words; of no person.
        remainder: the body without what was erased, as canonical bytes.
        attachment: SHA-256 (hex) of the attachment whose bytes were erased with it.
    """

    entry_id: str
    seq: int
    cause: str
    remainder: bytes
    attachment: str | None = None


def erasure_in(entry: Entry) -> Erasure | None:
    """The erasure that an entry carries, or None where it carries none or its body is damaged."""
    if entry.kind != ERASURE_KIND:
        return None
    try:
        return Erasure(**parse(entry.body))
    except (InvalidInput, TypeError):
        return None


def is_erased(entry: Entry) -> bool:
    """Whether an entry was read without its salt: a salt is sixteen bytes, never none."""
    return not entry.salt
