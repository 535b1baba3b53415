"""What came of it, quarter by quarter: land, works, services, rubble, and how people feel there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.land import Statement

LEAST_ASKED: Final = 5
"""Of fewer answers nothing is told: who answered could be known."""
AtEase = Literal["few", "mixed", "most"]


@dataclass(frozen=True, slots=True)
class Feeling:
    """What residents said of an area within a whole quarter, and what of it was hazard at the end.

    Told so that nobody's answer follows from it (decision 34): ``asked_least`` is how many
    answered, rounded down to fives; ``at_ease`` is by how many of them, in three bands, none of
    which says all or nobody. Both are None where fewer than ``LEAST_ASKED`` answered.
    """

    area_id: str
    asked_least: int | None
    at_ease: AtEase | None
    hazard_m2: float


def banded(n_asked: int, n_at_ease: int) -> tuple[int, AtEase] | tuple[None, None]:
    """Returns how many answered at least, and how many of them feel at ease, in a band.

    Few is under a third, most from two thirds on: each is of two numbers at least, so that no band
    tells one.
    """
    if n_asked < LEAST_ASKED:
        return None, None
    band: AtEase = "mixed"
    if 3 * n_at_ease < n_asked:
        band = "few"
    elif 3 * n_at_ease >= 2 * n_asked:
        band = "most"
    return n_asked // LEAST_ASKED * LEAST_ASKED, band


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
        buildings: how many have which outcome, at their footprint and depth.
        services: by kind, how many are in which state.
        rubble: lots by state.
        lifted_m3: rubble lifted by then.
        feelings: areas of which residents said how they feel there; none of a quarter that is
            not over.
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
