"""What to do first: orders of a few to two hundred sites, and plans that meet what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.plantown import EXTRACT, lattice, problem, real_network
from bench.table import Table
from bench.timing import one
from rafiqa.plan.bound import proved_bound
from rafiqa.plan.order import first_in, harm_first, harm_per_day, marginal, path_greedy
from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.priority import ordered
from rafiqa.plan.problem import Kept, Problem
from rafiqa.plan.schedule import Schedule, carry_out
from rafiqa.plan.search import improved
from rafiqa.plan.terrain import Terrain

CASES = ((20, 3), (60, 4), (200, 8))
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)
CITIES, QUICK_CITIES = 200, 1
_LONG = 10
_RANDOM = 10
_LIVE_TRIALS = 200
_PERIODS = {20: 40, 60: 30, 200: 16}
_NOTES = (
    "Hazards from fixed seeds on the streets of Neubrandenburg; half the teams able to do all, a",
    "third of the sites in need of them. Cost: weighed person-days cut off and harm until each",
    "site is done, without what no order can spare. Peers, as ratios to the best known: random",
    "orders (the mean of ten), first in first out, harm first, harm per team-day (Smith's rule),",
    "and the best next gain. `+ search` is what `rafiqa plan` does; best known: three runs of ten",
    "times the search. Bound: the lowest cost proved possible, as a share of the best known.",
    "Goal: ≤ 1.00 of the best known (within 1 %) in ≤ 2 s at 200 sites; a bound above nothing.",
)
_HEADER = (
    *("sites, teams, seed", "vertices", "random", "first in", "harm first", "harm per day"),
    *("next gain", "path greedy", "+ search", "s", "best known", "bound", "s"),
)
_LIVE_NOTES = (
    "Invented towns: 20 sites, 3 teams, each town with draws of its own; harm and people cut off",
    "weigh alike at first. Work takes 0.7 to 1.8 times as long as planned, all of it 0.9 to 1.3",
    "times; the harm of each of five quarters is off by a factor (log-normal, s = 1) that is known",
    "once the first of its sites is done. Realised cost, not planned. `once`: each team keeps to",
    "the tasks of the first plan. `harm first`: free teams take the site with the most harm.",
    "`anew`: planned again whenever anything has ended; who is at work stays. Interval: 95 %,",
    "bootstrap over towns of the ratio of sums, paired.",
)
_LIVE_HEADER = ("plan", "towns", "mean cost", "worst tenth", "÷ once", "95 %", "worst tenth ÷ once")


def measure(quick: bool) -> list[Table]:
    """Returns the tables of orders and of plans that meet what is not known."""
    towns = lattice(6) if quick or not EXTRACT.exists() else real_network()
    cases = ((8, 2),) if quick else CASES
    rows = [
        _case(problem(towns, n_sites, n_teams, seed), (n_sites, n_teams, seed), quick=quick)
        for n_sites, n_teams in cases
        for seed in (QUICK_SEEDS if quick else SEEDS)
    ]
    where = () if EXTRACT.exists() else ("The open data is not here: a lattice stands in.",)
    live = list(_live_rows(QUICK_CITIES if quick else CITIES))
    return [
        Table("Orders of sites", (*_NOTES, *where), _HEADER, rows),
        Table("Plans that meet what is not known", _LIVE_NOTES, _LIVE_HEADER, live),
    ]


# --- orders


def _case(town: Problem, named: tuple[int, int, int], *, quick: bool) -> tuple[str, ...]:
    greedy = path_greedy(town)
    n_trials = 40 if quick else PlanPolicy().n_trials
    found: list[list[int]] = []
    seconds = one(lambda: found.append(_planned(town, n_trials)))
    long_runs = [
        improved(town, found[0], np.random.default_rng(seed), _LONG * n_trials)
        for seed in ((1,) if quick else (1, 2, 3))
    ]
    best = min(_cost(town, order) for order in [found[0], *long_runs])
    rng = np.random.default_rng(0)
    drawn = [_cost(town, rng.permutation(len(town.sites)).tolist()) for _ in range(_RANDOM)]
    rules: Sequence[Callable[[Problem], list[int]]] = (first_in, harm_first, harm_per_day, marginal)
    costs = [float(np.mean(drawn)), *(_cost(town, rule(town)) for rule in rules)]
    costs += [_cost(town, greedy), _cost(town, found[0])]
    bounds: list[float] = []
    bound_s = one(lambda: bounds.append(_bound(town, _PERIODS.get(named[0], 10))))
    return (
        "{}, {}, {}".format(*named),
        f"{town.terrain.n_vertices:,}",
        *(f"{cost / best:.3f}" for cost in costs),
        f"{seconds:.2f}",
        f"{best:,.0f}",
        f"{bounds[0] / best:.3f}",
        f"{bound_s:.1f}",
    )


def _planned(town: Problem, n_trials: int) -> list[int]:
    return ordered(town.with_(policy=PlanPolicy(n_trials=n_trials)))


def _cost(town: Problem, order: Sequence[int]) -> float:
    tasks = carry_out(town, order).tasks
    return sum((town.rate[task.site] + task.relieved) * task.end_day for task in tasks)


def _bound(town: Problem, n_periods: int) -> float:
    """Returns the lowest cost that is proved possible."""
    bound = proved_bound(town, n_periods)
    tasks = carry_out(town, path_greedy(town)).tasks
    whole = sum(town.rate[task.site] + task.relieved for task in tasks) * town.n_days
    return 0.0 if bound is None else whole - bound.averted


# --- plans that meet what is not known


def _live_rows(n_cities: int) -> Iterator[tuple[str, ...]]:
    network = lattice(7)
    costs: dict[str, list[float]] = {"once": [], "harm first": [], "anew": []}
    for seed in range(n_cities):
        city = _City.drawn(problem(network, 20, 3, 1_000 + seed, n_homes=60), seed)
        costs["once"].append(city.once())
        costs["harm first"].append(city.harm_first())
        costs["anew"].append(city.anew())
    once = np.array(costs["once"])
    tenth = max(1, n_cities // 10)
    rng = np.random.default_rng(0)
    picks = rng.integers(n_cities, size=(1_000, n_cities))
    for name, listed in costs.items():
        mine = np.array(listed)
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
        plan = carry_out(self.believed, _planned(self.believed, _LIVE_TRIALS))
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
        order = _planned(self.believed, _LIVE_TRIALS)
        while True:
            seen = self._seen(day, done, running)
            # From the plan so far or from a fresh one, whichever is better as things now stand.
            starts = [order, path_greedy(seen)]
            start = max(starts, key=lambda each: carry_out(seen, each).value)
            order = improved(seen, start, np.random.default_rng(1), _LIVE_TRIALS)
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
