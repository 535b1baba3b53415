"""Exchange at the desk: what is shown to whom, and that a release opens nothing by one person."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from rafiqa.api import make_app
from rafiqa.api.federationdesk import ACTS
from rafiqa.land import ROLES, Actor
from rafiqa.service import PERMITS, Office
from rafiqa.service.accounts import put_account
from rafiqa.service.peers import fingerprint_of
from rafiqa.service.signinpolicy import put_approving
from rafiqa.wire.exchangecard import ExchangeCard, card_bytes
from tests.city import PASSWORD, Draws
from tests.unit.api.client import Client
from tests.unit.service.exchange import NORTH, OTHER_SIGNER, SECOND, SIGNER, Peer, receiver
from tests.unit.service.ground import AUTHORITY, square, state_at

THIRD = Actor("north-2", "north-office", "authority")
LOGINS = {"north": NORTH, "second": SECOND, "third": THIRD} | {
    f"role-{role}": Actor(f"person-{role}", "north-office", role) for role in ROLES
}


@pytest.fixture(scope="module")
def here() -> Office:
    """A receiver in which each test has a peer of its own, or asks alone."""
    office = receiver()
    for login, actor in LOGINS.items():
        put_account(office.store, login, PASSWORD, actor, "North office", Draws())
    limited, elsewhere = (
        Actor("north-7", "north-office", "authority"),
        Actor("e-1", "e", "information"),
    )
    put_account(office.store, "limited", PASSWORD, limited, "North", Draws(), area_ids=("A1",))
    put_account(office.store, "elsewhere", PASSWORD, elsewhere, "East", Draws())
    put_approving(office.store, "password")
    return office


@pytest.fixture(scope="module")
def app(here: Office) -> Starlette:
    return make_app(here, now_us=here.now_us, entropy=Draws())


@pytest.fixture(scope="module")
def clients(app: Starlette) -> dict[str, Client]:
    found = {}
    for number, login in enumerate(LOGINS):
        found[login] = Client(app, address=f"198.51.100.{number}")
        assert found[login].sign_in(login).status_code == 200
    return found


def send(client: Client, data: bytes) -> httpx.Response:
    digest = sha256(data).hexdigest()
    kept = client.send(
        "PUT",
        f"/api/uploads/{digest}/0?of={len(data)}",
        content=data,
        headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
    )
    assert kept.json()["missing"] == []
    return client.post("/api/federation/bundles", {"sha256": digest, "file_name": "a.rfqx"})


def codes(answer: httpx.Response) -> list[str]:
    return [each["code"] for each in answer.json()["faults"]]


def second(login: str) -> dict[str, str]:
    return {"login": login, "password": PASSWORD}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_may_do_what_the_table_lists(
    clients: dict[str, Client], role: str
) -> None:
    answer = clients[f"role-{role}"].get("/api/federation")
    if role not in PERMITS["take_bundle"]:
        assert answer.status_code == 403
        assert codes(answer) == ["service.permit.denied"]
        return
    told = answer.json()
    may = {each["act"] for each in told["acts"] if not each["why_not"]}
    assert may == {act for act in ACTS if role in PERMITS[act]}
    assert all(each["why_not"] or each["act"] in may for each in told["acts"])
    assert answer.headers["cache-control"] == "no-store"


def test_a_bundle_raises_at_once_and_its_release_waits_for_two_persons(
    here: Office, clients: dict[str, Client]
) -> None:
    peer, client = Peer("waits"), clients["north"]
    bundle = peer.bundle(peer.hazard("H7", square(2_000)), peer.release("P7", square(2_400)))
    done = send(client, bundle)
    assert done.status_code == 201, done.text
    assert (done.json()["peer"], done.json()["n_items"]) == ("south", 2)
    assert state_at(here, 2_050, 50) == "cha"
    assert state_at(here, 2_450, 50) == "unrecorded"
    told = next(
        each
        for each in client.get("/api/federation").json()["streams"]
        if each["stream"] == "waits"
    )
    assert told["taken_by"] == NORTH.person_id
    # Who pinned the key is named: they cannot be the second one.
    assert told["releases"] == [{"item": "P7", "not_confirmed_by": NORTH.person_id}]
    named = {"peer": "south", "stream": "waits", "item": "P7"}
    for body, code in (
        (named, "service.federation.unconfirmed"),
        (named | {"second": second("role-information")}, "service.federation.unconfirmed"),
        (named | {"second": second("third")}, "land.release.same-person"),
        (named | {"second": second("north")}, "service.federation.enroller"),
    ):
        refused = clients["third"].post("/api/federation/takeovers", body)
        assert (refused.status_code, code in codes(refused)) == (422, True), refused.text
    assert state_at(here, 2_450, 50) == "unrecorded"
    over = clients["third"].post("/api/federation/takeovers", named | {"second": second("second")})
    assert over.status_code == 201, over.text
    assert state_at(here, 2_450, 50) == "cleared"
    row = clients["third"].get("/api/federation").json()["taken_over"][0]
    assert (row["item"], row["taken_by"]) == ("P7", THIRD.person_id)
    assert (row["confirmed_by"], row["key_stands"]) == (SECOND.person_id, True)


def _cut(data: bytes) -> bytes:
    return data[:-5]


def _bent(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (_cut, "service.federation.partial"),
        (_bent, "service.federation.altered"),
        (lambda _: b"PK\x03\x04", "service.federation.altered"),
    ],
)
def test_what_is_no_bundle_is_refused_before_it_is_judged(
    here: Office, clients: dict[str, Client], bend: Any, code: str
) -> None:
    peer, head = Peer("bent"), here.store.head()
    answer = send(clients["north"], bend(peer.bundle(peer.hazard("H8", square(3_000)))))
    assert (answer.status_code, codes(answer)) == (400, [code])
    assert here.store.head() == head


def test_a_key_is_pinned_by_what_was_heard_and_nothing_is_taken_by_it_once_revoked(
    clients: dict[str, Client],
) -> None:
    client, key = clients["north"], OTHER_SIGNER.public_key
    card = card_bytes(ExchangeCard("east-office", key)).decode()
    asked = {"name": "east", "card": card, "fingerprint": "00"}
    refused = client.post("/api/federation/peers", asked)
    assert codes(refused) == ["service.federation.fingerprint"]
    pinned = client.post("/api/federation/peers", asked | {"fingerprint": fingerprint_of(key)})
    assert pinned.status_code == 201, pinned.text
    gone = client.post("/api/federation/peers/east/revocation", {"note": "stolen"})
    assert gone.status_code == 201, gone.text
    east = next(
        each for each in client.get("/api/federation").json()["peers"] if each["peer"] == "east"
    )
    (told,) = east["keys"]
    assert (east["stands"], told["stands"], told["why"]) == (False, False, "stolen")
    assert (told["enrolled_by"], told["revoked_by"]) == (NORTH.person_id, NORTH.person_id)
    bundle = Peer("gone", OTHER_SIGNER).bundle()
    assert codes(send(client, bundle)) == ["service.federation.revoked-key"]


@pytest.mark.parametrize("login", ["limited", "elsewhere"])
def test_what_others_say_is_told_only_to_who_sees_the_whole_site(
    app: Starlette, login: str
) -> None:
    """An account for some areas; and the information officer of an organisation at work here."""
    client = Client(app)
    assert client.sign_in(login).status_code == 200
    answer = client.get("/api/federation")
    assert (answer.status_code, codes(answer)) == (403, ["service.permit.organisation"])
    assert client.get("/api/duplicates").status_code == 403
    assert "south" not in client.get("/api/queue").text


def test_a_key_that_is_known_is_known_by_no_second_name(
    here: Office, clients: dict[str, Client]
) -> None:
    key, client, head = SIGNER.public_key, clients["north"], here.store.head()
    asked = {
        "name": "west",
        "card": card_bytes(ExchangeCard(AUTHORITY, key)).decode(),
        "fingerprint": fingerprint_of(key),
    }
    refused = client.post("/api/federation/peers", asked)
    assert codes(refused) == ["service.federation.key-known"]
    assert refused.json()["faults"][0]["detail"].count("south") == 1
    assert here.store.head() == head


def test_at_the_desk_no_second_person_is_one_for_other_areas(clients: dict[str, Client]) -> None:
    peer, client = Peer("limits"), clients["third"]
    assert send(clients["north"], peer.bundle(peer.release("P8", square(4_000)))).status_code == 201
    named = {"peer": "south", "stream": "limits", "item": "P8"}
    refused = client.post("/api/federation/takeovers", named | {"second": second("limited")})
    assert (refused.status_code, codes(refused)) == (403, ["service.permit.second-area"])
