"""Five hundred phones that send at once: each record with a photograph, at the rate of a whole day.

The server is a process of its own; the phones share the machine's cores with it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.country import ORIGIN
from bench.site import AUTHORITY, folder, fresh_office, now_us
from bench.table import Table
from bench.timing import Timing, milliseconds
from rafiqa.ledger import DeviceEnrolled, FormPublished, SubmissionReceived
from rafiqa.service import enrol_device, missing_files, open_office, publish_form, token_sha256
from tests.collect import BOUNDARY, multipart
from tests.unit.service.field import FORM_XML, filled_form

PHONES, RATE_HZ, SECONDS, PHOTO_BYTES, AGAIN = 500, 500 * 200 / 600, 600, 40_000, 0.05
"""Whole: 200 records a phone in ten minutes, some 4 GB of photographs."""
SHORT = "RAFIQA_STORM_S"
"""The environment's name for a shorter storm of the same phones at the same rate, for a look."""
_NOTES = (
    "The promise is 500 phones with 200 records each in ten minutes on two cores (167 records a",
    "second, each with a photograph of 40 kB in the same request). Every twentieth is sent twice.",
    "Phones send by the clock and not when the server is ready, and waiting counts from the",
    "moment a record was due. The phones run beside the server on the same cores.",
)
_HEADER = ("phones", "records", "sent", "records/s", "p50 ms", "p99 ms", "goal", "lost", "doubled")


@dataclass(slots=True)
class Load:
    """What the phones saw."""

    waits_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def measure(quick: bool) -> list[Table]:
    """Returns the table of one storm of phones."""
    n_phones, seconds = (20, 2) if quick else (PHONES, int(os.environ.get(SHORT, SECONDS)))
    rate_hz = RATE_HZ * n_phones / PHONES
    n_records = round(rate_hz * seconds)
    with folder() as place:
        store = place / "storm.rafiqa"
        _ready(store, n_phones)
        with _served(store) as port:
            start = time.perf_counter()
            load = asyncio.run(_storm(port, n_phones, n_records, rate_hz))
            took_s = time.perf_counter() - start
        lost, doubled = _count(store, n_records)
    waits = Timing(tuple(load.waits_s))
    row = (
        f"{n_phones:,}",
        f"{n_records:,}",
        f"{sum(load.statuses.values()):,}",
        f"{n_records / took_s:,.0f}",
        milliseconds(waits.median_s),
        milliseconds(waits.quantile_s(0.99)),
        "p99 ≤ 500 ms",
        str(lost + sum(n for status, n in load.statuses.items() if status not in {201, 202})),
        str(doubled),
    )
    told = f"This run: {n_phones:,} phones for {seconds} s."
    return [Table("A storm of phones", (*_NOTES, told), _HEADER, [row])]


def _token(number: int) -> str:
    return f"{number:064d}"


def _ready(store: Path, n_phones: int) -> None:
    with fresh_office(store, ORIGIN) as office:
        form = FormPublished("", "", "", "", "evidence")
        publish_form(office, AUTHORITY, form, FORM_XML)
        for number in range(n_phones):
            key = token_sha256(_token(number))
            device = DeviceEnrolled(f"phone-{number}", key, f"c-{number}", "operator", "surveyor")
            enrol_device(office, AUTHORITY, device)


@contextmanager
def _served(store: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101
        server.stdout.readline()
        try:
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


async def _storm(port: int, n_phones: int, n_records: int, rate_hz: float) -> Load:
    load, start = Load(), time.perf_counter()
    photo = np.random.default_rng(2).bytes(PHOTO_BYTES)
    await asyncio.gather(
        *(
            _phone(port, number, range(number, n_records, n_phones), (start, rate_hz), photo, load)
            for number in range(n_phones)
        )
    )
    return load


async def _phone(
    port: int, number: int, records: range, clock: tuple[float, float], photo: bytes, load: Load
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start, rate_hz = clock
    for record in records:
        due = start + record / rate_hz
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        request = _request(number, record, photo)
        for _ in range(2 if record % round(1 / AGAIN) == 0 else 1):
            writer.write(request)
            await writer.drain()
            load.statuses[await _status(reader)] += 1
        load.waits_s.append(time.perf_counter() - due)
    writer.close()


def _request(number: int, record: int, photo: bytes) -> bytes:
    place = f"{34.9 + record % 500 / 5_000:.6f} {38.55 + record // 500 / 5_000:.6f} 0 0"
    content = filled_form(f"uuid:{record}", photo="p.jpg", place=place)
    body = multipart(content, {"p.jpg": record.to_bytes(8) + photo})
    head = (
        f"POST /openrosa/key/{_token(number)}/submission HTTP/1.1\r\nHost: bench\r\n"
        f"X-OpenRosa-Version: 1.0\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    return head.encode() + body


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])


def _count(store: Path, n_records: int) -> tuple[int, int]:
    """Returns how many records or photographs are not on record, and how many are twice."""
    office = open_office(str(store), now_us=now_us, entropy=os.urandom)
    ids = Counter(
        record.fact.instance_id
        for record in office.facts()
        if isinstance(record.fact, SubmissionReceived)
    )
    stories = office.fieldbook().stories
    lost = sum(
        f"uuid:{number}" not in stories or bool(missing_files(office, stories[f"uuid:{number}"]))
        for number in range(n_records)
    )
    office.store.close()
    return lost, sum(n - 1 for n in ids.values())
