"""A region that comes as files: nothing of them becomes an answer that they do not bear out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from rafiqa.bulk import InProcess
from rafiqa.geo import SiteFrame
from rafiqa.service.region import Plan, read_region
from rafiqa.service.regionpart import Run
from rafiqa.service.regionrun import Summary, begin, carry_out
from rafiqa.wire.assetlayer import layer_bytes
from rafiqa.wire.groundtable import SCHEMA

AT_US = 1_793_404_800_000_000
FRAME = SiteFrame(38.0, 33.0)
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


def region_of(folder: Path, *, own: dict[str, Any] | None = None, more: Any = None) -> Path:
    """Writes a region of one city; ``own`` are columns of its layer, ``more`` bends its ground."""
    folder.mkdir(exist_ok=True)
    corners = [(20_000 + at * 100_000, 20_000) for at in range(N)]
    planar = np.array([shapely.box(x, y, x + 9_000, y + 9_000) for x, y in corners], dtype=object)
    lonlat = np.array(
        [shapely.Polygon(FRAME.places_deg(shapely.get_coordinates(each))) for each in planar],
        dtype=object,
    )
    ids = [f"b{at}" for at in range(N)]
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


def asked(region: Path, out: Path) -> Summary:
    plan = Plan("gate", read_region(str(region)), AT_US, AT_US, 12, "test")
    return carry_out(begin(Run(plan, str(out), clock, os.urandom)), InProcess())


def outcomes(out: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in out.glob("gate/*/*.parquet"):
        rows = pq.ParquetFile(path).read(columns=["id", "outcome"]).to_pylist()
        found |= {row["id"]: row["outcome"] for row in rows}
    return found


def codes(summary: Summary) -> set[str]:
    return {fault.code for faults in summary.failed.values() for fault in faults}


def test_a_city_of_files_has_its_answers(tmp_path: Path) -> None:
    assert not asked(region_of(tmp_path / "region"), tmp_path / "out").failed
    told = outcomes(tmp_path / "out")
    assert [told[f"b{at}"] == "open" for at in range(N)] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    "name",
    ["outcome", "released", "open", "depth", "codes", "ground_state", "in_doubt", "Released"],
)
def test_a_layer_that_carries_answers_is_refused(tmp_path: Path, name: str) -> None:
    """An earlier answer, or a column that reads like one, is no asset's property."""
    region = region_of(tmp_path / "region", own={name: ["open"] * N})
    summary = asked(region, tmp_path / "out")
    assert codes(summary) == {"bulk.layer.answers"}
    fault = next(iter(summary.failed.values()))[0]
    assert name in str(fault.params["names"])
    assert outcomes(tmp_path / "out") == {}


def test_an_answer_of_a_region_is_no_layer(tmp_path: Path) -> None:
    region = region_of(tmp_path / "region")
    asked(region, tmp_path / "a")
    answer = next((tmp_path / "a").glob("gate/*/*.parquet"))
    (region / "assets.parquet").write_bytes(answer.read_bytes())
    assert codes(asked(region, tmp_path / "b")) == {"bulk.layer.answers"}


def test_other_columns_of_a_layer_change_nothing(tmp_path: Path) -> None:
    plain = region_of(tmp_path / "a")
    asked(plain, tmp_path / "plain")
    told = {"class": ["safe"] * N, "kind": ["open"] * N, "status": ["cleared"] * N, "row": [9] * N}
    asked(region_of(tmp_path / "b", own=told), tmp_path / "told")
    for path in (tmp_path / "plain").glob("gate/*/*.parquet"):
        other = tmp_path / "told" / path.relative_to(tmp_path / "plain")
        assert other.read_bytes() == path.read_bytes()


def without(name: str) -> Callable[[dict[str, list[Any]]], pa.Schema]:
    return lambda _: pa.schema([field for field in SCHEMA if field.name != name])


@pytest.mark.parametrize("name", SCHEMA.names)
def test_ground_that_lacks_a_column_is_refused(tmp_path: Path, name: str) -> None:
    """Read as if the column said nothing, ground without ``closes`` would be open."""
    summary = asked(region_of(tmp_path / "region", more=without(name)), tmp_path / "out")
    assert codes(summary) == {"bulk.ground.columns"}
    assert outcomes(tmp_path / "out") == {}


def as_text(columns: dict[str, list[Any]]) -> pa.Schema:
    columns["closes"] = [str(each) for each in columns["closes"]]
    return SCHEMA.set(SCHEMA.names.index("closes"), pa.field("closes", pa.string()))


def test_ground_of_other_types_is_refused(tmp_path: Path) -> None:
    summary = asked(region_of(tmp_path / "region", more=as_text), tmp_path / "out")
    assert codes(summary) == {"bulk.ground.columns"}


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("closes", 0, None),
        ("closes", 0, 0),
        ("closes", 0, 1),
        ("closes", 0, 3),
        ("closes", 1, 2),
        ("released", 0, True),
        ("released", 0, None),
        ("is_sign", 0, None),
        ("is_sign", 0, True),
        ("in_doubt", 1, None),
        ("in_doubt", 0, True),
        ("cleared", 1, None),
        ("cleared", 0, True),
        ("undug", 1, None),
        ("certified_cm", 1, None),
        ("certified_cm", 1, -2),
        ("worth", 1, None),
        ("status", 0, None),
        ("status", 0, "cleared"),
        ("status", 1, "cha"),
        ("status", 0, "safe"),
        ("true_us", 0, 5),
        ("true_us", 2, None),
        ("reach_mm", 2, None),
        ("reach_mm", 2, float("nan")),
        ("reach_mm", 2, -1.0),
        ("is_report", 2, None),
        ("is_report", 2, False),
        ("is_find", 2, None),
        ("is_bombing", 2, None),
        ("geometry_mm", 0, None),
        ("geometry_mm", 0, b"\x01\x02"),
        ("geometry_mm", 0, shapely.to_wkb(shapely.Polygon())),
        ("geometry_mm", 0, shapely.to_wkb(shapely.Point(1, 1))),
        ("geometry_mm", 0, shapely.to_wkb(shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]))),
        ("geometry_mm", 2, shapely.to_wkb(shapely.Point())),
    ],
)
def test_ground_that_contradicts_itself_is_refused(
    tmp_path: Path, name: str, at: int, value: Any
) -> None:
    def bent(columns: dict[str, list[Any]]) -> None:
        if name == "is_report" and value is False:
            # A place of evidence reaches: whether work came after it must then be told.
            columns["reach_mm"][at] = 5.0
        columns[name][at] = value

    summary = asked(region_of(tmp_path / "region", more=bent), tmp_path / "out")
    assert codes(summary) == {"bulk.ground.row"}
    assert outcomes(tmp_path / "out") == {}
