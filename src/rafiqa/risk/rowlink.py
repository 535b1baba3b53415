"""Links between finds that may be neighbours in one row, and how much speaks for each.

A row is a chain of places: each next one lies ahead of the last two, at a step of its spacing or at
a multiple of it where places between are empty, and turned a little. A chain's weight is its
likelihood ratio against scatter: the product over its places of the density that the places before
foretell there, over the density of scatter. Under scatter of that density the weights of all chains
that begin at a place have the mean 1 (Campbell's formula), so that by Markov's inequality scatter
shows a chain of weight n/α anywhere among n places with a chance of α at most. Weights are summed
over all chains by messages along directed links (Pearl's sum-product).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GAP_SHARE = 0.15
"""Share of a row's places that are empty beforehand: never laid, moved, or gone off."""
STEPS_MOST = 4
"""The longest step in spacings: three empty places on end."""
GOES_ON = 0.93
"""Chance beforehand that a row has a next place: a mean of some fourteen places."""
SPREADS = ((0.08, 0.08), (0.15, 0.16), (0.28, 0.30))
"""Regular rows and irregular ones: spread of a step in spacings, and of a turn in radians."""
TURN_MOST = 1.25
SHARP = 0.04
"""Share of turns that are any turn up to ``TURN_MOST``: where a row goes zig-zag."""
RATIO = 1.15
"""Spacings tried stand this far from one another: within two spreads of the regular rows' steps."""
SPACING_LEAST_M, SPACING_MOST_M = 0.4, 60.0
NEAREST, NEAREST_OF_MANY, MANY = 20, 14, 1_000
"""How many places about each may be its next; fewer where there are many, to stay in bounds."""
MESSAGES = 8
_LOCAL = (8, 20)
_WEIGHT_MOST = 1e6
_TINY = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Makes:
    """The makes of rows that are tried: spacing in metres, spread of steps, spread of turns."""

    spacing_m: Floats
    step_spread: Floats
    turn_spread: Floats
    kind: Ints

    @staticmethod
    def between(least_m: float, most_m: float) -> Makes:
        """Returns regular and irregular makes of every spacing in a range, on a fixed ladder."""
        low = np.ceil(np.log(max(least_m, SPACING_LEAST_M)) / np.log(RATIO))
        high = np.floor(np.log(min(max(most_m, least_m), SPACING_MOST_M)) / np.log(RATIO))
        ladder = RATIO ** np.arange(low, max(high, low) + 1)
        kind = np.repeat(np.arange(len(SPREADS)), len(ladder))
        spacing = np.tile(ladder, len(SPREADS))
        step, turn = (np.array(SPREADS)[kind, at] for at in (0, 1))
        return Makes(spacing, step * spacing, turn, kind)

    def step_density(self, length_m: Floats) -> Floats:
        """Returns ``(n, t)`` densities per metre of steps of a length, for each make."""
        out = np.zeros((len(length_m), len(self.spacing_m)))
        for at in range(1, STEPS_MOST + 1):
            share = (1 - GAP_SHARE) * GAP_SHARE ** (at - 1)
            spread = self.step_spread * np.sqrt(at)
            off = (length_m[:, None] - at * self.spacing_m) / spread
            out += share * np.exp(-0.5 * off**2) / (spread * np.sqrt(2 * np.pi))
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Directed links between places, each with its reverse, and what speaks for them.

    Attributes:
        places_m: ``(n, 2)`` places.
        scatter: ``(n,)`` density of scatter at each, per m².
        makes: the makes of rows that are tried.
        start: ``(e,)`` where each link begins; links stand in the order of it.
        end: ``(e,)`` where each ends.
        reverse: ``(e,)`` the number of each link's reverse.
        step: ``(e, t)`` density per m² of a step along each link, but for the angle's share.
        ahead: ``(e, t)`` weight of all that may follow each link, and of nothing following.
        turns: for each kind, a matrix of link to next link: density per radian of the turn.
    """

    places_m: Floats
    scatter: Floats
    makes: Makes
    start: Ints
    end: Ints
    reverse: Ints
    step: Floats
    ahead: Floats
    turns: tuple[csr_array, ...]

    @property
    def first(self) -> Ints:
        """``(n + 1,)`` where the links of each place begin in the order of links."""
        return np.searchsorted(self.start, np.arange(len(self.places_m) + 1))

    @property
    def through(self) -> Floats:
        """``(e, t)`` weights of all chains through each link, of each make."""
        one = self.step / (2 * np.pi) / self.scatter[self.end][:, None]
        return one * self.ahead * self.ahead[self.reverse] / (1 - GOES_ON)


def local_density(places_m: Floats, share: Floats | None = None) -> Floats:
    """Returns ``(n,)`` densities of scatter per m² about each place: the largest of a few reaches.

    Taking the largest makes a clump no row: what lies close is expected to.

    Args:
        places_m: places.
        share: how much each counts; 1 where None.
    """
    n = len(places_m)
    most = min(max(_LOCAL), n - 1)
    away, near = cKDTree(places_m).query(places_m, most + 1)
    held = np.cumsum((np.ones(n) if share is None else share)[near[:, 1:]], axis=1)
    out = np.zeros(n)
    for reach in dict.fromkeys(min(each, most) for each in _LOCAL):
        area = np.pi * np.maximum(away[:, reach], 1e-3) ** 2
        out = np.maximum(out, held[:, reach - 1] / area)
    return out


def links_of(places_m: Floats, scatter: Floats | None = None) -> Links:
    """Returns the links of at least three different places, with what speaks for them.

    Args:
        places_m: ``(n, 2)`` places that differ.
        scatter: density of scatter at each, per m²; from what lies about where None.
    """
    n = len(places_m)
    nearest = NEAREST if n <= MANY else NEAREST_OF_MANY
    away, near = cKDTree(places_m).query(places_m, min(nearest + 1, n))
    pairs = np.stack([np.repeat(np.arange(n), near.shape[1] - 1), near[:, 1:].ravel()])
    code = np.unique(np.concatenate([pairs[0] * n + pairs[1], pairs[1] * n + pairs[0]]))
    start, end = np.divmod(code, n)
    length = np.hypot(*(places_m[end] - places_m[start]).T)
    # Of many places a few odd ones must not widen the ladder of spacings.
    odd = 0.0 if n <= MANY else 0.02
    least_m, most_m = np.quantile(away[:, 1], odd), np.quantile(length, 1 - odd)
    makes = Makes.between(float(least_m), float(most_m))
    density = local_density(places_m) if scatter is None else scatter
    step = makes.step_density(length) / length[:, None]
    reverse = np.searchsorted(code, end * n + start)
    turns = _turns(places_m, start, end)
    weight = np.minimum(step / density[end][:, None], _WEIGHT_MOST)
    ahead = np.empty_like(step)
    for kind, matrix in enumerate(turns):
        of = makes.kind == kind
        ahead[:, of] = _ahead(matrix, weight[:, of])
    return Links(places_m, density, makes, start, end, reverse, step, ahead, turns)


def _ahead(turns: csr_array, weight: Floats) -> Floats:
    """By as many messages as a row is looked along: it stops, or goes on by any next link."""
    ahead = np.full_like(weight, 1 - GOES_ON)
    for _ in range(MESSAGES):
        ahead = (1 - GOES_ON) + GOES_ON * (turns @ (weight * ahead))
    return ahead


def _turns(places_m: Floats, start: Ints, end: Ints) -> tuple[csr_array, ...]:
    """The turn from each link into each that goes on from its end, where it is no sharp one."""
    n = len(places_m)
    first = np.searchsorted(start, np.arange(n + 1))
    way = places_m[end] - places_m[start]
    heading = np.arctan2(way[:, 1], way[:, 0])
    many = (first[1:] - first[:-1])[end]
    before = np.repeat(np.arange(len(start)), many)
    offset = np.arange(len(before)) - np.repeat(np.cumsum(many) - many, many)
    after = first[end][before] + offset
    turn = np.abs((heading[after] - heading[before] + np.pi) % (2 * np.pi) - np.pi)
    kept = turn <= TURN_MOST
    before, after, turn = before[kept], after[kept], turn[kept]
    size = (len(start), len(start))
    return tuple(
        csr_array((turn_density(turn, spread), (before, after)), shape=size)
        for _, spread in SPREADS
    )


def turn_density(turn: Floats, spread: float) -> Floats:
    """Returns the normal density per radian of turns; turns of a row are small against a circle."""
    out: Floats = np.exp(-0.5 * (turn / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
    return (1 - SHARP) * out + SHARP / (2 * TURN_MOST)


@dataclass(frozen=True, slots=True)
class Chain:
    """Places in the order of a row: their numbers, the make that was followed, and the weight.

    ``log_weight`` is the logarithm of the chain's likelihood ratio against scatter, with the
    chances of its make and its length beforehand.
    """

    places: tuple[int, ...]
    make: int
    log_weight: float


def chains_of(links: Links, odds_least: float, places_least: int = 4) -> list[Chain]:
    """Returns the chains that no scatter is likely to show, likeliest first; no place is in two.

    Args:
        links: what speaks for each link.
        odds_least: the weight a chain must have for each place there is: by Markov's inequality
            scatter shows one with a chance of 1 / ``odds_least`` at most.
        places_least: how many places make a row.
    """
    n, n_makes = len(links.places_m), len(links.makes.spacing_m)
    needed = np.log(odds_least * n)
    through = np.log(np.maximum(links.through, _TINY))
    best = through.argmax(axis=1)
    height = through[np.arange(len(best)), best] - np.log(n_makes)
    trace = _Trace(links)
    found = []
    for link in np.argsort(-height, kind="stable").tolist():
        if height[link] < needed:
            break
        if trace.free[links.start[link]] and trace.free[links.end[link]]:
            chain = trace.along(link, int(best[link]))
            if chain.log_weight >= needed and len(chain.places) >= places_least:
                trace.free[list(chain.places)] = False
                found.append(chain)
    return sorted(found, key=lambda each: -each.log_weight)


class _Trace:
    """Follows a link both ways, over places that are in no chain yet."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.free = np.ones(len(links.places_m), dtype=bool)
        self._rows = [(each.indptr, each.indices, each.data) for each in links.turns]

    def along(self, link: int, make: int) -> Chain:
        """Returns the likeliest chain through a link."""
        links = self.links
        used = {int(links.start[link]), int(links.end[link])}
        back = self._ahead(int(links.reverse[link]), make, used)
        on = self._ahead(link, make, used)
        steps = [int(links.reverse[each]) for each in reversed(back)] + [link, *on]
        places = (int(links.start[steps[0]]), *(int(links.end[each]) for each in steps))
        return Chain(places, make, self._log_weight(steps, make))

    def _ahead(self, link: int, make: int, used: set[int]) -> list[int]:
        links = self.links
        indptr, indices, data = self._rows[int(links.makes.kind[make])]
        out: list[int] = []
        while True:
            span = slice(indptr[link], indptr[link + 1])
            next_ = indices[span]
            weight = data[span] * links.step[next_, make] / links.scatter[links.end[next_]]
            weight = GOES_ON * weight * links.ahead[next_, make] * self.free[links.end[next_]]
            if used:
                weight[np.isin(links.end[next_], list(used))] = 0
            if not weight.size or weight.sum() <= 1 - GOES_ON:
                return out
            link = int(next_[weight.argmax()])
            used.add(int(links.end[link]))
            out.append(link)

    def _log_weight(self, steps: list[int], make: int) -> float:
        links = self.links
        at = np.array(steps)
        density = links.step[at, make] / links.scatter[links.end[at]]
        turns = links.turns[int(links.makes.kind[make])]
        turned = [max(float(turns[a, b]), _TINY) for a, b in pairwise(steps)]
        whole = np.log(np.maximum(density, _TINY)).sum() + np.log(turned).sum()
        whole += np.log(1 - GOES_ON) + (len(steps) - 1) * np.log(GOES_ON)
        return float(whole - np.log(2 * np.pi) - np.log(len(links.makes.spacing_m)))
