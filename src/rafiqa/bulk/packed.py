"""Boxes packed by place: those near one box lie together, and are found in a few steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from rafiqa.bulk.boxjoin import Floats, Ints, spread

_CELL_MM = 80_000.0
_HALF = 0.5
"""Boxes wider than half a cell are in a list of their own, looked through each time."""
_CELLS_MAX = 1 << 23


Box = tuple[float, float, float, float]
"""West, south, east and north of a box on the ground, mm."""


@dataclass(frozen=True, slots=True, eq=False)
class PackedBoxes:
    """Boxes on the ground in cells, each in that of its lower left corner.

    Attributes:
        corner: lower left corner of the grid, mm.
        cell_mm: the side of a cell.
        shape: columns and rows of cells.
        first: where each cell's boxes begin.
        rows: numbers of the boxes, cell by cell; then of those that are too wide for a cell.
        sides: ``(n, 4)`` west, south, and east and north below zero, whole mm outward, in the
            order of ``rows``: a box reaches to another where no side of it is the greater.
        n_near: how many lie in cells.
    """

    corner: tuple[float, float]
    cell_mm: float
    shape: tuple[int, int]
    first: Ints
    rows: Ints
    sides: npt.NDArray[np.int32]
    n_near: int

    @property
    def wide_mm(self) -> float:
        """Boxes in cells are no wider and no higher than this."""
        return self.cell_mm * _HALF

    def near(self, box: Box) -> tuple[Ints, npt.NDArray[np.int32]]:
        """Returns the numbers of the boxes that one box reaches to, and their sides."""
        runs = self._runs(box)
        if not runs:
            return self.rows[:0], self.sides[:0]
        sides = np.concatenate([self.sides[start:end] for start, end in runs])
        west, south, east, north = box
        meets = (sides <= np.array((east, north, -west, -south))).all(axis=1)
        return np.concatenate([self.rows[start:end] for start, end in runs])[meets], sides[meets]

    def _runs(self, box: Box) -> list[tuple[int, int]]:
        """Returns from where to where boxes lie that one may reach to, row of cells by row."""
        (left, low), (n_columns, n_rows), cell = self.corner, self.shape, self.cell_mm
        column0 = max(floor((box[0] - left) / cell - _HALF), 0)
        row0 = max(floor((box[1] - low) / cell - _HALF), 0)
        column1 = min(floor((box[2] - left) / cell), n_columns - 1)
        row1 = min(floor((box[3] - low) / cell), n_rows - 1)
        runs: list[tuple[int, int]] = []
        if column0 <= column1 and row0 <= row1:
            starts = self.first[row0 * n_columns + column0 : row1 * n_columns + column0 + 1]
            ends = self.first[row0 * n_columns + column1 + 1 : row1 * n_columns + column1 + 2]
            both = zip(starts[::n_columns].tolist(), ends[::n_columns].tolist(), strict=True)
            runs = [(start, end) for start, end in both if start < end]
        if self.n_near < len(self.rows):
            runs.append((self.n_near, len(self.rows)))
        return runs

    def pairs(self, boxes: Floats) -> tuple[Ints, Ints]:
        """Returns the pairs (number of a box here, number asked) of boxes that overlap.

        Those less than a millimetre apart may be among them.

        Args:
            boxes: ``(k, 4)`` boxes asked about, mm; none of them NaN.
        """
        owner, at = self._candidates(boxes)
        reach = np.concatenate([boxes[:, 2:], -boxes[:, :2]], axis=1)
        meets = np.flatnonzero((self.sides[at] <= reach[owner]).all(axis=1))
        return self.rows[at[meets]], owner[meets]

    def _candidates(self, boxes: Floats) -> tuple[Ints, Ints]:
        n_columns, n_rows = self.shape
        low = np.floor((boxes[:, :2] - self.corner) / self.cell_mm - _HALF)
        high = np.floor((boxes[:, 2:] - self.corner) / self.cell_mm)
        most = np.array([n_columns - 1, n_rows - 1], dtype=np.float64)
        inside = (high >= 0).all(axis=1) & (low <= most).all(axis=1)
        column0, row0 = low.clip(0, most).astype(np.int64).T
        column1, row1 = high.clip(0, most).astype(np.int64).T
        owner, at = spread(np.where(inside, row1 - row0 + 1, 0))
        line = (row0[owner] + at) * n_columns
        start = self.first[line + column0[owner]]
        count = self.first[line + column1[owner] + 1] - start
        run, step = spread(count)
        found, who = start[run] + step, owner[run]
        wide = np.arange(self.n_near, len(self.rows))
        if len(wide):
            found = np.concatenate([found, np.tile(wide, len(boxes))])
            who = np.concatenate([who, np.repeat(np.arange(len(boxes)), len(wide))])
        return who, found


def packed_boxes(boxes: Floats) -> PackedBoxes:
    """Returns some boxes packed, ``(n, 4)`` in mm; what has no place is not among them."""
    placed = np.flatnonzero(~np.isnan(boxes[:, 0]))
    corner, extent = np.zeros(2), np.ones(2)
    if len(placed):
        corner = boxes[placed, :2].min(axis=0)
        extent = boxes[placed, :2].max(axis=0) - corner
    cell_mm = max(_CELL_MM, float(np.sqrt(extent.prod() / _CELLS_MAX)), extent.max() / _CELLS_MAX)
    n_columns, n_rows = (np.floor(extent / cell_mm) + 1).astype(np.int64).tolist()
    size = (boxes[placed, 2:] - boxes[placed, :2]).max(axis=1, initial=0)
    wide, near = placed[size > cell_mm * _HALF], placed[size <= cell_mm * _HALF]
    at = np.floor((boxes[near, :2] - corner) / cell_mm).astype(np.int64)
    cell = at[:, 1] * n_columns + at[:, 0]
    order = np.argsort(cell, kind="stable")
    counts: npt.NDArray[np.int64] = np.bincount(cell, minlength=n_columns * n_rows)
    rows = np.concatenate([near[order], wide])
    sides = np.empty((len(rows), 4), dtype=np.int32)
    sides[:, :2] = np.floor(boxes[rows, :2])
    sides[:, 2:] = -np.ceil(boxes[rows, 2:])
    left, low = corner.tolist()
    first = np.concatenate([[0], np.cumsum(counts)])
    return PackedBoxes(
        (left, low), float(cell_mm), (n_columns, n_rows), first, rows, sides, len(near)
    )
