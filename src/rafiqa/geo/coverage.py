"""The proof that pieces of land neither overlap nor leave gaps, in integers; and their union."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault
from rafiqa.geo.face import Face
from rafiqa.geo.gridshape import GridShape, areas2

MOVED_STEPS = 0.71
"""How far noding may move an edge, in steps of the grid: half its diagonal, rounded up."""


def join(parts: Sequence[GridShape]) -> GridShape:
    """The land of parts of one coverage together, exact: no edge moves, shared edges vanish.

    Only for parts that `faces` made or `coverage_fault` found sound; for others, `union_of`.

    Raises:
        ValueError: GEOS saw that the parts overlap (it does not see every overlap).
    """
    return join_each([parts])[0]


def join_each(groups: Sequence[Sequence[GridShape]]) -> list[GridShape]:
    """Returns what `join` makes of each of several groups of parts, made together for speed.

    Raises:
        ValueError: as `join`.
    """
    land = [[part for part in parts if not part.is_empty] for parts in groups]
    several = [at for at, parts in enumerate(land) if len(parts) > 1]
    table = np.full((len(several), max((len(land[at]) for at in several), default=0)), None)
    for row, at in enumerate(several):
        table[row, : len(land[at])] = [part.geometry for part in land[at]]
    try:
        wholes = np.asarray(shapely.normalize(shapely.coverage_union_all(table, axis=1)))
    except GEOSException as error:
        raise ValueError("the parts overlap") from error
    made = [parts[0] if parts else GridShape.empty() for parts in land]
    for at, whole in zip(several, wholes, strict=True):
        # No point is made or moved, so what comes out is on the grid as what went in.
        made[at] = _joined(land[at], whole)
    return made


def _joined(land: Sequence[GridShape], whole: BaseGeometry) -> GridShape:
    per_mm = max(part.per_mm for part in land)
    if per_mm == 1:
        return GridShape.canonical(whole)
    share2_mm2 = sum(part.area2_mm2 for part in land)
    return GridShape.canonical(whole, per_mm=per_mm, share2_mm2=share2_mm2)


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
        return _sum_fault(0, None if union is None else union.geometry)
    per_mm = max(part.per_mm for part in land)
    land = [_in_steps(part, per_mm) for part in land]
    whole = None if union is None else _in_steps(union, per_mm).geometry
    fault = _overlap([part.geometry for part in land]) or _edges_fault(land)
    if fault is not None:
        return fault
    made = _dissolved([part.geometry for part in land])
    if made is None:
        return Fault("geo.coverage.not-joined", params={"n": len(land)})
    sum2 = sum(part.area2 for part in land)
    fault = _sum_fault(sum2, made) or _sum_fault(sum2, whole)
    if fault is None and whole is not None and not shapely.equals(made, whole):
        return Fault("geo.coverage.shape-differs")
    return fault


def cut_fault(shapes: Sequence[GridShape], found: Sequence[Face]) -> Fault | None:
    """Returns the first fault that shows faces not to be the shapes cut up, or None.

    Made for every cut, so it is quick: the pieces add up, in integers, to what they cover, and
    the pieces of each shape to that shape within what noding may have moved. A piece lost,
    made twice or given a wrong label shows in one or the other.

    Args:
        shapes: what was cut, as registered.
        found: what `faces` made of it.

    Returns:
        None, or a fault with code ``geo.coverage.not-joined``, ``geo.coverage.sum-differs`` or
        ``geo.coverage.shape-lost``.
    """
    return cut_faults([shapes], [found])[0]


def cut_faults(
    groups: Sequence[Sequence[GridShape]], cuts: Sequence[Sequence[Face]]
) -> list[Fault | None]:
    """Returns the `cut_fault` of each of several cuts, asked together for speed."""
    pieces = [_geometries([face for face, _ in cut]) for cut in cuts]
    sums2 = [sum(face.area2 for face, _ in cut) for cut in cuts]
    covered2 = _odd_ground2(pieces)
    found = []
    for at, (shapes, cut) in enumerate(zip(groups, cuts, strict=True)):
        fault = _lost_fault(shapes, cut)
        if fault is None and covered2[at] != sums2[at]:
            # What the quick way cannot settle, the overlay decides.
            made = _dissolved(pieces[at])
            lost = Fault("geo.coverage.not-joined", params={"n": len(cut)})
            fault = lost if made is None else _sum_fault(sums2[at], made)
        found.append(fault)
    return found


def _geometries(land: Sequence[GridShape]) -> list[BaseGeometry]:
    """The geometries in whole steps of the finest grid among them."""
    per_mm = max((face.per_mm for face in land), default=1)
    return [_in_steps(face, per_mm).geometry for face in land]


def _per_mm(cut: Sequence[Face]) -> int:
    return max((face.per_mm for face, _ in cut), default=1)


def _lost_fault(shapes: Sequence[GridShape], cut: Sequence[Face]) -> Fault | None:
    """The first shape whose pieces differ from it by more than noding may have moved."""
    per_mm = _per_mm(cut)
    sums = [0] * len(shapes)
    for face, label in cut:
        for index in label:
            sums[index] += face.area2
    for index, (shape, sum2) in enumerate(zip(shapes, sums, strict=True)):
        moved2 = abs(sum2 - shape.area2 * per_mm**2)
        # Half a step more at each of a few corners, where two edges move apart.
        if moved2 > 2 * (MOVED_STEPS * shape.length_mm * per_mm + 4):
            params: dict[str, str | int] = {"shape": index, "moved2": moved2}
            return Fault("geo.coverage.shape-lost", params=params)
    return None


def _odd_ground2(groups: Sequence[Sequence[BaseGeometry]]) -> list[int | None]:
    """Twice the ground that an odd number of each group's pieces cover; None where unknown.

    Where shared edges cancel, what is left bounds just that ground. It is never more than the
    pieces' sum, and as much only where no two of them overlap.
    """
    table = np.full((len(groups), max(map(len, groups), default=0)), None)
    for row, pieces in enumerate(groups):
        table[row, : len(pieces)] = pieces
    try:
        odd = np.asarray(shapely.coverage_union_all(table, axis=1))
    except GEOSException:
        # One alone that cannot be joined must not hide the others.
        several = len(groups) > 1
        return [_odd_ground2([pieces])[0] if several else None for pieces in groups]
    sizes = areas2(shapely.normalize(odd))
    valid = shapely.is_valid(odd).tolist()
    return [size if sound else None for size, sound in zip(sizes, valid, strict=True)]


def _in_steps(part: GridShape, per_mm: int) -> GridShape:
    """The part on a grid of so many steps to the mm, its coordinates counted in whole steps."""
    if per_mm == 1:
        return part
    steps = shapely.transform(part.geometry, lambda xy: np.rint(xy * per_mm))
    return GridShape.canonical(steps, part.area2 * (per_mm // part.per_mm) ** 2)


def _dissolved(land: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The union of pieces in whole steps by a full overlay; None where it failed or left the grid.

    Parts that share whole edges need no new points, so floats lose nothing here.
    """
    try:
        made = shapely.unary_union(land)
    except GEOSException:
        return None
    xy = shapely.get_coordinates(made)
    return shapely.normalize(made) if (xy == np.rint(xy)).all() else None


def _sum_fault(sum2: int, whole: BaseGeometry | None) -> Fault | None:
    if whole is None:
        return None
    union2 = areas2([whole])[0]
    if union2 == sum2:
        return None
    params: dict[str, str | int] = {"parts2_mm2": sum2, "union2_mm2": union2}
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
    edges = np.concatenate([part.edges() for part in land])
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
