"""maXML: every dialect read as it comes, each record a row or kept with its own XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from rafiqa.wire import Reading
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import rows_of

RING = "38.0,35.0 38.001,35.0 38.001,35.001 38.0,35.0"
PLACE = f"""<g:Polygon xmlns:g="http://www.opengis.net/gml" srsName="EPSG:4326">
  <g:outerBoundaryIs><g:LinearRing><g:coordinates>{RING}</g:coordinates></g:LinearRing>
  </g:outerBoundaryIs></g:Polygon>"""
HAZARD = f"""<m:Hazard><m:LocalID>HA-7</m:LocalID><m:HazardType>CHA</m:HazardType>
  <m:HazardName>حقل الألغام</m:HazardName><m:Zone colour="red">unknown &amp; kept</m:Zone>
  {PLACE}</m:Hazard>"""


def document(inside: str, declared: str = "UTF-8", prefix: str = "m") -> str:
    report = f"<{prefix}:DateOfInformation>2009-08-07T00:00:00</{prefix}:DateOfInformation>"
    return (
        f'<?xml version="1.0" encoding="{declared}"?>'
        f'<{prefix}:MineActionFieldReport xmlns:{prefix}="urn:{prefix}">'
        f"<{prefix}:FieldReport>{report}{inside}</{prefix}:FieldReport>"
        f"</{prefix}:MineActionFieldReport>"
    )


def read(
    tmp_path: Path, data: bytes, kind: str = "hazard-areas", limits: Limits | None = None
) -> Reading:
    path = tmp_path / "report.xml"
    path.write_bytes(data)
    return rows_of(parse_file(path, tmp_path, kind, None, limits or Limits()))


@pytest.mark.parametrize("encoding", ["UTF-8", "windows-1256", "UTF-16"])
def test_a_hazard_is_read_and_what_is_not_known_is_kept_word_for_word(
    tmp_path: Path, encoding: str
) -> None:
    reading = read(tmp_path, document(HAZARD, encoding).encode(encoding))
    assert not reading.faults
    (row,) = reading.rows
    assert row.values["name"] == "حقل الألغام"
    assert (row.values["id"], row.values["class"]) == ("HA-7", "cha")
    assert row.values["observed_on"] == "2009-08-07"
    assert '<m:Zone colour="red">unknown &amp; kept</m:Zone>' in str(row.values["maxml"])
    assert str(row.values["maxml"]).endswith("</m:Hazard>")
    assert row.geometry_lonlat is not None
    assert row.geometry_lonlat.bounds == (38.0, 35.0, 38.001, 35.001)


def test_another_version_and_namespace_is_read_alike(tmp_path: Path) -> None:
    other = HAZARD.replace("m:", "v2:").replace("LocalID", "Hazard_LocalId")
    reading = read(tmp_path, document(other, prefix="v2").encode())
    assert [row.values["id"] for row in reading.rows] == ["HA-7"]


def test_points_of_a_report_are_walked(tmp_path: Path) -> None:
    first = "<m:Lat>35.0</m:Lat><m:Lon>38.0</m:Lon><m:CoordRefSys>WGS84</m:CoordRefSys>"
    legs = "".join(
        f"<m:GeoPoint><m:PointNo>{n}</m:PointNo><m:Bearing>{bearing}</m:Bearing>"
        f"<m:BearingType>true</m:BearingType><m:Distance>100</m:Distance></m:GeoPoint>"
        for n, bearing in ((2, 90), (3, 0))
    )
    start = f"<m:GeoPoint><m:PointNo>1</m:PointNo>{first}</m:GeoPoint>"
    hazard = HAZARD.replace(PLACE, start + legs)
    (row,) = read(tmp_path, document(hazard).encode()).rows
    assert row.geometry_lonlat is not None
    assert shapely.get_num_coordinates(row.geometry_lonlat) == 4


def test_each_record_is_a_row_or_kept_with_its_own_xml(tmp_path: Path) -> None:
    broken = HAZARD.replace(RING, "38.0,35.0 38.001").replace("HA-7", "HA-8")
    other = "<m:HazardReduction><m:LocalID>R-1</m:LocalID></m:HazardReduction>"
    victim = "<m:Victim><m:Name>somebody</m:Name></m:Victim>"
    empty = "<m:Location/>"
    reading = read(tmp_path, document(HAZARD + broken + other + victim + empty).encode())
    assert [row.number for row in reading.rows] == [1]
    assert [(fault.row, fault.code) for fault in reading.faults] == [
        (2, "wire.geometry.unreadable"),
        (3, "wire.maxml.not-taken"),
        (5, "wire.maxml.not-taken"),
    ]
    kept = [json.loads(bad.original)["columns"]["maxml"] for bad in reading.bad]
    assert kept == [broken, other, empty]
    # Whoever was hurt is named nowhere.
    assert [fault.code for fault in reading.warnings][-1:] == ["wire.maxml.persons-left"]
    assert not any("somebody" in text for text in kept)


def test_a_place_without_a_system_is_asked_about(tmp_path: Path) -> None:
    bare = document(HAZARD.replace(' srsName="EPSG:4326"', "")).encode()
    assert [fault.code for fault in read(tmp_path, bare).faults] == ["wire.maxml.no-crs"]
    mapping = mapping_of({"crs": "EPSG:4326"}, "asked")
    reading = rows_of(parse_file(tmp_path / "report.xml", tmp_path, "hazard-areas", mapping))
    assert len(reading.rows) == 1


def test_an_accident_comes_with_its_counts(tmp_path: Path) -> None:
    point = "<m:Point><m:Lat>35.0</m:Lat><m:Lon>38.0</m:Lon><m:Crs>WGS84</m:Crs></m:Point>"
    accident = (
        "<m:Accident><m:LocalID>AC-1</m:LocalID><m:AccidentDate>2011-01-02</m:AccidentDate>"
        f"<m:NumberKilled>1</m:NumberKilled>{point}</m:Accident>"
    )
    (row,) = read(tmp_path, document(accident).encode(), "accidents").rows
    assert (row.values["killed"], row.values["happened_on"]) == ("1", "2011-01-02")
    assert row.geometry_lonlat is not None
    assert row.geometry_lonlat.coords[0] == (38.0, 35.0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>', "wire.xml.doctype"),
        (document(HAZARD).encode()[:-30], "wire.xml.syntax"),
        (b"<a/>", "wire.maxml.empty"),
        (b"<a>" * 200 + b"</a>" * 200, "wire.maxml.deep"),
        ('<?xml version="1.0"?><a>حقل</a>'.encode("cp1256"), "wire.encoding.wrong"),
        (b'<?xml version="1.0" encoding="utf-9"?><a>b</a>', "wire.encoding.wrong"),
    ],
)
def test_what_no_report_holds_is_refused_whole(tmp_path: Path, data: bytes, code: str) -> None:
    reading = read(tmp_path, data)
    assert reading.refused
    assert [fault.code for fault in reading.faults] == [code]


def test_too_many_and_too_large_records_are_refused(tmp_path: Path) -> None:
    many = document(HAZARD * 3).encode()
    assert read(tmp_path, many, limits=Limits(rows=2)).faults[0].code == "wire.limit.rows"
    large = read(tmp_path, many, limits=Limits(feature_bytes=100))
    assert {fault.code for fault in large.faults} >= {"wire.limit.feature-bytes"}
    assert read(tmp_path, many, limits=Limits(hazard_file_bytes=100)).refused


def test_persons_inside_a_record_stay_in_their_file(tmp_path: Path) -> None:
    inside = """<m:Accident><m:LocalID>AC-1</m:LocalID><m:NumberKilled>2</m:NumberKilled>
      <m:Victims><m:Victim m:name="Zeinab"><m:FirstName>Ahmad</m:FirstName></m:Victim></m:Victims>
      <m:CasualtiesInjured>3</m:CasualtiesInjured><m:Witness><m:Phone>0999 123</m:Phone></m:Witness>
      <m:Phone>0933123456</m:Phone><m:Witness><m:Email m:at="a@b.example"/></m:Witness>
      <m:Zone>kept</m:Zone></m:Accident>"""
    nested = HAZARD.replace("<m:HazardName>حقل الألغام</m:HazardName>", "").replace(
        "<m:Zone", "<m:ReportedBy><m:Name>Ahmad</m:Name></m:ReportedBy><m:Zone"
    )
    data = document(inside + nested).encode()
    for kind in ("accidents", "hazard-areas"):
        reading = read(tmp_path, data, kind)
        told = str([row.values for row in reading.rows]) + str([b.original for b in reading.bad])
        assert (len(reading.rows), len(reading.bad)) == (1, 1)
        for word in ("Ahmad", "Zeinab", "0999 123", "0933123456", "b.example"):
            assert word not in told
        assert told.count("kept") == 2
        left = [fault for fault in reading.warnings if fault.code == "wire.maxml.persons-left"]
        assert [fault.params["n"] for fault in left] == [6]
        assert told.count("</m:Accident>") == 1
    accident = read(tmp_path, data, "accidents").rows[0].values
    assert (accident["killed"], accident["injured"]) == ("2", "3")
    assert read(tmp_path, data).rows[0].values.get("name") is None
