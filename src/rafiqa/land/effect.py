"""What each fact does to the register, in two passes over what is known.

First every fact is entered in the order of the ledger, so that an id belongs to whoever
recorded it first, whatever date they or others wrote. Then effects follow in the order of
time (true when, then sequence): outlines are corrected, releases decided, ground raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rafiqa.geo import GridShape
from rafiqa.land.certificatefact import CertificateIssued, CertificateMoved
from rafiqa.land.closing import (
    AssessmentMoved,
    CompletionDeclared,
    LandHandedOver,
    RecordMoved,
    confirmation_faults,
)
from rafiqa.land.fact import (
    AccidentRecorded,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    LandReopened,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.footprint import enter_structure, raise_footprint
from rafiqa.land.quality import LotInspected
from rafiqa.land.quality_effect import class_of, quality_effect
from rafiqa.land.register import (
    AreaRecord,
    Lower,
    Raise,
    RaiseKind,
    Reclass,
    Register,
    ReleaseRecord,
)
from rafiqa.land.rule import (
    ReleaseCase,
    acceptance_ruling,
    counts_against,
    supports,
    transfer_ruling,
    unsound,
)
from rafiqa.land.ruling import Reason
from rafiqa.land.structure import StructureRegistered
from rafiqa.land.structurerule import unit_faults
from rafiqa.land.withdrawal import without_withdrawn


def _enter(register: Register, recorded: Recorded) -> None:
    """Enters a fact by its ids; the first record of an id keeps it."""
    match recorded.fact:
        case SiteOpened():
            register.site = register.site or recorded
        case EvidenceRecorded() as fact:
            register.evidence.setdefault(fact.evidence_id, recorded)
            register.evidence_said.setdefault(fact.evidence_id, []).append(recorded)
            _link(register, fact.area_id, recorded, [fact.evidence_id])
        case AreaRecorded() as fact:
            _enter_area(register, recorded, fact)
        case ClassDecided() as fact:
            _link(register, fact.area_id, recorded, fact.evidence_ids)
        case WorkReported() as fact:
            _enter_work(register, recorded, fact)
        case WorkInspected() as fact:
            register.inspections.setdefault(fact.work_id, []).append(recorded)
        case ReleaseProposed() as fact:
            _enter_release(register, recorded, fact)
        case ReleaseAccepted() | ReleaseRejected() as fact:
            register.decisions.setdefault(fact.release_id, []).append(recorded)
        case ReleaseTransferred() as fact:
            register.parts.setdefault(fact.part_id, (fact, recorded))
        case StructureRegistered() as fact:
            enter_structure(register, recorded, fact)
        case LandReopened() as fact:
            register.reopenings.setdefault(fact.reopening_id, recorded)
        case AccidentRecorded() as fact:
            register.accidents.setdefault(fact.accident_id, recorded)
        case ResidentReported() as fact:
            register.reports.setdefault(fact.report_id, recorded)
        case ReportAnswered() as fact:
            register.answers.setdefault(fact.report_id, []).append(recorded)
        case _:
            _enter_closing(register, recorded)
            against = tuple(register.enter_quality(recorded))
            if against:
                register.void(recorded, *against)


def _enter_closing(register: Register, recorded: Recorded) -> None:
    match recorded.fact:
        case AssessmentMoved() as fact:
            register.assessments.setdefault(fact.subject_id, []).append(recorded)
        case LandHandedOver() as fact:
            register.handovers.setdefault(fact.area_id, []).append(recorded)
        case CompletionDeclared() as fact:
            register.completions.setdefault(fact.completion_id, recorded)
        case RecordMoved() as fact:
            register.approvals.setdefault(fact.entry_id, []).append(recorded)
        case CertificateIssued() as fact:
            register.certificates.setdefault(fact.number, recorded)
        case CertificateMoved() as fact:
            register.certificate_moves.setdefault(fact.number, []).append(recorded)


def _link(
    register: Register, area_id: str | None, recorded: Recorded, evidence_ids: Iterable[str]
) -> None:
    if area_id is not None:
        links = register.evidence_links.setdefault(area_id, [])
        links += [(recorded, item) for item in evidence_ids]


def _enter_area(register: Register, recorded: Recorded, fact: AreaRecorded) -> None:
    _link(register, fact.area_id, recorded, fact.evidence_ids)
    if fact.area_id not in register.areas:
        register.areas[fact.area_id] = AreaRecord(fact.area_id, recorded)


def _enter_work(register: Register, recorded: Recorded, fact: WorkReported) -> None:
    if fact.work_id in register.works:
        register.void(recorded, Reason("land.work.id-twice", {"work": fact.work_id}))
        return
    register.works[fact.work_id] = recorded
    for part in fact.parts:
        register.parts.setdefault(part.part_id, (part, recorded))


def _enter_release(register: Register, recorded: Recorded, fact: ReleaseProposed) -> None:
    if fact.release_id in register.releases:
        register.void(recorded, Reason("land.release.id-twice", {"release": fact.release_id}))
        return
    release = ReleaseRecord(fact.release_id, recorded)
    register.releases[fact.release_id] = release
    register.releases_of.setdefault(fact.work_id, []).append(release)


def _area(register: Register, recorded: Recorded, fact: AreaRecorded) -> None:
    known = register.areas[fact.area_id]
    # A second record of an id cannot replace the first; it can only add ground.
    first = known.since_seq is None
    known.outline = fact.shape if first else known.outline.union(fact.shape)
    known.since_seq = min(recorded.seq, known.since_seq or recorded.seq)
    if known.recorded is not recorded:
        register.void(recorded, Reason("land.area.id-twice", {"area": fact.area_id}))
    register.note(fact.area_id, recorded)
    at = (recorded.valid_at_us, recorded.seq)
    new = Raise(*at, "recorded", fact.area_id, fact.shape, fact.class_, fact.area_id)
    register.put_to_hazard(new)


def _class(register: Register, recorded: Recorded, fact: ClassDecided) -> None:
    register.note(fact.area_id, recorded)
    if fact.area_id not in register.areas:
        register.void(recorded, Reason("land.area.unknown", {"area": fact.area_id}))
    elif recorded.actor.role != "authority":
        params: dict[str, str | int] = {"role": recorded.actor.role}
        register.void(recorded, Reason("land.class.not-authority", params))
    else:
        at = (recorded.valid_at_us, recorded.seq)
        decided = Reclass(*at, fact.area_id, fact.class_, recorded.entry_id)
        register.reclasses.append(decided)


def _boundary(register: Register, recorded: Recorded, fact: BoundaryCorrected) -> None:
    at = (recorded.valid_at_us, recorded.seq)
    area = register.areas.get(fact.area_id)
    if area is None or not area.known_to(recorded):
        register.note(fact.area_id, recorded)
        register.void(recorded, Reason("land.area.unknown", {"area": fact.area_id}))
        # Whose it is may come to be known later, and dated later; that somebody drew a hazard
        # here is known.
        unknown = Raise(*at, "extended", fact.area_id, fact.shape, "sha", recorded.entry_id)
        register.put_to_hazard(unknown)
        return
    register.note(fact.area_id, recorded)
    grown = fact.shape.difference(area.outline)
    if not grown.is_empty:
        class_ = area.fact.class_
        added = Raise(*at, "extended", fact.area_id, grown, class_, recorded.entry_id)
        register.put_to_hazard(added)
    _drop(register, recorded, fact, area)


def _drop(
    register: Register, recorded: Recorded, fact: BoundaryCorrected, area: AreaRecord
) -> None:
    shrunk = area.outline.difference(fact.shape)
    if shrunk.is_empty:
        area.outline = fact.shape
    elif fact.shape.is_empty:
        register.void(recorded, Reason("land.area.empty", {"area": fact.area_id}))
    elif not _confirmed(recorded, fact):
        register.void(recorded, Reason("land.boundary.unconfirmed", {"area": fact.area_id}))
        area.outline = area.outline.union(fact.shape)
    else:
        at = (recorded.valid_at_us, recorded.seq)
        dropped = Lower(*at, "dropped", fact.area_id, shrunk, recorded.entry_id)
        register.lowers.append(dropped)
        area.outline = fact.shape


def _confirmed(recorded: Recorded, fact: BoundaryCorrected) -> bool:
    second = fact.confirmed_by
    return (
        second is not None
        and not second.is_one_with(recorded.actor)
        and second.role == recorded.actor.role == "authority"
    )


def _task(register: Register, recorded: Recorded, fact: TaskOrdered | StageMoved) -> None:
    story = register.tasks.setdefault(fact.task_id, [])
    story.append(recorded)
    register.note(getattr(story[0].fact, "area_id", None), recorded)


def _work(register: Register, recorded: Recorded, fact: WorkReported) -> None:
    at = (recorded.valid_at_us, recorded.seq)
    for part in fact.parts:
        if part.outcome == "not_cleared":
            units = (part.unit_id,) if part.unit_id is not None else ()
            left = Raise(*at, "left", None, part.shape, "indication", fact.work_id, units)
            register.put_to_hazard(left)
    if register.works[fact.work_id] is recorded:
        register.note(fact.area_id, recorded)


def _area_of_work(register: Register, work_id: str) -> str | None:
    work = register.works.get(work_id)
    return getattr(work.fact, "area_id", None) if work else None


def _inspection(register: Register, recorded: Recorded, fact: WorkInspected) -> None:
    register.note(_area_of_work(register, fact.work_id), recorded)
    if not unsound(fact):
        return
    at = (recorded.valid_at_us, recorded.seq)
    for shape, area_id in _released_parts(register, fact.work_id):
        # What was released in good faith and fails afterwards is hazard again at once.
        register.failed[fact.inspection_id] = recorded
        class_ = class_of(register, area_id)
        again = Raise(*at, "reopened", None, shape, class_, fact.inspection_id)
        register.put_to_hazard(again)
    work = register.works.get(fact.work_id)
    if work is not None and isinstance(work.fact, WorkReported):
        # Whoever else released that ground, something was found on it.
        class_ = class_of(register, work.fact.area_id)
        for part in work.fact.parts:
            if part.outcome != "not_cleared":
                found = Raise(*at, "failed", None, part.shape, class_, fact.inspection_id)
                register.put_to_hazard(found)


def _released_parts(register: Register, work_id: str) -> Iterator[tuple[GridShape, str]]:
    for release in register.releases_of.get(work_id, ()):
        if release.state == "accepted":
            case = register.case(release.proposal)
            work = case.work_fact()
            for part in case.parts():
                if work is not None:
                    yield part.shape, work.area_id


def _proposal(register: Register, recorded: Recorded, fact: ReleaseProposed) -> None:
    if register.releases[fact.release_id].proposal is recorded:
        register.note(_area_of_work(register, fact.work_id), recorded)


def _decision(
    register: Register, recorded: Recorded, fact: ReleaseAccepted | ReleaseRejected
) -> None:
    release = register.releases.get(fact.release_id)
    if release is None:
        register.void(recorded, Reason("land.release.unknown", {"release": fact.release_id}))
        return
    proposal = release.proposal.fact
    assert isinstance(proposal, ReleaseProposed)  # noqa: S101 - an invariant of the register
    register.note(_area_of_work(register, proposal.work_id), recorded)
    decisions = register.decisions[fact.release_id]
    if decisions[0] is not recorded:
        register.void(recorded, Reason("land.release.decided", {"release": fact.release_id}))
        return
    release.decision = recorded
    if isinstance(fact, ReleaseRejected):
        release.state = "rejected"
        return
    against = list(acceptance_faults(register, recorded, release))
    if against:
        release.state, release.reasons = "void", tuple(against)
        register.void(recorded, *against)
        return
    release.state = "accepted"
    _lower_parts(register, recorded, release)


def acceptance_faults(
    register: Register, recorded: Recorded, release: ReleaseRecord
) -> Iterator[Reason]:
    """Yields every reason why an acceptance, on record or about to be, releases nothing.

    Args:
        register: everything known.
        recorded: the acceptance, with the time at which it is to be true.
        release: what it accepts.
    """
    params: dict[str, str | int] = {"release": release.release_id}
    if not supports(release.proposal, recorded):
        yield Reason("land.release.before-proposal", params)
    for other in register.decisions.get(release.release_id, ()):
        if isinstance(other.fact, ReleaseRejected) and counts_against(other, recorded):
            yield Reason("land.release.rejected", params)
    case = register.case(release.proposal, recorded)
    yield from acceptance_ruling(case, recorded.actor).reasons


def raised_since(
    raises: Iterable[Raise], register: Register, case: ReleaseCase
) -> Iterator[Reason]:
    """Yields, per part, what was put to hazard on it after its work: that takes new work.

    An acceptance would lower nothing there, so it is refused before it is written. On record
    already, the ground decides face by face, and the rest of the release stands.

    Args:
        raises: what was put to hazard on or near the ground of the parts.
        register: what hangs together with the work.
        case: what is to be released.
    """
    work = case.work
    if work is None:
        return
    own = _inspection_ids(register, case)
    newer = [
        item
        for item in raises
        if item.kind not in {"left", "structure"}
        and item.subject not in own
        and not supports(item, work)
    ]
    for part in case.parts():
        over = [item for item in newer if _overlap(item.shape, part.shape)]
        subjects = tuple(dict.fromkeys(item.subject for item in over))
        if subjects:
            params: dict[str, str | int] = {"part": part.part_id, "subjects": ", ".join(subjects)}
            yield Reason("land.release.raised-since", params, subjects)
    yield from unit_faults(case.parts(), register.units, work)


def _inspection_ids(register: Register, case: ReleaseCase) -> set[str]:
    """Returns the inspections of a case's own work: its rules speak of those by themselves."""
    work = case.work_fact()
    looked = register.inspections.get(work.work_id, ()) if work else ()
    lots = [item.fact for item in case.quality.lots if isinstance(item.fact, LotInspected)]
    return {
        *(item.fact.inspection_id for item in looked if isinstance(item.fact, WorkInspected)),
        *(lot.lot_id for lot in lots),
    }


def _overlap(one: GridShape, other: GridShape) -> bool:
    return one.intersects(other) and not one.intersection(other).is_empty


def _lower_parts(register: Register, recorded: Recorded, release: ReleaseRecord) -> None:
    case = register.case(release.proposal)
    work = case.work_fact()
    if work is None or case.work is None:
        return
    for part in case.parts():
        if part.outcome == "not_cleared":
            continue
        register.lowers.append(
            Lower(
                recorded.valid_at_us,
                recorded.seq,
                part.outcome,
                work.area_id,
                part.shape,
                release.release_id,
                part.depth_cm,
                part.part_id,
                work_id=work.work_id,
                work_at=(case.work.valid_at_us, case.work.seq),
                unit_id=part.unit_id,
                depth_from_cm=part.depth_from_cm,
            )
        )


def _transfer(register: Register, recorded: Recorded, fact: ReleaseTransferred) -> None:
    at = (recorded.valid_at_us, recorded.seq)
    kind: RaiseKind = "kept" if fact.outcome == "not_cleared" else "implied"
    register.put_to_hazard(Raise(*at, kind, None, fact.shape, "sha", fact.part_id))
    against = list(transfer_ruling(fact, recorded.actor).reasons)
    if register.parts[fact.part_id][1] is not recorded:
        against.append(Reason("land.part.id-twice", {"part": fact.part_id}))
    else:
        register.note(fact.area_id, recorded)
    if against:
        register.void(recorded, *against)
        return
    if fact.outcome == "not_cleared":
        return
    register.lowers.append(
        Lower(
            *at,
            fact.outcome,
            fact.area_id,
            fact.shape,
            fact.part_id,
            fact.depth_cm,
            fact.part_id,
            transferred=True,
        )
    )


def _reopening(register: Register, recorded: Recorded, fact: LandReopened) -> None:
    at = (recorded.valid_at_us, recorded.seq)
    again = Raise(*at, "reopened", None, fact.shape, fact.class_, fact.reopening_id)
    register.put_to_hazard(again)
    # Other areas on that ground tell of it too: that is a question of place (``LandBook.story``).
    register.note(fact.area_id, recorded)


def _take_effect(register: Register, recorded: Recorded) -> None:
    match recorded.fact:
        case AreaRecorded() as fact:
            _area(register, recorded, fact)
        case EvidenceRecorded() as fact:
            register.note(fact.area_id, recorded)
        case ClassDecided() as fact:
            _class(register, recorded, fact)
        case BoundaryCorrected() as fact:
            _boundary(register, recorded, fact)
        case TaskOrdered() | StageMoved() as fact:
            _task(register, recorded, fact)
        case WorkReported() as fact:
            _work(register, recorded, fact)
        case WorkInspected() as fact:
            _inspection(register, recorded, fact)
        case ReleaseProposed() as fact:
            _proposal(register, recorded, fact)
        case ReleaseAccepted() | ReleaseRejected() as fact:
            _decision(register, recorded, fact)
        case ReleaseTransferred() as fact:
            _transfer(register, recorded, fact)
        case StructureRegistered() as fact:
            raise_footprint(register, recorded, fact)
        case LandReopened() as fact:
            _reopening(register, recorded, fact)
        case AssessmentMoved(subject="area") as fact:
            register.note(fact.subject_id, recorded)
        case LandHandedOver() as fact:
            register.note(fact.area_id, recorded)
        case CompletionDeclared() as fact:
            against = tuple(confirmation_faults(fact, recorded.actor))
            if against:
                register.void(recorded, *against)
        case _:
            quality_effect(register, recorded)


def in_order(facts: Iterable[Recorded]) -> list[Recorded]:
    """Returns facts in the order of the walk: true when, then sequence."""
    return sorted(facts, key=lambda item: (item.valid_at_us, item.seq))


def walk(facts: Iterable[Recorded]) -> Register:
    """Returns the register folded from facts in any order; facts of other rooms are passed by."""
    register = Register()
    known, void = without_withdrawn(facts)
    for recorded, against in void:
        register.void(recorded, *against)
    ordered = in_order(known)
    for recorded in sorted(ordered, key=lambda item: item.seq):
        _enter(register, recorded)
    for recorded in ordered:
        _take_effect(register, recorded)
    return register
