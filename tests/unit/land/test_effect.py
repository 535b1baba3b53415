"""Facts that should never have been written lower nothing, and say why; hazard is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    BoundaryCorrected,
    ClassDecided,
    Finding,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    SiteOpened,
    WorkInspected,
    WorkReported,
)
from tests.unit.land.story import (
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    SECOND,
    SPOT,
    Story,
    box,
    evidence,
    part,
)

FIELD = box(0, 0, 100, 100)
LATE = 99


def worked() -> Story:
    """Area A1 worked and inspected; nothing proposed yet."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1")
    return story


def proposed() -> Story:
    story = worked()
    story.propose(4, "R1", "W1", "P1")
    return story


def released() -> Story:
    story = proposed()
    story.accept(5, "R1")
    assert story.status(50, 50, 5) == "cleared"
    assert story.void_codes() == []
    return story


# --- areas, classes, outlines


def test_a_second_record_of_an_area_adds_its_ground_and_takes_nothing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(2, "A1", box(200, 0, 210, 10), "sha")
    assert story.void_codes() == [("e2", ["land.area.id-twice"])]
    assert story.status(50, 50, LATE) == "cha"
    assert story.status(205, 5, LATE) == "sha"
    assert story.status(205, 5, 1) is None


def test_only_the_authority_decides_a_class() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, OPERATOR, ClassDecided("A1", "indication", (), "we say so"))
    assert story.void_codes() == [("e2", ["land.class.not-authority"])]
    assert story.status(50, 50, LATE) == "cha"
    story.tell(3, FIRST, ClassDecided("A1", "sha", (), "resurveyed"))
    assert story.status(50, 50, 2) == "cha"
    assert story.status(50, 50, 3) == "sha"


def test_a_class_for_an_area_that_nobody_recorded() -> None:
    story = Story()
    story.tell(1, FIRST, ClassDecided("A9", "cha"))
    assert story.void_codes() == [("e1", ["land.area.unknown"])]
    assert list(story.book().faces) == []


def test_an_outline_for_an_unknown_area_is_hazard_all_the_same() -> None:
    story = Story()
    story.tell(1, FIRST, BoundaryCorrected("A9", FIELD, "drawn anew", SECOND))
    assert story.void_codes() == [("e1", ["land.area.unknown"])]
    assert story.status(50, 50, LATE) == "sha"


SMALLER = box(0, 0, 100, 60)


@pytest.mark.parametrize(
    ("author", "second", "drops"),
    [
        (FIRST, SECOND, True),
        (FIRST, None, False),
        (FIRST, FIRST, False),
        (FIRST, Actor("ana", "elsewhere", "authority"), False),
        (FIRST, Actor("bo", "office", "surveyor"), False),
        (Actor("eli", "office", "surveyor"), SECOND, False),
    ],
)
def test_an_outline_lets_ground_go_only_with_a_second_person(
    author: Actor, second: Actor | None, drops: bool
) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, author, BoundaryCorrected("A1", SMALLER, "drawn anew", second))
    assert story.void_codes() == ([] if drops else [("e2", ["land.boundary.unconfirmed"])])
    assert story.status(50, 80, 2) == (None if drops else "cha")
    assert story.status(50, 80, 1) == "cha"
    assert story.status(50, 30, 2) == "cha"


def test_an_outline_grows_without_a_second_person() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, FIRST, BoundaryCorrected("A1", box(0, 0, 120, 100), "drawn anew"))
    assert story.void_codes() == []
    assert story.status(110, 50, 2) == "cha"
    assert story.status(110, 50, 1) is None


def test_an_unconfirmed_outline_adds_what_it_adds_and_drops_nothing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, FIRST, BoundaryCorrected("A1", box(0, 0, 120, 60), "drawn anew"))
    assert story.status(110, 30, 2) == "cha"
    assert story.status(50, 80, 2) == "cha"


def test_an_outline_corrected_to_nothing_changes_nothing() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(2, FIRST, BoundaryCorrected("A1", GridShape.empty(), "gone", SECOND))
    assert story.void_codes() == [("e2", ["land.area.empty"])]
    assert story.status(50, 50, LATE) == "cha"


# --- work and its release


def test_a_second_report_under_a_works_id_is_not_that_work() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", box(0, 0, 50, 100))])
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD, 200)])
    story.inspect(3, "W1")
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.void_codes() == [("e3", ["land.work.id-twice"])]
    assert story.status(25, 50, LATE) == "cleared"
    state = story.state(25, 50, LATE)
    assert state is not None
    assert state.depth_cm == 30
    assert story.status(75, 50, LATE) == "cha"


def test_what_a_void_second_report_left_uncleared_still_counts() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.work(2, "W1", "A1", [part("P2", "not_cleared", box(0, 0, 10, 10))])
    story.inspect(3, "W1")
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    assert story.status(5, 5, LATE) == "cha"
    assert story.status(50, 50, LATE) == "cleared"


def test_a_proposal_under_a_taken_id() -> None:
    story = proposed()
    story.tell(4, FIRST, ReleaseProposed("R1", "W1", ()))
    assert story.void_codes() == [("e5", ["land.release.id-twice"])]
    story.accept(5, "R1")
    assert story.status(50, 50, LATE) == "cleared"


def test_an_acceptance_of_nothing() -> None:
    story = worked()
    story.accept(5, "R9")
    assert story.void_codes() == [("e4", ["land.release.unknown"])]
    assert story.status(50, 50, LATE) == "cha"


def test_a_decision_stands_and_is_not_taken_twice() -> None:
    story = proposed()
    story.tell(5, FIRST, ReleaseRejected("R1", "depth in doubt"))
    story.accept(6, "R1")
    assert story.void_codes() == [("e6", ["land.release.decided"])]
    assert story.status(50, 50, LATE) == "cha"
    other = released()
    other.tell(6, FIRST, ReleaseRejected("R1", "depth in doubt"))
    assert other.void_codes() == [("e6", ["land.release.decided"])]
    assert other.status(50, 50, LATE) == "cleared"


def test_the_first_decision_on_record_counts_whatever_date_the_second_writes() -> None:
    story = proposed()
    story.tell(9, FIRST, ReleaseRejected("R1", "depth in doubt"))
    story.accept(5, "R1")
    assert ("e6", ["land.release.decided"]) in story.void_codes()
    assert story.status(50, 50, LATE) == "cha"


def test_a_rejection_written_late_with_an_early_date_undoes_the_acceptance() -> None:
    story = released()
    story.tell(4, FIRST, ReleaseRejected("R1", "depth in doubt"))
    assert ("e5", ["land.release.rejected"]) in story.void_codes()
    assert story.status(50, 50, LATE) == "cha"


@pytest.mark.parametrize("late_us", [4, 5, 6])
def test_an_acceptance_before_its_proposal(late_us: int) -> None:
    story = worked()
    story.propose(5, "R1", "W1", "P1")
    story.accept(late_us, "R1")
    if late_us < 5:
        assert story.void_codes() == [("e5", ["land.release.before-proposal"])]
    assert story.status(50, 50, LATE) == ("cha" if late_us < 5 else "cleared")


def test_an_acceptance_recorded_before_its_proposal() -> None:
    story = worked()
    story.accept(5, "R1")
    story.propose(4, "R1", "W1", "P1")
    assert story.void_codes() == [("e4", ["land.release.before-proposal"])]
    assert story.status(50, 50, LATE) == "cha"


def test_what_a_release_rests_on_cannot_be_written_after_it() -> None:
    """Work or inspection recorded after the acceptance, and dated before it."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    story.inspect(3, "W1")
    assert story.void_codes() == [("e4", ["land.release.not-inspected"])]
    assert story.status(50, 50, LATE) == "cha"
    other = Story()
    other.area(1, "A1", FIELD)
    other.propose(4, "R1", "W1", "P1")
    other.accept(5, "R1")
    other.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    other.inspect(3, "W1")
    assert other.void_codes() == [("e3", ["land.work.unknown"])]
    assert other.status(50, 50, LATE) == "cha"


def test_an_area_recorded_after_its_release_is_not_what_was_released() -> None:
    story = Story()
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1")
    story.propose(4, "R1", "W1", "P1")
    story.accept(5, "R1")
    story.area(1, "A1", FIELD)
    assert story.void_codes() == [("e4", ["land.area.unknown"])]
    assert story.status(50, 50, LATE) == "cha"


@pytest.mark.parametrize(
    ("accepter", "code"),
    [
        (FIRST, "land.release.same-person"),
        (OPERATOR, "land.release.not-authority"),
        (Actor("bo", "deminers", "authority"), "land.release.own-organisation"),
        (Actor("gus", "office", "authority"), "land.release.own-work"),
    ],
)
def test_a_forbidden_acceptance_that_stands_in_the_ledger_lowers_nothing(
    accepter: Actor, code: str
) -> None:
    story = proposed()
    story.accept(5, "R1", accepter)
    ((entry_id, codes),) = story.void_codes()
    assert entry_id == "e5"
    assert code in codes
    assert story.status(50, 50, LATE) == "cha"
    assert story.book().register.releases["R1"].state == "void"


def test_evidence_recorded_late_and_dated_early_reopens_what_it_left_unanswered() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert story.status(50, 50, LATE) == "cancelled"
    story.tell(2, FIRST, evidence("E7", area_id="A1"))
    assert story.void_codes() == [("e5", ["land.release.evidence-unanswered"])]
    assert story.status(50, 50, LATE) == "sha"


@pytest.mark.parametrize("at_us", [3, 4, 9])
def test_evidence_that_is_older_than_the_release_in_neither_time_does_not_undo_it(
    at_us: int,
) -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    story.tell(at_us, FIRST, evidence("E7", area_id="A1"))
    assert story.status(50, 50, LATE) == "cancelled"


@pytest.mark.parametrize(
    ("kind", "undoes"), [("eo_seen", True), ("contrary_use", False), ("not_asked", False)]
)
def test_only_evidence_that_raises_needs_an_answer(kind: str, undoes: bool) -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.tell(2, FIRST, evidence("E7", kind, area_id="A1"))
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert story.status(50, 50, LATE) == ("sha" if undoes else "cancelled")


def test_evidence_that_an_area_names_and_nobody_recorded_needs_an_answer_too() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha", ("E9",))
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert story.status(50, 50, LATE) == "sha"
    answered = Story()
    answered.area(1, "A1", FIELD, "sha", ("E9",))
    answered.release(3, "W1", "A1", part("P1", "cancelled", FIELD, answered=("E9",)))
    assert answered.status(50, 50, LATE) == "cancelled"


@pytest.mark.parametrize(
    "bad",
    [
        WorkInspected("I2", "W1", "quality", passed=False),
        WorkInspected("I2", "W1", "quality", passed=True, findings=(Finding("critical", "x"),)),
    ],
)
def test_a_failure_after_the_release_reopens_what_was_released(bad: WorkInspected) -> None:
    story = released()
    story.tell(8, INSPECTOR, bad)
    assert story.status(50, 50, 7) == "cleared"
    state = story.state(50, 50, 8)
    assert state is not None
    assert (state.status, state.reopened) == ("cha", True)
    assert "I2" in state.subjects


def test_a_failure_written_late_and_dated_before_the_release_undoes_it() -> None:
    story = released()
    story.tell(4, INSPECTOR, WorkInspected("I2", "W1", "quality", passed=False))
    assert ("e5", ["land.release.inspection-failed"]) in story.void_codes()
    assert story.status(50, 50, LATE) == "cha"


# --- releases taken over


def test_a_release_taken_over_under_a_taken_part_id_is_only_hazard() -> None:
    story = Story()
    story.transfer(2, "T1", "cleared", FIELD)
    story.transfer(3, "T1", "cleared", box(200, 0, 300, 100))
    assert story.void_codes() == [("e2", ["land.part.id-twice"])]
    assert story.status(50, 50, LATE) == "cleared"
    assert story.status(250, 50, LATE) == "sha"


def test_a_transfer_by_the_operator_only_says_that_there_is_hazard() -> None:
    story = Story()
    taken = ReleaseTransferred("T1", "cleared", FIELD, "other body", "map", None, 50)
    story.tell(2, OPERATOR, taken)
    story.tell(2, INFORMATION, replace(taken, part_id="T2", depth_cm=None))
    assert story.void_codes() == [
        ("e1", ["land.transfer.not-your-act"]),
        ("e2", ["land.part.depth-missing"]),
    ]
    assert story.status(50, 50, LATE) == "sha"


def test_a_part_taken_over_keeps_its_id_from_later_work() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.transfer(2, "P1", "not_cleared", box(0, 0, 10, 10))
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.void_codes() == [("e6", ["land.part.id-twice"])]
    assert story.status(50, 50, LATE) == "cha"


# --- the story of an area, from which its stage is read


def test_an_areas_story_has_its_own_facts_and_what_reached_its_ground() -> None:
    story = released()
    story.area(1, "A2", box(300, 0, 310, 10))
    story.work(6, "W1", "A1", [part("P9", "cleared", FIELD)])  # void: the id is taken
    story.propose(6, "R1", "W1", "P1")  # void too
    story.reopen(7, "O1", box(90, 0, 305, 10))
    story.tell(8, FIRST, LandReopened("O2", box(900, 0, 910, 10), "flood", area_id="A1"))
    story.reopen(9, "O3", box(800, 0, 810, 10))
    book = story.book()
    kinds = {
        key: [type(item.fact).__name__ for item in book.story(key)] for key in book.register.areas
    }
    assert kinds == {
        "A1": [
            "AreaRecorded",
            "WorkReported",
            "WorkInspected",
            "ReleaseProposed",
            "ReleaseAccepted",
            "LandReopened",
            "LandReopened",
        ],
        "A2": ["AreaRecorded", "LandReopened"],
    }


def test_a_site_is_opened_once_and_keeps_its_name() -> None:
    story = Story()
    story.tell(1, FIRST, SiteOpened("Old Town", SPOT, "office"))
    story.tell(0, OPERATOR, SiteOpened("New Town", SPOT, "deminers"))
    site = story.book().register.site
    assert site is not None
    assert site.fact == SiteOpened("Old Town", SPOT, "office")


# --- facts that never touch what land is


def test_stages_and_orders_move_no_ground() -> None:
    story = released()
    before = story.book().faces
    story.tell(6, OPERATOR, WorkReported("W2", "A9", "deminers", ()))
    story.tell(6, SECOND, ReleaseAccepted("R9"))
    assert list(story.book().faces) == list(before)
