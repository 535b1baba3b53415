"""Land cut into faces that neither overlap nor leave gaps, and the proof in integers.

All boundaries are noded together, once, on the 1 mm grid; each face that comes out is labelled
with the shapes that cover it. Of the methods measured this is the only one that neither raised
nor lost area; sequential float differences leave thousands of slivers, `coverage_clean` can
lose a whole area in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault
from rafiqa.geo.gridshape import GridShape

Face = tuple[GridShape, tuple[int, ...]]
"""A piece of land and the ascending indices of the shapes that cover it."""


def faces(shapes: Sequence[GridShape]) -> list[Face]:
    """The faces that the shapes' boundaries cut, each with the shapes that cover it.

    Noding may move an edge by less than 1 mm, so the faces of one shape can differ from it by
    at most its perimeter × 0.71 mm; among themselves the faces are exactly disjoint and add up
    exactly. A face's label is where its inner point lies in the shapes as they were given.
    Cutting the faces once more may move edges once more: keep the registered shapes, cut them
    afresh, and merge faces with `join`, never with an overlay.

    Args:
        shapes: land on one site's grid; empty ones cover nothing.

    Returns:
        Faces covered by at least one shape, in an order fixed by their coordinates alone.
    """
    originals = np.array([shape.geometry for shape in shapes], dtype=object)
    if not len(originals):
        return []
    lines = shapely.unary_union(shapely.boundary(originals), grid_size=1.0)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    cells = shapely.normalize(shapely.transform(cells, lambda xy: xy + 0.0))
    labels = _labels(cells, originals)
    order = sorted(range(len(cells)), key=lambda at: shapely.to_wkb(cells[at], byte_order=1))
    return [(GridShape(cells[at]), labels[at]) for at in order if labels[at]]


def _labels(
    cells: npt.NDArray[np.object_], originals: npt.NDArray[np.object_]
) -> list[tuple[int, ...]]:
    """For each cell the ascending indices of the originals that cover its inner point."""
    covering: list[list[int]] = [[] for _ in cells]
    if len(cells):
        points = STRtree(shapely.point_on_surface(cells))
        which, where = points.query(originals, predicate="covers")
        for shape, cell in sorted(zip(which.tolist(), where.tolist(), strict=True)):
            covering[cell].append(shape)
    return [tuple(indices) for indices in covering]


def join(parts: Sequence[GridShape]) -> GridShape:
    """The land of parts of one coverage together, exact: no edge moves, shared edges vanish.

    Only for parts that `faces` made or `coverage_fault` found sound; for others, `union_of`.

    Raises:
        ValueError: GEOS saw that the parts overlap (it does not see every overlap).
    """
    land = [part.geometry for part in parts if not part.is_empty]
    try:
        return GridShape.of(shapely.coverage_union_all(land)) if land else GridShape.empty()
    except GEOSException as error:
        raise ValueError("the parts overlap") from error


def coverage_fault(parts: Sequence[GridShape], union: GridShape | None = None) -> Fault | None:
    """The first fault that shows the parts not to be a partition of the union, or None.

    A second way, apart from `faces`: every pair that meets is looked at; every edge, as four
    integers, is matched with its neighbour's; a full overlay dissolves the parts, and what it
    made is measured in integers. `join` would not do: it cancels edges, so that what it makes
    of an overlap has the sum of the areas too. Nor would `shapely.coverage_is_valid`: it flags
    sound coverages in which a hole touches its shell beside a sliver.

    Args:
        parts: pieces that should be disjoint and share whole edges.
        union: the land they should make up, noded together with them; without it, what they
            do make up. (`union_of` nodes anew and so differs by a few mm².)

    Returns:
        None, or a fault with code ``geo.coverage.overlap``, ``geo.coverage.edges-differ``,
        ``geo.coverage.not-joined``, ``geo.coverage.sum-differs`` or
        ``geo.coverage.shape-differs``.
    """
    land = [part for part in parts if not part.is_empty]
    if not land:
        return _sum_fault(0, union)
    fault = _overlap([part.geometry for part in land]) or _edges_fault(land)
    if fault is not None:
        return fault
    made = _dissolved(land)
    if made is None:
        return Fault("geo.coverage.not-joined", params={"n": len(land)})
    sum2_mm2 = sum(part.area2_mm2 for part in land)
    fault = _sum_fault(sum2_mm2, made) or _sum_fault(sum2_mm2, union)
    if fault is None and union is not None and not shapely.equals(made.geometry, union.geometry):
        return Fault("geo.coverage.shape-differs")
    return fault


def _dissolved(land: Sequence[GridShape]) -> GridShape | None:
    """The parts' union by a full overlay, or None when it leaves the grid or fails.

    Parts that share whole edges need no new points, so floats lose nothing here.
    """
    try:
        return GridShape.of(shapely.unary_union([part.geometry for part in land]))
    except (GEOSException, ValueError):
        return None


def _sum_fault(sum2_mm2: int, whole: GridShape | None) -> Fault | None:
    if whole is None or whole.area2_mm2 == sum2_mm2:
        return None
    params = {"parts2_mm2": sum2_mm2, "union2_mm2": whole.area2_mm2}
    return Fault("geo.coverage.sum-differs", params=params)


def _overlap(land: Sequence[BaseGeometry]) -> Fault | None:
    """The first pair of pieces whose insides meet."""
    pieces = np.array(land, dtype=object)
    first, second = STRtree(pieces).query(pieces, predicate="intersects")
    pairs = np.column_stack([first, second])[first < second]
    meets = shapely.relate_pattern(pieces[pairs[:, 0]], pieces[pairs[:, 1]], "T********")
    for a, b in sorted(pairs[meets].tolist())[:1]:
        return Fault("geo.coverage.overlap", params={"first": a, "second": b})
    return None


def _edges_fault(land: Sequence[GridShape]) -> Fault | None:
    """An edge that two pieces have on the same side, or that ends in the middle of another.

    Canonical rings keep their land on the right, so a shared edge is walked once each way.
    """
    edges = np.concatenate([part.edges_mm() for part in land])
    there, n_there = np.unique(edges, axis=0, return_counts=True)
    if (n_there > 1).any():
        return _edge_fault(there[n_there > 1][0])
    ways = np.concatenate([edges, edges[:, [2, 3, 0, 1]]])
    both, n_both = np.unique(ways, axis=0, return_counts=True)
    alone = both[n_both == 1]
    lines = shapely.linestrings(alone.reshape(-1, 2, 2).astype(np.float64))
    ends = np.unique(edges[:, :2], axis=0)
    points = shapely.points(ends.astype(np.float64))
    which, where = STRtree(np.asarray(points)).query(lines, predicate="intersects")
    met = ends[where]
    inside = (met != alone[which, :2]).any(axis=1) & (met != alone[which, 2:]).any(axis=1)
    return _edge_fault(alone[which[inside]][0]) if inside.any() else None


def _edge_fault(edge: npt.NDArray[np.int64]) -> Fault:
    x_mm, y_mm = int(edge[0]), int(edge[1])
    return Fault("geo.coverage.edges-differ", params={"x_mm": x_mm, "y_mm": y_mm})
