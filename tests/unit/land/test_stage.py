"""Where the work stands: which moves are whose, and what the facts of a task amount to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import pytest

from rafiqa.dictionary import dictionary
from rafiqa.land import (
    MOVES,
    ROLES,
    VALIDATION_MOVES,
    AreaRecorded,
    AssessmentMoved,
    LandReopened,
    ReleaseAccepted,
    Role,
    StageCase,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
    document_of,
    move_ruling,
    stage_of,
    task_stage,
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
ALL_WELL = StageCase(
    "season",
    "a tenth, by lanes",
    failed=("I2",),
    releases_accepted=1,
    handed_over=True,
    record_filed=True,
    completed=True,
)
"""A case in which nothing speaks against any move."""
STAGES = sorted({stage for move in MAY for stage in move})


def test_every_move_of_every_role_is_as_the_table_says() -> None:
    n_allowed = 0
    for current, target, role in product(STAGES, STAGES, ROLES):
        ruling = move_ruling(current, target, role, ALL_WELL)
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
    ruling = move_ruling(current, target, role, replace(ALL_WELL, reason=reason))
    assert [item.code for item in ruling.reasons] == codes
    assert ruling.allowed == (not codes)


# To stage: what may be wrong with the case, and what is then said. From the table of domain
# practice, written a second time: each guard alone, and the figures that it names.
M2 = 2_000_000
GUARDS: list[tuple[str, str, dict[str, Any], list[str], str]] = [
    ("assessing", "open", {"evidence": False}, ["land.stage.evidence-missing"], "survey_report"),
    (
        "assessing",
        "no_hazard_found",
        {"reason": " ", "hazard2_mm2": 1},
        ["land.stage.reason-missing", "land.stage.hazard-left"],
        "survey_report",
    ),
    (
        "in_progress",
        "work_complete",
        {"gap2_mm2": M2 + 1, "overlap2_mm2": 3 * M2},
        ["land.stage.ground-unaccounted", "land.stage.ground-twice"],
        "completion_report",
    ),
    ("in_progress", "work_complete", {"gap2_mm2": M2, "overlap2_mm2": M2}, [], ""),
    (
        "rework",
        "work_complete",
        {"depth_missing": ("P1",), "finds_unstated": ("W1",), "critical_open": ("I1",)},
        ["land.stage.depth-missing", "land.stage.finds-unstated", "land.stage.critical-open"],
        "completion_report",
    ),
    ("work_complete", "inspecting", {"note": None}, ["land.stage.plan-missing"], "inspection_plan"),
    (
        "inspecting",
        "rework",
        {"failed": ()},
        ["land.stage.nothing-failed"],
        "nonconformity_report",
    ),
    (
        "inspecting",
        "released",
        {
            "own_work": True,
            "hazard2_mm2": 2,
            "releases_waiting": ("R2",),
            "releases_accepted": 0,
            "critical_open": ("I1",),
        },
        [
            "land.stage.own-work",
            "land.stage.hazard-left",
            "land.stage.release-waiting",
            "land.stage.no-release",
            "land.stage.critical-open",
        ],
        "release_decision",
    ),
    (
        "released",
        "handed_over",
        {"handed_over": False},
        ["land.stage.handover-missing"],
        "handover_certificate",
    ),
    (
        "handed_over",
        "closed",
        {"record_filed": False},
        ["land.stage.record-missing"],
        "permanent_record",
    ),
    (
        "closed",
        "residual",
        {"completed": False, "hazard2_mm2": 9 * M2},
        ["land.stage.completion-missing", "land.stage.hazard-left"],
        "completion_declaration",
    ),
    ("closed", "reopened", {"reason": None}, ["land.stage.reason-missing"], "reopening_order"),
]


@pytest.mark.parametrize(("current", "target", "wrong", "codes", "document"), GUARDS)
def test_every_guard_of_a_move_says_what_is_wrong_and_which_paper(
    current: str, target: str, wrong: dict[str, Any], codes: list[str], document: str
) -> None:
    role = next(each for each in ROLES if each in MAY[current, target])
    ruling = move_ruling(current, target, role, replace(ALL_WELL, **wrong))
    assert [item.code for item in ruling.reasons] == codes
    assert all(item.params["target"] == target for item in ruling.reasons)
    assert all(item.params["document"] == document for item in ruling.reasons)
    if document:
        assert document_of(current, target) == document


def test_what_is_left_is_named_in_whole_square_metres_rounded_up() -> None:
    case = replace(ALL_WELL, gap2_mm2=M2 + 1, overlap2_mm2=4 * M2, hazard2_mm2=1)
    complete = move_ruling("in_progress", "work_complete", "operator", case)
    assert [item.params["area_m2"] for item in complete.reasons] == [2, 4]
    (left,) = move_ruling("released", "handed_over", "authority", case).reasons
    assert left.params["area_m2"] == 1


def test_every_move_has_a_paper_that_the_dictionary_knows() -> None:
    known = set(dictionary().lists["stage_document"].names)
    assert {document_of(*move) for move in MAY} <= known
    assert document_of("open", "released") == ""
    assert {stage for move in MAY for stage in move} <= set(dictionary().lists["stage"].names)


def test_a_task_goes_on_until_somebody_says_that_it_ends() -> None:
    """Neither a report nor a release of some parts ends a task; a failure and a reopening do."""
    facts: list[object] = [ORDER, WORK, PASS, YES]
    assert [task_stage(facts[:n]) for n in range(5)] == ["open", "tasked", *["in_progress"] * 3]
    over = [*facts, StageMoved("T1", "work_complete")]
    assert task_stage([*over, FAIL]) == "rework"
    assert task_stage([*over, AGAIN]) == "work_complete"
    assert task_stage([*over, StageMoved("T1", "released"), AGAIN]) == "reopened"


def test_assessment_is_a_stage_and_no_more() -> None:
    indication = AreaRecorded("A1", "indication", box(0, 0, 1, 1))
    assessing = AssessmentMoved("A1", "area", "assessing")
    nothing = AssessmentMoved("A1", "area", "no_hazard_found", "nothing seen")
    assert stage_of([indication, assessing], hazard_left=True) == "assessing"
    assert stage_of([indication, assessing, nothing], hazard_left=False) == "no_hazard_found"
    # While the ground is on record as a hazard the assessment is not over, whatever was said.
    assert stage_of([indication, assessing, nothing], hazard_left=True) == "assessing"


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
