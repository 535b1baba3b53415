"""Follow-up: quarters add up to the account, a past one stays as it was, feelings prove nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.errors import InvalidInput
from rafiqa.geo import GridShape, Spot
from rafiqa.land import AreaRecorded
from rafiqa.recovery import ResidentAsked
from rafiqa.recovery.followup import LEAST_ASKED, FollowUp, banded
from rafiqa.service import AsOf, AssetShelf, Office, Stamp, ask_office, ask_point, declare_area
from rafiqa.service.followup import MOST_QUARTERS, ask_followup
from rafiqa.service.question import ask_account
from rafiqa.wire.instant import date_us
from tests.city import DAY_US, FIRST, START_US, Clock, box, small_city
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


def feel(office: Office, count: int, said: str, by: str = "") -> None:
    """So many residents say how they feel in the middle of the area H1."""
    outline = office.register().areas["H1"].outline
    spot = office.frame.to_lonlat(GridShape(outline.geometry)).geometry.representative_point()
    for number in range(count):
        name = f"{said}-{by}{number}"
        fact = ResidentAsked(name, "feeling", Spot.of(spot.x, spot.y), feels_at_ease=said)
        assert ask_office(office, RESIDENT, fact, Stamp(entry_id=f"feel-{name}")).done


def test_feelings_are_told_of_whole_quarters_and_the_same_whatever_is_asked(tmp_path: Path) -> None:
    """No two answers can be subtracted: not by another end, another day of knowing, or an area."""
    clock = Clock()
    office = small_city(tmp_path, clock)
    spot = office.site.origin
    before = ask_point(office, spot, AsOf(office.now_us())).state
    feel(office, 4, "yes")
    inside_us = office.now_us()
    clock.sleep_days(1)
    feel(office, 1, "no")
    clock.sleep_days(1)
    around = AreaRecorded("H8", "sha", box(1, 1, 109, 109), "Around", ("E2",))
    assert declare_area(office, FIRST, around).done
    running = asked(office)
    assert [each.feelings for each in running.quarters] == [()] * len(running.quarters)
    end_us = date_us(date(2026, 4, 1)) - 1
    # Nor is it over by asking of a day to come.
    ahead = asked(office, until_us=end_us + DAY_US, known_at_us=end_us + DAY_US)
    assert ahead.quarters[0].feelings == ()
    clock.sleep_days(100)
    first, *later = asked(office).quarters
    (told,) = first.feelings
    assert (told.area_id, told.asked_least, told.at_ease) == ("H1", 5, "most")
    assert told.hazard_m2 > 0
    assert [each.feelings for each in later] == [()] * len(later)
    feel(office, 3, "no", "late")
    for period in (
        {},
        {"until_us": end_us},
        {"known_at_us": office.now_us()},
        {"from_us": START_US},
    ):
        assert asked(office, **period).quarters[0].feelings == (told,)
    for period in ({"until_us": inside_us}, {"until_us": end_us - 1}, {"known_at_us": inside_us}):
        assert asked(office, **period).quarters[0].feelings == ()
    assert ask_point(office, spot, AsOf(office.now_us())).state == before


@given(st.integers(0, 60), st.data())
def test_no_band_tells_what_everybody_said(n_asked: int, data: st.DataObject) -> None:
    n_at_ease = data.draw(st.integers(0, n_asked))
    least, band = told = banded(n_asked, n_at_ease)
    assert (band is None) == (least is None) == (n_asked < LEAST_ASKED)
    if least is not None:
        alike = [each for each in range(n_asked + 1) if banded(n_asked, each) == told]
        assert len(alike) >= 2
        assert n_asked - least in range(LEAST_ASKED)


def test_what_was_known_of_a_quarter_is_told_again_after_later_facts(tmp_path: Path) -> None:
    clock = Clock()
    office = small_city(tmp_path, clock)
    clock.sleep_days(40)
    known_us = office.now_us()
    before = asked(office, until_us=known_us, known_at_us=known_us)
    wider = AreaRecorded("H9", "sha", box(800, 0, 900, 100), "Far", ("E2",))
    assert declare_area(office, FIRST, wider).done
    assert asked(office, until_us=known_us, known_at_us=known_us) == before
    assert asked(office) != before


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
