"""Eight processes that append to one ledger in PostgreSQL at once, against plain inserts."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

from bench.drafts import draft_of
from bench.site import folder, now_us
from bench.table import Table
from bench.timing import Timing, milliseconds
from rafiqa.ledger import Draft, check_chain
from rafiqa.store import MemoryStore
from rafiqa.store.postgreslink import connected
from rafiqa.store.postgresopening import open_postgres
from rafiqa.store.rows import INSERT_BODY, INSERT_ENTRY, body_rows, header_rows
from tests import postgresserver

WRITERS = 8
PROCESSES = (1, 2, 8)
"""Among so many processes the writers are: those of one share a commit, as those of a worker do."""
GROUPS = {1: 100, 20: 50}
"""Entries in one transaction → transactions of each writer in one repeat."""
QUICK_GROUPS = {1: 25, 20: 10}
REPEATS = 5
_NOTES = (
    "Eight writers in one, two or eight processes, each waiting for its receipt before it sends",
    "more; those of one process share a commit, as those of one worker of a server do. Peer: eight",
    "processes that put the same rows, sealed beforehand, into two plain tables (primary key,",
    "unique id) of the same server, a transaction for each group, with",
    "`synchronous_commit=on` and `fsync=on`; they have no order to keep, take no turn and hash",
    "nothing. Starting the processes and connecting do not count on either side.",
)
_HEADER = (
    *(
        "processes × writers",
        "entries in a group",
        "entries",
        "appends/s",
        "bare inserts/s",
        "append ÷ bare (goal ≥ 0.5)",
    ),
    *("ms per group", "append spread", "bare spread"),
)
_BARE = """
DROP TABLE IF EXISTS bare_bodies, bare_entries;
CREATE TABLE bare_entries (seq bigint PRIMARY KEY, entry_id text COLLATE "C" NOT NULL UNIQUE,
    kind text, version bigint, subject text, valid_at_us bigint, recorded_at_us bigint, actor text,
    organisation text, role text, body_commitment bytea, request_digest bytea, prev_hash bytea,
    entry_hash bytea);
CREATE TABLE bare_bodies (seq bigint PRIMARY KEY, salt bytea, body bytea);
"""


def many_writers(quick: bool) -> Table:
    """Returns the table of eight writers at once."""
    title = "Eight writers of one ledger in PostgreSQL against plain inserts"
    why = postgresserver.missing()
    if why is not None:
        return Table(title, (f"Not measured: {why}",), ("–",), [])
    n_repeats = 3 if quick else REPEATS
    with folder() as home, _database() as server:
        groups = QUICK_GROUPS if quick else GROUPS
        rows = [
            _row(server, home, n_processes, (size, n), n_repeats)
            for n_processes in PROCESSES
            for size, n in groups.items()
        ]
    notes = (*_NOTES, f"Medians of {n_repeats} repeats, in turn; the chain is checked after each.")
    return Table(title, notes, _HEADER, rows)


@contextmanager
def _database() -> Iterator[postgresserver.Server]:
    """A PostgreSQL on this machine's disk, as it comes."""
    made = postgresserver.Server(Path(mkdtemp(prefix="rafiqa-bench-pg-")))
    made.start()
    try:
        yield made
    finally:
        made.stop()
        subprocess.run(["rm", "-rf", str(made.folder)], check=False)


def _row(
    server: postgresserver.Server,
    home: Path,
    n_processes: int,
    what: tuple[int, int],
    n_repeats: int,
) -> tuple[str, ...]:
    size, n_groups = what
    n_entries = WRITERS * n_groups * size

    def append() -> float:
        address = server.new_database()
        open_postgres(
            address, place=home / "s", create=True, entropy=os.urandom, now_us=now_us
        ).close()
        took_s = _written("append", address, home, n_processes, what)
        store = open_postgres(address, place=home / "s", entropy=os.urandom, now_us=now_us)
        assert store.head().seq == n_entries  # noqa: S101
        assert not check_chain(store.read(), until=store.head(), erased={})  # noqa: S101
        store.close()
        server.drop(address)
        return took_s

    def insert() -> float:
        address = server.new_database()
        with psycopg.connect(address, autocommit=True) as link:
            link.execute("CREATE SCHEMA rafiqa")
            link.execute("SET search_path TO rafiqa")
            link.execute(_BARE)
        took_s = _written("insert", address, home, WRITERS, what)
        with psycopg.connect(address) as link:
            found = link.execute("SELECT count(*) FROM rafiqa.bare_bodies").fetchone()
        assert found == (n_entries,)  # noqa: S101
        server.drop(address)
        return took_s

    rounds = [(append(), insert()) for _ in range(n_repeats)]
    ours, plain = (Timing(column) for column in zip(*rounds, strict=True))
    return (
        *(f"{n_processes} × {WRITERS // n_processes}", f"{size:,}", f"{n_entries:,}"),
        f"{n_entries / ours.median_s:,.0f}",
        f"{n_entries / plain.median_s:,.0f}",
        f"{plain.median_s / ours.median_s:.2f}",
        milliseconds(ours.median_s / n_groups),
        *(ours.spread, plain.spread),
    )


def _written(how: str, address: str, home: Path, n_processes: int, what: tuple[int, int]) -> float:
    """Returns how long the writers took, from the word to the last receipt."""
    fork = get_context("fork")  # nothing here has a thread or a connection yet
    together, ends = fork.Barrier(n_processes), fork.Queue()
    writers = [
        fork.Process(
            target=_write, args=(how, address, home, (*what, n, n_processes), together, ends)
        )
        for n in range(n_processes)
    ]
    for each in writers:
        each.start()
    told = [ends.get(timeout=300) for _ in writers]
    for each in writers:
        each.join()
    return float(max(end for _, end in told) - min(begun for begun, _ in told))


def _write(
    how: str,
    address: str,
    home: Path,
    what: tuple[int, int, int, int],
    together: Barrier,
    ends: Queue[tuple[float, float]],
) -> None:
    """One writer: makes ready, waits for the others, writes, and says from when until when."""
    size, n_groups, number, n_processes = what
    n_threads = WRITERS // n_processes
    n_entries = n_groups * size * n_threads
    drafts = [draft_of(number * n_entries + at) for at in range(n_entries)]
    groups = [drafts[at : at + size] for at in range(0, n_entries, size)]
    write = _appender(address, home) if how == "append" else _inserter(address)
    ready = groups if how == "append" else _sealed(groups, number * n_entries)
    together.wait(300)
    begun_s = time.monotonic()
    if n_threads == 1:
        for group in ready:
            write(group)
    else:
        with ThreadPoolExecutor(n_threads) as pool:
            for _ in pool.map(write, ready):
                pass
    ends.put((begun_s, time.monotonic()))


def _appender(address: str, home: Path) -> Callable[[Any], object]:
    place = home / "s"
    return open_postgres(address, place=place, entropy=os.urandom, now_us=now_us).append


def _inserter(address: str) -> Callable[[Any], object]:
    link = connected(address, 10_000)
    header = INSERT_ENTRY.replace("entries", "bare_entries").replace("?", "%s")
    body = INSERT_BODY.replace("bodies", "bare_bodies").replace("?", "%s")

    def write(rows: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]) -> None:
        with link.transaction(), link.cursor() as cursor:
            cursor.executemany(header.encode(), rows[0])
            cursor.executemany(body.encode(), rows[1])

    return write


def _sealed(groups: list[list[Draft]], first: int) -> list[tuple[Any, Any]]:
    """Returns the rows that a ledger makes of each group, under numbers of this writer's own."""
    beside = MemoryStore(entropy=os.urandom, now_us=now_us)
    made = []
    for group in groups:
        entries = beside.append(group).stored
        headers = [(row[0] + first, *row[1:]) for row in header_rows(entries)]
        made.append((headers, [(row[0] + first, *row[1:]) for row in body_rows(entries)]))
    return made
