"""A generated country: hazardous areas in towns, each with the facts of its work, in order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    SiteOpened,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)

ORIGIN = Spot.of(38.55, 34.9)
DAY_US = 86_400_000_000
FACTS_PER_AREA = 10
_SEED = 20_240_501
_SIDE_MM = 200_000
_APART_MM = 150_000
_FIRST, _SECOND = Actor("p1", "authority", "authority"), Actor("p2", "authority", "authority")
_TEAM, _QUALITY = Actor("p3", "operator", "operator"), Actor("p4", "quality", "quality")


def country(n_areas: int, together: int = 2) -> list[Recorded]:
    """Returns the facts of so many areas in the order of the ledger, ten or so each.

    Areas are about 200 m across, and so many of them overlap one another in a row; of each a
    half is cleared and released, a part of that reopened in every fifth.
    """
    draw = np.random.default_rng(_SEED)
    seqs = count(1)
    facts = [_recorded(next(seqs), 0, _FIRST, SiteOpened("Country", ORIGIN, "authority"))]
    stories = [
        _story(number, place, draw) for number, place in enumerate(_places(n_areas, together))
    ]
    # A ledger holds what comes in from everywhere: the stories go on side by side.
    for step in range(FACTS_PER_AREA):
        for story in stories:
            actor, fact = story[step]
            if fact is not None:
                seq = next(seqs)
                facts.append(_recorded(seq, seq * DAY_US // n_areas, actor, fact))
    return facts


def square(place_mm: tuple[int, int], side_mm: int) -> GridShape:
    """Returns a square from its lower left corner."""
    x_mm, y_mm = place_mm
    return GridShape.box(x_mm, y_mm, x_mm + side_mm, y_mm + side_mm)


def _places(n_areas: int, together: int) -> Iterator[tuple[int, int]]:
    """Yields corners: rows of areas that overlap, the rows 500 m apart."""
    side = int(np.ceil(np.sqrt(n_areas)))
    for number in range(n_areas):
        x, y = number % side, number // side
        yield (
            x // together * (together * _APART_MM + 500_000) + x % together * _APART_MM,
            (y * 500_000),
        )


def _recorded(seq: int, valid_at_us: int, actor: Actor, fact: object) -> Recorded:
    return Recorded(seq, f"e{seq}", valid_at_us, seq * 1_000, actor, fact)


def _story(
    number: int, place_mm: tuple[int, int], draw: np.random.Generator
) -> list[tuple[Actor, object]]:
    area, work, part = f"A{number}", f"W{number}", f"P{number}"
    wide = _SIDE_MM + int(draw.integers(-40_000, 40_000))
    half = GridShape.box(*place_mm, place_mm[0] + wide // 2, place_mm[1] + wide)
    cleared = WorkedPart(part, "cleared", half, "manual", 20, "soil")
    left = WorkedPart(f"{part}x", "not_cleared", square(place_mm, 9_000), "none", reason="rubble")
    evidence = f"E{number}"
    again = LandReopened(f"O{number}", square(place_mm, 30_000), "missed_item")
    return [
        (_FIRST, EvidenceRecorded(evidence, "crater", "visual", area_id=area)),
        (_FIRST, AreaRecorded(area, "cha", square(place_mm, wide), evidence_ids=(evidence,))),
        (_FIRST, TaskOrdered(f"T{number}", area, "operator", ("manual",), 20)),
        (_TEAM, EvidenceRecorded(f"{evidence}b", "scrap", "visual", area_id=area)),
        (_TEAM, WorkReported(work, area, "operator", (cleared, left), f"T{number}")),
        (_QUALITY, WorkInspected(f"I{number}", work, "quality", passed=True)),
        (_FIRST, ReleaseProposed(f"R{number}", work, (part,))),
        (_SECOND, ReleaseAccepted(f"R{number}")),
        (_FIRST, again if number % 5 == 0 else None),
        (_TEAM, EvidenceRecorded(f"{evidence}c", "contrary_use", "visual", area_id=area)),
    ]
