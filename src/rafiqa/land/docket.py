"""Dockets: facts that hang together by an id, and so are walked together and apart from others.

What a fact does can depend only on facts that it is joined to by ids: an area with its
evidence, tasks and works, a work with its inspections and releases. A docket is such a set. It
grows by facts and by other dockets that a new fact joins to it, and remembers since when it
holds what, so that it can be walked as it was at any place in the ledger.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from rafiqa.geo import GridShape
from rafiqa.land.certificatefact import CertificateIssued, CertificateMoved
from rafiqa.land.closing import (
    AssessmentMoved,
    CompletionDeclared,
    LandHandedOver,
    RecordMoved,
)
from rafiqa.land.effect import walk
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
from rafiqa.land.hearing import Name
from rafiqa.land.quality import (
    AccreditationEnded,
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
)
from rafiqa.land.register import Register
from rafiqa.land.structure import StructureRegistered, ground_id
from rafiqa.land.withdrawal import RecordWithdrawn

Key = tuple[str, str]
"""A kind of id and the id."""
FOREVER = 2**62
"""A place in the ledger after every other."""
_REGISTERS_KEPT = 2


def keys_of(fact: object) -> Iterator[Key]:
    """Yields every id by which a fact hangs together with others; none for other rooms' facts."""
    match fact:
        case SiteOpened():
            yield "site", ""
        case EvidenceRecorded():
            yield "evidence", fact.evidence_id
        case AreaRecorded() | ClassDecided():
            yield from (("evidence", item) for item in fact.evidence_ids)
        case TaskOrdered() | StageMoved():
            yield "task", fact.task_id
        case WorkReported():
            yield from _work_keys(fact)
        case StructureRegistered():
            yield from _structure_keys(fact)
        case WorkInspected():
            yield "inspection", fact.inspection_id
            yield "work", fact.work_id
        case ReleaseProposed():
            yield "release", fact.release_id
            yield "work", fact.work_id
        case ReleaseAccepted() | ReleaseRejected():
            yield "release", fact.release_id
        case ReleaseTransferred():
            yield "part", fact.part_id
        case LandReopened():
            yield "reopening", fact.reopening_id
        case AccidentRecorded():
            yield "accident", fact.accident_id
        case ResidentReported() | ReportAnswered():
            yield "report", fact.report_id
            return
        case BoundaryCorrected() | LandHandedOver():
            pass
        case CertificateIssued() | CertificateMoved():
            # Kept apart from the area's docket: a paper makes nothing of the ground anew.
            yield from _closing_keys(fact)
            return
        case _:
            yield from _closing_keys(fact)
            yield from _quality_keys(fact)
            return
    area_id = getattr(fact, "area_id", None)
    if area_id is not None:
        yield "area", area_id


def _work_keys(fact: WorkReported) -> Iterator[Key]:
    yield "work", fact.work_id
    yield from (("part", part.part_id) for part in fact.parts)
    yield from (("unit", part.unit_id) for part in fact.parts if part.unit_id is not None)
    if fact.task_id is not None:
        yield "task", fact.task_id


def _structure_keys(fact: StructureRegistered) -> Iterator[Key]:
    yield "structure", fact.structure_id
    yield from (("unit", unit.unit_id) for unit in fact.units)
    yield "unit", ground_id(fact.structure_id)


def _closing_keys(fact: object) -> Iterator[Key]:
    match fact:
        case RecordWithdrawn():
            if fact.subject_kind != "project":
                yield fact.subject_kind, fact.subject_id
        case AssessmentMoved():
            yield "assessment", fact.subject_id
            yield fact.subject, fact.subject_id
        case CompletionDeclared():
            yield "completion", fact.completion_id
        case RecordMoved():
            yield "entry", fact.entry_id
        case CertificateIssued():
            yield "certificate", fact.number
            if fact.supersedes is not None:
                yield "certificate", fact.supersedes
        case CertificateMoved():
            yield "certificate", fact.number


def _quality_keys(fact: object) -> Iterator[Key]:
    match fact:
        case AccreditationGranted() | AccreditationEnded():
            yield "organisation", fact.organisation_id
        case QaVisited():
            yield "visit", fact.visit_id
            yield from _about(fact.work_id, fact.task_id)
        case NonconformityRaised():
            yield "nonconformity", fact.nonconformity_id
            yield from _about(fact.work_id, fact.task_id)
            yield from (("part", part_id) for part_id in fact.part_ids)
        case NonconformityAnswered() | NonconformityClosed():
            yield "nonconformity", fact.nonconformity_id
        case LotInspected():
            yield "lot", fact.lot_id
            yield "inspection", fact.lot_id
            yield from (("part", part_id) for part_id in fact.part_ids)
            yield from (("work", work_id) for work_id in fact.work_ids)
        case LotReviewed():
            yield "lot", fact.lot_id


def _about(work_id: str | None, task_id: str | None) -> Iterator[Key]:
    if work_id is not None:
        yield "work", work_id
    if task_id is not None:
        yield "task", task_id


def shapes_of(fact: object) -> list[GridShape]:
    """Returns the ground that a fact speaks of: what it raises or lowers lies within."""
    match fact:
        case AreaRecorded() | BoundaryCorrected() | ReleaseTransferred() | LandReopened():
            shapes = [fact.shape]
        case StructureRegistered():
            shapes = [fact.shape]
        case WorkReported():
            shapes = [part.shape for part in fact.parts]
        case _:
            shapes = []
    return [shape for shape in shapes if not shape.is_empty]


@dataclass(slots=True, eq=False)
class Docket:
    """Facts joined by ids, in the order in which they came to be joined.

    Attributes:
        number: its place among all dockets.
        until: the place in the ledger at which it became part of another, ``into``.
        names: what it hears from (``rafiqa.land.hearing``).
    """

    number: int
    until: int = FOREVER
    into: Docket | None = None
    _facts: list[Recorded] = field(default_factory=list)
    _since: list[int] = field(default_factory=list)
    _heard: list[Recorded] = field(default_factory=list)
    _heard_since: list[int] = field(default_factory=list)
    names: dict[Name, None] = field(default_factory=dict)
    _registers: dict[tuple[int, int], Register] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, recorded: Recorded) -> None:
        """Adds a fact that has just come to the ledger."""
        self._facts.append(recorded)
        self._since.append(recorded.seq)

    def absorb(self, other: Docket, seq: int) -> None:
        """Takes in another docket's facts; from this place in the ledger on they are one."""
        self._facts += other._facts
        self._since += [seq] * len(other)
        self._heard += other._heard
        self._heard_since += [seq] * len(other._heard)
        self.names |= other.names
        other.until, other.into = seq, self

    def hear(self, recorded: Recorded, seq: int) -> None:
        """Adds a fact that speaks to a name in it, from this place in the ledger on."""
        self._heard.append(recorded)
        self._heard_since.append(seq)

    def at(self, seq: int) -> Docket:
        """Returns the docket that held these facts at a place in the ledger."""
        docket = self
        while docket.until <= seq and docket.into is not None:
            docket = docket.into
        return docket

    def facts(self, seq: int) -> list[Recorded]:
        """Returns what it is walked from, as known at a place in the ledger: own and heard."""
        own = self._facts[: bisect_right(self._since, seq)]
        heard = self._heard[: bisect_right(self._heard_since, seq)]
        return list({recorded.seq: recorded for recorded in [*own, *heard]}.values())

    def register(self, seq: int) -> Register:
        """Returns its facts walked, as known at a place in the ledger; to be read only."""
        n_known = bisect_right(self._since, seq), bisect_right(self._heard_since, seq)
        known = self._registers.get(n_known)
        if known is None:
            known = walk(self.facts(seq))
            # Put in place as a whole: several threads may come here at once.
            newest = [*self._registers.items(), (n_known, known)][-_REGISTERS_KEPT:]
            self._registers = dict(newest)
        return known
