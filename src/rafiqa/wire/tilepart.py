"""Parts of shapes laid flat: every ring, line and point of many shapes as columns of numbers.

Laid out once, so that a tile takes its points out of one array and makes no geometry of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.wire.varint import Words

POINT, LINE, POLYGON = 0, 1, 2
Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Runs of points, each a ring, a line or a point; those of one shape lie together.

    Attributes:
        xy: ``(m, 2)`` points, y down; a ring does not repeat its first point, its shell runs
            clockwise on the screen and its holes the other way.
        n_points: ``(r,)`` how many of them each run has.
        shape: ``(r,)`` which shape it belongs to.
        kind: ``(r,)`` POINT, LINE or POLYGON.
        outer: ``(r,)`` False for a hole; holes follow their shell.
    """

    xy: Floats
    n_points: Words
    shape: Words
    kind: Words
    outer: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, parts: Geometries, shape: Words, kind: int) -> Self:
        """Returns the runs of polygons, lines or points, which are single and not empty."""
        outer = np.ones(len(parts), dtype=bool)
        if kind == POLYGON:
            parts, polygon = shapely.get_rings(parts, return_index=True)
            outer = np.diff(polygon, prepend=-1) != 0
            shape = shape[polygon]
        xy, run = shapely.get_coordinates(parts, return_index=True)
        n_points = np.bincount(run, minlength=len(parts))
        if kind == POLYGON:
            xy = np.delete(xy, np.cumsum(n_points) - 1, axis=0)
            n_points = n_points - 1
            xy = _oriented(xy, n_points, outer)
        return cls(xy, n_points, shape, np.full(len(parts), kind, dtype=np.int64), outer)

    @classmethod
    def joined(cls, several: list[Self]) -> Self:
        """Returns the runs of all, in their order."""
        return cls(
            np.concatenate([each.xy for each in several]),
            np.concatenate([each.n_points for each in several]),
            np.concatenate([each.shape for each in several]),
            np.concatenate([each.kind for each in several]),
            np.concatenate([each.outer for each in several]),
        )


FEW_CORNERS = 8
"""Up to so many points a part keeps them all: a house needs each."""


class Parts:
    """All single parts of shapes: their runs, their boxes, and themselves.

    Args:
        shapes: ``(n,)`` geometries; missing and empty ones have no part. Of a collection only
            the parts of its highest dimension count.
    """

    def __init__(self, shapes: Geometries) -> None:
        pieces, shape = shapely.get_parts(shapes, return_index=True)
        pieces, inner = shapely.get_parts(pieces, return_index=True)
        shape = shape[inner]
        kind = shapely.get_dimensions(pieces).astype(np.int64)
        own = (kind == shapely.get_dimensions(shapes)[shape]) & ~shapely.is_empty(pieces)
        order = np.flatnonzero(own)
        order = order[np.argsort(-kind[order], kind="stable")]
        self.pieces: Geometries = pieces[order]
        self.shape: Words = shape[order].astype(np.int64)
        self.kind: Words = kind[order]
        self.bounds: Floats = shapely.bounds(self.pieces).reshape(-1, 4)
        self.spread = bool((self.kind != POINT).any())
        made = [
            Rings.of(self.pieces[self.kind == kind], self.shape[self.kind == kind], kind)
            for kind in (POLYGON, LINE, POINT)
        ]
        self._rings = Rings.joined(made)
        self.n_rings: Words = np.ones(len(self.pieces), dtype=np.int64)
        areal = self.kind == POLYGON
        self.n_rings[areal] = 1 + shapely.get_num_interior_rings(self.pieces[areal])
        self._first_ring = np.cumsum(self.n_rings) - self.n_rings
        self._first_point = np.cumsum(self._rings.n_points) - self._rings.n_points

    def __len__(self) -> int:
        return len(self.pieces)

    def rings(self, parts: Words) -> Rings:
        """Returns the runs of some parts, in their order; ``shape`` says which part each is of."""
        runs = places(self._first_ring[parts], self.n_rings[parts])
        n_points = self._rings.n_points[runs]
        points = places(self._first_point[runs], n_points)
        owner = np.repeat(parts, self.n_rings[parts])
        rings = self._rings
        return Rings(rings.xy[points], n_points, owner, rings.kind[runs], rings.outer[runs])

    def rough(self, parts: Words, rough: float) -> Rings:
        """Returns the runs of some parts, areas first, with only the corners they need.

        No outline moves by more than that (Douglas and Peucker 1973; no ring falls
        apart); ``shape`` says which part each run is of.
        """
        if not self._cornered(parts).any():
            return self.rings(parts)
        kind = self.kind[parts]
        pieces = self.rough_pieces(parts, rough)
        return Rings.joined(
            [
                Rings.of(pieces[kind == each], parts[kind == each], each)
                for each in (POLYGON, LINE, POINT)
            ]
        )

    def rough_pieces(self, parts: Words, rough: float) -> Geometries:
        """Returns some parts as geometries, with only the corners they need."""
        pieces: Geometries = self.pieces[parts]
        many = self._cornered(parts)
        if rough and many.any():
            pieces[many] = shapely.simplify(pieces[many], rough)
        return pieces

    def _cornered(self, parts: Words) -> npt.NDArray[np.bool_]:
        """Returns which parts have enough corners for some to be left out."""
        return np.asarray(shapely.get_num_coordinates(self.pieces[parts]) > FEW_CORNERS)


def _oriented(xy: Floats, n_points: Words, outer: npt.NDArray[np.bool_]) -> Floats:
    """Returns the points with those rings turned round that run the wrong way."""
    ends = np.cumsum(n_points)
    starts = ends - n_points
    # From each ring's own first point, or the sum would be lost in rounding.
    near = xy - np.repeat(xy[starts], n_points, axis=0)
    area2 = ring_areas2(near, starts, ends)
    backward = np.repeat((area2 > 0) != outer, n_points)
    index = np.arange(len(xy))
    turned = np.repeat(starts + ends - 1, n_points) - index
    return np.asarray(xy[np.where(backward, turned, index)])


def ring_areas2(xy: npt.NDArray[np.float64 | np.int64], starts: Words, ends: Words) -> Floats:
    """Returns twice the area of each ring, positive for one clockwise on the screen (y down)."""
    if not len(starts):
        return np.zeros(0)
    following = np.arange(1, len(xy) + 1)
    following[ends - 1] = starts
    cross = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    return np.asarray(np.add.reduceat(cross, starts))


def places(starts: Words, counts: Words) -> Words:
    """Returns the places of runs that begin somewhere and have so many members, one by one."""
    first = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - first, counts) + np.arange(int(counts.sum())))
