"""Hazard areas and the clearance polygons laid over them, by three kinds of noise; seeded.

`plain` are random overlaps. In `jitter` the clearance polygons are copies, halves, densified
and turned copies of the hazard, moved by 1e-9 to 1e-4 m as a re-projection round trip moves
them; in `jitter2` by 1e-4 to 1e-1 m, as one survey differs from the next. Coordinates are
metres in a site's frame, as floats; `on_grid` registers them.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape

Kind = Literal["plain", "jitter", "jitter2"]
KINDS: tuple[Kind, ...] = ("plain", "jitter", "jitter2")
LEAST_VERTICES, MOST_VERTICES = 10, 200
AWAY_LOG10_M = {"jitter": (-9.0, -4.0), "jitter2": (-4.0, -1.0)}
SITE_M = 30_000.0


def star(
    rng: np.random.Generator, n_vertices: int, reach_m: float, middle_m: tuple[float, float]
) -> Polygon:
    """A polygon as drawn on a map, round a place: bays and noses, and a hand not quite steady."""
    turn = (np.arange(n_vertices) + rng.uniform(0.2, 0.8, n_vertices)) / n_vertices * math.tau
    waves = sum(
        rng.uniform(0, 0.18) * np.sin(times * turn + rng.uniform(0, math.tau))
        for times in (2, 3, 5)
    )
    away = reach_m * (0.7 + waves * 0.55 + rng.normal(size=n_vertices) * 0.01)
    return Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * away[:, None] + middle_m)


def hazard(rng: np.random.Generator) -> Polygon:
    """One hazard area, 50 to 400 m across its middle, anywhere within 30 km of the origin."""
    middle = rng.uniform(-SITE_M, SITE_M, 2)
    n_vertices = int(rng.integers(LEAST_VERTICES, MOST_VERTICES + 1))
    return star(rng, n_vertices, rng.uniform(50, 400), (middle[0], middle[1]))


def clearance(rng: np.random.Generator, area: Polygon, kind: Kind) -> Polygon:
    """One clearance polygon over a hazard area."""
    if kind == "plain":
        x_min, y_min, x_max, y_max = area.bounds
        size = max(x_max - x_min, y_max - y_min)
        middle = (rng.uniform(x_min, x_max), rng.uniform(y_min, y_max))
        n_vertices = int(rng.integers(LEAST_VERTICES, MOST_VERTICES + 1))
        return star(rng, n_vertices, size * rng.uniform(0.2, 0.7), middle)
    return noisy(rng, likeness(rng, area), 10 ** rng.uniform(*AWAY_LOG10_M[kind]))


def likeness(rng: np.random.Generator, area: Polygon) -> Polygon:
    """A copy of an area, a half of it, one with more points on its edges, or one turned."""
    manner = rng.integers(4)
    if manner == 1:
        return half(rng, area)
    if manner == 2:
        return shapely.segmentize(area, area.length / rng.uniform(50, 200))
    if manner == 3:
        start = int(rng.integers(1, len(area.exterior.coords) - 1))
        ring = list(area.exterior.coords)[:-1]
        return Polygon([*ring[start:], *ring[:start]])
    return area


def half(rng: np.random.Generator, area: Polygon) -> Polygon:
    """The larger piece of an area cut along a line through its middle."""
    turn = rng.uniform(0, math.tau)
    middle = np.array(area.centroid.coords[0])
    way = np.array([math.cos(turn), math.sin(turn)]) * area.length
    side = np.array([-way[1], way[0]])
    cut = shapely.intersection(
        area, Polygon([middle - way, middle + way, middle + way + side, middle - way + side])
    )
    pieces = [piece for piece in shapely.get_parts(cut) if isinstance(piece, Polygon)]
    return max(pieces, key=lambda piece: piece.area, default=area)


def noisy(rng: np.random.Generator, shape: Polygon, away_m: float) -> Polygon:
    """The same polygon with each vertex moved a little; as it was where that crosses itself."""
    ring = np.array(shape.exterior.coords)[:-1]
    moved = Polygon(ring + rng.normal(size=ring.shape) * away_m)
    return moved if moved.is_valid else shape


def overlay(kind: Kind, seed: int, n_clearances: int = 4) -> tuple[Polygon, list[Polygon]]:
    """One hazard area and what lies over it, the newest last."""
    rng = np.random.default_rng(seed)
    area = hazard(rng)
    return area, [clearance(rng, area, kind) for _ in range(n_clearances)]


def on_grid(geometry: BaseGeometry) -> GridShape | None:
    """The shape registered on the 1 mm grid, or None where that crosses itself or is gone."""
    near = shapely.transform(geometry, lambda xy: np.rint(xy * 1_000.0))
    if near.is_empty or not near.is_valid or not isinstance(near, Polygon | MultiPolygon):
        return None
    return GridShape.of(near)


def registered(kind: Kind, seed: int, n_clearances: int = 4) -> list[GridShape]:
    """One hazard area and what lies over it on the grid; what the grid refuses is left out."""
    area, over = overlay(kind, seed, n_clearances)
    placed = [on_grid(shape) for shape in (area, *over)]
    return [shape for shape in placed if shape is not None]
