"""The shapes of ways in at this door: each place, and what a release would open."""

from __future__ import annotations

from rafiqa.api.gateshape import Outcome
from rafiqa.api.shape import Shape


class Told(Shape, frozen=True):
    """A reason in words, the areas it rests on, and what to do next."""

    code: str
    text: str
    subjects: list[str]
    subject: str | None
    next: str | None = None


class WayIn(Shape, frozen=True):
    """A project or service: its way in, why, and which areas, released, would let people in."""

    id: str
    kind: str
    name: str
    outcome: Outcome
    way: str
    reason: Told
    roads: list[str]
    area_ids: list[str]
    off_record_m: float
    ground_waits_for: list[list[str]]
    waits_for: list[list[str]]


class Requests(Shape, frozen=True):
    """How many residents ask for a clearance and wait; ``n`` stops at 20."""

    n: int
    more: bool
    oldest_on: str | None
    reasons: list[Told]


class Opening(Shape, frozen=True):
    """What the release of one area, or of two together, would open."""

    area_ids: list[str]
    n: int
    projects: list[str]
    services: list[str]
    requests: Requests


class Access(Shape, frozen=True):
    """Every way in, and what would open the most; it ranks and releases nothing."""

    n_pieces: int | None
    entries_named: bool
    reasons: list[Told]
    openings: list[Opening]
    places: list[WayIn]
    method: str
