"""The states of ground over time: what raises it, what lowers it, and what holds against what."""

from __future__ import annotations

from itertools import permutations

import pytest

from rafiqa.geo import coverage_fault
from rafiqa.land import (
    BoundaryCorrected,
    ClassDecided,
    HazardClass,
    LandState,
    Outcome,
    ReleaseAccepted,
    fold,
)
from tests.unit.land.story import ACCREDITED, FIRST, SECOND, Story, box, part

FIELD = box(0, 0, 100, 100)
WEST, EAST = box(0, 0, 50, 100), box(50, 0, 100, 100)


def state(story: Story, x_m: float, y_m: float, at_us: int) -> LandState:
    found = story.state(x_m, y_m, at_us)
    assert found is not None
    return found


def test_nothing_on_record_before_the_first_fact() -> None:
    story = Story()
    story.area(5, "A1", FIELD)
    assert [story.status(50, 50, at) for at in (4, 5, 6)] == [None, "cha", "cha"]
    assert story.status(150, 50, 6) is None


def test_a_whole_life() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.tell(2, FIRST, ClassDecided("A1", "cha"))
    story.release(4, "W1", "A1", part("P1", "cleared", WEST), part("P2", "reduced", EAST))
    story.reopen(6, "O1", box(0, 0, 10, 10))
    story.release(8, "W2", "A1", part("P3", "cleared", box(0, 0, 10, 10), 60))
    assert [story.status(5, 5, at) for at in range(9)] == [
        None, "sha", "cha", "cha", "cleared", "cleared", "cha", "cha", "cleared",
    ]  # fmt: skip
    assert [state(story, 5, 5, at).depth_cm for at in (4, 6, 8)] == [30, None, 60]
    assert [state(story, 5, 5, at).reopened for at in (4, 6, 8)] == [False, True, False]
    assert [story.status(75, 50, at) for at in (3, 4, 9)] == ["cha", "reduced", "reduced"]
    assert state(story, 75, 50, 4).depth_cm is None
    assert coverage_fault([face.shape for face in story.book().faces]) is None


@pytest.mark.parametrize("outcome", ["cancelled", "reduced", "cleared"])
def test_each_outcome_is_its_own_state(outcome: Outcome) -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", outcome, FIELD))
    found = state(story, 50, 50, 3)
    assert (found.status, found.is_hazard, found.raised_class) == (outcome, False, "sha")
    assert found.part_ids == ("P1",)
    assert found.subjects == ("R-W1",)


@pytest.mark.parametrize(("cancelled_at", "cleared_at"), [(3, 5), (5, 3)])
def test_cancelled_and_cleared_by_one_area_is_what_was_cleared(
    cancelled_at: int, cleared_at: int
) -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    for at_us, outcome in sorted([(cancelled_at, "cancelled"), (cleared_at, "cleared")]):
        kind: Outcome = "cancelled" if outcome == "cancelled" else "cleared"
        story.release(at_us, f"W{at_us}", "A1", part(f"P{at_us}", kind, FIELD))
    found = state(story, 50, 50, 9)
    assert (found.status, found.depth_cm) == ("cleared", 30)


def test_what_was_cancelled_never_counts_as_cleared() -> None:
    """Another area's cancellation says nothing of this one, and gives no depth."""
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert state(story, 50, 50, 9).status == "sha"
    assert state(story, 50, 50, 9).claims == ("A2",)
    story.release(5, "W2", "A2", part("P2", "cancelled", FIELD))
    found = state(story, 50, 50, 9)
    assert (found.status, found.depth_cm) == ("cancelled", None)


def test_what_was_cleared_is_cleared_for_every_area_there() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", EAST, "sha")
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    found = state(story, 75, 50, 9)
    assert (found.status, found.claims) == ("cleared", ("A1", "A2"))


def test_an_area_recorded_after_a_clearance_is_hazard_again() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.area(5, "A2", EAST, "sha")
    assert story.status(75, 50, 4) == "cleared"
    assert story.status(75, 50, 5) == "sha"
    assert story.status(25, 50, 5) == "cleared"


def test_the_worst_claim_is_the_state_of_the_ground() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "indication")
    story.area(1, "A2", EAST, "cha")
    assert state(story, 75, 50, 1).status == "cha"
    assert state(story, 75, 50, 1).claims == ("A2",)
    assert state(story, 25, 50, 1).status == "indication"


def test_a_class_decided_holds_until_something_worse_is_recorded() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "cha")
    story.tell(2, FIRST, ClassDecided("A1", "sha", (), "resurveyed"))
    story.reopen(3, "O1", EAST, "sha")
    assert story.status(75, 50, 3) == "sha"
    story.reopen(4, "O2", EAST, "cha")
    assert [story.status(75, 50, at) for at in (1, 2, 3, 4)] == ["cha", "sha", "sha", "cha"]
    assert story.status(25, 50, 4) == "sha"


# --- depth


def test_the_deepest_of_one_areas_clearances_is_the_depth() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 60))
    story.release(5, "W2", "A1", part("P2", "cleared", EAST, 20))
    assert state(story, 25, 50, 9).depth_cm == 60
    assert state(story, 75, 50, 9).depth_cm == 60


def test_where_areas_differ_the_shallowest_depth_counts() -> None:
    """A2 was recorded after the deep clearance: only the shallow one answers it."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 60))
    story.area(4, "A2", EAST, "sha")
    story.release(6, "W2", "A2", part("P2", "cleared", EAST, 20))
    assert state(story, 75, 50, 9).depth_cm == 20
    assert state(story, 25, 50, 9).depth_cm == 60


def test_a_depth_cleared_before_a_reopening_is_gone_with_it() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 60))
    story.reopen(5, "O1", FIELD)
    story.release(7, "W2", "A1", part("P2", "cleared", FIELD, 20))
    assert [state(story, 50, 50, at).depth_cm for at in (3, 5, 7)] == [60, None, 20]


# --- parts not cleared


def test_a_part_not_cleared_keeps_its_ground_hazard() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(
        3,
        "W1",
        "A1",
        part("P1", "cleared", FIELD),
        part("P2", "not_cleared", box(40, 40, 60, 60)),
    )
    assert story.status(50, 50, 9) == "cha"
    assert story.status(10, 10, 9) == "cleared"


def test_another_work_that_began_later_answers_what_was_left() -> None:
    left = box(40, 40, 60, 60)
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W0", "A1", [part("P0", "not_cleared", left)])
    story.release(4, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.status(50, 50, 9) == "cleared"
    # Not one that was under way: it may be the very work that went round it.
    other = Story()
    other.area(1, "A1", FIELD)
    other.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    other.work(3, "W0", "A1", [part("P0", "not_cleared", left)])
    other.inspect(4, "W1")
    other.propose(4, "R1", "W1", "P1")
    other.accept(5, "R1")
    assert other.status(50, 50, 9) == "cha"
    assert other.status(10, 10, 9) == "cleared"


def test_what_is_left_after_a_release_by_other_work_does_not_touch_it() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.work(6, "W2", "A1", [part("P2", "not_cleared", EAST)])
    assert story.status(75, 50, 9) == "cleared"


@pytest.mark.parametrize(
    ("left_us", "told_first", "expected"),
    [
        (2, True, "cleared"),  # older than the work in both times: the work answers it
        (3, True, "cleared"),  # of the same day, and told before
        (4, True, "cha"),  # told before, and true only after the work began
        (2, False, "cha"),  # true before, and told only after the work
        (6, False, "cha"),  # after the work, before the release
    ],
)
def test_a_part_left_is_answered_only_by_work_younger_in_both_times(
    left_us: int, told_first: bool, expected: str
) -> None:
    left = part("P0", "not_cleared", box(40, 40, 60, 60))
    story = Story()
    story.area(1, "A1", FIELD)
    if told_first:
        story.work(left_us, "W0", "A1", [left])
    story.work(3, "W1", "A1", [part("P1", "cleared", FIELD)])
    if not told_first:
        story.work(left_us, "W0", "A1", [left])
    story.inspect(7, "W1")
    story.propose(7, "R1", "W1", "P1")
    story.accept(8, "R1")
    assert story.status(50, 50, 9) == expected
    assert story.status(10, 10, 9) == "cleared"


@pytest.mark.parametrize(("left_us", "expected"), [(7, "cha"), (8, "cleared"), (9, "cleared")])
def test_a_part_left_that_is_told_after_the_release(left_us: int, expected: str) -> None:
    """It touches the release only where it was true before it."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(8, "W1", "A1", part("P1", "cleared", FIELD))
    story.work(left_us, "W0", "A1", [part("P0", "not_cleared", box(40, 40, 60, 60))])
    assert story.status(50, 50, 99) == expected


# --- reopening, and facts that come late


def test_all_on_one_day_in_the_order_of_the_ledger() -> None:
    story = Story()
    story.area(3, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.status(50, 50, 3) == "cleared"
    story.reopen(3, "O1", EAST)
    assert story.status(75, 50, 3) == "cha"


def test_a_lower_class_follows_a_higher_one_only_after_a_release() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "cha")
    story.reopen(2, "O1", FIELD, "sha")
    assert story.status(50, 50, 2) == "cha"
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.reopen(5, "O2", WEST, "sha")
    assert [story.status(25, 50, at) for at in (3, 5)] == ["cleared", "sha"]
    # A release of later than the reopening is no release between.
    other = Story()
    other.area(1, "A1", FIELD, "cha")
    other.reopen(2, "O1", FIELD, "sha")
    other.release(6, "W1", "A1", part("P1", "cleared", FIELD))
    assert [other.status(25, 50, at) for at in (1, 2, 5)] == ["cha", "cha", "cha"]


def test_a_reopening_is_told_where_only_one_of_two_areas_knew_a_release() -> None:
    """A2 was never released, so that nothing of it could be reopened: A1 was."""
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "reduced", FIELD))
    story.inspect(5, "W1", "I9", passed=False)
    story.area(6, "A2", FIELD, "cha")
    found = state(story, 50, 50, 9)
    assert (found.status, found.reopened) == ("cha", True)
    assert "I9" in found.subjects


def test_a_reopening_is_hazard_from_its_day_and_only_where_it_lies() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.reopen(5, "O1", EAST)
    assert [story.status(75, 50, at) for at in (4, 5, 9)] == ["cleared", "cha", "cha"]
    assert story.status(25, 50, 9) == "cleared"
    found = state(story, 75, 50, 9)
    assert found.reopened
    assert "O1" in found.subjects


@pytest.mark.parametrize("at_us", [1, 2, 3])
def test_a_reopening_written_late_with_an_early_date_undoes_the_release(at_us: int) -> None:
    """Recorded after the release and true before it: nobody who released knew of it."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    known = len(story.facts)
    story.reopen(at_us, "O1", EAST)
    assert story.status(75, 50, 9) == "cha"
    assert story.status(75, 50, 3) == "cha"
    assert story.status(25, 50, 9) == "cleared"
    before = Story(story.facts[:known])
    assert before.status(75, 50, 9) == "cleared"


def test_a_release_dated_before_the_reopening_it_follows_on_record() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.reopen(5, "O1", EAST)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.status(75, 50, 4) == "cleared"
    assert story.status(75, 50, 5) == "cha"
    assert story.status(75, 50, 9) == "cha"


def test_a_late_area_with_an_early_date_is_not_what_was_released() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.area(1, "A2", EAST, "sha")
    assert story.status(75, 50, 9) == "sha"
    assert story.status(25, 50, 9) == "cleared"


def test_ground_that_no_area_claims_can_be_reopened() -> None:
    story = Story()
    story.reopen(2, "O1", FIELD, "sha")
    found = state(story, 50, 50, 2)
    assert (found.status, found.reopened, found.claims) == ("sha", True, ("O1",))


def test_the_order_in_which_facts_are_folded_does_not_matter() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1")
    story.propose(3, "R1", "W1", "P1")
    story.tell(4, SECOND, ReleaseAccepted("R1"))
    story.reopen(6, "O1", EAST)
    expected = list(story.book().faces)
    assert len(expected) == 2
    for order in permutations(story.facts):
        assert list(fold([ACCREDITED, *order]).faces) == expected


# --- outlines


def test_ground_dropped_by_a_confirmed_outline_is_off_the_record() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(3, FIRST, BoundaryCorrected("A1", WEST, "drawn anew", SECOND))
    assert [story.status(75, 50, at) for at in (2, 3)] == ["cha", None]


def test_an_outline_drops_no_reopening_and_no_other_areas_claim() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", box(50, 50, 100, 100), "sha")
    story.reopen(2, "O1", box(50, 0, 100, 10))
    story.tell(3, FIRST, BoundaryCorrected("A1", WEST, "drawn anew", SECOND))
    assert story.status(75, 5, 9) == "cha"
    assert story.status(75, 75, 9) == "sha"
    assert story.status(75, 25, 9) is None


def test_an_outline_drawn_anew_drops_what_a_work_left_and_a_release_does_not() -> None:
    left = box(80, 0, 100, 100)
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD), part("P2", "not_cleared", left))
    assert story.status(90, 50, 3) == "cha"
    story.tell(5, FIRST, BoundaryCorrected("A1", box(0, 0, 80, 100), "drawn anew", SECOND))
    assert [story.status(90, 50, at) for at in (4, 5)] == ["cha", None]
    assert story.status(50, 50, 5) == "cleared"


# --- taken over from elsewhere


def test_land_taken_over_as_released_was_hazard_or_nobody_would_have_cleared_it() -> None:
    story = Story()
    story.transfer(3, "T1", "cleared", FIELD)
    found = state(story, 50, 50, 3)
    assert (found.status, found.depth_cm, found.transferred) == ("cleared", 50, True)
    assert found.raised_class == "sha"
    assert story.status(50, 50, 2) is None


def test_land_taken_over_as_not_cleared_is_hazard_from_that_day() -> None:
    story = Story()
    story.transfer(3, "T1", "not_cleared", FIELD)
    assert story.status(50, 50, 3) == "sha"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_entries_of_one_day_the_one_that_was_not_cleared_counts(
    order: tuple[int, int],
) -> None:
    story = Story()
    entries: list[tuple[str, Outcome]] = [("T1", "cleared"), ("T2", "not_cleared")]
    for index in order:
        story.transfer(3, *entries[index], FIELD)
    assert story.status(50, 50, 9) == "sha"


def test_a_reduction_taken_over_without_an_area_lowers_no_areas_claim() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.transfer(3, "T1", "reduced", FIELD)
    assert story.status(50, 50, 9) == "cha"
    story.transfer(4, "T2", "reduced", FIELD, "A1")
    assert story.status(50, 50, 9) == "reduced"


def test_what_was_taken_over_as_not_cleared_is_answered_by_a_later_release() -> None:
    story = Story()
    story.transfer(3, "T1", "not_cleared", FIELD)
    story.transfer(5, "T2", "cleared", FIELD)
    assert [story.status(50, 50, at) for at in (3, 5)] == ["sha", "cleared"]
    story.transfer(7, "T3", "not_cleared", FIELD)
    assert story.status(50, 50, 7) == "sha"


def test_a_second_release_taken_over_does_not_undo_the_first() -> None:
    story = Story()
    story.transfer(3, "T1", "cleared", FIELD, depth_cm=60)
    story.transfer(5, "T2", "cleared", FIELD, depth_cm=20)
    assert [state(story, 50, 50, at).depth_cm for at in (3, 5)] == [60, 60]


def test_a_release_taken_over_late_with_an_early_date_counts_from_its_date() -> None:
    story = Story()
    story.transfer(5, "T1", "cleared", FIELD, depth_cm=60)
    story.transfer(3, "T2", "reduced", FIELD)
    assert [story.status(50, 50, at) for at in (2, 3, 5)] == [None, "reduced", "cleared"]


def test_an_area_is_named_before_ground_that_is_nobodys() -> None:
    story = Story()
    story.transfer(2, "T1", "reduced", FIELD)
    story.area(3, "A1", FIELD, "sha")
    assert state(story, 50, 50, 3).claims == ("A1",)
    story.release(5, "W1", "A1", part("P1", "cleared", FIELD))
    found = state(story, 50, 50, 5)
    # What was cleared is cleared for what was taken over too, and both are told of.
    assert (found.status, found.claims, found.depth_cm) == ("cleared", ("A1",), 30)
    assert not found.transferred


def test_a_state_that_rests_on_a_release_taken_over_says_so() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "reduced", FIELD))
    story.transfer(4, "T1", "reduced", FIELD, "A2")
    found = state(story, 50, 50, 9)
    assert (found.status, found.transferred) == ("reduced", True)


@pytest.mark.parametrize("class_", ["indication", "sha", "cha"])
def test_every_class_is_hazard(class_: HazardClass) -> None:
    story = Story()
    story.area(1, "A1", FIELD, class_)
    assert state(story, 50, 50, 1).is_hazard


def test_an_outline_drawn_before_its_area_is_on_record_stays_hazard_when_the_area_comes() -> None:
    story = Story()
    story.tell(3, FIRST, BoundaryCorrected("A1", FIELD, "survey", SECOND))
    assert story.status(50, 50, 4) == "sha"
    story.area(6, "A1", FIELD, "cha")
    assert [story.status(50, 50, at) for at in (2, 3, 4, 6)] == [None, "sha", "sha", "cha"]


def test_work_older_than_a_reopening_does_not_release_what_was_reopened() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1")
    story.reopen(4, "O1", WEST)
    story.propose(5, "R1", "W1", "P1")
    book = story.book()
    against = book.raised_since(book.register.case(book.register.releases["R1"].proposal))
    assert [reason.code for reason in against] == ["land.release.raised-since"]
    assert against[0].subjects == ("O1",)
    story.accept(6, "R1")
    assert [story.status(25, 50, at) for at in (3, 4, 9)] == ["cha", "cha", "cha"]
    assert story.status(75, 50, 9) == "cleared"
    story.release(10, "W2", "A1", part("P2", "cleared", WEST))
    assert story.status(25, 50, 10) == "cleared"


def test_work_that_fails_reopens_what_other_work_released_there_and_only_there() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(2, "W1", "A1", part("P1", "cleared", FIELD))
    story.work(4, "W2", "A1", [part("P2", "cleared", WEST)])
    assert story.status(25, 50, 9) == "cleared"
    story.inspect(5, "W2", passed=False)
    assert [story.status(25, 50, at) for at in (4, 5, 9)] == ["cleared", "cha", "cha"]
    assert [story.status(75, 50, at) for at in (4, 5, 9)] == ["cleared"] * 3
    story.release(7, "W3", "A1", part("P3", "cleared", WEST))
    assert story.status(25, 50, 9) == "cleared"


def test_failed_work_puts_no_ground_on_record() -> None:
    story = Story()
    story.area(1, "A1", WEST)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1", passed=False)
    assert story.status(75, 50, 9) is None
