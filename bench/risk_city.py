"""B5 and B12: a contaminated city of known truth, made in two ways, and what the field makes of it.

The first city is made as the model assumes: foci of strikes, duds by focus, reports near duds. The
second is made otherwise on purpose: mine rows along lines, duds that hang on soil in stripes,
reports
that follow people and not ordnance, and a third of the ground never asked. Work goes where the map
says,
10 ha at a time, and the map learns from each result; detection is 0.92 in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from bench.score import auc
from bench.table import Table
from rafiqa.risk import (
    TRUST,
    VERIFIED,
    Counted,
    Matern,
    Noise,
    Prior,
    Readings,
    Said,
    centred,
    count_once,
    expit,
    fit,
    logit,
    mean_p,
    relevelled,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SIDE = 60
"""Cells of one third of a hectare: 3,600 cells are 1,200 ha; 1,200 of them (400 ha) are to be
worked."""
DETECTION = 0.92
CELLS_A_STEP = 90
HA_A_CELL = 1 / 9
HELD_SD = 0.05
LEVEL, LEVEL_SD = -3.0, 1.0
ELSEWHERE = range(100, 106)
"""Seeds of other towns: none of them is measured."""
MATERN = Matern(6.0, 1.8)


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """What is so, and what is told.

    Attributes:
        items: ``(n,)`` items in each cell.
        damage: ``(n,)`` damage seen from above, 0 to 1; nan where no image is.
        sayings: what people told.
    """

    items: Ints
    damage: Floats
    sayings: list[Said]


def _spread(shape: tuple[int, int], at: Floats, reach: float) -> Floats:
    rows, columns = np.indices(shape)
    out: Floats = np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / (2 * reach**2))
    return out


def _said(number: int, cell: int, against: bool = False) -> Said:
    speaks, kind = ("against", "contrary_use") if against else ("for", "report")
    origin = frozenset({f"person-{number}"})
    return Said(f"R{number}", f"e{number}", "resident", 0, kind, speaks, origin, int(cell))  # type: ignore[arg-type]


def as_assumed(seed: int) -> City:
    """Returns a city made as the model assumes."""
    draw = np.random.default_rng([1, seed])
    shape = (SIDE, SIDE)
    strikes, items = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for _ in range(10):
        mean = draw.gamma(2, 3) * _spread(shape, draw.uniform(0, SIDE, 2), draw.uniform(1.5, 4))
        fell = draw.poisson(mean)
        strikes += fell
        items += draw.binomial(fell, draw.beta(2, 8))
    items += draw.poisson(0.004, shape)
    damage = 1 - np.exp(-strikes / 4) + draw.normal(0, 0.1, shape)
    damage[_spread(shape, draw.uniform(0, SIDE, 2), 12) > 0.5] = np.nan
    told = draw.random(shape) < np.where(items > 0, 0.35, 0.03)
    cells = np.flatnonzero(told)
    sayings = [_said(at, cell) for at, cell in enumerate(cells.tolist())]
    return City(items.ravel().astype(np.int64), damage.ravel(), sayings)


def otherwise(seed: int) -> City:
    """Returns a city made on other assumptions than the model's."""
    draw = np.random.default_rng([2, seed])
    shape = (SIDE, SIDE)
    rows, columns = np.indices(shape)
    soil = 0.5 + 0.5 * np.sin(rows / 5 + draw.uniform(0, 6))
    items = draw.poisson(0.01, shape)
    for _ in range(6):
        # A row of mines: a line with gaps, dense where it is and nothing beside it.
        angle, at = draw.uniform(0, np.pi), draw.uniform(5, SIDE - 5, 2)
        off = (rows - at[0]) * np.cos(angle) + (columns - at[1]) * np.sin(angle)
        along = (rows - at[0]) * np.sin(angle) - (columns - at[1]) * np.cos(angle)
        on = (np.abs(off) < 0.7) & (np.abs(along) < draw.uniform(6, 14)) & (np.sin(along) > -0.6)
        items += on * draw.poisson(1.2, shape)
    shelled = 3 * _spread(shape, draw.uniform(0, SIDE, 2), 9)
    items += draw.binomial(draw.poisson(shelled), 0.35 * soil)
    damage = np.clip(shelled / 3 + draw.normal(0, 0.25, shape), 0, 1)
    people = _spread(shape, draw.uniform(10, SIDE - 10, 2), 14)
    told = draw.random(shape) < np.where(items > 0, 0.5, 0.12) * people
    cells = np.flatnonzero(told)
    sayings = [_said(at, cell) for at, cell in enumerate(cells.tolist())]
    use = np.flatnonzero((draw.random(shape) < 0.2 * people) & ~told)
    sayings += [_said(10_000 + at, cell, against=True) for at, cell in enumerate(use.tolist())]
    return City(items.ravel(), damage.ravel(), sayings)


# --- what is made of it


def _evidence(city: City) -> Floats:
    log_ratio = np.zeros(SIDE * SIDE)
    for each in count_once(city.sayings):
        log_ratio[each.said.cell] += each.log_ratio
    return log_ratio


@dataclass(frozen=True, slots=True)
class Level:
    """How the common level is held.

    Attributes:
        words_first: what works find is foretold from the words on their cells, so that a level
            learned where words had sent them takes no credit for the words.
        total_kept: of words nearly all speak for; they move odds from place to place, and the sum
            of all probabilities stays what it is without them.
        elsewhere: how much there is in other towns, all worked, is the level beforehand, and how
            much they differ its spread.
    """

    words_first: bool = True
    total_kept: bool = False
    elsewhere: bool = False

    @property
    def before(self) -> tuple[float, float]:
        """Mean and spread of the level before any result of the town."""
        return level_elsewhere() if self.elsewhere else (LEVEL, LEVEL_SD)


@cache
def level_elsewhere() -> tuple[float, float]:
    """Returns the level at which as much is expected as other towns held, and how they differ.

    Towns of both makes: whose assumptions hold where one stands is not known.
    """
    shares = np.array(
        [(make(seed).items > 0).mean() for make in CITIES.values() for seed in ELSEWHERE]
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    spread = float(np.hypot(MATERN.sd, 1.0)) * nodes

    def expected(level: float) -> float:
        return float((weights * expit(level + spread)).sum() / weights.sum())

    low, high = -12.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle) < shares.mean() else (low, middle)
    return low, float(logit(shares).std(ddof=1))


def _map(city: City, said: Floats, results: Floats, seed: int, how: Level) -> Floats:
    """Mean probability of what is known now; level and slope are learned from results alone."""
    seen = np.nan_to_num(city.damage - np.nanmean(city.damage)) / np.nanstd(city.damage)
    fixed = np.stack([np.ones(SIDE * SIDE), seen])
    level, level_sd = how.before
    mean, sd = np.array([level, 1.0]), np.array([level_sd, 0.5])
    if results.any():
        offset = np.where(results != 0, said, 0.0) if how.words_first else None
        prior = Prior(MATERN, (SIDE, SIDE), fixed, mean, sd, offset)
        at_mode = fit(prior, Readings(results), exact_to=1e-3)
        mean = centred(at_mode, Noise(seed), 16, 1e-3).fixed
    prior = Prior(MATERN, (SIDE, SIDE), fixed, mean, np.full(2, HELD_SD))
    told = np.where(results == 0, said, results + np.minimum(said, 2.0) * (results < 0))
    p = _fitted(prior, told, seed)
    if how.total_kept:
        open_ = results == 0
        without = _fitted(prior, results, seed)[open_].sum()
        p[open_] = relevelled(p[open_], float(without / p[open_].sum()))
    return p


def _fitted(prior: Prior, log_ratio: Floats, seed: int) -> Floats:
    at_mode = fit(prior, Readings(log_ratio), exact_to=1e-3)
    p = mean_p(centred(at_mode, Noise(seed), 16, 1e-3), 8, Noise(seed))
    return expit(np.log(p / (1 - p)) + np.where(np.abs(log_ratio) < VERIFIED, log_ratio, 0))


def work(city: City, policy: str, seed: int) -> tuple[Floats, list[tuple[float, bool]]]:
    """Returns the share of all finds made after each cell worked, and (foretold, so) of each."""
    draw = np.random.default_rng([3, seed])
    said, results = _evidence(city), np.zeros(SIDE * SIDE)
    left = np.ones(SIDE * SIDE, dtype=bool)
    found = 0
    shares: list[int] = []
    told: list[tuple[float, bool]] = []
    score = _scores(city, policy, seed)
    while left.any():
        if policy.startswith("adaptive") and shares:
            score = _map(city, said, results, seed, FIELDS[policy])
        at = np.flatnonzero(left)
        chosen = at[np.argsort(-score[at], kind="stable")[:CELLS_A_STEP]]
        for cell in chosen:
            hit = int(draw.binomial(city.items[cell], DETECTION))
            found += hit
            shares.append(found)
            told.append((float(score[cell]), bool(city.items[cell] > 0)))
            results[cell] = VERIFIED if hit else float(np.log(1 - DETECTION))
            left[cell] = False
    return np.array(shares) / max(found, 1), told


def _scores(city: City, policy: str, seed: int) -> Floats:
    noise = np.random.default_rng([4, seed]).random(SIDE * SIDE)
    if policy == "random":
        return noise
    if policy == "damage map":
        return np.nan_to_num(city.damage, nan=float(np.nanmean(city.damage))) + noise * 1e-6
    if policy == "oracle":
        return city.items + noise * 1e-6
    return before(city, seed, FIELDS[policy])


def before(city: City, seed: int, how: Level) -> Floats:
    """Returns what is foretold of every cell before any result of work."""
    return _map(city, _evidence(city), np.zeros(SIDE * SIDE), seed, how)


FIELDS = {
    "static field": Level(),
    "static, level of other towns": Level(total_kept=True, elsewhere=True),
    "adaptive field": Level(),
    "adaptive, level of other towns": Level(total_kept=True, elsewhere=True),
}
POLICIES = ("random", "damage map", *FIELDS, "oracle")
CITIES: dict[str, Callable[[int], City]] = {"as assumed": as_assumed, "otherwise": otherwise}


def measure(quick: bool) -> list[Table]:
    """Returns the tables of work in both cities, and of evidence misused."""
    seeds = range(1 if quick else 4)
    tables = []
    header = (
        *("policy", "ha to 50 %", "80 %", "95 %", "mean share", "AUC"),
        *("before, held/foretold", "chosen, found/foretold"),
    )
    for name, make in CITIES.items():
        notes = [
            f"Medians of {len(seeds)} cities of {SIDE * SIDE * HA_A_CELL:,.0f} ha, 10 ha a step.",
            "Hectares until a share of all finds is made; mean share over the work. Cells that",
            "hold any over the sum foretold: of the whole town before any result, and of each cell",
            "as it was foretold when it was chosen. `level of other towns`: how much there is",
            "beforehand is what twelve towns held that are not measured; words move odds from",
            "place to place and leave the sum.",
        ]
        rows = [_row(policy, make, seeds) for policy in POLICIES]
        tables.append(Table(f"B5: a city made {name}", notes, header, rows))
    return [*tables, misused()]


def _row(policy: str, make: Callable[[int], City], seeds: range) -> tuple[str, ...]:
    hectares, means, areas, whole, ratios = [], [], [], [], []
    for seed in seeds:
        city = make(seed)
        shares, told = work(city, policy, seed)
        hectares.append([_hectares(shares, share) for share in (0.5, 0.8, 0.95)])
        means.append(float(shares.mean()))
        score = _scores(city, policy, seed)
        areas.append(auc((city.items > 0).astype(float), score))
        if policy in FIELDS:
            whole.append(float((city.items > 0).sum() / score.sum()))
            ratios.append(sum(so for _, so in told) / sum(p for p, _ in told))
    to = np.median(hectares, axis=0)
    level = [f"{np.median(each):.2f}" if each else "–" for each in (whole, ratios)]
    told_ha = [f"{each:.0f}" for each in to]
    return (policy, *told_ha, f"{np.mean(means):.3f}", f"{np.mean(areas):.3f}", *level)


def _hectares(shares: Floats, share: float) -> float:
    reached = np.flatnonzero(shares >= share)
    return float((reached[0] + 1) * HA_A_CELL) if reached.size else float("inf")


# --- B12


def misused() -> Table:
    """Returns the table of evidence misused: copies, contradiction, flood, silence."""
    city = as_assumed(0)
    plain = _evidence(city)
    rows = list(_misuses(city, plain))
    notes = ["The largest change of any cell's log-odds of evidence by each misuse."]
    header = ("misuse", "sayings added", "change", "passes")
    return Table("B12: evidence misused", notes, header, rows)


def _misuses(city: City, plain: Floats) -> Iterator[tuple[str, ...]]:
    def changed(more: list[Said]) -> float:
        both = City(city.items, city.damage, [*city.sayings, *more])
        return float(np.abs(_evidence(both) - plain).max())

    first = city.sayings[0]
    copies = [_copy(first, at, first.origins) for at in range(10_000)]
    by = changed(copies)
    yield "10,000 copies of one report", "10,000", f"{by:.3f}", _passed(by == 0)
    one = TRUST["report"].log_ratio("for")
    flood = [_copy(first, at, frozenset({"residents"})) for at in range(10_000)]
    by = changed(flood)
    yield "a flood from one origin", "10,000", f"{by:.3f}", _passed(by <= one + 1e-9)
    against = [_said(90_000 + at, first.cell, against=True) for at in range(10_000)]
    by = float(count_floor(against))
    yield "10,000 that speak against", "10,000", f"{by:.3f}", _passed(by >= -3 - 1e-9)
    yield "nobody asked", "0", "0.000", _passed(changed([]) == 0)


def count_floor(sayings: list[Said]) -> float:
    """Returns what all that speaks against is worth together."""
    counted: list[Counted] = count_once(sayings)
    return sum(each.log_ratio for each in counted)


def _copy(said: Said, number: int, origins: frozenset[str]) -> Said:
    return Said(f"C{number}", f"c{number}", said.who, 0, said.kind, said.speaks, origins, said.cell)


def _passed(holds: bool) -> str:
    return "yes" if holds else "NO"
