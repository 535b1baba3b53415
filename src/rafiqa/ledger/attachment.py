"""Attachments: photographs and files that belong to a record, named by the hash of their bytes.

The ledger holds the name, not the bytes. So the bytes can come later, in parts and in any order,
and are proven when they are whole; and they can be erased without touching the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ATTACHMENT_KIND: Final = "attachment.named"
"""The kind of the entries that name one."""

PART_BYTES: Final = 256 * 1024
"""Bytes of every part but the last: what a weak link carries before it breaks (trust study 3.5)."""

ATTACHMENT_LIMIT_BYTES: Final = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AttachmentNamed:
    """That a record has an attachment, known by its hash before its bytes are here.

    Attributes:
        record_id: id of what it belongs to: evidence, work, a report.
        sha256: SHA-256 of the whole, in hex.
        n_bytes: length of the whole.
        media_type: such as ``image/jpeg``.
        note: what it shows.
        made_from: SHA-256 of the picture that it was made of and stands for, in hex; what it
            belongs to is then the pseudonym under which that lies in the vault.
    """

    record_id: str
    sha256: str
    n_bytes: int
    media_type: str
    note: str | None = None
    made_from: str | None = None


def n_parts(n_bytes: int) -> int:
    """How many parts an attachment of so many bytes comes in."""
    return -(-n_bytes // PART_BYTES)


def part_bytes(n_bytes: int, number: int) -> int:
    """How long one part is, counted from 0; 0 where the attachment has no such part."""
    if number < 0:
        return 0
    return max(min(PART_BYTES, n_bytes - number * PART_BYTES), 0)
