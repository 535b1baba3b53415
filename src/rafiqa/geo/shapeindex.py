"""Shapes found by place, in an index that grows: most in a packed tree, the newest in a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_LOOSE_LEAST = 256
_LOOSE_SHARE = 64
"""The tree is packed anew once more than 1/64 of the shapes (and 256) lie loose: an addition
then costs little on average, and a question looks at few shapes one by one."""


class ShapeIndex:
    """Shapes numbered in the order in which they were added; nothing is ever taken out.

    Questions may be asked by several threads while one adds: each sees the shapes that were
    in when it began.
    """

    def __init__(self) -> None:
        self._shapes: list[BaseGeometry] = []
        self._packed: tuple[shapely.STRtree, int] = shapely.STRtree([]), 0

    def __len__(self) -> int:
        return len(self._shapes)

    def add(self, shape: BaseGeometry) -> int:
        """Returns the number of a shape that is now in the index."""
        self._shapes.append(shape)
        n_loose = len(self._shapes) - self._packed[1]
        if n_loose > max(_LOOSE_LEAST, len(self._shapes) // _LOOSE_SHARE):
            self._pack()
        return len(self._shapes) - 1

    def extend(self, shapes: Sequence[BaseGeometry], distance_mm: float) -> list[list[int]]:
        """Returns for each shape added the earlier ones that lie within a distance of it.

        Earlier are those in the index before, and those before it in the sequence.
        """
        n_before = len(self._shapes)
        if len(shapes) <= _LOOSE_LEAST:
            found = []
            for shape in shapes:
                found.append(self.query(shape, distance_mm))
                self.add(shape)
            return found
        self._shapes += shapes
        self._pack()
        near: list[list[int]] = [[] for _ in shapes]
        pairs = self._packed[0].query(
            np.array(shapes, dtype=object), predicate="dwithin", distance=distance_mm
        )
        for which, other in pairs.T.tolist():
            if other < n_before + which:
                near[which].append(other)
        return [sorted(item) for item in near]

    def query(self, shape: BaseGeometry, distance_mm: float = 0.0) -> list[int]:
        """Returns the numbers of the shapes that touch one, or lie within a distance of it."""
        tree, n_packed = self._packed
        loose = self._shapes[n_packed:]
        if distance_mm:
            found = tree.query(shape, predicate="dwithin", distance=distance_mm)
        else:
            found = tree.query(shape, predicate="intersects")
        numbers = sorted(found.tolist())
        if loose:
            others = np.array(loose, dtype=object)
            if distance_mm:
                hit = shapely.dwithin(others, shape, distance_mm)
            else:
                hit = shapely.intersects(others, shape)
            numbers += (np.flatnonzero(hit) + n_packed).tolist()
        return numbers

    def _pack(self) -> None:
        shapes = list(self._shapes)
        self._packed = shapely.STRtree(shapes), len(shapes)
