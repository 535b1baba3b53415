"""Completion: refused while anything is open in the boundary, and then no state changes."""

from __future__ import annotations

from dataclasses import replace

from rafiqa.geo import GridShape, SiteFrame, Spot
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    CompletionDeclared,
    Recorded,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    account,
    completion_ruling,
)
from tests.unit.land.story import (
    FIRST,
    OPERATOR,
    SECOND,
    SPOT,
    SURVEYOR,
    Story,
    box,
    evidence,
    part,
)

TOWN = box(-50, -50, 150, 150)
FIELD = box(0, 0, 100, 100)


def spot(x_m: float, y_m: float) -> Spot:
    return SiteFrame(SPOT.lon_deg, SPOT.lat_deg).mm_spot(x_m * 1_000, y_m * 1_000)


def opened() -> Story:
    story = Story()
    story.tell(0, FIRST, SiteOpened("Town", SPOT, "office"))
    return story


def declared(shape: GridShape = TOWN, second: Actor | None = SECOND) -> CompletionDeclared:
    return CompletionDeclared("C1", shape, "all known work is done", second)


def codes(
    story: Story, fact: CompletionDeclared | None = None, actor: Actor = FIRST, at_us: int = 9
) -> list[str]:
    ruling = completion_ruling(story.book(), fact or declared(), actor, at_us)
    return [reason.code for reason in ruling.reasons]


def cleared(story: Story, at_us: int = 3, shape: GridShape = FIELD) -> None:
    story.release(at_us, f"W{at_us}", "A1", part(f"P{at_us}", "cleared", shape))


def test_every_thing_that_is_open_in_the_boundary_is_named() -> None:
    story = opened()
    story.area(1, "A1", FIELD, "sha")
    story.area(1, "A2", box(100, 0, 140, 40), "indication")
    story.area(1, "A3", box(140, 0, 160, 10), "cha")
    story.area(1, "far", box(150, 200, 160, 210), "cha")
    story.tell(2, SURVEYOR, replace(evidence("E1"), spot=spot(50, 50)))
    story.tell(2, SURVEYOR, AccidentRecorded("X1", "ordnance", spot(20, 20)))
    story.tell(2, FIRST, ResidentReported("S1", spot(10, 10), "shell"))
    story.tell(2, FIRST, ResidentReported("S9", spot(300, 300), "shell"))
    ruling = completion_ruling(story.book(), declared(), FIRST, 9)
    named = [(reason.code, reason.subjects) for reason in ruling.reasons]
    assert named[:3] == [("land.completion.hazard", (area,)) for area in ("A1", "A2", "A3")]
    assert [reason.params["area_m2"] for reason in ruling.reasons[:3]] == [10_000, 1_600, 100]
    assert set(named[3:]) == {
        ("land.completion.evidence-unanswered", ("E1",)),
        ("land.completion.accident-unanswered", ("X1",)),
        ("land.completion.report-open", ("S1",)),
    }


def test_where_all_is_answered_completion_may_be_declared() -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    story.tell(1, SURVEYOR, replace(evidence("E1", area_id="A1"), spot=spot(50, 50)))
    story.tell(1, FIRST, ResidentReported("S1", spot(10, 10), "shell"))
    cleared(story)
    assert codes(story) == ["land.completion.report-open"]
    story.tell(5, FIRST, ReportAnswered("S1", "nothing_found"))
    assert codes(story) == []
    # What is on record for a later day only is not yet open; what was open is told of then.
    assert codes(story, at_us=4) == ["land.completion.report-open"]


def test_it_takes_two_persons_of_the_authority_and_a_boundary() -> None:
    story = opened()
    assert codes(story, declared(second=None)) == ["land.completion.unconfirmed"]
    assert codes(story, declared(second=OPERATOR)) == ["land.completion.unconfirmed"]
    assert codes(story, declared(), OPERATOR) == ["land.completion.unconfirmed"]
    assert codes(story, declared(second=FIRST)) == ["land.release.same-person"]
    assert codes(story, declared(GridShape.empty())) == ["land.completion.empty"]


def told(story: Story, x_m: float, y_m: float, at_us: int = 20) -> list[str]:
    answer = story.point(x_m, y_m, at_us)
    return [item.code for item in answer.reasons if item.code.startswith("land.point.residual")]


def declare(story: Story, actor: Actor = FIRST, second: Actor | None = SECOND) -> Recorded:
    return story.tell(10, actor, declared(second=second))


def test_the_residual_regime_is_told_and_changes_no_state() -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    cleared(story)
    before, faces = account(story.book(), from_us=0, until_us=20), list(story.book().faces)
    declare(story)
    assert account(story.book(), from_us=0, until_us=20) == before
    assert list(story.book().faces) == faces
    assert story.point(50, 50, 20).state == "cleared"
    assert told(story, 50, 50) == ["land.point.residual"]
    assert story.point(120, 120, 20).state == "unrecorded"
    assert told(story, 120, 120) == ["land.point.residual"]
    assert told(story, 50, 50, 9) == []
    assert told(story, 400, 400) == []


def test_what_is_raised_later_counts_and_the_answer_names_the_declaration() -> None:
    story = opened()
    story.area(1, "A1", FIELD)
    cleared(story)
    declare(story)
    story.reopen(11, "O1", box(0, 0, 10, 10))
    answer = story.point(5, 5, 20)
    assert answer.state == "cha"
    assert told(story, 5, 5) == ["land.point.residual-raised"]
    story.tell(12, FIRST, ResidentReported("S1", spot(120, 120), "shell"))
    assert told(story, 120, 120) == ["land.point.residual-raised"]


def test_one_persons_declaration_on_record_is_without_effect() -> None:
    story = opened()
    declare(story, second=None)
    assert story.void_codes() == [("e2", ["land.completion.unconfirmed"])]
    assert told(story, 50, 50) == []
