"""What to do first: orders of a few to two hundred sites, against rules of thumb and a bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bench.plantown import EXTRACT, lattice, problem, real_network
from bench.table import Table
from bench.timing import one
from rafiqa.plan.bound import proved_bound
from rafiqa.plan.order import first_in, harm_first, harm_per_day, marginal, path_greedy
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.priority import ordered
from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import carry_out
from rafiqa.plan.search import improved

CASES = ((20, 3), (60, 4), (200, 8))
SEEDS, QUICK_SEEDS = (1, 2, 3), (1,)
_LONG = 10
_RANDOM = 10
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


def measure(quick: bool) -> list[Table]:
    """Returns the table of orders."""
    towns = lattice(6) if quick or not EXTRACT.exists() else real_network()
    cases = ((8, 2),) if quick else CASES
    rows = [
        _case(problem(towns, n_sites, n_teams, seed), (n_sites, n_teams, seed), quick=quick)
        for n_sites, n_teams in cases
        for seed in (QUICK_SEEDS if quick else SEEDS)
    ]
    where = () if EXTRACT.exists() else ("The open data is not here: a lattice stands in.",)
    return [Table("Orders of sites", (*_NOTES, *where), _HEADER, rows)]


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
