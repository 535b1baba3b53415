"""Local search: an order improved by small changes, each carried out to see what it averts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from rafiqa.plan.problem import Problem
from rafiqa.plan.schedule import Run

_NEAR = 12
"""How far a site is moved most of the time: a bundle is seldom longer."""
_FAR_SHARE = 0.1
_PER_SITE = 60


def improved(
    problem: Problem, order: Sequence[int], rng: np.random.Generator, n_trials: int
) -> list[int]:
    """Returns an order that averts no less than the one given.

    A site is taken out and put in elsewhere, two change places, or a run of sites moves as one;
    what averts no less is kept. The sites that people pinned stay at the head.

    Args:
        problem: what is planned.
        order: to begin from.
        rng: where its draws come from.
        n_trials: how many changes are tried at most; fewer where there are few sites to move.
    """
    current = _Current(problem, order)
    pinned = set(problem.pinned)
    n_fixed = next((at for at, site in enumerate(current.order) if site not in pinned), 0)
    if len(current.order) - n_fixed < 2:
        return [*current.order, *current.left]
    n_tried = min(n_trials, _PER_SITE * (len(current.order) - n_fixed))
    for move in rng.random((n_tried, 5)).tolist():
        changed = _changed(current.order, n_fixed, move)
        if changed is not None:
            current.take(*changed)
    return [*current.order, *current.left]


class _Current:
    """The order changed next, as its sites are begun, with copies of its run to go on from.

    Sites are begun in just this order, so that a change from a place on leaves all before it as
    it was: only what comes after is carried out again.
    """

    def __init__(self, problem: Problem, order: Sequence[int]) -> None:
        self._marks: list[Run] = []
        self._take(Run(problem, order))

    def _take(self, run: Run) -> None:
        run.to_end(marks=self._marks)
        self.value = run.value
        self.order = run.picks
        self.left = run.rest
        self._begun = [len(mark.picks) for mark in self._marks]

    def take(self, tried: list[int], first: int) -> None:
        """Takes an order that averts no less; it is the same as this one up to a place."""
        at = bisect_right(self._begun, first) - 1
        mark = self._marks[at]
        rest = [*tried[len(mark.picks) :], *self.left]
        run = mark.gone_on(rest)
        if not run.to_end(self.value) or run.value < self.value or run.picks == self.order:
            return
        del self._marks[at:]
        self._take(mark.gone_on(rest))


def _changed(order: list[int], n_fixed: int, move: list[float]) -> tuple[list[int], int] | None:
    """Returns an order changed by a draw, and the first place that is another."""
    kind, at, to, size, far = move
    n_free = len(order) - n_fixed
    one = n_fixed + int(at * n_free)
    reach = n_free if far < _FAR_SHARE else min(_NEAR, n_free)
    other = one + round((to - 0.5) * 2 * reach)
    other = min(max(other, n_fixed), len(order) - 1)
    if other == one:
        return None
    tried = order[:]
    if kind < 0.5:
        tried.insert(other, tried.pop(one))
    elif kind < 0.75:
        tried[one], tried[other] = tried[other], tried[one]
    else:
        end = min(len(order), one + 2 + int(size * 4))
        run = tried[one:end]
        del tried[one:end]
        other = min(other, len(tried))
        tried[other:other] = run
    return tried, min(one, other)
