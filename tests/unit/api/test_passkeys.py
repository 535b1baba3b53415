"""Passkeys at the door: enrolled, used, and every way in which one is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.service import Office
from rafiqa.service.accounts import accounts
from rafiqa.service.signinpolicy import put_approving
from tests.city import Clock
from tests.unit.api.client import Client
from tests.unit.authenticator import PRESENT, SoftwareKey, text_of

MINUTES = 60 / 86_400


@pytest.fixture
def client(own_app: Starlette) -> Client:
    made = Client(own_app, scheme="https")
    assert made.sign_in("second").status_code == 200
    return made


def enrolled(client: Client, key: SoftwareKey) -> Any:
    asked = client.post("/api/own-account/passkeys/question", {}).json()
    body = {"handle": asked["handle"], "credential": key.made(asked["options"]), "label": " a  b "}
    return client.post("/api/own-account/passkeys", body)


def signed_in(client: Client, key: SoftwareKey, **changed: Any) -> Any:
    asked = client.post("/api/session/key-question", {}).json()
    passkey = {"handle": asked["handle"], "credential": key.signed(asked["options"]), **changed}
    return client.post("/api/session", {"passkey": passkey})


def test_a_key_signs_in_and_approves(own_app: Starlette, own_city: Office, client: Client) -> None:
    key = SoftwareKey()
    made = enrolled(client, key)
    assert made.status_code == 200, made.text
    assert made.json()["label"] == "a b"
    put_approving(own_city.store, "passkey")
    assert client.post("/api/releases/R2/acceptance", {}).status_code == 403
    other = Client(own_app, scheme="https", address="192.0.2.8")
    key.count = 2
    answer = signed_in(other, key)
    assert answer.status_code == 200, answer.text
    assert answer.json()["strong"] is True
    assert answer.json()["actor"]["login"] == "second"
    assert answer.headers["set-cookie"].startswith("__Host-rafiqa_session=")
    accepted = other.post("/api/releases/R2/acceptance", {})
    assert accepted.status_code == 201, accepted.text
    assert accounts(own_city.store)["second"].passkeys[0].sign_count == 2


WRONG: dict[str, Callable[[SoftwareKey], SoftwareKey]] = {
    "another site's page": lambda key: replace(key, origin="https://desk.test.evil.example"),
    "another site's key": lambda key: replace(key, rp_id="evil.example"),
    "without its holder": lambda key: replace(key, flags=PRESENT),
    "a page without TLS": lambda key: replace(key, origin="http://desk.test"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_no_key_is_not_enrolled(client: Client, own_city: Office, how: str) -> None:
    refused = enrolled(client, WRONG[how](SoftwareKey()))
    assert refused.json()["code"] == "service.passkey.not-made"
    assert accounts(own_city.store)["second"].passkeys == ()


@pytest.mark.parametrize("how", [*WRONG, "a copy", "another's signature", "no handle"])
def test_what_is_no_signature_lets_nobody_in(own_app: Starlette, client: Client, how: str) -> None:
    key = SoftwareKey(count=5)
    assert enrolled(client, key).status_code == 200
    other = Client(own_app, scheme="https", address="192.0.2.8")
    tried = WRONG[how](replace(key, count=6)) if how in WRONG else replace(key, count=6)
    changed: dict[str, Any] = {}
    if how == "a copy":
        tried.count = 5
    elif how == "another's signature":
        tried = SoftwareKey(count=6)
    elif how == "no handle":
        changed = {"handle": "0" * 32}
    refused = signed_in(other, tried, **changed)
    assert (refused.status_code, refused.json()["code"]) == (401, "api.session.passkey")
    assert other.get("/api/own-account").status_code == 401
    assert signed_in(other, replace(key, count=7)).status_code == 200, "the key itself still does"


def test_an_answer_counts_once_and_for_five_minutes(
    own_app: Starlette, client: Client, clock: Clock
) -> None:
    key = SoftwareKey(count=0)  # a key without a counter, as most passkeys of today
    assert enrolled(client, key).status_code == 200
    other = Client(own_app, scheme="https", address="192.0.2.8")
    asked = other.post("/api/session/key-question", {}).json()
    passkey = {"handle": asked["handle"], "credential": key.signed(asked["options"])}
    assert other.post("/api/session", {"passkey": passkey}).status_code == 200
    again = Client(own_app, scheme="https", address="192.0.2.9")
    assert again.post("/api/session", {"passkey": passkey}).status_code == 401
    asked = again.post("/api/session/key-question", {}).json()
    clock.sleep_days(6 * MINUTES)
    late = {"handle": asked["handle"], "credential": key.signed(asked["options"])}
    assert again.post("/api/session", {"passkey": late}).status_code == 401


def test_a_question_of_one_kind_is_no_answer_to_another(own_app: Starlette, client: Client) -> None:
    """A sign-in's challenge enrols nothing, and another person's enrolment neither."""
    key = SoftwareKey()
    asked = client.post("/api/session/key-question", {}).json()
    body = {"handle": asked["handle"], "credential": key.made(asked["options"])}
    assert client.post("/api/own-account/passkeys", body).status_code == 400
    first = Client(own_app, scheme="https", address="192.0.2.8")
    first.sign_in("first")
    asked = first.post("/api/own-account/passkeys/question", {}).json()
    body = {"handle": asked["handle"], "credential": key.made(asked["options"])}
    assert client.post("/api/own-account/passkeys", body).status_code == 400


def test_a_key_is_one_account_s_and_taking_it_out_ends_its_sessions(
    own_app: Starlette, client: Client
) -> None:
    key = SoftwareKey(count=0)
    assert enrolled(client, key).status_code == 200
    first = Client(own_app, scheme="https", address="192.0.2.8")
    first.sign_in("first")
    assert enrolled(first, key).json()["code"] == "service.passkey.known"
    other = Client(own_app, scheme="https", address="192.0.2.9")
    assert signed_in(other, key).status_code == 200
    gone = {"key_id": text_of(key.key_id)}
    assert first.post("/api/own-account/passkeys/removal", gone).status_code == 404
    assert client.post("/api/own-account/passkeys/removal", gone).status_code == 200
    assert other.get("/api/own-account").status_code == 401
    assert signed_in(other, key).status_code == 401


@pytest.mark.parametrize(
    "rubbish",
    [{}, {"id": 7}, {"id": "x", "response": []}, {"id": "x", "a": "b" * 20_000}, {"id": None}],
)
def test_rubbish_is_refused_and_breaks_nothing(client: Client, rubbish: dict[str, Any]) -> None:
    asked = client.post("/api/own-account/passkeys/question", {}).json()
    body = {"handle": asked["handle"], "credential": rubbish}
    assert client.post("/api/own-account/passkeys", body).status_code == 400
    asked = client.post("/api/session/key-question", {}).json()
    passkey = {"handle": asked["handle"], "credential": rubbish}
    assert client.post("/api/session", {"passkey": passkey}).status_code == 401


def test_a_second_person_may_confirm_by_a_key(
    own_app: Starlette, own_city: Office, client: Client
) -> None:
    key = SoftwareKey(count=0)
    assert enrolled(client, key).status_code == 200
    put_approving(own_city.store, "passkey")
    first = Client(own_app, scheme="https", address="192.0.2.8")
    first.sign_in("first")
    body = {"dry_run": False, "note": "wrong district"}
    by_password = {"login": "second", "password": "long enough"}
    refused = first.post("/api/imports/none/undo", {**body, "second": by_password})
    assert refused.status_code in {401, 403}
    asked = first.post("/api/session/key-question", {}).json()
    second = {"passkey": {"handle": asked["handle"], "credential": key.signed(asked["options"])}}
    told = first.post("/api/imports/none/undo", {**body, "second": second}).json()
    codes = [each["code"] for each in told["faults"]]
    assert "service.permit.factor.passkey" in codes, "who orders it signs by enough too"
    assert "land.withdrawal.unconfirmed" not in codes
