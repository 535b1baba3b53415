"""The shapes of permits and stop-work notices at this door."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from rafiqa.api.gateshape import Project
from rafiqa.api.shape import Id, Ids, Note, Reason, Shape, Time

Words = Annotated[str, Meta(max_length=300)]
PermitAct = Literal["issue_permit", "end_permit", "acknowledge_notice"]


class Party(Shape, frozen=True):
    """An organisation that is concerned, and as what."""

    role: Id
    organisation: Words
    role_text: str = ""


class PrintedGate(Shape, frozen=True):
    """A gate's answer: why works stand still, or what is printed on a permit."""

    gate: str
    outcome: str
    code: str
    detail: str
    next: str | None
    area_ids: list[str]


class Permit(Shape, frozen=True):
    """A permit: where it stands, what stops it, and all that is printed on it."""

    permit_id: str
    project_id: str
    project: str
    state: str
    state_text: str
    stopped_by: list[PrintedGate]
    reasons: list[Reason]
    issued_at: str
    issued_by: str
    until: str | None
    depth_cm: int | None
    conditions: list[str]
    printed: list[PrintedGate]
    override: str | None
    authority: str | None
    told: list[Party]


class Permits(Shape, frozen=True):
    """Permits, oldest first."""

    permits: list[Permit]


class Heard(Shape, frozen=True):
    """Who has acknowledged a notice, and when."""

    role: str
    organisation: str
    at: str


class Notice(Shape, frozen=True):
    """A stop-work notice: what happened, what lifts it, who has heard, whom to call next."""

    notice_id: str
    permit_id: str
    project_id: str
    at: str
    cause: str | None
    stopped_by: list[PrintedGate]
    reasons: list[Reason]
    area_ids: list[str]
    over_at: str | None
    acknowledged: list[Heard]
    waiting: list[Party]
    level: int
    call: Party | None


class Notices(Shape, frozen=True):
    """Stop-work notices, oldest first."""

    notices: list[Notice]


class ProjectSheet(Project, frozen=True):
    """A project with its permits and its stop-work notices; those are for staff alone.

    ``may`` are the acts on permits that the asker's role may do; whether a rule lets them is
    asked when they do. ``party_roles`` are those as which an organisation can be told of a stop.
    """

    permits: list[Permit]
    notices: list[Notice]
    may: list[PermitAct]
    party_roles: list[str]


class PermitAsked(Shape, frozen=True):
    """Issue a permit; an override gives its reason, the authority, and each closed gate's code.

    ``seen`` is what the gate called all that closes the works, when it was read.
    """

    permit_id: Id
    project_id: Id
    told: Annotated[list[Party], Meta(min_length=1, max_length=20)]
    conditions: Annotated[tuple[Note, ...], Meta(max_length=50)] = ()
    until: Time | None = None
    override: Note | None = None
    authority: Words | None = None
    covers: Ids = ()
    seen: Id | None = None


class PermitEnding(Shape, frozen=True):
    """End a permit for good, and why."""

    reason: Note


class Acknowledgement(Shape, frozen=True):
    """One of those concerned has heard of a stop.

    ``organisation`` says which where several bear the role; the actor's own where left out.
    """

    role: Id
    note: Note = ""
    organisation: Words | None = None


ACTS: tuple[PermitAct, ...] = get_args(PermitAct)


def gates_of(given: list[dict[str, Any]]) -> list[PrintedGate]:
    """Returns gates as this door tells them, from their JSON."""
    return [
        PrintedGate(
            each["gate"],
            each["outcome"],
            each["code"],
            each["detail"],
            each.get("next"),
            each["area_ids"],
        )
        for each in given
    ]


def reasons_of(given: list[dict[str, Any]]) -> list[Reason]:
    """Returns reasons as this door tells them, from their JSON."""
    return [
        Reason(each["code"], each["text"], each["subject"], next=each.get("next")) for each in given
    ]


def party_of(given: dict[str, Any]) -> Party:
    """Returns a party as this door tells it, from its JSON."""
    return Party(given["role"], given["organisation"], given["role_text"])
