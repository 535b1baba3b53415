"""Signs of ordnance near a point: which are told, and the nearest neighbours that are not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import shapely

from rafiqa.geo import GridShape, SiteFrame
from rafiqa.land import (
    UNRECORDED,
    AccidentRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    PointAnswer,
    Reason,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    WorkInspected,
    point,
)
from tests.unit.land.story import (
    FIRST,
    INSPECTOR,
    SECOND,
    SPOT,
    SURVEYOR,
    Story,
    box,
    evidence,
    part,
)

FIELD = box(0, 0, 100, 100)
FRAME = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
SIGNS = "land.point.unrecorded-signs"
EVIDENCE = "land.point.near-evidence"
ACCIDENTS = "land.point.near-accidents"
REPORTS = "land.point.near-reports"


def opened() -> Story:
    story = Story()
    story.tell(0, FIRST, SiteOpened("Site", SPOT, "office"))
    return story


def crater(
    x_m: float, y_m: float = 50, evidence_id: str = "E1", accuracy_m: str | None = None
) -> EvidenceRecorded:
    """A crater seen on an image."""
    accuracy = None if accuracy_m is None else Decimal(accuracy_m)
    fact = evidence(evidence_id, "crater", "remote")
    return replace(fact, spot=FRAME.mm_spot(x_m * 1_000, y_m * 1_000), accuracy_m=accuracy)


def accident(x_m: float, accident_id: str = "X1") -> AccidentRecorded:
    return AccidentRecorded(accident_id, "mine", FRAME.mm_spot(x_m * 1_000, 50_000))


def report(x_m: float, report_id: str = "S1") -> ResidentReported:
    return ResidentReported(report_id, FRAME.mm_spot(x_m * 1_000, 50_000), "eo_seen")


def near(answer: PointAnswer) -> dict[str, Reason]:
    wanted = {EVIDENCE, ACCIDENTS, REPORTS}
    return {reason.code: reason for reason in answer.reasons if reason.code in wanted}


def released(story: Story, at_us: int = 5) -> Story:
    """The field cleared and released; known after whatever the story has told before."""
    story.area(1, "A1", FIELD)
    story.release(at_us, "W1", "A1", part("P1", "cleared", FIELD))
    return story


# --- which are near


@pytest.mark.parametrize("fact", [crater(0), accident(0), report(0)])
def test_a_sign_is_told_within_a_hundred_metres_and_draws_no_area(fact: object) -> None:
    story = opened()
    story.tell(1, SURVEYOR, fact)
    answer = story.point(99, 50, 9)
    assert (answer.state, answer.area_ids) == (UNRECORDED, ())
    assert answer.reasons[0] == Reason(SIGNS, {"n": 1, "distance_m": 100})
    (told,) = near(answer).values()
    assert told.params["n"] == 1
    # A spot in degrees may be off by millimetres, and metres are rounded down.
    assert told.params["distance_m"] in {98, 99}
    for silent in (story.point(101, 50, 9), story.point(0, 151, 9)):
        assert [reason.code for reason in silent.reasons] == ["land.point.unrecorded"]


def test_each_kind_is_told_once_with_its_count_its_nearest_and_its_ids() -> None:
    story = opened()
    for fact in (crater(40), crater(10.9, evidence_id="E2"), crater(-101, evidence_id="E3")):
        story.tell(1, SURVEYOR, fact)
    story.tell(2, FIRST, accident(30.5))
    story.tell(2, FIRST, report(60.5))
    answer = story.point(0, 50, 9)
    assert [reason.code for reason in answer.reasons] == [SIGNS, EVIDENCE, ACCIDENTS, REPORTS]
    assert answer.reasons[0].params == {"n": 4, "distance_m": 100}
    assert [(item.params, item.subjects) for item in answer.reasons[1:]] == [
        ({"n": 2, "distance_m": 10}, ("E2", "E1")),
        ({"n": 1, "distance_m": 30}, ("X1",)),
        ({"n": 1, "distance_m": 60}, ("S1",)),
    ]


def test_what_is_less_exact_is_told_further_off_and_what_is_more_exact_as_far() -> None:
    story = opened()
    story.tell(1, SURVEYOR, crater(0, accuracy_m="250.5"))
    story.tell(1, SURVEYOR, crater(0, evidence_id="E2", accuracy_m="3"))
    told = [near(story.point(x_m, 50, 9)) for x_m in (99, 101, 250, 251)]
    assert [item[EVIDENCE].subjects if item else () for item in told] == [
        ("E1", "E2"),
        ("E1",),
        ("E1",),
        (),
    ]


def test_a_sign_that_is_drawn_is_near_its_whole_shape() -> None:
    story = opened()
    drawn = replace(crater(0), spot=None, shape=box(0, 0, 500, 10))
    story.tell(1, SURVEYOR, drawn)
    assert near(story.point(400, 109.5, 9))[EVIDENCE].params == {"n": 1, "distance_m": 99}
    assert near(story.point(400, 5, 9))[EVIDENCE].params == {"n": 1, "distance_m": 0}
    # Inside the box of its reach, and yet 141 m off its corner.
    assert not near(story.point(599, 109, 9))


@pytest.mark.parametrize(
    ("kind", "source_kind"),
    [("contrary_use", "visual"), ("contrary_ts", "visual"), ("not_asked", "visual")],
)
def test_contrary_evidence_and_nothing_are_no_signs(kind: str, source_kind: str) -> None:
    story = opened()
    story.tell(1, SURVEYOR, replace(crater(0), kind=kind, source_kind=source_kind))
    assert story.point(0, 50, 9).reasons == (Reason("land.point.unrecorded"),)


def test_a_later_contrary_record_of_the_same_id_takes_no_sign_away() -> None:
    story = opened()
    story.tell(1, SURVEYOR, crater(0))
    story.tell(2, SURVEYOR, replace(crater(0), kind="contrary_use"))
    story.tell(3, SURVEYOR, crater(20))
    assert near(story.point(0, 50, 9))[EVIDENCE].params == {"n": 1, "distance_m": 0}


def test_what_is_not_yet_true_is_not_told() -> None:
    story = opened()
    story.tell(5, SURVEYOR, crater(0))
    assert not near(story.point(0, 50, 4))
    assert near(story.point(0, 50, 5))


def test_what_is_not_yet_known_is_not_told() -> None:
    story = opened()
    known_before = Story(list(story.facts))
    story.tell(1, SURVEYOR, crater(0))
    assert not near(known_before.point(0, 50, 9))
    assert near(story.point(0, 50, 9))


def test_what_has_no_place_on_the_grid_is_near_nothing() -> None:
    story = opened()
    nowhere = replace(crater(0), spot=None)
    far = replace(crater(0, evidence_id="E2"), spot=SPOT.of(-60, -30), accuracy_m=Decimal(100_000))
    for fact in (nowhere, far, AccidentRecorded("X1", "mine")):
        story.tell(1, SURVEYOR, fact)
    assert not story.book().witnesses.all
    assert story.point(0, 0, 9).reasons == (Reason("land.point.unrecorded"),)


# --- which are answered


def test_a_newer_release_of_its_own_ground_answers_a_sign() -> None:
    story = opened()
    story.tell(2, SURVEYOR, crater(50))
    released(story)
    for x_m in (50, 120):
        assert not near(story.point(x_m, 50, 9)), x_m
        assert near(story.point(x_m, 50, 4)), x_m


def test_a_release_older_in_truth_answers_nothing() -> None:
    story = opened()
    story.tell(6, SURVEYOR, crater(50))
    released(story, 5)
    answer = story.point(50, 50, 9)
    assert (answer.state, answer.depth_cm) == ("cleared", 30)
    assert near(answer)[EVIDENCE].subjects == ("E1",)


def test_a_release_older_on_record_answers_nothing() -> None:
    story = released(opened())
    story.tell(2, SURVEYOR, crater(50))
    answer = story.point(50, 50, 9)
    assert answer.state == "cleared"
    assert near(answer)[EVIDENCE].params == {"n": 1, "distance_m": 0}


def test_a_sign_between_the_work_and_its_release_is_not_answered() -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    story.work(2, "W1", "A1", [part("P1", "cleared", FIELD)])
    story.inspect(3, "W1")
    story.tell(4, SURVEYOR, crater(50))
    story.propose(5, "R1", "W1", "P1")
    story.accept(6, "R1")
    answer = story.point(50, 50, 9)
    assert answer.state == "cleared"
    assert near(answer)[EVIDENCE].subjects == ("E1",)


def test_a_release_beside_it_answers_nothing() -> None:
    story = opened()
    story.tell(2, SURVEYOR, crater(101))
    story.tell(2, SURVEYOR, crater(100, evidence_id="E2"))
    released(story)
    answer = story.point(50, 50, 9)
    assert answer.state == "cleared"
    # The outer edge of released land is not released.
    assert near(answer)[EVIDENCE].subjects == ("E2", "E1")


def test_ground_that_is_hazard_again_answers_nothing() -> None:
    story = opened()
    story.tell(2, SURVEYOR, crater(50))
    released(story)
    story.reopen(7, "O1", box(40, 40, 60, 60))
    assert not near(story.point(10, 50, 6))
    assert near(story.point(10, 50, 9))[EVIDENCE].subjects == ("E1",)


def test_a_drawn_sign_is_answered_by_the_release_of_all_its_ground() -> None:
    def told(shape: GridShape) -> bool:
        story = opened()
        story.tell(2, SURVEYOR, replace(crater(0), spot=None, shape=shape))
        story.area(1, "A1", FIELD)
        west, east = box(0, 0, 50, 100), box(50, 0, 100, 100)
        story.release(5, "W1", "A1", part("P1", "cleared", west), part("P2", "reduced", east))
        return bool(near(story.point(20, 50, 9)))

    assert not told(box(10, 10, 90, 90))
    assert told(box(10, 10, 101, 90))


def test_a_boundary_that_leaves_a_sign_out_answers_nothing() -> None:
    story = opened()
    story.tell(1, SURVEYOR, crater(75))
    story.area(2, "A1", FIELD)
    smaller = BoundaryCorrected("A1", box(0, 0, 50, 100), "drawn anew", SECOND)
    story.tell(3, FIRST, smaller)
    answer = story.point(75, 50, 9)
    assert answer.state == UNRECORDED
    assert near(answer)[EVIDENCE].subjects == ("E1",)


def test_evidence_that_its_area_names_is_told_once() -> None:
    story = opened()
    story.tell(1, SURVEYOR, crater(50))
    story.area(2, "A1", FIELD, evidence_ids=("E1",))
    answer = story.point(50, 50, 9)
    codes = [reason.code for reason in answer.reasons]
    assert codes == [
        "land.point.cha",
        "land.point.evidence",
        "land.point.class-supported",
        "land.evidence.remote",
    ]
    assert near(story.point(150, 50, 9))[EVIDENCE].subjects == ("E1",)


def test_a_report_waits_until_somebody_answers_it_whatever_is_released() -> None:
    story = opened()
    story.tell(2, FIRST, report(50))
    released(story)
    story.tell(7, FIRST, ReportAnswered("S1", "marked"))
    story.tell(8, FIRST, ReportAnswered("S1", "item_removed"))
    for day in (6, 7):  # what was only marked lies there still
        assert near(story.point(50, 50, day))[REPORTS].params == {"n": 1, "distance_m": 0}
    assert not near(story.point(50, 50, 8))


# --- the squares that everybody is told of


def test_a_square_tells_of_all_that_is_near_any_of_its_places_and_of_no_place_within() -> None:
    story = opened()
    story.tell(1, SURVEYOR, crater(199, 50))
    book = story.book()

    def asked(x_m: float, y_m: float) -> tuple[Reason, ...]:
        return point(book, round(x_m * 1_000), round(y_m * 1_000), 9, cell_mm=100_000).reasons

    assert asked(1, 1) == asked(99, 99) == asked(50, 50)
    assert asked(1, 1)[0].params == {"n": 1, "distance_m": 250}
    assert asked(-1, 1) == (Reason("land.point.unrecorded"),)


# --- refused work


def refused(story: Story) -> list[str]:
    answer = story.point(50, 50, 9)
    return [
        subject
        for reason in answer.reasons
        if reason.code == "land.point.inspection-refused"
        for subject in reason.subjects
    ]


def worked() -> Story:
    story = opened()
    story.area(1, "A1", FIELD)
    story.work(3, "W1", "A1", [part("P1", "cleared", box(0, 0, 60, 100))])
    return story


def test_an_inspection_that_failed_before_any_release_is_named() -> None:
    story = worked()
    assert refused(story) == []
    story.inspect(4, "W1", "I1", passed=False)
    assert refused(story) == ["I1"]
    reason = story.point(50, 50, 9).reasons[-1]
    assert reason.params == {"inspection": "I1", "work": "W1"}
    for x_m, at_us in ((70, 9), (50, 3)):
        codes = [reason.code for reason in story.point(x_m, 50, at_us).reasons]
        assert codes == ["land.point.cha"]


def test_a_pass_of_the_same_work_answers_no_failure() -> None:
    story = worked()
    story.inspect(4, "W1", "I1")
    story.inspect(5, "W1", "I2", passed=False)
    story.inspect(6, "W1", "I3")
    assert refused(story) == ["I2"]


def test_work_done_again_and_released_answers_a_failure() -> None:
    story = worked()
    story.inspect(4, "W1", "I1", passed=False)
    story.release(6, "W2", "A1", part("P2", "cleared", box(0, 0, 60, 100)))
    assert story.point(50, 50, 9).state == "cleared"
    story.reopen(8, "O1", box(40, 40, 60, 60))
    assert story.point(50, 50, 9).reopened
    assert refused(story) == []


def test_a_failure_after_release_is_told_once() -> None:
    story = worked()
    story.inspect(4, "W1")
    story.propose(5, "R1", "W1", "P1")
    story.accept(5, "R1")
    story.tell(7, INSPECTOR, WorkInspected("I9", "W1", "quality", passed=False))
    codes = [reason.code for reason in story.point(50, 50, 9).reasons]
    assert "land.point.inspection-failed" in codes
    assert refused(story) == []


def test_no_witnesses_are_near_anything() -> None:
    witnesses = Story().book().witnesses
    assert witnesses.near(shapely.Point(0, 0), 9, least_mm=100_000) == []
    assert witnesses.unanswered(9) == []
