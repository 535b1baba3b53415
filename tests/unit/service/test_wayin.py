"""Ways in of a store: every report that waits counts, and damage to bridges reaches them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.land import ReleaseTransferred, ReportAnswered, ResidentReported, SiteOpened
from rafiqa.recovery import (
    DamageAssessed,
    LayerRegistered,
    Party,
    PermitIssued,
    ProjectRegistered,
    StructureTagged,
)
from rafiqa.recovery.waygate import way_of
from rafiqa.service import (
    AsOf,
    AssetShelf,
    Office,
    Stamp,
    answer_report,
    assess_damage,
    gate_of,
    issue_permit,
    notices_of,
    open_office,
    open_site,
    permit_of,
    register_layer,
    register_project,
    report_hazard,
    tag_structure,
    transfer_release,
)
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.wayin import ways_in
from tests.city import FIRST, ORIGIN, RESIDENT, Clock, Draws, box, spot
from tests.unit.service.ground import DAY_US
from tests.unit.service.test_damage import ENGINEER, INFORMATION

SOUTH_M = -300
WORKS = ProjectRegistered(
    "J8", "Pump", "water", box(380, SOUTH_M + 5, 390, SOUTH_M + 15), 30,
    box(380, SOUTH_M - 1, 382, SOUTH_M + 5),
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one road from the west, by which it is entered, released, and a bridge on it."""
    folder = tmp_path_factory.mktemp("ways")
    office = opened(folder, create=True)
    assert open_site(office, FIRST, SiteOpened("Ways", ORIGIN, "office")).done
    joined = [((0, SOUTH_M), (300, SOUTH_M)), ((300, SOUTH_M), (600, SOUTH_M))]
    road = np.array(
        [shapely.LineString([(x * 1_000, y * 1_000) for x, y in ends]) for ends in joined],
        dtype=object,
    )
    lonlat = office.frame.shapes_to_lonlat(road)
    fact = LayerRegistered("ways", "roads", "", 0)
    rows = (["west", "east"], lonlat, {"is_entry": [True, False]})
    assert register_layer(office, FIRST, fact, rows).done
    deck = office.frame.to_lonlat(box(100, SOUTH_M - 5, 120, SOUTH_M + 5)).geometry
    rows = (["bridge"], np.array([deck], dtype=object), {})
    assert register_layer(office, FIRST, LayerRegistered("decks", "bridges", "", 0), rows).done
    ground = box(-10, SOUTH_M - 10, 610, SOUTH_M + 10)
    taken = ReleaseTransferred("T9", "cleared", ground, "other body", "their map", None, 50)
    assert transfer_release(office, FIRST, taken).done
    office.store.close()
    return folder


def opened(folder: Path, *, create: bool = False) -> Office:
    clock = Clock()
    clock.sleep_days(0 if create else 9)
    path = str(folder / "ways.rafiqa")
    return open_office(path, now_us=clock.now_us, entropy=Draws(), create=create)


@pytest.fixture
def office(template: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(template, tmp_path / "site")
    office = opened(tmp_path / "site")
    yield office
    office.store.close()


def state(office: Office, later_us: int = 0) -> str:
    ways = ways_in(office, office.now_us() + later_us)
    assert ways is not None
    way = way_of(WORKS, ways)
    assert way is not None
    return way.state


def test_the_way_in_counts_every_report_whoever_asks_first(office: Office) -> None:
    """The answer is kept for all: one who asks with reports of their own must not decide it."""
    assert state(office) == "open"
    told = ResidentReported("S9", spot(office, 200, SOUTH_M), "eo_seen")
    assert report_hazard(office, RESIDENT, told).done
    gate_of(office, WORKS, reports=[])
    assert state(office) == "signed"


def test_a_way_over_ground_in_doubt_is_under_conditions_until_that_is_answered(
    office: Office,
) -> None:
    """A report a kilometre along the road puts the released ground in doubt as a whole."""

    def state() -> str:
        ways = ways_in(office, office.now_us())
        assert ways is not None
        way = way_of(WORKS, ways)
        assert way is not None
        return way.state

    assert state() == "open"
    told = ResidentReported("S8", spot(office, 550, SOUTH_M + 9), "eo_seen")
    assert report_hazard(office, RESIDENT, told).done
    assert state() == "conditions"
    answer = ReportAnswered("S8", "nothing_found", None, "looked at")
    assert answer_report(office, FIRST, answer).done
    assert state() == "open"


@pytest.mark.parametrize(
    ("scale", "code", "expected"),
    [
        ("ems98", "grade_5", "barred"),
        ("copernicus", "destroyed", "barred"),
        ("ems98", "grade_1", "open"),
    ],
)
def test_a_destroyed_bridge_bars_the_way_until_an_engineer_tags_it_anew(
    office: Office, scale: str, code: str, expected: str
) -> None:
    assert state(office) == "open"
    place = spot(office, 110, SOUTH_M)
    assert assess_damage(
        office, INFORMATION, DamageAssessed("D", scale, code, code, None, place)
    ).done
    assert state(office) == expected
    if expected == "barred":  # a tag of the same day counts
        later = Stamp(office.now_us())
        tag = StructureTagged("bridge", "yellow", "")
        assert tag_structure(office, ENGINEER, tag, AssetShelf(), later).done
        assert state(office) == "signed"


def test_a_tag_excuses_damage_no_longer_than_to_its_own_date(office: Office) -> None:
    place = spot(office, 110, SOUTH_M)
    grade = DamageAssessed("D", "ems98", "grade_5", "grade_5", None, place)
    assert assess_damage(office, INFORMATION, grade).done
    until_us = office.now_us() + DAY_US
    green = StructureTagged("bridge", "green", "", until_us)
    assert tag_structure(office, ENGINEER, green, AssetShelf(), Stamp(office.now_us())).done
    assert (state(office), state(office, 2 * DAY_US)) == ("open", "barred")


@pytest.mark.parametrize("since", [False, True])
def test_the_end_of_a_bridges_tag_stops_permits_and_calls_those_concerned(
    office: Office, *, since: bool
) -> None:
    """No fact tells of it: the day comes, and the way in over the bridge is none any more.

    Given since the permit, the tag opens nothing that was not open; it ends all the same.
    """
    grade = DamageAssessed("D", "ems98", "grade_5", "grade_5", None, spot(office, 110, SOUTH_M))
    assert assess_damage(office, INFORMATION, grade).done
    until_us = office.now_us() + DAY_US
    green = StructureTagged("bridge", "green", "", until_us)
    first = replace(green, until_us=None) if since else green
    assert tag_structure(office, ENGINEER, first, AssetShelf(), Stamp(office.now_us())).done
    about = replace(WORKS, shape=box(380, SOUTH_M + 2, 390, SOUTH_M + 8))
    assert register_project(office, ENGINEER, about).done
    told = (Party("crew_lead", "builders"),)
    assert issue_permit(office, ENGINEER, PermitIssued("M1", "J8", "", "town", told)).done
    assert notices_of(office) == []
    if since:
        assert tag_structure(office, ENGINEER, green, AssetShelf(), Stamp(office.now_us())).done
        assert notices_of(office) == []
    later_us = until_us + DAY_US
    shown, (notice,) = permit_of(office, "M1", AsOf(later_us)), notices_of(office, later_us)
    assert shown is not None
    assert shown.standing.state == "stopped"
    assert notice.stop.at_us == until_us + 1
    assert [gate.gate for gate in notice.stop.gates] == ["G3"]


def test_a_red_tag_bars_a_bridge_and_a_road(office: Office) -> None:
    for asset_id in ("bridge", "west"):
        red = StructureTagged(asset_id, "red", "")
        assert tag_structure(office, ENGINEER, red, AssetShelf()).done
        assert state(office) == "barred"
        green = StructureTagged(asset_id, "green", "")
        assert tag_structure(office, ENGINEER, green, AssetShelf()).done
        assert state(office) == "open"


@pytest.mark.parametrize("kind", ["bridges", pytest.param("water", marks=pytest.mark.slow)])
def test_bridges_and_water_come_in_by_file(office: Office, kind: str, tmp_path: Path) -> None:
    shape = office.frame.to_lonlat(box(40, SOUTH_M - 5, 60, SOUTH_M + 5)).geometry
    row = {
        "type": "Feature",
        "properties": {"id": "new", "state": "destroyed"},
        "geometry": shapely.geometry.mapping(shape),
    }
    file = tmp_path / "rows.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    report = import_file(office, FIRST, IntakeOrder(file, kind))
    assert (report.accepted, report.refused) == (1, [])
    (layer,) = (each for each in office.recovery().layers_of(kind) if each.layer_id != "decks")
    assert layer.n_rows == 1
    assert state(office) == ("barred" if kind == "bridges" else "open")
