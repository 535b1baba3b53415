"""The store: what callers get from it, one at a time, many at once, and in batches; and checks."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock

import apsw

from bench.drafts import draft_of
from bench.site import folder, now_us
from bench.table import Table
from bench.timing import in_turn, milliseconds, repeated, share
from rafiqa.ledger import Draft, check_chain
from rafiqa.store import EmbeddedStore, Machine, open_store, restore_backup, write_backup
from rafiqa.store.embedded import CHECKPOINT_PAGES
from rafiqa.store.opening import WAIT_MS
from rafiqa.store.settings import configure

REPEATS = 5
SINGLES, THREADS, BATCH, BATCHED, CHECKED = 1_500, 16, 500, 40_000, 100_000
_TABLES = """
CREATE TABLE submissions (seq INTEGER PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE, kind TEXT,
    version INTEGER, subject TEXT, valid_at_us INTEGER, recorded_at_us INTEGER, actor TEXT,
    organisation TEXT, role TEXT, body BLOB, request_digest BLOB);
CREATE INDEX submissions_of_subject ON submissions (subject, seq);
"""
_INSERT = """INSERT INTO submissions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (entry_id) DO NOTHING"""
_NOTES = (
    "Peer: the same submissions put by APSW into one plain table that does what any such table",
    "must: find by id, find by subject, take the same id once. The same pragmas (WAL,",
    "`synchronous=FULL`) and the same copying of the log. It has no hash, no chain, no salt, no",
    "triggers, no lock between processes, and quarantines nothing. All is on the disk before the",
    "next begins; opening and closing count. Many at once: so many threads, each waiting for its",
    "own receipt; the plain table has one connection and a lock around insert and commit.",
)
_HEADER = (
    *("what", "submissions", "ours/s", "plain/s", "ours ÷ plain, speed", "goal"),
    *("our spread", "plain spread"),
)
Run = Callable[[], object]


def measure(quick: bool) -> list[Table]:
    """Returns the tables of submissions, and of checks and backups."""
    part = 20 if quick else 1
    n_repeats = 1 if quick else REPEATS
    with folder() as place:
        rows = [
            _row(place, "one at a time", "≥ 0.7", SINGLES // part, n_repeats, 1, 1),
            _row(place, f"one each from {THREADS} threads", "", SINGLES // part, n_repeats, 1),
            _row(place, f"in batches of {BATCH}", "≥ 0.5", BATCHED // part, n_repeats, BATCH, 1),
        ]
    notes = (*_NOTES, f"Medians of {n_repeats} repeats, in turn, each into a new file.")
    title = "Submissions into the store against a plain table"
    return [Table(title, notes, _HEADER, rows), _whole(CHECKED // part, n_repeats)]


def _row(
    place: Path,
    what: str,
    goal: str,
    n_drafts: int,
    n_repeats: int,
    size: int,
    n_threads: int = THREADS,
) -> tuple[str, ...]:
    drafts = [draft_of(number) for number in range(n_drafts)]
    groups = [drafts[start : start + size] for start in range(0, n_drafts, size)]
    paths = (place / f"{what}-{number}.file" for number in count())
    ours, plain = in_turn(
        [
            lambda: _into_store(next(paths), groups, n_threads),
            lambda: _into_table(next(paths), groups, n_threads),
        ],
        n_repeats,
    )
    return (
        what,
        f"{n_drafts:,}",
        f"{n_drafts / ours.median_s:,.0f}",
        f"{n_drafts / plain.median_s:,.0f}",
        share(plain.median_s, ours.median_s),
        goal,
        ours.spread,
        plain.spread,
    )


def _into_store(path: Path, groups: Sequence[Sequence[Draft]], n_threads: int) -> None:
    store = open_store(path, create=True, entropy=os.urandom, now_us=now_us)
    _spread(store.append, groups, n_threads)
    store.close()


def _into_table(path: Path, groups: Sequence[Sequence[Draft]], n_threads: int) -> None:
    database = apsw.Connection(str(path))
    database.pragma("journal_mode", "wal")
    configure(database, wait_ms=WAIT_MS)
    database.wal_autocheckpoint(CHECKPOINT_PAGES)
    database.execute(_TABLES)
    turn = Lock()

    def put(group: Sequence[Draft]) -> None:
        with turn:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(_INSERT, [_values(draft) for draft in group])
            database.execute("COMMIT")

    _spread(put, groups, n_threads)
    database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    database.close()


def _spread(
    put: Callable[[Sequence[Draft]], object], groups: Sequence[Sequence[Draft]], n_threads: int
) -> None:
    if n_threads == 1:
        for group in groups:
            put(group)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(put, groups))


def _values(draft: Draft) -> tuple[object, ...]:
    return (
        draft.entry_id,
        draft.kind,
        draft.version,
        draft.subject,
        draft.valid_at_us,
        now_us(),
        draft.actor,
        draft.organisation,
        draft.role,
        draft.body,
        draft.request_digest,
    )


def _whole(n_entries: int, n_repeats: int) -> Table:
    """Returns how long it takes to prove a whole store, to back it up, and to restore it."""
    machine = Machine(os.urandom, now_us)
    with folder() as place:
        path = place / "site.rafiqa"
        store = open_store(path, create=True, entropy=os.urandom, now_us=now_us)
        drafts = [draft_of(number) for number in range(n_entries)]
        for start in range(0, n_entries, BATCH):
            store.append(drafts[start : start + BATCH])
        backups = (place / f"{number}.backup" for number in count())
        stores = (place / f"{number}.restored" for number in count())
        known = place / "known.backup"
        write_backup(store, known, (), machine)
        works: dict[str, Run] = {
            "check of the chain": lambda: check_chain(store.read(), erased=store.erased()),
            "check of the file and what lies beside": store.check,
            "backup, proven": lambda: write_backup(store, next(backups), (), machine),
            "restore, proven": lambda: restore_backup(known, next(stores), machine),
        }
        rows = [_timed(what, work, n_entries, n_repeats) for what, work in works.items()]
        rows.append(_memory(store))
        store.close()
    notes = (
        f"A store of {n_entries:,} entries; medians of {n_repeats}.",
        "Goal: 100,000 entries/s for the chain, one entry in memory at a time. A backup is copied,",
        "opened, checked whole, written, and read again; a restore the same.",
    )
    return Table("Proving a whole store", notes, ("what", "ms", "entries/s", "spread"), rows)


def _timed(what: str, work: Run, n_entries: int, n_repeats: int) -> tuple[str, ...]:
    timing = repeated(work, n_repeats)
    speed = f"{n_entries / timing.median_s:,.0f}"
    return what, milliseconds(timing.median_s), speed, timing.spread


def _memory(store: EmbeddedStore) -> tuple[str, ...]:
    """Returns the most that Python holds while the chain is checked."""
    tracemalloc.start()
    check_chain(store.read(), erased=store.erased())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return "memory of the chain's check, at most", f"{peak / 1e6:,.1f} MB", "", ""
