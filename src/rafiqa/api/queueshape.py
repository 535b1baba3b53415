"""The shapes of the desk's queue, of what a second person reads, and of what is new."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from rafiqa.api.accessshape import Told
from rafiqa.api.shape import HistoryItem, Id, Reason, Shape


class QueueItem(Shape, frozen=True):
    """One thing that waits: what it is in words, since when, and how little it can wait.

    ``why_not`` says why it waits for somebody else; ``may_set_aside`` whether it can be taken off
    the list of who looks, until more of it comes; ``n`` how many it is of.
    """

    kind: str
    id: str
    text: str
    since: str
    danger: str
    area_ids: list[str]
    why_not: list[Told]
    may_set_aside: bool
    n: int


class KindCount(Shape, frozen=True):
    """How much of one kind waits for who asks."""

    kind: str
    n: int


class Queue(Shape, frozen=True):
    """What waits for who asks, in order; ``others`` is what they see waiting for somebody else."""

    items: list[QueueItem]
    others: list[QueueItem]
    counts: list[KindCount]
    role: str


class AsideAsked(Shape, frozen=True):
    """What is to be taken off the list of who asks, and of how many it was as they saw it."""

    kind: Id
    id: Id
    n: Annotated[int, Meta(ge=1, le=2**53)]


class AsideDone(Shape, frozen=True):
    """How much waits still."""

    n: int


class AnsweredHow(Shape, frozen=True):
    """An item of evidence that a part answers, and how."""

    evidence_id: str
    how: str


class ReleasePart(Shape, frozen=True):
    """A part that a proposal names, or that its work left: what is said of it, and what proves."""

    part_id: str
    outcome: str
    outcome_text: str
    method_text: str | None
    depth_cm: int | None
    depth_from_cm: int | None
    surface_text: str | None
    reason_text: str | None
    area_m2: float
    reported_m2: float | None
    unit_id: str | None
    answers: list[AnsweredHow]
    proofs: list[Reason]
    place: dict[str, Any]


class Find(Shape, frozen=True):
    """What was found: kind, how many, how deep, what was done, and where."""

    category_text: str
    count: int
    depth_cm: int | None
    action_text: str | None
    lon_deg: float
    lat_deg: float


class EvidenceTold(Shape, frozen=True):
    """An item of evidence of the area: what it says, since when, and what it counts for."""

    evidence_id: str
    kind_text: str
    at: str
    text: str | None
    source_text: str


class ReleaseSheet(Shape, frozen=True):
    """A proposal with all that the second person has to have seen.

    ``against`` is everything that speaks against accepting it now, by whoever asks; ``digest``
    names what was shown, so that it can be told whether it is still so.
    """

    release_id: str
    state: str
    area_id: str
    area_name: str | None
    work_id: str
    task_id: str | None
    operator: str
    team_id: str | None
    begun_at: str | None
    ended_at: str
    reported_at: str
    finds_complete: bool | None
    proposed_by: str
    proposed_organisation: str
    proposed_at: str
    note: str | None
    decided_by: str | None
    decided_at: str | None
    decision_note: str | None
    parts: list[ReleasePart]
    left: list[ReleasePart]
    totals_m2: dict[str, float]
    finds: list[Find]
    evidence: list[EvidenceTold]
    quality: list[HistoryItem]
    nonconformities: list[HistoryItem]
    against: list[Told]
    may_accept: bool
    may_reject: bool
    why_not: list[Told]
    digest: str


class NewsItem(Shape, frozen=True):
    """One thing that happened and concerns who asks; ``opens`` is the page and the id there."""

    kind: str
    at: str
    text: str
    danger: str
    is_new: bool
    page: str
    id: str


class News(Shape, frozen=True):
    """What happened, the newest first; ``n_new`` since who asks last looked."""

    items: list[NewsItem]
    n_new: int
    seen_seq: int
    seq: int


class NewsSeen(Shape, frozen=True):
    """Up to which place in the ledger news was seen."""

    seq: Annotated[int, Meta(ge=0)]


class SeenDone(Shape, frozen=True):
    """How much is new still."""

    n_new: int
