"""The mirror's tables: the land as it stands, doubt apart, and columns that stay what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from rafiqa.dictionary import dictionary
from rafiqa.land import EvidenceRecorded
from rafiqa.service import AssetShelf, Office, record_evidence
from rafiqa.service.mapmirror import mirrored
from rafiqa.wire.mirrortable import Columns, MirrorTable, many_polygons, shown_fields
from tests.city import FIRST, Clock, small_city, spot


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = small_city(tmp_path, Clock())
    yield opened
    opened.store.close()


def tables(office: Office, *, public: bool = False) -> dict[str, MirrorTable]:
    return {table.name: table for table in mirrored(office, AssetShelf(), public=public).tables}


def ground(table: MirrorTable) -> Any:
    assert table.shapes is not None
    return shapely.union_all([each for each in table.shapes if each is not None])


def doubted(office: Office) -> None:
    seen = EvidenceRecorded("E77", "eo_seen", "visual", spot(office, 20, 90))
    assert record_evidence(office, FIRST, seen).done


def test_ground_in_doubt_is_no_released_ground_in_any_table(office: Office) -> None:
    before = tables(office)
    assert len(before["in_doubt"]) == 0
    doubted(office)
    after = tables(office)
    doubt = ground(after["in_doubt"])
    assert doubt.area > 0
    assert ground(before["land_parts"]).intersection(doubt).area == pytest.approx(doubt.area)
    assert ground(after["land_parts"]).intersection(doubt).area == pytest.approx(0, abs=1e-15)
    assert ground(after["hazards"]).intersection(doubt).area == pytest.approx(0, abs=1e-15)
    public = tables(office, public=True)
    assert "in_doubt" in public["danger"].columns["status"].values
    told = ground(public["released"])
    assert told.intersection(doubt).area == pytest.approx(0, abs=1e-15)


def test_a_gate_that_called_it_released_opens_no_more_without_a_condition(office: Office) -> None:
    def outcome() -> tuple[str, str | None]:
        columns = tables(office)["project_gates"].columns
        at = columns["project_id"].values.index("J-open")
        return columns["outcome"].values[at], columns["against"].values[at]

    assert outcome()[0] == "open"
    doubted(office)
    told = outcome()
    assert told[0] != "open"
    assert "gate.area.in-doubt" in str(told[1])


def test_columns_are_the_same_whether_there_is_much_or_nothing_to_tell(
    office: Office,
) -> None:
    few = {name: list(table.columns) for name, table in tables(office).items()}
    doubted(office)
    assert {name: list(table.columns) for name, table in tables(office).items()} == few
    area = dictionary().records["hazard_area"]
    assert set(few["hazard_areas"]) == set(shown_fields(area, 2))
    assert not {field.name for field in area.fields if field.sensitivity > 2} & {
        *few["hazard_areas"]
    }


def test_no_evidence_and_no_accident_is_in_it(office: Office) -> None:
    doubted(office)
    for public in (False, True):
        for table in tables(office, public=public).values():
            for column in table.columns.values():
                assert not any("E77" in str(value) for value in column.values)


def test_a_value_that_is_not_of_its_kind_is_unknown_and_counted() -> None:
    unread: dict[str, int] = {}
    columns = Columns("areas", unread)
    columns.add("depth_cm", "integer", [20, "20", 20.5, None, "deep", 2**70])
    columns.add("area_m2", "number", ["1.5", float("nan"), None])
    columns.add("on", "date", ["2026-02-03", "2026-02-30", "soon"])
    columns.add("marked", "boolean", [True, "yes"])
    columns.add("note", "text", ["a\0b", 7])
    made = {name: list(column.values) for name, column in columns.made.items()}
    assert made["depth_cm"] == [20, 20, None, None, None, None]
    assert made["area_m2"] == [1.5, None, None]
    assert [str(each) for each in made["on"]] == ["2026-02-03", "None", "None"]
    assert made["marked"] == [True, None]
    assert made["note"] == ["a\N{REPLACEMENT CHARACTER}b", "7"]
    assert unread == {"areas.depth_cm": 3, "areas.area_m2": 1, "areas.on": 2, "areas.marked": 1}


def test_shapes_are_multipolygons_and_what_has_no_area_is_none() -> None:
    square = shapely.box(0, 0, 1, 1)
    mixed = shapely.GeometryCollection([square, shapely.Point(5, 5)])
    made = many_polygons([square, mixed, shapely.Point(1, 1), None, shapely.MultiPolygon()])
    assert [None if each is None else each.geom_type for each in made] == [
        "MultiPolygon",
        "MultiPolygon",
        None,
        None,
        None,
    ]
    assert [each.area for each in made if each is not None] == [1, 1]
