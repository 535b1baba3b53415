"""Reasons as this door tells them: in words, with their fact's time, and fit for the asker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa.api import gateshape, shape
from rafiqa.api.name import told
from rafiqa.api.view import View
from rafiqa.land import PointAnswer, Reason, Recorded, Records, point
from rafiqa.recovery import Gate, GateAnswer, seen, worst
from rafiqa.wire.answer import headline, next_step, who_said
from rafiqa.wire.instant import iso

PUBLIC_CODES = frozenset(
    {
        "land.point.indication",
        "land.point.sha",
        "land.point.cha",
        "land.point.cancelled",
        "land.point.reduced",
        "land.point.cleared",
        "land.point.unrecorded",
        "land.point.unrecorded-signs",
        "land.point.source",
        "land.point.reopened",
        "land.point.evidence",
        "land.point.not-cleared",
        "land.point.unit-open",
        "land.point.unit-not-cleared",
        "land.point.unit-unknown",
        "land.point.unit-outcome",
        "land.point.depth",
        "land.point.depth-interval",
        "land.point.surface",
        "land.point.transferred",
        "land.point.quarantined",
        "land.point.passed-proves",
        "land.point.passed-at-best",
        "land.point.passed-unstated",
        "land.point.not-a-promise",
        "land.point.residual",
        "land.point.residual-raised",
        "land.point.informal-clearance",
        "land.point.class-supported",
        "api.area.in-doubt",
        "api.part.in-doubt",
        "api.point.in-doubt",
        "api.part.partly",
        "api.part.reopened",
        "api.point.released-by",
        "api.point.near-evidence",
        "api.point.near-accidents",
        "api.point.near-reports",
    }
)
"""Reasons told to everybody; a code that is not listed is told to staff alone."""
_OF_EVIDENCE = frozenset(
    {"land.point.evidence", "land.point.class-supported", "land.point.informal-clearance"}
)
"""Reasons told to everybody without the single pieces of evidence that they rest on."""
_HIDDEN = "…"
_COUNTED = {
    "land.point.near-evidence": "api.point.near-evidence",
    "land.point.near-accidents": "api.point.near-accidents",
    "land.point.near-reports": "api.point.near-reports",
}
"""Signs near a point, and how everybody is told of them: how many, not which nor how far."""
_STAFF_PARAMS = frozenset({"reports", "witnesses", "plan", "team", "find", "lift"})
"""What a gate names that is not for everybody: reports, finds, and how a site is worked."""
PUBLIC_CELL_MM = 100_000
"""Everybody is told of signs near their square of 100 m: with distances from points of their own
choosing, or the rim of a circle, anybody could find the place of a single one."""


def reasons(view: View, given: Iterable[Reason]) -> list[shape.Reason]:
    """Returns reasons in words, without those that the asker may not see."""
    return [_worded(view, reason) for reason in _fit(view, given)]


def _fit(view: View, given: Iterable[Reason]) -> Iterator[Reason]:
    """Yields reasons without persons and without single pieces of evidence, for everybody."""
    for reason in given:
        if view.staff:
            yield reason
        elif reason.code == "land.point.released-by":
            organisation = reason.params.get("organisation", "")
            params = {"organisation": organisation}
            yield Reason("api.point.released-by", params, reason.subjects)
        elif reason.code in _COUNTED:
            yield Reason(_COUNTED[reason.code], {"n": reason.params.get("n", 0)})
        elif reason.code in PUBLIC_CODES:
            about_evidence = reason.code in _OF_EVIDENCE
            subjects = () if about_evidence else reason.subjects
            yield Reason(reason.code, reason.params, subjects)


def _worded(view: View, reason: Reason) -> shape.Reason:
    subject = reason.subjects[0] if reason.subjects else None
    record = fact_of(view.register, subject) if subject else None
    return shape.Reason(
        reason.code,
        told(reason.code, reason.params, view.lang),
        subject,
        iso(record.valid_at_us) if record else None,
        getattr(record.fact, "source", None) if record else None,
        next_step(reason.code, reason.params, view.lang),
    )


def fact_of(register: Records, subject: str) -> Recorded | None:
    """Returns the fact that put a subject on record, or decided it; None if there is none."""
    area = register.areas.get(subject)
    if area is not None:
        return area.recorded
    release = register.releases.get(subject)
    if release is not None:
        return release.decision or release.proposal
    part = register.parts.get(subject)
    if part is not None:
        return part[1]
    structure = register.structures.get(subject)
    if structure is not None:
        return structure.recorded
    unit = register.units.get(subject)
    if unit is not None:
        return unit[0].recorded
    for known in (
        register.reopenings,
        register.evidence,
        register.works,
        register.accidents,
        register.completions,
    ):
        if subject in known:
            return known[subject]
    return None


def point_at(view: View, x_mm: int, y_mm: int) -> PointAnswer:
    """Returns what is known of a point, as exactly as the asker may know it."""
    cell_mm = 0 if view.staff else PUBLIC_CELL_MM
    return point(view.moment.book, x_mm, y_mm, view.moment.valid_us, cell_mm=cell_mm)


def point_state(view: View, answer: PointAnswer, at_mm: tuple[int, int]) -> shape.PointState:
    """Returns what is known of a point, in words; first of all that its release is in doubt."""
    answer = view.doubts().of_point(answer, at_mm)
    return shape.PointState(
        answer.state,  # type: ignore[arg-type]
        answer.reopened,
        answer.depth_cm,
        headline(answer, view.lang),
        reasons(view, answer.reasons),
        list(answer.area_ids),
        list(answer.part_ids),
        answer.in_doubt,
    )


def gates(view: View, answer: GateAnswer) -> gateshape.Gates:
    """Returns every gate in words; that signs are unanswered is for everybody, which for staff."""
    unasked = [
        gateshape.NotAsked(gate, code, told(code, {}, view.lang)) for gate, code in answer.not_asked
    ]
    return gateshape.Gates(
        answer.outcome,
        [_gate(view, gate) for gate in shown(view, answer)],
        unasked,
        seen(answer) if view.staff else None,
    )


def shown(view: View, answer: GateAnswer) -> tuple[Gate, ...]:
    """Returns the gates as the asker may know them: who holds which rights is for staff alone."""
    if view.staff:
        return answer.gates
    rights = [gate.outcome for gate in answer.gates if gate.gate == "G1"]
    told_once = Gate("G1", worst(rights), "gate.rights.restricted")
    found = [told_once if gate.gate == "G1" else gate for gate in answer.gates]
    return tuple({id(gate): gate for gate in found}.values())


def _gate(view: View, gate: Gate) -> gateshape.Gate:
    params = dict(gate.params)
    if not view.staff:
        params |= dict.fromkeys(params.keys() & _STAFF_PARAMS, _HIDDEN)
    return gateshape.Gate(
        gate.gate,
        gate.outcome,
        gate.code,
        told(gate.code, params, view.lang),
        next_step(gate.code, params, view.lang),
        list(gate.area_ids),
        list(gate.fact_ids) if view.staff else [],
        who_said(gate.who, view.lang) if gate.who else None,
        iso(gate.until_us) if gate.until_us is not None else None,
    )
