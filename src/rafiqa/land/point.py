"""What is known of one point of ground, with every reason and the facts it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land.book import LandBook
from rafiqa.land.completion import declared_at
from rafiqa.land.explanation import answer_reasons, evidence_reasons, informal_reasons
from rafiqa.land.face import Face
from rafiqa.land.fact import (
    EvidenceRecorded,
    LandReopened,
    ReleaseTransferred,
    WorkedPart,
    WorkInspected,
)
from rafiqa.land.precedence import Dated
from rafiqa.land.proof import proofs
from rafiqa.land.quarantine import quarantines
from rafiqa.land.rule import supports, unsound
from rafiqa.land.ruling import Reason
from rafiqa.land.sighting import WitnessKind
from rafiqa.land.timeline import HAZARD, LandState
from rafiqa.land.unitreason import above_ground, not_cleared_reason, unit_reasons
from rafiqa.land.witness import NEAR_MM, Sign

UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The state of a point: a status of the land book, or ``unrecorded``, which is no all-clear.

    ``in_doubt`` says of released ground that something newer speaks against it: keep off. The land
    alone does not know: ``rafiqa.service.doubt`` does, and says so in the first reason too.
    """

    state: str
    depth_cm: int | None
    reopened: bool
    reasons: tuple[Reason, ...]
    area_ids: tuple[str, ...]
    part_ids: tuple[str, ...]
    in_doubt: bool = False


_WORST_LAST = ("cleared", "reduced", "cancelled", UNRECORDED, "indication", "sha", "cha")


_NEAR_CODES: dict[WitnessKind, str] = {
    "evidence": "land.point.near-evidence",
    "accident": "land.point.near-accidents",
    "report": "land.point.near-reports",
}


def point(
    book: LandBook, x_mm: int, y_mm: int, valid_at_us: int, *, cell_mm: int = 0
) -> PointAnswer:
    """Returns what is known of a point at a time; on an edge, the worst of both sides.

    The outer edge of released land counts as unrecorded: released shapes only shrink. Signs of
    explosive ordnance near that no release has answered are told of, and change no state.

    Args:
        book: the land book as known at the time asked about.
        x_mm: east of the site's origin.
        y_mm: north of it.
        valid_at_us: the time the answer is to be true at.
        cell_mm: where set, signs near any place of the point's square of that size are told,
            so that nobody finds the place of one by asking at many points.
    """
    answer = _of_ground(book, (x_mm, y_mm), valid_at_us)
    at_mm = (x_mm, y_mm)
    signs_told = _with_signs(book, answer, at_mm, valid_at_us, cell_mm)
    return _with_residual(book, signs_told, at_mm, valid_at_us)


def _with_signs(
    book: LandBook, answer: PointAnswer, at_mm: tuple[int, int], valid_at_us: int, cell_mm: int
) -> PointAnswer:
    """Returns the answer with the signs of ordnance near that nothing has answered."""
    x_mm, y_mm = at_mm
    asked = _cell(x_mm, y_mm, cell_mm) if cell_mm else shapely.Point(x_mm, y_mm)
    named = {
        subject
        for reason in answer.reasons
        if reason.code == "land.point.evidence"
        for subject in reason.subjects
    }
    signs = [
        sign
        for sign in book.witnesses.near(asked, valid_at_us, least_mm=NEAR_MM)
        if not (sign.witness.kind == "evidence" and sign.witness.witness_id in named)
    ]
    if not signs:
        return answer
    reasons = [*answer.reasons, *_near_reasons(signs), *_informal(book, signs)]
    if answer.state == UNRECORDED:
        # From a square's far corner a sign beside it lies up to the diagonal further.
        within_m = (NEAR_MM + cell_mm + -(-cell_mm // 2)) // 1_000
        params: dict[str, str | int] = {"n": len(signs), "distance_m": within_m}
        reasons[0] = Reason("land.point.unrecorded-signs", params)
    return replace(answer, reasons=tuple(reasons))


def _informal(book: LandBook, signs: Sequence[Sign]) -> Iterator[Reason]:
    """Yields that clearance by nobody accredited, told of near, lowers nothing."""
    ids = [sign.witness.witness_id for sign in signs if sign.witness.kind == "evidence"]
    known = [book.register.evidence[item].fact for item in ids if item in book.register.evidence]
    yield from informal_reasons(fact for fact in known if isinstance(fact, EvidenceRecorded))


def _with_residual(
    book: LandBook, answer: PointAnswer, at_mm: tuple[int, int], valid_at_us: int
) -> PointAnswer:
    """Returns the answer with what was declared of its ground; its state is as it was."""
    declared = declared_at(book.register, at_mm, valid_at_us)
    if not declared:
        return answer
    raised = answer.state in HAZARD or any(
        reason.code in _NEAR_CODES.values() for reason in answer.reasons
    )
    code = "land.point.residual-raised" if raised else "land.point.residual"
    told = [
        Reason(code, {"completion": item}, (item,))
        for item in (str(getattr(record.fact, "completion_id", "")) for record in declared)
    ]
    return replace(answer, reasons=(*answer.reasons, *told))


def _of_ground(book: LandBook, at_mm: tuple[int, int], valid_at_us: int) -> PointAnswer:
    """Returns what the land book alone says of a point."""
    touching = [
        (face, state)
        for face in book.at_mm(*at_mm)
        if (state := face.timeline.at(valid_at_us)) is not None
    ]
    if not touching:
        return _unrecorded()
    worst = max((state for _, state in touching), key=_badness)
    if not worst.is_hazard and _on_outer_edge([face for face, _ in touching], *at_mm):
        return _unrecorded()
    reasons = tuple(_reasons(book, worst, at_mm, valid_at_us))
    return PointAnswer(
        worst.status, worst.depth_cm, worst.reopened, reasons, worst.claims, worst.part_ids
    )


def _cell(x_mm: int, y_mm: int, cell_mm: int) -> BaseGeometry:
    west, south = x_mm // cell_mm * cell_mm, y_mm // cell_mm * cell_mm
    return shapely.box(west, south, west + cell_mm, south + cell_mm)


def _near_reasons(signs: Sequence[Sign]) -> Iterator[Reason]:
    """Yields one reason for each kind of sign; a sign is never told to be further than it is."""
    for kind, code in _NEAR_CODES.items():
        found = [sign for sign in signs if sign.witness.kind == kind]
        if found:
            distance_m = int(found[0].distance_mm // 1_000)
            params: dict[str, str | int] = {"n": len(found), "distance_m": distance_m}
            yield Reason(code, params, tuple(sign.witness.witness_id for sign in found))


def _badness(state: LandState) -> tuple[int, bool, int]:
    """Returns what makes one state worse than another; of cleared ground, the shallower."""
    depth_cm = -1 if state.depth_cm is None else state.depth_cm
    return _WORST_LAST.index(state.status), state.reopened, -depth_cm


def _unrecorded() -> PointAnswer:
    return PointAnswer(
        UNRECORDED,
        None,
        reopened=False,
        reasons=(Reason("land.point.unrecorded"),),
        area_ids=(),
        part_ids=(),
    )


def _on_outer_edge(touching: list[Face], x_mm: int, y_mm: int) -> bool:
    together = shapely.unary_union([face.shape.geometry for face in touching])
    return not shapely.contains_properly(together, shapely.Point(x_mm, y_mm))


def _reasons(
    book: LandBook, state: LandState, at_mm: tuple[int, int], valid_at_us: int
) -> Iterator[Reason]:
    register = book.register
    params: dict[str, str | int]
    if state.unproven:
        yield Reason("land.ground.unproven", subjects=state.claims)
    for claim in state.claims:
        area = register.areas.get(claim)
        name = area.fact.name if area and area.fact.name else claim
        yield Reason(f"land.point.{state.status}", {"area": name}, (claim,))
        if area is not None and area.fact.source:
            yield Reason("land.point.source", {"source": area.fact.source}, (claim,))
    yield from unit_reasons(register, state)
    if state.is_hazard:
        yield from _hazard_reasons(book, state, at_mm, valid_at_us)
    else:
        for stop in quarantines(register, state, valid_at_us):
            params = {"lot": stop.lot_id, "work": stop.work_id}
            yield Reason("land.point.quarantined", params, (stop.lot_id,))
        yield from _released_reasons(book, state, valid_at_us)


def _hazard_reasons(
    book: LandBook, state: LandState, at_mm: tuple[int, int], valid_at_us: int
) -> Iterator[Reason]:
    register = book.register
    for subject in state.subjects:
        reopening = register.reopenings.get(subject)
        if reopening is not None and isinstance(reopening.fact, LandReopened):
            yield Reason("land.point.reopened", {"cause": reopening.fact.cause}, (subject,))
        if subject in register.failed:
            params = {"inspection": subject}
            yield Reason("land.point.inspection-failed", params, (subject,))
    for claim in state.claims:
        if claim in register.areas:
            yield from evidence_reasons(register, claim, valid_at_us)
    for part_id in book.not_cleared_at_mm(*at_mm):
        part, recorded = register.parts[part_id]
        if recorded.valid_at_us <= valid_at_us:
            yield not_cleared_reason(register, part_id, part)
    told = [item for item in state.subjects if item in register.failed]
    yield from _refused_work(book, told, at_mm, valid_at_us)


def _refused_work(
    book: LandBook, told: Sequence[str], at_mm: tuple[int, int], valid_at_us: int
) -> Iterator[Reason]:
    """Yields the inspections that refused work here, and that nothing later has answered."""
    for work_id in book.failed_work_at_mm(*at_mm):
        done = [
            (record, record.fact)
            for record in book.register.inspections[work_id]
            if isinstance(record.fact, WorkInspected) and record.valid_at_us <= valid_at_us
        ]
        for record, fact in done:
            if not unsound(fact):
                continue
            if fact.inspection_id not in told and not _lowered_since(
                book, record, at_mm, valid_at_us
            ):
                params = {"inspection": fact.inspection_id, "work": work_id}
                yield Reason("land.point.inspection-refused", params, (fact.inspection_id,))
    for lot in book.failed_lots_at_mm(*at_mm):
        if lot.valid_at_us > valid_at_us or lot.subject in told:
            continue
        if not _lowered_since(book, lot, at_mm, valid_at_us):
            yield Reason("land.point.lot-refused", {"lot": lot.subject}, (lot.subject,))


def _lowered_since(book: LandBook, record: Dated, at_mm: tuple[int, int], valid_at_us: int) -> bool:
    """Returns whether other work was released on a point after a record."""
    return any(
        act.kind != "dropped"
        and act.unit_id is None
        and not act.depth_from_cm
        and act.valid_at_us <= valid_at_us
        and supports(record, act.begun)
        and act.shape.covers_mm(*at_mm)
        for act in book.lowers_near(shapely.Point(at_mm))
    )


def _released_reasons(book: LandBook, state: LandState, valid_at_us: int) -> Iterator[Reason]:
    # Who released a structure is told once, not with each of its units.
    told = state.part_ids[1:]
    for part_id in state.part_ids:
        part, _ = book.register.parts[part_id]
        if part.outcome == "cleared" and not above_ground(book.register, part):
            yield _depth_reason(part_id, part)
        if part.surface:
            yield Reason("land.point.surface", {"surface": part.surface}, (part_id,))
        if isinstance(part, ReleaseTransferred):
            params = {"authority": part.released_by, "source": part.source}
            yield Reason("land.point.transferred", params, (part_id,))
        elif not (part.unit_id and part_id in told):
            yield from _decided_by(book, state)
            yield from answer_reasons(part)
    yield from proofs(book.register, state.part_ids, valid_at_us)
    yield Reason("land.point.not-a-promise")


def _depth_reason(part_id: str, part: WorkedPart | ReleaseTransferred) -> Reason:
    params: dict[str, str | int] = {"depth_cm": part.depth_cm or 0}
    begin_cm = part.depth_from_cm if isinstance(part, WorkedPart) else None
    if not begin_cm:
        return Reason("land.point.depth", params, (part_id,))
    return Reason("land.point.depth-interval", {**params, "depth_from_cm": begin_cm}, (part_id,))


def _decided_by(book: LandBook, state: LandState) -> Iterator[Reason]:
    for subject in state.subjects:
        release = book.register.releases.get(subject)
        if release is not None and release.decision is not None:
            params = {
                "proposer": release.proposal.actor.person_id,
                "accepter": release.decision.actor.person_id,
                "organisation": release.decision.actor.organisation_id,
            }
            yield Reason("land.point.released-by", params, (subject,))
