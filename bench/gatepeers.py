"""Peers of ``gate_all``, each in a process of its own: the bare pairs of the same shapes.

Runs by any Python that has the engine: ``python gatepeers.py ENGINE BUILDINGS POLYGONS REPEATS``
prints one JSON line. Both files are GeoParquet in mm of one plane, so that no engine projects.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Pairs = tuple[Any, Any]
SQL = "SELECT b.id, h.id AS polygon FROM {b} b JOIN {h} h ON ST_Intersects(b.geometry, h.geometry)"


def checksum(building: Any, polygon: Any) -> tuple[int, int]:
    """Returns how many pairs there are and a number that other pairs would change."""
    mixed = np.asarray(building, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= np.asarray(polygon, np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    return len(mixed), int((mixed ^ (mixed >> np.uint64(29))).sum(dtype=np.uint64))


def peak_mb() -> float:
    """Returns the most memory that this program had, without that of who started it; MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e3


def read(path: str) -> Any:
    """Returns the shapes of a file."""
    import pyarrow.parquet as pq
    import shapely

    column = pq.read_table(path, columns=["geometry"]).column(0)
    return shapely.from_wkb(column.to_numpy(zero_copy_only=False))


def strtree(buildings: str, polygons: str) -> tuple[dict[str, float], Callable[[], Pairs]]:
    """A shapely STRtree over the buildings, asked by the polygons."""
    import shapely

    start = time.perf_counter()
    known, asked = read(buildings), read(polygons)
    loaded = time.perf_counter()
    tree = shapely.STRtree(known)
    tree.query(asked[:1])
    indexed = time.perf_counter()

    def join() -> Pairs:
        polygon, building = tree.query(asked, predicate="intersects")
        return building, polygon

    return {"load": loaded - start, "index": indexed - loaded}, join


def geopandas(buildings: str, polygons: str) -> tuple[dict[str, float], Callable[[], Pairs]]:
    """GeoPandas sjoin."""
    import geopandas as gpd

    start = time.perf_counter()
    known, asked = gpd.GeoSeries(read(buildings)), gpd.GeoSeries(read(polygons))
    left, right = gpd.GeoDataFrame(geometry=known), gpd.GeoDataFrame(geometry=asked)
    loaded = time.perf_counter() - start

    def join() -> Pairs:
        joined = gpd.sjoin(left, right, predicate="intersects")
        return joined.index.to_numpy(), joined["index_right"].to_numpy()

    return {"load": loaded}, join


def duckdb(buildings: str, polygons: str) -> tuple[dict[str, float], Callable[[], Pairs]]:
    """DuckDB's spatial extension, streaming from the files."""
    import duckdb as engine
    from duckdb_extensions import import_extension

    import_extension("spatial")
    link = engine.connect()
    link.execute("LOAD spatial")

    def join() -> Pairs:
        found = link.execute(SQL.format(b=f"'{buildings}'", h=f"'{polygons}'")).fetchnumpy()
        return found["id"], found["polygon"]

    return {}, join


def sedona(buildings: str, polygons: str) -> tuple[dict[str, float], Callable[[], Pairs]]:
    """SedonaDB, streaming from the files."""
    import sedona.db

    link = sedona.db.connect()

    def join() -> Pairs:
        link.read_parquet(buildings).to_view("b", overwrite=True)
        link.read_parquet(polygons).to_view("h", overwrite=True)
        found = link.sql(SQL.format(b="b", h="h")).to_arrow_table()
        return found.column(0).to_numpy(), found.column(1).to_numpy()

    return {}, join


ENGINES = {"strtree": strtree, "geopandas": geopandas, "duckdb": duckdb, "sedona": sedona}


def main(engine: str, buildings: str, polygons: str, n_repeats: str) -> None:
    """Prints seconds of each repeat, what was made ready first, the checksum and the peak."""
    ready, join = ENGINES[engine](buildings, polygons)
    seconds, pairs = [], ((), ())
    for _ in range(int(n_repeats)):
        start = time.perf_counter()
        pairs = join()
        seconds.append(time.perf_counter() - start)
    most_mb = peak_mb()
    answer = {"ready": ready, "seconds": seconds, "checksum": checksum(*pairs), "peak_mb": most_mb}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
