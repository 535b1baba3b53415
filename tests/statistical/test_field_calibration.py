"""The field's draws are as wide as they ought to be: for cells, means and counts of areas.

Each control plants one mistake and must be seen; else the test could not fail.
"""

from __future__ import annotations

import pytest
from scipy.stats import binom

from tests.statistical.world import Mistake, faults, ranks

N_WORLDS = 300
P_LEAST = 0.001
"""Of each of the ten questions: one run in a hundred would be turned down by chance, were it not
for the seeds, which are fixed."""


@pytest.mark.slow
def test_truth_ranks_evenly_among_joint_draws_and_intervals_hold() -> None:
    found = ranks(N_WORLDS)
    assert list(faults(found, P_LEAST)) == []
    low, high = binom.ppf([0.0005, 0.9995], N_WORLDS, 0.9) / N_WORLDS
    for name, inside in found.inside.items():
        # Intervals of counts are whole numbers outwards: they may hold more often than promised.
        assert low <= inside.mean() <= (1.0 if name.startswith("count") else high), name


MISTAKES = {
    "draws of half the variance": (N_WORLDS, Mistake(spread=0.5**0.5), "a cell in the corner"),
    "cells drawn apart": (N_WORLDS, Mistake(apart=True), "count of all"),
    "a false rate stated too low": (120, Mistake(false_rate=0.03), "count of all"),
    "a sensitivity stated too high": (120, Mistake(sensitivity=0.95), "count of all"),
    "a normal left at the mode": (120, Mistake(at_mode=True), "mean log-odds"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_seen(name: str) -> None:
    n_worlds, mistake, where = MISTAKES[name]
    assert any(each.startswith(where) for each in faults(ranks(n_worlds, mistake), P_LEAST))
