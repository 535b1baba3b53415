"""The defects that checkers of older systems list, each through the command, each by name.

A duplicate polygon, points given twice, areas that overlap, fewer than three corners, an id
given twice. Nothing is lost by any of them: what is refused is on record otherwise, or kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.conformance.keeper import LAT_DEG, LON_DEG, Keeper, Taken
from tests.conformance.table import Cell, Table
from tests.real.door import rafiqa

FORMATS = ("geojson", "gpkg", "shp", "parquet")
SIDE_DEG = 0.001


def box(east: float = 0.0, size: float = SIDE_DEG) -> BaseGeometry:
    west = LON_DEG + east
    return shapely.box(west, LAT_DEG, west + size, LAT_DEG + size)


def areas(shapes: list[BaseGeometry], ids: list[str], classes: list[Cell], **more: Any) -> Table:
    return Table({"id": list(ids), "class": list(classes), **more}, shapes, "EPSG:4326")


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    folder = tmp_path / "store"
    folder.mkdir()
    return Keeper.new(folder)


def take(keeper: Keeper, rows: Table, path: Path) -> Taken:
    return keeper.take(rows.write(path), "hazard-areas")


def warned(taken: Taken, code: str) -> list[dict[str, Any]]:
    return [item for item in taken.answer["warnings"] if item["code"] == code]


def at(keeper: Keeper, east: float, north: float = SIDE_DEG / 2) -> dict[str, Any]:
    place = ("--lon", LON_DEG + east, "--lat", LAT_DEG + north)
    _, answer = rafiqa("at", keeper.store, *place)
    return dict(answer)


def sha_m2(keeper: Keeper) -> float:
    _, answer = rafiqa("account", keeper.store)
    return float(answer["classes"]["sha"]["closing_m2"])


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_polygon_under_another_id_is_refused_and_names_the_other(
    keeper: Keeper, tmp_path: Path, format_name: str
) -> None:
    rows = areas([box(), box(), box(0.01)], ["A", "B", "C"], ["sha", "sha", "sha"])
    taken = take(keeper, rows, tmp_path / f"a.{format_name}")
    (refused,) = taken.answer["refused"]
    assert refused["code"] == "land.area.shape-twice"
    assert "A" in refused["detail"]
    assert (taken.answer["accepted"], taken.answer["quarantined"]) == (2, 1)
    (kept,) = taken.new_quarantine()
    assert [fault.code for fault in kept.faults] == ["land.area.shape-twice"]
    assert at(keeper, SIDE_DEG / 2)["state"] == "sha"
    # Against the record, in a later file, the same.
    later = take(keeper, areas([box(0.01)], ["D"], ["indication"]), tmp_path / f"b.{format_name}")
    assert [item["code"] for item in later.answer["refused"]] == ["land.area.shape-twice"]


def test_a_twin_that_says_more_is_taken(keeper: Keeper, tmp_path: Path) -> None:
    """A higher class, an earlier day, or ground that was released since: then it counts."""
    days: list[Cell] = ["2025-05-01", "2025-05-01", "2024-05-01"]
    rows = areas([box()] * 3, ["A", "B", "C"], ["sha", "cha", "sha"], observed_on=days)
    taken = take(keeper, rows, tmp_path / "a.geojson")
    assert (taken.answer["refused"], taken.answer["accepted"]) == ([], 3)
    assert at(keeper, SIDE_DEG / 2)["state"] == "cha"


def test_a_twin_of_ground_that_was_released_since_is_taken(keeper: Keeper, tmp_path: Path) -> None:
    take(keeper, areas([box()], ["A"], ["sha"]), tmp_path / "a.geojson")
    part: dict[str, list[Cell]] = {
        "id": ["P"],
        "outcome": ["cleared"],
        "depth_cm": [30],
        "released_by": ["city"],
        "released_on": ["2025-06-01"],
    }
    released = keeper.take(Table(part, [box()]).write(tmp_path / "p.geojson"), "land-parts")
    assert released.answer["accepted"] == 1
    again = take(
        keeper, areas([box()], ["B"], ["sha"], observed_on=["2025-07-01"]), tmp_path / "b.geojson"
    )
    assert (again.answer["refused"], again.answer["accepted"]) == ([], 1)
    assert at(keeper, SIDE_DEG / 2)["state"] == "sha"


def test_no_row_is_spared_for_one_that_the_ledger_does_not_take(
    keeper: Keeper, tmp_path: Path
) -> None:
    """A's id is on record with another outline: its row goes to the quarantine, its twin in."""
    take(keeper, areas([box(0.05)], ["A"], ["sha"]), tmp_path / "a.geojson")
    taken = take(keeper, areas([box(), box()], ["A", "B"], ["sha", "sha"]), tmp_path / "b.geojson")
    assert [item["code"] for item in taken.answer["refused"]] == ["ledger.id-conflict"]
    assert taken.answer["accepted"] == 1
    assert at(keeper, SIDE_DEG / 2)["state"] == "sha"


def test_points_given_twice_are_left_out_and_told(keeper: Keeper, tmp_path: Path) -> None:
    corners = [(x, y) for x, y in box().exterior.coords]  # type: ignore[attr-defined]
    doubled = shapely.Polygon([corner for corner in corners for _ in "12"])
    taken = take(
        keeper, areas([doubled, box(0.01)], ["A", "B"], ["sha"] * 2), tmp_path / "a.geojson"
    )
    assert taken.answer["accepted"] == 2
    (warning,) = warned(taken, "service.import.points-twice")
    assert warning["row"] == 1
    assert warning["detail"].startswith("5 ")
    # The outline is the same as without them.
    twin = take(keeper, areas([box()], ["C"], ["sha"]), tmp_path / "b.geojson")
    assert [item["code"] for item in twin.answer["refused"]] == ["land.area.shape-twice"]


def test_overlapping_areas_are_taken_counted_once_and_named(keeper: Keeper, tmp_path: Path) -> None:
    half = SIDE_DEG / 2
    take(keeper, areas([box()], ["A"], ["sha"]), tmp_path / "a.geojson")
    alone_m2 = sha_m2(keeper)
    rows = areas([box(half), box(3 * half), box(0.5)], ["B", "C", "D"], ["sha"] * 3)
    taken = take(keeper, rows, tmp_path / "b.geojson")
    named = {(item["row"], item["detail"]) for item in warned(taken, "land.area.overlap")}
    assert len(named) == 1
    ((row, detail),) = named
    assert row == 1
    assert "A" in detail
    assert "B" in detail
    # Half of B lies on A: the four count three and a half, to what the plane stretches.
    assert sha_m2(keeper) == pytest.approx(3.5 * alone_m2, rel=1e-3)
    within = areas([box(0.3), box(0.3 + half)], ["E", "F"], ["sha"] * 2)
    one_file = warned(take(keeper, within, tmp_path / "c.geojson"), "land.area.overlap")
    assert [(item["row"], "E" in item["detail"]) for item in one_file] == [(2, True)]


def test_two_corners_are_no_area(keeper: Keeper, tmp_path: Path) -> None:
    flat = [[LON_DEG, LAT_DEG], [LON_DEG + SIDE_DEG, LAT_DEG], [LON_DEG, LAT_DEG]]
    feature = {
        "type": "Feature",
        "properties": {"id": "A", "class": "sha"},
        "geometry": {"type": "Polygon", "coordinates": [flat]},
    }
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert "geo.shape.too-few-points" in keeper.refuse(path, "hazard-areas").codes


@pytest.mark.parametrize("format_name", FORMATS)
def test_an_id_given_twice_is_named_and_the_first_row_stands(
    keeper: Keeper, tmp_path: Path, format_name: str
) -> None:
    rows = areas([box(), box(0.01)], ["A", "A"], ["sha", "cha"])
    taken = take(keeper, rows, tmp_path / f"a.{format_name}")
    assert [item["code"] for item in taken.answer["refused"]] == ["wire.id.duplicate"]
    assert taken.answer["accepted"] == 1
    assert len(taken.new_quarantine()) == 1


def test_an_area_of_a_third_of_a_square_metre_is_taken_and_told_of(
    keeper: Keeper, tmp_path: Path
) -> None:
    taken = take(keeper, areas([box(0, 5e-6)], ["A"], ["sha"]), tmp_path / "a.geojson")
    assert taken.answer["accepted"] == 1
    (warning,) = warned(taken, "land.area.small")
    assert "cm²" in warning["detail"]


def test_an_area_far_from_the_site_is_refused_by_name(keeper: Keeper, tmp_path: Path) -> None:
    path = areas([box(1.0)], ["A"], ["sha"]).write(tmp_path / "a.geojson")
    assert keeper.refuse(path, "hazard-areas").codes == {"wire.place.outside"}
    across = areas([box(0, 0.8)], ["A"], ["sha"]).write(tmp_path / "b.geojson")
    assert keeper.refuse(across, "hazard-areas").codes <= {
        "wire.place.outside",
        "geo.frame.too-far",
    }


def test_a_ring_of_5000_corners_is_taken(keeper: Keeper, tmp_path: Path) -> None:
    ring = shapely.Point(LON_DEG, LAT_DEG).buffer(0.01, quad_segs=1_250)
    taken = take(keeper, areas([ring], ["A"], ["sha"]), tmp_path / "a.geojson")
    assert taken.answer["accepted"] == 1, taken.answer
