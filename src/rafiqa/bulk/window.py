"""Boxes in degrees outside which nothing can meet a face: most footprints are never projected.

Footprints come in degrees, faces stand in mm. The few faces are carried into degrees rather than
the many footprints into mm, and grown there by a bound on what the two planes make of a line.
A line that is straight in one plane bends in the other by at most its length squared times an
eighth of its curvature there. Parallels, straight in degrees, have the curvature tan(latitude)/R
in a conformal plane; what the plane itself adds is less than a tenth of 1/R within 500 km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rafiqa.bulk.boxjoin import BoxJoin, Floats, Ints, box_join, spread
from rafiqa.bulk.footprint import footprints, off_grid
from rafiqa.bulk.ground import Ground
from rafiqa.bulk.plane import Plane, plane_over
from rafiqa.bulk.ruling import Pairs, Ruling, refuse_negative, refuse_nowhere, rule, unknown
from rafiqa.bulk.wkb import WkbColumn
from rafiqa.geo import SiteFrame
from rafiqa.recovery import POINT_REACH_MM

_EARTH_MM = 6.33e9
"""Less than any radius of curvature of the ellipsoid."""
_SIDE_MM = 1_000_000.0
"""Sides of a face's box are carried over in pieces no longer than this."""
SPAN_MM = 2_000_000.0
"""A footprint whose box is longer and wider than this together is always looked at."""
_MM_PER_DEG = 111.8e6
"""More than any degree of latitude or longitude has."""
_SLACK = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The ground of one time as seen in degrees, ready to be asked by columns of footprints.

    Attributes:
        ground: faces and signs, mm.
        plane: the plane over all of them.
        join: a grid over their boxes in degrees; None where every footprint must be projected.
    """

    ground: Ground
    plane: Plane
    join: BoxJoin | None

    def rule(self, column: WkbColumn, depth_cm: Floats | None = None) -> Ruling:
        """Returns the ruling of every footprint of a column in degrees.

        What has no place on the site's grid is closed, and the others are ruled on all the same.

        Args:
            column: the footprints.
            depth_cm: ``(n,)`` how deep each will be dug; NaN where nothing is known.
        """
        ruling = unknown(len(column))
        boxes, lines = column.extents()
        nowhere = off_grid(self.plane.frame, column, boxes)
        column = column.without(nowhere)
        boxes[nowhere] = np.nan
        rows, pairs = self._candidates(column, boxes, lines[~nowhere[lines]])
        deep = None if depth_cm is None else depth_cm[rows]
        ruling.put(rows, rule(self.ground, footprints(self.plane, column, rows), pairs, deep))
        if depth_cm is not None:
            refuse_negative(ruling, depth_cm)
        refuse_nowhere(ruling, nowhere)
        return ruling

    def _candidates(self, column: WkbColumn, boxes: Floats, lines: Ints) -> tuple[Ints, Pairs]:
        """Returns the rows that may meet something, and with what; by their number among them."""
        if self.join is None:
            rows = np.arange(len(column), dtype=np.int64)
            return rows, self._on_ground(column, rows)
        span = (boxes[:, 2] - boxes[:, 0] + boxes[:, 3] - boxes[:, 1]) * _MM_PER_DEG
        wide = np.union1d(np.flatnonzero(span > SPAN_MM), lines)
        boxes[wide] = np.nan
        row, what = _joined(self.join, boxes)
        meets = np.zeros(len(column), dtype=np.bool_)
        meets[row] = meets[wide] = True
        rows = np.flatnonzero(meets)
        number = np.cumsum(meets) - 1
        pairs = Pairs(number[row], what)
        if len(wide):
            more = self._on_ground(column, wide)
            pairs = Pairs(
                np.concatenate([pairs.which, number[wide[more.which]]]),
                np.concatenate([pairs.what, more.what]),
            )
        return rows, pairs

    def _on_ground(self, column: WkbColumn, rows: Ints) -> Pairs:
        """Returns the pairs of some rows by their boxes in mm."""
        return Pairs(*_joined(self.ground.join, footprints(self.plane, column, rows).boxes))


def _joined(join: BoxJoin, boxes: Floats) -> tuple[Ints, Ints]:
    blocks = list(join.pairs(boxes))
    none = np.empty(0, dtype=np.int64)
    return (
        np.concatenate([none, *(row for row, _ in blocks)]),
        np.concatenate([none, *(what for _, what in blocks)]),
    )


def window_of(ground: Ground, frame: SiteFrame) -> Window:
    """Returns the window onto some ground for layers in degrees."""
    ground.ready()
    if not len(ground.boxes):
        nowhere = (frame.lon_deg, frame.lat_deg, frame.lon_deg, frame.lat_deg)
        return Window(ground, plane_over(frame, nowhere), ground.join)
    boxes = boxes_deg(frame, ground.boxes)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    plane = plane_over(frame, (*low.tolist(), *high.tolist()))
    # A box that wraps round the earth or ends near a pole bounds nothing: neither is quick.
    return Window(ground, plane, box_join(boxes) if plane.is_quick else None)


def boxes_deg(frame: SiteFrame, boxes_mm: Floats) -> Floats:
    """Returns ``(k, 4)`` degrees: the box of a footprint that meets one in mm overlaps its own.

    Only of areas and points, and only of those whose own box in degrees is no longer and wider
    than ``SPAN_MM`` together.
    """
    bend = _bend_mm(frame, boxes_mm, SPAN_MM)
    grown = boxes_mm + (POINT_REACH_MM + 1 + bend) * np.array([-1.0, -1.0, 1.0, 1.0])
    box, lonlat = _outline(frame, grown)
    starts = np.flatnonzero(np.diff(box, prepend=-1))
    low = np.minimum.reduceat(lonlat, starts)
    high = np.maximum.reduceat(lonlat, starts)
    north = np.radians(np.minimum(np.abs(np.column_stack([low, high])[:, 1::2]).max(axis=1), 89))
    more = np.degrees(_bend_mm(frame, boxes_mm, _SIDE_MM) * _SLACK / _EARTH_MM)
    grow = np.column_stack([more / np.cos(north), np.broadcast_to(more, north.shape)]) + 1e-9
    return np.column_stack([low - grow, high + grow])


def _bend_mm(frame: SiteFrame, boxes_mm: Floats, length_mm: float) -> float:
    """Returns how far a line of a length bends between the planes, anywhere near some boxes."""
    away_deg = np.degrees(np.abs(boxes_mm).max() / _EARTH_MM) * _SLACK
    north = np.radians(min(abs(frame.lat_deg) + away_deg, 89.0))
    curvature = (np.tan(north) + 0.1) / _EARTH_MM
    return float(length_mm**2 * curvature / 8 * _SLACK)


def _outline(frame: SiteFrame, boxes_mm: Floats) -> tuple[Ints, Floats]:
    """Returns places along the sides of boxes, box by box: whose, and its degrees."""
    corners = boxes_mm[:, [0, 1, 2, 1, 2, 3, 0, 3, 0, 1]].reshape(-1, 5, 2)
    start, end = corners[:, :-1].reshape(-1, 2), corners[:, 1:].reshape(-1, 2)
    longest = np.abs(end - start).max(axis=1)
    n_pieces = np.maximum(np.ceil(longest / _SIDE_MM), 1).astype(np.int64)
    side, at = spread(n_pieces)
    places = start[side] + (at / n_pieces[side])[:, None] * (end - start)[side]
    return side // 4, frame.places_deg(places)
