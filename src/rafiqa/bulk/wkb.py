"""Footprints as they come in columns: boxes and vertices read straight out of WKB bytes.

Making a geometry of each of five million footprints takes longer than any question asked of
them. Nearly all are polygons of one ring or points; of those every coordinate stands at a known
place in the bytes. Whatever else there is goes through GEOS, a row at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
_POINT_HEAD = b"\x01\x01\x00\x00\x00"
_RING_HEAD = b"\x01\x03\x00\x00\x00\x01\x00\x00\x00"
_RING_BYTES, _PAIR_BYTES = 13, 16
_VERTICES_MAX = 1_024
"""Longer rings go through GEOS: a block of its own for each length would not pay."""
_AT_ONCE = 1 << 12
"""So many small rings stay near the processor while they are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows of one plain kind: polygons of one ring of equal length, or points.

    Attributes:
        rows: ``(m,)`` rows.
        xy: ``(m, k, 2)`` coordinates; of a point one.
    """

    rows: Rows
    xy: Floats


@dataclass(frozen=True, eq=False)
class WkbColumn:
    """A column of WKB values that follow one another in one run of bytes.

    Args:
        data: ``(b,)`` uint8 bytes.
        starts: ``(n,)`` int64 places where each value begins.
        ends: ``(n,)`` int64 places after each value; of a missing value its start.
        widths_m: ``(n,)`` widths of those that are lines, NaN where not known; None where no
            width is.
    """

    data: npt.NDArray[np.uint8]
    starts: Rows
    ends: Rows
    widths_m: Floats | None = None

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_], widths_m: Floats | None = None) -> WkbColumn:
        """Returns the column of some geometries."""
        values = [value or b"" for value in shapely.to_wkb(shapes, byte_order=1).tolist()]
        ends = np.cumsum([0, *map(len, values)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(values), dtype=np.uint8), ends[:-1], ends[1:], widths_m)

    def __len__(self) -> int:
        return len(self.starts)

    def without(self, rows: npt.NDArray[np.bool_]) -> WkbColumn:
        """Returns the column with the values of some rows missing."""
        if not rows.any():
            return self
        return replace(self, ends=np.where(rows, self.starts, self.ends))

    @cached_property
    def _all(self) -> Rows:
        return np.arange(len(self.starts), dtype=np.int64)

    def blocks(self, rows: Rows | None = None) -> Iterator[Block]:
        """Yields the plain ones of some rows, of all where None, in blocks of equal length."""
        for same in self._by_length(rows):
            block = self._block(same)
            if block is not None:
                yield block

    def shapes(self, rows: Rows) -> npt.NDArray[np.object_]:
        """Returns the geometries of some rows; None where there is none, or none is made of it."""
        values = [
            self.data[start:end].tobytes() or None
            for start, end in zip(self.starts[rows].tolist(), self.ends[rows].tolist(), strict=True)
        ]
        with np.errstate(invalid="ignore"):  # what is no number is looked for by whoever asks
            shapes = shapely.from_wkb(np.array(values, dtype=object), on_invalid="ignore")
        return np.asarray(shapes, dtype=object)

    def widths(self, rows: Rows) -> list[float | None]:
        """Returns the widths of some rows; None where none is known."""
        if self.widths_m is None:
            return [None] * len(rows)
        return [None if np.isnan(width) else width for width in self.widths_m[rows].tolist()]

    def extents(self) -> tuple[Floats, Rows]:
        """Returns ``(n, 4)`` west, south, east, north, and the rows without an area of their own.

        NaN where there is no place. Of the rows named the ground is more than lies between
        their vertices; single points, whose ground is known, are not among them.
        """
        boxes = np.full((len(self), 4), np.nan)
        plain = self.ends == self.starts
        for block in self.blocks():
            boxes[block.rows] = boxes_of(block.xy)
            plain[block.rows] = True
        others = np.flatnonzero(~plain)
        shapes = self.shapes(others)
        boxes[others] = shapely.bounds(shapes).reshape(-1, 4)
        # GEOS passes over what is not a number: such a shape has no place.
        xy, which = shapely.get_coordinates(shapes, return_index=True)
        boxes[others[which[~np.isfinite(xy).all(axis=1)]]] = np.nan
        return boxes, others[shapely.get_dimensions(shapes) < 2]

    def _by_length(self, rows: Rows | None) -> Iterator[Rows]:
        asked = self._all if rows is None else rows
        lengths = (self.ends[asked] - self.starts[asked]).clip(0, 65_535).astype(np.uint16)
        order = np.argsort(lengths, kind="stable")
        cuts = np.flatnonzero(np.diff(lengths[order])) + 1
        yield from (asked[part] for part in np.split(order, cuts) if len(part))

    def _block(self, rows: Rows) -> Block | None:
        """Returns those of some rows of equal length that are plain; None where none can be."""
        n_bytes = int(self.ends[rows[0]] - self.starts[rows[0]])
        if n_bytes == len(_POINT_HEAD) + _PAIR_BYTES:
            head, k = _POINT_HEAD, 1
        else:
            k, rest = divmod(n_bytes - _RING_BYTES, _PAIR_BYTES)
            if rest or not 4 <= k <= _VERTICES_MAX:
                return None
            head = _RING_HEAD + k.to_bytes(4, "little")
        starts = self.starts[rows]
        plain = self._begin(starts, head)
        # Copied as they lie: each value's coordinates as one run of bytes.
        xy = self._runs(starts + len(head), k * _PAIR_BYTES).view("<f8").reshape(-1, k, 2)
        # A ring that does not end where it begins is GEOS's to judge.
        plain &= (xy[:, 0, 0] == xy[:, -1, 0]) & (xy[:, 0, 1] == xy[:, -1, 1])
        if k == 1:
            # An empty point is written as one that is not a number.
            plain &= ~np.isnan(xy[:, 0]).any(axis=1)
        return Block(rows, xy) if plain.all() else Block(rows[plain], xy[plain])

    def _begin(self, starts: Rows, head: bytes) -> npt.NDArray[np.bool_]:
        """Returns at which places these bytes stand, five at least and sixteen at most."""
        width = 8 if len(head) >= 8 else 4
        found = np.ones(len(starts), dtype=np.bool_)
        # As two numbers, the second of which may lie over the first.
        for at in (0, len(head) - width):
            number = int.from_bytes(head[at : at + width], "little")
            found &= self._runs(starts + at, width).view(f"<u{width}") == number
        return found

    def _runs(self, starts: Rows, n_bytes: int) -> npt.NDArray[np.void]:
        """Returns runs of so many bytes from some places on."""
        # One at every byte: taking some of them copies whole runs, whatever their place.
        n_places = len(self.data) - n_bytes + 1
        kind = np.dtype((np.void, n_bytes))
        everywhere: npt.NDArray[np.void] = np.ndarray(
            (n_places,), dtype=kind, buffer=self.data, strides=(1,)
        )
        return everywhere[starts]


def boxes_of(xy: Floats) -> Floats:
    """Returns ``(m, 4)`` boxes of ``(m, k, 2)`` vertices; NaN where one of them is."""
    # The first and the last of a ring are the same.
    last = max(xy.shape[1] - 1, 1)
    boxes = np.empty((len(xy), 4))
    for start in range(0, len(xy), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        # All first coordinates and then all second ones: a minimum along short rows would take
        # many times as long.
        sides = np.ascontiguousarray(xy[part, :last].transpose(1, 2, 0))
        boxes[part, :2] = sides.min(axis=0).T
        boxes[part, 2:] = sides.max(axis=0).T
    return boxes
