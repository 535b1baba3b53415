"""The ledger: appends per second, against bare inserts of the same bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import apsw

from bench.drafts import draft_of
from bench.manywriters import many_writers
from bench.site import folder, now_us
from bench.table import Table
from bench.timing import in_turn, milliseconds, share
from rafiqa.ledger import Draft
from rafiqa.store import open_store
from rafiqa.store.embedded import CHECKPOINT_PAGES
from rafiqa.store.opening import WAIT_MS
from rafiqa.store.rows import INSERT_BODY, INSERT_ENTRY, body_rows, header_rows
from rafiqa.store.settings import configure

GROUPS = {1: 1_000, 100: 10_000, 500: 20_000}
"""Entries in one transaction → entries in one repeat."""
QUICK_GROUPS = {1: 20, 100: 200}
REPEATS = 5
_TABLES = """
CREATE TABLE entries (seq INTEGER PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE, kind, version,
    subject, valid_at_us, recorded_at_us, actor, organisation, role, body_commitment,
    request_digest, prev_hash, entry_hash);
CREATE TABLE bodies (seq INTEGER PRIMARY KEY, salt, body);
"""
_NOTES = (
    "Peer: the same rows, already sealed, put by APSW into two plain tables with the same",
    "pragmas (WAL, `synchronous=FULL`), the same group in one transaction and the same interval",
    "of copying the log into the file; no hash, no check, no lock between processes, no trigger.",
    "Each group is on the disk before the next begins; opening and closing the file count.",
)
_HEADER = (
    *("entries in a group", "entries", "appends/s", "bare inserts/s", "append ÷ bare"),
    *("ms per group", "append spread", "bare spread"),
)


def measure(quick: bool) -> list[Table]:
    """Returns the table of append speed."""
    n_repeats = 1 if quick else REPEATS
    rows = []
    for size, n_entries in (QUICK_GROUPS if quick else GROUPS).items():
        with folder() as place:
            rows.append(_row(place, size, n_entries, n_repeats))
    notes = (*_NOTES, f"Medians of {n_repeats} repeats, in turn, each into a new file.")
    return [
        Table("Appending to the ledger against bare inserts", notes, _HEADER, rows),
        many_writers(quick),
    ]


def _row(place: Path, size: int, n_entries: int, n_repeats: int) -> tuple[str, ...]:
    drafts = [draft_of(number) for number in range(n_entries)]
    groups = [drafts[start : start + size] for start in range(0, n_entries, size)]
    sealed = _sealed(place / "sealed.rafiqa", groups)
    stores = (place / f"{number}.rafiqa" for number in count())
    bare = (place / f"{number}.sqlite" for number in count())
    ours, plain = in_turn(
        [lambda: _append(next(stores), groups), lambda: _insert(next(bare), sealed)], n_repeats
    )
    return (
        f"{size:,}",
        f"{n_entries:,}",
        f"{n_entries / ours.median_s:,.0f}",
        f"{n_entries / plain.median_s:,.0f}",
        share(ours.median_s, plain.median_s),
        milliseconds(ours.median_s / len(groups)),
        ours.spread,
        plain.spread,
    )


_Sealed = Sequence[tuple[list[tuple[object, ...]], list[tuple[int, bytes, bytes]]]]


def _append(path: Path, groups: Sequence[Sequence[Draft]]) -> None:
    store = open_store(path, create=True, entropy=os.urandom, now_us=now_us)
    for group in groups:
        store.append(group)
    store.close()


def _sealed(path: Path, groups: Sequence[Sequence[Draft]]) -> _Sealed:
    """Returns the rows that the ledger makes of each group."""
    store = open_store(path, create=True, entropy=os.urandom, now_us=now_us)
    stored = [store.append(group).stored for group in groups]
    store.close()
    return [([*header_rows(entries)], [*body_rows(entries)]) for entries in stored]


def _insert(path: Path, groups: _Sealed) -> None:
    database = apsw.Connection(str(path))
    database.pragma("journal_mode", "wal")
    configure(database, wait_ms=WAIT_MS)
    database.wal_autocheckpoint(CHECKPOINT_PAGES)
    database.execute(_TABLES)
    for headers, bodies in groups:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(INSERT_ENTRY, headers)
        database.executemany(INSERT_BODY, bodies)
        database.execute("COMMIT")
    database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    database.close()
