"""OpenID Connect against a certified provider in a process of its own, from end to end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app, vouching
from rafiqa.service import Office
from rafiqa.service.accounts import change_account
from rafiqa.service.signinpolicy import Provider, provider_of, put_approving, put_provider
from tests.city import Draws
from tests.unit.api.client import Client

WEB = Path(__file__).parents[3] / "web"
GO, BACK = "/api/session/vouched", "/api/session/vouched/return"
RETURN = f"https://desk.test{BACK}"
MFA, PWD = "urn:house:mfa", "urn:house:pwd"

pytestmark = pytest.mark.skipif(
    not (WEB / "node_modules" / "oidc-provider").is_dir(), reason="web/node_modules is not here"
)


@dataclass
class House:
    """The provider's process, its address, and its user."""

    process: subprocess.Popen[str]
    issuer: str

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == line.split(maxsplit=1)[0]

    def signs_in(self, address: str, subject: str = "person-7", acr: str = PWD) -> dict[str, str]:
        """What it sends back once its user has said who they are: the query of the way back."""
        said = {"x-sub": subject, "x-acr": acr}
        with httpx.Client(headers=said) as browser:
            for _ in range(10):
                answer = browser.get(address)
                assert answer.status_code in {302, 303}, answer.text
                address = str(answer.url.join(answer.headers["location"]))
                if address.startswith(RETURN):
                    query = parse_qs(urlsplit(address).query)
                    return {name: values[0] for name, values in query.items()}
        raise AssertionError(address)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with subprocess.Popen(
        ["node", "test/provider.mjs", RETURN],
        cwd=WEB,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield House(process, process.stdout.readline().strip())
        process.terminate()


@dataclass
class Now:
    """The machine's clock, which is the house's too, set ahead as far as told."""

    ahead_s: int = 0

    def us(self) -> int:
        return time.time_ns() // 1_000 + self.ahead_s * 1_000_000


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def desk(own_city: Office, house: House, now: Now, tmp_path: Path) -> Starlette:
    secret = tmp_path / "house.secret"
    secret.touch(0o600)
    secret.write_text("a secret for the house\n")
    named = Provider(house.issuer, "rafiqa", "The House", str(secret), strong_acr=(MFA,))
    put_provider(own_city.store, named)
    put_approving(own_city.store, "passkey")
    change_account(
        own_city.store, "second", lambda known: replace(known, oidc=(house.issuer, "person-7"))
    )
    own_city.now_us = now.us
    return make_app(own_city, now_us=now.us, entropy=Draws())


def asked(client: Client) -> str:
    answer = client.get(GO)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def come_back(client: Client, told: dict[str, str]) -> httpx.Response:
    return client.send("GET", BACK, params=told)


@pytest.mark.parametrize(("acr", "strong"), [(MFA, True), (PWD, False)])
def test_who_signs_in_there_is_let_in_and_as_strong_as_it_says(
    desk: Starlette, house: House, acr: str, strong: bool
) -> None:
    client = Client(desk)
    answer = come_back(client, house.signs_in(asked(client), acr=acr))
    assert answer.status_code == 302, answer.text
    told = client.get("/api/session").json()
    assert (told["actor"]["login"], told["strong"]) == ("second", strong)
    accepted = client.post("/api/releases/R2/acceptance", {})
    assert accepted.status_code == (201 if strong else 403), accepted.text


def test_whom_nobody_here_knows_is_not_let_in(desk: Starlette, house: House) -> None:
    client = Client(desk)
    assert come_back(client, house.signs_in(asked(client), "somebody-else")).status_code == 401


def test_a_new_key_of_the_house_is_found(desk: Starlette, house: House) -> None:
    for _ in range(2):
        client = Client(desk)
        assert come_back(client, house.signs_in(asked(client))).status_code == 302
        house.tell("rotate")


def test_a_code_counts_once_and_for_its_own_question(desk: Starlette, house: House) -> None:
    client, other = Client(desk), Client(desk, address="192.0.2.8")
    first = house.signs_in(asked(client))
    # Another's code under one's own state: the house asks for the verifier that belongs to it.
    second = house.signs_in(asked(other))
    assert come_back(other, {**second, "code": first["code"]}).status_code == 401
    again = house.signs_in(asked(client))
    assert come_back(client, again).status_code == 302
    third = house.signs_in(asked(client))
    assert come_back(client, {**third, "code": again["code"]}).status_code == 401
    state = house.signs_in(asked(client))
    assert come_back(client, {**state, "state": third["state"]}).status_code == 401


@pytest.mark.parametrize("part", ["head", "claims", "signature", "nonce"])
def test_an_altered_token_is_refused(
    desk: Starlette, house: House, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    real = vouching._asked
    client = Client(desk)
    told = house.signs_in(asked(client))
    kept: list[str] = []

    def altered(address: str, *given: Any) -> dict[str, Any]:
        answer = real(address, *given)
        if "id_token" in answer and part == "nonce":
            kept.append(answer["id_token"])
            answer["id_token"] = kept[0]
        elif "id_token" in answer:
            pieces = answer["id_token"].split(".")
            at = ["head", "claims", "signature"].index(part)
            middle = len(pieces[at]) // 2
            letter = "A" if pieces[at][middle] != "A" else "B"
            pieces[at] = f"{pieces[at][:middle]}{letter}{pieces[at][middle + 1 :]}"
            answer["id_token"] = ".".join(pieces)
        return answer

    monkeypatch.setattr(vouching, "_asked", altered)
    if part == "nonce":  # a token of the house itself, of an earlier question
        assert come_back(client, told).status_code == 302
        told = house.signs_in(asked(client))
    assert come_back(client, told).status_code == 401


def test_a_token_whose_time_is_over_is_refused(desk: Starlette, house: House, now: Now) -> None:
    client = Client(desk)
    told = house.signs_in(asked(client))
    now.ahead_s = 200
    assert come_back(client, told).status_code == 302, "it lives for 300 s"
    now.ahead_s = 0
    house.tell("lifetime 20")
    try:
        told = house.signs_in(asked(client))
        now.ahead_s = 100
        assert come_back(client, told).status_code == 401
    finally:
        house.tell("lifetime 300")


def test_a_house_under_another_name_is_another(
    desk: Starlette, house: House, own_city: Office
) -> None:
    client = Client(desk)
    known = provider_of(own_city.store)
    assert known is not None
    told = house.signs_in(asked(client))
    other = replace(known, issuer=house.issuer.replace("localhost", "127.0.0.1"))
    put_provider(own_city.store, other)
    assert client.get(GO).status_code == 401
    assert come_back(client, told).status_code == 401
