"""The answer: a plan with its reasons, its bound, how steady it is, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rafiqa.land import Reason
from rafiqa.plan.bound import Bound, proved_bound
from rafiqa.plan.equity import floored
from rafiqa.plan.forecast import Change, Forecast, changes, forecasts
from rafiqa.plan.order import harm_first
from rafiqa.plan.outcome import Outcome, outcome_of
from rafiqa.plan.priority import criteria_of, weights_of
from rafiqa.plan.problem import Problem
from rafiqa.plan.robust import Robust, robust
from rafiqa.plan.schedule import Schedule, Task, carry_out
from rafiqa.plan.sensitivity import Sensitivity, sensitivity
from rafiqa.plan.setting import Setting, problem_of
from rafiqa.plan.telling import Telling

MOST_BOUNDED = 80
"""For so many sites a bound is looked for with the plan; for more the bench shows what it takes."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One task as it is told."""

    task: Task
    rank: int
    reasons: tuple[Reason, ...]
    criteria: dict[str, float]


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """A plan.

    Attributes:
        setting: what it was made from.
        problem: its numbers.
        schedule: every task, those after the days planned among them.
        tasks: those that begin within the days planned.
        left: the sites in none of them, each with why not.
        outcome: what it averts within the days planned.
        plain: likewise, of the sites taken by harm alone: what practice would do.
        bound: what no plan can do better than; None where none was proved.
        floor_holds: whether the equity floor holds; None where none was asked for.
        sensitivity: whether the first ten hold.
        forecasts: when all of it, and each district, will be done.
        changes: what would change that.
        robust: what it averts where work and ground turn out otherwise; None where nothing is
            planned.
        weights: every weight in force.
    """

    setting: Setting
    problem: Problem
    schedule: Schedule
    tasks: tuple[Planned, ...]
    left: tuple[tuple[int, Reason], ...]
    outcome: Outcome
    plain: Outcome
    bound: Bound | None
    floor_holds: bool | None
    sensitivity: Sensitivity
    forecasts: tuple[Forecast, ...]
    changes: tuple[Change, ...]
    robust: Robust | None
    weights: dict[str, float]

    @property
    def gap(self) -> float | None:
        """By what share of the bound any plan could avert more; None without a bound."""
        if self.bound is None or self.bound.averted <= 0:
            return None
        return max(0.0, 1 - self.outcome.averted.mid / self.bound.averted)


def plan(setting: Setting) -> PlanAnswer:
    """Returns the plan of a setting. It orders work and moves no land.

    The same setting gives the same plan, byte for byte: every draw comes from the policy's seed.
    """
    problem = problem_of(setting)
    found = floored(setting)
    schedule, outcome = found.schedule, found.outcome
    telling = Telling(setting, problem, schedule, outcome.reliefs)
    planned, later = [], []
    for rank, task in enumerate(schedule.tasks, 1):
        if task.start_day >= setting.n_days:
            area = setting.sites[task.site].area_id
            later.append((task.site, Reason("plan.left.later", {}, (area,))))
            continue
        reasons = tuple(telling.of_task(task))
        planned.append(Planned(task, rank, reasons, criteria_of(problem, task.site)))
    left = [*later, *((site, telling.of_left(site)) for site in _left(problem, schedule))]
    rng = np.random.default_rng([setting.policy.seed, 1])
    order = schedule.order
    return PlanAnswer(
        setting,
        problem,
        schedule,
        tuple(planned),
        tuple(sorted(left, key=lambda item: item[0])),
        outcome,
        outcome_of(setting, carry_out(problem, harm_first(problem))),
        proved_bound(problem) if len(setting.sites) <= MOST_BOUNDED else None,
        found.holds,
        sensitivity(setting),
        tuple(forecasts(problem, order, rng)) if setting.sites else (),
        tuple(changes(problem, order, setting.policy.seed)) if setting.sites else (),
        robust(problem, order, np.random.default_rng([setting.policy.seed, 3]))
        if setting.sites
        else None,
        weights_of(setting.policy),
    )


def _left(problem: Problem, schedule: Schedule) -> list[int]:
    done = {task.site for task in schedule.tasks}
    return [site for site in range(len(problem.sites)) if site not in done]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One plan among several, for people to choose between."""

    name: str
    n_tasks: int
    outcome: Outcome
    last_day: int | None


def side_by_side(settings: Sequence[tuple[str, Setting]]) -> list[WhatIf]:
    """Returns the plan of each setting in a row of figures, in the order given."""
    rows = []
    for name, setting in settings:
        found = floored(setting)
        last = max((task.end_day for task in found.schedule.tasks), default=None)
        n_tasks = sum(task.start_day < setting.n_days for task in found.schedule.tasks)
        rows.append(WhatIf(name, n_tasks, found.outcome, last))
    return rows


def without_pins(setting: Setting) -> Setting:
    """Returns the setting as the plan would have it alone: what people put first is left out.

    What they keep out, and what ground, season and methods ask for, stays.
    """
    pins = {area: replace(pin, rank=None, team_id=None) for area, pin in setting.pins.items()}
    return replace(setting, pins=pins)
