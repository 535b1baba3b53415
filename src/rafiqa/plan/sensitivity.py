"""Sensitivity: whether the first ten hold when a weight is a fifth higher or lower."""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.plan.order import path_greedy
from rafiqa.plan.policy import CRITERIA
from rafiqa.plan.priority import ordered
from rafiqa.plan.problem import Problem
from rafiqa.plan.setting import Setting, problem_of

TOP = 10
STEP = 0.2


@dataclass(frozen=True, slots=True)
class Shift:
    """What one weight, changed, does to the first ten: which leave them and which come in."""

    criterion: str
    factor: float
    out: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The first ten, those of them that every change leaves among the first ten, and every change.

    Attributes:
        first: the areas that come first, by the rule that the search begins from.
        steady: those of them that stay among the first whichever weight is changed.
        shifts: changes that move any of them.
        n_tried: how many changes were tried.
    """

    first: tuple[str, ...]
    steady: tuple[str, ...]
    shifts: tuple[Shift, ...]
    n_tried: int

    @property
    def holds(self) -> bool:
        """Whether the first ten are the same ten under every change."""
        return not self.shifts


def sensitivity(setting: Setting) -> Sensitivity:
    """Returns whether the first ten hold under a fifth more or less of each weight.

    Asked of the rule that orders, before local search: a search adds chance of its own.
    """
    base = _first(problem_of(setting))
    shifts = []
    tried = [(name, factor) for name in CRITERIA for factor in (1 - STEP, 1 + STEP)]
    for name, factor in tried:
        changed = setting.weighed(**{name: setting.policy.weight(name) * factor})
        found = _first(problem_of(changed))
        if set(found) != set(base):
            out = tuple(area for area in base if area not in found)
            into = tuple(area for area in found if area not in base)
            shifts.append(Shift(name, round(factor, 3), out, into))
    moved = {area for shift in shifts for area in shift.out}
    steady = tuple(area for area in base if area not in moved)
    return Sensitivity(tuple(base), steady, tuple(shifts), len(tried))


def _first(problem: Problem) -> list[str]:
    if problem.policy.method == "harm-averted":
        order = path_greedy(problem, TOP)
    else:
        order = ordered(problem)
    return [problem.sites[site].area_id for site in order[:TOP]]
