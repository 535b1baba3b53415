"""By how much one layer lies beside another: a vote of outlines that are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
_SAMPLE = 2_000
_VOTE_MM = 500.0
_LEAST_MM = 300.0
_GAIN = 1.05
"""A shift must make at least five in a hundred more assets overlap: else there is none."""
_SAME = 0.5
_LEAST_VOTES = 20
_LEAST_SHARE = 0.2
"""Fewer that agree are a few that moved, and no shift of the layer."""


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPairs:
    """Pairs of outlines that are alike when their middles are laid over one another."""

    old: npt.NDArray[np.int64]
    new: npt.NDArray[np.int64]
    iou: Floats
    offset_mm: Floats


def moved(shapes_mm: Shapes, offsets_mm: Floats) -> Shapes:
    """Returns shapes, each moved by an offset of its own.

    Args:
        shapes_mm: ``(n,)`` shapes.
        offsets_mm: ``(n, 2)`` by how much, east and north.
    """
    coordinates, owner = shapely.get_coordinates(shapes_mm, return_index=True)
    # A copy: set_coordinates writes into the array it is given.
    placed: Shapes = shapely.set_coordinates(
        np.array(shapes_mm, dtype=object), coordinates + offsets_mm[owner]
    )
    return placed


def iou_of(one_mm: Shapes, other_mm: Shapes) -> Floats:
    """Returns the intersection over union of each pair of shapes."""
    shared = shapely.area(shapely.intersection(one_mm, other_mm))
    together = shapely.area(one_mm) + shapely.area(other_mm) - shared
    shares: Floats = np.divide(shared, together, out=np.zeros_like(shared), where=together > 0)
    return shares


def aligned_pairs(old_mm: Shapes, new_mm: Shapes, reach_mm: float, alike: float) -> AlignedPairs:
    """Returns the pairs within reach of one another whose outlines are alike."""
    old, new = shapely.STRtree(new_mm).query(old_mm, predicate="dwithin", distance=reach_mm)
    old_mm2, new_mm2 = shapely.area(old_mm)[old], shapely.area(new_mm)[new]
    near = np.minimum(old_mm2, new_mm2) >= alike * np.maximum(old_mm2, new_mm2)
    old, new = old[near], new[near]
    middles = [shapely.get_coordinates(shapely.centroid(each)) for each in (old_mm, new_mm)]
    offset = middles[1][new] - middles[0][old]
    near = np.hypot(*offset.T) <= reach_mm
    old, new, offset = old[near], new[near], offset[near]
    iou = iou_of(old_mm[old], moved(new_mm[new], -offset))
    kept = iou >= alike
    return AlignedPairs(old[kept], new[kept], iou[kept], offset[kept])


def common_shift(old_mm: Shapes, new_mm: Shapes, reach_mm: float, alike: float) -> tuple[int, int]:
    """Returns by how much the newer layer lies east and north of the older, in mm; 0, 0 mostly.

    The offset that most pairs of like outlines share; none where it does not bring clearly
    more of them over one another.
    """
    sample = old_mm[:: max(1, len(old_mm) // _SAMPLE)]
    if not len(sample) or not len(new_mm):
        return 0, 0
    votes = aligned_pairs(sample, new_mm, reach_mm, alike).offset_mm
    if not len(votes):
        return 0, 0
    counts = _neighbours(votes)
    # Of equal votes the shortest way: rows of like houses vote for every house's step.
    best = np.lexsort((np.hypot(*votes.T), -counts))[0]
    near = np.hypot(*(votes - votes[best]).T) <= 2 * _VOTE_MM
    shift = np.median(votes[near], axis=0)
    quorum = max(_LEAST_VOTES, _LEAST_SHARE * len(sample))
    if near.sum() < quorum or np.hypot(*shift) < _LEAST_MM:
        return 0, 0
    there = _n_overlapping(sample, new_mm)
    moved_there = _n_overlapping(moved(sample, np.tile(shift, (len(sample), 1))), new_mm)
    if moved_there < _GAIN * there or moved_there == there:
        return 0, 0
    return int(np.rint(shift[0])), int(np.rint(shift[1]))


def _neighbours(votes_mm: Floats) -> npt.NDArray[np.int64]:
    """Returns how many votes lie in the square of each vote and the eight squares round it."""
    squares = np.rint(votes_mm / _VOTE_MM).astype(np.int64)
    squares -= squares.min(axis=0) - 1
    counts = np.zeros(squares.max(axis=0) + 2, dtype=np.int64)
    np.add.at(counts, tuple(squares.T), 1)
    steps = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    found: npt.NDArray[np.int64] = sum(  # type: ignore[assignment]
        counts[squares[:, 0] + x, squares[:, 1] + y] for x, y in steps
    )
    return found


def _n_overlapping(old_mm: Shapes, new_mm: Shapes) -> int:
    old, new = shapely.STRtree(new_mm).query(old_mm, predicate="intersects")
    return int((iou_of(old_mm[old], new_mm[new]) >= _SAME).sum())
