"""Equity: a floor under the worst-served district, as far as any plan can hold it.

What a district bears counts for more, step by step, until the floor holds or no step is left. The
plan says which district is served worst, what share it gets, and whether the floor holds: people
choose between this plan and the one without.
"""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.plan.outcome import Outcome, outcome_of
from rafiqa.plan.priority import ordered
from rafiqa.plan.schedule import Schedule, carry_out
from rafiqa.plan.setting import Setting, problem_of

_STEP = 10.0
_MOST_STEPS = 7


@dataclass(frozen=True, slots=True)
class Floored:
    """A schedule, its outcome, and whether the floor asked for holds; None where none was asked."""

    schedule: Schedule
    outcome: Outcome
    holds: bool | None


def floored(setting: Setting) -> Floored:
    """Returns the plan of a setting, lifted to its equity floor where it can be."""
    factors: dict[str | None, float] = {}
    floor = setting.policy.equity_floor
    best: Floored | None = None
    for _ in range(_MOST_STEPS):
        problem = problem_of(setting, factors)
        schedule = carry_out(problem, ordered(problem))
        outcome = outcome_of(setting, schedule)
        worst = outcome.worst_served
        share = 1.0 if worst is None else worst.relieved
        found = Floored(schedule, outcome, share >= floor if floor else None)
        if best is None or share > _share(best):
            best = found
        if found.holds is not False or worst is None:
            break
        factors[worst.district] = factors.get(worst.district, 1.0) * _STEP
    assert best is not None  # noqa: S101 - there is at least one step
    return best


def _share(found: Floored) -> float:
    worst = found.outcome.worst_served
    return 1.0 if worst is None else worst.relieved
