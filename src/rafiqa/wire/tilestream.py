"""A tile's layer as bytes: every number of its features in one stream, written in one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from rafiqa.wire.tilecolumn import Column, tags
from rafiqa.wire.tilepart import LINE, POINT, POLYGON, Rings, places, ring_areas2
from rafiqa.wire.varint import Words, field, varint, varint_sizes, varints, zigzag

EXTENT = 4_096
"""Units along a tile's side; at 512 CSS pixels a tile, 8 units are a pixel."""
_HEAD_BYTES = b"\x78\x02"
_TAIL_BYTES = b"\x28" + varint(EXTENT)
"""That the layer is of version 2, before its name; and its extent, at its end."""
_HEAD = 4
"""Words before a feature's tags: its key and length, the tags' key and length."""
_MIDDLE = 4
"""Words between tags and geometry: type and its key, the geometry's key and length."""


def layer_bytes(
    name: str,
    columns: Sequence[Column],
    rings: Rings,
    *,
    kept: bool = False,
    bare: Words | None = None,
    shared: frozenset[str] = frozenset(),
) -> bytes:
    """Returns a layer as a field of a Tile message; nothing where no feature is left.

    Args:
        name: the layer's name.
        columns: attributes of all shapes.
        rings: the features' runs in units of the tile; rounded here.
        kept: whether a line that shrinks to a point is drawn as one unit instead of left out.
        bare: shapes whose feature stands for others too, and has only what they share.
        shared: the columns of which that is so.
    """
    xy, n_points, shape, kind = _rounded(rings, kept=kept)
    if not len(n_points):
        return b""
    first = _firsts(shape, kind)
    rows, kinds = shape[first], kind[first]
    mask = None if bare is None or not len(bare) else np.isin(rows, bare)
    values, tag_words, n_tags = tags(columns, rows, mask, shared)
    run_words = 2 * n_points + np.array([1, 2, 3])[kind]
    n_geometry = np.add.reduceat(run_words, first)
    size = _HEAD + n_tags + _MIDDLE + n_geometry
    base = np.cumsum(size) - size
    words = np.zeros(int(size.sum()), dtype=np.int64)
    geometry_at = base + _HEAD + n_tags + _MIDDLE
    _draw(words, geometry_at, first, (xy, n_points, kind, run_words))
    words[places(base + _HEAD, n_tags)] = tag_words
    features = _framed(words, base, n_tags, kinds)
    keys = b"".join([_named(0x1A, column.name) for column in columns])
    head = _HEAD_BYTES + _named(0x0A, name)
    return field(0x1A, b"".join([head, features, keys, values, _TAIL_BYTES]))


@cache
def _named(key: int, name: str) -> bytes:
    return field(key, name.encode())


def _firsts(shape: Words, kind: Words) -> Words:
    """Returns where the runs of another feature begin."""
    new = np.ones(len(shape), dtype=bool)
    np.not_equal(shape[1:], shape[:-1], out=new[1:])
    if kind[0] != kind[-1]:
        new[1:] |= kind[1:] != kind[:-1]
    return np.flatnonzero(new)


def _framed(words: Words, base: Words, n_tags: Words, kinds: Words) -> bytes:
    """Returns the features' bytes, their types and lengths filled in."""
    sizes = varint_sizes(words)
    total = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum(sizes, out=total[1:])
    after = base + _HEAD + n_tags
    ends = np.empty_like(base)
    ends[:-1], ends[-1] = base[1:], len(words)
    tag_bytes = total[after] - total[base + _HEAD]
    geometry_bytes = total[ends] - total[after + _MIDDLE]
    tag_sizes, geometry_sizes = varint_sizes(tag_bytes), varint_sizes(geometry_bytes)
    # Its keys and its type are a byte each.
    lengths = 4 + tag_sizes + tag_bytes + geometry_sizes + geometry_bytes
    words[base], words[base + 1] = 0x12, lengths
    words[base + 2], words[base + 3] = 0x12, tag_bytes
    words[after], words[after + 1] = 0x18, kinds + 1
    words[after + 2], words[after + 3] = 0x22, geometry_bytes
    sizes[base + 1], sizes[base + 3] = varint_sizes(lengths), tag_sizes
    sizes[after + 3] = geometry_sizes
    return varints(words, sizes)


def _draw(
    words: Words, geometry_at: Words, first: Words, runs: tuple[Words, Words, Words, Words]
) -> None:
    """Writes MoveTo, LineTo and ClosePath with their steps (specification 4.3) in their places."""
    xy, n_points, kind, run_words = runs
    before = np.cumsum(run_words) - run_words
    if len(first) == len(n_points):
        base = geometry_at
    else:
        n_runs = np.diff(np.append(first, len(n_points)))
        base = before + np.repeat(geometry_at - before[first], n_runs)
    start = np.cumsum(n_points) - n_points
    step = np.empty_like(xy)
    np.subtract(xy[1:], xy[:-1], out=step[1:])
    opening = start[first]
    step[opening] = xy[opening]
    # The first step of a run follows its MoveTo; the others follow LineTo, which is a word too.
    drawn = (kind != POINT).astype(np.int64)
    place = places(base + 1 + drawn, n_points)
    place += np.arange(len(xy)) - np.repeat(start, n_points)
    place[start] -= drawn
    turned = zigzag(step)
    words[place], words[place + 1] = turned[:, 0], turned[:, 1]
    words[base] = np.where(drawn == 1, 9, n_points << 3 | 1)
    if kind[0] != POINT:
        lines = drawn == 1
        words[base[lines] + 3] = (n_points[lines] - 1) << 3 | 2
    if kind[0] == POLYGON:
        words[(base + run_words)[kind == POLYGON] - 1] = 15


def _rounded(rings: Rings, *, kept: bool) -> tuple[Words, Words, Words, Words]:
    """Returns points on the tile's grid, and of each run its number, shape and kind.

    Points that fall on the one before are left out, and so are rings and lines of which nothing is
    left. All points of a shape become one run.
    """
    xy = np.rint(rings.xy).astype(np.int64)
    n_points, shape, kind, outer = rings.n_points, rings.shape, rings.kind, rings.outer
    if len(kind) and kind[0] != POINT:
        xy, n_points = _without_repeats(xy, n_points, kind)
        if kept:
            xy, n_points = _lengthened(xy, n_points, kind)
        stays = (kind == POINT) | (n_points >= 2)
        if kind[0] == POLYGON:
            xy, area2 = _turned(xy, n_points, kind, outer)
            shell = np.maximum.accumulate(np.where(outer, np.arange(len(outer)), 0))
            stays &= (kind != POLYGON) | ((area2 != 0) & (area2[shell] != 0))
        if not stays.all():
            xy = xy[np.repeat(stays, n_points)]
            n_points, shape, kind = n_points[stays], shape[stays], kind[stays]
    if len(kind) and kind[-1] == POINT:
        # Areas come first, points last.
        spots = np.flatnonzero(kind == POINT)
        new = np.ones(len(kind), dtype=bool)
        new[spots[1:]] = shape[spots[1:]] != shape[spots[1:] - 1]
        starts = np.flatnonzero(new)
        n_points = np.add.reduceat(n_points, starts)
        shape, kind = shape[starts], kind[starts]
    return xy, n_points, shape, kind


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
