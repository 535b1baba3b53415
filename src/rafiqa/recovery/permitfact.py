"""The facts of permits: issued, ended, and that somebody has heard of a stop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that a permit concerns, and as what; places and offices, not persons."""

    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason that spoke against works when they were permitted, and that the permit covers.

    ``item`` names what the reason rests on: an area with its class, a report, a unit. ``limit``
    is how far it went, where it can grow; the permit covers no more than that. ``fact_ids`` are
    the entries on which a closed gate rested: an override covers none that came later.
    """

    gate: str
    outcome: str
    code: str
    item: str
    limit: int | None = None
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PermitIssued:
    """A permit for the works of a project as they were registered then.

    It stands only while nothing speaks against the works beyond ``grounds``. What was closed
    is among them only by an override: the reason for it, and the authority that answers for it.

    Attributes:
        registration_id: the entry that registered the works permitted.
        told: who hears of a stop; at least one.
        conditions: in words, beside those of the gates.
        until_us: the last moment it is good for; no end where None.
        override: why works were permitted though gates are closed.
        authority: whose decision that was, by office.
    """

    permit_id: str
    project_id: str
    registration_id: str
    issued_by: str
    told: tuple[Party, ...]
    grounds: tuple[Ground, ...] = ()
    conditions: tuple[str, ...] = ()
    until_us: int | None = None
    override: str | None = None
    authority: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PermitEnded:
    """A permit is over for good: works done, or given back, or withdrawn."""

    permit_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeAcknowledged:
    """One of those concerned has heard of a stop and says that the work stands still."""

    notice_id: str
    role: str
    organisation: str
    note: str | None = None


PermitFact = PermitIssued | PermitEnded | NoticeAcknowledged
