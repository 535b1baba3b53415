"""The own account: code maker, password, sessions, tickets, a second factor for who approves."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.land import Actor
from rafiqa.service import Office
from rafiqa.service.accounts import put_account
from rafiqa.service.codemaker import STEP_S, code_at
from rafiqa.service.recovering import give_ticket
from rafiqa.service.signinpolicy import put_approving
from tests.city import FIRST, PASSWORD, Clock, Draws
from tests.unit.api.client import Client

MINUTES = 60 / 86_400


def step(clock: Clock) -> int:
    return clock.now_us() // 1_000_000 // STEP_S


def secret_of(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def with_code_maker(client: Client, clock: Clock) -> tuple[bytes, list[str]]:
    made = client.post("/api/own-account/code-maker", {"password": PASSWORD}).json()
    secret = secret_of(made["secret"])
    assert made["picture"].startswith("data:image/png;base64,")
    assert made["secret"] in made["uri"]
    body = {"handle": made["handle"], "password": PASSWORD, "code": code_at(secret, step(clock))}
    answer = client.post("/api/own-account/code-maker/confirmation", body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return secret, answer.json()["codes"]


def own(client: Client) -> Any:
    answer = client.get("/api/own-account")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_is_not_signed_in_has_no_account(own_app: Starlette) -> None:
    assert Client(own_app).get("/api/own-account").status_code == 401


def test_a_code_maker_is_asked_for_from_then_on(own_app: Starlette, clock: Clock) -> None:
    client = Client(own_app)
    client.sign_in("first")
    secret, codes = with_code_maker(client, clock)
    assert own(client)["recovery_left"] == len(codes) == 10
    other = Client(own_app, address="192.0.2.8")
    given = {"login": "first", "password": PASSWORD}
    assert other.post("/api/session", given).json()["code"] == "api.session.code-needed"
    wrong = other.post("/api/session", {**given, "code": "000000"})
    assert wrong.json()["code"] == "api.session.wrong"
    used = other.post("/api/session", {**given, "code": code_at(secret, step(clock))})
    assert used.status_code == 401, "the code that enrolled it is spent"
    clock.sleep_days(MINUTES)
    right = other.post("/api/session", {**given, "code": code_at(secret, step(clock))})
    assert right.status_code == 200
    assert own(other)["factors"] == ["password", "totp"]
    clock.sleep_days(MINUTES)
    by_recovery = other.post("/api/session", {**given, "code": codes[0]})
    assert by_recovery.status_code == 200
    assert own(other)["factors"] == ["password", "recovery"]
    assert own(other)["recovery_left"] == 9


def test_a_wrong_code_or_an_old_secret_enrols_nothing(own_app: Starlette, clock: Clock) -> None:
    client = Client(own_app)
    client.sign_in("first")
    made = client.post("/api/own-account/code-maker", {"password": PASSWORD}).json()
    secret = secret_of(made["secret"])
    body = {"handle": made["handle"], "password": PASSWORD, "code": "000000"}
    path = "/api/own-account/code-maker/confirmation"
    assert client.post(path, body).json()["code"] == "api.account.code"
    clock.sleep_days(6 * MINUTES)
    late = {**body, "code": code_at(secret, step(clock))}
    assert client.post(path, late).json()["code"] == "api.account.code"
    refused = client.post("/api/own-account/code-maker", {"password": "a wrong one"})
    assert refused.status_code == 403
    assert own(client)["has_code_maker"] is False


def test_taking_the_code_maker_out_ends_the_other_sessions(
    own_app: Starlette, clock: Clock
) -> None:
    client, other = Client(own_app), Client(own_app, address="192.0.2.8")
    client.sign_in("first")
    other.sign_in("first")
    _, codes = with_code_maker(client, clock)
    path = "/api/own-account/code-maker/removal"
    wrong = client.post(path, {"password": PASSWORD, "code": "000000"})
    assert wrong.status_code == 403
    assert own(other)["has_code_maker"] is True
    assert client.post(path, {"password": PASSWORD, "code": codes[3]}).status_code == 200
    assert own(client)["has_code_maker"] is False
    assert other.get("/api/own-account").status_code == 401


def test_a_new_password_keeps_the_code_maker_and_ends_other_sessions(
    own_app: Starlette, clock: Clock
) -> None:
    client, other = Client(own_app), Client(own_app, address="192.0.2.8")
    client.sign_in("first")
    secret, _ = with_code_maker(client, clock)
    clock.sleep_days(MINUTES)
    given = {"login": "first", "password": PASSWORD, "code": code_at(secret, step(clock))}
    assert other.post("/api/session", given).status_code == 200
    path = "/api/own-account/password"
    body = {"password": PASSWORD, "new_password": "another long one"}
    assert client.post(path, {**body, "password": "a wrong one"}).status_code == 403
    assert client.post(path, {**body, "new_password": "short"}).status_code == 400
    assert client.post(path, body).status_code == 200
    assert own(client)["login"] == "first"
    assert other.get("/api/own-account").status_code == 401
    clock.sleep_days(MINUTES)
    again = {"login": "first", "password": "another long one"}
    coded = {**again, "code": code_at(secret, step(clock))}
    assert other.post("/api/session", coded).status_code == 200


def test_own_sessions_are_listed_and_the_others_signed_out(own_app: Starlette) -> None:
    client, other = Client(own_app), Client(own_app, address="192.0.2.8")
    third, stranger = Client(own_app, address="192.0.2.9"), Client(own_app, address="192.0.2.10")
    for each in (client, other, third):
        each.sign_in("first")
    stranger.sign_in("second")
    told = own(client)["sessions"]
    assert len(told) == 3
    assert [each["own"] for each in told].count(True) == 1
    assert not any("192.0.2" in str(each) for each in told), "no address is kept"
    one = next(each["session_id"] for each in own(other)["sessions"] if each["own"])
    path = "/api/own-account/session-ends"
    assert stranger.post(path, {"session_id": one}).json() == {"n": 0}, "another person's"
    assert client.post(path, {"session_id": one}).json() == {"n": 1}
    assert other.get("/api/own-account").status_code == 401
    assert client.post(path, {}).json() == {"n": 1}
    assert third.get("/api/own-account").status_code == 401
    assert stranger.get("/api/own-account").status_code == 200
    assert own(client)["login"] == "first"


def test_a_session_changes_its_token_at_a_step_up(own_app: Starlette) -> None:
    client = Client(own_app)
    client.sign_in("first")
    before = dict(client.cookies)
    client.sign_in("first")
    assert dict(client.cookies) != before
    stale = Client(own_app)
    stale.cookies.update(before)
    assert stale.get("/api/own-account").status_code == 401


def test_with_a_stolen_password_nobody_makes_a_key(own_app: Starlette, own_city: Office) -> None:
    put_approving(own_city.store, "passkey")
    thief = Client(own_app)
    thief.sign_in("first")
    assert own(thief)["may_enrol"] is False
    for path, body in (
        ("/api/own-account/code-maker", {"password": PASSWORD}),
        ("/api/own-account/passkeys/question", {}),
        ("/api/own-account/passkeys", {"handle": "x", "credential": {}}),
    ):
        refused = thief.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "api.account.enrol"), path


def test_a_ticket_lets_in_once_and_may_enrol(own_app: Starlette, own_city: Office) -> None:
    put_approving(own_city.store, "passkey")
    ticket = give_ticket(own_city.store, "first", Draws(), own_city.now_us())
    client = Client(own_app)
    body = {"login": "first", "ticket": ticket, "password": "another long one"}
    assert client.post("/api/session/ticket", {**body, "ticket": "x"}).status_code == 401
    assert client.post("/api/session/ticket", body).status_code == 200
    told = own(client)
    assert (told["may_enrol"], told["strong"]) == (True, False)
    assert client.post("/api/own-account/passkeys/question", {}).status_code == 200
    other = Client(own_app, address="192.0.2.8")
    assert other.post("/api/session/ticket", body).json()["code"] == "api.session.ticket"


def test_an_account_ends_and_its_sessions_with_it(
    own_app: Starlette, own_city: Office, clock: Clock
) -> None:
    until_us = own_city.now_us() + 10 * 60 * 1_000_000
    acting = Actor(FIRST.person_id, "office", "authority")
    put_account(own_city.store, "acting", PASSWORD, acting, "Office", Draws(), until_us=until_us)
    client = Client(own_app)
    assert client.sign_in("acting").status_code == 200
    clock.sleep_days(11 * MINUTES)
    assert client.get("/api/own-account").status_code == 401
    assert client.sign_in("acting").json()["code"] == "api.session.wrong"


ACCEPT = "/api/releases/R2/acceptance"


@pytest.mark.parametrize(
    ("asks", "code_too", "allowed"),
    [
        ("passkey", False, False),
        ("passkey", True, False),
        ("totp", False, False),
        ("totp", True, True),
        ("password", False, True),
    ],
)
def test_who_approves_signs_in_by_what_the_store_asks(
    own_app: Starlette, own_city: Office, clock: Clock, asks: str, code_too: bool, allowed: bool
) -> None:
    client = Client(own_app)
    client.sign_in("second")
    if code_too:
        secret, _ = with_code_maker(client, clock)
        clock.sleep_days(MINUTES)
        code = code_at(secret, step(clock))
        body = {"login": "second", "password": PASSWORD, "code": code}
        assert client.post("/api/session", body).status_code == 200
    put_approving(own_city.store, asks)
    head = own_city.store.head()
    assert own(client)["strong"] is allowed
    answer = client.post(ACCEPT, {})
    if allowed:
        assert answer.status_code == 201, answer.text
    else:
        assert answer.status_code == 403
        assert answer.json()["code"] == f"service.permit.factor.{asks}"
        assert own_city.store.head() == head
    # To put land back to hazard nobody waits for a factor.
    body = {"cause": "accident", "class": "cha", "note": "seen"}
    assert client.post("/api/areas/H1/reopenings", body).status_code == 201


def test_an_import_of_released_land_takes_a_second_person(
    own_app: Starlette, own_city: Office
) -> None:
    client = Client(own_app)
    client.sign_in("first")
    rows = b"id,outcome\nx,cleared\n"
    digest = sha256(rows).hexdigest()
    sent = client.send(
        "PUT",
        f"/api/uploads/{digest}/0?of={len(rows)}",
        content=rows,
        headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
    )
    assert sent.status_code == 200, sent.text
    body: dict[str, Any] = {"sha256": digest, "file_name": "parts.csv", "kind": "land-parts"}
    body |= {"dry_run": False}
    head = own_city.store.head()
    for login in (None, "first", "operator"):
        second = login and {"login": login, "password": PASSWORD}
        answer = client.post("/api/imports", {**body, "second": second})
        assert answer.json()["code"] == "service.import.unconfirmed", answer.text
    assert own_city.store.head() == head
    second = {"login": "second", "password": PASSWORD}
    assert client.post("/api/imports", {**body, "second": second}).status_code == 200
    assert client.post("/api/imports", {**body, "dry_run": True}).status_code == 200
