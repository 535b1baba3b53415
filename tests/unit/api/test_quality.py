"""Acts of quality through the door, and what "passed" proves beside parts and releases."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.service import Office
from rafiqa.service.accounts import put_account
from tests.city import INSPECTOR, PASSWORD, Draws
from tests.unit.api.client import Client

LOT = {
    "lot_id": "L9",
    "passed": False,
    "from": "2026-01-01",
    "until": "2026-02-01",
    "part_ids": ["P3"],
    "inspected_id": "deminers",
    "items_found": 1,
    "inspected_share": 0.1,
    "detection": 0.9,
    "findings": [{"severity": "critical", "note": "item in the lane"}],
}
SECOND = {"login": "second", "password": PASSWORD}


@pytest.fixture
def people(own_app: Starlette, own_city: Office) -> dict[str, Client]:
    put_account(own_city.store, "inspector", PASSWORD, INSPECTOR, "Quality", Draws())
    clients: dict[str, Client] = {}
    for login in ("first", "operator", "inspector"):
        clients[login] = Client(own_app, address=f"192.0.2.{len(clients) + 1}")
        assert clients[login].sign_in(login).status_code == 200
    return clients


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def done(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["entry_id"])


def test_accreditations(people: dict[str, Client], own_city: Office) -> None:
    grant = {"accreditation_id": "C9", "organisation_id": "diggers", "methods": ["manual"]}
    assert people["operator"].post("/api/accreditations", grant).status_code == 403
    entry = own_city.store.find(done(people["first"].post("/api/accreditations", grant)))
    assert entry is not None
    assert entry.kind == "accreditation.granted"
    end = {"organisation_id": "diggers", "reason": "papers forged"}
    done(people["first"].post("/api/accreditations/C9/end", end))
    again = people["first"].post("/api/accreditations", {**grant, "methods": ["dowsing"]})
    assert codes(again) == ["service.code.unknown", "land.accreditation.id-twice"]


def test_a_nonconformity_from_raising_to_closing(people: dict[str, Client]) -> None:
    raised = {
        "nonconformity_id": "N9",
        "organisation_id": "deminers",
        "severity": "critical",
        "kind": "depth",
        "note": "10 cm short",
        "work_id": "W1",
    }
    done(people["inspector"].post("/api/nonconformities", raised))
    accept = people["first"].post("/api/releases", {"work_id": "W1", "part_ids": ["P3"]})
    assert "land.release.nonconformity-open" in codes(accept)
    answer = {"root_cause": "worn blade", "corrective_action": "blade changed"}
    done(people["operator"].post("/api/nonconformities/N9/answer", answer))
    own = people["operator"].post("/api/nonconformities/N9/closure", {"note": "fine"})
    assert codes(own) == ["service.permit.denied", "land.nonconformity.own-organisation"]
    done(people["inspector"].post("/api/nonconformities/N9/closure", {"note": "measured"}))
    again = people["first"].post("/api/releases", {"work_id": "W1", "part_ids": ["P3"]})
    done(again)
    history = people["first"].get("/api/areas/H1").json()["history"]
    kinds = [item["kind"] for item in history]
    assert [kind for kind in kinds if kind.startswith("nonconformity")] == [
        "nonconformity.raised",
        "nonconformity.answered",
        "nonconformity.closed",
    ]


def test_a_visit_is_told_in_the_story_of_its_area(people: dict[str, Client]) -> None:
    visit = {
        "visit_id": "V9",
        "organisation_id": "deminers",
        "activity": "lanes",
        "work_id": "W1",
        "findings": [{"severity": "minor", "note": "tape missing"}],
    }
    done(people["inspector"].post("/api/visits", visit))
    history = people["first"].get("/api/areas/H1").json()["history"]
    (told,) = [item for item in history if item["kind"] == "qa.visited"]
    assert "tape missing" in told["text"]


def test_a_failed_lot_stops_what_was_released_until_two_persons_reviewed_it(
    people: dict[str, Client],
) -> None:
    first = people["first"]
    assert first.get("/api/projects/J-open").json()["gate"]["outcome"] == "open"
    done(people["inspector"].post("/api/lots", LOT))
    gate = first.get("/api/projects/J-open").json()["gate"]
    assert gate["outcome"] == "closed"
    assert "gate.area.quarantined" in [each["code"] for each in gate["gates"]]
    reasons = first.get("/api/areas/H1").json()["reasons"]
    assert "land.point.quarantined" in [each["code"] for each in reasons]
    buildings = first.get("/api/at?lon=39.0101&lat=35.9501").json()
    assert buildings["state"] == "cleared"
    for second, status in (
        ({**SECOND, "password": "wrong"}, 401),
        ({"login": "first", "password": PASSWORD}, 422),
        ({"login": "operator", "password": PASSWORD}, 422),
    ):
        body = {"note": "logs checked", "second": second}
        assert first.post("/api/lots/L9/review", body).status_code == status
    done(first.post("/api/lots/L9/review", {"note": "logs checked", "second": SECOND}))
    gates = first.get("/api/projects/J-open").json()["gate"]["gates"]
    assert "gate.area.quarantined" not in [each["code"] for each in gates]


def test_a_tile_of_buildings_closes_with_the_stop(people: dict[str, Client]) -> None:
    """Its faces are the same as before: what is kept of them must not hide the stop."""
    tile = "/tiles/buildings/14/9967/6436.mvt"
    before = people["first"].get(tile).content
    other = {**LOT, "part_ids": ["P2"]}
    done(people["inspector"].post("/api/lots", other))
    assert people["first"].get(tile).content != before


def test_beside_passed_stands_what_it_proves(staff: Client, anybody: Client) -> None:
    for client in (staff, anybody):
        area = client.get("/api/areas/H1").json()
        (release,) = [each for each in area["releases"] if each["release_id"] == "R1"]
        assert [each["code"] for each in release["proves"]] == ["land.point.passed-unstated"]
        (part,) = [each for each in area["parts"] if each["part_id"] == "P1"]
        assert "land.point.passed-unstated" in [each["code"] for each in part["reasons"]]
    history = staff.get("/api/areas/H1").json()["history"]
    passed = [item["text"] for item in history if item["kind"] == "work.inspected"]
    assert "proves nothing" in passed[0]
