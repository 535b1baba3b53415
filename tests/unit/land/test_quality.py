"""Accreditation, nonconformities, and what an inspection proves: each rule and its neighbour."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.land import (
    AccreditationEnded,
    Actor,
    NonconformityAnswered,
    NonconformityClosed,
    OrdnanceFound,
    QaVisited,
    Recorded,
)
from tests.unit.land.qualitystory import (
    FAILED,
    FIELD,
    GRANT,
    LOT,
    RAISED,
    REVIEW,
    WORK,
    begun,
    codes,
    released,
)
from tests.unit.land.story import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    SPOT,
    Story,
)

# --- accreditation


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((GRANT,), []),
        ((replace(GRANT, organisation_id="others"),), ["land.accreditation.missing"]),
        ((replace(GRANT, methods=("animal",)),), ["land.accreditation.method"]),
        ((replace(GRANT, valid_from_us=3),), ["land.accreditation.expired"]),
        ((replace(GRANT, valid_until_us=1),), ["land.accreditation.expired"]),
        ((replace(GRANT, valid_until_us=2),), []),
        ((replace(GRANT, scope=("rocket",)),), []),
        # An id belongs to whoever recorded it first.
        ((replace(GRANT, valid_until_us=1), GRANT), ["land.accreditation.expired"]),
    ],
)
def test_work_needs_an_accreditation_of_its_day_and_method(
    grants: tuple[object, ...], expected: list[str]
) -> None:
    assert codes(begun(*grants)) == expected


def test_what_was_found_must_be_in_scope() -> None:
    mortar = replace(WORK, finds=(OrdnanceFound("mortar", SPOT),))
    rockets, both = replace(GRANT, scope=("rocket",)), replace(GRANT, scope=("rocket", "mortar"))
    assert codes(begun(rockets, work=mortar)) == ["land.accreditation.scope"]
    assert codes(begun(both, work=mortar)) == []


def test_every_day_of_the_work_is_covered_by_one_or_by_several() -> None:
    work = replace(WORK, begun_us=-5, ended_us=2)
    early = replace(GRANT, valid_from_us=-9, valid_until_us=-3)
    late = replace(GRANT, accreditation_id="C2", valid_from_us=-2)
    gap = replace(late, valid_from_us=-1)

    def told(*grants: object) -> list[str]:
        story = begun(work=work)
        story.accredited = False
        for seq, fact in enumerate(grants):
            story.facts.append(Recorded(-seq, f"c{seq}", -20, 0, FIRST, fact))
        return codes(story)

    assert told(early, late) == []
    assert told(early, gap) == ["land.accreditation.expired"]
    assert told(late) == ["land.accreditation.expired"]


def test_an_accreditation_counts_from_the_day_it_was_given() -> None:
    """Whatever earlier day it names: nobody had accredited them by then."""
    story = Story(accredited=False)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.tell(3, FIRST, replace(GRANT, valid_from_us=0))
    story.inspect(3, "W1")
    assert codes(story) == ["land.accreditation.expired"]


def test_an_accreditation_written_after_the_acceptance_does_not_carry_it() -> None:
    """Whatever day it names: the two persons who released knew of none."""
    story = Story(accredited=False)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.inspect(3, "W1")
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    story.tell(0, FIRST, GRANT)
    assert story.status(50, 50, 9) == "cha"
    # One fact more has all of it gone through again, with the accreditation known.
    story.inspect(6, "W1", "I-again")
    assert story.status(50, 50, 9) == "cha"


def test_only_the_authority_accredits() -> None:
    story = Story(accredited=False)
    story.tell(0, INSPECTOR, GRANT)
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, WORK)
    story.inspect(3, "W1")
    assert codes(story) == ["land.accreditation.missing"]


@pytest.mark.parametrize(
    ("at_us", "expected"), [(3, []), (2, ["land.accreditation.ended"]), (0, None)]
)
def test_an_ended_accreditation_does_not_count_from_its_end(
    at_us: int, expected: list[str] | None
) -> None:
    story = begun(GRANT)
    story.tell(at_us, FIRST, AccreditationEnded("C1", "deminers", "unsound work"))
    assert codes(story) == (["land.accreditation.ended"] if expected is None else expected)


def test_an_end_known_late_undoes_the_release_it_should_have_prevented() -> None:
    story = begun(GRANT)
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.status(50, 50, 9) == "cleared"
    story.tell(2, FIRST, AccreditationEnded("C1", "deminers", "forged papers"))
    assert story.status(50, 50, 9) == "cha"
    assert story.void_codes() == [("e6", ["land.accreditation.ended"])]


def test_a_second_grant_of_an_id_has_no_effect() -> None:
    story = begun(GRANT, replace(GRANT, methods=("animal",)))
    assert ("e2", ["land.accreditation.id-twice"]) in story.void_codes()


# --- nonconformities


@pytest.mark.parametrize("about", ["work", "task", "part", "team"])
def test_an_open_critical_nonconformity_bars(about: str) -> None:
    names: Any = {"work_id": None, "task_id": None, "part_ids": (), "team_id": None}
    named: Any = {
        "work": {"work_id": "W1"},
        "task": {"task_id": "J1"},
        "part": {"part_ids": ("P1",)},
        "team": {"team_id": "T1"},
    }[about]
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, **{**names, **named}))
    assert codes(story) == ["land.release.nonconformity-open"]
    elsewhere = {key: ("P9",) if key == "part_ids" else "other" for key in named}
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, **{**names, **elsewhere}))
    assert codes(story) == []


@pytest.mark.parametrize(
    ("severity", "acts", "bars"),
    [
        ("critical", "", True),
        ("critical", "answered", True),
        ("critical", "closed", False),
        ("major", "", True),
        ("major", "answered", False),
        ("major", "empty", True),
        ("major", "closed", False),
        ("minor", "", False),
        ("observation", "", False),
    ],
)
def test_what_it_takes_by_severity(severity: Any, acts: str, bars: bool) -> None:
    story = begun()
    story.tell(3, INSPECTOR, replace(RAISED, severity=severity))
    if acts in {"answered", "empty"}:
        action = "retrained" if acts == "answered" else " "
        story.tell(4, OPERATOR, NonconformityAnswered("N1", "haste", action))
    if acts == "closed":
        story.tell(4, INSPECTOR, NonconformityClosed("N1", "seen"))
    assert codes(story) == (["land.release.nonconformity-open"] if bars else [])


@pytest.mark.parametrize(
    "closer",
    [
        OPERATOR,
        Actor("hal", "deminers", "quality"),
        Actor("gus", "quality", "quality"),
        Actor("hal", "office", "information"),
    ],
)
def test_neither_who_it_is_against_nor_any_other_role_closes_it(closer: Actor) -> None:
    story = begun()
    story.tell(3, INSPECTOR, RAISED)
    story.tell(4, closer, NonconformityClosed("N1", "seen"))
    assert codes(story) == ["land.release.nonconformity-open"]


@pytest.mark.parametrize(("at_us", "bars"), [(2, True), (3, False), (11, True)])
def test_a_closing_counts_after_what_it_closes_and_before_the_release(
    at_us: int, bars: bool
) -> None:
    story = begun()
    story.tell(3, INSPECTOR, RAISED)
    story.tell(at_us, INSPECTOR, NonconformityClosed("N1", "seen"))
    assert codes(story) == (["land.release.nonconformity-open"] if bars else [])


def test_one_raised_on_record_before_the_acceptance_bars_whatever_its_date() -> None:
    story = begun()
    story.tell(30, INSPECTOR, RAISED)
    assert codes(story) == ["land.release.nonconformity-open"]


# --- what "passed" proves


def test_what_an_inspection_proves_is_told_beside_the_release() -> None:
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, detection=Decimal("0.9")))
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    (told,) = [each for each in story.point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-proves"
    # (1 - 0.09)^5 is 0.6240…: a sample of a tenth passes five missed items six times in ten.
    assert told.params == {
        "inspection": "L1",
        "share_percent": 10,
        "detection_percent": 90,
        "accept1_percent": 91,
        "accept2_percent": 83,
        "accept5_percent": 63,
    }


def test_without_a_stated_detection_the_best_that_there_could_be_is_told() -> None:
    (told,) = [each for each in released().point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-at-best"
    assert told.params == {
        "inspection": "I-W1",
        "share_percent": 10,
        "accept1_percent": 90,
        "accept2_percent": 81,
        "accept5_percent": 60,
    }


def test_without_a_stated_share_nothing_is_proved() -> None:
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, inspected_share=None))
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    (told,) = [each for each in story.point(50, 50, 5).reasons if "passed" in each.code]
    assert told.code == "land.point.passed-unstated"


def test_quality_stands_in_the_story_of_its_area() -> None:
    story = begun()
    story.tell(4, INSPECTOR, QaVisited("V9", "deminers", "quality", "lanes", None, "W1"))
    story.tell(4, INSPECTOR, replace(RAISED, work_id=None, part_ids=("P1",)))
    story.tell(5, OPERATOR, NonconformityAnswered("N1", "haste", "retrained"))
    story.tell(6, INSPECTOR, NonconformityClosed("N1", "seen"))
    story.tell(7, INSPECTOR, replace(FAILED, work_ids=("W1",)))
    story.tell(8, FIRST, REVIEW)
    facts = story.book().register.areas["A1"].facts
    names = [type(item.fact).__name__ for item in facts[-6:]]
    assert names == [
        "QaVisited",
        "NonconformityRaised",
        "NonconformityAnswered",
        "NonconformityClosed",
        "LotInspected",
        "LotReviewed",
    ]
    assert story.void_codes() == []
