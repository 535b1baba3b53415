"""The facts that land is made of, one frozen dataclass per kind.

A fact says what happened and nothing of what follows from it: classes, parts and
accounts are folded from facts (``rafiqa.land.timeline``). Facts are never changed;
a later fact corrects an earlier one. Who said it and when stands on the record
that carries the fact (``Recorded``), once for all kinds.

``extra`` is what a source said beside the fields named here, as canonical JSON: it decides
nothing, and it is not lost.

Words follow IMAS 04.10, 07.11, 08.10, 08.20 and 09.10, in our own wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rafiqa.geo import GridShape, Spot
from rafiqa.land.actor import Actor
from rafiqa.land.structure import StructureRegistered

HazardClass = Literal["indication", "sha", "cha"]
Outcome = Literal["cancelled", "reduced", "cleared", "not_cleared"]
Severity = Literal["critical", "major", "minor", "observation"]


@dataclass(frozen=True, slots=True)
class SiteOpened:
    """The first fact of every ledger: the place it is about and the frame it measures in."""

    name: str
    origin: Spot
    authority_id: str


@dataclass(frozen=True, slots=True)
class EvidenceRecorded:
    """Something seen, heard, found on record or looked for; never changed, only answered."""

    evidence_id: str
    kind: str
    source_kind: str
    spot: Spot | None = None
    shape: GridShape | None = None
    accuracy_m: Decimal | None = None
    source_grade: str | None = None
    content_grade: str | None = None
    text: str | None = None
    source: str | None = None
    area_id: str | None = None
    extra: str | None = None

    @property
    def ground(self) -> GridShape | None:
        """What of it was drawn as ground; None where only a spot is known."""
        return None if self.shape is None or self.shape.is_empty else self.shape


@dataclass(frozen=True, slots=True)
class AreaRecorded:
    """A hazardous area entered on record with its outline and class."""

    area_id: str
    class_: HazardClass
    shape: GridShape
    name: str | None = None
    evidence_ids: tuple[str, ...] = ()
    area_reported_m2: Decimal | None = None
    grid_difference_mm2: int = 0
    source: str | None = None
    note: str | None = None
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class ClassDecided:
    """The authority's decision on the class of what is still open in an area."""

    area_id: str
    class_: HazardClass
    evidence_ids: tuple[str, ...] = ()
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class BoundaryCorrected:
    """A new outline for an area; what falls outside leaves the account as corrected.

    Dropping land from a hazard's outline lowers it, so the correction names the second
    person who confirmed it, as a release does.
    """

    area_id: str
    shape: GridShape
    justification: str
    confirmed_by: Actor | None = None
    area_reported_m2: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaskOrdered:
    """Work on an area ordered from an organisation, to a required depth.

    ``donor_id`` is the organisation that pays for it; ``cost`` is of the whole task, in the
    currency of ISO 4217 that ``currency`` names.
    """

    task_id: str
    area_id: str
    organisation_id: str
    methods: tuple[str, ...]
    depth_cm: int | None = None
    shape: GridShape | None = None
    note: str | None = None
    donor_id: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class StageMoved:
    """Where the work on a task stands; says nothing of what the land is."""

    task_id: str
    stage: str
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OrdnanceFound:
    """One find during work: place, depth and what was done; no construction details."""

    category: str
    spot: Spot
    depth_cm: int | None = None
    model: str | None = None
    action: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """How one item of evidence was answered: what was done to see that it no longer speaks."""

    evidence_id: str
    how: str


@dataclass(frozen=True, slots=True)
class WorkedPart:
    """A part of land with the outcome that the operator reports for it.

    ``unit_id`` names the unit of a structure that it speaks of, within the part's outline.
    ``depth_from_cm`` is where its clearance begins, the surface where None.
    """

    part_id: str
    outcome: Outcome
    shape: GridShape
    method: str
    depth_cm: int | None = None
    surface: str | None = None
    reason: str | None = None
    evidence_answered: tuple[str, ...] = ()
    answers: tuple[EvidenceAnswer, ...] | None = None
    area_reported_m2: Decimal | None = None
    unit_id: str | None = None
    depth_from_cm: int | None = None


@dataclass(frozen=True, slots=True)
class WorkReported:
    """An operator's report of work: outcomes by part, what was not cleared, what was found.

    ``team_id`` and ``asset_ids`` (machines, animals) say by whose hands; ``begun_us`` and
    ``ended_us`` when, where the report's own date does not.
    ``finds_complete`` says that all that was found is listed, or that nothing was found.
    ``deminer_hours`` are the hours that all who searched spent searching, together.
    """

    work_id: str
    area_id: str
    organisation_id: str
    parts: tuple[WorkedPart, ...]
    task_id: str | None = None
    finds: tuple[OrdnanceFound, ...] = ()
    person_ids: tuple[str, ...] = ()
    note: str | None = None
    team_id: str | None = None
    asset_ids: tuple[str, ...] | None = None
    begun_us: int | None = None
    ended_us: int | None = None
    finds_complete: bool | None = None
    deminer_hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One nonconformity found by an inspector (IMAS 07.12 speaks of corrective action)."""

    severity: Severity
    note: str
    part_id: str | None = None


@dataclass(frozen=True, slots=True)
class WorkInspected:
    """An inspection of reported work by a body that did not do it."""

    inspection_id: str
    work_id: str
    organisation_id: str
    passed: bool
    inspected_share: Decimal | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseProposed:
    """One authority person's proposal to release parts of reported work."""

    release_id: str
    work_id: str
    part_ids: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseAccepted:
    """A second authority person's acceptance; only this lowers anything."""

    release_id: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseRejected:
    """A proposal turned down, with the reason."""

    release_id: str
    note: str


@dataclass(frozen=True, slots=True)
class ReleaseTransferred:
    """A release decided elsewhere and taken over from another body's record.

    Its reasons always say so: who decided, from which file and row. See
    docs/decisions/0007 for why it counts and what bounds it.
    """

    part_id: str
    outcome: Outcome
    shape: GridShape
    released_by: str
    source: str
    area_id: str | None = None
    depth_cm: int | None = None
    method: str | None = None
    surface: str | None = None
    operator: str | None = None
    reason: str | None = None
    area_reported_m2: Decimal | None = None
    grid_difference_mm2: int = 0
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class LandReopened:
    """Land put back to hazard: a missed item, an accident, new evidence, fighting, a flood.

    ``part_ids`` are the parts whose ground it takes back, ``project_id`` the project whose
    works go deeper, or use the land otherwise, than it was released for.
    """

    reopening_id: str
    shape: GridShape
    cause: str
    class_: HazardClass = "cha"
    area_id: str | None = None
    note: str | None = None
    part_ids: tuple[str, ...] | None = None
    project_id: str | None = None


@dataclass(frozen=True, slots=True)
class AccidentRecorded:
    """An accident with explosive ordnance; counts only, victims' identities live apart.

    Where nobody knows the spot but only the ground, ``shape`` is that ground: it may have happened
    anywhere on it, and ``spot`` only stands for it on a map.
    """

    accident_id: str
    kind: str
    spot: Spot | None = None
    place: str | None = None
    killed: int | None = None
    injured: int | None = None
    category: str | None = None
    source: str | None = None
    extra: str | None = None
    shape: GridShape | None = None

    @property
    def ground(self) -> GridShape | None:
        """Where it may have happened, where ground was drawn; None where only a spot is known."""
        return None if self.shape is None or self.shape.is_empty else self.shape


@dataclass(frozen=True, slots=True)
class ResidentReported:
    """What a resident says they saw; raises suspicion, never lowers it.

    Without a spot the place is told in words or withheld: it waits on the desk's list all the
    same. ``code_digest`` is of the code with which whoever reported reads what became of it.
    """

    report_id: str
    spot: Spot | None
    seen: str
    geo_precision: str = "exact"
    triage: str = "routine"
    text: str | None = None
    place: str | None = None
    accuracy_m: int | None = None
    children_near: str | None = None
    moved: str | None = None
    marked: str | None = None
    language: str | None = None
    written_at: str | None = None
    channel: str | None = None
    code_digest: str | None = None


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    """What became of a resident's report.

    ``note`` is for the office; ``text`` is what whoever reported reads with their code.
    """

    report_id: str
    outcome: str
    area_id: str | None = None
    note: str | None = None
    text: str | None = None


LandFact = (
    SiteOpened
    | EvidenceRecorded
    | AreaRecorded
    | ClassDecided
    | BoundaryCorrected
    | TaskOrdered
    | StageMoved
    | WorkReported
    | WorkInspected
    | ReleaseProposed
    | ReleaseAccepted
    | ReleaseRejected
    | ReleaseTransferred
    | LandReopened
    | AccidentRecorded
    | ResidentReported
    | ReportAnswered
    | StructureRegistered
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it stands in the ledger: its place in order, two times, and who said it.

    ``valid_at_us`` is when it was true, ``recorded_at_us`` when it became known, both in
    microseconds since 1970 UTC. Order is ``seq``; the wall clock never orders.
    """

    seq: int
    entry_id: str
    valid_at_us: int
    recorded_at_us: int
    actor: Actor
    fact: object
