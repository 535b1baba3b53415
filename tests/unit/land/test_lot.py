"""Lots, and what a failed one stops until two persons have reviewed it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rafiqa.land import (
    QUARANTINE_DAYS,
    Actor,
    Finding,
    LandState,
    LotInspected,
    Quarantine,
    Recorded,
    WorkInspected,
    WorkReported,
    quarantines,
)
from rafiqa.land.quality_rule import stops_work
from tests.unit.land.qualitystory import (
    DAY_US,
    FAILED,
    FIELD,
    LOT,
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
    SECOND,
    Story,
    part,
)

# --- lots


def test_a_part_is_covered_by_a_lot_that_names_it() -> None:
    story = begun(inspected=False)
    assert codes(begun(inspected=False)) == ["land.release.not-inspected"]
    story.tell(3, INSPECTOR, LOT)
    assert codes(story) == []
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, part_ids=("P9",)))
    assert codes(story) == ["land.release.not-inspected"]
    story = begun(inspected=False)
    story.tell(3, INSPECTOR, replace(LOT, part_ids=(), work_ids=("W1",)))
    assert codes(story) == ["land.release.not-inspected"]


@pytest.mark.parametrize(
    ("actor", "changes", "expected"),
    [
        (OPERATOR, {"organisation_id": "deminers"}, "land.release.inspected-by-operator"),
        (INSPECTOR, {"organisation_id": "deminers"}, "land.release.inspected-by-operator"),
        (Actor("gus", "quality", "quality"), {}, "land.release.inspector-did-work"),
        (Actor("dov", "quality", "planner"), {}, "land.release.not-inspector"),
        (INSPECTOR, {"inspected_share": Decimal(0)}, "land.release.nothing-inspected"),
        (FIRST, {}, "land.release.inspector-approves"),
        (SECOND, {}, "land.release.inspector-approves"),
    ],
)
def test_a_lot_covers_only_where_its_inspector_is_apart(
    actor: Actor, changes: dict[str, object], expected: str
) -> None:
    story = begun(inspected=False)
    story.tell(3, actor, replace(LOT, **changes))  # type: ignore[arg-type]
    assert expected in codes(story)


@pytest.mark.parametrize("actor", [FIRST, SECOND])
def test_who_inspected_a_work_does_not_approve_its_release(actor: Actor) -> None:
    story = begun(inspected=False)
    story.tell(3, actor, WorkInspected("I1", "W1", "quality", passed=True))
    assert codes(story) == ["land.release.inspector-approves"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"passed": False}, ["land.release.inspection-failed"]),
        ({"items_found": 1}, ["land.release.inspection-failed"]),
        ({"findings": (Finding("critical", "mine"),)}, ["land.release.critical-open"]),
        ({"findings": (Finding("major", "log"),)}, []),
    ],
)
def test_a_failed_lot_fails_its_parts(changes: dict[str, object], expected: list[str]) -> None:
    lot = replace(LOT, **changes)  # type: ignore[arg-type]
    story = begun()
    story.tell(4, OPERATOR, lot)
    assert [each for each in codes(story) if "quarantined" not in each] == expected
    story = released()
    story.tell(6, INSPECTOR, lot)
    hazard = bool(expected)
    assert story.status(50, 50, 6) == ("cha" if hazard else "cleared")
    told = [reason.code for reason in story.point(50, 50, 6).reasons]
    assert ("land.point.inspection-failed" in told) is hazard
    gates = story.state(50, 50, 6)
    assert gates is not None
    assert gates.reopened is hazard


def test_a_failed_lot_that_names_no_part_fails_its_works() -> None:
    story = released()
    story.tell(6, INSPECTOR, replace(FAILED, part_ids=(), work_ids=("W1",)))
    assert story.status(50, 50, 6) == "cha"


def test_a_failed_lot_of_ground_taken_over_reopens_it() -> None:
    story = Story()
    story.transfer(1, "T9", "cleared", FIELD)
    assert story.status(50, 50, 2) == "cleared"
    story.tell(3, INSPECTOR, replace(FAILED, part_ids=("T9",)))
    assert story.status(50, 50, 3) == "sha"


def test_a_failed_lot_is_told_on_ground_that_was_never_released() -> None:
    story = begun()
    story.tell(4, INSPECTOR, replace(FAILED, part_ids=("P1",)))
    told = [(each.code, each.subjects) for each in story.point(50, 50, 4).reasons]
    assert ("land.point.lot-refused", ("L2",)) in told
    assert "land.point.lot-refused" not in [each.code for each in story.point(50, 50, 3).reasons]


# --- quarantine


def test_a_failed_lot_stops_earlier_work_of_the_same_team_until_it_is_reviewed() -> None:
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    assert codes(story) == ["land.release.quarantined"]
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    story.tell(5, FIRST, REVIEW)
    assert codes(story) == []


def test_a_review_does_not_lift_the_failure_of_the_lot_itself() -> None:
    story = begun()
    story.tell(4, INSPECTOR, replace(FAILED, part_ids=("P1",)))
    story.tell(5, FIRST, REVIEW)
    assert codes(story) == ["land.release.inspection-failed"]


@pytest.mark.parametrize(
    ("actor", "second", "at_us"),
    [
        (FIRST, None, 5),
        (FIRST, FIRST, 5),
        (FIRST, Actor("ana", "elsewhere", "authority"), 5),
        (FIRST, Actor("bo", "office", "quality"), 5),
        (INSPECTOR, SECOND, 5),
        (FIRST, Actor("bo", "deminers", "authority"), 5),
        (FIRST, Actor("gus", "office", "authority"), 5),
        # Before the lot, and after the release.
        (FIRST, SECOND, 3),
        (FIRST, SECOND, 11),
    ],
)
def test_a_review_takes_two_persons_apart_from_the_work(
    actor: Actor, second: Actor | None, at_us: int
) -> None:
    story = begun()
    story.tell(4, INSPECTOR, FAILED)
    story.tell(at_us, actor, replace(REVIEW, confirmed_by=second))
    assert codes(story) == ["land.release.quarantined"]


@pytest.mark.parametrize(
    ("lot", "work", "stopped"),
    [
        (FAILED, WORK, True),
        (replace(FAILED, team_ids=("T2",)), WORK, False),
        (replace(FAILED, team_ids=("T2",), asset_ids=("dog",)), WORK, True),
        # Where either side names no hands, the organisation decides.
        (replace(FAILED, team_ids=(), inspected_id="deminers"), WORK, True),
        (replace(FAILED, team_ids=(), inspected_id="others"), WORK, False),
        (
            replace(FAILED, inspected_id="deminers"),
            replace(WORK, team_id=None, asset_ids=None),
            True,
        ),
        (replace(FAILED, team_ids=("T2",), inspected_id="deminers"), WORK, False),
        (replace(FAILED, passed=True), WORK, False),
    ],
)
def test_whose_work_is_stopped(lot: LotInspected, work: WorkReported, stopped: bool) -> None:
    pair = Recorded(9, "e9", 4, 9, INSPECTOR, lot), Recorded(1, "e1", 2, 1, OPERATOR, work)
    assert stops_work(*pair) is stopped
    story = begun(work=work)
    story.tell(4, INSPECTOR, lot)
    assert ("land.release.quarantined" in codes(story)) is stopped


@pytest.mark.parametrize(
    ("begun_days", "ended_days", "stopped"),
    [
        (-QUARANTINE_DAYS, -QUARANTINE_DAYS, True),
        (-QUARANTINE_DAYS - 9, -QUARANTINE_DAYS - 1, False),
        (-QUARANTINE_DAYS - 9, -QUARANTINE_DAYS, True),
        # Done while the lot waited for its inspection, and begun after that.
        (19, 40, True),
        (21, 40, False),
    ],
)
def test_of_which_days_work_is_stopped(begun_days: int, ended_days: int, stopped: bool) -> None:
    """The lot was worked on days 0 to 10, and inspected on day 20."""
    days = [round(day * DAY_US) for day in (begun_days, ended_days)]
    work = replace(WORK, begun_us=days[0], ended_us=days[1])
    lot = replace(FAILED, from_us=0, until_us=10 * DAY_US)
    assert (
        stops_work(
            Recorded(9, "e9", 20 * DAY_US, 9, INSPECTOR, lot),
            Recorded(1, "e1", days[1], 1, OPERATOR, work),
        )
        is stopped
    )


def test_ground_released_before_stays_and_is_in_doubt() -> None:
    story = released()
    story.tell(6, INSPECTOR, FAILED)
    story.tell(8, FIRST, REVIEW)
    assert [story.status(50, 50, at_us) for at_us in (5, 6, 8)] == ["cleared"] * 3
    doubt = {}
    for at_us in (5, 6, 7, 8):
        state = story.state(50, 50, at_us)
        assert state is not None
        doubt[at_us] = [(each.work_id, each.lot_id) for each in _doubt(story, state, at_us)]
    assert doubt == {5: [], 6: [("W1", "L2")], 7: [("W1", "L2")], 8: []}
    told = {at_us: story.point(50, 50, at_us).reasons for at_us in (6, 8)}
    assert [each.subjects for each in told[6] if each.code == "land.point.quarantined"] == [("L2",)]
    assert not [each for each in told[8] if each.code == "land.point.quarantined"]


def _doubt(story: Story, state: LandState, at_us: int) -> tuple[Quarantine, ...]:
    return quarantines(story.book().register, state, at_us)


def test_ground_cleared_again_by_others_since_is_not_in_doubt() -> None:
    story = released()
    story.tell(6, INSPECTOR, FAILED)
    again = replace(WORK, work_id="W2", parts=(part("P5", "cleared", FIELD),), team_id="T2")
    story.tell(7, OPERATOR, replace(again, asset_ids=None, task_id=None))
    story.inspect(8, "W2")
    story.propose(8, "R2", "W2", "P5")
    assert "land.point.quarantined" in [each.code for each in story.point(50, 50, 8).reasons]
    story.accept(9, "R2")
    assert "land.point.quarantined" not in [each.code for each in story.point(50, 50, 9).reasons]


def test_a_failed_lot_known_late_stops_what_was_accepted_after_its_date() -> None:
    story = released()
    story.tell(4, INSPECTOR, FAILED)
    assert story.status(50, 50, 9) == "cha"
    assert story.void_codes() == [("e5", ["land.release.quarantined"])]
