"""Delegation at the desk: give it, act by it, and be refused once it stands no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.land import Actor
from rafiqa.service import Office
from rafiqa.service.accounts import put_account, remove_account
from tests.city import PASSWORD, SECOND, Clock, Draws
from tests.unit.api.client import Client
from tests.unit.api.test_report import R1, SEEN

DATA = Actor("person-3", SECOND.organisation_id, "information")
ACTS = ["accept_release", "reject_release"]


@pytest.fixture
def people(own_city: Office) -> Office:
    put_account(own_city.store, "data", PASSWORD, DATA, "Office", Draws())
    return own_city


def signed(app: Starlette, login: str, number: int) -> Client:
    client = Client(app, address=f"192.0.2.{number}")
    assert client.sign_in(login).status_code == 200
    return client


def codes(answer: Any) -> list[str]:
    return [each["code"] for each in answer.json()["faults"]]


def day(clock: Clock, days: int) -> str:
    at = datetime.fromtimestamp(clock.at_us / 1e6, UTC) + timedelta(days=days)
    return f"{at:%Y-%m-%d}"


def given(client: Client, clock: Clock, days: int = 20, login: str = "data") -> Any:
    until = day(clock, days)
    return client.post("/api/delegations", {"login": login, "acts": ACTS, "until": until})


def by(client: Client, delegation_id: str, path: str, body: Any) -> Any:
    return client.post(path, body, **{"Rafiqa-Acting-For": delegation_id})


def test_a_colleague_releases_for_who_is_away_and_nobody_takes_it_for_their_own_act(
    people: Office, own_app: Starlette, clock: Clock
) -> None:
    second, data = signed(own_app, "second", 1), signed(own_app, "data", 2)
    assert second.get("/api/delegations").json()["delegations"] == []
    offered = second.get("/api/delegations").json()
    assert "data" in offered["colleagues"]
    assert "second" not in offered["colleagues"]
    assert "operator" not in offered["colleagues"]
    assert "recover_account" not in [each["act"] for each in offered["acts"]]
    made = given(second, clock)
    assert made.status_code == 201, made.text
    (row,) = data.get("/api/delegations").json()["delegations"]
    assert (row["side"], row["state"], row["giver"]) == ("taker", "stands", SECOND.person_id)
    assert [each["text"] for each in row["acts"]] == ["accept a release", "turn a release down"]
    name = row["delegation_id"]
    assert data.post("/api/releases/R2/acceptance", {}).status_code == 403
    done = by(data, name, "/api/releases/R2/acceptance", {})
    assert done.status_code == 201, done.text
    actor = people.facts()[-1].actor
    assert (actor.person_id, actor.acting_for) == (DATA.person_id, SECOND.person_id)


@pytest.mark.usefixtures("people")
def test_the_proposers_stand_in_is_no_second_person(own_app: Starlette, clock: Clock) -> None:
    first, data = signed(own_app, "first", 1), signed(own_app, "data", 2)
    assert given(first, clock).status_code == 201
    (row,) = data.get("/api/delegations").json()["delegations"]
    refused = by(data, row["delegation_id"], "/api/releases/R2/acceptance", {})
    assert codes(refused) == ["land.release.same-person"]


def test_what_stands_no_longer_does_nothing_and_a_report_of_danger_goes_through(
    people: Office, own_app: Starlette, clock: Clock
) -> None:
    second, data = signed(own_app, "second", 1), signed(own_app, "data", 2)
    given(second, clock)
    (row,) = data.get("/api/delegations").json()["delegations"]
    name = row["delegation_id"]
    ended = data.post(f"/api/delegations/{name}/end", {})
    assert ended.status_code == 201, ended.text
    head = people.store.head()
    refused = by(data, name, "/api/releases/R2/acceptance", {})
    assert (refused.status_code, codes(refused)) == (403, ["service.permit.delegation-over"])
    assert people.store.head() == head
    told = data.send("PUT", R1, json=SEEN, headers={"X-Rafiqa": "desk", "Rafiqa-Acting-For": name})
    assert told.status_code == 201, told.text
    assert people.facts()[-1].actor.acting_for is None


@pytest.mark.usefixtures("people")
def test_by_no_name_and_by_another_s_delegation_nothing_is_done(
    own_app: Starlette, clock: Clock
) -> None:
    first, second = signed(own_app, "first", 1), signed(own_app, "second", 3)
    given(second, clock)
    (row,) = second.get("/api/delegations").json()["delegations"]
    for name in ("nothing", row["delegation_id"], ""):
        refused = by(first, name, "/api/releases/R2/acceptance", {})
        assert (refused.status_code, codes(refused)) == (403, ["service.permit.delegation-none"])


def test_it_ends_with_the_account_of_who_gave_it(
    people: Office, own_app: Starlette, clock: Clock
) -> None:
    second, data = signed(own_app, "second", 1), signed(own_app, "data", 2)
    given(second, clock)
    (row,) = data.get("/api/delegations").json()["delegations"]
    assert remove_account(people.store, "second")
    refused = by(data, row["delegation_id"], "/api/releases/R2/acceptance", {})
    assert codes(refused) == ["service.permit.delegation-over"]
    (row,) = data.get("/api/delegations").json()["delegations"]
    assert row["state"] == "giver"


@pytest.mark.usefixtures("people")
def test_nobody_delegates_for_another_nor_to_the_operator(own_app: Starlette, clock: Clock) -> None:
    second, data = signed(own_app, "second", 1), signed(own_app, "data", 2)
    assert codes(given(second, clock, login="operator")) == ["service.delegation.duties"]
    assert codes(given(second, clock, login="ghost")) == ["service.delegation.taker"]
    assert codes(given(second, clock, days=90)) == ["service.delegation.length"]
    given(second, clock)
    (row,) = data.get("/api/delegations").json()["delegations"]
    body = {"login": "first", "acts": ACTS, "until": day(clock, 3)}
    onward = by(data, row["delegation_id"], "/api/delegations", body)
    assert onward.status_code == 403
    assert "service.permit.delegation-never" in codes(onward)


@pytest.mark.usefixtures("people")
def test_others_see_no_delegation_but_who_administers(own_app: Starlette, clock: Clock) -> None:
    first, second = signed(own_app, "first", 1), signed(own_app, "second", 3)
    operator = signed(own_app, "operator", 4)
    given(second, clock)
    assert operator.get("/api/delegations").json()["delegations"] == []
    (row,) = first.get("/api/delegations").json()["delegations"]
    assert row["side"] == "other"
    refused = operator.post(f"/api/delegations/{row['delegation_id']}/end", {})
    assert refused.status_code == 403
    assert first.post(f"/api/delegations/{row['delegation_id']}/end", {}).status_code == 201
    assert Client(own_app).get("/api/delegations").status_code == 401
