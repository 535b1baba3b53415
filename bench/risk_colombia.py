"""B4: where events of the next three years lie, foretold from those known by a year.

Everything is fitted one window earlier and nothing later than the year is looked at: features of
the
year 2007 from events until 2007; weights from the windows that end in 2004 and 2007; the level from
how the window before was off, of which the root is taken (drift is held to slow down). That last
did
worse than leaving the level alone where it was tried, and is shown for that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.score import auc, average_precision, bootstrap, caught
from bench.table import Table
from rafiqa.risk import Matern, Prior, Readings, fit, relevelled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "colombia-mines"
T, WINDOW = 2007, 3
KINDS = (1, 2, 4, 6, 8)
ACCIDENTS = (1, 2)
BANDWIDTHS_KM = (1, 2, 4, 8, 16, 32)
RECENT_YEARS = (1, 3)
REACH_KM = 25
COARSE = 4
"""The Cox field stands on cells of 4 km: what is finer, kernels tell."""
FIELD_RANGE_KM, FIELD_SD = 24.0, 1.5
RIDGE, STEPS = 1.0, 12
BOOTSTRAP_KM = 50
SEED = 11


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events on a grid of 1 km: cell, year, kind."""

    shape: tuple[int, int]
    cell: Ints
    year: Ints
    kind: Ints

    def grid(self, chosen: npt.NDArray[np.bool_]) -> Floats:
        """Returns how many of the chosen events lie in each cell."""
        n = self.shape[0] * self.shape[1]
        return np.bincount(self.cell[chosen], minlength=n).reshape(self.shape).astype(float)


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
    """The cells asked about in one year: their numbers, features, and what came to be."""

    cells: Ints
    features: Floats
    y: Floats
    hit_before: npt.NDArray[np.bool_]
    distance_km: Floats


def window(year: int, *, rich: bool) -> Window:
    """Returns the cells within reach of an event known in a year.

    ``rich`` adds kernels of recent years and the Cox field to six kernels, recency and accidents.
    """
    from scipy import ndimage

    found = events()
    known = found.year <= year
    whole = found.grid(known)
    distance = ndimage.distance_transform_edt(whole == 0)
    cells = np.flatnonzero(distance.ravel() <= REACH_KM)
    layers = [_kernel(whole, each) for each in BANDWIDTHS_KM]
    layers.append(_kernel(found.grid(known & (found.year > year - 3)), 8))
    layers.append(_kernel(found.grid(known & np.isin(found.kind, ACCIDENTS)), 8))
    if rich:
        for years in RECENT_YEARS:
            recent = found.grid(known & (found.year > year - years))
            layers += [_kernel(recent, each) for each in (1, 2, 4, 16)]
        layers.append(_cox(found.grid(known & (found.year > year - 6))))
    features = np.stack([each.ravel()[cells] for each in layers], axis=1)
    later = found.grid((found.year > year) & (found.year <= year + WINDOW))
    y = (later.ravel()[cells] > 0).astype(float)
    return Window(cells, features, y, whole.ravel()[cells] > 0, distance.ravel()[cells])


def _kernel(counts: Floats, bandwidth_km: float) -> Floats:
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(counts, bandwidth_km, mode="constant", truncate=4)
    # In events per 100 km² and a floor far below one: log of nothing is not wanted.
    out: Floats = np.log(100 * smooth + 0.01)
    return out


def _cox(counts: Floats) -> Floats:
    """The log-rate of a log-Gaussian Cox field on coarse cells, laid back on the fine ones."""
    ny, nx = (-(-each // COARSE) for each in counts.shape)
    padded = np.zeros((ny * COARSE, nx * COARSE))
    padded[: counts.shape[0], : counts.shape[1]] = counts
    coarse = padded.reshape(ny, COARSE, nx, COARSE).sum(axis=(1, 3)).ravel()
    level = float(np.log(coarse.mean()))
    prior = Prior.flat(Matern(FIELD_RANGE_KM / COARSE, FIELD_SD), (ny, nx), level)
    found = fit(prior, Readings(np.zeros(prior.n), coarse, np.ones(prior.n)), exact_to=1e-3)
    fine = np.repeat(np.repeat(found.eta.reshape(ny, nx), COARSE, 0), COARSE, 1)
    return fine[: counts.shape[0], : counts.shape[1]]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A logistic line over standardised features."""

    mean: Floats
    sd: Floats
    weights: Floats

    def p(self, features: Floats) -> Floats:
        """Returns probabilities."""
        x = (features - self.mean) / self.sd
        out: Floats = 1 / (1 + np.exp(-(self.weights[0] + x @ self.weights[1:])))
        return out


def line(windows: list[Window]) -> Line:
    """Returns the line fitted to some windows by Newton steps, with a ridge on slopes."""
    features = np.concatenate([each.features for each in windows])
    y = np.concatenate([each.y for each in windows])
    mean, sd = features.mean(axis=0), features.std(axis=0)
    x = np.concatenate([np.ones((len(y), 1)), (features - mean) / sd], axis=1)
    weights = np.zeros(x.shape[1])
    weights[0] = np.log(y.mean() / (1 - y.mean()))
    ridge = np.full(x.shape[1], RIDGE)
    ridge[0] = 0
    height = _height(x, y, weights, ridge)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        bend = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        move = np.linalg.solve(bend, x.T @ (y - p) - ridge * weights)
        while (then := _height(x, y, weights + move, ridge)) < height and np.abs(move).max() > 1e-9:
            move = move / 2
        weights, height = weights + move, then
    return Line(mean, sd, weights)


def _height(x: Floats, y: Floats, weights: Floats, ridge: Floats) -> float:
    eta = x @ weights
    return float((y * eta - np.logaddexp(0, eta)).sum() - (ridge * weights**2).sum() / 2)


def drift(before: Window, after: Window) -> float:
    """Returns the root of how far the window before was off: found over foretold."""
    foretold = float(line([before]).p(after.features).sum())
    return float(np.sqrt(after.y.sum() / foretold))


def foretold(year: int, *, rich: bool) -> tuple[Window, dict[str, Floats]]:
    """Returns the window of a year and what is foretold of it, plain and with the level moved."""
    now, last, before = (
        window(each, rich=rich) for each in (year, year - WINDOW, year - 2 * WINDOW)
    )
    # The newest window alone where it must carry the level; both where ranks are learned.
    plain = line([last]).p(now.features)
    both = line([before, last] if rich else [last]).p(now.features)
    level = relevelled(both, float(plain.sum() / both.sum()) * drift(before, last))
    return now, {"plain": plain, "moved": level}


def measure(quick: bool) -> list[Table]:
    """Returns the table of one prospective test."""
    year = T - WINDOW if quick else T
    now, plain = foretold(year, rich=False)
    _, rich = foretold(year, rich=True)
    model = {
        "distance to nearest": 1 / (1 + now.distance_km),
        "six kernels, recency, accidents": plain["plain"],
        "same, level moved": plain["moved"],
        "kernels of recent years and Cox field": rich["plain"],
        "same, two windows, level moved": rich["moved"],
    }
    notes = [
        f"Known by {year}, foretold {year + 1}–{year + WINDOW}: {int(now.y.sum()):,} positive of",
        f"{len(now.y):,} cells within {REACH_KM} km of an event. cN: share of positives in the N %",
        "of area with the highest figures. Differences with 95 % intervals over 50 km blocks.",
    ]
    header = ("model", "AUC", "AP", "c1", "c5", "c10", "c20", "Σp/Σy", "c5 less kernels'")
    rows = list(_rows(now, model))
    never = Window(
        now.cells[~now.hit_before],
        now.features[~now.hit_before],
        now.y[~now.hit_before],
        now.hit_before[~now.hit_before],
        now.distance_km[~now.hit_before],
    )
    rare = list(_rows(never, {name: p[~now.hit_before] for name, p in model.items()}))
    return [
        Table("B4: the next three years", notes, header, rows),
        Table("B4: cells never hit before", [], header, rare),
    ]


def _rows(now: Window, model: dict[str, Floats]) -> Iterator[tuple[str, ...]]:
    nx = events().shape[1]
    block = now.cells // nx // BOOTSTRAP_KM * 1000 + now.cells % nx // BOOTSTRAP_KM
    base = model["six kernels, recency, accidents"]
    for name, p in model.items():
        less = bootstrap(lambda y, q: caught(y, q, 0.05), now.y, p, base, block, SEED, 40)
        yield (
            name,
            f"{auc(now.y, p):.3f}",
            f"{average_precision(now.y, p):.3f}",
            *(f"{caught(now.y, p, share):.3f}" for share in (0.01, 0.05, 0.1, 0.2)),
            "–" if name.startswith("distance") else f"{p.sum() / now.y.sum():.2f}",
            "–" if p is base else "{:+.3f} ({:+.3f} … {:+.3f})".format(*less),
        )
