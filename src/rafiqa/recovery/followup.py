"""What came of it, quarter by quarter: land, works, services, rubble, and how people feel there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rafiqa.land import Statement

LEAST_ASKED: Final = 5
"""Of fewer answers no count is told: who answered could be known."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """What residents said of an area within a quarter, and what of it was hazard at the end.

    ``n_asked`` and ``n_at_ease`` are None where fewer than ``LEAST_ASKED`` answered.
    """

    area_id: str
    n_asked: int | None
    n_at_ease: int | None
    hazard_m2: float


@dataclass(frozen=True, slots=True)
class Quarter:
    """The figures of one quarter.

    Attributes:
        name: such as ``2026-Q1``.
        until_us: its last instant, or the end of the period asked about.
        hazard_m2: ground that is hazard then, by class.
        flows_m2: what changed within the quarter, by heading of the land account.
        projects: how many have which outcome of their gates.
        permits: how many stand how.
        buildings: how many have which outcome, at their footprint and the surface.
        services: by kind, how many are in which state.
        rubble: lots by state.
        lifted_m3: rubble lifted by then.
        feelings: areas of which residents said how they feel there.
    """

    name: str
    until_us: int
    hazard_m2: Mapping[str, float]
    flows_m2: Mapping[str, float]
    projects: Mapping[str, int]
    permits: Mapping[str, int]
    buildings: Mapping[str, int]
    services: Mapping[str, Mapping[str, int]]
    rubble: Mapping[str, int]
    lifted_m3: float
    feelings: tuple[Feeling, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """All quarters of a period, oldest first, and where the figures come from."""

    statement: Statement
    quarters: tuple[Quarter, ...]
