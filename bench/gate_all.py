"""The gate of a whole country at once, and of one change in it, against the best engines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import shapely

from bench.country import DAY_US, country, square
from bench.gatepeers import checksum, peak_mb, read
from bench.site import folder
from bench.table import Table
from bench.timing import Timing, each, milliseconds, repeated, share
from bench.towns import FRAME, polygons_mm, write_buildings, write_polygons
from rafiqa.bulk import Ground, Resident, Signs, WkbColumn, resident, window_of
from rafiqa.land import Actor, LandBook, LandHistory, LandReopened, Recorded
from rafiqa.recovery import OUTCOMES
from rafiqa.service.gateall import Faces, layer_rows
from rafiqa.wire.assetlayer import layer_blocks
from rafiqa.wire.gatetable import GateTable, ToldLists
from tests import postgis

CASES = ((120_000, 2_000, 1), (5_000_000, 20_000, 100))
QUICK_CASES = ((1_000, 30, 1), (2_000, 60, 1))
"""Buildings, polygons, towns: a city and a country."""
GROWTH, QUICK_GROWTH = (50_000, 500_000, 5_000_000), (1_000, 2_000)
REPEATS, QUICK_REPEATS = 5, 1
ONE_CHANGES, QUICK_ONE_CHANGES = 2_000, 20
FACTS, QUICK_FACTS = 300, 3
AREAS, QUICK_AREAS = 20_000, 30
PEERS_PYTHON = "RAFIQA_PEERS_PYTHON"
_NOTES = (
    "Generated towns (`bench/towns.py`); polygons of 10 to 200 vertices, every second hazard and",
    "the others cleared. `ours, cold`: GeoParquet in degrees on the disk to every building's",
    "outcome, class, depth and reasons in Parquet, the ground's index made anew; a process of its",
    "own. `ours, warm`: the layer kept ready, every building ruled on again. Peers give the bare",
    "pairs that meet, of the same shapes in whole mm of the plane, so that none has to project:",
    "streamed ones read both files; the others have shapes in memory and their index made before.",
    "PostGIS: LATERAL with the polygons outermost, two workers. All pairs have one",
    "checksum; ours close exactly the buildings that they pair with a hazard, and open exactly",
    "those that a plain shapely union of the cleared polygons covers and no hazard meets.",
    f"SedonaDB, DuckDB and GeoPandas run by the Python that `{PEERS_PYTHON}` names.",
)
_HEADER = (
    *("buildings", "engine", "repeats", "median, s", "spread", "made ready before, s"),
    *("peak memory, MB", "ours, cold ÷ it", "ours, warm ÷ it"),
)
_ONE_NOTES = (
    "One change among the buildings of the country. `geometry`: which buildings lie on the old or",
    "the new shape, two questions in one, and on the old one alone, as PostGIS is asked. `ruled",
    "again`: a reopening comes to a land book of so many areas (`bench/country.py`), is folded,",
    "and every building it touches is ruled on; nothing is written to a disk. Goals: 0.3 ms, a",
    "third of PostGIS, and 5 ms for the slowest in a hundred.",
)
_ONE_HEADER = ("question", "changes", "p50, ms", "p95, ms", "p99, ms", "buildings touched, mean")
_GROWTH_NOTES = (
    "Ours, cold, over the polygons of the country; medians of 3, each in a process of its own.",
    "`linear`: seconds per building less what the ground's index takes, against the smallest size",
    "(1.00 is exactly linear).",
)
_GROWTH_HEADER = (
    "buildings",
    "seconds",
    "the ground's index, s",
    "linear",
    "peak memory, MB",
)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one case."""

    degrees: Path
    plane: Path
    polygons: Path


@dataclass(frozen=True, slots=True)
class Run:
    """What one engine took."""

    engine: str
    timing: Timing
    ready_s: float | None
    peak_mb: float | None
    checksum: tuple[int, int] | None = None


def measure(quick: bool) -> list[Table]:
    """Returns the tables of all buildings, of one change, and of growth."""
    n_repeats = QUICK_REPEATS if quick else REPEATS
    city, whole = QUICK_CASES if quick else CASES
    with folder() as place, _database() as link:
        files = _files(place, *city)
        rows = list(_case_rows(files, _resident(files), link, city[0], n_repeats))
        files = _files(place, *whole)
        ready = _resident(files)
        rows += _case_rows(files, ready, link, whole[0], n_repeats)
        one = list(_one_rows(files, ready, link, quick))
        grown = list(_growth_rows(place, QUICK_GROWTH if quick else GROWTH, files.polygons))
    return [
        Table("Every gate at once", _NOTES, _HEADER, rows),
        Table("One change", _ONE_NOTES, _ONE_HEADER, one),
        Table("Growth", _GROWTH_NOTES, _GROWTH_HEADER, grown),
    ]


def _files(place: Path, n_buildings: int, n_polygons: int, n_towns: int) -> Files:
    files = Files(*(place / f"{name}-{n_buildings}.parquet" for name in ("deg", "mm", "polygons")))
    write_buildings(files.degrees, files.plane, n_buildings, n_towns)
    write_polygons(files.polygons, polygons_mm(n_polygons, n_towns))
    return files


def ground_from(shapes: npt.NDArray[np.object_]) -> Ground:
    """Returns the ground of some polygons: every second hazard, the others cleared to 20 cm."""
    n = len(shapes)
    number = np.arange(n, dtype=np.int64)
    hazard = number % 2 == 0
    none = np.empty((0, 2), dtype=np.int64)
    signs = Signs(np.empty(0, object), np.empty(0), none, *(np.empty(0, np.bool_),) * 3)
    return Ground(
        shapes,
        number,
        np.where(hazard, n + number + 1, 0),
        ~hazard,
        np.where(hazard, 0, 1),
        np.where(hazard, -1, 20),
        ~hazard,
        np.zeros(n, dtype=np.bool_),
        np.zeros(n, dtype=np.bool_),
        none,
        signs,
    )


def _faces(n: int) -> Faces:
    number = np.arange(n + 1, dtype=np.int64)
    claims = [*([f"area-{at}"] for at in range(n)), []]
    return Faces(
        np.where(number == n, -1, number % 2),
        ("cha", "cleared"),
        np.where(number < n, 1, 0),
        ToldLists.of(np.empty(0, dtype=np.int64), claims),
    )


# --- ours


def cold(degrees: str, polygons: str, out: str) -> None:
    """Prints seconds, those of the ground's index, and the peak; in a process of its own."""
    shapes = np.asarray(read(polygons), dtype=object)
    start = time.perf_counter()
    window = window_of(ground_from(shapes), FRAME)
    indexed = time.perf_counter()
    with GateTable(Path(out)) as table:
        for block in layer_rows(Path(degrees), "buildings", window, _faces(len(shapes))):
            table.write(block)
    done = time.perf_counter()
    print(done - start, indexed - start, peak_mb())


def _cold(degrees: Path, polygons: Path, out: Path) -> tuple[float, float, float]:
    code = "import sys; from bench.gate_all import cold; cold(*sys.argv[1:])"
    asked = [sys.executable, "-c", code, str(degrees), str(polygons), str(out)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    seconds, index_s, most_mb = map(float, done.stdout.split())
    return seconds, index_s, most_mb


def _resident(files: Files) -> Resident:
    blocks = layer_blocks(files.degrees)
    return resident(FRAME, [WkbColumn(block.wkb, block.starts, block.ends) for block in blocks])


def _case_rows(
    files: Files, ready: Resident, link: Any, n_buildings: int, n_repeats: int
) -> Iterator[tuple[str, ...]]:
    shapes = np.asarray(read(str(files.polygons)), dtype=object)
    ground = ground_from(shapes)
    index_s = repeated(ground.ready, 1).median_s
    ready.rule(ground)
    warm = Run("ours, warm", repeated(lambda: ready.rule(ground), n_repeats), index_s, None)
    out = files.degrees.with_suffix(".out")
    runs = [_cold(files.degrees, files.polygons, out) for _ in range(n_repeats)]
    seconds, _, peaks = zip(*runs, strict=True)
    ours = Run("ours, cold", Timing(seconds), None, max(peaks))
    _check(files, shapes, out, ready.rule(ground).gate.outcome)
    peers = [*_peers(files, n_repeats), *_postgis(link, files, n_repeats)]
    if len({peer.checksum for peer in peers}) > 1:
        raise RuntimeError(f"peers do not agree: {[(p.engine, p.checksum) for p in peers]}")
    for run in (ours, warm, *peers):
        yield (
            f"{n_buildings:,}",
            run.engine,
            str(n_repeats),
            f"{run.timing.median_s:,.3f}",
            run.timing.spread,
            "–" if run.ready_s is None else f"{run.ready_s:,.2f}",
            "–" if run.peak_mb is None else f"{run.peak_mb:,.0f}",
            share(ours.timing.median_s, run.timing.median_s),
            share(warm.timing.median_s, run.timing.median_s),
        )


def _check(
    files: Files, shapes: npt.NDArray[np.object_], out: Path, warm: npt.NDArray[np.uint8]
) -> None:
    """Holds ours to a plain shapely oracle.

    Raises:
        RuntimeError: they do not agree.
    """
    table = pq.read_table(out, columns=["outcome"]).column(0).combine_chunks()
    told = np.array([OUTCOMES.index(text) for text in table.dictionary.to_pylist()])
    found = told[table.indices.to_numpy()]
    buildings = np.asarray(read(str(files.plane)), dtype=object)
    tree = shapely.STRtree(buildings)
    expected = np.ones(len(buildings), dtype=np.int64)
    whole = shapely.get_parts(shapely.disjoint_subset_union_all(shapes[1::2]))
    expected[tree.query(whole, predicate="covers")[1]] = 0
    expected[tree.query(shapes[0::2], predicate="intersects")[1]] = 2
    if not ((found == expected).all() and (warm == expected).all()):
        raise RuntimeError("not the answers of the plain way")


# --- peers


def _peers(files: Files, n_repeats: int) -> Iterator[Run]:
    yield _peer(sys.executable, "strtree", "shapely STRtree join", files, n_repeats)
    python = os.environ.get(PEERS_PYTHON)
    if python:
        yield _peer(python, "geopandas", "GeoPandas sjoin", files, n_repeats)
        yield _peer(python, "duckdb", "DuckDB, streamed", files, n_repeats)
        yield _peer(python, "sedona", "SedonaDB, streamed", files, n_repeats)


def _peer(python: str, engine: str, name: str, files: Files, n_repeats: int) -> Run:
    script = Path(__file__).with_name("gatepeers.py")
    asked = [python, str(script), engine, str(files.plane), str(files.polygons), str(n_repeats)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    ready_s = sum(told["ready"].values()) if told["ready"] else None
    n_pairs, mixed = told["checksum"]
    return Run(name, Timing(tuple(told["seconds"])), ready_s, told["peak_mb"], (n_pairs, mixed))


_LATERAL = (
    "SELECT a.id, h.id FROM polygon h CROSS JOIN LATERAL (SELECT b.id FROM building b"
    " WHERE ST_Intersects(h.geom, b.geom) OFFSET 0) a"
)
_COUNTED = _LATERAL.replace("a.id, h.id", "count(*)", 1)
_SETTINGS = (
    *("jit=off", "shared_buffers=2GB", "work_mem=256MB"),
    *("maintenance_work_mem=1GB", "max_wal_size=16GB", "autovacuum=off"),
)


@contextmanager
def _database() -> Iterator[Any]:
    """Yields a connection to an empty PostGIS; None where there is none."""
    if postgis.missing() is not None:
        yield None
        return
    with postgis.cluster(_SETTINGS) as link:
        yield link


def _postgis(link: Any, files: Files, n_repeats: int) -> Iterator[Run]:
    if link is None:
        return
    ready_s = repeated(lambda: _load(link, files), 1).median_s
    link.execute("SET max_parallel_workers_per_gather = 2")
    timing = repeated(lambda: link.execute(_COUNTED).fetchone(), n_repeats)
    found = np.array(link.execute(_LATERAL).fetchall(), dtype=np.int64).reshape(-1, 2)
    yield Run("PostGIS, LATERAL", timing, ready_s, None, checksum(*found.T))


def _load(link: Any, files: Files) -> None:
    for name, path in (("building", files.plane), ("polygon", files.polygons)):
        link.execute(f"DROP TABLE IF EXISTS {name}")
        link.execute(f"CREATE UNLOGGED TABLE {name} (id int PRIMARY KEY, geom geometry)")
        with (
            link.cursor() as cursor,
            cursor.copy(f"COPY {name} FROM STDIN") as copy,
            pq.ParquetFile(path) as file,
        ):
            for batch in file.iter_batches(columns=["id", "geometry"]):
                ids, shapes = batch.column(0).to_pylist(), batch.column(1).to_pylist()
                pairs = zip(ids, shapes, strict=True)
                copy.write("".join(f"{at}\t{wkb.hex()}\n" for at, wkb in pairs))
        link.execute(f"CREATE INDEX ON {name} USING gist (geom)")
        link.execute(f"ANALYZE {name}")


# --- one change, and growth


def _one_rows(files: Files, ready: Resident, link: Any, quick: bool) -> Iterator[tuple[str, ...]]:
    shapes = np.asarray(read(str(files.polygons)), dtype=object)
    n = min(QUICK_ONE_CHANGES if quick else ONE_CHANGES, len(shapes))
    moved = [shapely.transform(shape, lambda xy: xy + 20_000) for shape in shapes[:n]]
    touched: list[int] = []

    def asked(*about: Any) -> Callable[[], object]:
        def work() -> None:
            touched.append(len(ready.touching(about)))

        return work

    timing = each([asked(old, new) for old, new in zip(shapes[:n], moved, strict=True)])
    yield _one_row("geometry, old and new", timing, float(np.mean(touched)))
    touched.clear()
    timing = each([asked(old) for old in shapes[:n]])
    yield _one_row("geometry, one of the two", timing, float(np.mean(touched)))
    yield from _one_postgis(link, shapes[:n])
    yield from _ruled_again(ready, QUICK_AREAS if quick else AREAS, QUICK_FACTS if quick else FACTS)


def _one_row(question: str, timing: Timing, n_touched: float) -> tuple[str, ...]:
    quantiles = (milliseconds(timing.quantile_s(at)) for at in (0.5, 0.95, 0.99))
    return (question, f"{len(timing.seconds):,}", *quantiles, f"{n_touched:,.1f}")


def _one_postgis(link: Any, shapes: npt.NDArray[np.object_]) -> Iterator[tuple[str, ...]]:
    if link is None:
        return
    # For one question the workers would only be waited for.
    link.execute("SET max_parallel_workers_per_gather = 0")
    touched: list[int] = []

    def asked(wkb: bytes) -> Callable[[], object]:
        sql = "SELECT id FROM building WHERE ST_Intersects(ST_GeomFromWKB(%s), geom)"

        def work() -> None:
            touched.append(len(link.execute(sql, (wkb,), prepare=True).fetchall()))

        return work

    works = [asked(shape.wkb) for shape in shapes]
    each(works)
    touched.clear()
    yield _one_row("PostGIS GiST, one of the two", each(works), float(np.mean(touched)))


def _ruled_again(ready: Resident, n_areas: int, n_facts: int) -> Iterator[tuple[str, ...]]:
    facts = country(n_areas)
    history = LandHistory()
    history.take(facts)
    _ = LandBook(history, history.seq).faces
    last, draw = facts[-1], np.random.default_rng(3)
    actor = Actor("p1", "authority", "authority")
    boxes = ready.prints.boxes
    here = np.flatnonzero((boxes[:, 0] > 0) & (boxes[:, 1] > 0))
    touched: list[int] = []

    def one_more(number: int) -> Callable[[], object]:
        x_mm, y_mm = np.rint(boxes[int(draw.choice(here)), :2]).astype(int).tolist()
        ground = square((x_mm - 50_000, y_mm - 50_000), 100_000)
        fact = LandReopened(f"N{number}", ground, "accident", "cha")
        at_us = last.valid_at_us + number + 1
        seq = last.seq + number + 1
        recorded = Recorded(seq, f"n{seq}", at_us, seq * 1_000, actor, fact)

        def work() -> None:
            history.take([recorded])
            book = LandBook(history, history.seq)
            rows, _, _ = ready.rule_again(book, at_us + DAY_US, [ground.geometry])
            touched.append(len(rows))

        return work

    timing = each([one_more(number) for number in range(n_facts)])
    yield _one_row(f"ruled again, {n_areas:,} areas", timing, float(np.mean(touched)))


def _growth_rows(place: Path, sizes: Sequence[int], polygons: Path) -> Iterator[tuple[str, ...]]:
    first = 0.0
    for n in sizes:
        degrees = place / f"deg-{n}.parquet"
        if not degrees.exists():
            write_buildings(degrees, place / f"mm-{n}.parquet", n, max(n // 50_000, 1))
        runs = sorted(_cold(degrees, polygons, place / "out.parquet") for _ in range(3))
        seconds, index_s, most_mb = runs[1]
        each_s = (seconds - index_s) / n
        first = first or each_s
        yield (
            f"{n:,}",
            f"{seconds:,.2f}",
            f"{index_s:,.2f}",
            f"{each_s / first:.2f}",
            f"{most_mb:,.0f}",
        )
