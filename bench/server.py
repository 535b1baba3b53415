"""A server of a centre: five hundred who read and a storm of submissions, by 1, 2 and 4 workers.

PostgreSQL, the workers, and everybody who asks share the cores of this machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from bench.phones import _request as phone_request
from bench.phones import _status, _token
from bench.site import AUTHORITY, folder, now_us
from bench.table import Table
from bench.timing import Timing, milliseconds
from rafiqa.api.server import listening
from rafiqa.demo import demo_logins, make_demo
from rafiqa.ledger import DeviceEnrolled, FormPublished, SubmissionReceived
from rafiqa.service import enrol_device, missing_files, open_office, publish_form, token_sha256
from tests import postgresserver
from tests.unit.service.field import FORM_XML

READERS, PAUSE_S, RATE_HZ, SECONDS, QUICK_S = 500, 4.0, 170.0, 60, 10
SHORT: Final = "RAFIQA_SERVER_S"
"""The environment's name for how many seconds each part takes: 600 for what is promised."""
PHOTO_BYTES: Final = 4_000
PHONES: Final = 100
WORKERS: Final = "1,2,4"
ONLY: Final = "RAFIQA_SERVER_WORKERS"
"""The environment's name for how many workers, one after another."""
BUILDINGS: Final = 500
ZOOM: Final = 15
_NOTES = (
    "The promise is 500 readers and 170 submissions a second for ten minutes on two cores, p99 at",
    f"most 500 ms and nothing lost. Ten minutes are asked for by `{SHORT}=600`; a run of another",
    "length, as the column says, does not show it: what is kept grows with what was sent.",
    "Each reader has one connection and asks every four seconds (125",
    "questions a second): map tiles, area sheets, gates, the public map, items of the OGC",
    "API; half of them signed in. A submission is a form with a picture of 4 kB. All ask by the",
    "clock and not when the server is ready; waiting counts from the moment that it was due.",
    "PostgreSQL, the workers and the generator of this load share the cores: what the generator",
    "takes is told. `plain` is the same HTTP server with as many workers that answers every",
    "question with 4 kB out of memory and reads submissions to nowhere: what this machine can at",
    "all. Lost is what was acknowledged and is not whole in the ledger; all was read back.",
)
_HEADER = (
    *("server", "workers", "seconds", "read", "p50 ms", "p99 ms", "sent", "p50 ms", "p99 ms"),
    *("goal", "refused", "lost", "generator, cores"),
)


Link = tuple[asyncio.StreamReader, asyncio.StreamWriter] | None


@dataclass(slots=True)
class Load:
    """What those who asked saw."""

    reads_s: list[float] = field(default_factory=list)
    sent_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Storm:
    """How much is asked, of whom."""

    port: int
    seconds: float
    n_readers: int
    rate_hz: float
    paths: Sequence[str]
    cookie: str


def measure(quick: bool) -> list[Table]:
    """Returns the table of what one, two and four workers answer, beside the peer."""
    why = postgresserver.missing()
    if why is not None:
        return [Table("Several workers on PostgreSQL", (f"Not measured: {why}",), ("–",), [])]
    before = os.getloadavg()[0]
    seconds = float(os.environ.get(SHORT, QUICK_S if quick else SECONDS))
    rows = []
    with folder() as home, _database() as server:
        os.environ["RAFIQA_HOME"] = str(home)
        for n_workers in _workers():
            # Each run has a database of its own: what an earlier one sent stands on the map.
            address = server.new_database()
            _ready(address)
            for name, command in _servers(address, n_workers):
                with _served(command) as port:
                    paths, cookie = _asked(port, address) if name == "rafiqa" else (["/x"], "")
                    storm = Storm(port, seconds, READERS, RATE_HZ, paths, cookie)
                    load, cores = _stormed(storm)
                lost = _lost(address, load.acknowledged) if name == "rafiqa" else 0
                rows.append(_row(name, n_workers, seconds, load, lost, cores))
    stood = f"Load of the machine when this began: {before:.1f}, with {os.cpu_count()} cores."
    return [Table("Several workers on PostgreSQL", (*_NOTES, stood), _HEADER, rows)]


def _workers() -> list[int]:
    return [int(each) for each in os.environ.get(ONLY, WORKERS).split(",")]


def _row(
    name: str, n_workers: int, seconds: float, load: Load, lost: int, cores: float
) -> tuple[str, ...]:
    reads, sent = Timing(tuple(load.reads_s)), Timing(tuple(load.sent_s))
    bad = sum(n for status, n in load.statuses.items() if status not in {200, 201, 202, 204})
    return (
        *(name, str(n_workers), f"{seconds:,.0f}", f"{len(load.reads_s):,}"),
        *(milliseconds(reads.median_s), milliseconds(reads.quantile_s(0.99))),
        f"{len(load.sent_s):,}",
        *(milliseconds(sent.median_s), milliseconds(sent.quantile_s(0.99))),
        *("p99 ≤ 500 ms", str(bad), str(lost), f"{cores:.2f}"),
    )


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


def _ready(address: str) -> None:
    make_demo(address, n_buildings=BUILDINGS, seed=7, entropy=os.urandom, progress=lambda _: None)
    office = open_office(address, now_us=now_us, entropy=os.urandom)
    publish_form(office, AUTHORITY, FormPublished("", "", "", "", "evidence"), FORM_XML)
    for number in range(PHONES):
        key = token_sha256(_token(number))
        device = DeviceEnrolled(f"phone-{number}", key, f"c-{number}", "operator", "surveyor")
        enrol_device(office, AUTHORITY, device)
    office.store.close()


def _servers(address: str, n_workers: int) -> Iterator[tuple[str, list[str]]]:
    yield "plain", ["-m", "bench.manyserver", "PORT", str(n_workers)]
    yield (
        "rafiqa",
        ["-m", "rafiqa", "serve", address, "--port", "PORT", "--workers", str(n_workers)],
    )


@contextmanager
def _served(command: Sequence[str]) -> Iterator[int]:
    with listening("127.0.0.1", 0) as probe:
        port = int(probe.getsockname()[1])
    words = [sys.executable, *(str(port) if word == "PORT" else word for word in command)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101
        assert server.stdout.readline()  # noqa: S101
        try:
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _asked(port: int, address: str) -> tuple[list[str], str]:
    """Returns what readers ask in turn, and the cookie of somebody who is signed in."""
    office = open_office(address, now_us=now_us, entropy=os.urandom)
    login = demo_logins(office)[0]
    origin = office.site.origin
    office.store.close()
    body = json.dumps({"login": login.login, "password": login.password}).encode()
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/api/session", body, headers)
    ) as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    areas = [each["area_id"] for each in _told(port, "/api/areas", cookie)["areas"]]
    projects = [each["project_id"] for each in _told(port, "/api/projects", cookie)["projects"]]
    x = floor((origin.lon_deg + 180) / 360 * 2**ZOOM)
    y = floor((1 - asinh(tan(radians(origin.lat_deg))) / pi) / 2 * 2**ZOOM)
    tiles = [
        f"/tiles/{layer}/{ZOOM}/{x + dx}/{y + dy}.mvt"
        for layer in ("hazards", "buildings")
        for dx in (-1, 0)
        for dy in (-1, 0)
    ]
    items = [f"/ogc/collections/areas/items?limit=50&offset={n}" for n in (0, 50)]
    single = [f"/api/areas/{each}" for each in areas[:40]]
    gates = [f"/api/projects/{each}" for each in projects[:40]]
    asked = []
    for number in range(200):
        kind = number % 10
        chosen = (tiles, tiles, tiles, tiles, single, single, gates, gates, ["/public"], items)[
            kind
        ]
        asked.append(chosen[number // 10 % len(chosen)])
    return asked, cookie


def _told(port: int, path: str, cookie: str) -> dict[str, list[dict[str, str]]]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        found: dict[str, list[dict[str, str]]] = json.loads(answer.read())
    return found


def _stormed(storm: Storm) -> tuple[Load, float]:
    """Returns what was seen, and how many cores the generator of the load took."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    load = asyncio.run(_all(storm))
    return load, (time.process_time() - cpu_s) / (time.perf_counter() - wall_s)


async def _all(storm: Storm) -> Load:
    load, start = Load(), time.perf_counter() + 1
    readers = (_reader(storm, number, start, load) for number in range(storm.n_readers))
    phones = (_phone(storm, number, start, load) for number in range(PHONES))
    await asyncio.gather(*readers, *phones)
    return load


async def _reader(storm: Storm, number: int, start: float, load: Load) -> None:
    cookie = f"Cookie: {storm.cookie}\r\n" if number % 2 and storm.cookie else ""
    due, turn = start + PAUSE_S * number / storm.n_readers, number
    link: Link = None
    while due < start + storm.seconds:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        path = storm.paths[turn % len(storm.paths)]
        request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n{cookie}\r\n"
        link, _ = await _asked_over(storm.port, link, request.encode(), load)
        load.reads_s.append(time.perf_counter() - due)
        due, turn = due + PAUSE_S, turn + 7
    if link is not None:
        link[1].close()


async def _phone(storm: Storm, number: int, start: float, load: Load) -> None:
    photo = bytes(PHOTO_BYTES)
    link: Link = None
    for place in range(number, round(storm.rate_hz * storm.seconds), PHONES):
        due, record = start + place / storm.rate_hz, place
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        request = phone_request(number, record, photo)
        link, status = await _asked_over(storm.port, link, request, load)
        if status in {201, 202}:
            load.acknowledged.append(record)
        load.sent_s.append(time.perf_counter() - due)
    if link is not None:
        link[1].close()


async def _asked_over(
    port: int,
    link: Link,
    request: bytes,
    load: Load,
) -> tuple[Link, int]:
    """Returns the connection that goes on, and the status; an idle one may have been closed."""
    status = 0
    for _ in range(3):
        link = link or await asyncio.open_connection("127.0.0.1", port)
        try:
            link[1].write(request)
            await link[1].drain()
            status = await _status(link[0])
            break
        except (asyncio.IncompleteReadError, ConnectionError):
            link[1].close()
            link = None
    load.statuses[status] += 1
    return link, status


def _lost(address: str, acknowledged: Sequence[int]) -> int:
    """Returns how many acknowledged submissions are not on record, or not with their picture."""
    office = open_office(address, now_us=now_us, entropy=os.urandom)
    kept = {
        record.fact.instance_id
        for record in office.facts()
        if isinstance(record.fact, SubmissionReceived)
    }
    stories = office.fieldbook().stories
    lost = sum(
        f"uuid:{number}" not in kept or bool(missing_files(office, stories[f"uuid:{number}"]))
        for number in acknowledged
    )
    office.store.close()
    return lost
