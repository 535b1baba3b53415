"""Parts of shapes on a tile's grid: where each begins and ends, and its steps from there as bytes.

The steps of a part do not depend on the tile that it lies in, nor on what is drawn before it; so
those of a whole zoom's grid are made once (``Grid``), and a tile only says where each begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from rafiqa.wire.tilepart import LINE, POINT, POLYGON, Geometries, Parts, Rings, places, ring_areas2
from rafiqa.wire.varint import Words, varint_sizes, varints, zigzag

Bytes = npt.NDArray[np.uint8]
PARTS_KEPT = 1_000_000
"""Of how many parts in tiles a source keeps what was cut, about 8 bytes each; a cut part is ten."""
_OPENING = 3
"""Bytes of a MoveTo by nothing: its command and two zeros."""
_EXTRA_WORDS = np.array([1, 2, 3])
"""Words of a run beside its points: MoveTo, LineTo of lines and rings, ClosePath of rings."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Parts of shapes on a grid, those of one shape and kind together.

    Attributes:
        shape: ``(p,)`` which shape each is of.
        kind: ``(p,)`` POINT, LINE or POLYGON.
        first: ``(p, 2)`` where its first run begins.
        last: ``(p, 2)`` where its last run ends.
        start: ``(p,)`` where its steps begin among ``steps``: all after its first MoveTo.
        size: ``(p,)`` how many bytes they are.
        steps: the bytes, of other parts too.
    """

    shape: Words
    kind: Words
    first: Words
    last: Words
    start: Words
    size: Words
    steps: Bytes

    @classmethod
    def of(cls, rings: Rings, *, kept: bool) -> Self:
        """Returns runs in units of a grid, rounded to it; what shrinks to nothing is left out.

        Args:
            rings: the runs; a shell with its holes, a line or a point is a part.
            kept: whether a line that shrinks to a point is drawn as one unit instead.
        """
        xy, n_points, shape, kind, outer = _rounded(rings, kept=kept)
        xy = _rotated(xy, n_points, kind)
        ends = np.cumsum(n_points)
        opening = np.flatnonzero(outer)
        first = xy[(ends - n_points)[opening]]
        last_run = np.append(opening[1:], len(n_points)) - 1 if len(opening) else opening
        last = xy[ends[last_run] - 1]
        shape, kinds = shape[opening], kind[opening]
        if not len(kind) or kind[0] == POINT:
            none = np.zeros(len(shape), dtype=np.int64)
            return cls(shape, kinds, first, last, none, none, np.zeros(0, dtype=np.uint8))
        words, before = _words(xy, n_points, kind, outer)
        sizes = varint_sizes(words)
        total = np.zeros(len(words) + 1, dtype=np.int64)
        np.cumsum(sizes, out=total[1:])
        start = total[before[opening]]
        size = np.diff(np.append(start, total[-1])) - _OPENING
        return cls(shape, kinds, first, last, start + _OPENING, size, varints(words, sizes))


def _rotated(xy: Words, n_points: Words, kind: Words) -> Words:
    """Returns the points, rings beginning behind the step that takes most bytes: it is not said."""
    n_rings = int(np.count_nonzero(kind == POLYGON))
    if not n_rings:
        return xy
    # Areas come first, so their points do too.
    counts = n_points[:n_rings]
    ends = np.cumsum(counts)
    starts = ends - counts
    index = np.arange(int(ends[-1]))
    following = index + 1
    following[ends - 1] = starts
    rings = xy[: len(index)]
    sizes = varint_sizes(zigzag(rings[following] - rings).ravel())
    cost = sizes[::2] + sizes[1::2]
    dearest = np.flatnonzero(cost == np.repeat(np.maximum.reduceat(cost, starts), counts))
    of = np.searchsorted(ends, dearest, side="right")
    last = dearest[np.flatnonzero(np.diff(of, append=n_rings))]
    begun = np.repeat(starts, counts)
    order = begun + (index - begun + np.repeat(last + 1 - starts, counts)) % np.repeat(
        counts, counts
    )
    return np.concatenate([rings[order], xy[len(index) :]])


def _words(
    xy: Words, n_points: Words, kind: Words, outer: npt.NDArray[np.bool_]
) -> tuple[Words, Words]:
    """Returns MoveTo, LineTo and ClosePath of all runs (specification 4.3), and where each begins.

    A part begins with a step of nothing.
    """
    run_words = 2 * n_points + _EXTRA_WORDS[kind]
    before = np.cumsum(run_words) - run_words
    start = np.cumsum(n_points) - n_points
    step = np.empty_like(xy)
    np.subtract(xy[1:], xy[:-1], out=step[1:])
    step[start[outer]] = 0
    # The first step of a run follows its MoveTo; the others follow LineTo, which is a word too.
    place = places(before + 2, n_points)
    place += np.arange(len(xy)) - np.repeat(start, n_points)
    place[start] -= 1
    words = np.empty(int(run_words.sum()), dtype=np.int64)
    turned = zigzag(step)
    words[place], words[place + 1] = turned[:, 0], turned[:, 1]
    words[before] = 9
    lines = kind != POINT
    words[before[lines] + 3] = (n_points[lines] - 1) << 3 | 2
    words[(before + run_words)[kind == POLYGON] - 1] = 15
    return words, before


class Grid:
    """All parts on one zoom's grid, each rounded and encoded when it is first asked for.

    May be asked from several threads at once.

    Args:
        parts: the parts, in the web map's unit square.
        scale: units of the grid along the square's side.
        kept: whether a line that shrinks to a point is drawn.
        rough_units: how far an outline may move, so that it has fewer corners.
    """

    def __init__(self, parts: Parts, scale: float, *, kept: bool, rough_units: float = 0) -> None:
        n = len(parts)
        whole = np.int32 if scale < 1 << 31 else np.int64
        self._parts, self._scale, self._kept = parts, scale, kept
        self._rough = rough_units / scale
        self._known = np.zeros(n, dtype=bool)
        self._first = np.zeros((n, 2), dtype=whole)
        self._last = np.zeros((n, 2), dtype=whole)
        self._start = np.zeros(n, dtype=np.int64)
        self._size: Words = np.zeros(n, dtype=np.int32)
        self._steps = np.zeros(1_024, dtype=np.uint8)
        self._n_steps = 0
        self._lock = threading.Lock()

    def drawn(self, parts: Words, origin: Words) -> Drawn:
        """Returns some parts, from an origin on; those that shrank to nothing are left out."""
        if not self._known[parts].all():
            self._learn(parts)
        size = self._size[parts]
        if len(size) and size.min() < 0:
            parts = parts[size >= 0]
            size = size[size >= 0]
        first, last = self._first[parts] - origin, self._last[parts] - origin
        shape, kind = self._parts.shape[parts], self._parts.kind[parts]
        return Drawn(shape, kind, first, last, self._start[parts], size, self._steps)

    def rings(self, parts: Words) -> Rings:
        """Returns the runs of some parts in units of the grid; ``shape`` says of which part."""
        found = self._parts.rough(parts, self._rough) if self._rough else self._parts.rings(parts)
        xy = found.xy * self._scale
        return Rings(xy, found.n_points, found.shape, found.kind, found.outer)

    def pieces(self, parts: Words) -> Geometries:
        """Returns the same parts as geometries of the unit square."""
        return self._parts.rough_pieces(parts, self._rough)

    def _learn(self, parts: Words) -> None:
        with self._lock:
            fresh = parts[~self._known[parts]]
            if not len(fresh):
                return
            rings = self.rings(fresh)
            made = Drawn.of(rings, kept=self._kept)
            self._size[fresh] = -1
            at = made.shape
            self._first[at], self._last[at] = made.first, made.last
            self._start[at], self._size[at] = made.start + self._n_steps, made.size
            self._append(made.steps)
            self._known[fresh] = True

    def _append(self, steps: Bytes) -> None:
        n = self._n_steps + len(steps)
        if n > len(self._steps):
            wider = np.zeros(max(n, 2 * len(self._steps)), dtype=np.uint8)
            wider[: self._n_steps] = self._steps[: self._n_steps]
            self._steps = wider
        self._steps[self._n_steps : n] = steps
        self._n_steps = n


Cut = tuple[Words, list[Drawn]]
"""Of a tile, the parts that lie whole in it, and what of the others does."""


class Cuts:
    """What the edges of the tiles asked for last cut, up to so many parts; of any thread."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Cut] = {}
        self._n_parts = 0
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], Cut]) -> Cut:
        """Returns what is kept for a tile, made where it is not."""
        cut = self._kept.get(key)
        if cut is None:
            cut = make()
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = cut
                    self._n_parts += _n_parts(cut)
                while self._n_parts > PARTS_KEPT and len(self._kept) > 1:
                    oldest = next(iter(self._kept))
                    self._n_parts -= _n_parts(self._kept.pop(oldest))
        return cut


def _n_parts(cut: Cut) -> int:
    return 16 + len(cut[0]) + 10 * sum(len(each.shape) for each in cut[1])


def _rounded(
    rings: Rings, *, kept: bool
) -> tuple[Words, Words, Words, Words, npt.NDArray[np.bool_]]:
    """Returns points on the grid, and of each run its number, shape, kind and whether it is outer.

    Points that fall on the one before are left out, and those on the way straight from the one
    before to the next, and so are rings and lines of which nothing is left.
    """
    xy = np.rint(rings.xy).astype(np.int64)
    n_points, shape, kind, outer = rings.n_points, rings.shape, rings.kind, rings.outer
    if len(kind) and kind[0] != POINT:
        xy, n_points = _without_repeats(xy, n_points, kind)
        xy, n_points = _straightened(xy, n_points, kind)
        if kept:
            xy, n_points = _lengthened(xy, n_points, kind)
        stays = (kind == POINT) | (n_points >= 2)
        if kind[0] == POLYGON:
            xy, area2 = _turned(xy, n_points, kind, outer)
            shell = np.maximum.accumulate(np.where(outer, np.arange(len(outer)), 0))
            stays &= (kind != POLYGON) | ((area2 != 0) & (area2[shell] != 0))
        if not stays.all():
            xy = xy[np.repeat(stays, n_points)]
            n_points, shape, kind, outer = n_points[stays], shape[stays], kind[stays], outer[stays]
    return xy, n_points, shape, kind, outer


def _without_repeats(xy: Words, n_points: Words, kind: Words) -> tuple[Words, Words]:
    """Returns runs without points that repeat the one before, or in rings the first at the end."""
    if not len(xy):
        return xy, n_points
    ends = np.cumsum(n_points)
    starts = ends - n_points
    same = np.zeros(len(xy), dtype=bool)
    same[1:] = (xy[1:] == xy[:-1]).all(axis=1)
    same[starts] = False
    areal = kind == POLYGON
    if not same.any() and not (xy[starts[areal]] == xy[ends[areal] - 1]).all(axis=1).any():
        return xy, n_points
    single = np.repeat(kind == POINT, n_points)
    keep = ~same | single
    n_points = np.add.reduceat(keep.astype(np.int64), starts)
    xy = xy[keep]
    ends = np.cumsum(n_points)
    starts = ends - n_points
    closing = areal & (n_points > 1) & (xy[starts] == xy[ends - 1]).all(axis=1)
    if closing.any():
        xy = np.delete(xy, ends[closing] - 1, axis=0)
        n_points = n_points - closing
    return xy, n_points


def _straightened(xy: Words, n_points: Words, kind: Words) -> tuple[Words, Words]:
    """Returns runs without points that lie on the way straight from the one before to the next."""
    if not len(xy):
        return xy, n_points
    ends = np.cumsum(n_points)
    starts = ends - n_points
    step = np.empty_like(xy)
    np.subtract(xy[1:], xy[:-1], out=step[:-1])
    step[ends - 1] = xy[starts] - xy[ends - 1]
    came = np.empty_like(xy)
    came[1:] = step[:-1]
    came[starts] = step[ends - 1]
    way = came * step
    on = (came[:, 0] * step[:, 1] == came[:, 1] * step[:, 0]) & (way[:, 0] + way[:, 1] > 0)
    ended = kind != POLYGON
    on[starts[ended]] = on[ends[ended] - 1] = False
    if not on.any():
        return xy, n_points
    n_points = np.add.reduceat((~on).astype(np.int64), starts)
    return xy[~on], n_points


def _lengthened(xy: Words, n_points: Words, kind: Words) -> tuple[Words, Words]:
    """Returns runs with lines that shrank to a point drawn one unit long."""
    short = (kind == LINE) & (n_points == 1)
    if not short.any():
        return xy, n_points
    at = np.cumsum(n_points)[short]
    more = xy[at - 1] + np.array([1, 0])
    return np.insert(xy, at, more, axis=0), n_points + short


def _turned(
    xy: Words, n_points: Words, kind: Words, outer: npt.NDArray[np.bool_]
) -> tuple[Words, Words]:
    """Returns the points, those of rings turned that rounding turned over, and twice the areas."""
    area2 = np.zeros(len(n_points), dtype=np.int64)
    areal = kind == POLYGON
    if not areal.any():
        return xy, area2
    # Areas come first, so their points do too.
    n_areal = int(n_points[areal].sum())
    ends = np.cumsum(n_points[areal])
    starts = ends - n_points[areal]
    area2[areal] = ring_areas2(xy[:n_areal], starts, ends)
    backward = ((area2[areal] > 0) != outer[areal]) & (area2[areal] != 0)
    if backward.any():
        index = np.arange(n_areal)
        other = np.repeat(starts + ends - 1, n_points[areal]) - index
        order = np.where(np.repeat(backward, n_points[areal]), other, index)
        xy = np.concatenate([xy[:n_areal][order], xy[n_areal:]])
    return xy, area2
