"""Cutting at a tile's edge: lines and simple rings, many at a time, step by step the same as one.

A line is cut segment by segment (Liang and Barsky 1984). A ring is cut by one side of the box
after the other (Sutherland and Hodgman 1974), which is exact as long as it crosses that side no
more than twice: what is left is then one simple ring. Rings that cross a side more often are left
to an overlay, for they may fall into several.
"""

from __future__ import annotations

import numpy as np

from rafiqa.wire.tilepart import Floats
from rafiqa.wire.varint import Words

Box = tuple[float, float, float, float]
"""West, north, east and south; y down."""


def cut_lines(xy: Floats, n_points: Words, box: Box) -> tuple[Floats, Words, Words]:
    """Returns what of lines lies in a box: points, how many each run has, and of which line.

    A line that only touches the box leaves nothing; one along its edge stays.
    """
    ends = np.cumsum(n_points)
    begins = np.ones(len(xy), dtype=bool)
    begins[ends - 1] = False
    at = np.flatnonzero(begins)
    start = xy[at]
    step = xy[at + 1] - start
    enter, leave = _spans(start, step, box)
    kept = np.flatnonzero(enter < leave)
    at, start, step, enter, leave = at[kept], start[kept], step[kept], enter[kept], leave[kept]
    new = np.ones(len(at), dtype=bool)
    new[1:] = (enter[1:] > 0) | (leave[:-1] < 1) | (at[1:] != at[:-1] + 1)
    first = np.flatnonzero(new)
    place = np.arange(len(at)) + np.cumsum(new)
    out = np.empty((len(at) + len(first), 2))
    out[place] = np.where((leave < 1)[:, None], start + step * leave[:, None], xy[at + 1])
    out[place[first] - 1] = start[first] + step[first] * enter[first, None]
    counts = np.diff(np.append(first, len(at))) + 1
    return out, counts, np.searchsorted(ends, at[first], side="right")


def _spans(start: Floats, step: Floats, box: Box) -> tuple[Floats, Floats]:
    """Returns from which to which share of itself each segment lies in the box."""
    low, high = np.array(box[:2]), np.array(box[2:])
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / step, (high - start) / step
    near, far = np.minimum(one, other), np.maximum(one, other)
    still = step == 0
    if still.any():
        between = (start >= low) & (start <= high)
        near[still] = np.where(between, -np.inf, np.inf)[still]
        far[still] = np.where(between, np.inf, -np.inf)[still]
    enter = np.maximum(np.maximum(near[:, 0], near[:, 1]), 0)
    return enter, np.minimum(np.minimum(far[:, 0], far[:, 1]), 1)


def cut_rings(xy: Floats, n_points: Words, box: Box) -> tuple[Floats, Words, Words, Words]:
    """Returns what of simple rings lies in a box.

    Returns:
        Points, how many each ring has, which of the given rings it is of, and which rings cross
        a side more than twice; of those nothing is among the points.
    """
    ring = np.arange(len(n_points))
    hard = []
    for side, bound in enumerate(box):
        axis, sign = side % 2, 1 if side < 2 else -1
        inward = sign * (xy[:, axis] - bound)
        inside = inward > 0
        if inside.all():
            continue
        ends = np.cumsum(n_points)
        starts = ends - n_points
        before = np.arange(-1, len(xy) - 1)
        before[starts] = ends - 1
        cross = inside != inside[before]
        easy = np.add.reduceat(cross.astype(np.int64), starts) <= 2
        if not easy.all():
            hard.append(ring[~easy])
            wanted = np.repeat(easy, n_points)
            cross, inside = cross & wanted, inside & wanted
        counts = cross.astype(np.int64) + inside
        place = np.cumsum(counts) - counts
        crossing, within = np.flatnonzero(cross), np.flatnonzero(inside)
        out = np.empty((len(crossing) + len(within), 2))
        out[place[within] + cross[within]] = xy[within]
        out[place[crossing]] = _crossings(xy, inward, before[crossing], crossing)
        out[place[crossing], axis] = bound
        n_points = np.add.reduceat(counts, starts)
        left = n_points > 0
        xy, n_points, ring = out, n_points[left], ring[left]
        if not len(ring):
            break
    return xy, n_points, ring, np.concatenate([*hard, ring[:0]])


def _crossings(xy: Floats, inward: Floats, one: Words, other: Words) -> Floats:
    """Returns where edges from one point to the other cross a side, by their depths behind it."""
    share = inward[one] / (inward[one] - inward[other])
    found: Floats = xy[one] + share[:, None] * (xy[other] - xy[one])
    return found
