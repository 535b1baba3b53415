"""Papers of works over HTTP: who may put them there, who sees what of them, and until when."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.recovery import PictureKept, RightsChecked, RightsClaimed
from rafiqa.service import Office, put_on_record
from rafiqa.wire.instant import iso
from tests.city import DAY_US, FIRST, Clock
from tests.unit.api.client import Client

NO = dict.fromkeys(
    (
        *("item_seen", "entry_hole", "devices_laid", "accident_here"),
        *("bombed", "fought_over", "unsearched_rubble", "unused_since"),
    ),
    "no",
)


@pytest.fixture
def first(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def put(client: Client, kind: str, **fields: Any) -> Any:
    return client.post(f"/api/papers/{kind}", {"fields": {"works_id": "J-open", **fields}})


def gates(client: Client, works_id: str = "J-open", query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/api/projects/{works_id}{query}").json()["gate"]
    return told


def codes(told: dict[str, Any], gate: str) -> list[str]:
    return [each["code"] for each in told["gates"] if each["gate"] == gate]


def test_a_paper_is_put_on_record_and_told_with_its_gate(first: Client, own_city: Office) -> None:
    done = put(first, "utility_note", power="live", gas="cut", water="cut", voids="no")
    assert done.status_code == 201
    entry = own_city.store.find(done.json()["entry_id"])
    assert entry is not None
    assert (entry.kind, entry.subject) == ("utilities.noted", "J-open")
    (live,) = [each for each in gates(first)["gates"] if each["code"] == "gate.utilities.live"]
    assert live["fact_ids"] == [done.json()["entry_id"]]
    story = first.get("/api/projects/J-open").json()["history"]
    assert story[-1]["text"].startswith("Electricity: Live; Gas: Cut off")


def test_what_is_refused_says_why(first: Client, own_app: Starlette) -> None:
    assert put(Client(own_app), "method_statement", statement="x").status_code == 401
    planner = Client(own_app)
    assert planner.sign_in("planner").status_code == 200
    assert put(planner, "method_statement", statement="x").status_code == 403
    unknown = put(first, "method_statement", works_id="J9", statement="x")
    assert unknown.status_code == 422
    assert unknown.json()["faults"][0]["code"] == "service.site.works-unknown"
    assert put(first, "method_statement", colour="x").status_code == 400
    assert put(first, "hlp_claim").status_code == 400


def test_who_holds_which_rights_is_for_staff_alone(
    first: Client, own_app: Starlette, own_city: Office
) -> None:
    put_on_record(own_city, FIRST, RightsChecked("J-open", "clear", consents=("secret-paper",)))
    put_on_record(own_city, FIRST, RightsClaimed("J-open", "secret-claim", "title", "disputed"))
    anybody = Client(own_app)
    assert codes(gates(first), "G1") == ["gate.rights.disputed"]
    told = gates(anybody)
    assert (told["outcome"], codes(told, "G1")) == ("closed", ["gate.rights.restricted"])
    shown = anybody.get("/api/map/projects").text + anybody.get("/api/projects/J-open").text
    assert "secret" not in shown
    assert "gate.rights.disputed" not in shown


def test_pictures_are_for_everybody_only_with_consent(
    first: Client, own_app: Starlette, own_city: Office
) -> None:
    for name, consent in (("aa", "yes"), ("bb", "no"), ("cc", "unknown")):
        fact = PictureKept("J-open", "before", name * 32, "2026-01-02", "field", consent)
        assert put_on_record(own_city, FIRST, fact).done

    def seen(client: Client) -> list[str]:
        return [
            each["sha256"][:2] for each in client.get("/api/projects/J-open").json()["pictures"]
        ]

    assert seen(first) == ["aa", "bb", "cc"]
    assert seen(Client(own_app)) == ["aa"]


def test_a_rating_that_runs_out_is_not_told_from_what_was_kept(first: Client, clock: Clock) -> None:
    """Nothing is recorded when it runs out: the kept answer must not outlive it."""
    assert put(first, "site_rating", trained=True, **NO).status_code == 201
    rated_us = clock.at_us
    before, after = (f"?valid_at={iso(rated_us + days * DAY_US)}" for days in (364, 366))
    assert codes(gates(first, query=before), "G2") == ["gate.rating.low"]
    assert gates(first, query=before)["outcome"] == "conditions"
    assert "gate.rating.expired" in codes(gates(first, query=after), "G2")
    listed = first.get(f"/api/projects{after}").json()["projects"]
    assert {each["project_id"]: each["outcome"] for each in listed}["J-open"] == "closed"


def test_a_rubble_lot_is_asked_like_a_project_and_is_none(first: Client) -> None:
    lot = first.get("/api/projects/L1").json()
    assert (lot["kind"], lot["gate"]["outcome"]) == ("rubble_removal", "closed")
    assert codes(lot["gate"], "G0") == ["gate.registration.shape-missing"]
    listed = first.get("/api/projects").json()["projects"]
    assert "L1" not in {each["project_id"] for each in listed}


def test_a_find_is_taken_over_http_whatever_its_form_and_listed_for_staff(
    first: Client, own_app: Starlette
) -> None:
    done = put(
        first, "chance_find", find_id="F7", lay_in="rubble", category="stone", colour="green"
    )
    assert done.status_code == 201
    codes_told = [each["code"] for each in done.json()["warnings"]]
    assert codes_told[:2] == ["service.site.field-unknown", "dictionary.code.unknown"]
    assert all(each["next"] for each in done.json()["warnings"])
    (found,) = [each for each in first.get("/api/finds").json()["finds"] if each["open"]]
    assert (found["find_id"], found["works_known"]) == ("F7", True)
    assert "[category=stone]" in found["note"]
    anybody = Client(own_app)
    assert anybody.get("/api/finds").status_code == 401
    assert "F7" not in anybody.get("/api/projects/J-open").text


def test_a_picture_is_hidden_again_when_consent_is_taken_back(
    own_app: Starlette, own_city: Office
) -> None:
    for consent in ("yes", "no"):
        fact = PictureKept("J-open", "before", "aa" * 32, "2026-01-02", "field", consent)
        assert put_on_record(own_city, FIRST, fact).done
    assert Client(own_app).get("/api/projects/J-open").json()["pictures"] == []
