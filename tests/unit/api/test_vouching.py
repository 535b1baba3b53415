"""OpenID Connect against a real provider that runs here: who is let in, and who is not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app, vouching
from rafiqa.api.problem import Unknown
from rafiqa.errors import InvalidInput
from rafiqa.service import Office
from rafiqa.service.accounts import change_account
from rafiqa.service.signinpolicy import Provider, provider_of, put_approving, put_provider
from tests.city import Draws
from tests.unit.api.client import Client

# The provider's server leaves its sockets to the collector.
pytestmark = pytest.mark.filterwarnings("ignore")
GO, BACK = "/api/session/vouched", "/api/session/vouched/return"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def vouched_app(own_city: Office, issuer: str, tmp_path: Path) -> Starlette:
    """The provider's clock is the machine's, so the desk's is too."""
    secret = tmp_path / "house.secret"
    secret.touch(0o600)
    secret.write_text("a secret for the house\n")
    put_provider(own_city.store, Provider(issuer, "rafiqa", "The House", str(secret)))
    named = issuer, "person-7"
    change_account(own_city.store, "second", lambda known: replace(known, oidc=named))
    now_us = lambda: time.time_ns() // 1_000  # noqa: E731
    own_city.now_us = now_us
    return make_app(own_city, now_us=now_us, entropy=Draws())


def asked(client: Client) -> tuple[str, dict[str, str]]:
    answer = client.get(GO)
    assert answer.status_code == 302, answer.text
    address = answer.headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return address, query


def at_the_house(address: str, subject: str) -> dict[str, str]:
    """What the house sends back once its user has said who they are."""
    answer = httpx.post(address, data={"sub": subject}, follow_redirects=False)
    assert answer.status_code in {302, 303}, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def come_back(client: Client, told: dict[str, str]) -> httpx.Response:
    return client.send("GET", BACK, params=told)


def test_whom_the_house_vouches_for_is_let_in(vouched_app: Starlette) -> None:
    client = Client(vouched_app)
    assert client.get("/api/session").json()["vouched_by"] == "The House"
    address, query = asked(client)
    assert query["code_challenge_method"] == "S256"
    assert query["scope"] == "openid"
    answer = come_back(client, at_the_house(address, "person-7"))
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"] == "/"
    told = client.get("/api/session").json()
    assert told["actor"]["login"] == "second"
    assert told["strong"] is False, "another house's word is no second factor of ours"
    assert client.post("/api/releases/R2/acceptance", {}).status_code == 403


def test_a_secret_that_others_may_read_is_not_used(vouched_app: Starlette, tmp_path: Path) -> None:
    (tmp_path / "house.secret").chmod(0o644)
    client = Client(vouched_app)
    address, _ = asked(client)
    assert come_back(client, at_the_house(address, "person-7")).status_code == 401


def test_whom_nobody_here_knows_is_not(vouched_app: Starlette) -> None:
    client = Client(vouched_app)
    address, _ = asked(client)
    answer = come_back(client, at_the_house(address, "somebody-else"))
    assert (answer.status_code, answer.json()["code"]) == (401, "api.session.vouched")
    assert client.get("/api/session").json()["actor"] is None


def test_an_answer_counts_once_and_in_its_own_browser(vouched_app: Starlette) -> None:
    client, thief = Client(vouched_app), Client(vouched_app, address="192.0.2.8")
    address, _ = asked(client)
    told = at_the_house(address, "person-7")
    assert come_back(thief, told).status_code == 401, "the code and state alone are not enough"
    # Taken by the wrong browser, it is spent for the right one too.
    assert come_back(client, told).status_code == 401
    address, _ = asked(client)
    told = at_the_house(address, "person-7")
    for changed in ({"state": "0" * 32}, {"iss": "https://evil.example"}, {"code": ""}):
        assert come_back(client, {**told, **changed}).status_code == 401
    without = {name: value for name, value in told.items() if name != "code"}
    assert come_back(client, without).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["rafiqa", "another"]},
        {"aud": ["rafiqa", "another"], "azp": "another"},
        {"nonce": "of another question"},
        {"nonce": None},
        {"exp": 1_000},
        {"exp": None},
        {"exp": "2999"},
        {"iat": 9_999_999_999},
        {"sub": ""},
    ],
    ids=str,
)
def test_each_claim_is_checked(claims: dict[str, Any]) -> None:
    provider = Provider("https://house.example", "rafiqa", "The House")
    right: dict[str, Any] = {
        "iss": "https://house.example",
        "aud": "rafiqa",
        "nonce": "n",
        "sub": "person-7",
    }
    right |= {"exp": 1_900_000_300, "iat": 1_900_000_000}
    assert vouching._holds(right, provider, "n", 1_900_000_010)
    assert not vouching._holds({**right, **claims}, provider, "n", 1_900_000_010)


RECENT = {"auth_time": 1_900_000_000}
WEAK = frozenset({"oidc"})
STRONG = frozenset({"oidc", "oidc-strong"})


@pytest.mark.parametrize(
    ("claims", "factors"),
    [
        ({"acr": "urn:house:mfa", **RECENT}, STRONG),
        ({"amr": ["pwd", "otp", "x"], **RECENT}, STRONG),
        ({"amr": ["hwk"], **RECENT}, STRONG),
        ({"acr": "urn:house:mfa"}, WEAK),  # nobody knows when they signed in
        ({"acr": "urn:house:mfa", "auth_time": 1_900_000_000 - 50_000}, WEAK),
        ({"acr": "urn:house:mfa", "auth_time": 1_900_000_000 + 50_000}, WEAK),
        ({"acr": "urn:house:mfa", "auth_time": "1900000000"}, WEAK),
        ({"acr": "urn:house:mfa", "auth_time": True}, WEAK),
        ({"acr": "urn:house:password", **RECENT}, WEAK),
        ({"acr": "urn:house:mfa urn:house:password", **RECENT}, WEAK),
        ({"acr": ["urn:house:mfa"], **RECENT}, WEAK),
        ({"acr": "", **RECENT}, WEAK),
        ({"acr": None, "amr": None, **RECENT}, WEAK),
        ({"amr": ["pwd"], **RECENT}, WEAK),
        ({"amr": ["otp"], **RECENT}, WEAK),
        ({"amr": "pwd otp", **RECENT}, WEAK),
        ({"amr": "hwk", **RECENT}, WEAK),
        ({"amr": [["hwk"]], **RECENT}, WEAK),
        (RECENT, WEAK),
    ],
    ids=lambda each: str(sorted(each) if isinstance(each, frozenset) else each),
)
def test_a_strength_is_taken_only_as_named(claims: dict[str, Any], factors: frozenset[str]) -> None:
    house = Provider(
        "https://house.example",
        "rafiqa",
        "The House",
        strong_acr=("urn:house:mfa",),
        strong_amr=("pwd+otp", "hwk"),
    )
    assert vouching._factors(claims, house, 1_900_000_010) == factors
    silent = Provider("https://house.example", "rafiqa", "The House")
    assert vouching._factors(claims, silent, 1_900_000_010) == WEAK


@pytest.mark.parametrize("strong", [("",), (" ",)])
def test_no_strength_is_empty(own_city: Office, strong: tuple[str, ...]) -> None:
    house = Provider("https://house.example", "rafiqa", "The House", strong_acr=strong)
    with pytest.raises(InvalidInput):
        put_provider(own_city.store, house)
    house = Provider("https://house.example", "rafiqa", "The House", strong_amr=("pwd+",))
    with pytest.raises(InvalidInput):
        put_provider(own_city.store, house)


@pytest.mark.parametrize(("acr", "strong"), [("urn:house:mfa", True), ("urn:house:pwd", False)])
def test_who_is_vouched_for_approves_only_by_a_strength_that_is_named(
    vouched_app: Starlette,
    own_city: Office,
    monkeypatch: pytest.MonkeyPatch,
    acr: str,
    strong: bool,
) -> None:
    secret = provider_of(own_city.store)
    assert secret is not None
    named = replace(secret, strong_acr=("urn:house:mfa",))
    put_provider(own_city.store, named)
    put_approving(own_city.store, "passkey")
    real = vouching._holds

    def holds(claims: dict[str, Any], *given: Any) -> bool:
        right = real(claims, *given)
        claims |= {"acr": acr, "auth_time": time.time_ns() // 1_000_000_000}
        return right

    monkeypatch.setattr(vouching, "_holds", holds)
    client = Client(vouched_app)
    address, query = asked(client)
    assert (query["acr_values"], query["max_age"]) == ("urn:house:mfa", "43200")
    assert come_back(client, at_the_house(address, "person-7")).status_code == 302
    assert client.get("/api/session").json()["strong"] is strong
    # A strength that the policy names no longer counts no longer, in the same session.
    put_provider(own_city.store, replace(named, strong_acr=()))
    assert client.get("/api/session").json()["strong"] is False
    refused = client.post("/api/releases/R2/acceptance", {})
    assert refused.json()["code"] == "service.permit.factor.passkey"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_of_no_key_is_refused(
    vouched_app: Starlette, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    """Unsigned, and signed with the house's public key as if it were a password."""
    real = vouching._asked

    def forged(address: str, *given: Any) -> dict[str, Any]:
        told = real(address, *given)
        if "id_token" in told:
            _, claims, signature = told["id_token"].split(".")
            head = vouching._text(json.dumps({"alg": algorithm}).encode())
            told["id_token"] = f"{head}.{claims}.{signature if algorithm != 'none' else ''}"
        return told

    monkeypatch.setattr(vouching, "_asked", forged)
    client = Client(vouched_app)
    address, _ = asked(client)
    assert come_back(client, at_the_house(address, "person-7")).status_code == 401


@pytest.mark.parametrize(
    "address", ["http://house.example/x", "ftp://house.example", "file:///etc/passwd", "", "//x"]
)
def test_a_house_is_asked_under_tls_alone(address: str) -> None:
    with pytest.raises(Unknown):
        vouching._address(address)


def test_where_no_house_is_named_there_is_none(own_app: Starlette) -> None:
    client = Client(own_app)
    assert client.get(GO).status_code == 404
    assert client.get(BACK).status_code == 404
    assert client.get("/api/session").json()["vouched_by"] is None
