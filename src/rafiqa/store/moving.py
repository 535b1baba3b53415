"""A whole store carried into another one, row by row: the same entries, the same root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rafiqa.errors import Conflict, CorruptLedger, Fault
from rafiqa.ledger import Head, check_chain
from rafiqa.store.database import Database
from rafiqa.store.tables import TableStore

_PAGE_ROWS: Final = 500
_HEADER: Final = (
    "seq, entry_id, kind, version, subject, valid_at_us, recorded_at_us, actor, organisation,"
    " role, body_commitment, request_digest, prev_hash, entry_hash"
)
_TABLES: Final = {
    "entries": (_HEADER, "seq"),
    "bodies": ("seq, salt, body", "seq"),
    "erased": ("seq, by_seq", "seq"),
    "settings": ("name, value, digest", "name"),
    "attachments": ("sha256, n_bytes, state", "sha256"),
    "stand_ins": ("sha256, shared", "sha256"),
}
"""Columns of each table, and by which its rows are read in order; one follows what it rests on."""
_QUARANTINE: Final = (
    'digest, quarantine_id, file_name, "row", original, faults, at_us, actor, time_digest'
)


def carry_over(source: TableStore, target: TableStore) -> Head:
    """Returns where the ledger ends in both; the target then holds all that the source holds.

    Nobody writes to the source meanwhile. The target holds all of it or nothing. Numbers of the
    quarantine are counted anew, in the same order.

    Raises:
        Conflict: ``store.not-empty``: the target holds something.
        CorruptLedger: the source's chain does not hold; nothing was carried over.
        StoreError: either of them failed.
    """
    with source.held_still(), target.held_still() as database:
        return carry(source, database)


def carry(source: TableStore, database: Database) -> Head:
    """Returns where the ledger ends in both; nobody writes to the source meanwhile.

    Args:
        source: read from; held still by the caller, or one reading of a database.
        database: an empty store's, in a transaction of the caller.

    Raises:
        Conflict: ``store.not-empty``: the target holds something.
        CorruptLedger: the source's chain does not hold.
        StoreError: either of them failed.
    """
    head = source.head()
    faults = check_chain(source.read(), until=head, erased=source.erased())
    if faults:
        raise CorruptLedger(faults)
    _refuse_not_empty(database)
    for name, (columns, key) in _TABLES.items():
        for page in _pages(source, name, columns, key):
            database.executemany(_insert(name, columns), page)
    _carry_contents(source, database)
    for page in _pages(source, "quarantine", f"{_QUARANTINE}, number", "number"):
        database.executemany(_insert("quarantine", _QUARANTINE), [row[:-1] for row in page])
    end = (head.seq, head.entry_hash)
    database.execute("UPDATE log_end SET seq = ?, entry_hash = ?", end)
    return head


def _refuse_not_empty(database: Database) -> None:
    for name in (*_TABLES, "blobs", "quarantine"):
        if list(database.execute(f"SELECT 1 FROM {name} LIMIT 1")):  # noqa: S608 - our own names
            raise Conflict(Fault("store.not-empty", "TARGET"))


def _carry_contents(source: TableStore, database: Database) -> None:
    """Blobs and parts of attachments, one of them in memory at a time."""
    for (name,) in _each(source, "blobs", "sha256", "sha256"):
        rows = source.rows("SELECT sha256, content FROM blobs WHERE sha256 = ?", (name,))
        database.executemany(_insert("blobs", "sha256, content"), rows)
    columns = "sha256, number, digest, content"
    for (name,) in _each(source, "attachments", "sha256", "sha256"):
        numbers = source.rows("SELECT number FROM attachment_parts WHERE sha256 = ?", (name,))
        for (number,) in sorted(numbers):
            sql = f"SELECT {columns} FROM attachment_parts WHERE sha256 = ? AND number = ?"  # noqa: S608 - our own names
            rows = source.rows(sql, (name, number))
            database.executemany(_insert("attachment_parts", columns), rows)


def _insert(table: str, columns: str) -> str:
    marks = ", ".join("?" * len(columns.split(",")))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names


def _pages(
    source: TableStore, table: str, columns: str, key: str
) -> Iterator[list[tuple[Any, ...]]]:
    """Yields the rows of a table in pages, in the order of its key."""
    place = [each.strip() for each in columns.split(",")].index(key)
    select = f"SELECT {columns} FROM {table}"  # noqa: S608 - our own names
    after: str = ""
    values: tuple[Any, ...] = ()
    while page := source.rows(f"{select} {after} ORDER BY {key} LIMIT {_PAGE_ROWS}", values):
        yield page
        after, values = f"WHERE {key} > ?", (page[-1][place],)


def _each(source: TableStore, table: str, columns: str, key: str) -> Iterator[tuple[Any, ...]]:
    for page in _pages(source, table, columns, key):
        yield from page
