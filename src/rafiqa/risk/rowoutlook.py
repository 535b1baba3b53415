"""Where the next find of a row is likely, while too little is found to see a row.

Every pair of finds may be two neighbours of a row of any make; each foretells a place ahead, and in
the gap between. Makes are weighed by all finds of the field together, so that one row teaches the
spacing of the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.rowlink import GAP_SHARE, GOES_ON, STEPS_MOST, Links, links_of, turn_density

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR_ODDS = 1.0
"""Odds beforehand that a find has a neighbour in a row."""
MOST = 100
_SHARE_LEAST = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What finds foretell: ``(h, n)`` densities per m² at places, of hypotheses one by one.

    Attributes:
        share: ``(h,)`` probability of each hypothesis.
        density: ``(h, n)`` where it has the next item.
    """

    share: Floats
    density: Floats

    def at(self, held: Floats) -> Floats:
        """Returns ``(n,)`` densities of items not found yet, per m².

        Args:
            held: ``(h,)`` how much of its item each hypothesis had foretold of ground that was
                searched: the more, the less it has left to say of all other ground.
        """
        left = 1 - np.minimum(held, 1)
        out: Floats = (self.share * GOES_ON / (1 - GOES_ON + GOES_ON * left)) @ self.density
        return out


def outlook(finds_m: Floats, at_m: Floats, scatter_per_m2: float) -> Outlook:
    """Returns what finds foretell of places.

    Args:
        finds_m: ``(n, 2)`` different places of finds, metres.
        at_m: ``(m, 2)`` places asked about.
        scatter_per_m2: how dense items lie that belong to no row.
    """
    if len(finds_m) < 2:  # noqa: PLR2004 - one find has no neighbour
        return Outlook(np.zeros(0), np.zeros((0, len(at_m))))
    links = links_of(finds_m, np.full(len(finds_m), scatter_per_m2))
    share, last = _shares(links)
    ahead = [_ahead(links, at_m, *each) for each in _most(last)]
    between = [_between(links, at_m, *each) for each in _most(share)]
    shares = [last[each] for each in _most(last)] + [share[each] for each in _most(share)]
    if not shares:
        return Outlook(np.zeros(0), np.zeros((0, len(at_m))))
    return Outlook(np.array(shares), np.stack([*ahead, *between]))


def _most(share: Floats) -> list[tuple[int, int]]:
    order = np.argsort(-share.ravel(), kind="stable")[:MOST]
    kept = order[share.ravel()[order] >= _SHARE_LEAST]
    return [(int(a), int(b)) for a, b in zip(*np.unravel_index(kept, share.shape), strict=True)]


def _shares(links: Links) -> tuple[Floats, Floats]:
    """Of each link and make: that it is a step of a row, and that it is the row's last."""
    n, n_makes = len(links.places_m), len(links.makes.spacing_m)
    through = links.through
    makes = np.full(n_makes, 1 / n_makes)
    for _ in range(4):
        weight = through * makes
        whole = np.bincount(links.end, weight.sum(axis=1), n)
        share = PRIOR_ODDS * weight / (1 + PRIOR_ODDS * whole)[links.end][:, None]
        told = share.sum(axis=0)
        makes = (told + 2 / n_makes) / (told.sum() + 2)
    return share, share * (1 - GOES_ON) / links.ahead


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
    steps = int(round(float(np.hypot(*(end - start))) / spacing))
    out = np.zeros(len(at_m))
    spread = max(links.makes.step_spread[make], 0.1 * spacing)
    for number in range(1, min(steps, STEPS_MOST)):
        off = at_m - (start + (end - start) * number / steps)
        out += np.exp(-0.5 * (off**2).sum(axis=1) / spread**2) / (2 * np.pi * spread**2)
    return out / 2
