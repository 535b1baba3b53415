"""The gate of a country of districts by one worker and by two, and of a region of many cities."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from bench.gate_all import ground_from
from bench.gatepeers import peak_mb
from bench.site import folder
from bench.table import Table
from bench.towns import FRAME, ROW_GROUP
from rafiqa.bulk import window_of
from rafiqa.service.gateall import Faces, layer_rows
from rafiqa.service.regionground import ground_table, read_ground
from rafiqa.wire.gatetable import GateTable, ToldLists
from tests.region import drawn_city

SIZES, QUICK_SIZES = (1, 10), (1,)
"""Districts; each has so many buildings as ``EACH`` says."""
EACH, QUICK_EACH = 1_000_000, 2_000
POLYGONS, QUICK_POLYGONS = 4_000, 30
DISTRICTS_ENV = "RAFIQA_BENCH_DISTRICTS"
"""Names other numbers of districts, such as ``50``: what disk and time allow."""
CITIES, QUICK_CITIES = 200, 5
_SIDE_MM = 60_000_000
_WIDE = 8
_SEED = 20_261_128
_HEAD = np.frombuffer(b"\x01\x03\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00", dtype=np.uint8)
_WHEN = ("--valid-at", "2026-10-31", "--known-at", "2026-10-31")
_NOTES = (
    "A country of districts, 60 km wide each, of a million buildings in 20 towns and 4,000",
    "polygons of 10 to 200 vertices, every second hazard and the others cleared; a layer for",
    "each district. `rafiqa bulk gate`: layers cut into tiles, ground cut for each tile, every",
    "tile ruled on and written as GeoParquet with places, boxes and hashes; a process of its",
    "own for each run, one run each. `the whole at once` is the peer: the kernel of `rafiqa",
    "gate --all` in one process of two threads, all ground in memory, over the same files, to a",
    "table without places. Processor seconds are of all parts; where the machine is shared they",
    "say more than the wall does. Efficiency: wall of one worker ÷ (2 × wall of two). Peak",
    "memory is of the fullest process.",
)
_HEADER = (
    *("buildings", "by", "wall, s", "processor, s", "processor s per million", "wall ÷ peer"),
    *("efficiency", "peak memory, MB"),
)
_CITIES_NOTES = (
    "Generated cities (`tests/region.py`: six areas, of which three are released and one is in",
    "doubt, and 120 buildings each), a store each, from the stores to the tables of all; two",
    "workers. When a fifth of the cities has its first part, one of the two is ended by",
    "SIGKILL. Then the same without that, in another folder, and all files of both are compared",
    "byte for byte.",
)
_CITIES_HEADER = ("cities", "answers", "run", "wall, s", "processor, s", "peak MB", "same bytes")


def measure(quick: bool) -> list[Table]:
    """Returns the tables of a country by workers, and of a region of cities."""
    named = os.environ.get(DISTRICTS_ENV)
    sizes = tuple(map(int, named.split(","))) if named else QUICK_SIZES if quick else SIZES
    rows: list[tuple[str, ...]] = []
    with folder() as place:
        for n in sizes:
            for row in _country_rows(place, n, quick):
                # Told as it comes: a size may take longer than there is time.
                print(row, file=sys.stderr, flush=True)
                rows.append(row)
        cities = _cities(place, QUICK_CITIES if quick else CITIES)
    return [Table("A country by workers", _NOTES, _HEADER, rows), cities]


# --- a country


def _country_rows(place: Path, n: int, quick: bool) -> Iterator[tuple[str, ...]]:
    each, polygons = (QUICK_EACH, QUICK_POLYGONS) if quick else (EACH, POLYGONS)
    region = place / f"country-{n}"
    make_country(region, n, each, polygons)
    peer_s, peer_cpu_s, peer_mb = _whole(region)
    yield _row(n * each, "the whole at once", peer_s, peer_cpu_s, peer_s, None, peer_mb)
    one_s = 0.0
    for workers in (None, 1, 2):
        cost = bulk(region, place / "out", workers)
        shutil.rmtree(place / "out")
        wall_s = cost["wall_s"]
        by = "in this process" if workers is None else f"{workers} worker{'s'[: workers - 1]}"
        one_s = wall_s if workers == 1 else one_s
        efficiency = one_s / (2 * wall_s) if workers == 2 else None
        yield _row(n * each, by, wall_s, cost["cpu_s"], peer_s, efficiency, cost["peak_memory_mb"])
    shutil.rmtree(region)


def _row(
    n: int,
    by: str,
    wall_s: float,
    cpu_s: float,
    peer_s: float,
    efficiency: float | None,
    memory_mb: float,
) -> tuple[str, ...]:
    return (
        f"{n:,}",
        by,
        f"{wall_s:,.1f}",
        f"{cpu_s:,.1f}",
        f"{cpu_s * 1e6 / n:,.2f}",
        f"{wall_s / peer_s:.2f}",
        "" if efficiency is None else f"{efficiency:.2f}",
        f"{memory_mb:,.0f}",
    )


def make_country(region: Path, n_districts: int, n_each: int, n_polygons: int) -> None:
    """Writes a region of one city: a layer for each district, and the ground of all of them."""
    region.mkdir()
    shapes: list[Any] = []
    layers = []
    for number in range(n_districts):
        draw = np.random.default_rng([_SEED, number])
        corner = np.array([number % _WIDE - _WIDE / 2, number // _WIDE - _WIDE / 2]) * _SIDE_MM
        middles = corner + draw.uniform(0.1, 0.9, (20, 2)) * _SIDE_MM
        name = f"d{number:03}.parquet"
        _write_layer(region / name, draw, middles, (number, n_each))
        layers.append({"kind": "buildings", "file": name})
        shapes += _polygons(draw, middles, n_polygons)
    ground = ground_from(np.array(shapes, dtype=object))
    (region / "ground.parquet").write_bytes(ground_table(ground, _faces(len(shapes))))
    origin = [FRAME.lon_deg, FRAME.lat_deg]
    city = {"name": "country", "origin": origin, "ground": "ground.parquet", "layers": layers}
    (region / "region.json").write_text(json.dumps({"cities": [city]}), encoding="utf-8")


def _faces(n: int) -> Faces:
    number = np.arange(n + 1, dtype=np.int64)
    return Faces(
        np.where(number == n, -1, number % 2),
        ("cha", "cleared"),
        np.where(number < n, 1, 0),
        ToldLists.of(np.empty(0, np.int64), [*([f"area-{at}"] for at in range(n)), []]),
    )


def _places(
    draw: np.random.Generator, middles: npt.NDArray[np.float64], n: int
) -> npt.NDArray[np.float64]:
    wide = np.exp(draw.normal(np.log(1_500_000), 0.4, len(middles)))
    town = draw.choice(len(middles), n, p=wide**2 / (wide**2).sum())
    # Near ones together, as a layer of a district comes.
    town.sort()
    return np.asarray(middles[town] + draw.normal(0, 1, (n, 2)) * wide[town][:, None])


def _write_layer(
    path: Path, draw: np.random.Generator, middles: npt.NDArray[np.float64], about: tuple[int, int]
) -> None:
    number, n = about
    places = _places(draw, middles, n)
    sides = draw.uniform(5_000, 16_000, (n, 2))
    turn = draw.uniform(0, np.pi / 2, n)
    form = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    x, y = (form[:, axis] * sides[:, axis, None] for axis in (0, 1))
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    corners = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=2) + places[:, None]
    lonlat = FRAME.places_deg(corners.reshape(-1, 2)).reshape(n, 5, 2)
    lonlat[:, 4] = lonlat[:, 0]
    values = np.empty((n, len(_HEAD) + 80), dtype=np.uint8)
    values[:, : len(_HEAD)] = _HEAD
    values[:, len(_HEAD) :] = (
        np.ascontiguousarray(lonlat.astype("<f8")).view(np.uint8).reshape(n, 80)
    )
    ends = pa.py_buffer(np.arange(n + 1, dtype=np.int32) * values.shape[1])
    geometry = pa.Array.from_buffers(pa.binary(), n, [None, ends, pa.py_buffer(values)])
    ids = pa.array([f"b{number:03}-{at}" for at in range(n)])
    table = pa.table({"id": ids, "geometry": geometry})
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)


def _polygons(
    draw: np.random.Generator, middles: npt.NDArray[np.float64], n: int
) -> Iterator[shapely.Geometry]:
    for place in _places(draw, middles, n):
        k = int(draw.integers(10, 201))
        turn = np.sort(draw.uniform(0, 2 * np.pi, k))
        reach = np.exp(draw.uniform(np.log(20_000), np.log(220_000))) * draw.uniform(0.7, 1, k)
        ring = np.rint(place + reach[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))
        shape = shapely.Polygon(ring)
        yield shape if shape.is_valid else shape.convex_hull


def whole(region: str) -> None:
    """Prints seconds, processor seconds and the peak of the peer; in a process of its own."""
    place = Path(region)
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    ground, faces = read_ground(place / "ground.parquet")
    window = window_of(ground, FRAME)
    with GateTable(place / "whole.out") as table:
        for path in sorted(place.glob("d*.parquet")):
            for block in layer_rows(path, "buildings", window, faces):
                table.write(block)
    print(time.perf_counter() - start_s, time.process_time() - start_cpu_s, peak_mb())


def _whole(region: Path) -> tuple[float, float, float]:
    code = "import sys; from bench.bulk_region import whole; whole(sys.argv[1])"
    asked = [sys.executable, "-c", code, str(region)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    seconds, cpu_s, most_mb = map(float, done.stdout.split())
    return seconds, cpu_s, most_mb


def bulk(region: Path, out: Path, workers: int | None) -> dict[str, Any]:
    """Returns what a run of its own cost: seconds, memory, as the command tells it."""
    done = subprocess.run(_asked(region, out, workers), capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)["cost"]
    return answer


def _asked(region: Path, out: Path, workers: int | None) -> list[str]:
    many = () if workers is None else ("--workers", str(workers))
    command = (sys.executable, "-m", "rafiqa", "bulk", "gate", str(region), str(out))
    return [*command, "--json", *_WHEN, *many]


# --- a region of cities


def _cities(place: Path, n_cities: int) -> Table:
    region = place / "cities"
    region.mkdir()
    for number in range(n_cities):
        drawn_city(region, number)
    rows = []
    answers = []
    for run, kills in (("one worker killed", True), ("nothing killed", False)):
        out = place / f"cities-{kills}"
        process = subprocess.Popen(
            _asked(region, out, 2), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if kills:
            _kill_one(process.pid, out, n_cities)
        said, _ = process.communicate()
        answers.append(json.loads(said))
        if process.returncode or not answers[-1]["complete"]:
            raise RuntimeError(said)
        rows.append((run, answers[-1]))
        print(run, answers[-1]["cost"], file=sys.stderr, flush=True)
    same = subprocess.run(
        ["diff", "-r", str(place / "cities-True"), str(place / "cities-False")], check=False
    )
    told = "yes" if same.returncode == 0 else "NO"
    return Table(
        "A region of cities, a worker killed on the way",
        _CITIES_NOTES,
        _CITIES_HEADER,
        [_city_row(n_cities, run, answer, told) for run, answer in rows],
    )


def _city_row(n: int, run: str, answer: dict[str, Any], same: str) -> tuple[str, ...]:
    cost = answer["cost"]
    figures = (f"{cost['wall_s']:,.1f}", f"{cost['cpu_s']:,.1f}", str(cost["peak_memory_mb"]))
    return (str(n), f"{answer['n']:,}", run, *figures, same)


def _kill_one(pid: int, out: Path, n_parts: int) -> None:
    """Ends one worker of a run by SIGKILL when a fifth of so many parts is there."""
    while len(list(out.glob("notes/*/*"))) < n_parts // 5:
        time.sleep(0.05)
    workers = _workers(pid)
    print(f"killed worker {workers[0]} of {workers}", file=sys.stderr)
    os.kill(workers[0], signal.SIGKILL)


def _workers(pid: int) -> Sequence[int]:
    """Returns the processes that a run started which are its workers."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            words = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"spawn_main" in words:
            found.append(int(each.name))
    return sorted(found)
