"""Matching two epochs of a layer by ground alone: what is the same, what was split or merged.

Pure. A match is made only where no other is possible; all else that may be one is told with
its doubts, for a person. Layers drawn from different images lie a few metres apart: a common
shift is found first, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.recovery.shift import aligned_pairs, common_shift, iou_of, moved

Shapes = npt.NDArray[np.object_]
Rows = npt.NDArray[np.int64]
_OVER_ONE_ANOTHER = 1.05
"""Pieces of one whole lie beside one another; the same outline drawn twice is no two pieces."""


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """From which figures on assets are the same; shares in thousandths, of ground.

    Attributes:
        same_permille: intersection over union from which two assets are one.
        doubt_permille: intersection over union from which a person is asked.
        rival_permille: a second asset that overlaps so much makes a match doubtful.
        piece_permille: how much of a piece lies within the whole that it was split from.
        share_permille: how much of the whole a piece is at least: a porch is no piece.
        split_permille: intersection over union of the whole and all its pieces together.
        alike_permille: of two outlines laid over one another, to be asked whether one moved.
        reach_mm: how far two layers, or an asset in them, may be shifted.
    """

    same_permille: int = 500
    doubt_permille: int = 100
    rival_permille: int = 300
    piece_permille: int = 800
    share_permille: int = 100
    split_permille: int = 700
    alike_permille: int = 800
    reach_mm: int = 15_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """Rows of the older and of the newer layer that are, or may be, the same assets.

    ``doubts`` are codes of ``match_doubt``; none where the match stands.
    """

    old_rows: tuple[int, ...]
    new_rows: tuple[int, ...]
    kind: str
    iou_permille: int
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """Two epochs matched.

    Attributes:
        sure: matches without doubt.
        doubtful: what a person has to look at.
        gone: rows of the older layer that nothing in the newer may be.
        new: rows of the newer layer that nothing in the older may be.
        shift_mm: by how much the newer layer lies east and north of the older.
        n_overlap: older assets that share ``same_permille`` of their ground with a newer one.
    """

    sure: tuple[Candidate, ...]
    doubtful: tuple[Candidate, ...]
    gone: tuple[int, ...]
    new: tuple[int, ...]
    shift_mm: tuple[int, int]
    n_overlap: int


@dataclass(slots=True, eq=False)
class _Pairs:
    """Pairs of rows whose ground overlaps, with what they share."""

    old: Rows
    new: Rows
    shared_mm2: npt.NDArray[np.float64]
    iou: npt.NDArray[np.float64]
    of_old: npt.NDArray[np.float64]
    of_new: npt.NDArray[np.float64]
    by_old: dict[int, list[int]] = field(default_factory=dict)
    by_new: dict[int, list[int]] = field(default_factory=dict)


def match(old_mm: Shapes, new_mm: Shapes, policy: MatchPolicy | None = None) -> Matching:
    """Returns which assets of two epochs are the same, and which a person has to look at.

    Args:
        old_mm: ``(n,)`` footprints of the older layer, mm of the site's frame.
        new_mm: ``(m,)`` footprints of the newer layer.
        policy: a country's figures; the defaults where None.
    """
    policy = policy or MatchPolicy()
    shift_mm = common_shift(old_mm, new_mm, policy.reach_mm, policy.alike_permille / 1_000)
    placed = moved(new_mm, np.tile(-np.array(shift_mm, dtype=float), (len(new_mm), 1)))
    pairs = _overlaps(old_mm, placed)
    groups = list(_groups(pairs, old_mm, placed, policy))
    used_old = {row for group in groups for row in group.old_rows}
    used_new = {row for group in groups for row in group.new_rows}
    groups += _ones(pairs, used_old, used_new, policy)
    groups += _moved_ones(old_mm, placed, groups, policy)
    sure = tuple(group for group in groups if not group.doubts)
    told_old = {row for group in groups for row in group.old_rows}
    told_new = {row for group in groups for row in group.new_rows}
    return Matching(
        sure,
        tuple(group for group in groups if group.doubts),
        tuple(row for row in range(len(old_mm)) if row not in told_old),
        tuple(row for row in range(len(new_mm)) if row not in told_new),
        shift_mm,
        len(np.unique(pairs.old[pairs.iou >= policy.same_permille / 1_000])),
    )


def _overlaps(old_mm: Shapes, new_mm: Shapes) -> _Pairs:
    old, new = shapely.STRtree(new_mm).query(old_mm, predicate="intersects")
    shared = shapely.area(shapely.intersection(old_mm[old], new_mm[new]))
    real = shared > 0
    old, new, shared = old[real], new[real], shared[real]
    old_area, new_area = shapely.area(old_mm)[old], shapely.area(new_mm)[new]
    iou = shared / (old_area + new_area - shared)
    pairs = _Pairs(old, new, shared, iou, shared / old_area, shared / new_area)
    for index, (left, right) in enumerate(zip(old.tolist(), new.tolist(), strict=True)):
        pairs.by_old.setdefault(left, []).append(index)
        pairs.by_new.setdefault(right, []).append(index)
    return pairs


def _groups(
    pairs: _Pairs, old_mm: Shapes, new_mm: Shapes, policy: MatchPolicy
) -> Iterator[Candidate]:
    """Yields wholes that were split, and wholes that were put together from several."""
    piece, share = policy.piece_permille / 1_000, policy.share_permille / 1_000
    splits = (pairs.of_new >= piece) & (pairs.of_old >= share)
    merges = (pairs.of_old >= piece) & (pairs.of_new >= share)
    taken: set[tuple[str, int]] = set()
    for kind, by_whole, is_piece, whole_mm, piece_mm, other in (
        ("split", pairs.by_old, splits, old_mm, new_mm, pairs.new),
        ("merged", pairs.by_new, merges, new_mm, old_mm, pairs.old),
    ):
        for whole, indices in by_whole.items():
            rows = tuple(sorted(int(other[index]) for index in indices if is_piece[index]))
            together = _put_together(piece_mm[list(rows)])
            if together is None:
                continue
            iou = round(1_000 * float(iou_of(whole_mm[[whole]], together)[0]))
            old_rows, new_rows = ((whole,), rows) if kind == "split" else (rows, (whole,))
            names = {("old", row) for row in old_rows} | {("new", row) for row in new_rows}
            doubts = ["pieces"] if iou < policy.split_permille else []
            doubts += ["rival"] if names & taken else []
            taken |= names
            yield Candidate(old_rows, new_rows, kind, iou, tuple(doubts))


def _put_together(pieces_mm: Shapes) -> Shapes | None:
    """Returns several pieces as one shape; None where they are not several, or lie over another."""
    if len(pieces_mm) < 2:
        return None
    whole = shapely.union_all(pieces_mm)
    if shapely.area(pieces_mm).sum() > _OVER_ONE_ANOTHER * whole.area:
        return None
    return np.array([whole], dtype=object)


def _ones(
    pairs: _Pairs, used_old: set[int], used_new: set[int], policy: MatchPolicy
) -> Iterator[Candidate]:
    """Yields single assets that overlap: sure where they do so enough, and no other does."""
    same, doubt = policy.same_permille / 1_000, policy.doubt_permille / 1_000
    rival = policy.rival_permille / 1_000
    strong_old, strong_new = _strong(pairs, rival)
    is_same = pairs.iou >= same
    sure_old = set(pairs.old[is_same].tolist())
    sure_new = set(pairs.new[is_same].tolist())
    for index in np.flatnonzero(pairs.iou >= doubt).tolist():
        old, new = int(pairs.old[index]), int(pairs.new[index])
        if old in used_old or new in used_new:
            continue
        iou = float(pairs.iou[index])
        doubts = []
        if iou < same:
            if iou < rival and (old in sure_old or new in sure_new):
                continue  # a neighbour that overlaps a little: both have their own
            doubts.append("partial")
        if strong_old.get(old, 0) > 1 or strong_new.get(new, 0) > 1:
            doubts.append("rival")
        yield Candidate((old,), (new,), "same", round(1_000 * iou), tuple(doubts))


def _strong(pairs: _Pairs, least: float) -> tuple[dict[int, int], dict[int, int]]:
    """Returns how many assets of the other layer each overlaps by at least a share."""
    kept = pairs.iou >= least
    counts = []
    for rows in (pairs.old[kept], pairs.new[kept]):
        names, numbers = np.unique(rows, return_counts=True)
        counts.append(dict(zip(names.tolist(), numbers.tolist(), strict=True)))
    return counts[0], counts[1]


def _moved_ones(
    old_mm: Shapes, new_mm: Shapes, groups: Iterable[Candidate], policy: MatchPolicy
) -> Iterator[Candidate]:
    """Yields assets left over whose outlines are alike and near: one may be the other, moved."""
    known = list(groups)
    told_old = {row for group in known for row in group.old_rows}
    told_new = {row for group in known for row in group.new_rows}
    left = np.array([row for row in range(len(old_mm)) if row not in told_old], dtype=np.int64)
    right = np.array([row for row in range(len(new_mm)) if row not in told_new], dtype=np.int64)
    if not len(left) or not len(right):
        return
    alike = policy.alike_permille / 1_000
    found = aligned_pairs(old_mm[left], new_mm[right], policy.reach_mm, alike)
    n_old = np.bincount(found.old, minlength=len(left))
    n_new = np.bincount(found.new, minlength=len(right))
    for one, other in zip(found.old.tolist(), found.new.tolist(), strict=True):
        row, to = int(left[one]), int(right[other])
        doubts = ["moved"]
        if n_old[one] > 1 or n_new[other] > 1:
            doubts.append("rival")
        iou = iou_of(old_mm[[row]], new_mm[[to]])[0]
        yield Candidate((row,), (to,), "same", round(1_000 * float(iou)), tuple(doubts))
