"""Footprints on the ground, in columns; only those asked for become geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.bulk.boxjoin import Floats, Ints, spread
from rafiqa.bulk.plane import Plane
from rafiqa.bulk.wkb import WkbColumn, boxes_of
from rafiqa.geo import SiteFrame
from rafiqa.recovery import POINT_REACH_MM, with_ground

_ROWS_AT_ONCE = 1 << 16
_FOUR = 5
"""Places of a ring of four corners: the first comes twice."""
_AROUND = np.array([(1, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """Footprints in mm of a site's frame, as ``with_ground`` gives them.

    Attributes:
        plane: the site's plane.
        column: where they come from, in degrees.
        rows: ``(n,)`` rows of the column.
        boxes: ``(n, 4)`` mm; NaN where there is no place.
        xy: vertices of the plain ones, one after another.
        first: ``(n,)`` where each one's vertices begin.
        count: ``(n,)`` how many it has; none where it is not plain.
        odd: geometries of those that are not plain, by their number.
        bent: ``(n,)`` which plain ones the grid bends, so that they stand where they were drawn;
            None where that is found out when one is asked for.
    """

    plane: Plane
    column: WkbColumn
    rows: Ints
    boxes: Floats
    xy: npt.NDArray[np.float64] | npt.NDArray[np.int32]
    first: Ints
    count: Ints
    odd: dict[int, object]
    bent: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, which: Ints) -> Footprints:
        """Returns some of the footprints."""
        others = np.flatnonzero(self.count[which] == 0).tolist() if self.odd else ()
        odd = {at: self.odd[row] for at in others if (row := int(which[at])) in self.odd}
        return Footprints(
            self.plane,
            self.column,
            self.rows[which],
            self.boxes[which],
            self.xy,
            self.first[which],
            self.count[which],
            odd,
            None if self.bent is None else self.bent[which],
        )

    def corners(self, which: Ints) -> tuple[Ints, Floats]:
        """Returns the corners of some footprints: whose, by its place in ``which``, and where.

        Of those that are not plain none.
        """
        owner, at = spread(np.maximum(self.count[which] - 1, 0))
        return owner, self.xy[self.first[which][owner] + at].astype(np.float64)

    def shapes(self, which: Ints) -> npt.NDArray[np.object_]:
        """Returns the geometries of some, mm; of each what ``with_ground`` would give."""
        made = np.empty(len(which), dtype=object)
        count = self.count[which]
        plain = np.flatnonzero(count > 0)
        if len(plain):
            xy, made[plain] = self._polygons(which[plain])
            if self.bent is None:
                bent = plain[~_valid(made[plain], xy, count[plain])]
            else:
                bent = plain[self.bent[which[plain]]]
            if len(bent):
                lonlat = self.column.shapes(self.rows[which[bent]])
                made[bent] = with_ground(self.plane.frame.shapes_to_mm(lonlat))
        for at_odd in np.flatnonzero(count == 0).tolist():
            made[at_odd] = self.odd.get(int(which[at_odd]))
        return made

    def _polygons(self, which: Ints) -> tuple[Floats, npt.NDArray[np.object_]]:
        """Returns the vertices of some plain ones on the grid, and the polygons of them."""
        owner, at = spread(self.count[which])
        xy = self.xy[self.first[which][owner] + at].astype(np.float64)
        return xy, np.asarray(shapely.polygons(shapely.linearrings(xy, indices=owner)))

    def rings(self, which: Ints) -> npt.NDArray[np.object_]:
        """Returns the lines round some plain ones, on the grid.

        A line's last place comes more than once where others have more of them.
        """
        count = self.count[which]
        at = np.minimum(np.arange(count.max(initial=2)), count[:, None] - 1)
        at += self.first[which][:, None]
        return np.asarray(shapely.linestrings(self.xy[at].astype(np.float64)), dtype=object)

    def with_bent(self) -> Footprints:
        """Returns the same footprints, of which it is known which the grid bends."""
        bent = np.zeros(len(self), dtype=np.bool_)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            rows = np.arange(start, min(start + _ROWS_AT_ONCE, len(self)), dtype=np.int64)
            plain = rows[self.count[rows] > 0]
            four = self.count[plain] == _FOUR
            turning = self.xy[self.first[plain[four]][:, None] + np.arange(_FOUR)]
            left = np.concatenate([plain[~four], plain[four][~_one_way(turning)]])
            bent[left] = ~shapely.is_valid(self._polygons(left)[1])
        return replace(self, bent=bent)


def _valid(shapes: npt.NDArray[np.object_], xy: Floats, count: Ints) -> npt.NDArray[np.bool_]:
    """Returns which are valid; of those with four corners that turn one way it is known."""
    ends = np.cumsum(count)
    square = np.flatnonzero(count == _FOUR)
    valid = np.zeros(len(shapes), dtype=np.bool_)
    valid[square] = _one_way(xy[(ends[square] - _FOUR)[:, None] + np.arange(_FOUR)])
    left = np.flatnonzero(~valid)
    valid[left] = shapely.is_valid(shapes[left])
    return valid


def _one_way(corners: npt.NDArray[np.float64] | npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Returns which rings of four corners, ``(m, 5, 2)`` mm, turn one way: these are valid."""
    side = np.diff(corners.astype(np.float64), axis=1)
    following = np.roll(side, -1, axis=1)
    turn = side[..., 0] * following[..., 1] - side[..., 1] * following[..., 0]
    # Sides are below 2**26 mm wherever this is trusted, so that the products are exact.
    small = np.abs(side).max(axis=(1, 2), initial=0) < 1 << 26
    found: npt.NDArray[np.bool_] = ((turn > 0).all(axis=1) | (turn < 0).all(axis=1)) & small
    return found


def footprints(plane: Plane, column: WkbColumn, rows: Ints | None = None) -> Footprints:
    """Returns the footprints of some rows of a column in degrees; of all where None.

    Raises:
        InvalidInput: one that is not plain has a coordinate that lies nowhere in the frame.
    """
    asked = np.arange(len(column), dtype=np.int64) if rows is None else rows
    number = np.full(len(column), -1, dtype=np.int64)
    number[asked] = np.arange(len(asked))
    boxes = np.full((len(asked), 4), np.nan)
    first, count = np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=np.int64)
    parts: list[Floats] = []
    n_before = 0
    plain = np.zeros(len(asked), dtype=np.bool_)
    for block in column.blocks(asked):
        which = number[block.rows]
        placed = plane.grid_mm(block.xy.reshape(-1, 2)).reshape(block.xy.shape)
        k = block.xy.shape[1]
        if k == 1:
            placed = placed + _AROUND * POINT_REACH_MM
        boxes[which] = boxes_of(placed)
        k = 5 if k == 1 else k
        first[which] = n_before + np.arange(len(which)) * k
        count[which] = k
        plain[which] = True
        parts.append(placed.reshape(-1, 2))
        n_before += len(which) * k
    others = np.flatnonzero(~plain & (column.ends[asked] > column.starts[asked]))
    placed_mm = plane.frame.shapes_to_mm(column.shapes(asked[others]))
    shapes = with_ground(placed_mm, column.widths(asked[others]))
    boxes[others] = shapely.bounds(shapes).reshape(-1, 4)
    odd = dict(zip(others.tolist(), shapes.tolist(), strict=True))
    xy = np.concatenate(parts) if parts else np.empty((0, 2))
    return Footprints(plane, column, asked, boxes, xy, first, count, odd)


_SURE_DEG = 2.0
"""Within so much of a site's origin each way all lies on its grid, whatever the latitude."""


def off_grid(frame: SiteFrame, column: WkbColumn, boxes: Floats) -> npt.NDArray[np.bool_]:
    """Returns which footprints have no place on a site's grid: none at all, or one too far off.

    Args:
        frame: the site's frame.
        column: the footprints.
        boxes: ``(n, 4)`` their boxes, degrees.
    """
    lon_deg, lat_deg = frame.lon_deg, frame.lat_deg
    sure = (boxes[:, 0] >= lon_deg - _SURE_DEG) & (boxes[:, 2] <= lon_deg + _SURE_DEG)
    sure &= (boxes[:, 1] >= lat_deg - _SURE_DEG) & (boxes[:, 3] <= lat_deg + _SURE_DEG)
    sure &= (boxes[:, 1] >= -90) & (boxes[:, 3] <= 90)
    sure &= (boxes[:, 0] >= -180) & (boxes[:, 2] <= 180)
    off = ~sure
    rows = np.flatnonzero(off & ~np.isnan(boxes).any(axis=1))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        off[part] = ~frame.shapes_placeable(column.shapes(part))
    return off
