"""A layer kept ready: asked again as a whole in a moment, and of one change in less.

Footprints stand in the site's plane, on the grid, in columns; an index of packed cells finds
those near a place. What a change may touch is what lies on the old or on the new shape of it;
nothing else is ruled on again.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.bulk.boxjoin import Floats, Ints, overlap, spread
from rafiqa.bulk.footprint import Footprints, footprints, off_grid
from rafiqa.bulk.ground import Ground, ground_near, prepared_copies
from rafiqa.bulk.plane import plane_over
from rafiqa.bulk.ruling import Pairs, Ruling, refuse_negative, refuse_nowhere, rule, unknown
from rafiqa.bulk.wkb import WkbColumn
from rafiqa.geo import SiteFrame
from rafiqa.land import Face, LandBook
from rafiqa.recovery import ReportPlace

_CELL_MM = 80_000.0
_OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])
_HALF = 0.5
"""Footprints wider than half a cell are in a list of their own, looked through each time."""
_CELLS_MAX = 1 << 23
_FEATURES_AT_ONCE = 1_024
_PAIRS_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class Resident:
    """A layer's footprints on the ground, found by place.

    Attributes:
        prints: the footprints.
        corner: the lower left corner of the grid, mm.
        cell_mm: the side of a cell.
        shape: columns and rows of cells.
        first: where each cell's rows begin.
        rows: rows of the layer by the cell of their lower left corner.
        wide: rows that are too wide for a cell.
        nowhere: which rows have no place on the site's grid.
    """

    prints: Footprints
    corner: Floats
    cell_mm: float
    shape: tuple[int, int]
    first: Ints
    rows: Ints
    wide: Ints
    nowhere: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.prints)

    def pairs(self, boxes: Floats) -> Pairs:
        """Returns which footprints' boxes overlap which of some boxes, in mm."""
        owner, row = self._candidates(boxes)
        meets = overlap(self.prints.boxes[row], boxes[owner])
        return Pairs(row[meets], owner[meets])

    def touching(self, shapes: Sequence[BaseGeometry], distance_mm: int = 0) -> Ints:
        """Returns the rows of footprints that touch any of some shapes, or lie near one."""
        asked = np.array(shapes, dtype=object)
        grown = shapely.bounds(asked) + (distance_mm + 1.0) * _OUTWARD
        pairs = self.pairs(grown)
        if not len(pairs.which):
            return pairs.which
        rows = np.sort(pairs.which)
        if len(shapes) > 1:
            rows = rows[np.concatenate([[True], rows[1:] != rows[:-1]])]
        asked = prepared_copies(asked)
        others = self.prints.shapes(rows)[np.searchsorted(rows, pairs.which)]
        if distance_mm:
            hit = shapely.dwithin(asked[pairs.what], others, distance_mm)
        else:
            hit = shapely.intersects(asked[pairs.what], others)
        found = np.sort(pairs.which[hit])
        return found[np.concatenate([[True], found[1:] != found[:-1]])] if len(found) else found

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
        found, who = self.rows[start[run] + step], owner[run]
        if len(self.wide):
            found = np.concatenate([found, np.tile(self.wide, len(boxes))])
            who = np.concatenate([who, np.repeat(np.arange(len(boxes)), len(self.wide))])
        return who, found

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
    return _indexed(replace(prints, xy=prints.xy.astype(np.int32)), nowhere)


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


def _indexed(prints: Footprints, nowhere: npt.NDArray[np.bool_]) -> Resident:
    boxes = prints.boxes
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
    first = np.concatenate([[0], np.cumsum(counts)])
    return Resident(prints, corner, cell_mm, (n_columns, n_rows), first, near[order], wide, nowhere)
