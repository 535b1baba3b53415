"""CQL2 read and asked: each operator by name, what is unknown, and what is refused."""

from __future__ import annotations

import contextlib
import json
import re
from functools import partial
from typing import Any

import numpy as np
import pytest
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.wire.cql2 import LETTERS, cql2_json
from rafiqa.wire.cql2mask import like, matching
from rafiqa.wire.cql2text import cql2_text
from rafiqa.wire.featurecolumn import FOREVER_US, FeatureColumn, Times
from rafiqa.wire.featurecrs import CRS84, systems
from rafiqa.wire.featureset import FeatureSet
from tests.steps import calls

IDS = ["a", "b", "c", "d"]
SITE = systems(39.0, 36.0)


@pytest.fixture(scope="module")
def features() -> FeatureSet:
    shapes = np.array(
        [
            shapely.Point(39.0, 36.0),
            shapely.LineString([(39.0, 36.0), (39.2, 36.2)]),
            shapely.box(39.0, 36.0, 39.1, 36.1),
            None,
        ],
        dtype=object,
    )
    columns = [
        FeatureColumn("id", "text", IDS),
        FeatureColumn("class", "text", ["cha", "sha", "cha", None]),
        FeatureColumn("name", "text", ["Mill 50%", "mïll_A", "مدرسة", None]),
        FeatureColumn("depth_cm", "integer", [30, 0, None, 130]),
        FeatureColumn("area_m2", "decimal", [1.5, 2.5, 30.0, None]),
        FeatureColumn("reopened", "boolean", [True, False, None, True]),
        FeatureColumn("on", "date", ["2026-01-01", "2026-02-10", "2026-03-01", None]),
        FeatureColumn("until", "date", ["2026-01-31", "2026-02-10", None, None]),
    ]
    zeros = np.zeros(4, dtype=np.int64)
    times = Times(zeros, zeros + FOREVER_US, np.ones(4, dtype=np.bool_))
    return FeatureSet(IDS, shapes, columns, times)


def found(tree: Any, features: FeatureSet, crs: Any = CRS84) -> str:
    return "".join(np.array(IDS)[matching(tree, features, crs)])


ANSWERED = {
    "class = 'cha'": "ac",
    "'cha' = class": "ac",
    "class <> 'cha'": "b",
    "class IS NULL": "d",
    "class IS NOT NULL": "abc",
    "NOT class = 'cha'": "b",
    "NOT (class = 'cha' OR depth_cm > 100)": "b",
    "class = 'cha' AND depth_cm >= 30": "a",
    "class = 'cha' OR depth_cm < 30": "abc",
    "depth_cm > 30": "d",
    "30 < depth_cm": "d",
    "depth_cm BETWEEN 0 AND 30": "ab",
    "depth_cm NOT BETWEEN 0 AND 30": "d",
    "depth_cm IN (30, 130)": "ad",
    "class IN ('cha', 'none')": "ac",
    "class NOT IN ('cha')": "b",
    "area_m2 < 2.6": "ab",
    "area_m2 > depth_cm": "b",
    "id = class": "",
    "id < class": "abc",
    "reopened = TRUE": "ad",
    "reopened <> TRUE": "b",
    "name LIKE 'Mill%'": "a",
    "name LIKE 'mïll_A'": "b",
    "name LIKE '%\\%'": "a",
    "name NOT LIKE '%A'": "ac",
    "CASEI(name) LIKE casei('MILL%')": "a",
    "CASEI(ACCENTI(name)) LIKE casei('MILL%')": "ab",
    "casei(class) = casei('CHA')": "ac",
    "casei(class) IN (casei('CHA'), casei('SHA'))": "abc",
    "on = DATE('2026-01-01')": "a",
    "on > DATE('2026-01-31')": "bc",
    "on < TIMESTAMP('2026-02-10T00:00:00Z')": "a",
    "on <= TIMESTAMP('2026-02-10T12:00:00Z')": "ab",
    "on BETWEEN DATE('2026-01-02') AND DATE('2026-03-01')": "bc",
    "T_AFTER(on, DATE('2026-02-01'))": "bc",
    "T_BEFORE(on, DATE('2026-02-01'))": "a",
    "T_DISJOINT(on, INTERVAL('2026-02-01','2026-02-28'))": "ac",
    "T_EQUALS(on, DATE('2026-02-10'))": "b",
    "T_INTERSECTS(on, INTERVAL('2026-02-01','..'))": "bc",
    "T_INTERSECTS(INTERVAL(on,until), DATE('2026-01-15'))": "a",
    "T_CONTAINS(INTERVAL(on,until), INTERVAL('2026-01-02','2026-01-30'))": "a",
    "T_DURING(INTERVAL(on,until), INTERVAL('2025-12-31','2026-02-01'))": "a",
    "T_STARTS(INTERVAL(on,until), INTERVAL('2026-01-01','2026-02-01'))": "a",
    "T_STARTEDBY(INTERVAL(on,until), INTERVAL('2026-01-01','2026-01-02'))": "a",
    "T_FINISHES(INTERVAL(on,until), INTERVAL('2025-12-01','2026-01-31'))": "a",
    "T_FINISHEDBY(INTERVAL(on,until), INTERVAL('2026-01-09','2026-01-31'))": "a",
    "T_OVERLAPS(INTERVAL(on,until), INTERVAL('2026-01-09','2026-02-20'))": "a",
    "T_OVERLAPPEDBY(INTERVAL(on,until), INTERVAL('2025-12-09','2026-01-20'))": "a",
    "T_MEETS(INTERVAL('2025-12-01T00:00:00Z','2026-01-01T00:00:00Z'), on)": "a",
    "T_METBY(INTERVAL(on,until), INTERVAL('2025-01-01T00:00:00Z','2026-01-01T00:00:00Z'))": "a",
    "S_INTERSECTS(geometry, POINT(39 36))": "abc",
    "S_INTERSECTS(geometry, BBOX(39.15,36.15,40,37))": "b",
    "S_INTERSECTS(geometry, LINESTRING(39.05 35, 39.05 37))": "bc",
    "S_INTERSECTS(geometry, POLYGON((39.05 36, 39.3 36, 39.3 36.02, 39.05 36)))": "c",
    "S_INTERSECTS(geometry, MULTIPOINT((39 36),(10 10)))": "abc",
    "S_DISJOINT(geometry, POINT(39 36))": "",
    "S_DISJOINT(geometry, BBOX(39.15,36.15,40,37))": "ac",
    "S_WITHIN(geometry, BBOX(38.9,35.9,39.15,36.15))": "ac",
    "S_CONTAINS(BBOX(38.9,35.9,39.15,36.15), geometry)": "ac",
    "S_CONTAINS(geometry, POINT(39.05 36.05))": "bc",
    "S_WITHIN(POINT(39.05 36.05), geometry)": "bc",
    "S_EQUALS(geometry, POLYGON((39 36, 39 36.1, 39.1 36.1, 39.1 36, 39 36)))": "c",
    "S_TOUCHES(geometry, BBOX(39.1, 36, 39.2, 36.05))": "c",
    "S_OVERLAPS(geometry, BBOX(39.05, 36.05, 39.2, 36.2))": "c",
    "S_CROSSES(geometry, LINESTRING(39 36.15, 39.15 36))": "bc",
    "NOT S_INTERSECTS(geometry, BBOX(39.15,36.15,40,37))": "ac",
    "S_INTERSECTS(geometry, geometry)": "abc",
    "S_INTERSECTS(POINT(1 1), BBOX(0, 0, 2, 2)) AND id < 'c'": "ab",
    "S_WITHIN(BBOX(0, 0, 2, 2), POINT(1 1))": "",
    "geometry IS NULL": "d",
    "TRUE": "abcd",
    "FALSE": "",
    "NOT FALSE AND class = 'sha'": "b",
}


@pytest.mark.parametrize("written", ANSWERED)
def test_a_filter_finds_what_it_says(written: str, features: FeatureSet) -> None:
    assert found(cql2_text(written), features) == ANSWERED[written]


@pytest.mark.parametrize("written", ANSWERED)
def test_text_and_json_mean_the_same(written: str, features: FeatureSet) -> None:
    assert found(cql2_json(json.dumps(cql2_text(written))), features) == ANSWERED[written]


def test_places_are_read_in_the_axis_order_of_their_system(features: FeatureSet) -> None:
    lat_first = cql2_text("S_INTERSECTS(geometry, BBOX(36.15, 39.15, 37, 40))")
    assert found(lat_first, features, SITE[1]) == "b"
    assert found(lat_first, features, SITE[0]) == ""
    utm = SITE[3].of_lonlat(np.array([shapely.Point(39.05, 36.05)], dtype=object))[0]
    point = cql2_text(f"S_INTERSECTS(geometry, POINT({utm.x} {utm.y}))")
    assert found(point, features, SITE[3]) == "c"


REFUSED = {
    "hidden = 1": "wire.cql2.property",
    "geometry = 1": "wire.cql2.property",
    "S_INTERSECTS(class, POINT(1 1))": "wire.cql2.type",
    "S_INTERSECTS(POINT(1 1), hidden)": "wire.cql2.property",
    "S_INTERSECTS(hidden, POINT(1 1))": "wire.cql2.property",
    "S_INTERSECTS(geometry, 'here')": "wire.cql2.type",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))": "wire.cql2.geometry",
    "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))": "wire.cql2.geometry",
    "S_INTERSECTS(geometry, BBOX(2, 5, 1, 4))": "wire.cql2.geometry",
    "S_DWITHIN(geometry, POINT(1 1), 5)": "wire.cql2.operator",
    "depth_cm = 'x'": "wire.cql2.type",
    "class = 1": "wire.cql2.type",
    "depth_cm = 1e999": "wire.cql2.type",
    "class > TRUE": "wire.cql2.type",
    "depth_cm LIKE 'x%'": "wire.cql2.type",
    "depth_cm": "wire.cql2.type",
    "class": "wire.cql2.type",
    "on = 'yesterday'": "wire.cql2.time",
    "on = DATE('2026-02-30')": "wire.cql2.time",
    "on > TIMESTAMP('2026-02-01')": "wire.cql2.time",
    "T_AFTER(class, DATE('2026-02-01'))": "wire.cql2.type",
    "T_DURING(on, INTERVAL('2026-02-01','2026-01-01'))": "wire.cql2.time",
    "depth_cm + 1 = 2": "wire.cql2.syntax",
    "foo(class) = 'a'": "wire.cql2.operator",
    "foo(class)": "wire.cql2.operator",
    "class =": "wire.cql2.syntax",
    "class = 'cha": "wire.cql2.syntax",
    "'": "wire.cql2.syntax",
    "": "wire.cql2.syntax",
    "; DROP TABLE land": "wire.cql2.syntax",
    "(" * 25 + "class = 'a'" + ")" * 25: "wire.cql2.too-large",
    "NOT " * 25 + "class = 'a'": "wire.cql2.too-large",
    "casei(" * 25 + "class": "wire.cql2.too-large",
    "depth_cm = --1": "wire.cql2.syntax",
    "((class)) = 'a'": "wire.cql2.syntax",
    "class = 'a' class": "wire.cql2.syntax",
    "class NOT 'a'": "wire.cql2.syntax",
    "and = 1": "wire.cql2.syntax",
    "DATE('2026-01-01', '2026-01-01') = on": "wire.cql2.syntax",
    "T_AFTER(on, INTERVAL('2026-01-01'))": "wire.cql2.syntax",
    "S_INTERSECTS(geometry, POINT(1, 1))": "wire.cql2.syntax",
    "S_INTERSECTS(geometry, POLYGON EMPTY)": "wire.cql2.syntax",
    "S_INTERSECTS(geometry, BBOX('a', 1, 1, 1))": "wire.cql2.syntax",
    " OR ".join(["class = 'a'"] * 300): "wire.cql2.too-large",
    "class = '" + "x" * LETTERS + "'": "wire.cql2.too-large",
}


@pytest.mark.parametrize("written", REFUSED, ids=[key[:40] for key in REFUSED])
def test_what_cannot_be_asked_is_refused(written: str, features: FeatureSet) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(cql2_text(written), features)
    assert refused.value.code == REFUSED[written]


MANY_DIGITS = "9" * 400
IN_BOX = '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3, %s]}]}'
BENT = {
    "1": "wire.cql2.type",
    f'{{"op": "=", "args": [{{"property": "depth_cm"}}, {MANY_DIGITS}]}}': "wire.json.number",
    IN_BOX % MANY_DIGITS: "wire.json.number",
    "null": "wire.cql2.type",
    "[]": "wire.cql2.type",
    '{"op": 1}': "wire.cql2.type",
    '{"op": "="}': "wire.cql2.type",
    '{"op": "=", "args": [{"property": "class"}]}': "wire.cql2.arguments",
    '{"op": "=", "args": [{"property": ["class"]}, 1]}': "wire.cql2.property",
    '{"op": "=", "args": [null, 1]}': "wire.cql2.type",
    '{"op": "and", "args": []}': "wire.cql2.type",
    '{"op": "in", "args": [{"property": "class"}, "cha"]}': "wire.cql2.type",
    '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point"}]}': (
        "wire.cql2.geometry"
    ),
    '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3]}]}': (
        "wire.cql2.geometry"
    ),
    '{"op": "s_intersects", "args": [{"property": "geometry"}, '
    '{"type": "Polygon", "coordinates": [[[1, 1], "x"]]}]}': "wire.cql2.geometry",
    '{"op": "t_after", "args": [{"property": "on"}, {"interval": 3}]}': "wire.cql2.type",
    '{"op": "t_after", "args": [{"property": "on"}, {"date": 3}]}': "wire.cql2.time",
    "{": "wire.json.syntax",
    '{"op": "not", "op": "and"}': "wire.json.duplicate-key",
    '{"op": "=", "args": [NaN, 1]}': "wire.json.not-finite",
    "[" * 100_000: "wire.cql2.too-large",
    '{"op":"not","args":[' * 90 + "true" + "]}" * 90: "wire.cql2.too-large",
}


@pytest.mark.parametrize("written", BENT, ids=[key[:40] for key in BENT])
def test_bent_json_is_refused(written: str, features: FeatureSet) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(cql2_json(written), features)
    assert refused.value.code == BENT[written]


def test_a_pattern_never_looks_back_for_long() -> None:
    """Many % in a row on a text that almost fits: looking back, this would not come to an end."""
    pattern, text = like("%a" * 60 + "%b"), "a" * 20_000
    assert pattern.fullmatch(text) is None
    assert pattern.fullmatch(text + "b") is not None


PARTS = (
    *("(", ")", "NOT ", "NOT(", "-", "+", "a^", "1+", "a=1 AND ", "casei(", "a IN (", "''", "'"),
    *("NOT -(", "a BETWEEN ", "a BETWEEN (", "GEOMETRYCOLLECTION(", "- -", "not\n", "a=(", "(a,"),
    *("INTERVAL(", "POLYGON(", "MULTIPOLYGON(((", "a LIKE (", "\\'", '"', " ", "\u0645", "a."),
)


@pytest.mark.parametrize("part", PARTS)
def test_no_filter_takes_longer_than_its_letters(part: str) -> None:
    """Read by others, eighteen brackets take seconds, and five thousand end the process."""

    def read(written: str) -> None:
        with contextlib.suppress(InvalidInput):
            cql2_text(written)

    for size in (LETTERS // len(part), 23, 12):
        for tail in ("", "a=1", "a=1" + ")" * size, "1" + ")" * size + "=1"):
            written = (part * size + tail)[:LETTERS]
            assert calls(partial(read, written)) < 100 * len(written)


@pytest.mark.parametrize("written", ANSWERED)
def test_another_reader_reads_the_same(written: str) -> None:
    """The parser that other servers use comes to the same tree; it knows all numbers as floats."""
    other = pytest.importorskip("cql2")
    if written == "geometry IS NULL":
        pytest.skip("the other reader takes the name for a place")
    theirs = json.dumps(other.parse_text(written).to_json())
    # Names of operators are read in any case, and theirs are partly in two.
    told = re.sub(r'"op": "t_\w+"', lambda found: found[0].lower(), theirs)
    assert cql2_text(written) == json.loads(told)
