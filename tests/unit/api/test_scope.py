"""Whose work is whose: strangers see nothing of it, and no role does more than the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api import ENDPOINTS, make_app
from rafiqa.api.maplayer import LAYERS
from rafiqa.land import ROLES, Actor, Role
from rafiqa.service import PERMITS, Office
from rafiqa.service.accounts import put_account
from rafiqa.service.permittable import APPROVING
from rafiqa.service.signinpolicy import put_approving
from tests.city import (
    EVIDENCE_SPOTS_M,
    EVIDENCE_TEXT,
    INSPECTION_TEXT,
    LOGINS,
    PASSWORD,
    REPORT_SPOT_M,
    REPORT_TEXT,
    Draws,
    small_city,
    spot,
)
from tests.unit.api.client import Client
from tests.unit.api.test_openapi import BODIES, NOWHERE
from tests.unit.api.test_table import ASKED
from tests.unit.api.test_whitelist import near, positions

STRANGERS = {
    "strange-operator": Actor("person-11", "others", "operator"),
    "strange-surveyor": Actor("person-12", "others", "surveyor"),
    "strange-engineer": Actor("person-13", "others", "engineer"),
    "strange-planner": Actor("person-14", "others", "planner"),
    "strange-information": Actor("person-15", "others", "information"),
}
OWN = {"own-operator": Actor("person-16", "deminers", "operator")}
ROLE_LOGINS = {f"role-{role}": Actor(f"person-{role}", f"{role}-house", role) for role in ROLES}
STAFF_PATHS = (
    "/api/tasks",
    "/api/tasks/T-1",
    "/api/releases/R1",
    "/api/releases/R2",
    "/api/areas/H1",
    "/api/areas/H2",
    "/api/areas/H1/documents",
    "/api/quality",
    "/api/waits",
    "/api/risk/rows",
    "/api/equity",
    "/api/reports",
    "/api/papers",
    "/api/papers/dossier?area=H1",
    "/api/papers/completion?area=H1",
    "/api/papers/handover?area=H1",
    "/api/papers/article7",
    "/api/papers/5w",
    "/api/papers/monthly",
    "/api/papers/donor",
    "/api/papers/people",
    "/api/search?q=T-1",
    "/api/search?q=E1",
    "/api/reviews",
    "/api/queue",
    "/api/news",
    "/api/duplicates",
    "/api/at?lon=39.0101&lat=35.9501",
    "/ogc/collections/tasks/items",
    "/ogc/collections/evidence/items",
    *(f"/api/map/{layer}" for layer in LAYERS),
)
# Works, permits and gates: all of the staff see those alike, with what stands against them.
OF_WORKS = re.compile(r"/api/(projects|assets|access|permits|notices|followup|map/projects)")
CLASS_1_AND_2 = (b'"T-1"', b'"E1"', b'"E2"', b'"E3"', b'"W1"', b'"W2"', b'"R2"', b'"P3"')


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = small_city(tmp_path_factory.mktemp("peopled"))
    draws = Draws()
    for login, actor in {**STRANGERS, **OWN, **ROLE_LOGINS}.items():
        put_account(office.store, login, PASSWORD, actor, actor.organisation_id, draws)
    limited = Actor("person-17", "office", "authority")
    put_account(office.store, "limited", PASSWORD, limited, "O", draws, area_ids=("H2",))
    yield office
    office.store.close()


@pytest.fixture(scope="module")
def peopled_app(peopled: Office) -> Starlette:
    return make_app(peopled, now_us=peopled.now_us, entropy=Draws())


def signed(app: Starlette, login: str) -> Client:
    client = Client(app, address=f"198.51.100.{sum(map(ord, login)) % 250}")
    answer = client.sign_in(login)
    assert answer.status_code == 200, answer.text
    return client


@pytest.mark.parametrize("login", STRANGERS)
def test_a_stranger_sees_nothing_of_others_tasks_and_items(
    peopled: Office, peopled_app: Starlette, login: str
) -> None:
    client = signed(peopled_app, login)
    canaries = [actor.person_id.encode() for actor in LOGINS.values()]
    canaries += [each.encode() for each in (EVIDENCE_TEXT, INSPECTION_TEXT, REPORT_TEXT)]
    hidden = [spot(peopled, *place) for place in (*EVIDENCE_SPOTS_M, REPORT_SPOT_M)]
    reviewer = STRANGERS[login].role == "information"
    found: list[tuple[str, object]] = []
    n_answers = 0
    for path in (*STAFF_PATHS, *(path for _, path in ASKED)):
        answer = client.get(path)
        assert answer.status_code < 500, path
        if (
            path.startswith(
                ("/static", "/api/catalogue", "/api/openapi", "/public", "/verify", "/")
            )
            and "json" not in answer.headers["content-type"]
        ):
            continue
        n_answers += 1
        searched = path.startswith("/api/search")
        told = [] if OF_WORKS.match(path) else canaries + list(() if searched else CLASS_1_AND_2)
        # Residents' reports are for who answers them; a caseload has no organisation.
        told = [each for each in told if not (reviewer and each == REPORT_TEXT.encode())]
        found += [(path, canary) for canary in told if canary in answer.content]
        places = positions(answer.json()) if not OF_WORKS.match(path) else []
        for lon_deg, lat_deg in places:
            found += [
                (path, each)
                for each in hidden
                if near(lon_deg, each.lon_deg) and near(lat_deg, each.lat_deg)
            ]
    assert n_answers > 40
    assert found == []


def test_who_works_there_sees_their_own_whole(peopled_app: Starlette) -> None:
    own = signed(peopled_app, "own-operator")
    assert [each["task_id"] for each in own.get("/api/tasks").json()["tasks"]] == ["T-1"]
    assert own.get("/api/tasks/T-1").status_code == 200
    assert own.get("/api/releases/R2").status_code == 200
    assert "E1" in own.get("/api/areas/H1").text
    assert own.get("/api/papers/dossier?area=H1").status_code == 200
    tasks = own.get("/api/map/tasks").json()["features"]
    assert [each["properties"]["task_id"] for each in tasks] == ["T-1"]
    evidence = own.get("/api/map/evidence").json()["features"]
    # The only ones at work in all three areas, ordered or not.
    assert {each["properties"]["evidence_id"] for each in evidence} == {"E1", "E2", "E3"}
    for path in (
        "/api/papers/article7",
        "/api/papers/monthly",
        "/api/papers/people",
        "/api/papers/dossier?area=T1",
    ):
        assert own.get(path).json()["code"] == "service.permit.organisation", path


def test_what_is_another_s_looks_like_what_is_not_there(peopled_app: Starlette) -> None:
    client = signed(peopled_app, "strange-operator")
    for there, nowhere in (
        ("/api/tasks/T-1", "/api/tasks/T-9"),
        ("/api/releases/R2", "/api/releases/R9"),
    ):
        one, other = client.get(there), client.get(nowhere)
        assert (one.status_code, one.json()["code"]) == (other.status_code, other.json()["code"])
        assert one.status_code == 404


def test_an_account_for_some_areas_sees_and_does_no_more(
    peopled: Office, peopled_app: Starlette
) -> None:
    client = signed(peopled_app, "limited")
    assert client.get("/api/tasks").json()["tasks"] == []
    head = peopled.store.head()
    refused = client.post("/api/releases/R2/acceptance", {})
    assert "service.permit.area" in [each["code"] for each in refused.json()["faults"]]
    assert peopled.store.head() == head


# Path → the acts of the table that it may carry out; nothing for what records no act.
ACTS_OF: dict[str, tuple[str, ...]] = {
    "/api/areas": ("declare_area",),
    "/api/people/{kind}": (
        *("record_accident", "record_session", "record_inquiry", "note_assistance"),
        *("record_survey", "withdraw_survey"),
    ),
    "/api/federation/bundles": ("take_bundle",),
    "/api/federation/peers": ("enrol_peer",),
    "/api/federation/peers/{peer_id}/revocation": ("revoke_peer",),
    "/api/federation/takeovers": ("take_over_release",),
    "/api/areas/{area_id}/boundary": ("correct_boundary",),
    "/api/areas/{area_id}/reopenings": ("reopen_land",),
    "/api/projects": ("register_project",),
    "/api/assets/{asset_id}/damage": ("assess_damage",),
    "/api/assets/{asset_id}/tag": ("tag_structure",),
    "/api/assets/{asset_id}/events": ("link_damage",),
    "/api/matches": ("match_layers",),
    "/api/matches/decisions": ("review_match",),
    "/api/structures": ("register_structure",),
    "/api/releases": ("propose_release",),
    "/api/releases/{release_id}/acceptance": ("accept_release",),
    "/api/releases/{release_id}/rejection": ("reject_release",),
    "/api/accreditations": ("grant_accreditation",),
    "/api/accreditations/{accreditation_id}/end": ("end_accreditation",),
    "/api/visits": ("record_qa_visit",),
    "/api/nonconformities": ("raise_nonconformity",),
    "/api/nonconformities/{nonconformity_id}/answer": ("answer_nonconformity",),
    "/api/nonconformities/{nonconformity_id}/closure": ("close_nonconformity",),
    "/api/papers/{kind}": ("note_utilities",),
    "/api/rubble-lots/{lot_id}/state": ("move_rubble_lot",),
    "/api/lots": ("inspect_lot",),
    "/api/lots/{lot_id}/review": ("review_lot",),
    "/api/permits": ("issue_permit",),
    "/api/permits/{permit_id}/end": ("end_permit",),
    "/api/notices/{notice_id}/acknowledgements": ("acknowledge_notice",),
    "/api/reports/{report_id}/answer": ("answer_report", "answer_request"),
    "/api/reports/{report_id}/told": ("tell_reporter",),
    "/api/area-notices": ("write_notice",),
    "/api/archive": ("write_archive",),
    "/api/public-items/{item_id}/decision": ("decide_public",),
    "/api/submissions/{submission_id}/review": ("review_submission",),
    "/api/imports": ("declare_area",),
    "/api/imports/{import_id}/undo": ("undo_import",),
    "/api/duplicates": ("decide_pair",),
    "/api/delegations": ("give_delegation",),
    "/api/delegations/{delegation_id}/end": ("end_delegation",),
    "/api/recoveries": ("recover_account",),
    "/api/recoveries/confirmation": ("recover_account",),
    "/api/plan": ("see_plan",),
    "/api/works": ("report_work",),
    "/api/claims/{claim_id}/review": ("review_claim",),
    "/api/documents": ("keep_document", "propose_claims"),
}
RECORDS_NOTHING = {
    "/api/session",
    "/api/session/key-question",
    "/api/session/ticket",
    "/api/measure",
    "/api/measure-parts",
    "/api/cut",
    "/api/report-codes",
    "/api/reports/{report_id}",
    "/api/reports/{report_id}/pictures/{digest}/{part}",
    "/api/uploads/{digest}/{part}",
    "/api/queue/aside",
    "/api/news/seen",
}
"""Or is for everybody, such as a resident's report; `test_report.py` looks at those."""
MORE_BODIES = {
    "/api/recoveries": {"login": "first"},
    "/api/recoveries/confirmation": {"login": "first", "first_half": "x"},
    "/api/reports/{report_id}/told": {"channel": "phone"},
}


def test_every_act_of_every_endpoint_is_in_the_table() -> None:
    acts = {row.open_path for row in ENDPOINTS if row.method != "GET"}
    own = {path for path in acts if path.startswith("/api/own-account")}
    assert acts == set(ACTS_OF) | RECORDS_NOTHING | own
    assert {act for named in ACTS_OF.values() for act in named} <= set(PERMITS)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_does_through_any_endpoint_what_the_table_does_not_list(
    peopled: Office, peopled_app: Starlette, role: Role
) -> None:
    """Every endpoint is reached as every role; under a policy that asks for a passkey."""
    client = signed(peopled_app, f"role-{role}")
    put_approving(peopled.store, "passkey")
    try:
        unlisted = list(_done_unlisted(peopled, client, role))
    finally:
        put_approving(peopled.store, "password")
    assert unlisted == []


def _done_unlisted(office: Office, client: Client, role: Role) -> Iterator[tuple[str, Any]]:
    for row in ENDPOINTS:
        named = ACTS_OF.get(row.open_path)
        if row.method != "POST" or named is None:
            continue
        path = row.open_path.replace("{release_id}", "R2").replace("{area_id}", "H1")
        path = path.replace("{kind}", "utility_status")
        for name in row.placeholders:
            path = path.replace(f"{{{name}}}", NOWHERE[name])
        head = office.store.head()
        body: Any = BODIES.get(row.open_path, b"{}")
        headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
        if row.open_path in MORE_BODIES:
            answer = client.post(path, MORE_BODIES[row.open_path])
        else:
            answer = client.send("POST", path, content=body, headers=headers)
        assert answer.status_code < 500, (path, answer.text)
        may = any(role in PERMITS[act] and act not in APPROVING for act in named)
        done = answer.status_code < 300
        if (done or office.store.head() != head) and not may:
            yield row.open_path, answer.text[:200]
