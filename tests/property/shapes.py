"""Strategies for awkward land: jittered copies, bow-ties, holes, slivers, multipolygons."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, SiteFrame

CORNERS_MM = (0, 30_000_000, -49_000_000, 400_000_000)
"""Where land may lie from the origin, mm; the last lies beyond any site, inside the grid."""


def frames() -> st.SearchStrategy[SiteFrame]:
    """Origins away from the poles and the date line."""
    return st.builds(
        SiteFrame,
        st.floats(-175, 175, allow_nan=False),
        st.floats(-70, 70, allow_nan=False),
    )


def on_grid(geometry: BaseGeometry) -> GridShape | None:
    """The shape with coordinates rounded to mm, or None when that is not land."""
    near = shapely.transform(geometry, np.rint)
    if near.is_empty or not near.is_valid or not isinstance(near, Polygon | MultiPolygon):
        return None
    return GridShape(near)


@st.composite
def stars(draw: Any, size_mm: float | None = None) -> Polygon:
    """A polygon around a point, in float mm, any size from a centimetre to kilometres."""
    size = size_mm or 10 ** draw(st.floats(1.0, 6.5))
    n = draw(st.integers(3, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.random(n)) * math.tau
    reach = size * (0.3 + rng.random(n))
    x0, y0 = rng.normal(size=2) * size / 2
    star = Polygon(np.column_stack([x0 + reach * np.cos(turn), y0 + reach * np.sin(turn)]))
    # All turns to one side make a ring that crosses itself.
    hull = star.convex_hull
    return star if star.is_valid or not isinstance(hull, Polygon) else hull


@st.composite
def cells(draw: Any) -> Polygon:
    """A polygon on a tiny lattice: shared edges, corners and T-junctions are the rule."""
    n = draw(st.integers(3, 6))
    pairs = st.tuples(st.integers(0, 6), st.integers(0, 6))
    points = draw(st.lists(pairs, min_size=n, max_size=n, unique=True))
    hull = shapely.MultiPoint(points).convex_hull
    scale = draw(st.sampled_from([1, 3, 1_000]))
    return shapely.transform(
        hull if isinstance(hull, Polygon) else shapely.box(0, 0, 2, 2), lambda xy: xy * scale
    )


@st.composite
def slivers(draw: Any) -> Polygon:
    """A strip one to three millimetres wide and up to a kilometre long."""
    far = draw(st.tuples(st.integers(-1_000_000, 1_000_000), st.integers(5, 1_000_000)))
    wide = draw(st.integers(1, 3))
    return Polygon([(0, 0), far, (far[0] + wide, far[1]), (wide, 0)])


@st.composite
def holed(draw: Any) -> Polygon:
    """A square with holes, one of which may touch its edge in a point."""
    size = draw(st.integers(10, 1_000_000))
    hole = [(size // 4, size // 4), (size // 2, size // 4), (size // 4, size // 2)]
    touching = [(0, size), (size // 8 + 1, size - 1), (size // 8 + 1, size - 2)]
    holes = [hole] if draw(st.booleans()) else [hole, touching]
    shape = Polygon([(0, 0), (size, 0), (size, size), (0, size)], holes)
    return shape if shape.is_valid else Polygon(shape.exterior)


def moved(shape: Polygon, step_mm: float, seed: int) -> Polygon:
    """The same polygon, each vertex moved at random: a re-projection round trip, or a hand."""
    rng = np.random.default_rng(seed)
    rings = [np.array(ring.coords)[:-1] for ring in (shape.exterior, *shape.interiors)]
    away = [ring + rng.normal(size=ring.shape) * step_mm for ring in rings]
    return Polygon(away[0], away[1:])


def dense(shape: Polygon) -> Polygon:
    """The same polygon with points between its vertices."""
    return shapely.segmentize(shape, max(shape.length / 40, 0.5))


@st.composite
def grid_shapes(draw: Any) -> GridShape:
    """One piece of land of any awkward kind, anywhere on the grid."""
    kinds = st.one_of(stars(), cells(), slivers(), holed())
    shape: Any = draw(kinds)
    if draw(st.booleans()):
        far = shapely.transform(shape, lambda xy: xy + (shape.bounds[2] - shape.bounds[0] + 2))
        shape = MultiPolygon([shape, far])
    corner = draw(st.sampled_from(CORNERS_MM))
    placed = on_grid(shapely.transform(shape, lambda xy: xy + corner))
    return placed or GridShape.box(corner, corner, corner + 3, corner + 2)


@st.composite
def land_books(draw: Any) -> list[GridShape]:
    """Land as it comes: an area, jittered copies and parts of it, and what overlaps it."""
    first = draw(st.one_of(stars(), cells(), slivers(), holed()))
    shapes = [first]
    for _ in range(draw(st.integers(0, 5))):
        other = draw(st.one_of(st.just(first), stars(first.length / 6), cells(), slivers()))
        if draw(st.booleans()):
            # 1e-9 to 1e-1 m, as millimetres.
            other = moved(other, 10 ** draw(st.floats(-6, 2)), draw(st.integers(0, 2**32 - 1)))
        shapes.append(dense(other) if draw(st.booleans()) else other)
    corner = draw(st.sampled_from(CORNERS_MM))
    placed = [on_grid(shapely.transform(shape, lambda xy: xy + corner)) for shape in shapes]
    return [shape for shape in placed if shape is not None]
