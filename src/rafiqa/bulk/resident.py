"""A layer kept ready: asked again as a whole in a moment, and of one change in less.

Footprints stand in the site's plane, on the grid, in columns; an index of packed cells finds
those near a place. What a change may touch is what lies on the old or on the new shape of it;
nothing else is ruled on again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from rafiqa.bulk.boxjoin import Floats, Ints, spread
from rafiqa.bulk.footprint import Footprints, footprints, off_grid
from rafiqa.bulk.ground import Ground, ground_near, prepared_copies
from rafiqa.bulk.packed import Box, PackedBoxes, packed_boxes
from rafiqa.bulk.plane import plane_over
from rafiqa.bulk.ruling import Pairs, Ruling, refuse_negative, refuse_nowhere, rule, unknown
from rafiqa.bulk.wkb import WkbColumn
from rafiqa.geo import SiteFrame
from rafiqa.land import Face, LandBook
from rafiqa.recovery import ReportPlace

_VERTICES_MAX = 16
"""Footprints of more are asked about by their shapes: lines of equal length would not pay."""
_TOGETHER_MM = 80_000.0
"""Shapes whose boxes, so much wider, fill half the box round all are looked for at once."""
_FEATURES_AT_ONCE = 1_024
_PAIRS_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class Resident:
    """A layer's footprints on the ground, found by place.

    Attributes:
        prints: the footprints.
        packed: their boxes, packed by place.
        odd: which rows are more than a short line round them on the grid tells.
        nowhere: which rows have no place on the site's grid.
    """

    prints: Footprints
    packed: PackedBoxes
    odd: npt.NDArray[np.bool_]
    nowhere: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.prints)

    def pairs(self, boxes: Floats) -> Pairs:
        """Returns which footprints' boxes overlap which of some boxes, in mm."""
        return Pairs(*self.packed.pairs(boxes))

    def touching(self, shapes: Sequence[BaseGeometry], distance_mm: int = 0) -> Ints:
        """Returns the rows of footprints that touch any of some shapes, or lie near one."""
        while any(isinstance(shape, BaseMultipartGeometry) for shape in shapes):
            shapes = shapely.get_parts(np.array(shapes, dtype=object)).tolist()
        bounds = shapely.bounds(shapes).reshape(-1, 4).tolist()
        asked: list[tuple[BaseGeometry, Box]] = [
            (part, (west, south, east, north))
            for part, (west, south, east, north) in zip(shapes, bounds, strict=True)
            if not isnan(west)
        ]
        if not asked:
            return self.packed.rows[:0]
        if len(asked) == 1 or _lie_together([box for _, box in asked]):
            found = self._touching(asked, distance_mm)
            found.sort()
            return found
        return np.unique(np.concatenate([self._touching([one], distance_mm) for one in asked]))

    def _touching(self, asked: Sequence[tuple[BaseGeometry, Box]], distance_mm: int) -> Ints:
        """Returns what touches parts in one piece that lie together; each row once."""
        west, south, east, north = _around([box for _, box in asked])
        more = distance_mm + 1.0
        rows, sides = self.packed.near((west - more, south - more, east + more, north + more))
        if not len(rows):
            return rows
        parts = prepared_copies(np.array([part for part, _ in asked], dtype=object))
        odd = self.odd[rows]
        for _, box in asked:
            if self._may_be_held(box):
                odd |= (sides <= (box[0], box[1], -box[2], -box[3])).all(axis=1)
        if not odd.any():
            return np.concatenate(list(self._plain(rows, parts, distance_mm)))
        shapes = self.prints.shapes(rows[odd])
        hit = np.logical_or.reduce([_meets(part, shapes, distance_mm) for part in parts])
        return np.concatenate([rows[odd][hit], *self._plain(rows[~odd], parts, distance_mm)])

    def _plain(
        self, rows: Ints, parts: npt.NDArray[np.object_], distance_mm: int
    ) -> Iterator[Ints]:
        """Yields plain rows that meet a part and do not hold it, a part at a time."""
        if not distance_mm:
            # A corner on a part is enough, and asked in a moment.
            x, y = self.prints.xy[self.prints.first[rows]].T
            for part in parts:
                hit = shapely.intersects_xy(part, x, y)
                yield rows[hit]
                rows, x, y = rows[~hit], x[~hit], y[~hit]
        rings = self.prints.rings(rows)
        for part in parts:
            hit = _meets(part, rings, distance_mm)
            yield rows[hit]
            rows, rings = rows[~hit], rings[~hit]

    def _may_be_held(self, box: Box) -> bool:
        """Whether a footprint may be wide enough to hold a box."""
        most_mm = self.packed.wide_mm
        small = box[2] - box[0] <= most_mm and box[3] - box[1] <= most_mm
        return small or self.packed.n_near < len(self.packed.rows)

    def rule(self, ground: Ground, *, n_workers: int = 2) -> Ruling:
        """Returns the ruling of every footprint; the faces are taken some at a time.

        Args:
            ground: faces and signs at one time.
            n_workers: how many threads share the work.
        """
        ground.ready()
        ruling = unknown(len(self))
        every = np.arange(len(ground.boxes), dtype=np.int64)
        parts = np.array_split(every, max(len(every) // _FEATURES_AT_ONCE, 1))
        with ThreadPoolExecutor(n_workers) as workers:
            found = list(workers.map(lambda part: self.pairs(ground.boxes[part]), parts))
            which = np.concatenate([pairs.which for pairs in found])
            what = np.concatenate(
                [part[pairs.what] for part, pairs in zip(parts, found, strict=True)]
            )
            for rows, near in workers.map(
                lambda pairs: self._ruled(ground, pairs), self._shares(Pairs(which, what))
            ):
                ruling.put(rows, near)
        refuse_nowhere(ruling, self.nowhere)
        return ruling

    def _shares(self, pairs: Pairs, n_shares: int = 16) -> list[Pairs]:
        """Returns pairs in shares; all pairs of a footprint are in one."""
        share = pairs.which * n_shares // max(len(self), 1)
        order = np.argsort(share.astype(np.uint8), kind="stable")
        cuts = np.searchsorted(share[order], np.arange(1, n_shares))
        return [pairs.of(part) for part in np.split(order, cuts) if len(part)]

    def _ruled(self, ground: Ground, pairs: Pairs) -> tuple[Ints, Ruling]:
        least, most = int(pairs.which.min()), int(pairs.which.max()) + 1
        met = np.zeros(most - least, dtype=np.bool_)
        met[pairs.which - least] = True
        rows = np.flatnonzero(met) + least
        number = np.cumsum(met) - 1
        some = Pairs(number[pairs.which - least], pairs.what)
        return rows, rule(ground, self.prints.of(rows), some)

    def rule_again(
        self,
        book: LandBook,
        valid_at_us: int,
        changed: Sequence[BaseGeometry],
        *,
        depth_cm: Floats | None = None,
        distance_mm: int = 0,
        reports_mm: Sequence[ReportPlace] = (),
        finds_mm: Sequence[tuple[int, int]] = (),
    ) -> tuple[Ints, Ruling, Sequence[Face]]:
        """Returns the rows that a change may touch, their ruling, and the faces it numbers.

        Args:
            book: the land book after the change.
            valid_at_us: the time the answer is to be true at.
            changed: the old and the new shapes of what changed, mm; of a report that came or was
                answered the ground within its reach.
            depth_cm: ``(n,)`` how deep each footprint of the layer will be dug; NaN where
                nothing is known.
            distance_mm: how far a hazard or a report must lie off.
            reports_mm: places of residents' reports not yet answered, and how far off each may lie.
            finds_mm: places of chance finds that no ordnance team has answered.
        """
        rows = self._touched(book, changed, distance_mm)
        if not len(rows):
            return rows, unknown(0), ()
        prints = self.prints.of(rows)
        around = shapely.box(*prints.boxes[:, :2].min(axis=0), *prints.boxes[:, 2:].max(axis=0))
        ground, faces = ground_near(
            book,
            valid_at_us,
            around,
            distance_mm=distance_mm,
            reports_mm=reports_mm,
            finds_mm=finds_mm,
        )
        deep = None if depth_cm is None else depth_cm[rows]
        ruling = rule(ground, prints, _pairs(prints, ground), deep)
        if deep is not None:
            refuse_negative(ruling, deep)
        return rows, ruling, faces

    def _touched(self, book: LandBook, changed: Sequence[BaseGeometry], distance_mm: int) -> Ints:
        """Returns the rows near a change, and those on which a sign may lie that it answers.

        Evidence speaks until the ground at its own place is released, and again when that is
        taken back; where it is inexact, footprints far beside the change hear it.
        """
        rows = self.touching(changed, distance_mm)
        signs = (
            sign
            for shape in changed
            for sign in book.witnesses.inexact_at(shape, least_mm=distance_mm)
        )
        about = {id(sign): sign for sign in signs}
        reached = (self.touching([sign.place], sign.accuracy_mm) for sign in about.values())
        return np.unique(np.concatenate([rows, *reached])) if about else rows


def _pairs(prints: Footprints, ground: Ground) -> Pairs:
    """Returns which footprints may meet what; of a few all, since the ruling looks at boxes."""
    n, k = len(prints), len(ground.boxes)
    if n * k <= _PAIRS_AT_ONCE:
        return Pairs(*spread(np.full(n, k, dtype=np.int64)))
    none = np.empty(0, dtype=np.int64)
    found = list(ground.join.pairs(prints.boxes))
    return Pairs(
        np.concatenate([none, *(which for which, _ in found)]),
        np.concatenate([none, *(what for _, what in found)]),
    )


def resident(frame: SiteFrame, columns: Sequence[WkbColumn]) -> Resident:
    """Returns a layer kept ready, of its columns in degrees, one after another."""
    column = _joined(columns)
    boxes, _ = column.extents()
    nowhere = off_grid(frame, column, boxes)
    column = column.without(nowhere)
    boxes[nowhere] = np.nan
    placed = boxes[~np.isnan(boxes[:, 0])]
    box = (0.0, 0.0, 0.0, 0.0)
    if len(placed):
        low, high = placed[:, :2].min(axis=0).tolist(), placed[:, 2:].max(axis=0).tolist()
        box = (low[0], low[1], high[0], high[1])
    prints = footprints(plane_over(frame, box), column)
    prints = replace(prints, xy=prints.xy.astype(np.int32)).with_bent()
    odd = (prints.count == 0) | (prints.count > _VERTICES_MAX) | prints.bent
    return Resident(prints, packed_boxes(prints.boxes), odd, nowhere)


def _joined(columns: Sequence[WkbColumn]) -> WkbColumn:
    sizes = np.cumsum([0, *(len(column.data) for column in columns)])
    return WkbColumn(
        np.concatenate([np.empty(0, np.uint8), *(column.data for column in columns)]),
        np.concatenate([column.starts + n for column, n in zip(columns, sizes, strict=False)]),
        np.concatenate([column.ends + n for column, n in zip(columns, sizes, strict=False)]),
        _widths(columns),
    )


def _widths(columns: Sequence[WkbColumn]) -> Floats | None:
    if all(column.widths_m is None for column in columns):
        return None
    unknown_m = (np.full(len(column), np.nan) for column in columns)
    told = zip(columns, unknown_m, strict=True)
    return np.concatenate(
        [none if column.widths_m is None else column.widths_m for column, none in told]
    )


def _around(boxes: Sequence[Box]) -> Box:
    """Returns the box round all of some boxes."""
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _lie_together(boxes: Sequence[Box]) -> bool:
    """Whether looking through the box round all is no more work than through each."""
    west, south, east, north = _around(boxes)
    more = _TOGETHER_MM
    each = sum([(e - w + more) * (n - s + more) for w, s, e, n in boxes])
    return (east - west + more) * (north - south + more) <= 2 * each


def _meets(
    part: BaseGeometry, others: npt.NDArray[np.object_], distance_mm: int
) -> npt.NDArray[np.bool_]:
    if distance_mm:
        return np.asarray(shapely.dwithin(part, others, distance_mm))
    return np.asarray(shapely.intersects(part, others))
