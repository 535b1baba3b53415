"""An act sent again under its key is done once, and its sender hears of the first."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api.sending import HEADER
from rafiqa.service import Office
from tests.unit.api.client import Client

REOPEN = "/api/areas/H1/reopenings"
ACCEPT = "/api/releases/R2/acceptance"
FOUND = {"cause": "missed_item", "note": "a fuze in the drain"}
KEY = {HEADER: "0123456789abcdef"}


@pytest.fixture
def second(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("second").status_code == 200
    return client


def codes(answer: Any) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def test_sent_again_it_is_done_once(second: Client, own_city: Office) -> None:
    first = second.post(REOPEN, FOUND, **KEY)
    assert first.status_code == 201
    head = own_city.store.head()
    again = second.post(REOPEN, FOUND, **KEY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert own_city.store.head() == head


def test_without_a_key_it_is_another_act(second: Client, own_city: Office) -> None:
    """The control: this is what a key keeps from happening."""
    head = own_city.store.head()
    assert [second.post(REOPEN, FOUND).status_code for _ in range(2)] == [201, 201]
    assert own_city.store.head().seq == head.seq + 2


def test_what_was_done_is_not_ruled_on_again(second: Client) -> None:
    """A release decided cannot be decided; sent again under its key it is the same decision."""
    assert second.post(ACCEPT, {}, **KEY).status_code == 201
    assert second.post(ACCEPT, {}, **KEY).status_code == 200
    assert codes(second.post(ACCEPT, {})) == ["land.release.decided"]


def test_what_was_refused_is_ruled_on_again(own_app: Starlette, second: Client) -> None:
    proposer = Client(own_app)
    assert proposer.sign_in("first").status_code == 200
    assert codes(proposer.post(ACCEPT, {}, **KEY)) == ["land.release.same-person"]
    assert second.post(ACCEPT, {}, **KEY).status_code == 201
    assert codes(proposer.post(ACCEPT, {}, **KEY))[0] == "land.release.decided"


@pytest.mark.parametrize(
    ("path", "body"),
    [(REOPEN, {**FOUND, "note": "another"}), ("/api/areas/H2/reopenings", FOUND)],
)
def test_another_act_under_a_known_key_is_quarantined(
    path: str, body: dict[str, str], second: Client, own_city: Office
) -> None:
    assert second.post(REOPEN, FOUND, **KEY).status_code == 201
    head = own_city.store.head()
    answer = second.post(path, body, **KEY)
    assert answer.status_code == 422
    assert codes(answer) == ["ledger.id-conflict"]
    assert own_city.store.head() == head
    assert len([*own_city.store.quarantined()]) == 1


def test_each_person_has_keys_of_their_own(own_app: Starlette, second: Client) -> None:
    first = Client(own_app)
    assert first.sign_in("first").status_code == 200
    answers = [client.post(REOPEN, FOUND, **KEY) for client in (first, second)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() != answers[1].json()


def test_the_entry_s_id_tells_neither_key_nor_person(second: Client) -> None:
    entry_id = second.post(REOPEN, FOUND, **KEY).json()["entry_id"]
    assert KEY[HEADER] not in entry_id
    assert "second" not in entry_id


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "with a space", "tab\there-and-more"])
def test_a_key_of_another_form_is_refused(key: str, second: Client, own_city: Office) -> None:
    head = own_city.store.head()
    answer = second.post(REOPEN, FOUND, **{HEADER: key})
    assert answer.status_code == 400
    assert codes(answer) == ["api.key.form"]
    assert answer.json()["faults"][0]["next"]
    assert own_city.store.head() == head
