"""Faces in cells: most footprints lie wholly in one or wholly beside it, and cells say so.

Over each face's box lies a small grid. A cell that a line of the face runs through, or comes
within two millimetres of, is on its edge; every other cell lies wholly in the face or wholly
beside it. A footprint whose box reaches into no cell on the edge is answered by that; the
others are asked of GEOS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.bulk.boxjoin import Floats, Ints, spread

BESIDE, WITHIN, UNSURE = 0, 1, 2
_SIDES = (8, 16, 32, 64)
"""Cells along each side of a face's box: more of a larger face."""
_CELL_MM = 12_000.0
_CELL_LEAST_MM = 200.0
_MARGIN_MM = 2.0
_PIECE = 0.9
"""Lines are cut into pieces shorter than a cell: each then reaches into four cells at most."""
_CELLS_AT_ONCE = 1 << 16
"""So many cells are filled at once as stay near the processor meanwhile."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceCells:
    """The cells of some faces.

    Attributes:
        boxes: ``(k, 4)`` boxes of the faces, mm.
        side: ``(k,)`` cells along a side.
        first: ``(k,)`` where each face's own ``side + 1`` squared counts begin.
        counts: cells on the edge below and left of each corner, face by face.
        state: whether the cell above and right of each corner is beside, within, or unsure.
    """

    boxes: Floats
    side: Ints
    first: Ints
    counts: npt.NDArray[np.int16]
    state: npt.NDArray[np.uint8]

    def judge(self, face: Ints, boxes: Floats, distance_mm: int = 0) -> npt.NDArray[np.uint8]:
        """Returns for pairs of face and box whether all of it lies within or beside; or unsure.

        Beside: farther than the distance from the face.

        Args:
            face: ``(p,)`` numbers of faces.
            boxes: ``(p, 4)`` boxes, mm.
            distance_mm: how far off what lies beside must be.
        """
        found = self._judge(face, boxes)
        if distance_mm:
            grown = boxes + np.array([-1, -1, 1, 1]) * (distance_mm + 1.0)
            far = self._judge(face, grown) == BESIDE
            found[(found == BESIDE) & ~far] = UNSURE
        return found

    def places(self, face: Ints, xy: Floats) -> npt.NDArray[np.uint8]:
        """Returns for pairs of face and place whether it lies within or beside; or unsure.

        Args:
            face: ``(p,)`` numbers of faces.
            xy: ``(p, 2)`` places, mm.
        """
        frame, side = self.boxes[face], self.side[face]
        column = _column(xy[:, 0], frame[:, 0], frame[:, 2], side)
        row = _column(xy[:, 1], frame[:, 1], frame[:, 3], side)
        off = (xy[:, 0] < frame[:, 0]) | (xy[:, 0] > frame[:, 2])
        off |= (xy[:, 1] < frame[:, 1]) | (xy[:, 1] > frame[:, 3])
        found: npt.NDArray[np.uint8] = self.state[self.first[face] + row * (side + 1) + column]
        # What rounding would bend may reach half a millimetre further: less than the margin.
        found[off] = BESIDE
        return found

    def _judge(self, face: Ints, boxes: Floats) -> npt.NDArray[np.uint8]:
        side = self.side[face]
        frame = self.boxes[face]
        step = (frame[:, 2:] - frame[:, :2]) / side[:, None]
        # A millimetre more all round: what touches the box from outside is unsure, too.
        low = np.floor((boxes[:, :2] - frame[:, :2] - 1) / step)
        high = np.floor((boxes[:, 2:] - frame[:, :2] + 1) / step) + 1
        most = side[:, None].astype(np.float64)
        column0, row0 = low.clip(0, most).astype(np.int64).T
        column1, row1 = high.clip(0, most).astype(np.int64).T
        wide, first = side + 1, self.first[face]
        below, above = first + row0 * wide, first + row1 * wide
        counts = self.counts
        edge = counts[above + column1] - counts[above + column0]
        edge = edge - counts[below + column1] + counts[below + column0]
        off = (column0 >= column1) | (row0 >= row1)
        whole = (low >= 0).all(axis=1) & (high <= most).all(axis=1)
        found = np.where(whole & (self.state[below + column0] == WITHIN), WITHIN, BESIDE).astype(
            np.uint8
        )
        found[(edge != 0) & ~off] = UNSURE
        return found


def _column(x: Floats, low: Floats, high: Floats, side: Ints) -> Ints:
    at = ((x - low) / (high - low) * side).astype(np.int64)
    column: Ints = np.minimum(at.clip(0), side - 1)
    return column


def face_cells(shapes: npt.NDArray[np.object_]) -> FaceCells:
    """Returns the cells of ``(k,)`` polygons and multipolygons in mm, none of them empty."""
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    longest = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0.0)
    which = np.searchsorted(np.array(_SIDES[:-1]) * _CELL_MM * 1.5, longest)
    side = np.array(_SIDES, dtype=np.int64)[which]
    size = (side + 1) ** 2
    # Those with as many cells lie together: they are filled at once.
    order = np.argsort(side, kind="stable")
    first = np.empty(len(side), dtype=np.int64)
    first[order] = np.cumsum(size[order]) - size[order]
    made = FaceCells(
        boxes, side, first, np.zeros(int(size.sum()), np.int16), np.zeros(int(size.sum()), np.uint8)
    )
    for n_side in _SIDES:
        same, at_once = np.flatnonzero(side == n_side), _CELLS_AT_ONCE // n_side**2
        for start in range(0, len(same), at_once):
            _fill(made, same[start : start + at_once], n_side, shapes)
    return made


def _fill(made: FaceCells, faces: Ints, n_side: int, shapes: npt.NDArray[np.object_]) -> None:
    """Fills in the cells of faces that have as many cells along a side, and lie together."""
    frame = made.boxes[faces]
    step = (frame[:, 2:] - frame[:, :2]) / n_side
    owner, start, end = _lines(shapes[faces])
    start = (start - frame[owner, :2]) / step[owner]
    end = (end - frame[owner, :2]) / step[owner]
    on_edge = _on_edge(owner, start, end, _MARGIN_MM / step, (len(faces), n_side))
    # Cells too small for the margin say nothing.
    on_edge[(step < _CELL_LEAST_MM).any(axis=1)] = True
    wide = n_side + 1
    first = int(made.first[faces[0]])
    here = slice(first, first + len(faces) * wide * wide)
    counts = made.counts[here].reshape(len(faces), wide, wide)
    counts[:, 1:, 1:] = on_edge.cumsum(axis=1, dtype=np.int16).cumsum(axis=2, dtype=np.int16)
    state = made.state[here].reshape(len(faces), wide, wide)
    state[:] = UNSURE
    inside = _inside(owner, start, end, (len(faces), n_side))
    state[:, :-1, :-1] = np.where(on_edge, UNSURE, np.where(inside, WITHIN, BESIDE))


def _lines(shapes: npt.NDArray[np.object_]) -> tuple[Ints, Floats, Floats]:
    """Returns the lines of polygons: whose, from where, to where."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    owner: Ints = shape[part[ring[:-1][same]]]
    return owner, xy[:-1][same], xy[1:][same]


def _on_edge(
    owner: Ints, start: Floats, end: Floats, margin: Floats, size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    n_faces, n_side = size
    marked = np.zeros(n_faces * n_side * n_side, dtype=np.bool_)
    run = end - start
    longest = np.maximum(np.abs(run[:, 0]), np.abs(run[:, 1]))
    n_pieces = np.maximum(np.ceil(longest / _PIECE), 1).astype(np.int64)
    run /= n_pieces[:, None]
    line, at = spread(n_pieces)
    margin = np.minimum(margin, 1.0)[owner]
    (column, on_right), (row, above) = (
        _reached(start[:, axis], run[:, axis], margin[:, axis], (line, at), n_side)
        for axis in (0, 1)
    )
    cell = owner[line] * (n_side * n_side) + row * n_side + column
    marked[cell] = True
    marked[cell[on_right] + 1] = True
    marked[cell[above] + n_side] = True
    marked[cell[above & on_right] + n_side + 1] = True
    return marked.reshape(n_faces, n_side, n_side)


def _reached(
    start: Floats, run: Floats, margin: Floats, pieces: tuple[Ints, Ints], n_side: int
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Returns the first row of cells that pieces of lines reach into, and whether into the next.

    A piece and its margin are shorter than a cell wherever cells are not too small to tell.
    """
    line, at = pieces
    step, margin = run[line], margin[line]
    one = start[line] + at * step
    other = one + step
    low = np.floor(np.minimum(one, other) - margin).clip(0, n_side - 1).astype(np.int64)
    high = np.floor(np.maximum(one, other) + margin).clip(0, n_side - 1)
    return low, high > low


def _inside(
    owner: Ints, start: Floats, end: Floats, size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Returns whether each cell's middle lies inside, by how many lines are to the west of it."""
    n_faces, n_side = size
    rises = end[:, 1] > start[:, 1]
    low = np.where(rises[:, None], start, end)
    high = np.where(rises[:, None], end, start)
    row0 = np.ceil(low[:, 1] - 0.5).clip(0, n_side).astype(np.int64)
    row1 = np.ceil(high[:, 1] - 0.5).clip(0, n_side).astype(np.int64)
    line, at = spread(row1 - row0)
    row = row0[line] + at
    slope = (high[line, 0] - low[line, 0]) / (high[line, 1] - low[line, 1])
    crossing = low[line, 0] + (row + 0.5 - low[line, 1]) * slope
    column = np.floor(crossing - 0.5).astype(np.int64) + 1
    kept = column < n_side
    cell = (owner[line] * n_side + row) * n_side + column.clip(0)
    n_cells = n_faces * n_side * n_side
    toggled = np.bincount(cell[kept], minlength=n_cells).astype(np.uint8) & 1
    inside: npt.NDArray[np.bool_] = (
        np.bitwise_xor.accumulate(toggled.reshape(n_faces, n_side, n_side), axis=2) == 1
    )
    return inside
