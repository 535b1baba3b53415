"""What a centre takes: bytes of an entry on the disk, memory of a process, connections, copies."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.drafts import draft_of
from bench.site import folder
from bench.table import Table
from rafiqa.service import Office
from rafiqa.store import open_store
from tests import postgresserver
from tests.manyserved import Line, make_site, now_us, opened, served

ENTRIES, QUICK_ENTRIES = 20_000, 500
BATCH = 500
ASKED = ("/api/map/hazards", "/api/areas", "/public/manifest.json", "/health")
_NOTES = (
    "{n:,} submissions of usual size (`bench/drafts.py`) put into a store in a file and one in",
    "PostgreSQL on the same machine, which is then served by `rafiqa serve` and asked for map,",
    "areas and public files over 12 connections. Memory is the proportional share (PSS) of all",
    "processes of the server, which counts what they share once. Connections are those that",
    "PostgreSQL has while nobody asks, and the most seen while 12 ask in turn. The copy is what",
    "`pg_basebackup` made, which is what a follower begins with.",
)
_HEADER = ("what", "entries", "MB", "bytes an entry", "connections", "connections, most")


def measure(quick: bool) -> list[Table]:
    """Returns the table by which a centre is sized."""
    n = QUICK_ENTRIES if quick else ENTRIES
    with folder() as place, _at_home(place):
        rows = [_file(place, n), *_database(place, n)]
    return [Table("Sizes of a centre", [line.format(n=n) for line in _NOTES], _HEADER, rows)]


@contextmanager
def _at_home(place: Path) -> Iterator[None]:
    before = os.environ.get("RAFIQA_HOME")
    os.environ["RAFIQA_HOME"] = str(place / "home")
    try:
        yield
    finally:
        del os.environ["RAFIQA_HOME"]
        if before is not None:
            os.environ["RAFIQA_HOME"] = before


def _filled(office: Office, n: int) -> None:
    for start in range(0, n, BATCH):
        office.store.append([draft_of(number) for number in range(start, min(start + BATCH, n))])
    office.store.close()


def _row(what: str, n: int, n_bytes: int, links: Sequence[int] = ()) -> tuple[str, ...]:
    per = f"{n_bytes / n:,.0f}" if "on the disk" in what else ""
    told = [str(each) for each in links] or ["", ""]
    return (what, f"{n:,}", f"{n_bytes / 1e6:,.1f}", per, *told)


def _file(place: Path, n: int) -> tuple[str, ...]:
    path = place / "site.rafiqa"
    make_site(str(path))
    _filled(opened(str(path)), n)
    open_store(path, entropy=os.urandom, now_us=now_us).close()
    sizes = [each.stat().st_size for each in place.glob("site.rafiqa*") if each.is_file()]
    return _row("a file, on the disk", n, sum(sizes))


def _database(place: Path, n: int) -> Iterator[tuple[str, ...]]:
    with postgresserver.server() as server:
        address = server.new_database()
        name = address.partition("@/")[2].partition("?")[0]
        make_site(address)
        before = _size(server, name)
        _filled(opened(address), n)
        with server.link(name) as link:
            link.execute("CHECKPOINT")
        yield _row("a database, on the disk", n, _size(server, name) - before)
        yield ("a database with nothing in it", "0", f"{before / 1e6:,.1f}", "", "", "")
        for workers in (1, 2):
            memory, links = _served(server, address, workers, place)
            who = f"server of {workers} process{'es'[: 2 * (workers - 1)]}, memory"
            yield _row(who, n, memory, links)
        with postgresserver.new_folder() as copy:
            server.base_copy(copy / "data")
            yield _row("a follower's first copy", n, _held(copy))


def _size(server: postgresserver.Server, name: str) -> int:
    return _number(server, name, "SELECT pg_database_size(current_database())")


def _number(server: postgresserver.Server, name: str, question: str) -> int:
    with server.link(name) as link:
        ((number,),) = link.execute(question.encode()).fetchall()
    return int(number)


def _held(place: Path) -> int:
    return sum(each.stat().st_size for each in place.rglob("*") if each.is_file())


def _served(
    server: postgresserver.Server, address: str, workers: int, place: Path
) -> tuple[int, tuple[int, int]]:
    """Returns the memory of a server that was asked, and its connections: at rest and at most."""
    with served(address, workers, home=place / "home", patience_s=600) as made:
        lines: list[Line] = made.lines(12)
        most = 0
        for path in ASKED:
            for line in lines:
                line.ask("GET", path)
            most = max(most, _links(server))
        time.sleep(2)
        pids = [made.process.pid, *_children(made.process.pid)]
        return sum(map(_pss, pids)), (_links(server), most)


def _links(server: postgresserver.Server) -> int:
    """Returns how many connections a database has beside ours."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'site%'"
    return _number(server, "postgres", question)


def _children(pid: int) -> list[int]:
    told = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    found = [int(each) for each in told.stdout.split()]
    return [each for child in found for each in (child, *_children(child))]


def _pss(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    (kb,) = (line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))
    return int(kb) * 1_024
