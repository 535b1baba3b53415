"""IMSMA NG: tables become hazards, and every known defect is named with its table and line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from rafiqa.wire import Reading
from rafiqa.wire.mapping import Mapping, mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import rows_of
from tests.unit.wire.ngtables import dump, hazard, points, square, workbook, zipped

M_PER_DEG = 111_320.0


def read(path: Path, mapping: Mapping | None = None) -> Reading:
    folder = path.parent / "work"
    folder.mkdir(exist_ok=True)
    return rows_of(parse_file(path, folder, "hazard-areas", mapping))


def read_tables(tmp_path: Path, tables: Any, **keys: Any) -> Reading:
    mapping = mapping_of(keys, "test") if keys else None
    return read(zipped(tables, tmp_path / "dump.zip"), mapping)


def faults(reading: Reading) -> list[tuple[int | None, str, Any]]:
    return [(f.row, f.code, f.params.get("line")) for f in reading.faults]


def warned(reading: Reading) -> set[str]:
    return {fault.code for fault in reading.warnings}


def leg(number: int, bearing: float, distance: float, **said: Any) -> dict[str, Any]:
    row = {"shape_id": "s1", "pointlocal_id": f"s1-{number}", "pointno": number}
    return row | {"pointtype": "Turning Point", "bearing": bearing, "distance": distance} | said


@pytest.mark.parametrize("as_file", [zipped, workbook])
def test_hazards_come_with_their_enumerations_devices_and_custom_fields(
    tmp_path: Path, as_file: Any
) -> None:
    tables = dump(
        [hazard(1), hazard(2, hazardtype="enum-cha", owner="a family")],
        square("s1") + square("s2", 38.1),
        hazdeviceinfo=[{"hazard_guid": "guid-2", "model": "PMN", "qty": 3}],
        customdefinedfield=[{"cdf_id": "c1", "label": "لون العلامة"}],
        cdfvalue=[{"cdfvalue_id": "v1", "cdf_id": "c1", "value": "أحمر"}],
        hazard_has_cdfvalue=[{"hazard_guid": "guid-2", "cdfvalue_id": "v1"}],
        qa=[{"qa_guid": "q1"}],
    )
    name = "dump.zip" if as_file is zipped else "dump.xlsx"
    reading = read(as_file(tables, tmp_path / name))
    assert not reading.faults
    one, two = reading.rows
    assert (one.number, one.values["id"], one.values["class"]) == (2, "HA-1", "sha")
    assert one.values["local_ids"] == "HA-1; guid-1"
    assert (two.values["class"], two.values["hazard.owner"]) == ("cha", "a family")
    assert two.values["cdf.لون العلامة"] == "أحمر"
    assert json.loads(str(two.values["hazdeviceinfo"]))[0]["model"] == "PMN"
    assert "wire.ng.tables-left" in warned(reading)
    assert two.geometry_lonlat is not None
    assert two.geometry_lonlat.bounds == pytest.approx((38.1, 35.0, 38.101, 35.001))


def test_the_newest_version_is_shown_and_the_older_are_kept(tmp_path: Path) -> None:
    versions = [
        {"hazard_guid": "guid-1", "dateofinfo": "01/02/2019", "hazardname": "Newest"},
        {"hazard_guid": "guid-1", "dateofinfo": "2015-03-04 00:00:00", "hazardname": "Older"},
        {"hazard_guid": "guid-1", "dateofinfo": "2019-02-01", "hazardname": "Same day, later"},
    ]
    tables = dump([hazard(1)], square("s1"), hazard_infoversion=versions)
    reading = read_tables(tmp_path, tables)
    (row,) = reading.rows
    assert row.values["name"] == "Newest"
    # It is a hazard since the first day that anybody told of it.
    assert row.values["observed_on"] == "2012-05-06"
    kept = json.loads(str(row.values["versions"]))
    assert [line.get("hazardname") for line in kept] == ["Older", "Same day, later", "Field 1"]


def test_points_are_walked_from_a_start_point(tmp_path: Path) -> None:
    start = points("s1", (38.0, 35.0))
    legs = [
        leg(2, 90, 100, bearingtype="true"),
        leg(3, 0, 0.1, bearingtype="true", distanceunit="km"),
        leg(4, 180, 100, bearingtype="true", frompoint="s1-5"),
        leg(5, 270, 100, bearingtype="true", frompoint="s1-3"),
    ]
    legs[2] |= {"pointtype": "Reference Point"}
    reading = read_tables(tmp_path, dump([hazard(1)], [*legs, *start]))
    assert not reading.faults
    (row,) = reading.rows
    shape = row.geometry_lonlat
    assert shape is not None
    assert shapely.get_num_coordinates(shape) == 5
    east_deg = 100 / (M_PER_DEG * math.cos(math.radians(35)))
    wanted = shapely.box(38.0, 35.0, 38.0 + east_deg, 35.0 + 100 / 110_940)
    assert shape.hausdorff_distance(wanted) * M_PER_DEG < 0.5
    assert len(json.loads(str(row.values["geopoints"]))) == 5


def test_a_magnetic_bearing_is_turned_by_the_declination(tmp_path: Path) -> None:
    rows = [*points("s1", (38.0, 35.0)), leg(2, 85, 100), leg(3, 355, 100)]
    keys = {"bearing_reference": "magnetic", "declination_deg": 5.0}
    (row,) = read_tables(tmp_path, dump([hazard(1)], rows), **keys).rows
    shape = row.geometry_lonlat
    assert shape is not None
    corners = shapely.get_coordinates(shape).tolist()
    # 85° magnetic and 5° east make true east: the latitude does not change.
    assert corners[1][1] == pytest.approx(35.0, abs=1e-6)
    assert corners[2][0] == pytest.approx(corners[1][0], abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        (square("s1")[:2], "wire.ng.points-missing", 2),
        ([*square("s1")[:3], *points("s1", (38.0, 35.001), first=3)], "point-number-twice", 5),
        ([*square("s1"), leg(5, 400, 10, bearingtype="true")], "wire.ng.bearing", 6),
        ([*square("s1"), leg(5, 40, -10, bearingtype="true")], "wire.ng.distance", 6),
        ([*square("s1"), leg(5, 40, 10, bearingtype="true", unit="rod")], "wire.ng.distance", 6),
        ([*square("s1"), leg(5, 40, 10)], "wire.ng.north-unsaid", 6),
        ([*square("s1"), leg(5, 40, 10, north="magnetic")], "declination-unsaid", 6),
        ([*square("s1"), leg(5, 40, 10, north="true", frompoint="x")], "point-unplaced", 6),
        ([*square("s1")[:3], {"shape_id": "s1", "pointno": 4}], "point-no-place", 5),
        ([{**row, "coordrefsys": ""} for row in square("s1")], "point-no-crs", 2),
        (
            [{**row, "lat": row["lon"] + 60, "lon": row["lat"]} for row in square("s1")],
            "point-swapped",
            2,
        ),
    ],
)
def test_a_defect_of_points_is_named_and_the_hazard_is_kept(
    tmp_path: Path, rows: Any, code: str, line: int
) -> None:
    reading = read_tables(tmp_path, dump([hazard(1)], rows))
    row, found, at_line = faults(reading)[0]
    assert (row, at_line) == (2, line)
    assert found.endswith(code)
    assert not reading.rows
    original = json.loads(reading.bad[0].original)
    assert original["columns"]["id"] == "HA-1"
    assert len(json.loads(original["geometry"])) == len(rows)


def test_a_crossed_outline_is_refused_with_its_place(tmp_path: Path) -> None:
    rows = square("s1")
    rows[1]["pointno"], rows[2]["pointno"] = rows[2]["pointno"], rows[1]["pointno"]
    reading = read_tables(tmp_path, dump([hazard(1)], rows))
    assert [fault.code for fault in reading.faults] == ["geo.shape.self-intersection"]


def test_a_gap_in_the_numbers_is_told(tmp_path: Path) -> None:
    rows = square("s1")
    rows[3]["pointno"] = 6
    reading = read_tables(tmp_path, dump([hazard(1)], rows))
    assert "wire.ng.point-number-gap" in warned(reading)
    assert len(reading.rows) == 1


def test_a_local_id_given_twice_loses_no_hazard(tmp_path: Path) -> None:
    hazards = [hazard(1), hazard(2, hazard_localid="HA-1")]
    reading = read_tables(tmp_path, dump(hazards, square("s1") + square("s2", 38.1)))
    assert [row.values["id"] for row in reading.rows] == ["guid-1", "guid-2"]
    assert "wire.ng.local-id-twice" in warned(reading)


def test_orphans_are_refused_one_by_one_and_kept_whole(tmp_path: Path) -> None:
    tables = dump(
        [hazard(1)],
        square("s1"),
        hazard_infoversion=[{"hazard_guid": "nobody", "hazardname": "Lost"}],
    )
    tables["geopoint"] += points("s9", (38.0, 35.0))
    reading = read_tables(tmp_path, tables)
    assert [(code, line) for _, code, line in faults(reading)] == [
        ("wire.ng.orphan", 2),
        ("wire.ng.orphan", 6),
    ]
    assert json.loads(reading.bad[0].original)["columns"]["hazardname"] == "Lost"
    assert len(reading.rows) == 1


def test_an_unknown_type_and_a_closed_status_stay_hazard(tmp_path: Path) -> None:
    closed = hazard(1, hazardtype="zone rouge", status="Closed")
    reading = read_tables(tmp_path, dump([closed], square("s1")))
    assert reading.rows[0].values["class"] == "sha"
    assert {"wire.ng.class-unknown", "wire.ng.closed"} <= warned(reading)


def test_a_hazard_without_polygon_is_kept_aside(tmp_path: Path) -> None:
    reading = read_tables(tmp_path, dump([hazard(1), hazard(2)], square("s1")))
    assert [(row, code) for row, code, _ in faults(reading)] == [(3, "wire.ng.no-polygon")]


def test_a_shape_that_cannot_be_drawn_beside_one_that_can_is_told(tmp_path: Path) -> None:
    tables = dump([hazard(1)], square("s1"))
    tables["geopoint"] += points("s9", (38.01, 35.0), (38.02, 35.0))
    tables["geospatialinfo"].append({"shape_id": "s9", "shapeenum": "Polyline"})
    links = tables["hazard_has_geospatialinfo"]
    links += [{"hazard_guid": "guid-1", "shape_id": shape} for shape in ("s9", "gone")]
    reading = read_tables(tmp_path, tables)
    assert len(reading.rows) == 1
    left = [fault for fault in reading.warnings if fault.code == "wire.ng.shapes-left"]
    assert [fault.params["n"] for fault in left] == [2]
    assert "38.02" in str(reading.rows[0].values["geopoints"])


def activity(number: int, **said: Any) -> dict[str, Any]:
    row = {
        "hazreduc_guid": f"act-{number}",
        "hazreduc_localid": f"HR-{number}",
        "hazreductype": "Completion Report",
        "dateofinfo": "2014-03-02",
        "cleararea": 5000,
    }
    return row | said


def test_what_activities_claim_stands_beside_the_hazard_and_lowers_nothing(
    tmp_path: Path,
) -> None:
    tables = dump(
        [hazard(1), hazard(2)],
        square("s1") + square("s2", 38.1) + square("w1"),
        hazreduc=[
            activity(1, hazard_guid="guid-1", contactname="Somebody", victims=2),
            activity(2, hazreductype="Cancellation Report"),
            activity(3, hazard_guid="gone"),
        ],
        hazreduc_infoversion=[
            {"hazreduc_guid": "act-1", "dateofinfo": "2013-01-01", "cleararea": 10},
            {"hazreduc_guid": "none", "dateofinfo": "2013-01-01"},
        ],
        hazard_has_hazreduc=[{"hazard_guid": "guid-2", "hazreduc_guid": "act-2"}],
        hazreducdeviceinfo=[{"hazreduc_guid": "act-1", "model": "PMN", "qty": 4}],
    )
    links = tables["hazard_has_geospatialinfo"]
    tables["hazreduc_has_geospatialinfo"] = [{"hazreduc_guid": "act-1", "shape_id": "w1"}]
    tables["hazard_has_geospatialinfo"] = [each for each in links if each["shape_id"] != "w1"]
    reading = read_tables(tmp_path, tables)
    one, two = reading.rows
    assert (one.values["class"], two.values["class"]) == ("sha", "sha")
    (claim,) = json.loads(str(one.values["hazreduc"]))
    assert (claim["cleararea"], claim["hazreduc_localid"]) == ("5000", "HR-1")
    assert claim["versions"][0]["cleararea"] == "10"
    assert claim["hazreducdeviceinfo"][0]["model"] == "PMN"
    assert len(claim["geopoints"]) == 4
    assert ("contactname" in claim, claim["victims"]) == (False, "2")
    assert "wire.ng.naming-left" in warned(reading)
    (other,) = json.loads(str(two.values["hazreduc"]))
    assert other["hazreductype"] == "Cancellation Report"
    told = [
        (fault.row, fault.params["value"])
        for fault in reading.warnings
        if fault.code == "wire.ng.release-claimed"
    ]
    assert told == [
        (2, "Completion Report 2014-03-02"),
        (3, "Cancellation Report 2014-03-02"),
    ]
    assert faults(reading) == [(4, "wire.ng.orphan", 3), (5, "wire.ng.claim-alone", 4)]
    assert b'"HR-3"' in reading.bad[1].original


def accidents_of(tmp_path: Path, tables: Any) -> Reading:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    path = zipped(tables, tmp_path / "dump.zip")
    return rows_of(parse_file(path, folder, "accidents", None))


def test_accidents_come_with_place_and_numbers_and_no_names(tmp_path: Path) -> None:
    tables = dump(
        [hazard(1)],
        square("s1") + points("p1", (38.2, 35.2)),
        accident=[
            {
                "accident_guid": "acc-1",
                "accident_localid": "AC-1",
                "accidentdate": "03/04/2011",
                "dateofinfo": "2011-05-01",
                "numberkilled": 1,
                "informantname": "Somebody",
                "activity": "enum-cha",
            },
            {"accident_guid": "acc-2", "accident_localid": "AC-2", "numberinjured": 2},
        ],
        accident_infoversion=[
            {"accident_guid": "acc-1", "dateofinfo": "2012-01-01", "numberkilled": 2},
            {"accident_guid": "nowhere", "dateofinfo": "2012-01-01", "witness": "Somebody"},
        ],
        accdeviceinfo=[{"accident_guid": "acc-1", "model": "PMN"}],
        victim=[
            {"victim_guid": "v1", "accident_guid": "acc-1", "name": "A Person"},
            {"victim_guid": "v2", "accident_guid": "acc-1", "name": "B Person"},
        ],
    )
    tables["hazard_has_geospatialinfo"] = tables["hazard_has_geospatialinfo"][:1]
    tables["accident_has_geospatialinfo"] = [{"accident_guid": "acc-1", "shape_id": "p1"}]
    reading = accidents_of(tmp_path, tables)
    one, two = reading.rows
    assert (one.values["id"], one.values["happened_on"]) == ("AC-1", "2011-04-03")
    assert (one.values["killed"], one.values["involved"]) == ("2", 2)
    assert one.values["accident.activity"] == "Confirmed Hazardous Area"
    assert "PMN" in str(one.values["accdeviceinfo"])
    assert one.geometry_lonlat == shapely.Point(38.2, 35.2)
    assert (two.values["id"], two.values["injured"], two.geometry_lonlat) == ("AC-2", "2", None)
    assert [(f.code, f.params["line"]) for f in reading.faults] == [("wire.ng.orphan", 3)]
    assert "wire.ng.naming-left" in warned(reading)
    kept = b"".join([row.original for row in reading.rows] + [row.original for row in reading.bad])
    assert b"Somebody" not in kept
    assert b"Person" not in kept
    hazards = read(tmp_path / "dump.zip")
    assert not hazards.faults
    assert {"wire.ng.accidents", "wire.ng.persons-left"} <= warned(hazards)


def test_a_custom_value_of_nothing_is_an_orphan(tmp_path: Path) -> None:
    tables = dump(
        [hazard(1)],
        square("s1"),
        cdfvalue=[
            {"cdfvalue_id": "v1", "value": "linked to nothing"},
            {"cdfvalue_id": "v2", "value": "of a victim", "victim_guid": "v"},
            {"cdfvalue_id": "v3", "value": "linked to no hazard"},
        ],
        hazard_has_cdfvalue=[{"hazard_guid": "gone", "cdfvalue_id": "v3"}],
    )
    reading = read_tables(tmp_path, tables)
    assert [line for _, _, line in faults(reading)] == [2, 4]


def test_the_gazetteer_is_read_as_places(tmp_path: Path) -> None:
    tables = dump(
        [hazard(1)],
        square("s1"),
        gazetteer=[
            {"gazetteer_guid": "g1", "gazetteername": "North", "gazetteerlevel": "Province"},
            {
                "gazetteer_guid": "g2",
                "gazetteername": "القرية",
                "gazetteerlevel": "enum-village",
                "parent_guid": "g1",
                "lat": 35.1,
                "lon": 38.1,
                "coordrefsys": "WGS 84",
            },
        ],
    )
    tables["imsmaenum"].append({"imsmaenum_guid": "enum-village", "enumvalue": "Village"})
    folder = tmp_path / "work"
    folder.mkdir()
    path = zipped(tables, tmp_path / "dump.zip")
    one, two = rows_of(parse_file(path, folder, "places", None)).rows
    assert one.values == {"id": "g1", "name": "North", "kind": "governorate"}
    assert two.values == {"id": "g2", "name": "القرية", "kind": "community", "parent_id": "g1"}
    assert two.geometry_lonlat == shapely.Point(38.1, 35.1)
