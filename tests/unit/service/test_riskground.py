"""What the map of evidence takes from layers: buildings of a city, and damage that names one."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.land import Actor, EvidenceRecorded, WorkReported
from rafiqa.recovery import DamageAssessed, LayerRegistered
from rafiqa.risk import Asking, RiskMap
from rafiqa.service import (
    AssetShelf,
    Office,
    ask_risk,
    assess_damage,
    record_evidence,
    register_layer,
)
from rafiqa.wire.riskjson import map_json
from tests.city import FIRST, small_city, spot

ENGINEER = Actor("engineer", "municipality", "engineer")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return small_city(tmp_path)


def row(found: RiskMap, building: str) -> float | None:
    ids = found.buildings.ids
    return float(found.buildings.p[ids.index(building)]) if building in ids else None


def test_each_building_of_a_layer_has_a_figure_of_its_own(office: Office) -> None:
    found = ask_risk(office)
    told = found.buildings
    assert len(told.ids) + told.n_released + told.n_beyond == 60
    assert ((told.low <= told.p) & (told.p <= told.high)).all()
    assert len(set(told.p.tolist())) > 10
    before = [
        (face.shape.area2_mm2, state.status)
        for face, state in office.book().states(office.now_us())
    ]
    inside = told.ids[int(np.argmin(told.p))]
    shelf = AssetShelf()
    (layer,) = shelf.layers(office, "buildings")
    shape = layer.table.shapes_mm[layer.row_of[inside]]
    x_mm, y_mm = shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist()
    place = spot(office, x_mm / 1_000, y_mm / 1_000)
    seen = EvidenceRecorded("E-in", "eo_seen", "verbal", spot=place, source="who was there")
    assert record_evidence(office, FIRST, seen).done
    after = ask_risk(office, shelf=shelf)
    was, now = row(found, inside), row(after, inside)
    assert was is not None
    assert now is not None
    assert now > 3 * was
    # A word of one building raises its neighbours by less, and moves no land.
    others = [
        (after.buildings.p[at] - found.buildings.p[at])
        for at, each in enumerate(found.buildings.ids)
        if each != inside
    ]
    assert max(others) < now - was
    assert [
        (face.shape.area2_mm2, state.status)
        for face, state in office.book().states(office.now_us())
    ] == before


def test_damage_that_names_an_asset_and_no_place_was_where_the_asset_stands(office: Office) -> None:
    before = ask_risk(office)
    fact = DamageAssessed("D-named", "ems98", "Grade 5", "grade_5", "b30")
    assert assess_damage(office, ENGINEER, fact).done
    after = ask_risk(office)
    was, now = row(before, "b30"), row(after, "b30")
    assert was is not None
    assert now is not None
    assert now > 1.5 * was
    nowhere = DamageAssessed("D-lost", "ems98", "Grade 5", "grade_5", "of no layer")
    assert assess_damage(office, ENGINEER, nowhere).done
    assert row(ask_risk(office), "b30") == now


def test_the_level_is_held_to_what_works_found_by_year_and_by_area(office: Office) -> None:
    found = ask_risk(office)
    works = [each.fact for each in office.facts() if isinstance(each.fact, WorkReported)]
    cleared = {
        work.area_id for work in works if any(part.outcome == "cleared" for part in work.parts)
    }
    # The work in H2 failed its inspection: what it did not find may lie there.
    assert {each.name for each in found.areas} == cleared - {"H2"}
    for parts in (found.years, found.areas):
        # A cell that two of them looked at counts in both.
        assert sum(each.check.n for each in parts) >= found.check.n > 0
        assert sum(each.check.found for each in parts) >= found.check.found
        assert sum(each.check.expected for each in parts) >= found.check.expected - 1e-9
    assert all(each.name.isdigit() and len(each.name) == 4 for each in found.years)
    own = next(each.check for each in found.areas if each.name == "H1")
    assert own.n < found.check.n
    told = map_json(found, "en")["calibration"]
    assert [each["area_id"] for each in told["areas"]] == [each.name for each in found.areas]
    assert all(str(each["worked_cells"]) in each["text"] for each in told["years"])


@pytest.mark.slow
def test_a_hundred_thousand_buildings_take_hardly_longer_than_none(office: Office) -> None:
    def seconds() -> float:
        begun = time.perf_counter()
        ask_risk(office, asking=Asking(cell_m=10), shelf=shelf)
        return time.perf_counter() - begun

    shelf = AssetShelf()
    shelf.layers(office, "buildings")
    bare = seconds()
    draw = np.random.default_rng(1)
    west, south = draw.uniform(-200_000, 400_000, 100_000), draw.uniform(0, 300_000, 100_000)
    shapes = office.frame.shapes_to_lonlat(shapely.box(west, south, west + 900, south + 900))
    ids = [f"c{at}" for at in range(100_000)]
    fact = LayerRegistered("city", "buildings", "", 0, "test")
    assert register_layer(office, FIRST, fact, (ids, shapes, {})).done
    shelf.layers(office, "buildings")
    many = seconds()
    found = ask_risk(office, asking=Asking(cell_m=10), shelf=shelf)
    told = found.buildings
    # Each building is told of once: by a figure, as on released ground, or as beyond the map.
    assert len(told.ids) + told.n_released + told.n_beyond == 100_060
    assert len(told.ids) > 75_000
    # A ratio, on one machine within one test: the field itself takes no longer to fit.
    assert many < 20 * bare + 5
