"""What is left after work: against the study's figures, brute force, and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from rafiqa.risk.detection import Belief, Seeds, detection
from rafiqa.risk.residual import ALLOWANCE, UNKNOWN, Prior, Searched, left_in, p_at_most

STUDY = Prior(0.5, 0.25)
SEEDED = Belief(59, 3)
"""58 of 60 seeds after a flat prior, as the study has it."""


@pytest.mark.parametrize(
    ("share", "p_none"),
    [(0, 0.811), (0.02, 0.8147), (0.10, 0.828), (0.25, 0.852), (0.50, 0.894), (1.0, 0.980)],
)
def test_searching_again_proves_little(share: float, p_none: float) -> None:
    """Science notes, 6.5: k = 5, detection of the check 0.9, nothing found."""
    searched = Searched(1, 5, looked=share * 0.9)
    _, told = left_in([searched], SEEDED, STUDY, allowance=0)
    assert told.p_none == pytest.approx(p_none, abs=0.001)


@pytest.mark.parametrize(("found", "p_none"), [(0, 0.98), (20, 0.51), (100, 0.13)])
def test_many_finds_raise_what_is_expected_to_be_left(found: int, p_none: float) -> None:
    _, told = left_in([Searched(1, found)], SEEDED, STUDY, allowance=0)
    assert told.p_none == pytest.approx(p_none, abs=0.006)


def test_it_is_what_counting_every_case_gives() -> None:
    """Every number of items, every chance to find on a grid: P(N) P(p) Bin(k; N, p) Bin(0; …)."""
    prior, belief, found, looked = Prior(2.0, 0.4), Belief(8, 4), 3, 0.2
    p = (np.arange(2_000) + 0.5) / 2_000
    beta = p ** (belief.a - 1) * (1 - p) ** (belief.b - 1)
    weight = np.zeros(400)
    log_gamma = np.cumsum(np.log(np.arange(1, 600)))

    def log_choose(n: int, k: int) -> float:
        def log_factorial(m: int) -> float:
            return float(log_gamma[m - 1]) if m else 0.0

        return log_factorial(n) - log_factorial(k) - log_factorial(n - k)

    for n in range(found, 400):
        # Negative binomial of shape 2: (n + 1) c² (1 - c)^n.
        chance = prior.rate / (prior.rate + 1)
        p_n = (n + 1) * chance**2 * (1 - chance) ** n
        seen = np.exp(log_choose(n, found)) * p**found * (1 - p) ** (n - found)
        weight[n - found] += p_n * (beta * seen * (1 - looked) ** (n - found)).sum()
    weight /= weight.sum()
    _, told = left_in([Searched(1, found, looked=looked)], belief, prior, allowance=0)
    assert told.p_none == pytest.approx(weight[0], rel=2e-3)
    assert told.expected == pytest.approx((weight * np.arange(400)).sum(), rel=2e-3)
    assert told.upper == int(np.searchsorted(np.cumsum(weight), 0.95))


def test_parts_add_up_however_the_ground_is_cut() -> None:
    whole = Searched(1, 7, within=0.8, looked=0.1)
    cut = [Searched(s, k, within=0.8, looked=0.1) for s, k in ((0.2, 7), (0.5, 0), (0.3, 0))]
    _, one = left_in([whole], SEEDED)
    parts, several = left_in(cut, SEEDED)
    for name in ("expected", "p_none", "upper", "expected_deeper", "expected_as_stated"):
        assert getattr(several, name) == pytest.approx(getattr(one, name)), name
    assert sum(part.expected for part in parts) == pytest.approx(one.expected)
    assert parts[0].expected > 10 * parts[1].expected


def test_parts_worked_to_several_depths_have_a_bound_of_the_worst() -> None:
    mixed = [Searched(0.5, 3, within=0.5), Searched(0.5, 3, within=0.9)]
    parts, both = left_in(mixed, SEEDED, Prior(1.0, 0.5))
    assert both.upper >= max(part.upper for part in parts)
    assert parts[0].expected_deeper > parts[1].expected_deeper


@pytest.mark.parametrize("worse", [{"allowance": 0.1}, {"together": 4.0}, {"confidence": 0.99}])
def test_what_is_less_known_has_a_wider_bound(worse: dict[str, float]) -> None:
    _, told = left_in([Searched(1, 12)], SEEDED)
    _, wider = left_in([Searched(1, 12)], SEEDED, **worse)  # type: ignore[arg-type]
    assert wider.upper > told.upper
    assert told.upper >= told.upper_as_stated
    assert told.p_none < told.p_none_as_stated


def test_nothing_found_by_a_poor_search_is_no_all_clear() -> None:
    _, blind = left_in([Searched(1, 0)], detection([], depth_cm=20))
    _, shown = left_in([Searched(1, 0)], detection([Seeds(60, 60)], depth_cm=20))
    assert blind.p_none < 0.6
    assert blind.upper >= 4
    assert shown.p_none > blind.p_none


def test_a_hundred_thousand_finds_are_an_answer() -> None:
    searched = [Searched(1, 100_000)]
    _, told = left_in(searched, SEEDED, allowance=0)
    assert (
        p_at_most(told.upper - 1, searched, SEEDED)
        < 0.95
        <= p_at_most(told.upper, searched, SEEDED)
    )
    assert 5_000 < told.expected < told.upper < 30_000
    assert told.p_none == pytest.approx(0, abs=1e-9)


PRIOR = Prior(0.8, 0.08)


def worlds(lower: float, seed: int, n: int = 2_000) -> list[tuple[int, int]]:
    """Worlds of the model: what was found and what was left, at a chance lower than believed."""
    draws = np.random.default_rng(seed)
    items = draws.poisson(draws.gamma(PRIOR.shape, 1 / PRIOR.rate, n))
    chance = np.maximum(draws.beta(SEEDED.a, SEEDED.b, n) - lower, 0.001)
    found = draws.binomial(items, chance)
    return list(zip(found.tolist(), (items - found).tolist(), strict=True))


def covered(drawn: list[tuple[int, int]], prior: Prior, allowance: float) -> float:
    """The share of worlds in which no more is left than the bound says."""
    held = {}
    for found, left in set(drawn):
        # The bound is the smallest number that is not exceeded: left is within it, or one fewer is.
        below = p_at_most(left - 1, [Searched(1, found)], SEEDED, prior, allowance=allowance)
        held[found, left] = below < 0.95
    return float(np.mean([held[world] for world in drawn]))


def test_the_bound_holds_as_stated_and_where_the_detection_is_overstated() -> None:
    """Nominal 0.95; and 0.90 or more with a mean detection wrong by 0.05."""
    right, wrong = worlds(0, 1), worlds(0.05, 2)
    assert covered(right, PRIOR, 0) >= 0.94
    assert covered(right, UNKNOWN, 0) >= 0.94
    assert covered(wrong, PRIOR, ALLOWANCE) >= 0.94
    # The control: without the allowance the bound is broken too often.
    assert covered(wrong, PRIOR, 0) < 0.92


def test_the_calibration_is_flat() -> None:
    """Where each truth lies in its own distribution: a tenth in each decile, drawn within steps."""
    draws = np.random.default_rng(8)
    known: dict[tuple[int, int], float] = {}

    def chance(found: int, left: int) -> float:
        key = found, left
        if key not in known:
            known[key] = p_at_most(left, [Searched(1, found)], SEEDED, PRIOR)
        return known[key]

    spots = []
    for found, left in worlds(0, 7):
        low, high = chance(found, left - 1), chance(found, left)
        spots.append(low + draws.random() * (high - low))
    tenths = np.histogram(spots, 10, (0, 1))[0] / len(spots)
    assert tenths.min() > 0.078
    assert tenths.max() < 0.122
