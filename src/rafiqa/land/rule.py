"""What must hold before land may be lowered: rulings on areas, work and releases.

Each rule is asked twice: by the service before a fact is written, and again by the fold
when the fact is read, so that a fact that should never have been written lowers nothing.
The fold asks as of the act: what speaks for it must be older both in truth and on record
(``supports``), what speaks against it counts where it is older in either
(``counts_against``). So nothing written or dated afterwards can make an act lawful.
The rules follow IMAS 07.11 (land release), 08.20 (technical survey), 09.10 (clearance
requirements) and 07.12 (quality management), in our own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rafiqa.geo import GridShape, union_of
from rafiqa.land.actor import Actor
from rafiqa.land.evidence import explain_class, outranks
from rafiqa.land.fact import (
    AreaRecorded,
    EvidenceRecorded,
    HazardClass,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.precedence import Dated, counts_against, supports
from rafiqa.land.quality import LotInspected
from rafiqa.land.quality_rule import (
    NOTHING_KNOWN,
    VERIFIERS,
    QualityCase,
    accreditation_faults,
    bar_faults,
    lot_fails,
    work_period_us,
)
from rafiqa.land.ruling import Reason, Ruling, rule

__all__ = [
    "SLIVER_MM2",
    "Dated",
    "ReleaseCase",
    "acceptance_ruling",
    "area_ruling",
    "counts_against",
    "proposal_ruling",
    "supports",
    "transfer_ruling",
    "unsound",
    "work_ruling",
]

SLIVER_MM2 = 1_000_000
"""Ground outside an area, or in two parts at once, that is drawing noise: 1 m² (domain practice).

Of a small part a hundredth at most: a part of a square metre beside its area lies outside it.
"""

SPOT_METHOD = "eod_spot"
"""The data dictionary's code for disposal at a single spot: it searches no area."""

_SURVEYS = frozenset({"nts", "ts_targeted", "ts_systematic"})
_TRANSFERRERS = frozenset({"authority", "information"})


def unsound(inspection: WorkInspected) -> bool:
    """Returns whether an inspection found work that must not be released."""
    critical = any(finding.severity == "critical" for finding in inspection.findings)
    return critical or not inspection.passed


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """Everything a release rests on, gathered before it is ruled on.

    ``ground`` is every outline its area ever had, ``parts_taken`` the ids of parts that
    another record carried first, ``quality`` what quality management knows of the work.
    """

    proposal: Recorded
    work: Recorded | None
    inspections: tuple[Recorded, ...]
    evidence_open: tuple[str, ...]
    ground: tuple[GridShape, ...] = ()
    parts_taken: tuple[str, ...] = ()
    quality: QualityCase = NOTHING_KNOWN

    def work_fact(self) -> WorkReported | None:
        """Returns the reported work, or None when the proposal names work not on record."""
        return self.work.fact if self.work and isinstance(self.work.fact, WorkReported) else None

    def parts(self) -> tuple[WorkedPart, ...]:
        """Returns the proposed parts in the order of the report."""
        work, proposal = self.work_fact(), self.proposal.fact
        if work is None or not isinstance(proposal, ReleaseProposed):
            return ()
        wanted = set(proposal.part_ids)
        return tuple(part for part in work.parts if part.part_id in wanted)


def area_ruling(fact: AreaRecorded, evidence: Sequence[EvidenceRecorded]) -> Ruling:
    """Returns whether an area may be put on record: its class no higher than its evidence.

    An area taken over from a named source rests on that source's own evidence.
    """
    against: list[Reason] = []
    if fact.shape.is_empty:
        against.append(Reason("land.area.empty", {"area": fact.area_id}))
    if not fact.source:
        missing = set(fact.evidence_ids) - {item.evidence_id for item in evidence}
        against += [Reason("land.evidence.unknown", {"evidence": item}) for item in sorted(missing)]
        if not evidence:
            against.append(Reason("land.area.no-evidence", {"area": fact.area_id}))
        against += class_faults(fact.class_, evidence)
    return rule(against)


def class_faults(class_: HazardClass, evidence: Sequence[EvidenceRecorded]) -> Iterator[Reason]:
    """Yields that a class is above its evidence, with each item and what it counts for."""
    explained = explain_class(evidence)
    if outranks(class_, explained.supported):
        params: dict[str, str | int] = {
            "class": class_,
            "supported": explained.supported,
            "items": ", ".join(f"{item.evidence_id}: {item.why}" for item in explained.items),
        }
        subjects = tuple(item.evidence_id for item in explained.items)
        yield Reason("land.class.above-evidence", params, subjects)


def _outside_mm2(shape: GridShape, ground: Sequence[GridShape]) -> int:
    """Returns twice the area in mm² that lies outside all of the ground."""
    if any(outline.covers(shape) for outline in ground):
        return 0
    return shape.difference(union_of(ground)).area2_mm2


def _noise2(shape: GridShape) -> int:
    """Returns twice the area in mm² that is drawing noise of a shape: a hundredth at most."""
    return min(2 * SLIVER_MM2, shape.area2_mm2 // 100)


def _part_faults(part: WorkedPart, ground: Sequence[GridShape]) -> Iterator[Reason]:
    params: dict[str, str | int] = {"part": part.part_id}
    if part.shape.is_empty:
        yield Reason("land.part.empty", params)
    elif _outside_mm2(part.shape, ground) > _noise2(part.shape):
        yield Reason("land.part.outside-area", params)
    if part.outcome == "cleared" and part.depth_cm is None:
        yield Reason("land.part.depth-missing", params)
    if part.depth_cm is not None and part.depth_cm < 0:
        yield Reason("land.part.depth-negative", params)
    if part.depth_from_cm is not None and not _is_interval(part):
        yield Reason("land.part.depth-interval", params)
    if part.outcome == "not_cleared" and not part.reason:
        yield Reason("land.part.reason-missing", params)
    if part.outcome == "cancelled" and part.method != "nts":
        yield Reason("land.part.cancelled-needs-survey", params)
    if part.outcome == "cleared" and part.method in _SURVEYS:
        yield Reason("land.part.survey-does-not-clear", params)
    if part.outcome != "not_cleared" and part.method == SPOT_METHOD:
        yield Reason("land.part.spot-has-no-area", params)


def _is_interval(part: WorkedPart) -> bool:
    """Returns whether a stated beginning of depth is one: of a clearance, and above its end."""
    begin_cm, end_cm = part.depth_from_cm, part.depth_cm
    if begin_cm is None or end_cm is None or part.outcome != "cleared":
        return False
    return 0 <= begin_cm < end_cm


def lie_apart(part: WorkedPart, other: WorkedPart) -> bool:
    """Returns whether parts may lie over one another: other units, or one beneath the other."""
    if part.unit_id != other.unit_id:
        return part.unit_id is not None and other.unit_id is not None
    if {part.outcome, other.outcome} != {"cleared"}:
        return False
    upper, lower = sorted([part, other], key=lambda item: item.depth_from_cm or 0)
    return upper.depth_cm is not None and upper.depth_cm <= (lower.depth_from_cm or 0)


def _ids_twice(work: WorkReported) -> list[str]:
    ids = [part.part_id for part in work.parts]
    return sorted({item for item in ids if ids.count(item) > 1})


def work_ruling(work: WorkReported, outline: GridShape | None) -> Ruling:
    """Returns whether reported work is complete enough to be put on record.

    Args:
        work: the report.
        outline: the area's outline, or None where the area is not on record.
    """
    if outline is None:
        return rule([Reason("land.area.unknown", {"area": work.area_id})])
    against = [fault for part in work.parts for fault in _part_faults(part, [outline])]
    against += [fault for part in work.parts for fault in _odd_depth(part)]
    if not work.parts and not work.finds:
        # A spot task is one item and no area: what was found is all there is to report.
        against.append(Reason("land.work.no-parts", {"work": work.work_id}))
    against += [Reason("land.part.id-twice", {"part": item}) for item in _ids_twice(work)]
    for index, part in enumerate(work.parts):
        for other in work.parts[index + 1 :]:
            if lie_apart(part, other) or not part.shape.intersects(other.shape):
                continue
            over2 = part.shape.intersection(other.shape).area2_mm2
            if over2 > min(_noise2(part.shape), _noise2(other.shape)):
                params: dict[str, str | int] = {
                    "part": part.part_id,
                    "other": other.part_id,
                    "area_m2": -(-over2 // 2_000_000),
                }
                against.append(Reason("land.part.overlap", params))
    return rule(against)


def _odd_depth(part: WorkedPart) -> Iterator[Reason]:
    """Yields that a depth stands beside an outcome that has none: it would be read as cleared."""
    if (
        part.outcome in {"cancelled", "reduced"}
        and part.depth_cm is not None
        and part.depth_cm >= 0
    ):
        params: dict[str, str | int] = {"part": part.part_id, "outcome": part.outcome}
        yield Reason("land.part.depth-without-clearance", params)


def answer_faults(work: WorkReported) -> Iterator[Reason]:
    """Yields each item of evidence that a survey's part says is answered and not how.

    Asked when work is reported; a report on record without it stands as it was.
    """
    for part in work.parts:
        if part.outcome not in {"cancelled", "reduced"}:
            continue
        told = {answer.evidence_id for answer in part.answers or () if answer.how.strip()}
        for evidence_id in part.evidence_answered:
            if evidence_id not in told:
                params: dict[str, str | int] = {"part": part.part_id, "evidence": evidence_id}
                yield Reason("land.part.answer-missing", params, (evidence_id,))


def _independence_faults(case: ReleaseCase, actor: Actor, part_played: str) -> Iterator[Reason]:
    work = case.work_fact()
    if actor.role != "authority":
        yield Reason("land.release.not-authority", {"part_played": part_played, "role": actor.role})
    if work is None or case.work is None:
        return
    if actor.organisation_id in {work.organisation_id, case.work.actor.organisation_id}:
        yield Reason("land.release.own-organisation", {"part_played": part_played})
    if actor.persons & {*work.person_ids, *case.work.actor.persons}:
        yield Reason("land.release.own-work", {"part_played": part_played})


def _inspection_faults(
    case: ReleaseCase, parts: Sequence[WorkedPart], approvers: Sequence[Actor]
) -> Iterator[Reason]:
    work = case.work_fact()
    if work is None:
        return
    failed = [look for _, look in _looks(case) if _fails(look)]
    if failed:
        # Work that failed stays failed: what puts it right is work too, and is reported.
        for look in failed:
            yield from _failures(look)
        return
    told: list[Reason] = []
    for part in parts:
        if part.outcome in {"cleared", "reduced"}:
            told += _part_inspection_faults(case, work, part.part_id, approvers)
    # Parts of one work mostly lack the same inspection.
    yield from (reason for index, reason in enumerate(told) if reason not in told[:index])


def _part_inspection_faults(
    case: ReleaseCase, work: WorkReported, part_id: str, approvers: Sequence[Actor]
) -> Sequence[Reason]:
    """Returns why no inspection, of the work or of a lot that names it, covers a part."""
    looks = [
        (record, look)
        for record, look in _looks(case)
        if isinstance(look, WorkInspected) or part_id in look.part_ids
    ]
    if not looks:
        return [Reason("land.release.not-inspected", {"work": work.work_id})]
    faults = [tuple(_inspector_faults(case, record, look, approvers)) for record, look in looks]
    return faults[-1] if all(faults) else ()


Look = WorkInspected | LotInspected


def _looks(case: ReleaseCase) -> Iterator[tuple[Recorded, Look]]:
    for record in (*case.inspections, *case.quality.lots):
        if isinstance(record.fact, WorkInspected | LotInspected):
            yield record, record.fact


def _fails(look: Look) -> bool:
    return lot_fails(look) if isinstance(look, LotInspected) else unsound(look)


def _look_id(look: Look) -> str:
    return look.lot_id if isinstance(look, LotInspected) else look.inspection_id


def _failures(look: Look) -> Iterator[Reason]:
    params: dict[str, str | int] = {"inspection": _look_id(look)}
    critical = any(finding.severity == "critical" for finding in look.findings)
    if not look.passed or not critical:
        yield Reason("land.release.inspection-failed", params, (_look_id(look),))
    if critical:
        yield Reason("land.release.critical-open", params, (_look_id(look),))


def _inspector_faults(
    case: ReleaseCase, recorded: Recorded, look: Look, approvers: Sequence[Actor] = ()
) -> Iterator[Reason]:
    work, reporter = case.work_fact(), case.work.actor if case.work else None
    if work is None or reporter is None:
        return
    params: dict[str, str | int] = {"inspection": _look_id(look)}
    subjects = (_look_id(look),)
    inspector = recorded.actor
    own = {work.organisation_id, reporter.organisation_id}
    if look.organisation_id in own or inspector.organisation_id in own:
        yield Reason("land.release.inspected-by-operator", params, subjects)
    if inspector.persons & {*work.person_ids, *reporter.persons}:
        yield Reason("land.release.inspector-did-work", params, subjects)
    if any(inspector.is_one_with(approver) for approver in approvers):
        yield Reason("land.release.inspector-approves", params, subjects)
    if inspector.role not in VERIFIERS:
        yield Reason("land.release.not-inspector", {**params, "role": inspector.role}, subjects)
    if look.inspected_share is not None and look.inspected_share <= 0:
        yield Reason("land.release.nothing-inspected", params, subjects)


def _part_release_faults(case: ReleaseCase) -> Iterator[Reason]:
    work, proposal = case.work_fact(), case.proposal.fact
    if work is None or not isinstance(proposal, ReleaseProposed):
        yield Reason("land.work.unknown", {"work": getattr(proposal, "work_id", "")})
        return
    if not case.ground:
        yield Reason("land.area.unknown", {"area": work.area_id})
        return
    known = {part.part_id for part in work.parts}
    for part_id in proposal.part_ids:
        if part_id not in known:
            yield Reason("land.part.unknown", {"part": part_id})
    if not proposal.part_ids:
        yield Reason("land.release.no-parts", {"release": proposal.release_id})
    taken = {*case.parts_taken, *_ids_twice(work)}
    for part in case.parts():
        if part.part_id in taken:
            yield Reason("land.part.id-twice", {"part": part.part_id})
        yield from _part_faults(part, case.ground)
        yield from _unreleasable(part, case.evidence_open)


def _unreleasable(part: WorkedPart, evidence_open: Sequence[str]) -> Iterator[Reason]:
    params: dict[str, str | int] = {"part": part.part_id}
    if part.outcome == "not_cleared":
        yield Reason("land.release.part-not-cleared", params)
    if part.outcome in {"cancelled", "reduced"}:
        for evidence_id in sorted(set(evidence_open) - set(part.evidence_answered)):
            answer = {**params, "evidence": evidence_id}
            yield Reason("land.release.evidence-unanswered", answer, (evidence_id,))


def _quality_faults(case: ReleaseCase) -> Iterator[Reason]:
    work = case.work_fact()
    if work is None or case.work is None:
        return
    yield from accreditation_faults(
        case.quality.accreditations,
        work.organisation_id,
        [part.method for part in case.parts()],
        work_period_us(case.work),
        [find.category for find in work.finds],
    )
    yield from bar_faults(case.quality, work.work_id)


def _faults(case: ReleaseCase, approvers: Sequence[Actor]) -> Iterator[Reason]:
    yield from _part_release_faults(case)
    yield from _independence_faults(case, case.proposal.actor, "proposer")
    yield from _inspection_faults(case, case.parts(), approvers)
    yield from _quality_faults(case)


def proposal_ruling(case: ReleaseCase) -> Ruling:
    """Returns whether the release may be proposed, with every reason against."""
    return rule(_faults(case, [case.proposal.actor]))


def acceptance_ruling(case: ReleaseCase, accepter: Actor) -> Ruling:
    """Returns whether a second person may accept the release, with every reason against."""
    against = list(_faults(case, [case.proposal.actor, accepter]))
    against += _independence_faults(case, accepter, "accepter")
    if accepter.is_one_with(case.proposal.actor):
        against.append(Reason("land.release.same-person", {"part_played": "accepter"}))
    return rule(against)


def transfer_ruling(fact: ReleaseTransferred, actor: Actor | None = None) -> Ruling:
    """Returns whether a release decided elsewhere may be taken over onto this record.

    Args:
        fact: the release as the other body's record has it.
        actor: who takes it over; not asked where None.
    """
    params: dict[str, str | int] = {"part": fact.part_id}
    against: list[Reason] = []
    if actor is not None and actor.role not in _TRANSFERRERS:
        against.append(Reason("land.transfer.not-your-act", {**params, "role": actor.role}))
    if fact.shape.is_empty:
        against.append(Reason("land.part.empty", params))
    if fact.outcome == "not_cleared" and not fact.reason:
        against.append(Reason("land.part.reason-missing", params))
    if fact.outcome == "cleared" and fact.depth_cm is None:
        against.append(Reason("land.part.depth-missing", params))
    if fact.depth_cm is not None and fact.depth_cm < 0:
        against.append(Reason("land.part.depth-negative", params))
    if fact.outcome != "not_cleared" and fact.method == SPOT_METHOD:
        against.append(Reason("land.part.spot-has-no-area", params))
    if fact.outcome != "not_cleared":
        if not fact.released_by:
            against.append(Reason("land.transfer.no-authority", params))
        elif fact.operator and fact.operator == fact.released_by:
            against.append(Reason("land.release.own-organisation", {"part_played": "releaser"}))
    return rule(against)
