"""The register: everything on record by id, and what raises and what lowers land.

A raise puts ground to hazard, a lowering takes it off again; both keep the entry they came
from. Whether a lowering *holds* on a given square metre is decided later, in
``rafiqa.land.timeline``, against every raise there. What each fact does to the register is
in ``rafiqa.land.effect``. An id belongs to whoever recorded it first: a later record of the
same id never takes its place. Facts that a rule forbids are listed as ``without_effect``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from rafiqa.geo import GridShape
from rafiqa.land.evidence import evidence_class
from rafiqa.land.fact import (
    AreaRecorded,
    BoundaryCorrected,
    EvidenceRecorded,
    HazardClass,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.rule import ReleaseCase, counts_against, supports, unsound
from rafiqa.land.ruling import Reason
from rafiqa.land.standing import Standing
from rafiqa.land.structure import Unit

RaiseKind = Literal[
    "recorded", "extended", "reopened", "failed", "kept", "left", "implied", "structure"
]
"""Why ground is hazard: put on record; added to an outline; put back to hazard; worked, and the
work failed its inspection; taken over as not cleared; left by a work that cleared around it;
implied by a release taken over; or under a structure, unit by unit."""

LowerKind = Literal["cancelled", "reduced", "cleared", "dropped"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was true, and its place on record."""

    valid_at_us: int
    seq: int


@dataclass(frozen=True, slots=True)
class Raise:
    """Ground put to hazard. ``area_id`` None means every area there, or ground of its own.

    A ``left`` raises nothing by itself: it keeps what is hazard from being lowered. A ``failed``
    puts no ground on record: it raises what is. Nor does a ``structure``: it holds what is, until
    each of its ``unit_ids`` is lowered; the ``ground_ids`` among them are the ground beneath. The
    ``unit_ids`` of a ``left`` are the unit that it speaks of, none where it speaks of the land.
    """

    valid_at_us: int
    seq: int
    kind: RaiseKind
    area_id: str | None
    shape: GridShape
    class_: HazardClass
    subject: str
    unit_ids: tuple[str, ...] = ()
    ground_ids: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # Short on purpose: acts are looked up often, and few share these.
        return hash((self.seq, self.subject))


@dataclass(frozen=True, slots=True)
class Lower:
    """Ground taken off hazard by an accepted act.

    What was cleared is cleared for every area there, whoever drew it; every other lowering
    speaks of the area named, or where it was taken over and names none, of no area.
    ``work_at`` is the (true when, sequence) of the work it rests on. ``unit_id`` is the unit of
    a structure that it speaks of alone; what was cleared was cleared from ``depth_from_cm``, the
    surface where None, down to ``depth_cm``.
    """

    valid_at_us: int
    seq: int
    kind: LowerKind
    area_id: str | None
    shape: GridShape
    subject: str
    depth_cm: int | None = None
    part_id: str | None = None
    transferred: bool = False
    work_id: str | None = None
    work_at: tuple[int, int] | None = None
    unit_id: str | None = None
    depth_from_cm: int | None = None

    def __hash__(self) -> int:
        # Short on purpose: acts are looked up often, and few share these.
        return hash((self.seq, self.subject))

    @property
    def begun(self) -> Moment:
        """When the work it rests on was true, and its place on record; its own without work."""
        return Moment(*(self.work_at or (self.valid_at_us, self.seq)))

    def speaks_of(self, area_id: str) -> bool:
        """Returns whether this lowering lowers an area's claim on the ground."""
        return self.kind == "cleared" or self.area_id == area_id


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
    """What is on record of one area beside its ground: its facts, in order.

    ``outline`` is as walked so far; ``since_seq`` is the first on record of its outlines that the
    walk has come to.
    """

    area_id: str
    recorded: Recorded
    outline: GridShape = field(default_factory=GridShape.empty)
    since_seq: int | None = None
    facts: list[Recorded] = field(default_factory=list)

    def known_to(self, correction: Recorded) -> bool:
        """Returns whether an outline stood, in truth and on record, before a correction of it."""
        return self.since_seq is not None and self.since_seq < correction.seq

    def outline_at(self, valid_at_us: int, voided: Collection[str]) -> GridShape:
        """Returns the outline as registered and corrected by a time.

        Args:
            valid_at_us: microseconds since 1970 UTC.
            voided: entry ids of facts without effect; a correction among them only adds ground.
        """
        outline = self.fact.shape
        for record in self.facts:
            if isinstance(record.fact, BoundaryCorrected) and record.valid_at_us <= valid_at_us:
                shape = record.fact.shape
                outline = outline.union(shape) if record.entry_id in voided else shape
        return outline

    @property
    def fact(self) -> AreaRecorded:
        """The fact that put the area on record."""
        assert isinstance(self.recorded.fact, AreaRecorded)  # noqa: S101 - an invariant
        return self.recorded.fact


@dataclass(slots=True)
class StructureRecord:
    """What is on record of one structure.

    ``said`` are its records and their units, the ground beneath among them, in the order they
    were recorded; ``walked`` those that the walk has come to, and ``raises`` what they put up.
    """

    structure_id: str
    recorded: Recorded
    said: list[tuple[Recorded, tuple[Unit, ...]]] = field(default_factory=list)
    walked: list[Recorded] = field(default_factory=list)
    raises: list[Raise] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit as one record of its structure has it."""

    unit: Unit
    structure_id: str
    recorded: Recorded


@dataclass(slots=True)
class ReleaseRecord:
    """A release from proposal to decision; ``decisions`` in the order they were recorded."""

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
class Register(Standing):
    """Everything on record, by id, and the raises and lowerings in the order of the walk.

    ``inspections`` and ``decisions`` stand in the order they were recorded; ``failed`` are
    the inspections, of works and of lots, that undid a release. ``evidence_said`` holds every
    record of an id and ``evidence_links`` what names evidence as an area's; ``units`` every
    record of a unit's id. ``assessments`` are kept by area or report, ``handovers`` by area,
    ``approvals`` by the entry they speak of; none of these, no completion and no certificate,
    changes what the land is.
    """

    site: Recorded | None = None
    areas: dict[str, AreaRecord] = field(default_factory=dict)
    evidence: dict[str, Recorded] = field(default_factory=dict)
    evidence_said: dict[str, list[Recorded]] = field(default_factory=dict)
    evidence_links: dict[str, list[tuple[Recorded, str]]] = field(default_factory=dict)
    tasks: dict[str, list[Recorded]] = field(default_factory=dict)
    works: dict[str, Recorded] = field(default_factory=dict)
    inspections: dict[str, list[Recorded]] = field(default_factory=dict)
    failed: dict[str, Recorded] = field(default_factory=dict)
    releases: dict[str, ReleaseRecord] = field(default_factory=dict)
    releases_of: dict[str, list[ReleaseRecord]] = field(default_factory=dict)
    decisions: dict[str, list[Recorded]] = field(default_factory=dict)
    parts: dict[str, tuple[WorkedPart | ReleaseTransferred, Recorded]] = field(default_factory=dict)
    structures: dict[str, StructureRecord] = field(default_factory=dict)
    units: dict[str, list[UnitRecord]] = field(default_factory=dict)
    reopenings: dict[str, Recorded] = field(default_factory=dict)
    accidents: dict[str, Recorded] = field(default_factory=dict)
    reports: dict[str, Recorded] = field(default_factory=dict)
    answers: dict[str, list[Recorded]] = field(default_factory=dict)
    assessments: dict[str, list[Recorded]] = field(default_factory=dict)
    handovers: dict[str, list[Recorded]] = field(default_factory=dict)
    completions: dict[str, Recorded] = field(default_factory=dict)
    approvals: dict[str, list[Recorded]] = field(default_factory=dict)
    certificates: dict[str, Recorded] = field(default_factory=dict)
    certificate_moves: dict[str, list[Recorded]] = field(default_factory=dict)
    raises: list[Raise] = field(default_factory=list)
    lowers: list[Lower] = field(default_factory=list)
    reclasses: list[Reclass] = field(default_factory=list)
    without_effect: list[WithoutEffect] = field(default_factory=list)
    _ground: dict[str, list[Raise]] = field(default_factory=dict)

    def case(self, proposal: Recorded, decision: Recorded | None = None) -> ReleaseCase:
        """Returns what a release proposal rests on.

        Args:
            proposal: the record of the proposal.
            decision: the record that decides it. What speaks for the release must then be
                before it both in truth and on record; what speaks against it counts where
                it is before it in either. Everything on record counts where None.
        """
        fact = proposal.fact
        assert isinstance(fact, ReleaseProposed)  # noqa: S101 - callers pass proposals only
        work = self.works.get(fact.work_id)
        if work is None or (decision is not None and not supports(work, proposal)):
            return ReleaseCase(proposal, None, (), ())
        assert isinstance(work.fact, WorkReported)  # noqa: S101 - an invariant of the register
        area_id = work.fact.area_id
        return ReleaseCase(
            proposal,
            work,
            tuple(self._inspections(work, fact.work_id, decision)),
            self.evidence_raising(area_id, decision),
            tuple(item.shape for item in self._ground.get(area_id, ()) if supports(item, decision)),
            tuple(part.part_id for part in work.fact.parts if self._taken(part.part_id, work)),
            self.quality_case(work, fact.part_ids, decision),
        )

    def _taken(self, part_id: str, work: Recorded) -> bool:
        owner = self.parts.get(part_id)
        return owner is None or owner[1].seq != work.seq

    def _inspections(
        self, work: Recorded, work_id: str, decision: Recorded | None
    ) -> Iterator[Recorded]:
        for record in self.inspections.get(work_id, ()):
            if isinstance(record.fact, WorkInspected) and unsound(record.fact):
                if counts_against(record, decision):
                    yield record
            elif supports(record, decision) and supports(work, record):
                yield record

    def evidence_raising(self, area_id: str, decision: Recorded | None = None) -> tuple[str, ...]:
        """Returns the ids of the direct and indirect evidence that an area rests on.

        Args:
            area_id: the area.
            decision: only what speaks against this act; everything on record where None.
        """
        links = self.evidence_links.get(area_id, ())
        ids = dict.fromkeys(item for record, item in links if counts_against(record, decision))
        return tuple(item for item in ids if self._raises_suspicion(item, decision))

    def _raises_suspicion(self, evidence_id: str, decision: Recorded | None) -> bool:
        said = [
            record.fact
            for record in self.evidence_said.get(evidence_id, ())
            if counts_against(record, decision)
        ]
        # Evidence that is named and not on record is unknown, and unknown raises.
        return not said or any(
            isinstance(fact, EvidenceRecorded) and evidence_class(fact) in {"direct", "indirect"}
            for fact in said
        )

    def put_to_hazard(self, item: Raise) -> None:
        """Adds a raise, and to its area's ground where it names an area."""
        self.raises.append(item)
        if item.area_id is not None:
            self._ground.setdefault(item.area_id, []).append(item)

    def note(self, area_id: str | None, recorded: Recorded) -> None:
        """Adds a fact to an area's own story."""
        if area_id in self.areas:
            self.areas[area_id].facts.append(recorded)

    def void(self, recorded: Recorded, *reasons: Reason) -> None:
        """Lists a fact as without effect."""
        self.without_effect.append(WithoutEffect(recorded, reasons))
