"""A region of one city that comes as files: buildings on hazard and on cleared ground."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from rafiqa.bulk import Engine, InProcess
from rafiqa.geo import SiteFrame
from rafiqa.service.region import Plan, read_region
from rafiqa.service.regionpart import Run
from rafiqa.service.regionrun import Summary, begin, carry_out
from rafiqa.wire.assetlayer import layer_bytes
from rafiqa.wire.groundtable import SCHEMA

AT_US = 1_793_404_800_000_000
FRAME = SiteFrame(38.0, 33.0)
ZOOM = 18
"""Tiles about 130 m wide: each building has nearly one of its own."""
N = 6
"""Buildings in a row: three on hazard, three on cleared ground."""


def clock() -> int:
    return AT_US


def ground() -> dict[str, list[Any]]:
    """The columns of a table of ground: a hazard, cleared ground, and a place of evidence."""
    hazard, cleared = shapely.box(0, 0, 300_000, 100_000), shapely.box(300_000, 0, 600_000, 100_000)
    shapes = [hazard, cleared, shapely.Point(900_000, 0)]
    return {
        "geometry_mm": shapely.to_wkb(np.array(shapes, dtype=object)).tolist(),
        "is_sign": [False, False, True],
        "closes": [2, 0, 0],
        "released": [False, True, False],
        "worth": [0, 99_980, 0],
        "certified_cm": [-1, 20, 0],
        "cleared": [False, True, False],
        "undug": [False, False, False],
        "in_doubt": [False, False, False],
        "true_us": [None, None, 0],
        "seq": [None, None, 0],
        "reach_mm": [0.0, 0.0, 0.0],
        "is_report": [False, False, True],
        "is_find": [False, False, False],
        "is_bombing": [False, False, False],
        "status": ["cha", "cleared", None],
        "area_ids": [["A0"], ["A1"], None],
    }


def region_of(
    folder: Path, *, own: dict[str, Any] | None = None, more: Any = None, n: int = N
) -> Path:
    """Writes a region of one city; ``own`` are columns of its layer, ``more`` bends its ground."""
    folder.mkdir(exist_ok=True)
    corners = [(20_000 + at * 100_000, 20_000) for at in range(n)]
    planar = np.array([shapely.box(x, y, x + 9_000, y + 9_000) for x, y in corners], dtype=object)
    lonlat = np.array(
        [shapely.Polygon(FRAME.places_deg(shapely.get_coordinates(each))) for each in planar],
        dtype=object,
    )
    ids = [f"b{at}" for at in range(n)]
    (folder / "assets.parquet").write_bytes(layer_bytes(ids, lonlat, own or {}))
    columns = ground()
    schema = SCHEMA
    if more is not None:
        schema = more(columns) or SCHEMA
    names = [field.name for field in schema]
    arrays = [pa.array(columns[field.name], field.type) for field in schema]
    pq.write_table(pa.table(arrays, names=names), folder / "ground.parquet")
    city = {
        "name": "drawn",
        "origin": [FRAME.lon_deg, FRAME.lat_deg],
        "ground": "ground.parquet",
        "layers": [{"kind": "buildings", "file": "assets.parquet"}],
    }
    (folder / "region.json").write_text(json.dumps({"cities": [city]}))
    return folder


def run_of(region: Path, out: Path) -> Run:
    plan = Plan("gate", read_region(str(region)), AT_US, AT_US, ZOOM, "test")
    return begin(Run(plan, str(out), clock, os.urandom))


def asked(region: Path, out: Path, engine: Engine | None = None) -> Summary:
    return carry_out(run_of(region, out), engine or InProcess())


def files(out: Path) -> dict[str, bytes]:
    found = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in found}


def outcomes(out: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in out.glob("gate/*/*.parquet"):
        rows = pq.ParquetFile(path).read(columns=["id", "outcome"]).to_pylist()
        found |= {row["id"]: row["outcome"] for row in rows}
    return found


def codes(summary: Summary) -> set[str]:
    return {fault.code for faults in summary.failed.values() for fault in faults}
