"""The OGC API asked anything: never a failure of the server, pages that are whole, filters that
find what a plain reading of the features finds, and nothing of what is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.api.ogc.collection import COLLECTIONS
from rafiqa.api.problem import MEDIA_TYPE
from rafiqa.dictionary import dictionary
from rafiqa.wire.featurecrs import systems
from tests.city import ORIGIN, Draws, small_city
from tests.unit.api.client import Client

SYSTEMS = [each.uri for each in systems(ORIGIN.lon_deg, ORIGIN.lat_deg)]
PUBLIC = ("areas", "parts", "assets", "projects")
FAST = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starlette]:
    office = small_city(tmp_path_factory.mktemp("ogc"))
    yield make_app(office, now_us=office.now_us, entropy=Draws())
    office.store.close()


@pytest.fixture(scope="module")
def anybody(app: Starlette) -> Client:
    return Client(app)


def asked(client: Client, path: str, query: dict[str, str]) -> httpx.Response:
    return client.get(f"{path}?{urlencode(query, quote_via=quote)}")


names = st.sampled_from(
    [
        *("limit", "offset", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang"),
        *("filter-crs", "sortby", "f", "lang", "valid_at", "known_at"),
        *{name for each in COLLECTIONS.values() for name in each.names},
    ]
)
texts = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"-?[0-9.e]{1,12}(,-?[0-9.e]{1,12}){0,6}", fullmatch=True),
    st.from_regex(r"[0-9]{1,5}-[0-9]{2}-[0-9]{2}(T[0-9:]{5,8}Z?)?/?(\.\.)?", fullmatch=True),
    st.sampled_from([*SYSTEMS, "cql2-json", "cql2-text", "json", "html", "..", "-id", "+class"]),
)
paths = st.one_of(
    st.sampled_from(
        [
            f"/ogc/collections/{name}{rest}"
            for name in COLLECTIONS
            for rest in ("/items", "/items", "", "/queryables", "/schema", "/items/H1")
        ]
    ),
    st.text(max_size=20).map(lambda text: f"/ogc/collections/areas/items/{quote(text, safe='')}"),
    st.text(max_size=20).map(lambda text: f"/ogc/collections/{quote(text, safe='')}"),
)


@FAST
@given(paths, st.dictionaries(names, texts, max_size=5))
def test_no_question_makes_the_server_fail(
    anybody: Client, path: str, query: dict[str, str]
) -> None:
    answer = asked(anybody, path, query)
    assert answer.status_code in {200, 307, 400, 401, 404}, (path, query, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == MEDIA_TYPE


WORDS = [
    *("(", ")", ",", "'", "''", '"', "=", "<>", "<=", "AND", "OR", "NOT", "LIKE", "IN", "IS"),
    *("NULL", "BETWEEN", "TRUE", "class", "id", "area_m2", "geometry", "observed_on", "hidden"),
    *("'cha'", "'%a_'", "1", "-2.5e3", "DATE('2026-01-01')", "INTERVAL('..','2026-01-01')"),
    *("casei(", "S_INTERSECTS(", "T_AFTER(", "BBOX(38,35,40,37)", "POINT(39 36)", "POLYGON(("),
    *("39 36", "نص", "\x00", "\\", "/*", ";--"),
]


@FAST
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from([" ", ""]))
def test_no_filter_of_strange_words_makes_the_server_fail(
    anybody: Client, words: list[str], between: str
) -> None:
    answer = asked(anybody, "/ogc/collections/areas/items", {"filter": between.join(words)})
    assert answer.status_code in {200, 400}, (words, answer.text)


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["cha", "..", "2026-01-01", "geometry"]),
    st.sampled_from([{"property": name} for name in ("class", "id", "geometry", "area_m2", "x")]),
    st.just({"date": "2026-01-01"}),
    st.just({"bbox": [38, 35, 40, 37]}),
    st.just({"type": "Point", "coordinates": [39, 36]}),
)
operators = st.sampled_from(
    [
        *("and", "or", "not", "=", "<>", "<", "like", "in", "between", "isNull", "casei"),
        *("s_intersects", "s_within", "t_after", "t_during", "nothing"),
    ]
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda op, args: {"op": op, "args": args}, operators, st.lists(inner, max_size=4)
        ),
        st.builds(lambda a, b: {"interval": [a, b]}, inner, inner),
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["op", "args", "bbox", "type", "date"]), inner, max_size=3),
    ),
    max_leaves=12,
)


@FAST
@given(trees)
def test_no_tree_makes_the_server_fail(anybody: Client, tree: Any) -> None:
    query = {"filter": json.dumps(tree), "filter-lang": "cql2-json"}
    answer = asked(anybody, "/ogc/collections/areas/items", query)
    assert answer.status_code in {200, 400}, (tree, answer.text)


def listed(client: Client, collection: str, **query: str) -> list[dict[str, Any]]:
    answer = asked(client, f"/ogc/collections/{collection}/items", {"limit": "10000", **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["features"]
    return found


@FAST
@given(
    st.sampled_from(PUBLIC),
    st.integers(1, 30),
    st.sampled_from([{}, {"sortby": "-id"}, {"filter": "id > 'H'"}, {"bbox": "39,35,39.011,36"}]),
)
def test_pages_are_a_partition(
    anybody: Client, collection: str, limit: int, query: dict[str, str]
) -> None:
    whole = [each["id"] for each in listed(anybody, collection, **query)]
    path, found = f"/ogc/collections/{collection}/items?{urlencode({'limit': limit, **query})}", []
    while path:
        page = anybody.get(path).json()
        assert page["numberMatched"] == len(whole)
        found += [each["id"] for each in page["features"]]
        after = [each["href"] for each in page["links"] if each["rel"] == "next"]
        path = after[0].removeprefix("http://desk.test") if after else ""
    assert found == whole
    assert len(set(found)) == len(found)


@FAST
@given(st.floats(38.99, 39.03), st.floats(35.94, 35.96), st.floats(0, 0.02), st.floats(0, 0.02))
def test_a_box_finds_what_a_plain_reading_finds(
    anybody: Client, west: float, south: float, width: float, height: float
) -> None:
    box = (west, south, west + width, south + height)
    window = shapely.box(*box)
    given_out = listed(anybody, "assets", bbox=",".join(map(repr, box)))
    expected = {
        each["id"]
        for each in listed(anybody, "assets")
        if shapely.from_geojson(json.dumps(each["geometry"])).intersects(window)
    }
    assert {each["id"] for each in given_out} == expected


values = st.one_of(
    st.sampled_from(["cha", "sha", "H1", "H3", "Mill quarter", "o'n"]), st.text(max_size=5)
)


@FAST
@given(
    st.sampled_from(["class", "id", "name"]),
    st.sampled_from(["=", "<>", "<", ">", "<=", ">="]),
    values.filter(lambda text: "\\" not in text),
    st.booleans(),
)
def test_a_comparison_finds_what_a_plain_reading_finds(
    anybody: Client, name: str, sign: str, value: str, negated: bool
) -> None:
    written = f"{name} {sign} '{value.replace(chr(39), chr(39) * 2)}'"
    found = listed(anybody, "areas", filter=f"NOT ({written})" if negated else written)
    expected = []
    for each in listed(anybody, "areas"):
        own = each["properties"][name]
        so = {
            "=": own == value,
            "<>": own != value,
            "<": own < value,
            ">": own > value,
            "<=": own <= value,
            ">=": own >= value,
        }[sign]
        if so is not negated:
            expected.append(each["id"])
    assert [each["id"] for each in found] == expected


def test_the_answers_hang_on_no_hidden_field(anybody: Client) -> None:
    """Whatever staff can ask by, everybody else is told that there is no such property."""
    public = {name for each in PUBLIC for name in COLLECTIONS[each].names}
    for record in ("hazard_area", "land_part", "evidence", "task", "project", "asset"):
        for field in dictionary().records[record].names:
            if field in public or field == "geometry":
                continue
            for collection in PUBLIC:
                answer = asked(
                    anybody,
                    f"/ogc/collections/{collection}/items",
                    {"filter": f'"{field}" IS NULL'},
                )
                assert answer.json()["code"] == "wire.cql2.property", field
