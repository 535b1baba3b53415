"""Attempts to get a false release through each door and each role; docs/explanation tells of them.

Each is made on one city, in which R2 waits for its acceptance: afterwards no square metre of hazard
is missing, and R2 waits still.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.land import ROLES, Actor, BoundaryCorrected, ReleaseAccepted, Role
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import (
    Office,
    Stamp,
    accept_release,
    correct_boundary,
    enrol_device,
    new_token,
    token_sha256,
)
from rafiqa.service.accounts import put_account
from rafiqa.service.codemaker import enrol
from rafiqa.service.release import acceptance_ruling_for
from rafiqa.service.signinpolicy import put_approving
from tests.city import FIRST, PASSWORD, SECOND, Draws, box, small_city
from tests.unit.api.client import Client

ACCEPT = "/api/releases/R2/acceptance"
PEOPLE = {
    # The same person under another login: a role that somebody holds for a time.
    "first-again": Actor(FIRST.person_id, "office", "authority"),
    # An authority's own people who did the work, or work for who did.
    "worker-authority": Actor("person-21", "deminers", "authority"),
    "stranger-authority": Actor("person-22", "other-office", "authority"),
    "information": Actor("person-23", "office", "information"),
    "with-a-code": Actor("person-24", "office", "authority"),
    **{f"role-{role}": Actor(f"person-{role}", f"{role}-house", role) for role in ROLES},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = small_city(tmp_path_factory.mktemp("attempts"))
    draws = Draws()
    for login, actor in PEOPLE.items():
        put_account(made.store, login, PASSWORD, actor, actor.organisation_id, draws)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def app(office: Office) -> Starlette:
    return make_app(office, now_us=office.now_us, entropy=Draws())


@pytest.fixture(autouse=True)
def nothing_is_released(office: Office) -> Iterator[None]:
    """After each attempt the land is as before it."""
    before = hazard_mm2(office)
    yield
    assert hazard_mm2(office) == before
    assert office.register().releases["R2"].state == "proposed"


def hazard_mm2(office: Office) -> int:
    book = office.book()
    return sum(
        face.shape.area2_mm2 for face, state in book.states(office.now_us()) if state.is_hazard
    )


def signed(app: Starlette, login: str) -> Client:
    client = Client(app, address=f"203.0.113.{sum(map(ord, login)) % 250}")
    assert client.sign_in(login).status_code == 200
    return client


def codes(answer: Any) -> list[str]:
    assert answer.status_code >= 400, answer.text
    return [each["code"] for each in answer.json()["faults"]]


def test_whoever_proposed_accepts_alone(app: Starlette) -> None:
    assert "land.release.same-person" in codes(signed(app, "first").post(ACCEPT, {}))


def test_one_person_under_two_logins_accepts(app: Starlette) -> None:
    assert "land.release.same-person" in codes(signed(app, "first-again").post(ACCEPT, {}))


def test_an_authority_of_the_organisation_that_did_the_work_accepts(app: Starlette) -> None:
    told = codes(signed(app, "worker-authority").post(ACCEPT, {}))
    assert "land.release.own-organisation" in told


@pytest.mark.parametrize("role", [role for role in ROLES if role != "authority"])
def test_every_other_role_proposes_and_accepts(app: Starlette, role: Role) -> None:
    client = signed(app, f"role-{role}")
    assert codes(client.post(ACCEPT, {}))[0] == "service.permit.denied"
    asked = {"work_id": "W1", "part_ids": ["P3"]}
    assert codes(client.post("/api/releases", asked))[0] == "service.permit.denied"


def test_a_stolen_password_accepts(app: Starlette, office: Office) -> None:
    put_approving(office.store, "passkey")
    try:
        thief = signed(app, "second")
        assert codes(thief.post(ACCEPT, {})) == ["service.permit.factor.passkey"]
        refused = thief.post("/api/own-account/passkeys/question", {})
        assert codes(refused) == ["api.account.enrol"], "nor does it make itself a key"
        again = {"login": "second", "password": PASSWORD, "code": "123456"}
        assert thief.post("/api/session", again).status_code == 200
        assert codes(thief.post(ACCEPT, {})) == ["service.permit.factor.passkey"]
    finally:
        put_approving(office.store, "password")


def test_one_colleague_makes_themselves_another_s_ticket(app: Starlette) -> None:
    first = signed(app, "first")
    half = first.post("/api/recoveries", {"login": "second"}).json()["half"]
    body = {"login": "second", "first_half": half}
    assert codes(first.post("/api/recoveries/confirmation", body)) == [
        "service.recovery.same-person"
    ]
    again = signed(app, "first-again")
    assert codes(again.post("/api/recoveries/confirmation", body)) == [
        "service.recovery.same-person"
    ]
    ticket = {"login": "second", "ticket": half, "password": "words of a thief"}
    assert codes(first.post("/api/session/ticket", ticket)) == ["api.session.ticket"]


def test_a_page_of_another_site_sends_the_acceptance(app: Starlette) -> None:
    client = signed(app, "second")
    without = client.send("POST", ACCEPT, json={})
    assert codes(without) == ["api.request.header-missing"]
    foreign = client.post(ACCEPT, {}, Origin="https://evil.example")
    assert codes(foreign) == ["api.request.origin"]
    as_form = client.send(
        "POST",
        ACCEPT,
        content=b"{}",
        headers={"X-Rafiqa": "desk", "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert as_form.status_code == 415
    assert client.get(ACCEPT).status_code >= 400, "nothing is done by looking"


def test_an_acceptance_of_what_was_not_shown(app: Starlette) -> None:
    assert codes(signed(app, "second").post(ACCEPT, {"seen": "0" * 64})) == ["api.release.changed"]


def test_an_acceptance_dated_before_its_proposal(office: Office) -> None:
    proposal = office.register().releases["R2"].proposal
    stamp = Stamp(valid_at_us=proposal.valid_at_us - 1_000_000)
    acted = accept_release(office, SECOND, ReleaseAccepted("R2"), stamp)
    assert "land.release.before-proposal" in [each.code for each in acted.reasons]


@pytest.mark.parametrize("login", ["first", "information"])
def test_one_person_imports_released_land(app: Starlette, login: str) -> None:
    client = signed(app, login)
    rows = b'{"type":"FeatureCollection","features":[]}'
    digest = sha256(rows).hexdigest()
    client.send(
        "PUT",
        f"/api/uploads/{digest}/0?of={len(rows)}",
        content=rows,
        headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
    )
    body = {"sha256": digest, "file_name": "parts.geojson", "kind": "land-parts", "dry_run": False}
    for second in (None, {"login": login, "password": PASSWORD}):
        answer = client.post("/api/imports", {**body, "second": second})
        assert codes(answer) == ["service.import.unconfirmed"]


def test_one_person_takes_a_hazard_s_import_back(app: Starlette) -> None:
    client = signed(app, "first")
    alone = client.post("/api/imports/none/undo", {"dry_run": False, "note": "wrong"})
    assert "land.withdrawal.unconfirmed" in codes(alone)
    twice = {"login": "first-again", "password": PASSWORD}
    body = {"dry_run": False, "note": "wrong", "second": twice}
    told = codes(client.post("/api/imports/none/undo", body))
    assert "land.withdrawal.same-person" in told


def test_one_person_draws_a_hazard_smaller(office: Office) -> None:
    smaller = BoundaryCorrected("H1", box(0, 0, 10, 10), "it was drawn too wide")
    acted = correct_boundary(office, FIRST, smaller)
    assert not acted.done
    again = BoundaryCorrected("H1", box(0, 0, 10, 10), "too wide", PEOPLE["first-again"])
    assert not correct_boundary(office, FIRST, again).done


def test_a_phone_s_key_accepts(app: Starlette, office: Office) -> None:
    """Also one that was enrolled for somebody of the authority: phones send, and do no more."""
    token = new_token(Draws())
    fact = DeviceEnrolled("phone-9", token_sha256(token), SECOND.person_id, "office", "authority")
    assert enrol_device(office, FIRST, fact).done
    client = Client(app)
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"rafiqa_session={token}"}):
        answer = client.post(ACCEPT, {}, **headers)
        assert codes(answer) == ["api.session.needed"]
    assert client.get(f"/openrosa/key/{token}/releases/R2/acceptance").status_code >= 400


def test_a_session_of_central_s_door_goes_round_the_code(app: Starlette, office: Office) -> None:
    enrol(office.store, "with-a-code", PASSWORD, b"x" * 20, 0, Draws(), office.now_us())
    body = {"email": "with-a-code", "password": PASSWORD}
    answer = Client(app).send("POST", "/v1/sessions", json=body)
    assert answer.status_code in {401, 404}
    assert "token" not in answer.text


def test_a_resident_says_that_nothing_lies_there(app: Starlette) -> None:
    """A report can only raise: there is no answer in it that lowers anything."""
    client = Client(app)
    headers = {"X-Rafiqa": "report", "Content-Type": "application/json"}
    body = b'{"form":"nothing-here","cleared":true,"status":"released"}'
    path = f"/api/reports/{'0' * 8}-0000-4000-8000-{'0' * 12}"
    client.send("PUT", path, content=body, headers=headers)


def test_an_act_sent_again_with_other_words(app: Starlette) -> None:
    """Under the key of an act that was done comes an acceptance: it is kept apart, not done."""
    client = signed(app, "first")
    key = {"Idempotency-Key": "one-key-for-two-acts"}
    body = {"cause": "flood", "class": "cha", "note": "water"}
    client.post("/api/areas/H2/reopenings", body, **key)
    told = client.post(ACCEPT, {}, **key)
    assert told.status_code >= 400


def test_the_rules_are_asked_again_whatever_was_shown(office: Office) -> None:
    """Four eyes stand in the land's own rules, whichever door an act comes through."""
    for actor, code in (
        (FIRST, "land.release.same-person"),
        (PEOPLE["first-again"], "land.release.same-person"),
        (PEOPLE["worker-authority"], "land.release.own-organisation"),
        (PEOPLE["information"], "land.release.not-authority"),
    ):
        ruling = acceptance_ruling_for(office, actor, "R2")
        assert code in [each.code for each in ruling.reasons]
