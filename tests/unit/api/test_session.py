"""Signing in and out, and what ends a session."""

from __future__ import annotations

import os

import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.api.session import ADDRESS_ATTEMPTS_A_MINUTE, ATTEMPTS_A_MINUTE
from rafiqa.errors import InvalidInput
from rafiqa.land import Actor
from rafiqa.service import Office
from rafiqa.service.accounts import accounts, put_account, remove_account, signed_in
from tests.city import FIRST, PASSWORD, Clock, Draws
from tests.unit.api.client import Client

MINUTES = 60 / 86_400


def who(client: Client) -> str | None:
    actor = client.get("/api/session").json()["actor"]
    return actor["login"] if actor else None


def test_signing_in_tells_who_acts(own_app: Starlette) -> None:
    client = Client(own_app)
    assert who(client) is None
    answer = client.sign_in("first")
    assert answer.status_code == 200
    assert answer.json()["actor"] == {
        "login": "first",
        "person_id": FIRST.person_id,
        "organisation_id": "office",
        "organisation": "Office",
        "role": "authority",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert who(client) == "first"
    assert client.send("DELETE", "/api/session", headers={"X-Rafiqa": "desk"}).status_code == 200
    assert who(client) is None


def test_the_cookie_is_out_of_reach_of_scripts(own_app: Starlette) -> None:
    cookie = Client(own_app).sign_in("first").headers["set-cookie"]
    assert cookie.startswith("rafiqa_session=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie
    secure = Client(own_app, scheme="https").sign_in("second")
    assert secure.headers["set-cookie"].startswith("__Host-rafiqa_session=")
    assert "; Secure" in secure.headers["set-cookie"]
    assert "strict-transport-security" in secure.headers


def test_signing_out_ends_the_session_itself_not_the_cookie_alone(own_app: Starlette) -> None:
    client = Client(own_app)
    client.sign_in("first")
    kept = dict(client.cookies)
    client.send("DELETE", "/api/session", headers={"X-Rafiqa": "desk"})
    client.cookies.update(kept)
    assert who(client) is None


def test_a_new_session_replaces_the_old_one(own_app: Starlette) -> None:
    client = Client(own_app)
    client.sign_in("first")
    first = dict(client.cookies)
    client.sign_in("second")
    assert dict(client.cookies) != first
    stale = Client(own_app)
    stale.cookies.update(first)
    assert who(stale) is None


def test_a_token_is_thirty_two_bytes_of_the_system_s_chance(own_city: Office) -> None:
    drawn: list[bytes] = []

    def entropy(n_bytes: int) -> bytes:
        drawn.append(os.urandom(n_bytes))
        return drawn[-1]

    client = Client(make_app(own_city, now_us=own_city.now_us, entropy=entropy))
    tokens = set()
    for _ in range(3):
        assert client.sign_in("first").status_code == 200
        (token,) = dict(client.cookies).values()
        assert bytes.fromhex(token) in drawn
        assert len(bytes.fromhex(token)) * 8 >= 128
        tokens.add(token)
    assert len(tokens) == 3


def test_idle_sessions_end(own_app: Starlette, clock: Clock) -> None:
    client = Client(own_app)
    client.sign_in("first")
    clock.sleep_days(29 * MINUTES)
    assert who(client) == "first"
    clock.sleep_days(31 * MINUTES)
    assert who(client) is None


def test_no_session_outlives_its_day(own_app: Starlette, clock: Clock) -> None:
    client = Client(own_app)
    client.sign_in("first")
    for _ in range(28):
        clock.sleep_days(25 * MINUTES)
        assert who(client) == "first"
    clock.sleep_days(25 * MINUTES)
    assert who(client) is None


def test_another_password_or_no_account_ends_the_sessions(
    own_app: Starlette, own_city: Office
) -> None:
    one, other = Client(own_app), Client(own_app)
    one.sign_in("first")
    other.sign_in("second")
    put_account(own_city.store, "first", "another long one", FIRST, "Office", Draws())
    assert who(one) is None
    assert remove_account(own_city.store, "second")
    assert not remove_account(own_city.store, "second")
    assert who(other) is None


def test_attempts_are_limited_by_login_and_address(own_app: Starlette, clock: Clock) -> None:
    client = Client(own_app, address="198.51.100.1")
    clock.tick_us = 0
    for _ in range(ATTEMPTS_A_MINUTE):
        assert client.sign_in("first", "guess").status_code == 401
    refused = client.sign_in("first", PASSWORD)
    assert refused.status_code == 429
    assert refused.json()["code"] == "api.session.too-many"
    assert Client(own_app, address="198.51.100.2").sign_in("first").status_code == 200
    assert client.sign_in("second").status_code == 200
    clock.sleep_days(MINUTES)
    assert client.sign_in("first").status_code == 200


def test_guessing_logins_is_limited_by_address(
    own_app: Starlette, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(own_app, address="198.51.100.3")
    monkeypatch.setattr("rafiqa.api.session.signed_in", lambda *_: None)
    clock.tick_us = 0
    answers = [
        client.sign_in(f"guess{number}", "x").status_code
        for number in range(ADDRESS_ATTEMPTS_A_MINUTE + 1)
    ]
    assert set(answers[:-1]) == {401}
    assert answers[-1] == 429


def test_a_wrong_login_and_a_wrong_password_look_the_same(own_app: Starlette) -> None:
    client = Client(own_app)
    one, other = client.sign_in("first", "guess"), client.sign_in("nobody", "guess")
    assert one.json() == other.json()


def test_a_made_up_token_is_nobody(anybody: Client) -> None:
    anybody.cookies.set("rafiqa_session", "0" * 64)
    assert who(anybody) is None


def test_accounts_keep_hashes_alone(own_city: Office) -> None:
    kept = own_city.store.setting("accounts")
    assert kept is not None
    assert PASSWORD.encode() not in kept
    assert all(
        "$argon2id$v=19$m=19456,t=2,p=1$" in each.password_hash
        for each in accounts(own_city.store).values()
    )
    assert signed_in(own_city.store, "first", PASSWORD) is not None
    assert signed_in(own_city.store, "first", PASSWORD + "x") is None
    assert signed_in(own_city.store, "first", PASSWORD + "x" * 300) is None


def test_an_account_that_cannot_be_kept_is_refused_with_every_fault(own_city: Office) -> None:
    nobody = Actor("p", "o", "captain")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        put_account(own_city.store, "No Spaces", "short", nobody, "O", Draws())
    assert [fault.code for fault in refused.value.faults] == [
        "service.account.login",
        "service.account.password",
        "service.account.role",
    ]
