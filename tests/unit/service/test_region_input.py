"""A region that comes as files: nothing of them becomes an answer that they do not bear out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from rafiqa.wire.groundtable import SCHEMA
from tests.regionfiles import N, asked, codes, outcomes, region_of


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
