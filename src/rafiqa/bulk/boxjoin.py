"""Which of many boxes overlap which of a few: a grid over the few, asked by columns of the many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_CELLS_PER_BOX = 24
_CELLS_MAX = 1 << 21
_ENTRIES_MAX = 1 << 24
_BLOCK = 1 << 16


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Returns for so many copies of each item its number, and each copy's number among them."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - before[owner]


def overlap(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Returns of pairs of boxes, ``(p, 4)`` each, which overlap or touch; NaN never does."""
    meets: npt.NDArray[np.bool_] = one[:, 0] <= other[:, 2]
    meets &= one[:, 2] >= other[:, 0]
    meets &= one[:, 1] <= other[:, 3]
    meets &= one[:, 3] >= other[:, 1]
    return meets


@dataclass(frozen=True, slots=True, eq=False)
class BoxJoin:
    """A grid over some boxes; each cell knows the boxes that reach into it.

    Attributes:
        boxes: ``(k, 4)`` west, south, east, north; none of them NaN.
        corner: ``(2,)`` the grid's lower left corner.
        step: ``(2,)`` width and height of a cell.
        shape: columns and rows of cells.
        first: ``(cells + 1,)`` where each cell's entries begin.
        entries: numbers of boxes, cell by cell.
    """

    boxes: Floats
    corner: Floats
    step: Floats
    shape: tuple[int, int]
    first: Ints
    entries: Ints

    def pairs(self, boxes: Floats) -> Iterator[tuple[Ints, Ints]]:
        """Yields pairs (row asked, number of a box) of overlapping boxes, touching ones too.

        Each pair comes once; a box with NaN overlaps none. Rows come in blocks that ascend.
        """
        if not len(self.boxes):
            return
        for start in range(0, len(boxes), _BLOCK):
            rows, numbers = self._block(boxes[start : start + _BLOCK])
            yield rows + start, numbers

    def cells_at(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Returns the column and the row of places; off the grid the nearest."""
        n_columns, n_rows = self.shape
        column = ((x - self.corner[0]) / self.step[0]).astype(np.int64)
        row = ((y - self.corner[1]) / self.step[1]).astype(np.int64)
        return column.clip(0, n_columns - 1), row.clip(0, n_rows - 1)

    def _block(self, boxes: Floats) -> tuple[Ints, Ints]:
        all_west, all_south = self.corner
        all_east, all_north = self.boxes[:, 2].max(), self.boxes[:, 3].max()
        inside = (boxes[:, 2] >= all_west) & (boxes[:, 0] <= all_east)
        inside &= (boxes[:, 3] >= all_south) & (boxes[:, 1] <= all_north)
        rows = np.flatnonzero(inside)
        west, south, east, north = boxes[rows].T
        column0, row0 = self.cells_at(west, south)
        column1, row1 = self.cells_at(east, north)
        single = (column0 == column1) & (row0 == row1)
        cell0 = row0 * self.shape[0] + column0
        alone = np.flatnonzero(single)
        filled = self.first[cell0[alone] + 1] > self.first[cell0[alone]]
        alone = alone[filled]
        found = [self._meet(rows[alone], cell0[alone], boxes)]
        many = np.flatnonzero(~single)
        if len(many):
            wide = column1[many] - column0[many] + 1
            owner, at = spread(wide * (row1[many] - row0[many] + 1))
            cell = cell0[many][owner] + at // wide[owner] * self.shape[0] + at % wide[owner]
            filled = self.first[cell + 1] > self.first[cell]
            found.append(self._meet(rows[many[owner[filled]]], cell[filled], boxes))
        return (
            np.concatenate([pair[0] for pair in found]),
            np.concatenate([pair[1] for pair in found]),
        )

    def _meet(self, rows: Ints, cell: Ints, boxes: Floats) -> tuple[Ints, Ints]:
        owner, at = spread(self.first[cell + 1] - self.first[cell])
        number = self.entries[self.first[cell][owner] + at]
        row, cell = rows[owner], cell[owner]
        asked, known = boxes[row], self.boxes[number]
        meets = overlap(asked, known)
        # Of the cells that two boxes share, only that of their common lower left corner counts.
        row, number, cell = row[meets], number[meets], cell[meets]
        low = np.maximum(asked[meets, :2], known[meets, :2])
        column0, row0 = self.cells_at(low[:, 0], low[:, 1])
        once = row0 * self.shape[0] + column0 == cell
        return row[once], number[once]


def box_join(boxes: Floats) -> BoxJoin:
    """Returns the grid over some boxes, ``(k, 4)``."""
    if not len(boxes):
        none = np.empty(0, dtype=np.int64)
        return BoxJoin(boxes, np.zeros(2), np.ones(2), (1, 1), np.zeros(2, np.int64), none)
    corner = boxes[:, :2].min(axis=0)
    extent = np.maximum(boxes[:, 2:].max(axis=0) - corner, 1e-9)
    n_cells = min(max(len(boxes) * _CELLS_PER_BOX, 1), _CELLS_MAX)
    while True:
        side = np.sqrt(extent[0] * extent[1] / n_cells)
        shape = np.clip(np.ceil(extent / side), 1, n_cells).astype(np.int64)
        made = BoxJoin(boxes, corner, extent / shape, (int(shape[0]), int(shape[1])), *_NONE)
        west, south, east, north = boxes.T
        column0, row0 = made.cells_at(west, south)
        column1, row1 = made.cells_at(east, north)
        wide = column1 - column0 + 1
        counts = wide * (row1 - row0 + 1)
        if n_cells == 1 or int(counts.sum()) <= _ENTRIES_MAX:
            break
        n_cells = max(n_cells // 4, 1)
    owner, at = spread(counts)
    cell = (row0[owner] + at // wide[owner]) * shape[0] + column0[owner] + at % wide[owner]
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], np.arange(int(shape.prod()) + 1))
    return BoxJoin(boxes, corner, made.step, made.shape, first, owner[order])


_NONE = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
