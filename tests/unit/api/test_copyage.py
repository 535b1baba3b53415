"""A copy that follows says how old it is, and past a limit tells of no ground as released."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api import ENDPOINTS, make_app
from rafiqa.api.copyage import ALWAYS
from rafiqa.locale import public_words
from rafiqa.service import Office
from rafiqa.service.following import AHEAD_US, LATE_US, OLD_US, PULSE, Following, beat
from rafiqa.wire.instant import iso
from tests.city import Clock, Draws
from tests.unit.api.client import Client
from tests.unit.api.test_table import QUESTIONS

PRIMARY = "https://desk.example"


class Machine:
    """Two clocks: one that anybody may set, one that nobody sets."""

    def __init__(self, at_us: int) -> None:
        self.at_us, self.steady = at_us, 0.0

    def wait(self, us: int) -> None:
        self.at_us += us
        self.steady += us / 1e6


@pytest.fixture
def machine(own_city: Office, clock: Clock) -> Machine:
    """The city's store is made a copy that has just heard of its primary."""
    made = Machine(clock.now_us())
    beat(own_city.store, lambda: made.at_us)
    own_city.following = Following(own_city.store, lambda: made.at_us, lambda: made.steady, PRIMARY)
    return made


@pytest.fixture
def app(own_city: Office, clock: Clock, machine: Machine) -> Starlette:
    assert machine.steady == 0
    assert own_city.following is not None
    own_city.now_us = own_city.following.as_of_us
    return make_app(own_city, now_us=clock.now_us, entropy=Draws())


def told(client: Client) -> dict[str, list[Any]]:
    """What everybody is told of danger and of released ground."""
    manifest = client.get("/public/manifest.json").json()
    found = {}
    for kind in ("danger", "released"):
        (name,) = [r["name"] for r in manifest["files"] if r["name"].startswith(f"data/{kind}")]
        found[kind] = json.loads(client.get(f"/public/{name}").content)[kind]
    return found


def following(office: Office) -> Following:
    assert office.following is not None
    return office.following


def test_it_is_as_old_as_the_newest_time_it_holds_and_no_clock_makes_it_younger(
    own_city: Office, machine: Machine
) -> None:
    copy, pulse_us = following(own_city), machine.at_us
    assert (copy.lag_us(), copy.as_of_us()) == (0, pulse_us)
    machine.wait(30_000_000)
    assert (copy.lag_us(), copy.as_of_us()) == (30_000_000, pulse_us)
    assert not copy.is_late()
    machine.wait(LATE_US - 30_000_000 + 1)
    assert (copy.is_late(), copy.is_old()) == (True, False)
    # Somebody sets the clock back by as much as it is behind.
    machine.at_us = pulse_us
    assert copy.lag_us() == LATE_US + 1
    machine.wait(OLD_US)
    assert copy.is_old()
    beat(own_city.store, lambda: machine.at_us)
    machine.wait(1_000_000)
    assert (copy.lag_us(), copy.is_late()) == (1_000_000, False)


@pytest.mark.parametrize("pulse", [b"", b"soon", b"-4"])
def test_without_a_time_nobody_knows_how_old_it_is(
    own_city: Office, machine: Machine, pulse: bytes
) -> None:
    own_city.store.put_setting(PULSE, pulse)
    machine.wait(1_000_000)
    copy = following(own_city)
    assert copy.lag_us() is None
    assert copy.is_late()
    assert copy.is_old()


def test_a_time_to_come_says_that_a_clock_is_wrong(own_city: Office, machine: Machine) -> None:
    beat(own_city.store, lambda: machine.at_us + AHEAD_US + 2_000_000)
    machine.wait(1_000_000)
    assert following(own_city).lag_us() is None
    machine.wait(2_000_000)
    assert following(own_city).lag_us() == 2_000_000


def test_each_answer_says_as_of_when_it_is(
    app: Starlette, own_city: Office, machine: Machine
) -> None:
    client = Client(app)
    machine.wait(20_000_000)
    as_of = iso(following(own_city).as_of_us())
    for path in ("/health", "/public", "/api/map/hazards", "/api/nothing", "/ogc/collections"):
        answer = client.get(path)
        if answer.status_code == 404:
            continue
        assert answer.headers["Rafiqa-As-Of"] == as_of, path
        assert answer.headers["Rafiqa-Behind-S"] == "20", path
    health = client.get("/health").json()
    assert (health["as_of"], health["behind_s"], health["alarms"]) == (as_of, 20, [])
    # What is asked about the present is asked about as of then.
    assert client.get("/public/manifest.json").json()["about"]["as_of"] == as_of


def test_one_that_is_late_says_so_to_everybody(app: Starlette, machine: Machine) -> None:
    machine.wait(LATE_US + 1)
    health = Client(app).get("/health").json()
    assert [each["code"] for each in health["alarms"]] == ["service.alarm.replica"]


def test_past_the_limit_all_released_ground_is_told_of_as_danger(
    app: Starlette, machine: Machine
) -> None:
    client = Client(app)
    before = told(client)
    assert before["released"]
    machine.wait(OLD_US)
    assert told(client) == before
    machine.wait(1)
    after = told(client)
    assert after["released"] == []
    area_m2 = sum(row["area_m2"] for row in after["danger"])
    assert area_m2 >= sum(row["area_m2"] for rows in before.values() for row in rows)
    for lang in ("en", "ar"):
        page = client.get(f"/public?lang={lang}").text
        assert public_words(lang)["age.behind"].split("{when}")[1][:40] in page


def test_when_it_has_caught_up_it_tells_as_before(
    app: Starlette, own_city: Office, machine: Machine
) -> None:
    client = Client(app)
    before = told(client)
    machine.wait(OLD_US + 1)
    assert told(client)["released"] == []
    beat(own_city.store, lambda: machine.at_us)
    machine.wait(1_000_000)
    assert told(client) == before
    page = client.get("/public").text
    assert public_words("en")["age.behind"][:30] not in page


def test_past_the_limit_no_other_question_is_answered(app: Starlette, machine: Machine) -> None:
    """Every one in the table, so that one which comes later is refused too."""
    client = Client(app)
    assert client.sign_in("first").status_code == 200
    machine.wait(OLD_US + 1)
    asked = 0
    for row in ENDPOINTS:
        if row.method != "GET" or row.page or row.open_path in ALWAYS:
            continue
        for path in QUESTIONS[row.open_path]:
            answer = client.get(path)
            asked += 1
            assert answer.status_code == 503, path
            (fault,) = answer.json()["faults"]
            assert fault["code"] == "store.replica-old"
            assert "10" in fault["detail"]
            assert PRIMARY in fault["next"]
    assert asked > 80
    for path in ("/ogc", "/ogc/collections/areas/items", "/v1/projects"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert b"minutes behind" in answer.content, path
    assert client.get("/health").status_code == 200
    assert client.get("/public").status_code == 200


def test_a_database_that_is_written_to_says_nothing_of_it(own_app: Starlette) -> None:
    client = Client(own_app)
    answer = client.get("/health")
    assert "Rafiqa-As-Of" not in answer.headers
    assert (answer.json()["as_of"], answer.json()["behind_s"]) == (None, None)
