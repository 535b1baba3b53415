"""Permits and stop-work notices through the door: for staff, done once, and as known then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.service import Office, paper_of
from rafiqa.wire.permitpdf import permit_sheet
from tests.unit.api.client import Client

TOLD = [
    {"role": "crew_lead", "organisation": "Builders"},
    {"role": "owner", "organisation": "School board"},
]
PERMIT = {"permit_id": "M-1", "project_id": "J-open", "told": TOLD}
OVERRIDE = {"override": "the cellar holds the town's pumps", "authority": "Governor"}


@pytest.fixture
def first(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def test_nobody_from_outside_sees_permits(anybody: Client) -> None:
    for path in ("/api/permits", "/api/permits/M-1", "/api/permits/M-1/paper", "/api/notices"):
        assert anybody.get(path).status_code == 401, path
    sheet = anybody.get("/api/projects/J-open").json()
    assert [sheet[name] for name in ("permits", "notices", "may", "party_roles")] == [[]] * 4


def words_on(client: Client, office: Office, permit_id: str, lang: str = "en") -> str:
    """All that stands on a permit's paper in a language, once the door has given it out.

    A reader program gives lines of two directions in an order of its own: hence from the sheet.
    """
    answer = client.get(f"/api/permits/{permit_id}/paper")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    return "\n".join(said(permit_sheet(paper_of(office, permit_id)), lang))


def said(sheet: object, lang: str) -> Iterator[str]:
    if isinstance(sheet, dict) and set(sheet) == {"en", "ar"}:
        yield sheet[lang]
    elif isinstance(sheet, dict | list):
        for each in sheet.values() if isinstance(sheet, dict) else sheet:
            yield from said(each, lang)


def test_from_permit_to_acknowledgement(first: Client, own_city: Office) -> None:
    key = {"Idempotency-Key": "a" * 32}
    issued = first.post("/api/permits", PERMIT, **key)
    assert issued.status_code == 201, issued.text
    assert first.post("/api/permits", PERMIT, **key).status_code == 200
    assert codes(first.post("/api/permits", PERMIT)) == ["gate.permit.id-twice"]
    permit = first.get("/api/permits/M-1").json()
    assert (permit["state"], permit["override"], permit["stopped_by"]) == ("in_force", None, [])
    before = own_city.facts()[-1].recorded_at_us
    paper = words_on(first, own_city, "M-1")
    assert "Works may go on only where they are drawn here" in paper
    assert "It holds only while the ledger says so" in paper
    assert "Builders (Crew lead)" in paper
    assert "Not asked: the project has no sheet." in paper
    assert "No work may be done" not in paper

    reopening = {"cause": "missed_item", "class": "cha", "note": "a shell"}
    assert first.post("/api/areas/H1/reopenings", reopening).status_code == 201
    assert first.get("/api/permits/M-1").json()["state"] == "stopped"
    paper = words_on(first, own_city, "M-1")
    assert "Permit out of force" in paper
    assert "No work may be done under this paper." in paper
    assert "What stops these works" in paper
    assert "Works may go on only" not in paper
    assert "لا يجوز أي عمل بموجب هذه الورقة" in words_on(first, own_city, "M-1", "ar")
    (notice,) = first.get("/api/notices?state=unacknowledged").json()["notices"]
    assert notice["permit_id"] == "M-1"
    assert [party["role"] for party in notice["waiting"]] == ["crew_lead", "owner"]
    assert all(gate["next"] for gate in notice["stopped_by"])
    sheet = first.get("/api/projects/J-open?lang=ar").json()
    assert sheet["notices"][0]["notice_id"] == notice["notice_id"]
    assert sheet["permits"][0]["state_text"] == "موقوف"
    assert sheet["may"] == ["issue_permit", "end_permit", "acknowledge_notice"]
    assert "crew_lead" in sheet["party_roles"]

    path = f"/api/notices/{notice['notice_id']}/acknowledgements"
    for role in ("crew_lead", "owner"):
        assert first.post(path, {"role": role}).status_code == 201
    assert codes(first.post(path, {"role": "owner"})) == ["gate.notice.acknowledged"]
    assert first.get("/api/notices?state=unacknowledged").json()["notices"] == []
    (kept,) = first.get("/api/notices?project=J-open").json()["notices"]
    assert [each["role"] for each in kept["acknowledged"]] == ["crew_lead", "owner"]
    assert before < own_city.facts()[-1].recorded_at_us

    assert first.post("/api/permits/M-1/end", {"reason": "given back"}).status_code == 201
    assert first.get("/api/permits?project=J-open").json()["permits"][0]["state"] == "ended"
    assert first.get("/api/permits/M-9").status_code == 404
    assert first.get("/api/permits/M-9/paper").status_code == 404
    assert first.get("/api/notices?state=lost").status_code == 400


def test_an_override_through_the_door_is_printed(
    first: Client, own_app: Starlette, own_city: Office
) -> None:
    second = Client(own_app)
    assert second.sign_in("second").status_code == 200
    deep = PERMIT | {"permit_id": "M-2", "project_id": "J-deep"}
    refused = first.post("/api/permits", deep)
    assert refused.status_code == 422
    closed = [code for code in codes(refused) if not code.startswith("gate.permit.")]
    assert "gate.depth.insufficient" in closed
    unread = deep | OVERRIDE | {"covers": closed}
    assert "gate.permit.override-unseen" in codes(second.post("/api/permits", unread))
    seen = second.get("/api/projects/J-deep").json()["gate"]["seen"]
    asked = unread | {"seen": seen}
    # Who registered the works is not the one who overrides what speaks against them.
    assert codes(first.post("/api/permits", asked)) == ["gate.permit.override-own"]
    assert second.post("/api/permits", asked).status_code == 201
    permit = first.get("/api/permits/M-2").json()
    assert permit["authority"] == "Governor"
    assert set(closed) <= {gate["code"] for gate in permit["printed"]}
    paper = words_on(first, own_city, "M-2")
    assert "OVERRIDE by Governor" in paper
    assert "Reason given: the cellar holds the town's pumps" in paper
    assert paper.count("G9 Depth · Closed:") == 2  # as overridden, and as it stands now
