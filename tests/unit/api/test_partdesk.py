"""Parts drawn at completion: they add up to the ground, and are reported, never released."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.land import Actor, EvidenceRecorded, WorkReported
from rafiqa.recovery import ChanceFound
from rafiqa.service import Office, put_on_record, record_evidence
from rafiqa.service.act import Stamp
from tests.city import FIRST, Clock, spot
from tests.city import box as city_box
from tests.unit.api.client import Client

ENGINEER = Actor("eng-1", "municipality", "engineer")
DAY = {"began": "2026-03-01", "ended": "2026-03-02"}


@pytest.fixture
def operator(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("operator").status_code == 200
    return client


def outline(office: Office, *edges_m: float) -> Any:
    lonlat = office.frame.to_lonlat(city_box(*edges_m)).geometry
    return json.loads(shapely.to_geojson(lonlat))


def part(office: Office, part_id: str, edges_m: tuple[float, ...], **said: Any) -> dict[str, Any]:
    told = {"outcome": "cleared", "depth_cm": 30} | said
    return {
        "part_id": part_id,
        "geometry": outline(office, *edges_m),
        "method": "manual",
        **told,
    }


def work(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"work_id": "W9", "area_id": "H1", "task_id": "T-1", "parts": list(parts), **DAY} | more


def codes(faults: Any) -> list[str]:
    return [each["code"] for each in faults]


def test_parts_add_up_to_the_ground_and_what_lies_wrongly_is_told_at_each(
    operator: Client, own_city: Office
) -> None:
    """The west half was released before; the parts share ten metres, one reaches outside."""
    left = part(own_city, "A", (40, 0, 70, 100))
    right = part(own_city, "B", (60, 0, 90, 110), outcome="not_cleared", depth_cm=None)
    answer = operator.post("/api/measure-parts?lang=en", work(left, right))
    assert answer.status_code == 200, answer.json()
    told = answer.json()
    sizes = {name: round(told[name], 3) for name in told if name.endswith("_m2")}
    assert sizes == {
        "ground_m2": 10_000,
        "released_m2": 5_000,
        "twice_m2": 1_000,
        "outside_m2": 300,
        "over_released_m2": 1_000,
        "left_m2": 1_000,
    }
    one, two = told["parts"]
    whole = told["released_m2"] + one["area_m2"] + two["area_m2"] + told["left_m2"]
    wrong = told["twice_m2"] + told["outside_m2"] + told["over_released_m2"]
    assert whole - wrong == pytest.approx(told["ground_m2"], abs=1e-6)
    assert [(each["part_id"], round(each["area_m2"])) for each in one["overlaps"]] == [("B", 1_000)]
    assert codes(one["faults"]) == ["land.part.overlap"]
    assert set(codes(two["faults"])) == {
        "land.part.overlap",
        "land.part.outside-area",
        "land.part.reason-missing",
    }
    assert told["faults"] == []
    assert told["report"]["allowed"] is True
    assert shapely.area(shapely.from_geojson(json.dumps(told["left"]))) > 0
    assert [each["evidence_id"] for each in told["evidence"]] == ["E1"]


def test_a_line_cuts_what_is_left_into_pieces_that_leave_nothing_between(
    operator: Client, own_city: Office
) -> None:
    told = operator.post("/api/measure-parts", work()).json()
    assert "land.work.no-parts" in codes(told["faults"])
    frame = own_city.frame
    ends = [frame.mm_spot(x_mm, y_mm) for x_mm, y_mm in ((40_000, 33_333), (110_000, 71_117))]
    line = [[each.lon_deg, each.lat_deg] for each in ends]
    cut = operator.post("/api/cut", {"geometry": told["left"], "line": line})
    assert cut.status_code == 200, cut.json()
    pieces = cut.json()["pieces"]
    assert len(pieces) == 2
    parts = [
        part(own_city, f"C{at}", (0, 0, 1, 1)) | {"geometry": piece["geometry"]}
        for at, piece in enumerate(pieces)
    ]
    told = operator.post("/api/measure-parts", work(*parts)).json()
    assert [each["faults"] for each in told["parts"]] == [[], []]
    # Edges that noding moved by less than a millimetre: of 5,000 m² under a hundredth of one.
    assert told["left"] is None
    assert max(told["left_m2"], told["twice_m2"], told["outside_m2"]) < 0.1
    aside = operator.post("/api/cut", {"geometry": pieces[0]["geometry"], "line": line})
    assert codes(aside.json()["faults"]) == ["service.parts.cuts-nothing"]
    short = operator.post("/api/cut", {"geometry": pieces[0]["geometry"], "line": line[:1]})
    assert codes(short.json()["faults"]) == ["service.parts.no-line"]


def test_what_is_reported_is_work_and_releases_nothing(operator: Client, own_city: Office) -> None:
    before = operator.get("/api/areas/H1").json()["figures"]
    left = part(own_city, "A", (50, 0, 80, 100))
    answer = operator.post("/api/works", work(left, finds_complete=True, note="rain"))
    assert answer.status_code == 201, answer.json()
    fact = own_city.facts()[-1].fact
    assert isinstance(fact, WorkReported)
    assert (fact.organisation_id, fact.task_id, fact.finds_complete) == ("deminers", "T-1", True)
    assert (fact.parts[0].depth_cm, fact.parts[0].shape.area_m2) == (30, 3_000)
    assert own_city.facts()[-1].valid_at_us == fact.begun_us
    area = operator.get("/api/areas/H1").json()
    assert area["figures"] == before
    (told,) = [each for each in area["parts"] if each["part_id"] == "A"]
    assert told["outcome"] == "reported"


def test_a_refusal_names_the_part_that_each_fault_is_of(operator: Client, own_city: Office) -> None:
    head = own_city.store.head()
    ring = [[39.01, 35.95], [39.011, 35.951], [39.011, 35.95], [39.01, 35.951], [39.01, 35.95]]
    bow = {"type": "Polygon", "coordinates": [ring]}
    crossed = part(own_city, "A", (50, 0, 60, 60)) | {"geometry": bow}
    misdrawn = operator.post("/api/works", work(crossed))
    assert misdrawn.status_code == 400
    assert {each["place"] for each in misdrawn.json()["faults"]} == {"A"}
    deep = part(own_city, "A", (50, 0, 80, 100), depth_cm=None)
    over = part(own_city, "B", (70, 0, 90, 100), outcome="cancelled", depth_cm=None)
    refused = operator.post("/api/works?lang=en", work(deep, over))
    assert refused.status_code == 422
    faults = [(each["place"], each["code"]) for each in refused.json()["faults"]]
    assert ("A", "land.part.depth-missing") in faults
    assert ("B", "land.part.cancelled-needs-survey") in faults
    assert own_city.store.head() == head
    measured = operator.post("/api/measure-parts?lang=en", work(crossed)).json()
    assert "geo.shape.self-intersection" in codes(measured["parts"][0]["faults"])
    assert measured["parts"][0]["area_m2"] == 0


def test_who_does_no_such_work_may_look_and_not_report(
    own_app: Starlette, own_city: Office
) -> None:
    left = part(own_city, "A", (50, 0, 80, 100))
    stranger, first = Client(own_app), Client(own_app)
    assert first.sign_in("first").status_code == 200
    assert stranger.post("/api/measure-parts", work(left)).status_code == 401
    told = first.post("/api/measure-parts?lang=en", work(left)).json()
    assert told["report"]["allowed"] is False
    assert first.post("/api/works", work(left)).status_code == 403
    acts = [each["act"] for each in first.get("/api/areas/H1").json()["acts"]]
    assert "report_work" not in acts
    unknown = first.post("/api/measure-parts", work(left, task_id="T-9"))
    assert codes(unknown.json()["faults"]) == ["land.task.unknown"]


def test_what_came_on_record_after_the_work_is_not_taken_as_known_to_its_team(
    operator: Client, own_city: Office, clock: Clock
) -> None:
    """Told after the team had left, of a time before it came."""
    left = part(own_city, "A", (50, 0, 80, 100))
    long_ago = clock.at_us - 60 * 86_400_000_000
    seen = EvidenceRecorded("E9", "eo_seen", "visual", spot(own_city, 60, 50))
    assert record_evidence(own_city, FIRST, seen, Stamp(long_ago)).done
    early = {"began": "2026-02-01", "ended": "2026-02-02"}
    refused = operator.post("/api/works", work(left) | early)
    assert [(each["place"], each["code"]) for each in refused.json()["faults"]] == [
        ("A", "service.parts.told-since")
    ]
    clock.sleep_days(10)
    assert operator.sign_in("operator").status_code == 200
    # A team that came after it was told knew of it, and may report what it did.
    late = {"began": "2026-03-09", "ended": "2026-03-10"}
    assert operator.post("/api/works", work(left) | late).status_code == 201


def test_what_was_found_on_the_ground_is_told_with_the_part_that_it_lay_in(
    operator: Client, own_city: Office
) -> None:
    """A find by chance in the east half stays in sight beside the parts, and says in which."""
    place = spot(own_city, 65, 50)
    beside = spot(own_city, 200, 200)
    for find_id, at in (("F-1", place), ("F-2", beside)):
        found = ChanceFound("J-open", find_id, "rubble", at)
        assert put_on_record(own_city, ENGINEER, found).done
    left = part(own_city, "A", (50, 0, 60, 100))
    right = part(own_city, "B", (60, 0, 100, 100))
    told = operator.post("/api/measure-parts?lang=en", work(left, right)).json()
    finds = [(each["subject"], each["part_ids"], each["open"]) for each in told["finds"]]
    assert finds == [("F-1", ["B"], True)]
    assert operator.post("/api/measure-parts", work(left)).json()["finds"][0]["part_ids"] == []
