"""Exports: what leaves the house never says less hazard than the house knows."""

from __future__ import annotations

import shapely

from rafiqa.geo import GridShape
from rafiqa.land import BoundaryCorrected, LandReopened
from rafiqa.service import Office, reopen_land
from rafiqa.service.exporting import exported
from rafiqa.service.office import Saying
from rafiqa.wire.exporttable import ExportTable
from tests.unit.service.ground import FIRST, office_at, square


def on_grid(office: Office, table: ExportTable) -> dict[str, GridShape]:
    """The shapes of a table on the grid of the site."""
    return {
        str(name): GridShape(shapely.transform(shape, lambda xy: xy))
        for name, shape in zip(
            table.columns.get("id", []), office.frame.shapes_to_mm(table.shapes), strict=True
        )
        for shape in [shapely.set_precision(shape, 1)]
    }


def areas_m2(office: Office, kind: str) -> dict[str, int]:
    return {
        name: shape.area2_mm2 // 2_000_000
        for name, shape in on_grid(office, exported(office, kind)).items()
    }


def test_an_outline_that_nobody_confirmed_takes_no_ground_out_of_an_export() -> None:
    office = office_at("area")
    before = areas_m2(office, "hazard-areas")
    smaller = BoundaryCorrected("A1", square(0, 0, 10), "drawn anew")
    office.say(FIRST, [Saying("b1", "A1", office.now_us(), smaller)])
    assert areas_m2(office, "hazard-areas") == before
    assert areas_m2(office, "hazards") == {"A1/cha": before["A1"]}


def test_hazard_outside_every_area_is_exported_with_the_areas() -> None:
    office = office_at("released")
    away = square(5_000, 0, 30)
    assert reopen_land(office, FIRST, LandReopened("O9", away, "missed_item")).done
    areas = areas_m2(office, "hazard-areas")
    assert areas["O9/cha"] == away.area2_mm2 // 2_000_000 == 900
    assert sum(areas.values()) >= sum(areas_m2(office, "hazards").values())
