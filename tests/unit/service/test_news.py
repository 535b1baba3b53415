"""News: who is told of what, what is new, and what runs out soon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.land import (
    AccreditationGranted,
    Actor,
    LandReopened,
    ReleaseAccepted,
    ReleaseRejected,
    ResidentReported,
)
from rafiqa.service import (
    Office,
    accept_release,
    grant_accreditation,
    reject_release,
    report_hazard,
)
from rafiqa.service.deskmark import DeskMark
from rafiqa.service.news import news_of
from rafiqa.service.reopening import reopen_land
from tests.city import (
    DAY_US,
    FIRST,
    INSPECTOR,
    OPERATOR,
    PLANNER,
    RESIDENT,
    SECOND,
    Clock,
    box,
    small_city,
    spot,
)

OTHERS = Actor("somebody-else", "other-deminers", "operator")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = small_city(tmp_path, clock)
    yield made
    made.store.close()


def told(office: Office, actor: Actor) -> list[str]:
    return [news.says.code for news in news_of(office, actor)]


def test_a_decision_is_news_to_whose_work_and_whose_proposal_it_was(office: Office) -> None:
    before = told(office, OTHERS)
    assert reject_release(office, SECOND, ReleaseRejected("R2", "no map")).done
    (back,) = [each for each in news_of(office, FIRST) if each.id == "R2"]
    assert (back.says.code, back.danger) == ("news.release-sent-back", "urgent")
    assert "news.release-sent-back" in told(office, OPERATOR)
    assert told(office, OTHERS) == before
    # Who did it knows.
    assert "news.release-sent-back" not in told(office, SECOND)


def test_a_proposal_is_news_to_those_who_could_be_the_second_person(office: Office) -> None:
    assert "news.release-proposed" in told(office, SECOND)
    assert "news.release-proposed" not in told(office, FIRST)
    assert "news.release-proposed" not in told(office, OPERATOR)


def test_reopened_land_is_news_to_whose_task_it_was(office: Office) -> None:
    assert accept_release(office, SECOND, ReleaseAccepted("R2")).done
    again = LandReopened("O1", box(60, 0, 100, 100), "flood", "cha", "H1")
    assert reopen_land(office, FIRST, again).done
    assert [each.danger for each in news_of(office, OPERATOR) if each.kind == "reopened"] == [
        "immediate"
    ]
    assert "reopened" not in [each.kind for each in news_of(office, OTHERS)]
    assert "reopened" in [each.kind for each in news_of(office, INSPECTOR)]


def test_a_report_near_own_ground_is_told_and_one_far_off_is_not(office: Office) -> None:
    far = ResidentReported("S8", spot(office, 900, 900), "shell", triage="soon")
    near = ResidentReported("S9", spot(office, 150, 50), "shell", triage="soon")
    for fact in (far, near):
        assert report_hazard(office, RESIDENT, fact).done
    assert [each.id for each in news_of(office, OPERATOR) if each.kind == "report"] == ["S9"]
    assert "report" not in [each.kind for each in news_of(office, OTHERS)]
    at_once = ResidentReported("S10", None, "shell", triage="immediate")
    assert report_hazard(office, RESIDENT, at_once).done
    assert "news.report-immediate" in told(office, FIRST)


def test_what_runs_out_is_told_thirty_days_before_and_after(office: Office, clock: Clock) -> None:
    until_us = office.now_us() + 40 * DAY_US
    granted = AccreditationGranted("C9", "deminers", ("nts",), office.now_us(), until_us)
    assert grant_accreditation(office, FIRST, granted).done
    assert "news.accreditation-ends" not in told(office, OPERATOR)
    clock.sleep_days(15)
    (ending,) = [each for each in news_of(office, OPERATOR) if each.seq is None]
    assert ending.says.code == "news.accreditation-ends"
    assert ending.is_new(DeskMark(10_000, ending.at_us - 1))
    assert not ending.is_new(DeskMark(10_000, ending.at_us))
    assert "news.accreditation-ends" in told(office, FIRST)
    assert "news.accreditation-ends" not in told(office, PLANNER)
    clock.sleep_days(30)
    assert "news.accreditation-over" in told(office, OPERATOR)
    clock.sleep_days(60)
    assert "news.accreditation-over" not in told(office, OPERATOR)


def test_the_newest_stands_first_and_what_was_seen_is_not_new(office: Office) -> None:
    found = news_of(office, SECOND)
    assert [each.at_us for each in found] == sorted((each.at_us for each in found), reverse=True)
    mark = DeskMark(len(office.facts()), 0)
    assert not any(each.is_new(mark) for each in found if each.seq is not None)
    assert all(each.is_new(DeskMark()) for each in found)
