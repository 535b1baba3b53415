"""Bombs at the doors: how soon each is refused, and how others are served meanwhile.

The server is a process of its own; who sends the bomb and who asks share the machine's cores.
"""

from __future__ import annotations

import http.client
import io
import json
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self
from urllib.parse import urlsplit

from bench.desk import serving
from bench.site import folder
from bench.table import Table
from bench.timing import Timing, milliseconds
from rafiqa.ledger import PART_BYTES

REPEATS, QUICK_REPEATS, BUILDINGS = 5, 1, 2_000
REFUSED_S, SERVED_MS = 1.0, 200
_NOTES = (
    "Goals (S10): each refused within 1 s, others served within 200 ms meanwhile. What is sent in",
    "pieces counts from the moment in which the last is there. Meanwhile one visitor asks for",
    "`/health` again and again: `alone` without a bomb, `meanwhile` while one is read.",
)


@dataclass(slots=True)
class Line:
    """One client, with its session."""

    address: str
    headers: dict[str, str] = field(default_factory=lambda: {"X-Rafiqa": "desk"})
    _line: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """Returns status and body of an answer."""
        if self._line is None:
            parts = urlsplit(self.address)
            self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
        more = {"Content-Type": kind} if kind else {}
        try:
            self._line.request(method, path, body or None, {**self.headers, **more})
            answer = self._line.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            # A server may hang up on what it refuses while that is still being sent.
            self._line.close()
            self._line = None
            return 0, b""
        cookie = answer.headers.get("Set-Cookie")
        if cookie:
            self.headers["Cookie"] = cookie.partition(";")[0]
        return answer.status, read

    def post(self, path: str, body: object) -> tuple[int, bytes]:
        """Returns the answer to JSON."""
        return self.send("POST", path, json.dumps(body).encode(), "application/json")


def _zip(member: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return made.getvalue()


def _ring(n_vertices: int) -> bytes:
    corners = ",".join(
        f"[{39 + at / n_vertices / 100},{35.9 + at % 2 / 1e5}]" for at in range(n_vertices)
    )
    ring = f"[{corners},[39.0,35.9]]"
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    ).encode()


def _picture(side: int) -> bytes:
    """A PNG of one colour, a few hundred kilobytes for thousands of millions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        told = kind + data
        return struct.pack(">I", len(data)) + told + struct.pack(">I", zlib.crc32(told))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


_LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]><kml><Document><name>&j;</name></Document></kml>"
).encode()


Bomb = Callable[[Line], Callable[[], tuple[int, bytes]]]
"""Makes itself ready on a line and gives what sets it off."""


def bombs() -> dict[str, Bomb]:
    """Returns bombs by name: each makes itself ready and gives what sets it off."""

    def looked_at(name: str, content: bytes) -> Bomb:
        def ready(line: Line) -> Callable[[], tuple[int, bytes]]:
            digest = sha256(content).hexdigest()
            for at in range(-(-len(content) // PART_BYTES)):
                part = content[at * PART_BYTES : (at + 1) * PART_BYTES]
                path = f"/api/uploads/{digest}/{at}?of={len(content)}"
                status, said = line.send("PUT", path, part, "application/octet-stream")
                assert status == 200, (status, said)  # noqa: S101 - the file would not be there
            asked = {"sha256": digest, "file_name": name, "kind": "hazard-areas", "dry_run": True}
            return lambda: line.post("/api/imports", asked)

        return ready

    def brought(name: str, content: bytes) -> Bomb:
        def ready(line: Line) -> Callable[[], tuple[int, bytes]]:
            looked_at(name, content)(line)
            asked = {"sha256": sha256(content).hexdigest(), "file_name": name}
            return lambda: line.post("/api/documents", asked)

        return ready

    def sent(method: str, path: str, body: bytes = b"") -> Bomb:
        return lambda line: lambda: line.send(method, path, body, "application/json")

    nested = b'{"login":' * 100_000 + b"1" + b"}" * 100_000
    return {
        "an XLSX that swells two hundredfold": looked_at(
            "a.xlsx", _zip("xl/worksheets/sheet1.xml", bytes(200 << 20))
        ),
        "a zipped shapefile that swells": looked_at("a.zip", _zip("a.shp", bytes(200 << 20))),
        "KML with a billion laughs": looked_at("a.kml", _LAUGHS),
        "GeoJSON of 1,000,000 corners": looked_at("a.geojson", _ring(1_000_000)),
        "GeoJSON 100,000 levels deep": looked_at("a.geojson", b"[" * 100_000),
        "a DOCX that swells": brought("a.docx", _zip("word/document.xml", bytes(200 << 20))),
        "a picture of 3.6 thousand million pixels": brought("a.png", _picture(60_000)),
        "JSON 100,000 levels deep": sent("POST", "/api/session", nested),
        "a filter 10,000 levels deep": sent(
            "GET", "/ogc/collections/areas/items?filter=" + "(" * 10_000
        ),
        "an address of 10 MB": sent("GET", "/api/at?lon=" + "1" * 10_000_000),
    }


class Visitor:
    """Somebody who asks again and again, in a thread of their own, and notes how long it takes."""

    def __init__(self, address: str) -> None:
        self._line = Line(address)
        self._over = threading.Event()
        self.waits_s: list[float] = []
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.is_set():
            begun = time.perf_counter()
            status, _ = self._line.send("GET", "/health")
            if status == 200:
                self.waits_s.append(time.perf_counter() - begun)
            self._over.wait(0.01)


def measure(quick: bool) -> list[Table]:
    """Returns the table of every bomb."""
    made = bombs()
    with folder() as place:
        store = place / "doors.rafiqa"
        words = [sys.executable, "-m", "rafiqa", "demo", str(store), "--buildings", str(BUILDINGS)]
        done = subprocess.run([*words, "--json"], check=True, capture_output=True)
        logins = {each["login"]: each["password"] for each in json.loads(done.stdout)["logins"]}
        with serving(store) as address:
            line = Line(address)
            told = {"login": "authority1", "password": logins["authority1"]}
            status, _ = line.post("/api/session", told)
            assert status == 200  # noqa: S101 - what follows would be refused for another reason
            rows = list(_rows(made, address, line, QUICK_REPEATS if quick else REPEATS))
    header = (
        *("bomb", "repeats", "answer", "refused after, ms", "slowest, ms", "÷ 1 s"),
        *("others alone, ms", "meanwhile p99, ms", "÷ 200 ms"),
    )
    return [Table("Bombs", _NOTES, header, rows)]


def _rows(
    made: Mapping[str, Bomb], address: str, line: Line, repeats: int
) -> Iterator[tuple[str, ...]]:
    with Visitor(address) as visitor:
        time.sleep(2)
    alone = Timing(tuple(visitor.waits_s))
    for name, bomb in made.items():
        took, waits, answers = [], [], set()
        for _ in range(repeats):
            off = bomb(line)
            with Visitor(address) as visitor:
                begun = time.perf_counter()
                status, body = off()
                took.append(time.perf_counter() - begun)
            waits += visitor.waits_s
            answers.add(_answer(status, body))
        refused, others = Timing(tuple(took)), Timing(tuple(waits))
        yield (
            name,
            str(repeats),
            ", ".join(sorted(answers)),
            milliseconds(refused.median_s),
            milliseconds(max(took)),
            f"{refused.median_s / REFUSED_S:.2f}",
            milliseconds(alone.median_s),
            milliseconds(others.quantile_s(0.99)),
            f"{others.quantile_s(0.99) * 1000 / SERVED_MS:.2f}",
        )


def _answer(status: int, body: bytes) -> str:
    """The status with the first code that says why."""
    try:
        told = json.loads(body)
    except ValueError:
        return str(status or "hung up")
    faults = told.get("faults") or told.get("refused") or []
    return f"{status} {faults[0]['code']}" if faults else str(status)
