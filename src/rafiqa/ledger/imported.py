"""Imports as they stand in the ledger: what a file brought, how it is read, what is held twice.

They say nothing of the land: what a row says is a fact of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PairDecision = Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class RowsImported:
    """Rows of one import, written in one transaction with those that were new.

    Attributes:
        import_id: the same for every group of rows of one import.
        file_name: the file's own name.
        file_sha256: SHA-256 of its bytes, in hex.
        kind: what its rows were taken in as.
        entry_ids: the entries that these rows became.
        after_seq: the place in the ledger after which they stand.
        mapping: the name of the mapping that it was read with.
        again: entries of other imports that rows of this one say again; None where none do.
    """

    import_id: str
    file_name: str
    file_sha256: str
    kind: str
    entry_ids: tuple[str, ...]
    after_seq: int
    mapping: str | None = None
    again: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MappingSaved:
    """How files of a source are read from now on; the versions before it stay on record.

    ``text`` is the mapping's own keys as canonical JSON.
    """

    source: str
    kind: str
    text: str
    version: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PairDecided:
    """What a person decided of two records that may be of one thing; both stay on record."""

    one: str
    other: str
    decision: PairDecision
    note: str | None = None
