"""Outlines drawn at the desk: measured as registered, and put on record by who may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.geo import Leg, Walk, traversed
from rafiqa.land import AreaRecorded, EvidenceRecorded
from rafiqa.service import Office, attach, bring_parts, named_after, record_evidence
from tests.city import FIRST, PASSWORD, spot
from tests.city import box as city_box
from tests.unit.api.client import Client

WALK: dict[str, Any] = {
    "lon_deg": 39.02,
    "lat_deg": 35.96,
    "legs": [
        {"bearing_deg": bearing, "distance_m": distance}
        for bearing, distance in ((0, 50), (90, 40), (180, 50), (270, 40))
    ],
    "bearing_reference": "magnetic",
    "declination_deg": 5.5,
    "returns": True,
}


def box(office: Office, west_m: float, south_m: float, east_m: float, north_m: float) -> Any:
    land = city_box(west_m, south_m, east_m, north_m)
    told: Any = json.loads(shapely.to_geojson(office.frame.to_lonlat(land).geometry))
    return told


@pytest.fixture
def first(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def codes(answer: Any) -> list[str]:
    return [each["code"] for each in answer.json()["faults"]]


def test_an_outline_is_measured_and_named_by_what_it_lies_over(staff: Client, city: Office) -> None:
    """Half on cleared ground of the mill quarter, a strip on its hazard, the rest unknown."""
    asked = {"geometry": box(city, 40, -20, 60, 50)}
    answer = staff.post("/api/measure?lang=en", asked)
    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert told["area_m2"] == pytest.approx(20 * 70, abs=0.1)
    assert told["length_m"] == pytest.approx(180, abs=0.01)
    states = [(each["state"], each["area_ids"], round(each["area_m2"])) for each in told["under"]]
    assert ("cha", ["H1"], 500) in states
    assert ("cleared", ["H1"], 500) in states
    # The worst is told first, whatever is larger.
    assert states[0][0] == "cha"
    assert round(told["unrecorded_m2"]) == 400
    assert told["under"][0]["name"] == "Mill quarter"
    assert told["declare"]["allowed"] is True
    assert told["choices"]["kind"]["eo_seen"]
    here = staff.post("/api/measure", {"geometry": box(city, 10, 20, 30, 40)}).json()
    assert [each["evidence_id"] for each in here["evidence"]] == ["E1"]


def test_released_ground_in_doubt_is_not_told_as_if_its_release_stood(
    first: Client, own_city: Office
) -> None:
    asked = {"geometry": box(own_city, 10, 30, 40, 50)}
    (under,) = first.post("/api/measure?lang=en", asked).json()["under"]
    assert (under["state"], under["in_doubt"]) == ("cleared", False)
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(own_city, 20, 90))
    assert record_evidence(own_city, FIRST, seen).done
    (under,) = first.post("/api/measure?lang=en", asked).json()["under"]
    assert (under["state"], under["in_doubt"]) == ("cleared", True)
    assert "Release in doubt" in under["text"]


def test_a_walk_is_worked_out_here_and_what_it_misses_is_told(staff: Client, city: Office) -> None:
    told = staff.post("/api/measure", {"walk": WALK}).json()
    assert told["walked_m"] == 180
    assert told["misclosure_m"] < 0.01
    assert told["area_m2"] == pytest.approx(2_000, abs=0.5)
    legs = tuple(Leg(each["bearing_deg"], each["distance_m"]) for each in WALK["legs"])
    led = traversed(city.frame, Walk(39.02, 35.96, legs, 5.5, returns=True))
    drawn = shapely.Polygon(told["geometry"]["coordinates"][0])
    assert shapely.hausdorff_distance(drawn, shapely.Polygon(led.corners_lonlat)) < 2e-8
    slip = {**WALK, "legs": [*WALK["legs"][:3], {"bearing_deg": 90, "distance_m": 40}]}
    assert codes(staff.post("/api/measure", {"walk": slip})) == ["geo.walk.misclosure"]
    no_north = {**WALK, "declination_deg": None}
    assert codes(staff.post("/api/measure", {"walk": no_north})) == ["geo.walk.declination-missing"]


def test_what_is_no_outline_is_refused(staff: Client, anybody: Client) -> None:
    bow = [[39.01, 35.95], [39.02, 35.96], [39.02, 35.95], [39.01, 35.96], [39.01, 35.95]]
    crossed = {"geometry": {"type": "Polygon", "coordinates": [bow]}}
    assert "geo.shape.self-intersection" in codes(staff.post("/api/measure", crossed))
    for asked, code in (
        ({}, "service.drawing.one-way"),
        ({"geometry": {}, "walk": WALK}, "service.drawing.one-way"),
        ({"geometry": {"type": "Point", "coordinates": [39, 35]}}, "service.drawing.geometry"),
        ({"walk": {**WALK, "legs": WALK["legs"][:1], "returns": False}}, "geo.walk.corners"),
    ):
        assert codes(staff.post("/api/measure", asked)) == [code]
    assert anybody.post("/api/measure", {"walk": WALK}).status_code == 401


def test_an_area_goes_on_record_with_its_evidence_or_not_at_all(
    first: Client, own_city: Office
) -> None:
    asked = {
        "area_id": "A-new",
        "outline": {"walk": WALK},
        "class": "sha",
        "name": "Olive grove",
        "evidence": {"kind": "statement", "source_kind": "verbal", "text": "shells seen in spring"},
    }
    before = len(own_city.facts())
    high = first.post("/api/areas", {**asked, "class": "cha"})
    assert high.status_code == 422, high.json()
    assert "land.class.above-evidence" in codes(high)
    bare = first.post("/api/areas", {**asked, "evidence": None})
    assert "land.area.no-evidence" in codes(bare)
    assert len(own_city.facts()) == before
    done = first.post("/api/areas", asked)
    assert done.status_code == 201, done.json()
    item, area = (each.fact for each in own_city.facts()[-2:])
    assert isinstance(item, EvidenceRecorded)
    assert isinstance(area, AreaRecorded)
    assert area.evidence_ids == (item.evidence_id,)
    assert area.extra is not None
    assert "5.5" in area.extra
    sheet = first.get("/api/areas/A-new").json()
    assert sheet["figures"]["registered_m2"] == pytest.approx(2_000, abs=0.5)
    assert sheet["outline"]["type"] == "Polygon"
    again = first.post("/api/areas", asked)
    assert "land.area.id-twice" in codes(again)


def test_an_act_sent_twice_is_done_once(first: Client, own_city: Office) -> None:
    asked = {
        "area_id": "A-once",
        "outline": {"walk": WALK},
        "class": "indication",
        "evidence": {"kind": "statement", "source_kind": "verbal", "text": "told"},
    }
    key = {"Idempotency-Key": "own-key-12"}
    one = first.post("/api/areas", asked, **key)
    n = len(own_city.facts())
    two = first.post("/api/areas", asked, **key)
    assert (one.status_code, two.status_code) == (201, 200)
    assert len(own_city.facts()) == n


def test_who_may_not_is_told_why_and_nothing_is_recorded(
    own_app: Starlette, own_city: Office
) -> None:
    planner = Client(own_app)
    assert planner.sign_in("planner").status_code == 200
    told = planner.post("/api/measure", {"walk": WALK}).json()
    assert told["declare"]["allowed"] is False
    assert told["declare"]["why"]
    before = len(own_city.facts())
    asked = {"area_id": "A-no", "outline": {"walk": WALK}, "class": "indication"}
    assert planner.post("/api/areas", asked).status_code == 403
    assert len(own_city.facts()) == before


def test_leaving_ground_out_takes_a_second_person(first: Client, own_city: Office) -> None:
    path = "/api/areas/H2/boundary"
    larger = {"outline": {"geometry": box(own_city, 200, 0, 260, 50)}, "justification": "a ditch"}
    assert first.post(path, larger).status_code == 201
    smaller = {"outline": {"geometry": box(own_city, 200, 0, 240, 50)}, "justification": "a wall"}
    alone = first.post(path, smaller)
    assert "land.boundary.unconfirmed" in codes(alone)
    own = {**smaller, "second": {"login": "first", "password": PASSWORD}}
    assert "land.release.same-person" in codes(first.post(path, own))
    both = {**smaller, "second": {"login": "second", "password": PASSWORD}}
    assert first.post(path, both).status_code == 201
    assert first.get("/api/areas/H2").json()["figures"]["registered_m2"] is not None


def test_the_account_keeps_to_a_boundary(anybody: Client, city: Office) -> None:
    ring = box(city, -10, -10, 60, 110)["coordinates"][0][:-1]
    told = ";".join(f"{lon},{lat}" for lon, lat in ring)
    part = anybody.get(f"/api/account?boundary={told}").json()
    whole = anybody.get("/api/account").json()
    assert part["balance_error_m2"] == 0
    assert 0 < part["classes"]["cha"]["closing_m2"] < whole["classes"]["cha"]["closing_m2"]
    assert part["statement"]["boundary"] != whole["statement"]["boundary"]
    for wrong in ("1,2;3,4", "x", "39,35;39.1,35;39,35.1;39.1,35.1,7"):
        assert anybody.get(f"/api/account?boundary={wrong}").status_code == 400


def test_an_area_shows_what_was_attached_to_it_and_nothing_of_others(
    first: Client, own_app: Starlette, own_city: Office, tmp_path: Path
) -> None:
    told = tmp_path / "sketch.html"
    told.write_bytes(b"<script>1</script>")
    named = named_after(told, "E1", "text/html")
    assert attach(own_city, FIRST, named).done
    assert attach(own_city, FIRST, named_after(told, "E2", "text/html")).done
    bring_parts(own_city, told, named.sha256)
    listed = first.get("/api/areas/H1/documents").json()["documents"]
    assert [(each["record_id"], each["whole"]) for each in listed] == [("E1", True)]
    path = f"/api/areas/H1/documents/{named.sha256}"
    answer = first.get(path)
    assert answer.content == told.read_bytes()
    # Nothing but a picture is shown here: it may be a page with a script.
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert first.get(path.replace("H1", "H3")).status_code == 404
    # Another organisation's, and the operator reviews nothing.
    operator = Client(own_app)
    assert operator.sign_in("operator").status_code == 200
    assert operator.get("/api/areas/H1/documents").json()["documents"] == []
    assert operator.get(path).status_code == 404
    for asked in ("/api/areas/H1/documents", path):
        assert Client(own_app).get(asked).status_code == 401
