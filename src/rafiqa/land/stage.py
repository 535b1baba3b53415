"""Where the work stands: the moves that are allowed, and what must hold before each.

Axis B of the land book. It never says what the land *is*: that is axis A, folded from facts
in ``rafiqa.land.timeline``; where a record stands is axis C, in ``rafiqa.land.approval``. The
moves follow domain practice around IMAS 07.11, 08.30 and 09.10; the stages, and the papers
that carry the moves, are codes of the data dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rafiqa.land.actor import Role
from rafiqa.land.closing import AssessmentMoved
from rafiqa.land.fact import (
    AreaRecorded,
    LandReopened,
    ReleaseAccepted,
    ReleaseTransferred,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.rule import SLIVER_MM2
from rafiqa.land.ruling import Reason, Ruling, rule

MOVES: dict[str, dict[str, tuple[Role, ...]]] = {
    "reported": {"assessing": ("information", "authority")},
    "assessing": {"open": ("authority",), "no_hazard_found": ("authority",)},
    "open": {"tasked": ("authority",)},
    "tasked": {"in_progress": ("operator",), "suspended": ("operator", "authority")},
    "in_progress": {"suspended": ("operator", "authority"), "work_complete": ("operator",)},
    "suspended": {"in_progress": ("authority",)},
    "work_complete": {"inspecting": ("quality", "authority")},
    "inspecting": {"rework": ("quality",), "released": ("authority",)},
    "rework": {"in_progress": ("operator",), "work_complete": ("operator",)},
    "released": {"handed_over": ("authority",), "reopened": ("authority",)},
    "handed_over": {"closed": ("authority",), "reopened": ("authority",)},
    "closed": {"reopened": ("authority",), "residual": ("authority",)},
    "reopened": {"assessing": ("authority",), "tasked": ("authority",)},
    "residual": {"reopened": ("authority",)},
}
"""From stage → to stage → the roles that may make the move."""

_DONE = frozenset({"released", "handed_over", "closed", "residual", "no_hazard_found"})

DOCUMENTS: dict[tuple[str, str], str] = {
    ("reported", "assessing"): "triage_note",
    ("assessing", "open"): "survey_report",
    ("assessing", "no_hazard_found"): "survey_report",
    ("open", "tasked"): "task_order",
    ("tasked", "in_progress"): "start_notice",
    ("suspended", "in_progress"): "resumption_note",
    ("in_progress", "work_complete"): "completion_report",
    ("rework", "work_complete"): "completion_report",
    ("rework", "in_progress"): "start_notice",
    ("work_complete", "inspecting"): "inspection_plan",
    ("inspecting", "rework"): "nonconformity_report",
    ("inspecting", "released"): "release_decision",
    ("released", "handed_over"): "handover_certificate",
    ("handed_over", "closed"): "permanent_record",
    ("closed", "residual"): "completion_declaration",
    ("reopened", "assessing"): "triage_note",
    ("reopened", "tasked"): "task_order",
}
"""The paper that carries each move; a suspension and a reopening have one whence they come."""
_DOCUMENTS_TO = {"suspended": "suspension_note", "reopened": "reopening_order"}


@dataclass(frozen=True, slots=True)
class StageCase:
    """Everything a move of work rests on, as plain values gathered before it is ruled on.

    Areas are twice mm². ``gap2_mm2`` is ground of the task that no report gives an outcome,
    ``overlap2_mm2`` ground that has two; ``hazard2_mm2`` is what is hazard still. Where an
    act is nothing but the mover's own word, ``reason`` and ``note`` carry it.
    """

    reason: str | None = None
    note: str | None = None
    own_work: bool = False
    gap2_mm2: int = 0
    overlap2_mm2: int = 0
    depth_missing: tuple[str, ...] = ()
    finds_unstated: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    critical_open: tuple[str, ...] = ()
    hazard2_mm2: int = 0
    releases_waiting: tuple[str, ...] = ()
    releases_accepted: int = 0
    evidence: bool = True
    handed_over: bool = False
    record_filed: bool = False
    completed: bool = False


def document_of(current: str, target: str) -> str:
    """Returns the code of the paper that carries a move; empty where there is no such move."""
    if target not in MOVES.get(current, {}):
        return ""
    return _DOCUMENTS_TO.get(target) or DOCUMENTS[current, target]


def move_ruling(current: str, target: str, role: Role, case: StageCase) -> Ruling:
    """Returns whether work may move between two stages, with every reason against.

    Each reason names the paper that the move needs, where there is such a move.
    """
    against: list[Reason] = []
    targets = MOVES.get(current, {})
    document = document_of(current, target)
    paper: dict[str, str | int] = {"document": document} if document else {}
    if target not in targets:
        against.append(Reason("land.stage.no-such-move", {"current": current, "target": target}))
    elif role not in targets[target]:
        params: dict[str, str | int] = {"role": role, "target": target}
        against.append(Reason("land.stage.not-your-move", {**params, **paper}))
    against += [
        Reason(reason.code, {**reason.params, "target": target, **paper})
        for reason in _GUARDS.get(target, _nothing)(case)
    ]
    return rule(against)


def _nothing(_case: StageCase) -> Iterator[Reason]:
    return iter(())


def _cause(case: StageCase) -> Iterator[Reason]:
    if not (case.reason or "").strip():
        yield Reason("land.stage.reason-missing")


def _open(case: StageCase) -> Iterator[Reason]:
    if not case.evidence:
        yield Reason("land.stage.evidence-missing")


def _no_hazard(case: StageCase) -> Iterator[Reason]:
    yield from _cause(case)
    yield from _hazard_left(case)


def _hazard_left(case: StageCase) -> Iterator[Reason]:
    if case.hazard2_mm2:
        yield Reason("land.stage.hazard-left", {"area_m2": _m2(case.hazard2_mm2)})


def _complete(case: StageCase) -> Iterator[Reason]:
    if case.gap2_mm2 > 2 * SLIVER_MM2:
        yield Reason("land.stage.ground-unaccounted", {"area_m2": _m2(case.gap2_mm2)})
    if case.overlap2_mm2 > 2 * SLIVER_MM2:
        yield Reason("land.stage.ground-twice", {"area_m2": _m2(case.overlap2_mm2)})
    for part_id in case.depth_missing:
        yield Reason("land.stage.depth-missing", {"part": part_id})
    for work_id in case.finds_unstated:
        yield Reason("land.stage.finds-unstated", {"work": work_id})
    yield from _critical(case)


def _critical(case: StageCase) -> Iterator[Reason]:
    for inspection_id in case.critical_open:
        yield Reason("land.stage.critical-open", {"inspection": inspection_id})


def _inspecting(case: StageCase) -> Iterator[Reason]:
    if not (case.note or "").strip():
        yield Reason("land.stage.plan-missing")


def _rework(case: StageCase) -> Iterator[Reason]:
    if not case.failed:
        yield Reason("land.stage.nothing-failed")


def _released(case: StageCase) -> Iterator[Reason]:
    if case.own_work:
        yield Reason("land.stage.own-work")
    yield from _hazard_left(case)
    for release_id in case.releases_waiting:
        yield Reason("land.stage.release-waiting", {"release": release_id})
    if not case.releases_accepted:
        yield Reason("land.stage.no-release")
    yield from _critical(case)


def _handed_over(case: StageCase) -> Iterator[Reason]:
    if not case.handed_over:
        yield Reason("land.stage.handover-missing")
    yield from _hazard_left(case)


def _closed(case: StageCase) -> Iterator[Reason]:
    yield from _handed_over(case)
    if not case.record_filed:
        yield Reason("land.stage.record-missing")


def _residual(case: StageCase) -> Iterator[Reason]:
    if not case.completed:
        yield Reason("land.stage.completion-missing")
    yield from _hazard_left(case)


_GUARDS: dict[str, Callable[[StageCase], Iterator[Reason]]] = {
    "open": _open,
    "no_hazard_found": _no_hazard,
    "suspended": _cause,
    "work_complete": _complete,
    "inspecting": _inspecting,
    "rework": _rework,
    "released": _released,
    "handed_over": _handed_over,
    "closed": _closed,
    "residual": _residual,
    "reopened": _cause,
}
"""To stage → what must hold, whencesoever the work comes."""


def _m2(area2_mm2: int) -> int:
    """Returns whole m², rounded up: what is left is never told as less than it is."""
    return -(-area2_mm2 // 2_000_000)


def task_stage(facts: Iterable[object]) -> str:
    """Returns where the work on one task stands, from its own facts in order.

    A report of work, and a release of some parts, leave a task in progress: that all of it
    is worked, or released, somebody says, and is asked whether it is so. A failed inspection
    and a reopening speak for themselves.
    """
    stage = "open"
    for fact in facts:
        match fact:
            case TaskOrdered():
                stage = "tasked"
            case StageMoved():
                stage = fact.stage
            case WorkReported() if stage in {"open", "tasked"}:
                stage = "in_progress"
            case WorkInspected() if not fact.passed and stage in {"work_complete", "inspecting"}:
                stage = "rework"
            case LandReopened() if stage in _DONE:
                stage = "reopened"
    return stage


def stage_of(facts: Iterable[object], *, hazard_left: bool) -> str:
    """Returns where the work on an area stands, from its facts in order.

    Args:
        facts: the area's own facts, oldest first.
        hazard_left: whether any of its ground is still hazard.
    """
    stage = "open"
    for fact in facts:
        stage = _next_stage(stage, fact)
    if stage == "no_hazard_found" and hazard_left:
        return "assessing"
    if stage in _DONE and hazard_left:
        # A release of some parts leaves the task where it was for the rest, and no stage
        # that somebody wrote makes an end of work while hazard is left.
        return "in_progress"
    return stage


def _next_stage(stage: str, fact: object) -> str:
    match fact:
        case AreaRecorded():
            return "reported" if fact.class_ == "indication" else "open"
        case TaskOrdered():
            return "tasked"
        case StageMoved() | AssessmentMoved():
            return fact.stage
        case WorkReported():
            return "work_complete"
        case WorkInspected():
            return "inspecting" if fact.passed else "rework"
        case ReleaseAccepted() | ReleaseTransferred():
            return "released"
        case LandReopened():
            return "reopened"
        case _:
            return stage
