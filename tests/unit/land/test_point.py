"""What is said of one point: its state, and every reason with the fact it rests on."""

from __future__ import annotations

import pytest

from rafiqa.land import (
    UNRECORDED,
    AreaRecorded,
    HazardClass,
    Outcome,
    PointAnswer,
    WorkInspected,
)
from tests.unit.land.story import FIRST, INSPECTOR, SURVEYOR, Story, box, evidence, part

FIELD = box(0, 0, 100, 100)


def codes(answer: PointAnswer) -> list[str]:
    return [reason.code for reason in answer.reasons]


def test_nothing_on_record_is_said_to_be_that_and_nothing_else() -> None:
    story = Story()
    story.area(5, "A1", FIELD)
    for answer in (story.point(500, 500, 9), story.point(50, 50, 4)):
        assert (answer.state, answer.depth_cm, answer.area_ids) == (UNRECORDED, None, ())
        assert codes(answer) == ["land.point.unrecorded"]


@pytest.mark.parametrize("class_", ["indication", "sha", "cha"])
def test_hazard_names_its_area_its_source_and_its_evidence(class_: HazardClass) -> None:
    story = Story()
    story.tell(1, SURVEYOR, evidence("E1"))
    fact = AreaRecorded("A1", class_, FIELD, "Mill quarter", ("E1", "E2"), source="sheet 4")
    story.tell(2, SURVEYOR, fact)
    answer = story.point(50, 50, 9)
    assert (answer.state, answer.reopened, answer.area_ids) == (class_, False, ("A1",))
    assert codes(answer) == [
        f"land.point.{class_}",
        "land.point.source",
        "land.point.evidence",
        "land.point.class-supported",
        "land.evidence.seen",
    ]
    area, source, about, supported, item = answer.reasons
    # E2 is named and not on record: it is evidence, and nobody can say of what.
    assert (supported.params, supported.subjects) == ({"supported": "cha", "n": 1}, ("E1", "E2"))
    assert item.subjects == ("E1",)
    assert (area.params, area.subjects) == ({"area": "Mill quarter"}, ("A1",))
    assert source.params == {"source": "sheet 4"}
    assert (about.params, about.subjects) == ({"n": 2}, ("E1", "E2"))


def test_every_area_that_claims_the_ground_is_named() -> None:
    story = Story()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", FIELD, "sha")
    answer = story.point(50, 50, 9)
    assert answer.area_ids == ("A1", "A2")
    assert codes(answer) == ["land.point.sha", "land.point.sha"]


@pytest.mark.parametrize(
    ("outcome", "depth_cm", "expected"),
    [
        ("cleared", 45, ["land.point.cleared", "land.point.depth"]),
        ("reduced", None, ["land.point.reduced"]),
        ("cancelled", None, ["land.point.cancelled"]),
    ],
)
def test_released_land_says_who_to_which_depth_and_that_it_is_no_promise(
    outcome: Outcome, depth_cm: int | None, expected: list[str]
) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", outcome, FIELD, depth_cm))
    answer = story.point(50, 50, 9)
    assert (answer.state, answer.depth_cm, answer.part_ids) == (outcome, depth_cm, ("P1",))
    proved = [] if outcome == "cancelled" else ["land.point.passed-at-best"]
    last = ["land.point.released-by", *proved, "land.point.not-a-promise"]
    assert codes(answer) == [*expected, *last]
    by = next(each for each in answer.reasons if each.code == "land.point.released-by")
    assert by.params == {"proposer": "ana", "accepter": "bo", "organisation": "office"}
    assert by.subjects == ("R-W1",)


def test_depth_and_surface_of_a_cleared_part() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 20, surface="asphalt"))
    reasons = {reason.code: reason for reason in story.point(50, 50, 9).reasons}
    assert reasons["land.point.depth"].params == {"depth_cm": 20}
    assert reasons["land.point.surface"].params == {"surface": "asphalt"}


def test_land_taken_over_names_the_authority_and_the_source() -> None:
    story = Story()
    story.transfer(3, "T1", "cleared", FIELD)
    answer = story.point(50, 50, 9)
    assert codes(answer) == [
        "land.point.cleared",
        "land.point.depth",
        "land.point.transferred",
        "land.point.not-a-promise",
    ]
    assert answer.reasons[2].params == {"authority": "other body", "source": "their map"}


def test_reopened_land_says_why() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.reopen(5, "O1", FIELD)
    answer = story.point(50, 50, 9)
    assert (answer.state, answer.reopened, answer.depth_cm) == ("cha", True, None)
    assert "land.point.reopened" in codes(answer)
    again = next(item for item in answer.reasons if item.code == "land.point.reopened")
    assert (again.params, again.subjects) == ({"cause": "accident"}, ("O1",))
    assert not story.point(50, 50, 4).reopened


def test_a_failed_inspection_after_release_is_named() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    story.tell(5, INSPECTOR, WorkInspected("I9", "W1", "quality", passed=False))
    answer = story.point(50, 50, 9)
    assert answer.reopened
    failed = next(item for item in answer.reasons if item.code == "land.point.inspection-failed")
    assert failed.subjects == ("I9",)


def test_what_was_not_cleared_is_named_with_its_reason_and_only_there() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    left = part("P2", "not_cleared", box(40, 40, 60, 60))
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD), left)
    inside, beside = story.point(50, 50, 9), story.point(10, 10, 9)
    assert inside.state == "cha"
    kept = next(item for item in inside.reasons if item.code == "land.point.not-cleared")
    assert (kept.params, kept.subjects) == ({"reason": "under_slab"}, ("P2",))
    assert "land.point.not-cleared" not in codes(beside)
    assert "land.point.not-cleared" not in codes(story.point(50, 50, 2))


# --- edges


def test_on_the_edge_between_two_states_the_worse_one_is_told() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", box(0, 0, 50, 100)))
    assert story.point(50, 50, 9).state == "cha"
    assert story.point(49.999, 50, 9).state == "cleared"


def test_the_outer_edge_of_released_land_counts_as_unrecorded() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD))
    assert story.point(0, 50, 9).state == UNRECORDED
    assert story.point(100, 100, 9).state == UNRECORDED
    assert story.point(0.001, 50, 9).state == "cleared"


def test_the_outer_edge_of_hazard_is_hazard() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    assert story.point(0, 50, 9).state == "cha"
    assert story.point(100, 100, 9).state == "cha"


def test_between_two_cleared_parts_the_shallower_depth_is_told() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(
        3,
        "W1",
        "A1",
        part("P1", "cleared", box(0, 0, 50, 100), 60),
        part("P2", "cleared", box(50, 0, 100, 100), 20),
    )
    seam = story.point(50, 50, 9)
    assert (seam.state, seam.depth_cm) == ("cleared", 20)
    assert [story.point(x, 50, 9).depth_cm for x in (49, 51)] == [60, 20]


def test_between_cleared_and_cancelled_land_the_answer_is_cancelled_and_has_no_depth() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(
        3,
        "W1",
        "A1",
        part("P1", "cleared", box(0, 0, 50, 100)),
        part("P2", "cancelled", box(50, 0, 100, 100)),
    )
    seam = story.point(50, 50, 9)
    assert (seam.state, seam.depth_cm) == ("cancelled", None)


def test_evidence_seen_later_is_no_reason_of_an_earlier_day() -> None:
    story = Story()
    story.tell(1, SURVEYOR, evidence("E1", area_id="A1"))
    story.area(2, "A1", FIELD)
    story.tell(6, SURVEYOR, evidence("E2", area_id="A1"))
    named = [
        reason.subjects
        for at_us in (5, 6)
        for reason in story.point(50, 50, at_us).reasons
        if reason.code == "land.point.evidence"
    ]
    assert named == [("E1",), ("E1", "E2")]


def test_contrary_evidence_is_not_counted_as_a_reason_for_hazard() -> None:
    story = Story()
    story.tell(1, FIRST, evidence("E1", "contrary_use", area_id="A1"))
    story.area(2, "A1", FIELD, "sha")
    assert codes(story.point(50, 50, 9)) == ["land.point.sha"]
