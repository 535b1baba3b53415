"""The facts that assess, approve, hand over and close: none of them changes what the land is.

Assessment and handover say where the work stands, an approval where a record stands, and a
declaration of completion that all known work in a boundary is done. Whatever they say, ground
is what its raises and lowerings make of it (``rafiqa.land.timeline``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rafiqa.geo import GridShape
from rafiqa.land.actor import Actor
from rafiqa.land.ruling import Reason


@dataclass(frozen=True, slots=True)
class AssessmentMoved:
    """Where the assessment of an area or of a resident's report stands."""

    subject_id: str
    subject: Literal["area", "report"]
    stage: str
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LandHandedOver:
    """Released land handed to those who use it, with what they were told of its limits.

    ``receiver`` is a role or an organisation, never a person's name. ``not_cleared`` are the
    parts that stay hazard; ``limits`` what the land may not be used for, such as digging
    deeper than it was cleared.
    """

    handover_id: str
    area_id: str
    receiver: str
    community_told_on: str
    residual_risk: str
    limits: str
    not_cleared: tuple[str, ...] = ()
    task_id: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionDeclared:
    """All known work in a boundary declared done, by two persons of the authority.

    From then on the residual regime holds there: the line for reports stays open, and what
    is raised goes on record as anywhere. It is no promise that nothing is left.
    """

    completion_id: str
    shape: GridShape
    note: str
    confirmed_by: Actor | None = None


@dataclass(frozen=True, slots=True)
class RecordMoved:
    """Where an entry of the ledger stands between submitted and approved.

    ``record_id`` is what the entry is about, ``superseded_by`` the later entry that takes an
    approved one's place.
    """

    record_id: str
    entry_id: str
    state: str
    flags: tuple[str, ...] = ()
    comments: str | None = None
    superseded_by: str | None = None


def confirmation_faults(fact: CompletionDeclared, declarer: Actor) -> Iterator[Reason]:
    """Yields why a declaration is not that of two persons of the authority."""
    second = fact.confirmed_by
    params: dict[str, str | int] = {"completion": fact.completion_id}
    if second is None or {second.role, declarer.role} != {"authority"}:
        yield Reason("land.completion.unconfirmed", params)
    elif second.is_one_with(declarer):
        yield Reason("land.release.same-person", {"part_played": "confirmer"})
