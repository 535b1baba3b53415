"""Sets of areas that something waits for: any one of them, released whole, is enough."""

from __future__ import annotations

from collections.abc import Iterable

AreaSets = tuple[frozenset[str], ...]
"""Sets of areas, none of which holds another; none at all where no release of few areas helps."""

FREE: AreaSets = (frozenset(),)
"""Nothing need be released."""


def least(sets: Iterable[frozenset[str]]) -> AreaSets:
    """Returns the sets that hold no other one, each once, the smallest first."""
    kept: list[frozenset[str]] = []
    for one in sorted(set(sets), key=_order):
        if not any(other <= one for other in kept):
            kept.append(one)
    return tuple(kept)


def joined(one: AreaSets, other: AreaSets, most_areas: int) -> AreaSets:
    """Returns what must be released where both of two things wait for something."""
    both = (left | right for left in one for right in other)
    return least(found for found in both if len(found) <= most_areas)


def lifted_by(claims: Iterable[frozenset[str]], most_areas: int) -> AreaSets:
    """Returns what must be released where hazards lie, each claimed by some areas.

    Ground that several areas claim is free once any of them was worked whole: what lowers it
    lowers every claim that was known before.
    """
    waits = FREE
    for claimed in sorted(set(claims), key=_order):
        waits = joined(waits, tuple(frozenset({area}) for area in sorted(claimed)), most_areas)
    return waits


def _order(one: frozenset[str]) -> tuple[int, list[str]]:
    return len(one), sorted(one)
