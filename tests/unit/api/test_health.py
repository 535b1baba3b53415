"""Health: whether the store takes writes, and if not, why, in the language of whoever asks."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from rafiqa.errors import Fault
from rafiqa.service import Office
from rafiqa.store import EmbeddedStore
from rafiqa.wire.instant import instant_us
from tests.unit.api.client import Client


def test_a_store_that_writes_has_no_reason(anybody: Client) -> None:
    health = anybody.get("/health").json()
    assert (health["status"], health["writable"], health["stopped"]) == ("ok", True, [])


def test_it_tells_the_clock_by_which_the_present_is_answered(
    own_city: Office, own_app: Starlette
) -> None:
    before_us = own_city.now_us()
    told_us = instant_us(Client(own_app).get("/health").json()["now"])
    assert before_us <= told_us <= own_city.now_us()


@pytest.mark.parametrize(("lang", "word"), [("en", "Rollback"), ("ar", "يُشتبه")])
def test_a_store_that_was_put_back_says_so(
    own_city: Office, own_app: Starlette, lang: str, word: str
) -> None:
    assert isinstance(own_city.store, EmbeddedStore)
    own_city.store.bar(Fault("store.rollback", params={"entries": 3, "witnessed": 9}))
    answer = Client(own_app).get(f"/health?lang={lang}")
    health = answer.json()
    assert (answer.status_code, health["status"], health["writable"]) == (200, "read-only", False)
    (reason,) = health["stopped"]
    assert reason["code"] == "store.rollback"
    assert word in reason["detail"]
    assert reason["next"]


def test_what_needs_a_person_is_told_to_staff_and_that_it_does_to_all(
    own_city: Office, own_app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = Client(own_app)
    assert staff.sign_in("first").status_code == 200
    assert staff.get("/health").json()["alarms"] == []
    monkeypatch.setattr("rafiqa.service.alarm.CLOCK_US", -(10**18))
    for client, told in ((staff, ["service.alarm.clock"]), (Client(own_app), [])):
        health = client.get("/health").json()
        assert (health["status"], health["writable"]) == ("attention", True)
        assert [each["code"] for each in health["alarms"]] == told
    assert own_city.facts()
