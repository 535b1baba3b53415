"""Registering structures, and reporting work in them: every fault at once, nothing recorded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.land import StructureRegistered, Unit
from rafiqa.service import Office, footprint_of, register_structure, report_work
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import ENGINEER, OPERATOR, SURVEYOR, square, work

HOUSE = StructureRegistered("B1", "building", square(), (Unit("B1.0", "storey", 0),))


@pytest.fixture
def at_declared(at_stage: OfficeAt) -> Office:
    """An office with area A1 and a task on it."""
    return at_stage("task")


def test_a_refusal_lists_every_fault(at_declared: Office) -> None:
    bad = replace(HOUSE, units=(Unit("x", "balcony", 0, Decimal(-1)),) * 2, area_id="nowhere")
    acted = register_structure(at_declared, ENGINEER, bad)
    assert {reason.code for reason in acted.reasons} == {
        "service.permit.denied",
        "service.code.unknown",
        "land.structure.unit-twice",
        "land.structure.floor-negative",
        "land.area.unknown",
    }
    assert not at_declared.register().structures


def test_work_in_a_unit_nobody_registered_is_refused(at_declared: Office) -> None:
    report = work()
    parts = tuple(replace(one, unit_id="B1.0") for one in report.parts)
    report = replace(report, parts=parts)
    codes = {reason.code for reason in report_work(at_declared, OPERATOR, report).reasons}
    assert "land.part.unit-unknown" in codes
    assert register_structure(at_declared, SURVEYOR, HOUSE).done
    codes = {reason.code for reason in report_work(at_declared, OPERATOR, report).reasons}
    assert "land.part.unit-unknown" not in codes


def test_an_outline_comes_as_geojson(at_declared: Office) -> None:
    outline = at_declared.frame.to_lonlat(square()).geometry
    ring = [list(place) for place in shapely.get_coordinates(outline).tolist()]
    assert footprint_of(at_declared, {"type": "Polygon", "coordinates": [ring]}) == square()


@pytest.mark.parametrize(
    "geometry",
    [{}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": "x"}],
)
def test_what_is_no_polygon_is_refused(at_declared: Office, geometry: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=r"service\.structure\.geometry"):
        footprint_of(at_declared, geometry)
