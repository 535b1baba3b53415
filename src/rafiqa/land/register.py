"""The register: facts walked once, in order, into what raises and what lowers land.

The walk goes by (true when, sequence). A raise puts ground to hazard, a lowering takes
it off again; both keep the entry they came from. Whether a lowering *holds* on a given
square metre is decided later, in ``rafiqa.land.timeline``, against every raise there.
Facts that a rule forbids lower nothing and are listed as ``without_effect``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from rafiqa.geo import GridShape
from rafiqa.land.evidence import evidence_class
from rafiqa.land.fact import (
    AccidentRecorded,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    HazardClass,
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
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.rule import ReleaseCase, acceptance_ruling, transfer_ruling
from rafiqa.land.ruling import Reason

RaiseKind = Literal["recorded", "extended", "reopened", "implied"]
LowerKind = Literal["cancelled", "reduced", "cleared", "dropped"]


@dataclass(frozen=True, slots=True)
class Raise:
    """Ground put to hazard. ``area_id`` None means every area there, or ground of its own."""

    valid_at_us: int
    seq: int
    kind: RaiseKind
    area_id: str | None
    shape: GridShape
    class_: HazardClass
    subject: str


@dataclass(frozen=True, slots=True)
class Lower:
    """Ground taken off hazard by an accepted act. ``area_id`` None means every area there."""

    valid_at_us: int
    seq: int
    kind: LowerKind
    area_id: str | None
    shape: GridShape
    subject: str
    depth_cm: int | None = None
    part_id: str | None = None
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class Reclass:
    """A decided class for whatever is still hazard in an area."""

    valid_at_us: int
    seq: int
    area_id: str
    class_: HazardClass
    subject: str


@dataclass(slots=True)
class AreaRecord:
    """What is on record of one area beside its ground: its facts, in order."""

    area_id: str
    recorded: Recorded
    outline: GridShape
    facts: list[Recorded] = field(default_factory=list)

    @property
    def fact(self) -> AreaRecorded:
        """The fact that put the area on record."""
        assert isinstance(self.recorded.fact, AreaRecorded)  # noqa: S101 - an invariant
        return self.recorded.fact


@dataclass(slots=True)
class ReleaseRecord:
    """A release from proposal to decision."""

    release_id: str
    proposal: Recorded
    state: Literal["proposed", "accepted", "rejected", "void"] = "proposed"
    decision: Recorded | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A fact on record that changes nothing, and why."""

    recorded: Recorded
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Register:
    """Everything on record, by id, and the raises and lowerings in the order of the walk."""

    site: Recorded | None = None
    areas: dict[str, AreaRecord] = field(default_factory=dict)
    evidence: dict[str, Recorded] = field(default_factory=dict)
    tasks: dict[str, list[Recorded]] = field(default_factory=dict)
    works: dict[str, Recorded] = field(default_factory=dict)
    inspections: dict[str, list[Recorded]] = field(default_factory=dict)
    releases: dict[str, ReleaseRecord] = field(default_factory=dict)
    parts: dict[str, tuple[WorkedPart | ReleaseTransferred, Recorded]] = field(default_factory=dict)
    reopenings: dict[str, Recorded] = field(default_factory=dict)
    accidents: dict[str, Recorded] = field(default_factory=dict)
    reports: dict[str, Recorded] = field(default_factory=dict)
    answers: dict[str, list[Recorded]] = field(default_factory=dict)
    raises: list[Raise] = field(default_factory=list)
    lowers: list[Lower] = field(default_factory=list)
    reclasses: list[Reclass] = field(default_factory=list)
    without_effect: list[WithoutEffect] = field(default_factory=list)

    def case(self, proposal: Recorded) -> ReleaseCase:
        """Returns what a release proposal rests on, as known so far."""
        fact = proposal.fact
        assert isinstance(fact, ReleaseProposed)  # noqa: S101 - callers pass proposals only
        work = self.works.get(fact.work_id)
        inspections = tuple(self.inspections.get(fact.work_id, ()))
        open_ids: tuple[str, ...] = ()
        if work is not None and isinstance(work.fact, WorkReported):
            open_ids = self.evidence_raising(work.fact.area_id)
        return ReleaseCase(proposal, work, inspections, open_ids)

    def evidence_raising(self, area_id: str) -> tuple[str, ...]:
        """Returns the ids of the direct and indirect evidence that an area rests on."""
        ids: list[str] = []
        area = self.areas.get(area_id)
        for record in area.facts if area else ():
            ids += getattr(record.fact, "evidence_ids", ())
        for evidence_id, record in self.evidence.items():
            if isinstance(record.fact, EvidenceRecorded) and record.fact.area_id == area_id:
                ids.append(evidence_id)
        return tuple(item for item in dict.fromkeys(ids) if self._raises_suspicion(item))

    def _raises_suspicion(self, evidence_id: str) -> bool:
        record = self.evidence.get(evidence_id)
        if record is None or not isinstance(record.fact, EvidenceRecorded):
            return True
        return evidence_class(record.fact) in {"direct", "indirect"}

    def note(self, area_id: str | None, recorded: Recorded) -> None:
        """Adds a fact to an area's own story."""
        if area_id in self.areas:
            self.areas[area_id].facts.append(recorded)

    def void(self, recorded: Recorded, *reasons: Reason) -> None:
        """Lists a fact as without effect."""
        self.without_effect.append(WithoutEffect(recorded, reasons))


def _site(register: Register, recorded: Recorded, fact: SiteOpened) -> None:  # noqa: ARG001
    register.site = register.site or recorded


def _evidence(register: Register, recorded: Recorded, fact: EvidenceRecorded) -> None:
    register.evidence.setdefault(fact.evidence_id, recorded)
    register.note(fact.area_id, recorded)


def _area(register: Register, recorded: Recorded, fact: AreaRecorded) -> None:
    if fact.area_id in register.areas:
        # A second record of an id cannot replace the first; it can only add ground.
        register.void(recorded, Reason("land.area.id-twice", {"area": fact.area_id}))
    else:
        register.areas[fact.area_id] = AreaRecord(fact.area_id, recorded, fact.shape)
    register.note(fact.area_id, recorded)
    at = (recorded.valid_at_us, recorded.seq)
    register.raises.append(
        Raise(*at, "recorded", fact.area_id, fact.shape, fact.class_, fact.area_id)
    )


def _class(register: Register, recorded: Recorded, fact: ClassDecided) -> None:
    at = (recorded.valid_at_us, recorded.seq)
    register.reclasses.append(Reclass(*at, fact.area_id, fact.class_, recorded.entry_id))
    register.note(fact.area_id, recorded)


def _boundary(register: Register, recorded: Recorded, fact: BoundaryCorrected) -> None:
    area = register.areas.get(fact.area_id)
    if area is None:
        register.void(recorded, Reason("land.area.unknown", {"area": fact.area_id}))
        return
    at = (recorded.valid_at_us, recorded.seq)
    grown = fact.shape.difference(area.outline)
    shrunk = area.outline.difference(fact.shape)
    if not grown.is_empty:
        class_ = area.fact.class_
        register.raises.append(
            Raise(*at, "extended", fact.area_id, grown, class_, recorded.entry_id)
        )
    confirmed = fact.confirmed_by
    both = confirmed is not None and confirmed.person_id != recorded.actor.person_id
    if not shrunk.is_empty:
        if both and confirmed and confirmed.role == recorded.actor.role == "authority":
            lower = Lower(*at, "dropped", fact.area_id, shrunk, recorded.entry_id)
            register.lowers.append(lower)
        else:
            register.void(recorded, Reason("land.boundary.unconfirmed", {"area": fact.area_id}))
            area.outline = area.outline.union(fact.shape)
            register.note(fact.area_id, recorded)
            return
    area.outline = fact.shape
    register.note(fact.area_id, recorded)


def _task(register: Register, recorded: Recorded, fact: TaskOrdered | StageMoved) -> None:
    register.tasks.setdefault(fact.task_id, []).append(recorded)
    ordered = register.tasks[fact.task_id][0].fact
    register.note(getattr(ordered, "area_id", None), recorded)


def _work(register: Register, recorded: Recorded, fact: WorkReported) -> None:
    if fact.work_id in register.works:
        register.void(recorded, Reason("land.work.id-twice", {"work": fact.work_id}))
        return
    register.works[fact.work_id] = recorded
    for part in fact.parts:
        register.parts.setdefault(part.part_id, (part, recorded))
    register.note(fact.area_id, recorded)


def _area_of_work(register: Register, work_id: str) -> str | None:
    work = register.works.get(work_id)
    return getattr(work.fact, "area_id", None) if work else None


def _inspection(register: Register, recorded: Recorded, fact: WorkInspected) -> None:
    register.inspections.setdefault(fact.work_id, []).append(recorded)
    register.note(_area_of_work(register, fact.work_id), recorded)


def _proposal(register: Register, recorded: Recorded, fact: ReleaseProposed) -> None:
    if fact.release_id in register.releases:
        register.void(recorded, Reason("land.release.id-twice", {"release": fact.release_id}))
        return
    register.releases[fact.release_id] = ReleaseRecord(fact.release_id, recorded)
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
    if release.state != "proposed":
        register.void(recorded, Reason("land.release.decided", {"release": fact.release_id}))
        return
    release.decision = recorded
    if isinstance(fact, ReleaseRejected):
        release.state = "rejected"
        return
    ruling = acceptance_ruling(register.case(release.proposal), recorded.actor)
    if not ruling.allowed:
        release.state, release.reasons = "void", ruling.reasons
        register.void(recorded, *ruling.reasons)
        return
    release.state = "accepted"
    _lower_parts(register, recorded, release)


def _lower_parts(register: Register, recorded: Recorded, release: ReleaseRecord) -> None:
    case = register.case(release.proposal)
    work = case.work_fact()
    for part in case.parts():
        if part.outcome == "not_cleared" or work is None:
            continue
        # Ground searched and cleared is cleared whoever drew it; a survey's finding
        # speaks only of the area whose evidence it answered.
        area_id = None if part.outcome == "cleared" else work.area_id
        register.lowers.append(
            Lower(
                recorded.valid_at_us,
                recorded.seq,
                part.outcome,
                area_id,
                part.shape,
                release.release_id,
                part.depth_cm,
                part.part_id,
            )
        )


def _transfer(register: Register, recorded: Recorded, fact: ReleaseTransferred) -> None:
    ruling = transfer_ruling(fact)
    if fact.part_id in register.parts:
        ruling_reasons = (Reason("land.part.id-twice", {"part": fact.part_id}),)
        register.void(recorded, *ruling_reasons)
        return
    register.parts[fact.part_id] = (fact, recorded)
    register.note(fact.area_id, recorded)
    if not ruling.allowed:
        register.void(recorded, *ruling.reasons)
    at = (recorded.valid_at_us, recorded.seq)
    implied = Raise(*at, "implied", None, fact.shape, "sha", fact.part_id)
    register.raises.append(implied)
    if not ruling.allowed or fact.outcome == "not_cleared":
        return
    area_id = None if fact.outcome == "cleared" else fact.area_id
    register.lowers.append(
        Lower(
            *at,
            fact.outcome,
            area_id,
            fact.shape,
            fact.part_id,
            fact.depth_cm,
            fact.part_id,
            transferred=True,
        )
    )


def _reopening(register: Register, recorded: Recorded, fact: LandReopened) -> None:
    register.reopenings.setdefault(fact.reopening_id, recorded)
    at = (recorded.valid_at_us, recorded.seq)
    register.raises.append(
        Raise(*at, "reopened", None, fact.shape, fact.class_, fact.reopening_id)
    )
    for area_id, area in register.areas.items():
        if area_id == fact.area_id or area.outline.intersects(fact.shape):
            register.note(area_id, recorded)


def _accident(register: Register, recorded: Recorded, fact: AccidentRecorded) -> None:
    register.accidents.setdefault(fact.accident_id, recorded)


def _report(register: Register, recorded: Recorded, fact: ResidentReported) -> None:
    register.reports.setdefault(fact.report_id, recorded)


def _answer(register: Register, recorded: Recorded, fact: ReportAnswered) -> None:
    register.answers.setdefault(fact.report_id, []).append(recorded)


_STEPS: dict[type, Callable[[Register, Recorded, object], None]] = {
    SiteOpened: _site,
    EvidenceRecorded: _evidence,
    AreaRecorded: _area,
    ClassDecided: _class,
    BoundaryCorrected: _boundary,
    TaskOrdered: _task,
    StageMoved: _task,
    WorkReported: _work,
    WorkInspected: _inspection,
    ReleaseProposed: _proposal,
    ReleaseAccepted: _decision,
    ReleaseRejected: _decision,
    ReleaseTransferred: _transfer,
    LandReopened: _reopening,
    AccidentRecorded: _accident,
    ResidentReported: _report,
    ReportAnswered: _answer,
}  # type: ignore[assignment, dict-item]


def in_order(facts: Iterable[Recorded]) -> list[Recorded]:
    """Returns facts in the order of the walk: true when, then sequence."""
    return sorted(facts, key=lambda item: (item.valid_at_us, item.seq))


def walk(facts: Iterable[Recorded]) -> Register:
    """Returns the register folded from facts in any order; facts of other rooms are passed by."""
    register = Register()
    for recorded in in_order(facts):
        step = _STEPS.get(type(recorded.fact))
        if step is not None:
            step(register, recorded, recorded.fact)
    return register
