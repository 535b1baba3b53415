"""Where the work stands: which moves are whose, and what the facts of a task amount to."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from rafiqa.land import (
    MOVES,
    ROLES,
    VALIDATION_MOVES,
    AreaRecorded,
    LandReopened,
    ReleaseAccepted,
    Role,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
    move_ruling,
    stage_of,
    validation_ruling,
)
from tests.unit.land.story import box, evidence

# From, to: who may. Written out here a second time, from domain practice.
MAY = {
    ("reported", "assessing"): {"information", "authority"},
    ("assessing", "open"): {"authority"},
    ("assessing", "no_hazard_found"): {"authority"},
    ("open", "tasked"): {"authority"},
    ("tasked", "in_progress"): {"operator"},
    ("tasked", "suspended"): {"operator", "authority"},
    ("in_progress", "suspended"): {"operator", "authority"},
    ("in_progress", "work_complete"): {"operator"},
    ("suspended", "in_progress"): {"authority"},
    ("work_complete", "inspecting"): {"quality", "authority"},
    ("inspecting", "rework"): {"quality"},
    ("inspecting", "released"): {"authority"},
    ("rework", "in_progress"): {"operator"},
    ("rework", "work_complete"): {"operator"},
    ("released", "handed_over"): {"authority"},
    ("released", "reopened"): {"authority"},
    ("handed_over", "closed"): {"authority"},
    ("handed_over", "reopened"): {"authority"},
    ("closed", "reopened"): {"authority"},
    ("closed", "residual"): {"authority"},
    ("reopened", "assessing"): {"authority"},
    ("reopened", "tasked"): {"authority"},
    ("residual", "reopened"): {"authority"},
}
STAGES = sorted({stage for move in MAY for stage in move})


def test_every_move_of_every_role_is_as_the_table_says() -> None:
    n_allowed = 0
    for current, target, role in product(STAGES, STAGES, ROLES):
        ruling = move_ruling(current, target, role, reason="storm")
        assert ruling.allowed == (role in MAY.get((current, target), set())), (current, target)
        n_allowed += ruling.allowed
    assert n_allowed == sum(len(roles) for roles in MAY.values())
    assert set(MOVES) <= set(STAGES)


@pytest.mark.parametrize(
    ("current", "target", "role", "reason", "codes"),
    [
        ("tasked", "in_progress", "operator", None, []),
        ("tasked", "released", "authority", None, ["land.stage.no-such-move"]),
        ("nowhere", "open", "authority", None, ["land.stage.no-such-move"]),
        ("no_hazard_found", "open", "authority", None, ["land.stage.no-such-move"]),
        ("tasked", "in_progress", "authority", None, ["land.stage.not-your-move"]),
        ("inspecting", "released", "operator", None, ["land.stage.not-your-move"]),
        ("in_progress", "suspended", "operator", "", ["land.stage.reason-missing"]),
        ("in_progress", "suspended", "operator", "storm", []),
        ("released", "reopened", "authority", None, ["land.stage.reason-missing"]),
        ("released", "reopened", "authority", "item found", []),
        (
            "released",
            "reopened",
            "operator",
            None,
            ["land.stage.not-your-move", "land.stage.reason-missing"],
        ),
        (
            "open",
            "suspended",
            "authority",
            None,
            ["land.stage.no-such-move", "land.stage.reason-missing"],
        ),
    ],
)
def test_a_refused_move_lists_every_reason(
    current: str, target: str, role: Role, reason: str | None, codes: list[str]
) -> None:
    ruling = move_ruling(current, target, role, reason=reason)
    assert [item.code for item in ruling.reasons] == codes
    assert ruling.allowed == (not codes)


def test_approval_goes_step_by_step_and_never_back() -> None:
    states = ("draft", "submitted", "org_ok", "ops_ok", "im_ok", "approved", "superseded")
    allowed = {
        (one, other)
        for one, other in product(VALIDATION_MOVES, VALIDATION_MOVES)
        if validation_ruling(one, other).allowed
    }
    forward = set(pairwise(states))
    rejected = {(state, "rejected") for state in states[1:5]} | {("rejected", "submitted")}
    assert allowed == forward | rejected
    refused = validation_ruling("approved", "draft")
    assert [item.code for item in refused.reasons] == ["land.validation.no-such-move"]
    assert not validation_ruling("no such state", "draft").allowed


AREA = AreaRecorded("A1", "sha", box(0, 0, 10, 10))
ORDER = TaskOrdered("T1", "A1", "deminers", ("manual",))
WORK = WorkReported("W1", "A1", "deminers", ())
PASS = WorkInspected("I1", "W1", "quality", passed=True)
FAIL = WorkInspected("I2", "W1", "quality", passed=False)
YES = ReleaseAccepted("R1")
AGAIN = LandReopened("O1", box(0, 0, 1, 1), "accident")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], "open"),
        ([AreaRecorded("A1", "indication", box(0, 0, 1, 1))], "reported"),
        ([AREA], "open"),
        ([AREA, evidence()], "open"),
        ([AREA, ORDER], "tasked"),
        ([AREA, ORDER, StageMoved("T1", "in_progress")], "in_progress"),
        ([AREA, ORDER, WORK], "work_complete"),
        ([AREA, ORDER, WORK, PASS], "inspecting"),
        ([AREA, ORDER, WORK, FAIL], "rework"),
        ([AREA, ORDER, WORK, PASS, YES], "released"),
        ([AREA, ORDER, WORK, PASS, YES, AGAIN], "reopened"),
    ],
)
def test_the_stage_follows_from_the_facts(facts: list[object], expected: str) -> None:
    assert stage_of(facts, hazard_left=False) == expected


def test_work_does_not_end_while_hazard_is_left() -> None:
    done = [AREA, ORDER, WORK, PASS, YES]
    assert stage_of(done, hazard_left=True) == "in_progress"
    for stage in ("handed_over", "closed", "residual"):
        assert stage_of([*done, StageMoved("T1", stage)], hazard_left=False) == stage
        assert stage_of([*done, StageMoved("T1", stage)], hazard_left=True) == "in_progress"
    assert stage_of([*done, AGAIN], hazard_left=True) == "reopened"
