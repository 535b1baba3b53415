"""Acts through the door: four eyes, permits, and every reason of a refusal."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from starlette.applications import Starlette

from rafiqa.service import Office
from tests.city import box
from tests.unit.api.client import Client

ACCEPT = "/api/releases/R2/acceptance"


@pytest.fixture
def people(own_app: Starlette) -> dict[str, Client]:
    clients = {}
    for login in ("first", "second", "operator", "planner"):
        clients[login] = Client(own_app)
        assert clients[login].sign_in(login).status_code == 200
    return clients


def offers(client: Client, area_id: str) -> dict[str, Any]:
    acts = client.get(f"/api/areas/{area_id}").json()["acts"]
    return {act["act"]: act for act in acts}


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def test_whoever_proposed_cannot_accept(people: dict[str, Client], own_city: Office) -> None:
    head = own_city.store.head()
    offer = offers(people["first"], "H1")["accept_release"]
    assert offer["allowed"] is False
    assert offer["why"]
    answer = people["first"].post(ACCEPT, {})
    assert answer.status_code == 422
    assert codes(answer) == ["land.release.same-person"]
    assert answer.json()["faults"][0]["detail"] == offer["why"][0]
    assert own_city.store.head() == head


def test_a_second_person_accepts(people: dict[str, Client], own_city: Office) -> None:
    assert offers(people["second"], "H1")["accept_release"]["allowed"] is True
    answer = people["second"].post(ACCEPT, {"note": "seen"})
    assert answer.status_code == 201
    entry = own_city.store.find(answer.json()["entry_id"])
    assert entry is not None
    assert entry.kind == "release.accepted"
    assert entry.actor == "canary-person-second"
    area = people["second"].get("/api/areas/H1").json()
    assert area["figures"]["cleared_m2"] == 9_000
    assert codes(people["second"].post(ACCEPT, {})) == ["land.release.decided"]


@pytest.mark.parametrize("login", ["operator", "planner"])
def test_others_may_not_release_and_hear_every_reason(
    login: str, people: dict[str, Client]
) -> None:
    answer = people[login].post(ACCEPT, {})
    assert answer.status_code == 403
    assert "service.permit.denied" in codes(answer)
    assert "land.release.not-authority" in codes(answer)
    if login == "operator":
        assert "land.release.own-organisation" in codes(answer)
    # Whose work it may be reports it: that releases nothing.
    allowed = [name for name, act in offers(people[login], "H1").items() if act["allowed"]]
    assert allowed == (["report_work"] if login == "operator" else [])


def test_nobody_signed_in_may_do_nothing(own_app: Starlette, own_city: Office) -> None:
    head = own_city.store.head()
    stranger = Client(own_app)
    for path, body in (
        (ACCEPT, {}),
        ("/api/releases/R2/rejection", {"note": "no"}),
        ("/api/releases", {"work_id": "W1", "part_ids": ["P3"]}),
        ("/api/areas/H1/reopenings", {"cause": "flood"}),
    ):
        assert stranger.post(path, body).status_code == 401
    assert own_city.store.head() == head


def test_a_failed_inspection_forbids_the_proposal(people: dict[str, Client]) -> None:
    offer = offers(people["first"], "H2")["propose_release"]
    assert (offer["subject"], offer["part_ids"], offer["allowed"]) == ("W2", ["P5"], False)
    answer = people["first"].post("/api/releases", {"work_id": "W2", "part_ids": ["P5"]})
    assert answer.status_code == 422
    assert {"land.release.inspection-failed", "land.release.critical-open"} <= set(codes(answer))


def test_a_turned_down_release_can_be_proposed_again(people: dict[str, Client]) -> None:
    assert "propose_release" not in offers(people["second"], "H1")
    blank = people["second"].post("/api/releases/R2/rejection", {"note": "  "})
    assert codes(blank) == ["land.release.note-missing"]
    answer = people["second"].post("/api/releases/R2/rejection", {"note": "lane 3 is missing"})
    assert answer.status_code == 201
    offer = offers(people["second"], "H1")["propose_release"]
    assert (offer["allowed"], offer["part_ids"]) == (True, ["P3"])
    again = people["second"].post("/api/releases", {"work_id": "W1", "part_ids": ["P3"]})
    assert again.status_code == 201
    releases = people["first"].get("/api/areas/H1").json()["releases"]
    fresh = next(each for each in releases if each["state"] == "proposed")
    done = people["first"].post(f"/api/releases/{fresh['release_id']}/acceptance", {})
    assert done.status_code == 201


def test_reopening_closes_the_gates_at_once(people: dict[str, Client]) -> None:
    client = people["first"]
    offer = offers(client, "H1")["reopen"]
    assert "missed_item" in offer["causes"]
    gate = client.get("/api/projects/J-open").json()["gate"]["outcome"]
    body = {"cause": "missed_item", "note": "a shell by the well", "class": "cha"}
    assert client.post("/api/areas/H1/reopenings", body).status_code == 201
    after = client.get("/api/projects/J-open").json()["gate"]
    assert (gate, after["outcome"]) == ("open", "closed")
    assert "gate.reopening.reopened" in [each["code"] for each in after["gates"]]
    area = client.get("/api/areas/H1").json()
    assert area["figures"]["cleared_m2"] == 0
    assert area["stage"] == "reopened"


def test_ground_taken_over_can_be_reopened_too(people: dict[str, Client]) -> None:
    answer = people["first"].post("/api/areas/T1/reopenings", {"cause": "accident"})
    assert answer.status_code == 201
    assert people["first"].get("/api/areas/T1").json()["class"] == "cha"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/areas/H9/reopenings", {"cause": "flood"}, 404, "land.area.unknown"),
        ("/api/areas/H1/reopenings", {"cause": "boredom"}, 422, "service.code.unknown"),
        ("/api/areas/H1/reopenings", {"cause": "flood", "class": "cleared"}, 400, "api.body.shape"),
        ("/api/areas/H1/reopenings", {}, 400, "api.body.shape"),
        ("/api/releases", {"work_id": "W9", "part_ids": []}, 422, "land.work.unknown"),
        ("/api/releases/R9/acceptance", {}, 422, "land.release.unknown"),
        ("/api/releases/R1/acceptance", {}, 422, "land.release.decided"),
    ],
)
def test_an_act_that_cannot_be_is_refused(
    path: str, body: Any, status: int, code: str, people: dict[str, Client], own_city: Office
) -> None:
    head = own_city.store.head()
    answer = people["first"].post(path, body)
    assert answer.status_code == status
    assert code in codes(answer)
    assert own_city.store.head() == head


def test_a_foreign_page_cannot_act_with_our_cookie(people: dict[str, Client]) -> None:
    forged = people["second"].post(ACCEPT, {}, Origin="http://evil.test")
    assert forged.status_code == 403
    own = people["second"].post(ACCEPT, {}, Origin="http://desk.test")
    assert own.status_code == 201


def test_a_structure_is_registered_and_its_ground_waits_for_it(
    people: dict[str, Client], own_city: Office
) -> None:
    outline = own_city.frame.to_lonlat(box(10, 10, 20, 20)).geometry
    ring = [list(place) for place in shapely.get_coordinates(outline).tolist()]
    body = {
        "structure_id": "B1",
        "kind": "building",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "units": [{"unit_id": "B1.0", "kind": "storey", "level": 0, "floor_area_m2": 80.5}],
        "area_id": "H1",
    }
    assert people["planner"].post("/api/structures", body).status_code == 403
    refused = people["operator"].post("/api/structures", {**body, "units": []})
    assert codes(refused) == ["land.structure.no-units"]
    assert people["operator"].post("/api/structures", body).status_code == 201
    place = own_city.frame.mm_spot(15_000, 15_000)
    at = people["first"].get(f"/api/at?lon={place.lon_deg}&lat={place.lat_deg}").json()
    told = [reason["code"] for reason in at["reasons"]]
    assert (at["state"], told.count("land.point.unit-open")) == ("cha", 2)
    floor = people["first"].get("/api/account").json()["floor"]
    assert floor["states"]["hazard"] == {"floor_m2": 80.5, "units": 1, "unmeasured": 0}
    kinds = [item["kind"] for item in people["first"].get("/api/areas/H1").json()["history"]]
    assert kinds[-1] == "structure.registered"
