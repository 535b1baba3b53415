"""Where the work stands, and where the record stands: the moves that are allowed.

Axis B (work) and axis C (record) of the land book. Neither says what the land *is*: that
is axis A, folded from facts in ``rafiqa.land.timeline``. The moves follow domain practice
around IMAS 07.11, 08.30 and 09.10; the stages are codes of the data dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable

from rafiqa.land.actor import Role
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

_DONE = frozenset({"released", "handed_over", "closed", "residual"})

VALIDATION_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("submitted",),
    "submitted": ("org_ok", "rejected"),
    "org_ok": ("ops_ok", "rejected"),
    "ops_ok": ("im_ok", "rejected"),
    "im_ok": ("approved", "rejected"),
    "approved": ("superseded",),
    "rejected": ("submitted",),
    "superseded": (),
}
"""Axis C. Approval is an act; going back on it is a new act, never an undo."""


def move_ruling(current: str, target: str, role: Role, *, reason: str | None) -> Ruling:
    """Returns whether a task may move between two stages, with every reason against."""
    against: list[Reason] = []
    targets = MOVES.get(current, {})
    if target not in targets:
        against.append(Reason("land.stage.no-such-move", {"current": current, "target": target}))
    elif role not in targets[target]:
        against.append(Reason("land.stage.not-your-move", {"role": role, "target": target}))
    if target in {"suspended", "reopened"} and not reason:
        against.append(Reason("land.stage.reason-missing", {"target": target}))
    return rule(against)


def validation_ruling(current: str, target: str) -> Ruling:
    """Returns whether a record may move between two states of approval."""
    if target in VALIDATION_MOVES.get(current, ()):
        return Ruling(allowed=True)
    return rule([Reason("land.validation.no-such-move", {"current": current, "target": target})])


def stage_of(facts: Iterable[object], *, hazard_left: bool) -> str:
    """Returns where the work on an area stands, from its facts in order.

    Args:
        facts: the area's own facts, oldest first.
        hazard_left: whether any of its ground is still hazard.
    """
    stage = "open"
    for fact in facts:
        stage = _next_stage(stage, fact)
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
        case StageMoved():
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
