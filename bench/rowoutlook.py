"""Where the next find of a row is likely, while too little is found to see a row.

Every pair of finds may be two neighbours of a row of any make; each foretells a place ahead, and in
the gap between. Makes are weighed by all finds of the field together, so that one row teaches the
spacing of the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.rowlink import GAP_SHARE, GOES_ON, STEPS_MOST, Links, Makes, links_of, turn_density

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR_ODDS = 3.0
"""Odds beforehand that a find of a mined field lies in a row."""
SPACING_M, SPACING_FACTOR = 4.5, 1.7
"""Spacing beforehand: the authors' judgement, and wide; one standard deviation is this factor."""
ALIGNED_MOST, ALIGNED_SPREAD = 0.7, 0.2
"""Rows of one field often run one way: at most this share of them, within so many radians."""
MOST = 60
_SHARE_LEAST = 3e-3
_LEARNED = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What finds foretell: densities per m² at places, of hypotheses one by one.

    Attributes:
        share: ``(h,)`` items that each foretells: its probability, twice for both sides of a find.
        sure: ``(h,)`` how likely there is a next item at all where it holds.
        density: ``(h, n)`` where it has the next item.
    """

    share: Floats
    sure: Floats
    density: Floats

    def at(self, held: Floats) -> Floats:
        """Returns ``(n,)`` densities of items not found yet, per m².

        Args:
            held: ``(h,)`` how much of its item each hypothesis had foretold of ground that was
                searched: the more, the less it has left to say of all other ground.
        """
        left = 1 - np.minimum(held, 1)
        out: Floats = (self.share * self.sure / (1 - self.sure + self.sure * left)) @ self.density
        return out


def outlook(finds_m: Floats, at_m: Floats, scatter_per_m2: float) -> Outlook:
    """Returns what finds foretell of places.

    Args:
        finds_m: ``(n, 2)`` different places of finds, metres, one or more.
        at_m: ``(m, 2)`` places asked about.
        scatter_per_m2: how dense items lie that belong to no row.
    """
    n = len(finds_m)
    if n == 1:
        makes = Makes.between(SPACING_M / SPACING_FACTOR**2, SPACING_M * SPACING_FACTOR**2)
        ring = _around(at_m - finds_m[0], makes, _before(makes), None)
        return Outlook(np.array([2.0]), np.array([_p_before()]), ring[None])
    links = links_of(finds_m, np.full(n, scatter_per_m2))
    share, last, makes_p = _shares(links)
    joined = np.bincount(links.end, share.sum(axis=1), n)
    ways = _ways(links, share)
    alone = np.flatnonzero(joined < 1 - _SHARE_LEAST).tolist()
    around = [_around(at_m - finds_m[at], links.makes, makes_p, ways) for at in alone]
    on = [(last[each], _ahead(links, at_m, *each)) for each in _most(last)]
    between = [(share[each], _between(links, at_m, *each)) for each in _most(share)]
    shares = [2 * (1 - joined[at]) for at in alone] + [each for each, _ in (*on, *between)]
    sure = [_p_before()] * len(alone) + [GOES_ON] * len(on) + [1 - GAP_SHARE] * len(between)
    density = [*around, *(each for _, each in (*on, *between))]
    return Outlook(np.array(shares), np.array(sure), np.stack(density))


def _p_before() -> float:
    return PRIOR_ODDS / (1 + PRIOR_ODDS)


def _before(makes: Makes) -> Floats:
    off = np.log(makes.spacing_m / SPACING_M) / np.log(SPACING_FACTOR)
    weight = np.exp(-0.5 * off**2) + 1e-3
    out: Floats = weight / weight.sum()
    return out


def _most(share: Floats) -> list[tuple[int, int]]:
    order = np.argsort(-share.ravel(), kind="stable")[:MOST]
    kept = order[share.ravel()[order] >= _SHARE_LEAST]
    return [(int(a), int(b)) for a, b in zip(*np.unravel_index(kept, share.shape), strict=True)]


def _shares(links: Links) -> tuple[Floats, Floats, Floats]:
    """Of each link and make: that it is a step of a row, and the row's last; and of each make."""
    n, before = len(links.places_m), _before(links.makes)
    through, makes = links.through, before
    share = np.zeros_like(through)
    for _ in range(4):
        weight = through * makes
        whole = np.bincount(links.end, weight.sum(axis=1), n)
        share = PRIOR_ODDS * weight / (1 + PRIOR_ODDS * whole)[links.end][:, None]
        told = share.sum(axis=0)
        makes = (told + _LEARNED * before) / (told.sum() + _LEARNED)
    return share, share * (1 - GOES_ON) / links.ahead, makes


def _ways(links: Links, share: Floats) -> tuple[Floats, Floats]:
    """Which way links run, and how likely each is a step of a row."""
    way = links.places_m[links.end] - links.places_m[links.start]
    return np.arctan2(way[:, 1], way[:, 0]), share.sum(axis=1)


def _around(
    off: Floats, makes: Makes, makes_p: Floats, ways: tuple[Floats, Floats] | None
) -> Floats:
    """One neighbour of a find: at a step of it, and rather the way that other rows run."""
    away = np.maximum(np.hypot(*off.T), 0.2)
    step = makes.step_density(away) @ makes_p / away
    if ways is None or ways[1].sum() < _SHARE_LEAST:
        even: Floats = step / (2 * np.pi)
        return even
    heading, share = (each[ways[1] > _SHARE_LEAST] for each in ways)
    to = np.arctan2(off[:, 1], off[:, 0])
    apart = np.abs((to[:, None] - heading + np.pi) % (2 * np.pi) - np.pi)
    like = np.exp(-0.5 * (apart / ALIGNED_SPREAD) ** 2) / (ALIGNED_SPREAD * np.sqrt(2 * np.pi))
    aligned = ALIGNED_MOST * share.sum() / (share.sum() + _LEARNED)
    out: Floats = step * ((1 - aligned) / (2 * np.pi) + aligned * (like @ share) / share.sum())
    return out


def _ahead(links: Links, at_m: Floats, link: int, make: int) -> Floats:
    end, start = (links.places_m[each[link]] for each in (links.end, links.start))
    way, off = end - start, at_m - end
    away = np.maximum(np.hypot(*off.T), 0.2)
    turn = np.arctan2(off[:, 1], off[:, 0]) - np.arctan2(way[1], way[0])
    turn = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
    kind = links.makes
    step = np.zeros(len(at_m))
    for at in range(1, STEPS_MOST + 1):
        spread = kind.step_spread[make] * np.sqrt(at)
        gaps = (1 - GAP_SHARE) * GAP_SHARE ** (at - 1)
        step += gaps * np.exp(-0.5 * ((away - at * kind.spacing_m[make]) / spread) ** 2) / spread
    out: Floats = step / np.sqrt(2 * np.pi) * turn_density(turn, kind.turn_spread[make]) / away
    return np.where(turn <= np.pi / 2, out, 0.0)


def _between(links: Links, at_m: Floats, link: int, make: int) -> Floats:
    start, end = (links.places_m[each[link]] for each in (links.start, links.end))
    spacing = links.makes.spacing_m[make]
    steps = round(float(np.hypot(*(end - start))) / spacing)
    out = np.zeros(len(at_m))
    spread = max(links.makes.step_spread[make], 0.1 * spacing)
    for number in range(1, min(steps, STEPS_MOST)):
        off = at_m - (start + (end - start) * number / steps)
        out += np.exp(-0.5 * (off**2).sum(axis=1) / spread**2) / (2 * np.pi * spread**2)
    return out / 2
