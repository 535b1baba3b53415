"""Output of small sites, every figure worked out by hand in m² and items."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.geo import Spot
from rafiqa.land import (
    OrdnanceFound,
    Outcome,
    Output,
    ReleaseTransferred,
    TaskOrdered,
    WorkReported,
    account,
    all_ground,
    items,
    output,
    transfer_ruling,
    work_ruling,
    works_on,
)
from tests.unit.land.story import FIRST, INFORMATION, OPERATOR, SPOT, Story, box, part

FIELD = box(0, 0, 100, 100)
WEST = box(0, 0, 40, 100)


def rows(story: Story, from_us: int = 0, until_us: int = 99) -> list[Output]:
    book = story.book()
    found = output(book, all_ground(book), from_us=from_us, until_us=until_us)
    whole = account(book, from_us=from_us, until_us=until_us)
    for flow in ("cancelled", "reduced", "cleared"):
        lowered = sum(item.flows[flow] for item in whole.classes.values())
        assert sum(row.decided for row in found if row.maker.outcome == flow) == lowered
    return found


def told(story: Story, from_us: int = 0, until_us: int = 99) -> list[tuple[str, str | None, float]]:
    return [
        (row.maker.heading, row.maker.method, row.decided / 2_000_000)
        for row in rows(story, from_us, until_us)
        if row.decided
    ]


def test_by_organisation_donor_method_and_outcome() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(1, FIRST, TaskOrdered("T1", "A1", "deminers", ("manual",), donor_id="north"))
    parts = (part("P1", "cleared", WEST), part("P2", "reduced", box(40, 0, 60, 100)))
    work = WorkReported("W1", "A1", "deminers", parts, task_id="T1", person_ids=("gus",))
    story.tell(3, OPERATOR, work)
    story.inspect(4, "W1")
    story.propose(5, "R1", "W1", "P1", "P2")
    story.accept(6, "R1")
    found = rows(story)
    assert [(row.maker.organisation_id, row.maker.donor_id) for row in found] == [
        ("deminers", "north"),
        ("deminers", "north"),
    ]
    assert [(row.maker.method, row.maker.outcome, row.decided / 2_000_000) for row in found] == [
        ("manual", "cleared", 4_000),
        ("ts_systematic", "reduced", 2_000),
    ]


def test_both_dates_are_kept_and_the_decision_counts() -> None:
    """Worked at 3, decided at 6: the period from 2 to 4 has the work and not the output."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(3, "W1", "A1", [part("P1", "cleared", WEST)])
    story.inspect(4, "W1")
    story.propose(5, "R1", "W1", "P1")
    story.accept(6, "R1")
    assert rows(story, 2, 4) == []
    [late] = rows(story, 4, 9)
    assert (late.decided / 2_000_000, late.worked) == (4_000, 0)
    assert (late.decided_us, late.worked_us) == ((6, 6), (3, 3))
    [both] = rows(story, 2, 9)
    assert (both.decided, both.worked) == (8_000_000_000, 8_000_000_000)


def test_ground_lowered_again_after_its_work_failed_is_rework() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(2, "W1", "A1", part("P1", "cleared", FIELD))
    story.inspect(3, "W1", "I-bad", passed=False)
    story.release(5, "W2", "A1", part("P2", "cleared", WEST))
    assert told(story) == [("output", "manual", 10_000), ("rework", "manual", 4_000)]
    assert told(story, 3, 9) == [("rework", "manual", 4_000)]


def test_ground_reopened_for_another_reason_is_output_anew() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(2, "W1", "A1", part("P1", "cleared", FIELD))
    story.reopen(3, "O1", WEST)
    story.release(5, "W2", "A1", part("P2", "cleared", WEST))
    assert told(story) == [("output", "manual", 14_000)]


def test_ground_lowered_first_after_other_work_failed_is_output_and_says_so() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", WEST)])
    story.inspect(3, "W1", "I-bad", passed=False)
    story.release(5, "W2", "A1", part("P2", "cleared", FIELD))
    [row] = rows(story)
    assert row.maker.heading == "output"
    assert (row.decided / 2_000_000, row.after_failed / 2_000_000) == (10_000, 4_000)


def test_shared_ground_is_the_output_of_who_finished_it() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", FIELD, "sha")
    story.release(3, "W1", "A1", part("P1", "cancelled", FIELD))
    assert told(story) == []
    story.release(5, "W2", "A2", part("P2", "cancelled", FIELD))
    [row] = rows(story)
    assert (row.decided / 2_000_000, row.decided_us, row.worked_us) == (10_000, (5, 5), (5, 5))


def test_what_was_taken_over_is_told_apart_and_has_no_date_of_field_work() -> None:
    story = Story()
    taken = ReleaseTransferred(
        "T1", "cleared", WEST, "city", "list", None, 30, "mechanical", operator="kites"
    )
    story.tell(3, INFORMATION, taken)
    [row] = rows(story)
    assert (row.maker.organisation_id, row.maker.transferred) == ("kites", True)
    assert (row.decided, row.worked, row.undated) == (8_000_000_000, 0, 8_000_000_000)


def test_a_spot_task_is_counted_in_items_and_has_no_square_metres() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.tell(1, FIRST, TaskOrdered("T1", "A1", "deminers", ("eod_spot",)))
    find = OrdnanceFound("projectile", SPOT, count=3)
    work = WorkReported("W1", "A1", "deminers", (), task_id="T1", finds=(find,))
    assert work_ruling(work, FIELD).allowed
    story.tell(3, OPERATOR, work)
    assert told(story) == []
    book = story.book()
    works = list(works_on(book, all_ground(book), whole=False))
    [row] = items(book, works, from_us=0, until_us=9)
    assert (row.organisation_id, row.method, row.items, row.tasks) == ("deminers", "eod_spot", 3, 1)
    assert items(book, works, from_us=3, until_us=9) == []


@pytest.mark.parametrize("outcome", ["cleared", "reduced", "cancelled"])
def test_no_ground_is_lowered_by_disposal_at_a_single_spot(outcome: Outcome) -> None:
    spot = replace(part("P1", "cleared", WEST), outcome=outcome, method="eod_spot")
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", spot)
    assert told(story) == []
    assert "land.part.spot-has-no-area" in story.void_codes()[0][1]
    taken = ReleaseTransferred("T1", outcome, WEST, "city", "list", None, 30, "eod_spot")
    codes = [reason.code for reason in transfer_ruling(taken).reasons]
    assert codes == ["land.part.spot-has-no-area"]


def test_battle_area_clearance_keeps_its_own_method() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    surface = replace(part("P1", "cleared", WEST, 0), method="bac_surface")
    story.release(3, "W1", "A1", surface, part("P2", "cleared", box(40, 0, 60, 100)))
    assert told(story) == [("output", "bac_surface", 4_000), ("output", "manual", 2_000)]


def test_finds_count_by_who_found_them() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    find = OrdnanceFound("projectile", Spot.of(39.0, 36.0), count=2)
    work = WorkReported("W1", "A1", "deminers", (part("P1", "cleared", WEST),), finds=(find, find))
    story.tell(3, OPERATOR, work)
    book = story.book()
    [row] = items(book, [work], from_us=0, until_us=9)
    assert (row.organisation_id, row.method, row.items, row.tasks) == ("deminers", "manual", 4, 0)
