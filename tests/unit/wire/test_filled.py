"""Filled forms and the places in them: whatever was sent, it is read soon or told why not."""

from __future__ import annotations

import json
import time

import pytest
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.wire.fieldplace import POINTS_LIMIT, accuracy_of, looks_placed, place_from, told_places
from rafiqa.wire.filled import filled_json, filled_xml, xml_text
from rafiqa.wire.multipart import PARTS_LIMIT, form_parts

DEEP = '{"coordinates":' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"Foo","coordinates":[1,2]}',
        '{"type":"FeatureCollection","features":[],"coordinates":[]}',
        '{"type":"Point","coordinates":[1' + "0" * 400 + ",2]}",
        DEEP,
        "34.9 38.5 x",
        "34.9 38.5;; 34.9 38.6",
        "34.9 38.5 1 2 3",
    ],
)
def test_a_place_that_is_none_is_told_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"wire\.fieldplace\.malformed"):
        place_from(text)


HERE, THERE = shapely.Point(39.0, 35.95), shapely.Point(39.1, 35.9)
POINT = '"type":"Point","coordinates":[39.0,35.95'
TWICE = '{"type":"Point","coordinates":[39.0,35.95],"coordinates":[39.1,35.9]}'
LENIENT = {
    "no height": (f"{{{POINT},NaN]}}", [HERE]),
    "no end of height": (f"{{{POINT},Infinity]}}", [HERE]),
    "the same key again": (f'{{"type":"Point",{POINT}]}}', [HERE]),
    "another key again": (f'{{{POINT}],"crs":null,"crs":null}}', [HERE]),
    "two places under one key": (TWICE, [HERE, THERE]),
    "deep beside it": (f'{{{POINT}],"x":{"[" * 25}{"]" * 25}}}', [HERE]),
    "two places in a collection": (
        f'{{"type":"GeometryCollection","geometries":[{TWICE}]}}',
        [HERE, THERE],
    ),
    "one of two is nowhere": (
        '{"type":"Point","coordinates":[39.0,35.95],"coordinates":[39.1,95]}',
        [HERE],
    ),
    "a feature": (f'{{"type":"Feature","geometry":{{{POINT},NaN]}}}}', [HERE]),
    "a line of uneven heights": (
        '{"type":"LineString","coordinates":[[39.0,35.95,NaN],[39.1,35.9]]}',
        [shapely.LineString([HERE, THERE])],
    ),
}


@pytest.mark.parametrize(("text", "places"), LENIENT.values(), ids=[*LENIENT])
def test_danger_is_not_lost_over_how_its_place_is_written(
    text: str, places: list[shapely.Geometry]
) -> None:
    with pytest.raises(InvalidInput):
        place_from(text)
    told = told_places(text)
    assert list(told.places) == places
    assert told.faults[0].code == "wire.fieldplace.unclear"


def test_what_is_plain_has_no_fault_and_what_is_nothing_no_place() -> None:
    assert told_places(f"{{{POINT}]}}") == told_places("35.95 39.0")
    assert told_places("35.95 39.0").faults == ()
    long = f'{{{POINT}],"x":{"9" * 5_000}}}'
    assert told_places(long) == told_places("35.95 39.0")
    for none in (DEEP, '{"coordinates":"here"}', '{"type":"Point","coordinates":[NaN,1]}', "x"):
        told = told_places(none)
        assert (told.places, bool(told.faults)) == ((), True)


def test_very_many_tellings_under_one_key_are_read_soon() -> None:
    begun = time.process_time()
    many = ",".join(f'"coordinates":[39,{n / 10_000}]' for n in range(1, 20_000))
    assert len(told_places(f'{{"type":"Point",{many}}}').places) == 19_999
    nested = '"coordinates":[39.0,35.95],"type":"Point"'
    for _ in range(60):
        nested = f'"type":"GeometryCollection","type":"Point","geometries":[{{{nested}}}]'
    assert told_places(f'{{"coordinates":[39.1,35.9],{nested}}}').places == (HERE, THERE)
    assert time.process_time() - begun < 2


def test_a_long_text_that_is_no_place_is_seen_at_once() -> None:
    begun = time.process_time()
    for text in ("35.1 39.1" + " " * 400_000 + "x", "35.1 39.1;" * 100_000 + "x"):
        assert not looks_placed(text)
        assert accuracy_of(text) == 0.0
    assert time.process_time() - begun < 2


def test_a_shape_of_very_many_points_reaches_as_far() -> None:
    ring = shapely.get_coordinates(shapely.Point(38.5, 35).buffer(0.01, quad_segs=POINTS_LIMIT))
    written = "; ".join(f"{lat:.7f} {lon:.7f} 0 7.5" for lon, lat in ring)
    place = place_from(written)
    assert place.geom_type == "Polygon"
    assert place.area == pytest.approx(shapely.Polygon(ring).area, rel=1e-3)
    assert accuracy_of(written) == 7.5


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "utf-16"])
def test_what_is_kept_of_a_form_reads_as_what_was_sent(encoding: str) -> None:
    written = f'<?xml version="1.0" encoding="{encoding}"?><data id="f"><n>لغم</n></data>'
    sent = written.encode(encoding)
    again = filled_xml(xml_text(sent).encode())
    assert again.leaves == filled_xml(sent).leaves == (("n", "لغم"),)


def test_an_encoding_that_nobody_knows_is_a_fault_of_the_form() -> None:
    with pytest.raises(InvalidInput, match=r"wire\.xml\.syntax"):
        filled_xml(b'<?xml version="1.0" encoding="klingon"?><data id="f"/>')


def test_half_a_letter_keeps_no_report_away() -> None:
    sent = {
        "form_id": "f\ud800",
        "told_at": "\udfff",
        "values": {"seen": "mine \ud800", "several": ["\ud800"], "\ud800": {"n\udfff": "1"}},
        "attachments": [{"name": "\ud800.jpg"}],
    }
    filled = filled_json(json.dumps(sent).encode(), "uuid:1")
    assert "".join(path + text for path, text in filled.leaves).encode()
    assert filled.answers()["seen"].startswith("mine ")


def test_a_boundary_that_is_everywhere_makes_no_million_parts() -> None:
    begun = time.process_time()
    with pytest.raises(InvalidInput, match=r"wire\.multipart\.malformed"):
        form_parts("multipart/form-data; boundary=a", b"\r\n--a" * 2_000_000)
    assert time.process_time() - begun < 1
    body = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n' * PARTS_LIMIT + b"--b--"
    assert len(form_parts("multipart/form-data; boundary=b", body)) == PARTS_LIMIT


@pytest.mark.parametrize("odd", [5, True, 1.5, "a.jpg", {"name": "a.jpg"}, [5, None, ["a"]]])
def test_files_that_are_no_list_are_none(odd: object) -> None:
    sent = {"form_id": "f", "values": {"seen": "mine"}, "attachments": odd}
    assert filled_json(json.dumps(sent).encode(), "uuid:1").awaits == ()


@pytest.mark.parametrize(("text", "number"), [("²", None), ("5②", None), ("٧", 7), ("12", 12)])
def test_a_number_of_a_device_that_is_none_costs_no_form(text: str, number: int | None) -> None:
    form = f'<data id="f"><device_number>{text}</device_number></data>'
    assert filled_xml(form.encode()).number == number


ROUND = "[39.01,35.95],[39.02,35.95],[39.02,35.96],[39.01,35.95]"
CORNERS = shapely.Polygon([(39.01, 35.95), (39.02, 35.95), (39.02, 35.96)])


@pytest.mark.parametrize(
    "text",
    [
        f'{{"type":"MultiPolygon","coordinates":[[[{ROUND}]],[]]}}',
        f'{{"type":"Polygon","coordinates":[{ROUND}]}}',
        f'{{"type":"Polygon","coordinates":[[{ROUND}]}}',
        f'{{"coordinates":[[{ROUND}]]}}',
        f'{{"type":"Polygon","coordinates":[[{ROUND},[39.01,95]]]}}',
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":'
            f'{{"type":"Polygon","coordinates":[[{ROUND}]]}}}}]}}'
        ),
    ],
)
def test_of_a_shape_that_is_none_every_corner_keeps_people_away(text: str) -> None:
    told = told_places(text)
    assert told.faults
    assert shapely.union_all(told.places).covers(CORNERS)


def test_a_line_of_two_corners_or_one_keeps_people_away_there() -> None:
    two = told_places('{"type":"Polygon","coordinates":[[[39.0,35.95],[39.1,35.9]]]}')
    assert [each.equals(shapely.LineString([HERE, THERE])) for each in two.places] == [True]
    one = told_places('{"type":"LineString","coordinates":[[39.0,35.95]]}')
    assert list(one.places) == [HERE]
