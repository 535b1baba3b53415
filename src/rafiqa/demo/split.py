"""Recursive splitting of convex outlines, as old quarters and fields come about."""

from __future__ import annotations

import math
from collections.abc import Iterator

from numpy.random import Generator

Ring = list[tuple[float, float]]


def ring_area_m2(ring: Ring) -> float:
    """Returns the area of a counter-clockwise ring given without its closing point, in m²."""
    total = 0.0
    x0, y0 = ring[-1]
    for x1, y1 in ring:
        total += x0 * y1 - x1 * y0
        x0, y0 = x1, y1
    return total / 2.0


def split_until(rng: Generator, ring: Ring, target_m2: float, *, slant: float = 0.12) -> list[Ring]:
    """Returns convex pieces of a convex counter-clockwise ring, each about the target in size.

    Each cut runs square to the longest edge, turned by up to ``slant`` radians, so that
    pieces stay compact and no two are alike. Pieces share their cut edges exactly.
    """
    done: list[Ring] = []
    waiting = [ring]
    draws: Iterator[list[float]] = iter(())
    while waiting:
        piece = waiting.pop()
        spread = next(draws, None)
        if spread is None:
            draws = iter(rng.random((256, 3)).tolist())
            spread = next(draws)
        if ring_area_m2(piece) <= target_m2 * (0.75 + 0.9 * spread[2]):
            done.append(piece)
            continue
        halves = _cut(piece, 0.38 + 0.24 * spread[0], slant * (2.0 * spread[1] - 1.0))
        if halves is None:
            done.append(piece)
        else:
            waiting.extend(halves)
    return done


def _cut(ring: Ring, share: float, slant: float) -> tuple[Ring, Ring] | None:
    """Returns the two sides of a cut square to the longest edge, or None where it fails."""
    dx, dy = _longest_edge(ring)
    along = [x * dx + y * dy for x, y in ring]
    low, high = min(along), max(along)
    cos, sin = math.cos(slant), math.sin(slant)
    nx, ny = dx * cos - dy * sin, dx * sin + dy * cos
    middle_x = sum(x for x, _ in ring) / len(ring)
    middle_y = sum(y for _, y in ring) / len(ring)
    shift = low + share * (high - low) - (middle_x * dx + middle_y * dy)
    level = (middle_x + shift * dx) * nx + (middle_y + shift * dy) * ny
    below, above = _sides(ring, nx, ny, level)
    return (below, above) if len(below) > 2 and len(above) > 2 else None


def _longest_edge(ring: Ring) -> tuple[float, float]:
    """Returns the direction of the ring's longest edge as a unit vector."""
    best, best_x, best_y = 0.0, 1.0, 0.0
    x0, y0 = ring[-1]
    for x1, y1 in ring:
        size = math.hypot(x1 - x0, y1 - y0)
        if size > best:
            best, best_x, best_y = size, (x1 - x0) / size, (y1 - y0) / size
        x0, y0 = x1, y1
    return best_x, best_y


def _sides(ring: Ring, nx: float, ny: float, level: float) -> tuple[Ring, Ring]:
    """Returns the parts of a convex ring below and above the line ``n·p = level``."""
    below: Ring = []
    above: Ring = []
    x0, y0 = ring[-1]
    side0 = x0 * nx + y0 * ny - level
    for x1, y1 in ring:
        side1 = x1 * nx + y1 * ny - level
        if (side0 < 0.0) != (side1 < 0.0):
            share = side0 / (side0 - side1)
            met = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
            below.append(met)
            above.append(met)
        (below if side1 < 0.0 else above).append((x1, y1))
        x0, y0, side0 = x1, y1, side1
    return below, above
