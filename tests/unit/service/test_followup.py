"""Follow-up: quarters add up to the account, a past one stays as it was, feelings prove nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.geo import GridShape, Spot
from rafiqa.recovery import ResidentAsked
from rafiqa.recovery.followup import FollowUp
from rafiqa.service import AsOf, AssetShelf, Office, Stamp, ask_office, ask_point
from rafiqa.service.followup import MOST_QUARTERS, ask_followup
from rafiqa.service.question import ask_account
from tests.city import DAY_US, Clock, small_city
from tests.real.door import rafiqa
from tests.unit.service.ground import RESIDENT


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Office:
    clock = Clock()
    office = small_city(tmp_path_factory.mktemp("city"), clock)
    clock.sleep_days(200)
    return office


def asked(office: Office, **period: int | None) -> FollowUp:
    return ask_followup(office, AssetShelf(), **period)


def test_quarters_follow_one_another_and_add_up_to_the_account(city: Office) -> None:
    found = asked(city)
    ends = [each.until_us for each in found.quarters]
    assert ends == sorted(ends)
    assert len(ends) >= 3
    assert ends[-1] == found.statement.valid_at_us
    account = ask_account(city, until_us=ends[-1])
    for class_ in ("sha", "cha"):
        assert found.quarters[-1].hazard_m2[class_] == account.classes[class_].closing / 2e6
    for flow in ("cleared", "reopened"):
        whole = sum(account.classes[each].flows[flow] for each in ("sha", "cha")) / 2e6
        assert sum(each.flows_m2[flow] for each in found.quarters) == whole
        assert whole > 0
    n_projects = len(city.recovery(city.now_us()).project_facts())
    assert sum(found.quarters[-1].projects.values()) == n_projects > 0
    assert sum(found.quarters[-1].buildings.values()) > 0


def test_every_figure_says_where_it_comes_from(city: Office) -> None:
    statement = asked(city).statement
    assert statement.source == city.site.name
    assert statement.n_entries == len(city.facts())
    assert len(statement.root) == 64


def test_what_was_known_of_a_quarter_is_told_again_after_later_facts(tmp_path: Path) -> None:
    clock = Clock()
    office = small_city(tmp_path, clock)
    clock.sleep_days(40)
    known_us = office.now_us()
    before = asked(office, until_us=known_us, known_at_us=known_us)
    feel(office, 6, "no")
    assert asked(office, until_us=known_us, known_at_us=known_us) == before
    assert asked(office) != before


def feel(office: Office, count: int, said: str) -> None:
    """So many residents say how they feel in the middle of the area H1."""
    outline = office.register().areas["H1"].outline
    spot = office.frame.to_lonlat(GridShape(outline.geometry)).geometry.representative_point()
    for number in range(count):
        fact = ResidentAsked(
            f"{said}-{number}", "feeling", Spot.of(spot.x, spot.y), feels_at_ease=said
        )
        assert ask_office(office, RESIDENT, fact, Stamp(entry_id=f"feel-{said}-{number}")).done


def test_feelings_stand_beside_the_land_and_change_nothing(tmp_path: Path) -> None:
    clock = Clock()
    office = small_city(tmp_path, clock)
    spot = office.site.origin
    before = ask_point(office, spot, AsOf(office.now_us())).state
    feel(office, 4, "yes")
    (few,) = asked(office).quarters[-1].feelings
    assert (few.area_id, few.n_asked, few.n_at_ease) == ("H1", None, None)
    feel(office, 1, "no")
    (told,) = asked(office).quarters[-1].feelings
    assert (told.n_asked, told.n_at_ease) == (5, 4)
    assert told.hazard_m2 > 0
    assert ask_point(office, spot, AsOf(office.now_us())).state == before


def test_a_period_that_is_too_long_or_ends_before_it_begins_is_refused(city: Office) -> None:
    for period, code in (
        (
            {"from_us": 0, "until_us": (MOST_QUARTERS + 1) * 92 * DAY_US},
            "service.followup.too-long",
        ),
        ({"from_us": 10, "until_us": 9}, "service.account.period"),
    ):
        with pytest.raises(InvalidInput) as caught:
            asked(city, **period)
        assert caught.value.code == code


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_command_tells_every_quarter(city: Office, lang: str, tmp_path: Path) -> None:  # noqa: ARG001
    store = city.store.path  # type: ignore[attr-defined]
    status, answer = rafiqa("followup", store, "--lang", lang, "--from", "2026-01-01")
    assert status == 0
    assert answer["statement"]["ledger"]["root"]
    assert answer["quarters"][0]["quarter"] == "2026-Q1"
    status, answer = rafiqa("followup", store, "--from", "1900-01-01")
    assert (status, answer["error"]) == (1, "service.followup.too-long")
