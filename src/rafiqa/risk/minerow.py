"""Rows among finds: which finds lie in one, and where a row's next places are.

What is found of a row foretells places beyond its ends and in its gaps. A place's probability is
that of an item laid there as the pattern has it; in ground that was worked, that it was laid and
missed. All of it orders where to look next. That no row is seen, or a place is unlikely, says
nothing for any ground, and nothing here may be asked by what lowers land.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from rafiqa.risk.reading import expit
from rafiqa.risk.rowlink import GAP_SHARE, GOES_ON, Links, chains_of, links_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ODDS_LEAST = 0.3
"""A row must outweigh scatter by this for each find there is: so chosen that few fields of scatter
show one, even or in clumps (``bench/risk_rows.py`` counts how many)."""
SAME_M = 0.05
"""Finds nearer than this to one another are one place: an item and its copy on record."""
LEG_TURN = 0.6
"""A sharper turn, in radians, ends one row and begins another."""
LEG_LEAST = 3
DETECTION = 0.92
"""Share of items that a pass finds (science.md, B5); what is left in worked ground lies by it."""
GAPS_BEFORE = 20.0
"""How many places of a row the share of empty ones counts for beforehand."""
AHEAD_MOST = 3
_SPREAD_BEFORE, _COUNTS_FOR = 0.12, 4.0
PRIOR_LINK = 0.02
"""Odds beforehand of a link, for how many neighbours lead to a find."""
COEFFICIENTS = (3.88, 0.09, 0.57, 1.4, 1.95)

"""Of the constant and of ``features``: fitted by logistic regression to 188 fields of known truth
(`bench/minefields.py`, seeds from 1000; `bench/rowfit.py`), of both makes and of scatter alone."""

Where = Literal["beyond", "gap"]
Worked = Callable[[Floats], Bools]


@dataclass(frozen=True, slots=True)
class Expected:
    """A place where a row has a mine, if it keeps to its pattern.

    Attributes:
        x_m: east, in metres of the plane of the finds.
        y_m: north.
        spread_m: standard deviation of where it lies, the greater of along and across the row.
        p_mine: probability that an item lies there unfound.
        where: beyond an end of the row, or in a gap of it.
        steps: how many places from the nearest find of the row.
        worked: whether its ground was worked, and an item would have been missed.
    """

    x_m: float
    y_m: float
    spread_m: float
    p_mine: float
    where: Where
    steps: int
    worked: bool


@dataclass(frozen=True, slots=True)
class MineRow:
    """Finds that lie in one row, in its order.

    Attributes:
        finds: their numbers, as they were given.
        spacing_m: mean step from place to place.
        spacing_spread_m: standard deviation of a step.
        log_weight: logarithm of the likelihood ratio against scatter of the chain it is of.
        expected: where its next places are, likeliest first.
    """

    finds: tuple[int, ...]
    spacing_m: float
    spacing_spread_m: float
    log_weight: float
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MineRows:
    """What is seen of rows among finds; no rows where none is seen.

    Attributes:
        p_in_row: ``(n,)`` probability of each find that it was laid in a row.
        rows: those seen, the weightiest first.
    """

    p_in_row: Floats
    rows: tuple[MineRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RowsFound:
    """Finds that may lie in rows, and what is seen among them.

    Attributes:
        find_ids: the names of the finds, in the order of ``found.p_in_row``.
        places_m: ``(n, 2)`` where they lay, in the site's plane.
        other_kinds: how many finds are of kinds that nobody lays in rows.
        found: the rows.
        outside: how many more of these kinds lie so far outside the site that none is looked at.
        whole: whether every area was looked at, and not only those that the asker sees.
    """

    find_ids: tuple[str, ...]
    places_m: Floats
    other_kinds: int
    found: MineRows
    outside: int = 0
    whole: bool = True


def mine_rows(places_m: Floats, worked: Worked | None = None) -> MineRows:
    """Returns the rows among finds: the same whatever their order, place and direction.

    Args:
        places_m: ``(n, 2)`` places of finds in a plane, metres.
        worked: says of places whether their ground was searched and all its finds are told; where
            None, of none.
    """
    distinct, of = _distinct(places_m)
    if len(distinct) < LEG_LEAST:
        return MineRows(np.full(len(places_m), _p_alone()), ())
    links = links_of(distinct)
    chains = chains_of(links, ODDS_LEAST)
    p_in_row = p_of(features(links, [list(each.places) for each in chains]))
    seen = worked or (lambda at: np.zeros(len(at), dtype=np.bool_))
    rows = []
    for chain in chains:
        for leg in legs(distinct, chain.places):
            finds = [int(find) for place in leg for find in np.flatnonzero(of == place)]
            spacing = float(links.makes.spacing_m[chain.make])
            rows.append(_row(distinct[list(leg)], finds, spacing, chain.log_weight, seen))
    return MineRows(p_in_row[of], tuple(rows))


def _distinct(places_m: Floats) -> tuple[Floats, Ints]:
    """Places that differ, in an order of their own, and which each find is of."""
    if not len(places_m):
        return np.zeros((0, 2)), np.zeros(0, dtype=np.int64)
    rounded = np.round(np.asarray(places_m, dtype=np.float64) / SAME_M) * SAME_M
    places, of = np.unique(rounded, axis=0, return_inverse=True)
    return places, of.ravel()


def features(links: Links, rows: list[list[int]]) -> Floats:
    """Returns ``(n, 4)`` of each place what speaks for a row.

    That is the weight of its chains, how dense it lies among all, how many neighbours in a row lead
    to it, and whether it lies in a row that is seen.
    """
    n = len(links.places_m)
    through = links.through.mean(axis=1)
    weight = np.bincount(links.end, through, n) + 1e-12
    out = np.bincount(links.start, through, n) + 1e-12
    p_link = PRIOR_LINK * weight / (1 + PRIOR_LINK * weight)
    led = np.bincount(links.end, p_link[links.start] * through / out[links.start], n)
    dense = np.log(links.scatter)
    seen = np.zeros(n)
    for row in rows:
        seen[row] = 1
    return np.stack(
        [
            np.clip(np.log(weight), -5, 15),
            np.clip(dense - np.median(dense), -3, 3),
            np.log(led + 1e-2),
            seen,
        ],
        axis=1,
    )


def p_of(told: Floats) -> Floats:
    """Returns probabilities of a logistic sum; its terms were fitted to fields of two makes."""
    return expit(COEFFICIENTS[0] + told @ np.array(COEFFICIENTS[1:]))


def _p_alone() -> float:
    """What holds of a find with none beside it: no chain, no neighbour."""
    return float(p_of(np.array([[-5.0, 0.0, np.log(1e-2), 0.0]]))[0])


def legs(places_m: Floats, chain: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yields the rows of a chain, parted where it turns sharply; a corner's find is of both."""
    at = places_m[list(chain)]
    heading = np.arctan2(*np.diff(at, axis=0).T[::-1])
    turn = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
    cuts = [0, *(np.flatnonzero(turn > LEG_TURN) + 1).tolist(), len(chain) - 1]
    for begin, end in pairwise(cuts):
        if end - begin + 1 >= LEG_LEAST:
            yield chain[begin : end + 1]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is laid: steps in places, spacing, its spread, how it bends, and across."""

    at: Floats
    steps: Ints
    spacing_m: float
    step_sd: float
    bend: float
    across_sd: float


def _row(
    at: Floats, finds: list[int], spacing_m: float, log_weight: float, worked: Worked
) -> MineRow:
    line = _line(at, spacing_m)
    laid = _share_laid(line, worked)
    found = [*_gaps(line, laid, worked), *_beyond(line, laid, worked)]
    found += _beyond(_line(at[::-1], spacing_m), laid, worked)
    expected = sorted(found, key=lambda each: (-each.p_mine, each.steps, each.x_m, each.y_m))
    return MineRow(tuple(finds), line.spacing_m, line.step_sd, log_weight, tuple(expected))


def _line(at: Floats, spacing_m: float) -> _Line:
    way = np.diff(at, axis=0)
    length = np.hypot(*way.T)
    steps = np.maximum(np.rint(length / spacing_m), 1).astype(np.int64)
    spacing_m = float(length.sum() / steps.sum())
    steps = np.maximum(np.rint(length / spacing_m), 1).astype(np.int64)
    spacing_m = float(length.sum() / steps.sum())
    before = _COUNTS_FOR * (_SPREAD_BEFORE * spacing_m) ** 2
    off = ((length - steps * spacing_m) ** 2 / steps).sum()
    step_sd = float(np.sqrt((off + before) / (len(steps) + _COUNTS_FOR)))
    heading = np.unwrap(np.arctan2(way[:, 1], way[:, 0]))
    bend = float((heading[-1] - heading[0]) / (steps.sum() + 4)) if len(steps) > 1 else 0.0
    # A place's offset from the chord of its neighbours: 3/2 of the variance of one place across.
    turn = np.diff(heading) - bend * (steps[1:] + steps[:-1]) / 2
    across = turn * length[1:] * length[:-1] / (length[1:] + length[:-1])
    before = _COUNTS_FOR * (_SPREAD_BEFORE * spacing_m) ** 2
    across_sd = float(np.sqrt(((across**2).sum() / 1.5 + before) / (len(turn) + _COUNTS_FOR)))
    return _Line(at, steps, spacing_m, step_sd, bend, across_sd)


def _share_laid(line: _Line, worked: Worked) -> float:
    """The share of the row's places that hold an item, as its places in worked ground tell."""
    empty = [place for place, _, _ in _gap_places(line)]
    n_empty = int(worked(np.array(empty)).sum()) if empty else 0
    n_full = int(worked(line.at).sum())
    full = GAPS_BEFORE * (1 - GAP_SHARE) + n_full
    return full / (GAPS_BEFORE + n_full + n_empty)


def _gap_places(line: _Line) -> Iterator[tuple[Floats, int, int]]:
    """Empty places, each with its number in the gap and the gap's steps."""
    for start, end, steps in zip(line.at, line.at[1:], line.steps.tolist(), strict=False):
        for number in range(1, steps):
            yield start + (end - start) * number / steps, number, steps


def _gaps(line: _Line, laid: float, worked: Worked) -> Iterator[Expected]:
    for place, number, steps in _gap_places(line):
        seen = bool(worked(place[None])[0])
        left = laid * (1 - DETECTION)
        p_mine = left / (left + 1 - laid) if seen else laid
        between = np.sqrt(number * (steps - number) / steps)
        spread = max(line.step_sd * between, line.across_sd)
        near = min(number, steps - number)
        yield Expected(float(place[0]), float(place[1]), float(spread), p_mine, "gap", near, seen)


def _beyond(line: _Line, laid: float, worked: Worked) -> Iterator[Expected]:
    """Places past the last: the row may end at any, and rather where one was empty."""
    n_back = min(len(line.steps), 4)
    way = line.at[-1] - line.at[-1 - n_back]
    back = float(line.steps[-n_back:].sum())
    heading = np.arctan2(way[1], way[0]) + line.bend * (back + 1) / 2
    heading_sd = np.hypot(line.across_sd * np.sqrt(2) / (back * line.spacing_m), 0.04)
    place, goes_on, told = line.at[-1].copy(), 1.0, 0
    for steps in range(1, 3 * AHEAD_MOST + 1):
        place = place + line.spacing_m * np.array([np.cos(heading), np.sin(heading)])
        heading += line.bend
        goes_on *= GOES_ON
        seen = bool(worked(place[None])[0])
        left = laid * (1 - DETECTION)
        p_mine = goes_on * laid
        if seen:
            unseen = goes_on * (1 - laid + left) + 1 - goes_on
            p_mine, goes_on = goes_on * left / unseen, goes_on * (1 - laid + left) / unseen
        across = np.hypot(line.across_sd, steps * line.spacing_m * heading_sd)
        spread = max(line.step_sd * np.sqrt(steps), across)
        yield Expected(
            float(place[0]), float(place[1]), float(spread), p_mine, "beyond", steps, seen
        )
        told += not seen
        if told == AHEAD_MOST:
            return
