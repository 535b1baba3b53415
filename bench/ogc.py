"""Pages of features over HTTP: Rafiqa's /ogc beside pygeoapi and tipg on the same buildings.

`bench/ogcpeers.py` says how to install the peers. Two clients keep a connection each and ask in
turn, over boxes that never come again, so that nothing is answered from a cache of pages. Every
server answers the same boxes first, and is measured only if its ids are the same.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from bench.ogcpeers import Buildings, Server, free_port, made, peers, running
from bench.processor import processor_s
from bench.site import AUTHORITY, folder, fresh_office
from bench.table import Table
from rafiqa.geo import Spot
from rafiqa.recovery import LayerRegistered
from rafiqa.service import register_layer
from rafiqa.service.accounts import put_account

COUNT, QUICK_COUNT = 120_000, 3_000
REPEATS = 5
CLIENTS = 2
LIMIT = 1_000
PASSWORD = "four words of a bench"  # noqa: S105 - of a store that goes away
Ask = Callable[[np.random.Generator], str]


def _box(draws: np.random.Generator) -> str:
    """A box of 0.03° by 0.02° somewhere in the town: the geo study's, of about 800 buildings."""
    west, south = 38.5 + draws.random() * 0.27, 34.9 + draws.random() * 0.28
    return f"bbox={west:.6f},{south:.6f},{west + 0.03:.6f},{south + 0.02:.6f}"


ASKED: dict[str, Ask] = {
    "bbox, limit 1000": lambda draws: f"&limit={LIMIT}&{_box(draws)}",
    "bbox and kind=school": lambda draws: f"&limit={LIMIT}&kind=school&{_box(draws)}",
    "bbox, limit 10": lambda draws: f"&limit=10&{_box(draws)}",
}


def measure(quick: bool) -> list[Table]:
    """Returns the table of requests a second, each peer beside Rafiqa."""
    buildings = made(QUICK_COUNT if quick else COUNT, 20_260_101)
    seconds = 0.1 if quick else 2.0
    with (
        folder() as path,
        _rafiqa(buildings, path) as (ours, cookie),
        peers(buildings, path) as (others, said),
    ):
        for each in said:
            print(f"left out: {each}", file=sys.stderr)
        rows = []
        for title, ask in ASKED.items():
            _same_content(ours, others, ask, cookie)
            rows += _rows(title, ask, ours, others, cookie, seconds)
    notes = [
        f"{len(buildings.ids):,} made-up buildings with four properties; {CLIENTS} clients, each",
        "with a connection of its own, boxes that never come again, no compression. Rafiqa: one",
        "process, a signed-in session on every request, rules of access, links between pages, two",
        "times and the check of the whole query on. The peers: two workers each, an index on place",
        "and kind, everything open to everybody. Starting is not counted. Before each row every",
        "server's ids of twenty boxes were equal to Rafiqa's. `processor` is what all processes of",
        "a server took for a request, its database's too; other work here changes it less.",
        *(f"Left out: {each}." for each in said),
    ]
    header = (
        *("question", "server", "requests/s", "p50 ms", "spread", "Rafiqa is"),
        *("processor, ms a request", "of Rafiqa's"),
    )
    return [Table("Pages of features over HTTP", notes, header, rows)]


class _rafiqa:  # noqa: N801 - a context, named as what it gives
    """Rafiqa's server on a store with the buildings, and the cookie of a session."""

    def __init__(self, buildings: Buildings, path: Path) -> None:
        self._buildings, self._path = buildings, path

    def __enter__(self) -> tuple[Server, str]:
        store = self._path / "bench.rafiqa"
        with fresh_office(store, Spot.of(38.65, 35.05)) as office:
            columns: dict[str, Sequence[Any]] = {
                "kind": self._buildings.kinds,
                "name": self._buildings.names,
                "storeys": self._buildings.storeys,
            }
            fact = LayerRegistered("bench", "buildings", "", 0, "made up")
            table = (self._buildings.ids, self._buildings.shapes, columns)
            acted = register_layer(office, AUTHORITY, fact, table)
            assert acted.done, acted.reasons  # noqa: S101
            put_account(office.store, "bench", PASSWORD, AUTHORITY, "Bench", lambda n: b"b" * n)
        port = free_port()
        command = [sys.executable, "-m", "rafiqa", "serve", str(store), "--port", str(port)]
        self._running = running(command, port, {}, self._path / "rafiqa.log")
        pid = self._running.__enter__()
        link = HTTPConnection("127.0.0.1", port)
        body = json.dumps({"login": "bench", "password": PASSWORD})
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
        link.request("POST", "/api/session", body, headers)
        answer = link.getresponse()
        answer.read()
        cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        link.close()
        return Server("Rafiqa", port, "/ogc/collections/assets/items?f=json", (pid,)), cookie

    def __exit__(self, *error: object) -> None:
        self._running.__exit__(None, None, None)


def _get(link: HTTPConnection, path: str, cookie: str) -> bytes:
    link.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "identity"})
    answer = link.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:500]!r}")
    return body


def _same_content(ours: Server, others: list[Server], ask: Ask, cookie: str) -> None:
    """Stops the bench where a server gives other features, or other ground, than Rafiqa."""
    draws = np.random.default_rng(7)
    for question in [ask(draws) for _ in range(20)]:
        found = {}
        for server in (ours, *others):
            link = HTTPConnection("127.0.0.1", server.port, timeout=60)
            page = json.loads(_get(link, server.path + question, cookie))
            link.close()
            found[server.name] = page
            assert page["numberMatched"] == found[ours.name]["numberMatched"], server  # noqa: S101
            if page["numberMatched"] <= len(page["features"]):
                ids = {str(each["id"]) for each in page["features"]}
                assert ids == {each["id"] for each in found[ours.name]["features"]}, (  # noqa: S101
                    server.name
                )
                ground = [shapely.from_geojson(json.dumps(e["geometry"])) for e in page["features"]]
                assert all(shapely.is_valid(ground)), server  # noqa: S101
            else:
                assert len(page["features"]) == len(found[ours.name]["features"])  # noqa: S101


def _round(server: Server, ask: Ask, seed: int, cookie: str, seconds: float) -> list[float]:
    """Returns the seconds of every request of one repeat."""
    taken: list[float] = []

    def client(number: int) -> None:
        draws = np.random.default_rng((seed, number))
        link = HTTPConnection("127.0.0.1", server.port, timeout=60)
        own = []
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            begun = time.perf_counter()
            _get(link, server.path + ask(draws), cookie)
            own.append(time.perf_counter() - begun)
        link.close()
        taken.extend(own)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return taken


def _rows(
    title: str, ask: Ask, ours: Server, others: list[Server], cookie: str, seconds: float
) -> list[tuple[str, ...]]:
    rates: dict[str, list[float]] = {}
    middles: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    for repeat in range(REPEATS + 1):
        for server in (ours, *others):
            begun, before_s = time.perf_counter(), processor_s(server.processes)
            taken = _round(server, ask, repeat, cookie, seconds)
            # The first is a warming-up.
            if repeat:
                rate = len(taken) / (time.perf_counter() - begun)
                cost_ms = (processor_s(server.processes) - before_s) / len(taken) * 1e3
                costs.setdefault(server.name, []).append(cost_ms)
                rates.setdefault(server.name, []).append(rate)
                middles.setdefault(server.name, []).append(statistics.median(taken) * 1e3)
    rows: list[tuple[str, ...]] = []
    own = statistics.median(rates[ours.name])
    own_cost_ms = statistics.median(costs[ours.name])
    for server in (ours, *others):
        rate = statistics.median(rates[server.name])
        low, high = min(rates[server.name]) / rate - 1, max(rates[server.name]) / rate - 1
        ratio = "–" if server is ours else f"{own / rate:.0f}×"
        p50 = f"{statistics.median(middles[server.name]):.1f}"
        spread = f"{low:+.0%} … {high:+.0%}".replace("%", " %")
        cost_ms = statistics.median(costs[server.name])
        times = "–" if server is ours else f"{cost_ms / own_cost_ms:.0f}×"
        row = (title, server.name, f"{rate:,.0f}", p50, spread, ratio, f"{cost_ms:.2f}", times)
        rows.append(row)
    return rows
