"""B4: where events of the next three years lie, foretold from those known by a year.

Nothing later than the year is looked at: features from events known by then, weights from the
window that ends there. How many lines there are, and whether their signs are held (what is known
near by may not speak against), is chosen by how the two windows before were foretold. The level is
moved by how much was found in all windows before against what was foretold of them: their geometric
mean, drawn to 1 by two windows' worth. (The last window's drift alone did worse than none: drift
turns round.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.score import auc, average_precision, bootstrap, caught
from bench.table import Table
from rafiqa.risk import relevelled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "colombia-mines"
T, WINDOW = 2007, 3
KINDS = (1, 2, 4, 6, 8)
ACCIDENTS = (1, 2)
BANDWIDTHS_KM = (1, 2, 4, 8, 16, 32)
HALF_LIVES = (2, 5)
REACH_KM = 25
FIRST = 1998
"""The first year from which a window is foretold: before, fewer than 200 cells were hit."""
RIDGE, STEPS = 10.0, 25
NEAR_KM = 4
THINNED = 5
HELD_WINDOWS = 2
BOOTSTRAP_KM = 50
SEED = 11


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events on a grid of 1 km: cell, year, kind."""

    shape: tuple[int, int]
    cell: Ints
    year: Ints
    kind: Ints

    def grid(self, chosen: npt.NDArray[np.bool_], weight: Floats | None = None) -> Floats:
        """Returns how many of the chosen events lie in each cell, each with its weight."""
        n = self.shape[0] * self.shape[1]
        weights = None if weight is None else weight[chosen]
        return np.bincount(self.cell[chosen], weights, n).reshape(self.shape).astype(float)


@cache
def events() -> Events:
    """Returns the register's events in the country, of the kinds that tell of ordnance."""
    found = [
        (int(feature["properties"]["AÑO"]), int(feature["properties"]["TIPO_EVENTO"]), *place[:2])
        for path in sorted(DATA.glob("*.json"))
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
        if (place := feature["geometry"]["coordinates"])
    ]
    year, kind, lon, lat = np.array(found).T
    kept = np.isin(kind, KINDS) & (lon > -82) & (lon < -66) & (lat > -5) & (lat < 14)
    x = (lon[kept] + 79.2) * 111.32 * np.cos(np.radians(4.5))
    y = (lat[kept] + 4.4) * 110.57
    shape = (int(y.max()) + 30, int(x.max()) + 30)
    cell = y.astype(np.int64) * shape[1] + x.astype(np.int64)
    return Events(shape, cell, year[kept].astype(np.int64), kind[kept].astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The cells asked about in one year, and what came to be.

    Attributes:
        cells: their numbers.
        smooth: ``(n, k)`` events per km² as each kernel of ``KERNELS`` sees them.
        y: whether an event came in the next years.
        hit_before: whether one was known.
        distance_km: to the nearest known.
    """

    cells: Ints
    smooth: Floats
    y: Floats
    hit_before: npt.NDArray[np.bool_]
    distance_km: Floats

    def only(self, at: Ints) -> Window:
        """Returns some of the cells."""
        return Window(
            self.cells[at], self.smooth[at], self.y[at], self.hit_before[at], self.distance_km[at]
        )


KERNELS = (
    *((width, "all") for width in BANDWIDTHS_KM),
    (8, "recent"),
    (8, "accidents"),
    *((width, f"half of {years}") for years in HALF_LIVES for width in (4, 16)),
)
"""Width in km, and which events: all, of the last three years, accidents, or worn by age."""
PLAIN = tuple(range(8))
AGED = (*range(6), *range(7, 12))


@cache
def window(year: int) -> Window:
    """Returns the cells within reach of an event known in a year."""
    from scipy import ndimage

    found = events()
    known = found.year <= year
    whole = found.grid(known)
    distance = ndimage.distance_transform_edt(whole == 0)
    cells = np.flatnonzero(distance.ravel() <= REACH_KM)
    age = np.where(known, year - found.year, 0)
    of = {
        "all": whole,
        "recent": found.grid(known & (found.year > year - 3)),
        "accidents": found.grid(known & np.isin(found.kind, ACCIDENTS)),
        **{
            f"half of {years}": found.grid(known, np.power(0.5, age / years))
            for years in HALF_LIVES
        },
    }
    smooth = np.stack(
        [
            ndimage.gaussian_filter(of[which], width, mode="constant", truncate=4).ravel()[cells]
            for width, which in KERNELS
        ],
        axis=1,
    )
    later = found.grid((found.year > year) & (found.year <= year + WINDOW))
    y = (later.ravel()[cells] > 0).astype(float)
    return Window(cells, smooth, y, whole.ravel()[cells] > 0, distance.ravel()[cells])


# --- features


def plain_features(found: Window) -> Floats:
    """Returns logarithms of densities: what the published line is understood to be made of."""
    return _dense(found, PLAIN)


def dense_features(found: Window) -> Floats:
    """Returns logarithms of densities, events worn by age, and distance."""
    return np.column_stack([_dense(found, AGED), _distance(found)])


def summed_features(found: Window) -> Floats:
    """Returns logarithms of one and the kernels' sums: of few events around hardly a change."""
    widths = np.array([KERNELS[at][0] for at in AGED], dtype=float)
    summed = np.log1p(2 * np.pi * widths**2 * found.smooth[:, AGED])
    return np.column_stack([summed, _distance(found)])


def _dense(found: Window, which: tuple[int, ...]) -> Floats:
    # In events per 100 km² and a floor far below one: log of nothing is not wanted.
    out: Floats = np.log(100 * found.smooth[:, which] + 0.01)
    return out


def _distance(found: Window) -> Floats:
    return np.stack([np.log1p(found.distance_km), found.distance_km], axis=1)


# --- lines


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A logistic line over standardised features."""

    mean: Floats
    sd: Floats
    weights: Floats

    def log_odds(self, features: Floats) -> Floats:
        """Returns log-odds."""
        out: Floats = self.weights[0] + ((features - self.mean) / self.sd) @ self.weights[1:]
        return out


def line(features: Floats, y: Floats, count: Floats, held: float = RIDGE) -> Line:
    """Returns the line fitted by Newton steps, with a ridge on slopes.

    Args:
        features: ``(n, k)``.
        y: ``(n,)`` 0 or 1.
        count: ``(n,)`` how many cells each stands for.
        held: the ridge.
    """
    mean, sd, x, weights, ridge = _begun(features, y, count, held)
    height = _height(x, y, count, weights, ridge)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        bend = (x * (count * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        move = np.linalg.solve(bend, x.T @ (count * (y - p)) - ridge * weights)
        while (then := _height(x, y, count, weights + move, ridge)) < height and np.abs(
            move
        ).max() > 1e-9:
            move = move / 2
        gain = then - height
        weights, height = weights + move, then
        if gain < 1e-7 * abs(height):
            break
    return Line(mean, sd, weights)


def held_line(features: Floats, y: Floats, count: Floats, held: float = RIDGE) -> Line:
    """Returns the same with signs held: what is known near by may not speak against.

    Of kernels no slope is below 0, of distance (the last two features) none above.
    """
    from scipy.optimize import minimize

    mean, sd, x, weights, ridge = _begun(features, y, count, held)

    def depth(at: Floats) -> tuple[float, Floats]:
        uphill = x.T @ (count * (y - 1 / (1 + np.exp(-x @ at)))) - ridge * at
        return -_height(x, y, count, at, ridge), -uphill

    bounds = [(None, None), *[(0, None)] * (x.shape[1] - 3), *[(None, 0)] * 2]
    found = minimize(depth, weights, jac=True, method="L-BFGS-B", bounds=bounds)
    return Line(mean, sd, found.x)


def _begun(
    features: Floats, y: Floats, count: Floats, held: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Mean and spread of features, the standardised design, first weights, and the ridge."""
    mean = np.average(features, axis=0, weights=count)
    sd = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=count)) + 1e-12
    x = np.concatenate([np.ones((len(y), 1)), (features - mean) / sd], axis=1)
    share = float(np.average(y, weights=count))
    weights, ridge = np.zeros(x.shape[1]), np.full(x.shape[1], held)
    weights[0], ridge[0] = np.log(share / (1 - share)), 0
    return mean, sd, x, weights, ridge


def _height(x: Floats, y: Floats, count: Floats, weights: Floats, ridge: Floats) -> float:
    eta = x @ weights
    fits = (count * (y * eta - np.logaddexp(0, eta))).sum()
    return float(fits - (ridge * weights**2).sum() / 2)


def plain(year: int) -> Floats:
    """Returns what one line over six kernels, recency and accidents foretells."""
    last = window(year - WINDOW)
    fitted = line(plain_features(last), last.y, np.ones(len(last.y)), 1.0)
    out: Floats = 1 / (1 + np.exp(-fitted.log_odds(plain_features(window(year)))))
    return out


# --- lines for several kinds of cells


def by_hit(found: Window) -> Ints:
    """Returns 0 for cells that were hit before, 1 for the others."""
    return np.where(found.hit_before, 0, 1)


def by_distance(found: Window) -> Ints:
    """Returns 0 for cells that were hit before, 1 for those near one, 2 for the others."""
    return np.where(found.hit_before, 0, np.where(found.distance_km <= NEAR_KM, 1, 2))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to foretell: what cells are looked at by, which share a line, whether signs are held.

    Attributes:
        features: of a window.
        groups: the number of each cell's line.
        signs_held: whether events near by may only raise, and distance only lower.
    """

    features: Callable[[Window], Floats]
    groups: Callable[[Window], Ints]
    signs_held: bool


@cache
def log_odds(way: Way, year: int) -> Floats:
    """Returns what one way foretells of the cells asked about in a year."""
    last, now = window(year - WINDOW), window(year)
    rows, weight = _thinned(last, year)
    then, here = way.groups(last)[rows], way.groups(now)
    eta = np.zeros(len(now.y))
    for group in np.unique(here):
        used, asked = rows[then == group], np.flatnonzero(here == group)
        x = way.features(last.only(used))
        fitted = (held_line if way.signs_held else line)(x, last.y[used], weight[then == group])
        eta[asked] = fitted.log_odds(way.features(now.only(asked)))
    return eta


def _thinned(last: Window, year: int) -> tuple[Ints, Floats]:
    """The cells a line is fitted to: of those where nothing was nor came, one in five for five."""
    told = (last.y > 0) | last.hit_before
    drawn = np.random.default_rng([SEED, year]).random(len(last.y)) < 1 / THINNED
    rows = np.flatnonzero(told | drawn)
    return rows, np.where(told[rows], 1.0, float(THINNED))


def mean_of(ways: Sequence[Way]) -> Foretelling:
    """Returns what foretells by the mean of the log-odds of some ways."""

    def foretelling(year: int) -> Floats:
        eta = np.mean([log_odds(way, year) for way in ways], axis=0)
        out: Floats = 1 / (1 + np.exp(-eta))
        return out

    return foretelling


Foretelling = Callable[[int], Floats]
SCALES = (dense_features, summed_features)
FREE = tuple(Way(features, by_hit, signs_held=False) for features in SCALES)
HELD = tuple(Way(features, by_hit, signs_held=True) for features in SCALES)
NEARER = tuple(
    Way(features, by_distance, signs_held=held) for features in SCALES for held in (False, True)
)
ASKED: dict[str, Foretelling] = {
    "two lines, signs free": mean_of(FREE),
    "two lines, signs held": mean_of(HELD),
    "two and three lines, signs free and held": mean_of([*FREE, *HELD, *NEARER]),
}


def chosen(year: int) -> str:
    """Returns which of those asked foretold the two windows before a year best: c5 and c20."""

    def worth(name: str) -> float:
        scores = [
            caught(window(then).y, ASKED[name](then), share)
            for then in (year - 2 * WINDOW, year - WINDOW)
            for share in (0.05, 0.2)
        ]
        return float(np.mean(scores))

    return max(ASKED, key=worth)


def level(foretelling: Foretelling, year: int) -> float:
    """Returns by what the level is moved: found over foretold of all windows before, shrunk."""
    off = [
        np.log(window(then).y.sum() / foretelling(then).sum())
        for then in range(year - WINDOW, FIRST - 1, -WINDOW)
    ]
    return float(np.exp(np.sum(off) / (len(off) + HELD_WINDOWS)))


def measure(quick: bool) -> list[Table]:
    """Returns the tables of one prospective test."""
    year = T - WINDOW if quick else T
    now, name = window(year), chosen(year)
    p = ASKED[name](year)
    factor = level(ASKED[name], year)
    model = {
        "distance to nearest": 1 / (1 + now.distance_km),
        BASE: plain(year),
        CHOSEN: p,
        "same, level moved": relevelled(p, factor),
    }
    notes = [
        f"Known by {year}, foretold {year + 1}–{year + WINDOW}: {int(now.y.sum()):,} positive of",
        f"{len(now.y):,} cells within {REACH_KM} km of an event. cN: share of positives in the N %",
        "of area with the highest figures. Published for 2008–10: AUC .820, c5 .346, c10 .497, c20",
        ".672, Σp/Σy .83; never hit .800, .280, .431, .627, .68. Lines of their own for cells hit",
        "before and not, or hit, near and far; means over both scales of kernels. Chosen by",
        f"earlier windows: {name}; level × {factor:.2f}. Differences with 95 % intervals over 50",
        "km blocks.",
    ]
    header = (
        "model",
        "AUC",
        "AP",
        "c1",
        "c5",
        "c10",
        "c20",
        "Σp/Σy",
        "c5 less kernels'",
        "c20 less",
    )
    rows = list(_rows(now, model))
    new = ~now.hit_before
    never = now.only(np.flatnonzero(new))
    rare = list(_rows(never, {name: each[new] for name, each in model.items()}))
    return [
        Table("B4: the next three years", notes, header, rows),
        Table("B4: cells never hit before", [], header, rare),
    ]


BASE = "six kernels, recency, accidents"
CHOSEN = "kernels worn by age and distance, lines for kinds of cells"


def _rows(now: Window, model: dict[str, Floats]) -> Iterator[tuple[str, ...]]:
    nx = events().shape[1]
    block = now.cells // nx // BOOTSTRAP_KM * 1000 + now.cells % nx // BOOTSTRAP_KM
    base = model[BASE]
    for name, p in model.items():
        less = [
            bootstrap(partial(caught, share=share), now.y, p, base, block, SEED, 40)
            for share in (0.05, 0.2)
        ]
        yield (
            name,
            f"{auc(now.y, p):.3f}",
            f"{average_precision(now.y, p):.3f}",
            *(f"{caught(now.y, p, share):.3f}" for share in (0.01, 0.05, 0.1, 0.2)),
            "–" if name.startswith("distance") else f"{p.sum() / now.y.sum():.2f}",
            *("–" if p is base else "{:+.3f} ({:+.3f} … {:+.3f})".format(*each) for each in less),
        )
