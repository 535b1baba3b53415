"""B10: plans that meet what is not known, in invented towns: realised cost, not planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from bench.plantown import lattice, problem
from bench.table import Table
from rafiqa.plan.order import harm_first, path_greedy
from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.priority import ordered
from rafiqa.plan.problem import Kept, Problem
from rafiqa.plan.schedule import Schedule, carry_out
from rafiqa.plan.search import improved
from rafiqa.plan.terrain import Terrain
from rafiqa.recovery.roadnet import RoadNetwork

CITIES, QUICK_CITIES = 200, 1
PROCESSES = 2
"""Towns share nothing: they are worked on side by side, and listed by their seeds."""
_TRIALS = 200
_NOTES = (
    "Invented towns: 20 sites, 3 teams, each town with draws of its own; harm and people cut off",
    "weigh alike at first. Work takes 0.7 to 1.8 times as long as planned, all of it 0.9 to 1.3",
    "times; the harm of each of five quarters is off by a factor (log-normal, s = 1) that is known",
    "once the first of its sites is done. Realised cost, not planned. `once`: each team keeps to",
    "the tasks of the first plan. `harm first`: free teams take the site with the most harm.",
    "`anew`: planned again whenever anything has ended; who is at work stays. Interval: 95 %,",
    "bootstrap over towns of the ratio of sums, paired.",
)
_HEADER = ("plan", "towns", "mean cost", "worst tenth", "÷ once", "95 %", "worst tenth ÷ once")


def measure(quick: bool) -> list[Table]:
    """Returns the table of plans in towns that turn out otherwise."""
    seeds = range(QUICK_CITIES if quick else CITIES)
    if quick:
        costs = [_costs(seed) for seed in seeds]
    else:
        with ProcessPoolExecutor(PROCESSES) as pool:
            costs = list(pool.map(_costs, seeds, chunksize=5))
    return [Table("Plans that meet what is not known", _NOTES, _HEADER, list(_rows(costs)))]


@cache
def _streets() -> RoadNetwork:
    return lattice(7)


def _costs(seed: int) -> dict[str, float]:
    """Returns what one town costs by each way of planning."""
    city = _City.drawn(problem(_streets(), 20, 3, 1_000 + seed, n_homes=60), seed)
    return {"once": city.once(), "harm first": city.harm_first(), "anew": city.anew()}


def _rows(costs: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, ...]]:
    n_cities = len(costs)
    once = np.array([each["once"] for each in costs])
    tenth = max(1, n_cities // 10)
    picks = np.random.default_rng(0).integers(n_cities, size=(1_000, n_cities))
    for name in costs[0]:
        mine = np.array([each[name] for each in costs])
        ratios = np.sort(mine[picks].sum(axis=1) / once[picks].sum(axis=1))
        worst, worst_once = (np.sort(each)[-tenth:].mean() for each in (mine, once))
        yield (
            name,
            f"{n_cities}",
            f"{mine.mean():,.0f}",
            f"{worst:,.0f}",
            f"{mine.mean() / once.mean():.3f}",
            f"{ratios[24]:.3f} … {ratios[-25]:.3f}",
            f"{worst / worst_once:.3f}",
        )


@dataclass(frozen=True)
class _City:
    """A town as it is believed to be, and as it turns out.

    Attributes:
        believed: with the durations and rates that are planned with.
        stretch: by what each site takes longer.
        group: of which quarter each site is.
        rates: what each site is worth a day in truth.
    """

    believed: Problem
    stretch: tuple[float, ...]
    group: tuple[int, ...]
    rates: tuple[float, ...]

    @classmethod
    def drawn(cls, town: Problem, seed: int) -> _City:
        """Returns what a town turns out to be, from a seed."""
        rng = np.random.default_rng([seed, 7])
        n_sites = len(town.sites)
        # Harm and people cut off weigh alike at first: with either alone there is less to learn.
        share = town.terrain.start.lacking / sum(town.rate)
        town = town.with_(rate=[rate * share for rate in town.rate])
        own = rng.triangular(0.7, 1.0, 1.8, n_sites) * rng.triangular(0.9, 1.0, 1.3)
        group = rng.integers(5, size=n_sites)
        off = rng.lognormal(0, 1, 5)
        rates = np.array(town.rate) * off[group]
        return cls(town, tuple(own.tolist()), tuple(group.tolist()), tuple(rates.tolist()))

    @property
    def true(self) -> Problem:
        """The town as it turns out."""
        return self.believed.with_(stretch=self.stretch, rate=self.rates)

    def once(self) -> float:
        """Returns what the first plan costs where each team keeps to it."""
        plan = carry_out(self.believed, _planned(self.believed, _TRIALS))
        return _spent(self.true.with_(kept=self._kept(plan)), self.rates)

    def harm_first(self) -> float:
        """Returns what it costs where free teams take the most harm."""
        return _cost(self.true, harm_first(self.believed))

    def _kept(self, plan: Schedule) -> list[Kept]:
        return [
            Kept(
                self.believed.sites[task.site].area_id,
                self.believed.teams[task.team].team_id,
                task.start_day,
            )
            for task in plan.tasks
        ]

    def anew(self) -> float:
        """Returns what it costs to plan again whenever anything has ended."""
        done: dict[int, int] = {}
        running: dict[int, tuple[int, int, int]] = {}
        truth = self.true
        day, cost = 0, 0.0
        growth = truth.terrain.start.copy()
        order = _planned(self.believed, _TRIALS)
        while True:
            seen = self._seen(day, done, running)
            # From the plan so far or from a fresh one, whichever is better as things now stand.
            starts = [order, path_greedy(seen)]
            start = max(starts, key=lambda each: carry_out(seen, each).value)
            order = improved(seen, start, np.random.default_rng(1), _TRIALS)
            for task in carry_out(seen, order).tasks:
                if task.start_day == 0 and task.site not in running:
                    n_days = truth.n_task_days[task.team][task.site]
                    running[task.site] = (task.team, day, day + n_days)
            if not running:
                return cost
            day = min(end for _, _, end in running.values())
            for site in sorted(site for site, (_, _, end) in running.items() if end == day):
                del running[site]
                done[site] = day
                cost += (self.rates[site] + growth.release(site)) * day

    def _seen(
        self, day: int, done: Mapping[int, int], running: Mapping[int, tuple[int, int, int]]
    ) -> Problem:
        """Returns the town as known on a day: what is done, who is at work, what was found."""
        town = self.believed
        known = {self.group[site] for site in done}
        rate = [
            0.0 if site in done else self.rates[site] if self.group[site] in known else believed
            for site, believed in enumerate(town.rate)
        ]
        pins = {town.sites[site].area_id: Pin(town.sites[site].area_id, "done", exclude=True)
                for site in done}  # fmt: skip
        kept = []
        for site, (team, begun, _) in running.items():
            left = max(1, town.n_task_days[team][site] - (day - begun))
            pace = town.teams[team].m2_per_day
            kept.append(Kept(town.sites[site].area_id, town.teams[team].team_id, 0, left * pace))
        terrain = _after(town.terrain, done)
        return replace(town, rate=rate, pins=pins, kept=kept, terrain=terrain)


def _after(terrain: Terrain, done: Mapping[int, int]) -> Terrain:
    """Returns the terrain once some sites are done."""
    waits = tuple(
        tuple(tuple(site for site in one if site not in done) for one in sets)
        for sets in terrain.waits
    )
    return replace(terrain, waits=waits)


def _spent(town: Problem, rates: Sequence[float]) -> float:
    tasks = carry_out(town, range(len(town.sites))).tasks
    return sum((rates[task.site] + task.relieved) * task.end_day for task in tasks)


def _planned(town: Problem, n_trials: int) -> list[int]:
    return ordered(town.with_(policy=PlanPolicy(n_trials=n_trials)))


def _cost(town: Problem, order: Sequence[int]) -> float:
    tasks = carry_out(town, order).tasks
    return sum((town.rate[task.site] + task.relieved) * task.end_day for task in tasks)
