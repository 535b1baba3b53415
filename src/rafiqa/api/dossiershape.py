"""The shape of a task's dossier: everything on record of one task, for one page and for paper."""

from __future__ import annotations

from typing import Any

from rafiqa.api.queueshape import EvidenceTold, Find, ReleasePart
from rafiqa.api.shape import CertificateBrief, HistoryItem, Shape


class TaskBrief(Shape, frozen=True):
    """A task in a list: where it is, whose it is, where the work on it stands."""

    task_id: str
    area_id: str
    area_name: str | None
    organisation: str
    stage: str
    stage_text: str
    ordered_at: str
    ground_m2: float
    hazard_m2: float


class Tasks(Shape, frozen=True):
    """Every task that who asks may see: staff all, an operator's office its own."""

    tasks: list[TaskBrief]


class AccreditationTold(Shape, frozen=True):
    """An accreditation of who works: by which methods, for which time, and whether it stands."""

    accreditation_id: str
    methods: list[str]
    valid_from: str
    valid_until: str | None
    restrictions: str | None
    granted_by: str | None
    stands: bool


class WorkTold(Shape, frozen=True):
    """One report of work on the task, with its parts and finds."""

    work_id: str
    reported_at: str
    begun_at: str | None
    ended_at: str | None
    team_id: str | None
    asset_ids: list[str]
    deminer_hours: float | None
    finds_complete: bool | None
    note: str | None
    parts: list[ReleasePart]
    finds: list[Find]


class ReleaseTold(Shape, frozen=True):
    """A release on the task: which parts, and where it stands."""

    release_id: str
    state: str
    part_ids: list[str]
    area_m2: float
    proposed_at: str
    decided_at: str | None


class HandoverTold(Shape, frozen=True):
    """Land handed over, with what its users were told of its limits."""

    handover_id: str
    receiver: str
    told_on: str
    residual_risk: str
    limits: str
    not_cleared: list[str]


class OutcomeM2(Shape, frozen=True):
    """How much ground of the task is what, as released on record; ``open`` is hazard still."""

    outcome: str
    outcome_text: str
    area_m2: float


class DocumentTold(Shape, frozen=True):
    """A paper or file on record: a certificate, a photograph, a plan."""

    name: str
    media_type: str
    sha256: str
    at: str


class Dossier(Shape, frozen=True):
    """One task, whole: order, teams, ground, evidence, work, quality, releases, documents.

    ``outcomes`` add up to ``ground_m2``. ``source``, ``as_of``, ``known_at`` and ``method`` say
    where its figures come from.
    """

    task: TaskBrief
    methods: list[str]
    depth_cm: int | None
    donor: str | None
    cost: float | None
    currency: str | None
    note: str | None
    ordered_by: str
    teams: list[str]
    accreditations: list[AccreditationTold]
    ground: dict[str, Any]
    outcomes: list[OutcomeM2]
    unrecorded_m2: float
    evidence: list[EvidenceTold]
    works: list[WorkTold]
    quality: list[HistoryItem]
    nonconformities: list[HistoryItem]
    releases: list[ReleaseTold]
    handovers: list[HandoverTold]
    certificates: list[CertificateBrief]
    documents: list[DocumentTold]
    history: list[HistoryItem]
    source: str
    as_of: str
    known_at: str
    method: str
    ledger_entries: int
    ledger_root: str
