"""The pages of the OGC API: what each says, to whom, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import numpy as np
import pytest
import shapely

from rafiqa.api.ogc.collection import COLLECTIONS
from rafiqa.api.ogc.describe import CONFORMANCE
from rafiqa.api.problem import MEDIA_TYPE, Problem
from rafiqa.dictionary import dictionary
from rafiqa.land import EvidenceRecorded
from rafiqa.locale.assurance import assuring_words
from rafiqa.service import Office, record_evidence
from rafiqa.wire.featurecrs import systems
from tests.city import (
    EVIDENCE_SPOTS_M,
    EVIDENCE_TEXT,
    FIRST,
    INSPECTION_TEXT,
    LOGINS,
    ORIGIN,
    REPORT_SPOT_M,
    REPORT_TEXT,
    Clock,
    spot,
)
from tests.unit.api.client import Client
from tests.unit.api.ogcpages import PAGES
from tests.unit.api.test_whitelist import near, positions

ITEMS = "/ogc/collections/{}/items"
PUBLIC = ("areas", "parts", "assets", "projects")
SYSTEMS = systems(ORIGIN.lon_deg, ORIGIN.lat_deg)


def path_of(href: str) -> str:
    assert href.startswith("http://desk.test/ogc"), href
    return href.removeprefix("http://desk.test")


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["features"]]


def links(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        if "href" in node:
            yield node
        for value in node.values():
            yield from links(value)
    elif isinstance(node, list):
        for value in node:
            yield from links(value)


def refused(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = msgspec.json.decode(answer.content, type=Problem)
    assert told.code == code
    assert told.detail != code
    assert told.faults[0].next


def test_every_link_leads_somewhere_and_to_the_type_it_says(staff: Client) -> None:
    waiting, seen = ["/ogc"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = staff.get(path)
        assert answer.status_code == 200, path
        if "json" not in answer.headers["content-type"] or "/items/" in path:
            continue
        for link in links(answer.json()):
            target = path_of(link["href"])
            assert (
                staff.get(target).headers["content-type"].split(";")[0]
                == (link["type"].split(";")[0])
            )
            waiting.append(target)
    assert len(seen) > 30


def test_the_landing_page_and_conformance(anybody: Client) -> None:
    landing = anybody.get("/ogc").json()
    assert {each["rel"] for each in landing["links"]} >= {
        *("self", "alternate", "service-desc", "service-doc", "conformance", "data")
    }
    told = anybody.get("/ogc/conformance").json()["conformsTo"]
    assert told == list(CONFORMANCE)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in told


def test_collections_are_listed_to_who_may_see_them(anybody: Client, staff: Client) -> None:
    for client, names in ((anybody, PUBLIC), (staff, tuple(COLLECTIONS))):
        told = client.get("/ogc/collections").json()["collections"]
        assert sorted(each["id"] for each in told) == sorted(names)
        for each in told:
            assert each["itemType"] == "feature"
            assert each["crs"] == [system.uri for system in SYSTEMS]
            own = client.get(f"/ogc/collections/{each['id']}").json()
            assert {key: own[key] for key in ("id", "extent")} == {
                key: each[key] for key in ("id", "extent")
            }


@pytest.mark.parametrize("name", COLLECTIONS)
def test_before_anything_was_on_record_collections_are_empty_and_told(
    name: str, staff: Client
) -> None:
    then = "known_at=1801-01-01"
    assert staff.get(f"/ogc/collections?{then}").status_code == 200
    told = staff.get(f"/ogc/collections/{name}?{then}")
    assert told.status_code == 200
    assert "spatial" not in told.json()["extent"]
    everywhere = "bbox=-180,-90,180,90&filter=S_INTERSECTS(geometry,BBOX(-180,-90,180,90))"
    found = staff.get(f"/ogc/collections/{name}/items?{then}&{everywhere}")
    assert found.json()["numberMatched"] == 0


@pytest.mark.parametrize("name", ["evidence", "tasks"])
@pytest.mark.parametrize("rest", ["", "/items", "/items/E1", "/queryables", "/schema"])
def test_what_is_for_staff_is_for_staff(name: str, rest: str, anybody: Client) -> None:
    refused(anybody.get(f"/ogc/collections/{name}{rest}"), 401, "api.session.needed")


def test_a_session_may_be_shown_as_a_key(anybody: Client, app: Any) -> None:
    client = Client(app, address="192.0.2.44")
    client.sign_in("operator")
    token = client.cookies["rafiqa_session"]
    given = anybody.get(ITEMS.format("tasks"), Authorization=f"Bearer {token}")
    assert ids(given) == ["T-1"]
    refused(anybody.get(ITEMS.format("tasks"), Authorization="Bearer x"), 401, "api.session.needed")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("form", ["json", "html"])
def test_no_canary_reaches_everybody(lang: str, form: str, city: Office, anybody: Client) -> None:
    canaries = [actor.person_id for actor in LOGINS.values()]
    canaries += ["canary", EVIDENCE_TEXT, REPORT_TEXT, INSPECTION_TEXT]
    hidden = [spot(city, *place) for place in (*EVIDENCE_SPOTS_M, REPORT_SPOT_M)]
    for path in PAGES:
        answer = anybody.get(f"{path}?lang={lang}&f={form}")
        for canary in canaries:
            assert canary not in answer.text, path
        assert not re.search(r"\bE[123]\b", answer.text), path
        assert not assuring_words(answer.text), path
        if form == "json":
            for lon_deg, lat_deg in positions(answer.json()):
                for place in hidden:
                    assert not (near(lon_deg, place.lon_deg) and near(lat_deg, place.lat_deg))


def test_the_scan_would_find_them(city: Office, staff: Client) -> None:
    answer = staff.get(ITEMS.format("evidence"))
    hidden = [spot(city, *place) for place in EVIDENCE_SPOTS_M]
    for place in hidden:
        assert any(
            near(lon, place.lon_deg) and near(lat, place.lat_deg)
            for lon, lat in positions(answer.json())
        )


def ground(features: list[Any]) -> Any:
    return shapely.union_all(
        [shapely.from_geojson(msgspec.json.encode(e["geometry"])) for e in features]
    )


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_everybody_sees_what_the_map_shows(lang: str, anybody: Client) -> None:
    """The same ground, hazard as hazard and released as released, and nothing besides."""
    maps = {
        name: anybody.get(f"/api/map/{name}?lang={lang}").json()["features"]
        for name in ("hazards", "parts", "notcleared", "projects")
    }
    served = {
        name: anybody.get(f"{ITEMS.format(name)}?lang={lang}").json()["features"] for name in PUBLIC
    }
    assert shapely.hausdorff_distance(ground(served["areas"]), ground(maps["hazards"])) < 1e-7
    released = [each for each in served["parts"] if each["properties"]["outcome"] != "not_cleared"]
    assert shapely.hausdorff_distance(ground(released), ground(maps["parts"])) < 1e-7
    assert ground(released).intersection(ground(served["areas"])).area < 1e-13
    classes = {each["properties"]["area_id"]: each["properties"] for each in maps["hazards"]}
    for each in served["areas"]:
        shown = classes[each["id"]]
        for name in ("name", "class", "stage", "reopened", "area_m2"):
            assert each["properties"][name] == shown[name]
    gates = {each["properties"]["project_id"]: each["properties"] for each in maps["projects"]}
    for each in served["projects"]:
        if each["geometry"] is not None:
            shown = gates[each["id"]]
            assert each["properties"]["gate"] == shown["outcome"]
            assert each["properties"]["name"] == shown["name"]


def test_properties_are_named_as_the_dictionary_names_them(staff: Client) -> None:
    for name, collection in COLLECTIONS.items():
        properties: dict[str, Any] = {}
        for lang in ("en", "ar"):
            told = staff.get(f"/ogc/collections/{name}/queryables?lang={lang}")
            assert told.headers["content-type"] == "application/schema+json"
            properties = told.json()["properties"]
            assert properties.pop("geometry")["format"] == "geometry-any"
            assert list(properties) == list(collection.names)
            for key, shown in properties.items():
                field = dictionary().records[collection.record].field(key)
                if field is not None:
                    assert shown["title"] == field.labels.of(lang)
                else:
                    assert key in {"reopened", "area_m2", "gate"}
                    assert "api." not in shown["title"]
        for feature in staff.get(ITEMS.format(name)).json()["features"]:
            assert list(feature["properties"]) == list(collection.names)
            for key, value in feature["properties"].items():
                allowed = properties[key].get("enum")
                assert value is None or allowed is None or value in allowed


def paged(client: Client, path: str) -> list[str]:
    found: list[str] = []
    told: dict[str, Any] = {}
    pages = 0
    while path:
        answer = client.get(path)
        found += ids(answer)
        told = answer.json()
        assert told["numberReturned"] == len(told["features"])
        after = [each["href"] for each in told["links"] if each["rel"] == "next"]
        path = path_of(after[0]) if after else ""
        pages += 1
        assert pages < 100
    assert len(found) == told["numberMatched"]
    return found


@pytest.mark.parametrize(
    "query",
    ["", "&kind=house", "&filter=storeys>1", "&sortby=-storeys,id", "&bbox=39,35.9,39.012,36"],
)
def test_pages_together_are_the_whole_list(query: str, anybody: Client) -> None:
    whole = ids(anybody.get(f"{ITEMS.format('assets')}?limit=1000{query}"))
    assert len(whole) > 10
    for limit in (1, 7, 60):
        if limit > 1 or len(whole) < 50:
            assert paged(anybody, f"{ITEMS.format('assets')}?limit={limit}{query}") == whole


def test_a_page_back_leads_to_the_page_before(anybody: Client) -> None:
    second = anybody.get(f"{ITEMS.format('assets')}?limit=5&offset=5").json()
    (back,) = [each["href"] for each in second["links"] if each["rel"] == "prev"]
    assert ids(anybody.get(path_of(back))) == ids(anybody.get(f"{ITEMS.format('assets')}?limit=5"))


def test_what_is_recorded_between_two_pages_moves_nothing(
    own_city: Office, own_app: Any, clock: Clock
) -> None:
    client = Client(own_app)
    client.sign_in("first")
    first = client.get(f"{ITEMS.format('evidence')}?limit=1").json()
    (after,) = [each["href"] for each in first["links"] if each["rel"] == "next"]
    query = parse_qs(urlsplit(after).query)
    assert {"valid_at", "known_at"} <= set(query)
    clock.sleep_days(0.01)
    seen = EvidenceRecorded("E0", "eo_seen", "visual", spot(own_city, 1, 1), area_id="H1")
    assert record_evidence(own_city, FIRST, seen).done
    assert ids(client.get(f"{ITEMS.format('evidence')}?limit=1")) == ["E0"]
    assert ids(client.get(path_of(after))) == ["E2"]


def test_a_limit_above_the_most_is_the_most(anybody: Client) -> None:
    assert len(ids(anybody.get(f"{ITEMS.format('assets')}?limit=1000000000"))) == 61


REFUSALS = {
    "?limit=0": (400, "api.ogc.whole"),
    "?limit=-1": (400, "api.ogc.whole"),
    "?limit=1e9": (400, "api.ogc.whole"),
    "?limit=٣": (400, "api.ogc.whole"),
    "?limit=": (400, "api.ogc.whole"),
    "?offset=x": (400, "api.ogc.whole"),
    "?bbox=1,2,3": (400, "api.ogc.bbox"),
    "?bbox=1,2,3,4,5": (400, "api.ogc.bbox"),
    "?bbox=1,2,3,x": (400, "api.ogc.bbox"),
    "?bbox=1,2,3,nan": (400, "api.ogc.bbox"),
    "?bbox=1,2,3,1e400": (400, "api.ogc.bbox"),
    "?bbox=1,9,2,8": (400, "api.ogc.bbox"),
    "?bbox=1,-91,2,8": (400, "api.ogc.bbox"),
    "?bbox=-181,2,2,8": (400, "api.ogc.bbox"),
    "?bbox=1,2,9,3,4,5": (400, "api.ogc.bbox"),
    f"?bbox=9,2,1,3&bbox-crs={SYSTEMS[2].uri}": (400, "api.ogc.bbox"),
    "?crs=EPSG:4326": (400, "api.ogc.crs"),
    "?crs=http://www.opengis.net/def/crs/EPSG/0/9999": (400, "api.ogc.crs"),
    "?bbox-crs=x": (400, "api.ogc.crs"),
    "?filter-crs=x": (400, "api.ogc.crs"),
    "?datetime=yesterday": (400, "api.ogc.datetime"),
    "?datetime=2026-01": (400, "api.ogc.datetime"),
    "?datetime=2026-02-30": (400, "api.ogc.datetime"),
    "?datetime=2026-03-01/2026-02-01": (400, "api.ogc.datetime"),
    "?datetime=../..": (400, "api.ogc.datetime"),
    "?datetime=2026-01-01/2026-01-02/2026-01-03": (400, "api.ogc.datetime"),
    "?valid_at=2300-01-01": (400, "api.query.time-range"),
    "?known_at=x": (400, "wire.time.malformed"),
    "?filter=hidden=1": (400, "wire.cql2.property"),
    "?filter=geometry=1": (400, "wire.cql2.property"),
    "?filter=class=1": (400, "wire.cql2.type"),
    "?filter=class": (400, "wire.cql2.type"),
    "?filter=(((": (400, "wire.cql2.syntax"),
    "?filter=%00": (400, "wire.cql2.syntax"),
    "?filter={&filter-lang=cql2-json": (400, "wire.json.syntax"),
    "?filter-lang=ecql": (400, "api.query.choice"),
    "?sortby=hidden": (400, "wire.cql2.property"),
    "?area_m2=big": (400, "api.ogc.value"),
    "?reopened=maybe": (400, "api.ogc.value"),
    "?observed_on=2026": (400, "api.ogc.value"),
    "?hidden=1": (400, "api.query.unknown"),
    "?evidence_id=E1": (400, "api.query.unknown"),
    "?class=cha&class=sha": (400, "api.query.twice"),
    "?f=xml": (400, "api.query.choice"),
    "/H9": (404, "api.ogc.item.unknown"),
    "/H1?crs=x": (400, "api.ogc.crs"),
    "/H1?limit=1": (400, "api.query.unknown"),
    "/H1/": (404, "api.ogc.item.unknown"),
    "/%00": (404, "api.ogc.item.unknown"),
    "/..%2f..": (404, "api.ogc.item.unknown"),
}


@pytest.mark.parametrize("query", REFUSALS)
def test_what_cannot_be_is_refused(query: str, anybody: Client) -> None:
    refused(anybody.get(ITEMS.format("areas") + query), *REFUSALS[query])


def test_every_fault_of_a_query_is_told_at_once(anybody: Client) -> None:
    answer = anybody.get(f"{ITEMS.format('areas')}?limit=0&bbox=1&crs=x&filter=(")
    told = msgspec.json.decode(answer.content, type=Problem)
    assert {each.place for each in told.faults} == {"limit", "bbox", "crs", "filter"}


@pytest.mark.parametrize("path", ["/ogc/x", "/ogc/collections/x", "/ogc/collections/x/items"])
def test_what_is_not_there_is_not_found(path: str, anybody: Client) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE


def test_long_addresses_and_strange_forms(anybody: Client) -> None:
    for size in (33_000, 60_000):
        long = anybody.get(f"{ITEMS.format('areas')}?filter={'x' * size}")
        refused(long, 414, "api.ogc.too-long")
    refused(anybody.get("/ogc", Accept="image/png"), 406, "api.ogc.accept")
    refused(anybody.get("/ogc", Accept="text/html;q=0, */*;q=0"), 406, "api.ogc.accept")
    assert anybody.send("POST", "/ogc/collections").status_code == 405


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html;q=0.2, application/geo+json;q=0.9", "application/geo+json"),
    ],
)
def test_the_form_is_what_is_accepted(accepted: str, given: str, anybody: Client) -> None:
    answer = anybody.get(ITEMS.format("areas"), Accept=accepted)
    assert answer.headers["content-type"] == given


def placed(answer: Any) -> Any:
    (feature,) = answer.json()["features"]
    return shapely.from_geojson(msgspec.json.encode(feature["geometry"]))


@pytest.mark.parametrize("system", SYSTEMS, ids=[each.code for each in SYSTEMS])
def test_every_system_gives_the_same_ground(system: Any, anybody: Client) -> None:
    one = f"{ITEMS.format('areas')}?id=H2"
    degrees = placed(anybody.get(one))
    answer = anybody.get(f"{one}&crs={system.uri}")
    assert answer.headers["content-crs"] == f"<{system.uri}>"
    shape = placed(answer)
    expected = system.of_lonlat(np.array([degrees], dtype=object))[0]
    assert shape.equals_exact(expected, 2e-3 if not system.in_degrees else 2e-8)
    box = ",".join(map(str, shape.bounds))
    inside = f"{ITEMS.format('areas')}?bbox={box}&bbox-crs={system.uri}"
    assert ids(anybody.get(inside)) == ["H2"]
    text = f"S_WITHIN(geometry,BBOX({box}))"
    assert ids(anybody.get(f"{ITEMS.format('areas')}?filter={text}&filter-crs={system.uri}")) == [
        "H2"
    ]
    item = anybody.get(f"{ITEMS.format('areas')}/H2?crs={system.uri}")
    assert item.headers["content-crs"] == f"<{system.uri}>"
    assert shapely.from_geojson(msgspec.json.encode(item.json()["geometry"])) == shape


def test_latitude_stands_first_where_the_register_has_it_so(anybody: Client) -> None:
    x, y = placed(anybody.get(f"{ITEMS.format('areas')}?id=H2&crs={SYSTEMS[1].uri}")).bounds[:2]
    assert (round(x), round(y)) == (36, 39)


def test_a_box_across_the_date_line_and_one_with_heights(anybody: Client) -> None:
    at = ITEMS.format("areas")
    everything = ids(anybody.get(at))
    assert ids(anybody.get(f"{at}?bbox=170,-90,-170,90")) == []
    assert ids(anybody.get(f"{at}?bbox=30,-90,-170,90")) == everything
    assert ids(anybody.get(f"{at}?bbox=30,30,-100,40,40,100")) == everything
    assert ids(anybody.get(f"{at}?bbox=-180,-90,180,90")) == everything


def test_two_times(anybody: Client) -> None:
    at = ITEMS.format("areas")
    assert ids(anybody.get(f"{at}?valid_at=2026-01-02")) == []
    before = anybody.get(f"{at}?id=H1&valid_at=2026-01-20").json()["features"][0]
    now = anybody.get(f"{at}?id=H1").json()["features"][0]
    assert before["properties"]["area_m2"] == 10_000
    assert now["properties"]["area_m2"] == 5_000
    assert ids(anybody.get(f"{at}?known_at=2026-01-02")) == []
    assert ids(anybody.get(f"{ITEMS.format('parts')}?known_at=2026-01-20")) == ["T1"]


def test_a_time_asks_for_the_land_as_it_was_then(anybody: Client, staff: Client) -> None:
    """Hazard that was released since is there at the time it was hazard."""
    at = ITEMS.format("areas")
    then = anybody.get(f"{at}?datetime=2026-01-20&id=H1").json()["features"][0]
    assert then["properties"]["area_m2"] == 10_000
    assert ids(anybody.get(f"{at}?datetime=2026-01-02")) == []
    assert ids(anybody.get(f"{at}?datetime=../2026-01-02")) == []
    everything = ids(anybody.get(at))
    assert ids(anybody.get(f"{at}?datetime=2026-01-20/..")) == everything
    assert ids(anybody.get(f"{at}?datetime=2020-01-01T00:00:00Z/..")) == everything
    seen = f"{ITEMS.format('evidence')}?datetime="
    assert ids(staff.get(f"{seen}2026-01-08")) == ["E1", "E2", "E3"]
    assert ids(staff.get(f"{seen}2026-01-01/2026-01-31")) == ["E1", "E2", "E3"]
    assert ids(staff.get(f"{seen}2026-01-10/..")) == []


def test_a_property_may_be_asked_for_by_name(anybody: Client) -> None:
    at = ITEMS.format("areas")
    assert ids(anybody.get(f"{at}?class=cha")) == ["H1", "H3"]
    assert ids(anybody.get(f"{at}?class=cha&reopened=true")) == ["H3"]
    assert ids(anybody.get(f"{at}?class=cha&filter=area_m2>4000")) == ["H1"]
    assert ids(anybody.get(f"{at}?observed_on=2026-01-15")) == ["H1", "H2", "H3"]
    assert ids(anybody.get(f"{at}?area_m2=2500")) == ["H2"]
    assert ids(anybody.get(f"{at}?sortby=-class,-id")) == ["H2", "H3", "H1"]


def test_an_answer_that_is_known_goes_out_without_a_body(own_city: Office, own_app: Any) -> None:
    client, at = Client(own_app), f"{ITEMS.format('assets')}?limit=5"
    tag = client.get(at).headers["etag"]
    again = client.get(at, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{at}&offset=1").headers["etag"] != tag
    whole = client.get(ITEMS.format("assets"), **{"Accept-Encoding": "gzip"})
    assert whole.headers["content-encoding"] == "gzip"
    plain = client.get(ITEMS.format("assets"), **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert whole.json() == plain.json()
    areas = client.get(ITEMS.format("areas")).headers["etag"]
    client.sign_in("first")
    body = {"cause": "flood", "class": "cha", "note": "water"}
    assert client.post("/api/areas/H1/reopenings", body).status_code == 201
    stale = client.get(ITEMS.format("areas"), **{"If-None-Match": areas})
    assert stale.status_code == 200
    assert own_city.facts()


def test_the_description_names_what_the_asker_may_see(anybody: Client, staff: Client) -> None:
    for client, names in ((anybody, PUBLIC), (staff, tuple(COLLECTIONS))):
        answer = client.get("/ogc/api")
        assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
        told = answer.json()
        assert told["openapi"].startswith("3.0")
        shown = {path.split("/")[2] for path in told["paths"] if path.count("/") > 1}
        assert shown == set(names)
        for path in told["paths"]:
            if "{" not in path:
                assert client.get(f"/ogc{path}").status_code == 200
        references = re.findall(r'"#/components/parameters/([^"]+)"', answer.text)
        assert set(references) <= set(told["components"]["parameters"])
