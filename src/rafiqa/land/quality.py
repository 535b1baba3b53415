"""The facts of quality management: who may work, who looked, what was wrong, what was stopped.

Each says by itself which organisation, team, asset or part it concerns, so that one fact can be
asked about wherever that name stands. Words follow IMAS 07.30 (accreditation), 07.40 (monitoring)
and 07.12 (quality management), in our own wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rafiqa.land.actor import Actor
from rafiqa.land.fact import Finding, Severity


@dataclass(frozen=True, slots=True)
class AccreditationGranted:
    """The authority's word that an organisation may work by stated methods, and until when.

    ``scope`` names categories of ordnance; all of them where it is empty.
    """

    accreditation_id: str
    organisation_id: str
    methods: tuple[str, ...]
    valid_from_us: int
    valid_until_us: int | None = None
    scope: tuple[str, ...] = ()
    restrictions: str | None = None
    granted_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AccreditationEnded:
    """An accreditation taken back; from then on it does not count."""

    accreditation_id: str
    organisation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class QaVisited:
    """A visit to work as it is being done; ``organisation_id`` is who was visited.

    ``seeds_laid`` are blind seeds that the visitor laid for the search to find, ``seeds_found`` how
    many of them it found, ``seeds_depth_cm`` how deep they lay; None where that differs.
    """

    visit_id: str
    organisation_id: str
    body_id: str
    activity: str
    task_id: str | None = None
    work_id: str | None = None
    findings: tuple[Finding, ...] = ()
    seeds_laid: int | None = None
    seeds_found: int | None = None
    seeds_depth_cm: int | None = None


@dataclass(frozen=True, slots=True)
class NonconformityRaised:
    """A breach of a requirement, raised against an organisation and what it concerns."""

    nonconformity_id: str
    organisation_id: str
    severity: Severity
    kind: str
    note: str
    work_id: str | None = None
    task_id: str | None = None
    part_ids: tuple[str, ...] = ()
    team_id: str | None = None
    due_us: int | None = None


@dataclass(frozen=True, slots=True)
class NonconformityAnswered:
    """What caused a nonconformity, and what was done about it."""

    nonconformity_id: str
    root_cause: str
    corrective_action: str


@dataclass(frozen=True, slots=True)
class NonconformityClosed:
    """A nonconformity verified as put right, by quality or the authority."""

    nonconformity_id: str
    note: str


@dataclass(frozen=True, slots=True)
class LotInspected:
    """A lot of worked land inspected: whose work, of which days, how much, and what was found.

    ``organisation_id`` inspects, ``inspected_id`` did the work. Where a lot names no part it is
    about every part of the works that it names. ``detection`` is the stated chance to find a
    missed item in ground that is inspected.
    """

    lot_id: str
    organisation_id: str
    passed: bool
    from_us: int
    until_us: int
    part_ids: tuple[str, ...] = ()
    work_ids: tuple[str, ...] = ()
    team_ids: tuple[str, ...] = ()
    asset_ids: tuple[str, ...] = ()
    inspected_id: str | None = None
    method: str | None = None
    inspected_share: Decimal | None = None
    detection: Decimal | None = None
    items_found: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class LotReviewed:
    """Two persons of the authority lift what a failed lot stopped; the lot itself stays failed."""

    review_id: str
    lot_id: str
    note: str
    confirmed_by: Actor | None = None


QualityFact = (
    AccreditationGranted
    | AccreditationEnded
    | QaVisited
    | NonconformityRaised
    | NonconformityAnswered
    | NonconformityClosed
    | LotInspected
    | LotReviewed
)
