"""Entries as rows of the database and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rafiqa.errors import CorruptLedger, Fault, InvalidInput
from rafiqa.ledger import Entry
from rafiqa.store.port import Quarantined
from rafiqa.store.triage import faults_unpacked

SELECT_ENTRY: Final = """
SELECT entry_id, kind, version, subject, valid_at_us, actor, organisation, role, body,
       request_digest, seq, recorded_at_us, salt, body_commitment, prev_hash, entry_hash
  FROM entries LEFT JOIN bodies USING (seq)
"""
"""Its columns stand in the order of the fields of ``Entry``."""

_TYPES: Final = (
    *(str, str, int, str, int, str, str, str, bytes, bytes),
    *(int, int, bytes, bytes, bytes, bytes),
)

INSERT_ENTRY: Final = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_BODY: Final = "INSERT INTO bodies VALUES (?, ?, ?)"


def header_rows(entries: Iterable[Entry]) -> Iterable[tuple[Any, ...]]:
    """The rows of the table ``entries``."""
    return (
        (
            entry.seq,
            entry.entry_id,
            entry.kind,
            entry.version,
            entry.subject,
            entry.valid_at_us,
            entry.recorded_at_us,
            entry.actor,
            entry.organisation,
            entry.role,
            entry.body_commitment,
            entry.request_digest,
            entry.prev_hash,
            entry.entry_hash,
        )
        for entry in entries
    )


def body_rows(entries: Iterable[Entry]) -> Iterable[tuple[int, bytes, bytes]]:
    """The rows of the table ``bodies``."""
    return ((entry.seq, entry.salt, entry.body) for entry in entries)


def entry_of(row: tuple[Any, ...]) -> Entry:
    """The entry of a row of ``SELECT_ENTRY``; a lost body or salt comes back empty.

    An empty body or salt does not match the commitment, so the check of the chain names it.

    Raises:
        CorruptLedger: a value is of another type than was stored.
    """
    if row[8] is None or row[12] is None:
        row = (*row[:8], row[8] or b"", *row[9:12], row[12] or b"", *row[13:])
    if tuple(map(type, row)) != _TYPES:
        raise CorruptLedger(Fault("store.row", params={"table": "entries", "number": row[10]}))
    return Entry(*row)


def quarantined_of(row: tuple[Any, ...]) -> Quarantined:
    """The quarantine item of a row (id, file, row, original, faults, time, actor, number).

    Raises:
        CorruptLedger: the row is damaged.
    """
    quarantine_id, file_name, source_row, original, faults, at_us, actor, number = row
    try:
        told = faults_unpacked(faults)
    except (InvalidInput, TypeError, ValueError) as error:
        params = {"table": "quarantine", "number": number}
        raise CorruptLedger(Fault("store.row", params=params)) from error
    return Quarantined(quarantine_id, file_name, source_row, original, told, at_us, actor)
