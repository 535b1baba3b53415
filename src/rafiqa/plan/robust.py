"""Robust: what a plan averts where work and ground turn out otherwise than planned.

The order is carried out in many worlds (``world``); beside it stands the order of harm alone, in
the same worlds. What is told is what is averted within the days planned, in weighed person-days,
hours and casualty rates as in the middle of their ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rafiqa.plan.order import harm_first
from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import carry_out
from rafiqa.plan.world import worlds

SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Robust:
    """What is averted in many runs.

    Attributes:
        averted: in a tenth, half and nine tenths of all runs no more than this.
        harm_first: likewise, of the sites taken by harm alone.
        better_share: of how many of the runs the plan averts no less than that.
        n_runs: how many there were.
    """

    averted: tuple[float, float, float]
    harm_first: tuple[float, float, float]
    better_share: float
    n_runs: int


def robust(
    problem: Problem, order: Sequence[int], rng: np.random.Generator, n_runs: int = 60
) -> Robust:
    """Returns what an order averts in worlds drawn from a generator.

    Args:
        problem: what is planned.
        order: as the plan has it.
        rng: where its draws come from.
        n_runs: how many worlds.
    """
    plain = harm_first(problem)
    runs = [
        (_averted(world, order), _averted(world, plain)) for world in worlds(problem, rng, n_runs)
    ]
    ours, theirs = (sorted(each) for each in zip(*runs, strict=True))
    better = sum(mine >= other - 1e-9 for mine, other in runs) / n_runs
    return Robust(_shares(ours), _shares(theirs), better, n_runs)


def _averted(world: Problem, order: Sequence[int]) -> float:
    return sum(
        (world.rate[task.site] + task.relieved) * max(0, world.n_days - task.end_day)
        for task in carry_out(world, order).tasks
    )


def _shares(values: Sequence[float]) -> tuple[float, float, float]:
    low, mid, high = (values[min(len(values) - 1, int(at * len(values)))] for at in SHARES)
    return low, mid, high
