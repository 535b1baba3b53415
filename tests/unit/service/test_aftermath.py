"""What happened on released ground reopens it, in whatever order and however dated files come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, LonLat, Registered
from rafiqa.land import AccidentRecorded, accident_ground
from rafiqa.service import Office, Stamp, record_accident
from rafiqa.service.importing import import_file
from rafiqa.service.inquiry import reopening_of
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.question import BEGINNING_US, ask_point
from rafiqa.service.undoing import UndoOrder, undo_import
from rafiqa.wire import Mapping, reading
from rafiqa.wire.limit import Limits
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.passing import Parcel
from tests.unit.service.ground import FIRST, SECOND, new_office, spot_in, square, state_at

GROUND = square()


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads files in this process: what is asked here begins behind the reader."""

    def read(path: Path, kind: str, mapping: Mapping | None, limits: Limits) -> Parcel:
        return parse_file(path, path.parent, kind, mapping, limits)

    monkeypatch.setattr(reading, "run_worker", read)


AREA = {"id": "H1", "class": "cha", "observed_on": "2010-01-01"}
RELEASE = {"id": "P1", "outcome": "cleared", "depth_cm": 20, "released_on": "2019-06-01"}
ACCIDENT = {"id": "A1", "kind": "ordnance", "killed": 1}


def taken(
    office: Office, folder: Path, kind: str, row: dict[str, Any], shape: GridShape = GROUND
) -> IntakeReport:
    drawn = office.frame.to_lonlat(shape).geometry
    geometry = drawn.centroid if kind == "accidents" else drawn
    feature = {
        "type": "Feature",
        "properties": row,
        "geometry": shapely.geometry.mapping(geometry),
    }
    path = folder / f"{kind}-{row['id']}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    report = import_file(office, FIRST, IntakeOrder(path, kind))
    assert report.refused == [] or report.quarantined
    return report


def dated(row: dict[str, Any], **day: object) -> dict[str, Any]:
    return {key: value for key, value in {**row, **day}.items() if value is not None}


@pytest.mark.parametrize(
    ("accident", "released_on", "state"),
    [
        ({"happened_on": "2019-12-01"}, "2019-06-01", "cha"),
        ({"happened_on": "2019-06-01"}, "2019-06-01", "cha"),
        ({"year": 2019}, "2019-06-01", "cha"),
        ({}, "2019-06-01", "cha"),
        ({"happened_on": "2019-03-01"}, None, "cha"),
        ({"happened_on": "2019-03-01"}, "2019-06-01", "cleared"),
        ({"year": 2018}, "2019-06-01", "cleared"),
    ],
)
def test_an_accident_known_before_the_release_comes_in_reopens_it(
    tmp_path: Path, accident: dict[str, Any], released_on: str | None, state: str
) -> None:
    office = new_office()
    taken(office, tmp_path, "hazard-areas", AREA)
    taken(office, tmp_path, "accidents", dated(ACCIDENT, **accident))
    assert state_at(office, 50, 50) == "cha"
    release = dated(RELEASE, released_on=released_on)
    report = taken(office, tmp_path, "land-parts", release)
    assert (report.accepted, report.quarantined) == (1, 0)
    assert state_at(office, 50, 50) == state
    told = "service.import.release-reopened" in [fault.code for fault in report.warnings]
    assert told == (state == "cha")
    n_facts = len(office.facts())
    taken(office, tmp_path, "land-parts", release)
    assert len(office.facts()) == n_facts


@pytest.mark.parametrize("accident", [{"year": 2019}, {}, {"happened_on": "2019-12-01"}])
def test_an_accident_without_its_day_reopens_what_may_have_been_released_then(
    tmp_path: Path, accident: dict[str, Any]
) -> None:
    office = new_office()
    taken(office, tmp_path, "hazard-areas", AREA)
    taken(office, tmp_path, "land-parts", RELEASE)
    assert state_at(office, 50, 50) == "cleared"
    taken(office, tmp_path, "accidents", dated(ACCIDENT, **accident))
    assert state_at(office, 50, 50) == "cha"
    # Released again on newer work, the same file brings nothing new and takes nothing back.
    taken(office, tmp_path, "land-parts", {**RELEASE, "id": "P2", "released_on": "2026-02-28"})
    n_facts, was = len(office.facts()), state_at(office, 50, 50)
    taken(office, tmp_path, "accidents", dated(ACCIDENT, **accident))
    assert (len(office.facts()), state_at(office, 50, 50)) == (n_facts, was)


def test_an_accident_told_by_hand_without_a_day_reopens_too(tmp_path: Path) -> None:
    office = new_office()
    taken(office, tmp_path, "land-parts", RELEASE)
    assert state_at(office, 50, 50) == "cleared"
    fact = AccidentRecorded("A1", "ordnance", spot_in(office, 50, 50))
    assert record_accident(office, FIRST, fact, Stamp(BEGINNING_US, "a1")).done
    assert state_at(office, 50, 50) == "cha"


WEST, MIDDLE, EAST = square(0, 0, 100), square(100, 0, 100), square(200, 0, 100)
DRAWN = {
    # Its surface point, which stands for it on a map, lies in the middle; both ends lie beyond.
    "outline": (shapely.box(90, 40, 210, 60), ("cha", "cha", "cha")),
    "within": (shapely.box(110, 40, 190, 60), ("cleared", "cha", "cleared")),
    "two": (
        shapely.MultiPolygon([shapely.box(10, 10, 20, 20), shapely.box(210, 10, 240, 40)]),
        ("cha", "cleared", "cha"),
    ),
    "points": (shapely.MultiPoint([(10, 10), (250, 10)]), ("cha", "cleared", "cha")),
}


ROW: dict[str, Any] = {"id": "A1", "kind": "ordnance", "happened_on": "2019-12-01"}


def drawn_accident(
    office: Office,
    folder: Path,
    drawn: BaseGeometry,
    row: dict[str, Any] = ROW,
    accepted: int = 1,
) -> IntakeReport:
    def degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        spots = [spot_in(office, *place) for place in xy.tolist()]
        return np.array([(spot.lon_deg, spot.lat_deg) for spot in spots])

    report = told_in_degrees(office, folder, shapely.transform(drawn, degrees), row)
    assert report.accepted == accepted
    return report


def told_in_degrees(
    office: Office, folder: Path, drawn: BaseGeometry, row: dict[str, Any] = ROW
) -> IntakeReport:
    geometry = shapely.geometry.mapping(drawn)
    feature = {"type": "Feature", "properties": row, "geometry": geometry}
    path = folder / "drawn.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return import_file(office, FIRST, IntakeOrder(path, "accidents"))


@pytest.mark.parametrize("later", [False, True], ids=["release first", "accident first"])
@pytest.mark.parametrize(("drawn", "states"), DRAWN.values(), ids=DRAWN)
def test_a_drawn_accident_reopens_all_that_its_outline_touches(
    tmp_path: Path, drawn: BaseGeometry, states: tuple[str, ...], later: bool
) -> None:
    office = new_office()
    if later:
        drawn_accident(office, tmp_path, drawn)
    for name, ground in (("P1", WEST), ("P2", MIDDLE), ("P3", EAST)):
        taken(office, tmp_path, "land-parts", {**RELEASE, "id": name}, ground)
    if not later:
        drawn_accident(office, tmp_path, drawn)
    assert tuple(state_at(office, x_m, 50) for x_m in (50, 150, 250)) == states
    place = drawn.representative_point() if drawn.area else shapely.Point(250, 10)
    near = office.book().witnesses.near(
        shapely.transform(place, lambda xy: xy * 1_000), office.now_us()
    )
    assert [sign.witness.witness_id for sign in near] == ["A1"]


def test_a_drawn_accident_that_the_grid_cannot_take_counts_as_more_and_not_as_less() -> None:
    frame = new_office().frame
    corner = frame.mm_spot(0, 0)
    west, south = corner.lon_deg, corner.lat_deg
    thin = shapely.box(west, south, west + 1e-3, south + 1e-12)
    assert not isinstance(frame.to_grid(LonLat(thin)), Registered)
    ground = accident_ground(frame, thin)
    assert ground is not None
    assert ground.geometry.length > 2 * 90_000
    assert accident_ground(frame, shapely.Point(1, 1)) is None
    assert accident_ground(frame, shapely.box(-60, -30, -59, -29)) is None


@pytest.mark.parametrize("east_deg", [0.3, 3.0, 9.0])
@pytest.mark.parametrize("north_deg", [0.2, 8.0])
def test_an_accident_of_a_whole_district_counts_as_ground_here(
    tmp_path: Path, east_deg: float, north_deg: float
) -> None:
    office = new_office()
    taken(office, tmp_path, "land-parts", RELEASE)
    spot = spot_in(office, 50, 50)
    west, south = spot.lon_deg - 0.05, spot.lat_deg - 0.05
    drawn = shapely.box(west, south, spot.lon_deg + east_deg, spot.lat_deg + north_deg)
    assert told_in_degrees(office, tmp_path, drawn).refused == []
    assert state_at(office, 50, 50) == "cha"


def test_a_long_edge_of_an_accident_keeps_what_lies_between_its_ends() -> None:
    frame = new_office().frame
    corner = frame.mm_spot(0, 0)
    # The parallel curves: between the corners alone a straight edge lies metres north of it.
    south = shapely.box(corner.lon_deg - 0.3, corner.lat_deg, corner.lon_deg + 0.3, 35.2)
    ground = accident_ground(frame, south)
    assert ground is not None
    assert ground.geometry.distance(shapely.Point(0, 0)) <= 100


def as_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes accidents as was done before a fact had room for ground: by their spot alone."""

    def nowhere(*_: object) -> None:
        return None

    monkeypatch.setattr("rafiqa.service.intakefact.accident_ground", nowhere)
    monkeypatch.setattr("rafiqa.service.spot.ground_of", nowhere)


@pytest.mark.parametrize("day", [{"happened_on": "2019-12-01"}, {}], ids=["dated", "undated"])
def test_an_accident_on_record_as_a_spot_is_doubt_and_reopens_when_its_file_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: dict[str, Any]
) -> None:
    office = new_office()
    for name, ground in (("P1", WEST), ("P2", MIDDLE), ("P3", EAST)):
        taken(office, tmp_path, "land-parts", {**RELEASE, "id": name}, ground)
    drawn, _ = DRAWN["outline"]
    row = {"id": "A1", "kind": "ordnance", **day}
    with monkeypatch.context() as before:
        as_told_before(before)
        drawn_accident(office, tmp_path, drawn, row)
    assert tuple(state_at(office, x_m, 50) for x_m in (50, 150, 250)) == (
        "cleared",
        "cha",
        "cleared",
    )
    now_us = office.now_us()
    if day:
        told = [ask_point(office, spot_in(office, x_m, 50)).in_doubt for x_m in (50, 250)]
        assert told == [True, True]
    again = drawn_accident(office, tmp_path, drawn, row)
    assert (again.accepted, again.already, again.quarantined) == (1, 1, 0)
    assert tuple(state_at(office, x_m, 50) for x_m in (50, 150, 250)) == ("cha", "cha", "cha")
    n_facts = len(office.facts())
    drawn_accident(office, tmp_path, drawn, row)
    assert len(office.facts()) == n_facts
    assert office.now_us() > now_us


def test_what_an_accident_reopened_when_it_came_again_keeps_it_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = new_office()
    taken(office, tmp_path, "land-parts", {**RELEASE, "id": "P1"}, WEST)
    drawn, _ = DRAWN["outline"]
    with monkeypatch.context() as before:
        as_told_before(before)
        first = drawn_accident(office, tmp_path, drawn)
    accident = office.register().accidents["A1"]
    # Its spot lies on no released ground.
    assert (state_at(office, 50, 50), reopening_of(office, accident)) == ("cleared", None)
    drawn_accident(office, tmp_path, drawn)
    assert (state_at(office, 50, 50), reopening_of(office, accident)) == (
        *("cha", "A1-drawn-reopening"),
    )
    undone = undo_import(office, FIRST, UndoOrder(first.import_id, "wrong", SECOND))
    assert undone.taken_back == []
    told = {each.code: each.params for _, reasons in undone.staying for each in reasons}
    built_on = told["land.withdrawal.built-on"]
    assert built_on["entries"] == f"{accident.entry_id}.reopening.drawn"


def test_an_accident_told_otherwise_is_one_conflict_and_not_two(tmp_path: Path) -> None:
    office = new_office()
    taken(office, tmp_path, "land-parts", {**RELEASE, "id": "P1"}, WEST)
    taken(office, tmp_path, "land-parts", {**RELEASE, "id": "P2"}, MIDDLE)
    drawn_accident(office, tmp_path, DRAWN["two"][0])
    # Told so it would reopen other ground, under the id of what was reopened.
    assert (state_at(office, 50, 50), state_at(office, 150, 50)) == ("cha", "cleared")
    report = drawn_accident(office, tmp_path, DRAWN["outline"][0], {**ROW, "killed": 2}, accepted=0)
    assert (report.accepted, report.quarantined) == (0, 1)
    assert [fault.code for fault in report.refused] == ["ledger.id-conflict"]


@pytest.mark.parametrize("kind", ["MultiPoint", "LineString"])
def test_evidence_of_several_places_speaks_at_each(tmp_path: Path, kind: str) -> None:
    office = new_office()
    places = [spot_in(office, x_m, 0) for x_m in (0, 700, 1_500)]
    drawn = [[spot.lon_deg, spot.lat_deg] for spot in places]
    row = {"id": "E1", "kind": "eo_seen", "evidence_source": "visual", "accuracy_m": 5}
    feature = {
        "type": "Feature",
        "properties": row,
        "geometry": {"type": kind, "coordinates": drawn},
    }
    path = tmp_path / "e.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert import_file(office, FIRST, IntakeOrder(path, "evidence")).accepted == 1
    for x_m in (0, 700, 1_500):
        near = office.book().witnesses.near(shapely.Point(x_m * 1_000, 0), office.now_us())
        assert [sign.witness.witness_id for sign in near] == ["E1"]
    far = office.book().witnesses.near(shapely.Point(9_000_000, 0), office.now_us())
    assert far == []


def test_an_undo_leaves_no_release_standing_on_which_an_accident_happened(tmp_path: Path) -> None:
    office = new_office()
    taken(office, tmp_path, "land-parts", RELEASE)
    again = taken(office, tmp_path, "hazard-areas", {**AREA, "observed_on": "2020-01-01"})
    beside = taken(office, tmp_path, "hazard-areas", {**AREA, "id": "H2"}, square(300, 0))
    # It was hazard when it happened, so nothing had to be reopened.
    taken(office, tmp_path, "accidents", dated(ACCIDENT, happened_on="2021-01-01"))
    undone = undo_import(office, FIRST, UndoOrder(again.import_id, "wrong", SECOND))
    assert undone.taken_back == []
    assert [reason.code for _, each in undone.staying for reason in each] == [
        "land.withdrawal.built-on"
    ]
    assert state_at(office, 50, 50) == "cha"
    other = undo_import(office, FIRST, UndoOrder(beside.import_id, "wrong", SECOND))
    assert len(other.taken_back) == 1


def test_an_undo_keeps_the_ground_for_which_another_row_was_spared(tmp_path: Path) -> None:
    office = new_office()
    taken(office, tmp_path, "hazard-areas", AREA)
    taken(office, tmp_path, "land-parts", RELEASE)
    newer = taken(
        office,
        tmp_path,
        "hazard-areas",
        {**AREA, "id": "H2", "observed_on": "2020-01-01"},
        square(-10, -10, 150),
    )
    # The same outline as H1, spared since all of its ground is hazard again, by H2 alone.
    spared = taken(
        office, tmp_path, "hazard-areas", {**AREA, "id": "K", "observed_on": "2021-01-01"}
    )
    assert [fault.code for fault in spared.refused] == ["land.area.shape-twice"]
    assert spared.refused[0].params["area"] == "H1"
    undone = undo_import(office, FIRST, UndoOrder(newer.import_id, "wrong", SECOND))
    assert [reason.code for _, each in undone.staying for reason in each] == ["service.undo.spared"]
    assert state_at(office, 50, 50) == "cha"
