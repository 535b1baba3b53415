"""What is left after clearance, against worlds of known truth; bounds, calibration, naive ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from bench.interval import told
from bench.table import Table
from rafiqa.risk.detection import COMMON_CAUSE, FIELD_TRIALS, Belief, Seeds, detection
from rafiqa.risk.residual import ALLOWANCE, UNKNOWN, Prior, Searched, left_in, p_at_most

WORLDS, QUICK_WORLDS = 20_000, 40
SEED = 20_261_127
PRIOR = Prior(0.5, 0.05)
"""Ten items expected, in clusters: half of all ground has fewer than five."""
TESTED = (Seeds(60, 58),)
_GOAL = 0.95
_NOTES = (
    "Worlds drawn from known truth: items by a negative binomial (mean 10, shape 0.5), found or",
    "missed by a chance that is Beta after 58 of 60 blind seeds, less a share of 0.02 that every",
    "pass misses. `held`: share of worlds in which no more is left than the bound says, with its",
    "95 % interval; goal 0.95, and 0.90 where the detection is overstated by 0.05. `bound`: mean.",
    "Naive: `nothing left` is how a certificate without a figure is read; `found, thinned` is a",
    "Poisson bound about k (1 - P) ÷ P at the mean P. `as stated` and `ours` are one distribution:",
    f"ours is given as if the chance to find were lower by {ALLOWANCE}.",
)
_HEADER = ("truth", "way", "held (95 % interval)", "bound", "mean left")
_CALIBRATED = (
    "Where each truth lies in its own distribution (drawn within the steps of whole numbers), by",
    "tenths: 0.100 in each were perfect. `expected ÷ left`: the sum of what was expected over the",
    "sum of what was left.",
)
_CALIBRATED_HEADER = ("truth", "least tenth", "largest tenth", "expected ÷ left")


@dataclass(frozen=True, slots=True)
class Truth:
    """How a world is made, and what the answer believes of it.

    Attributes:
        name: of the row.
        lower: by how much the true chance to find is lower than believed.
        crowd: how many items lie in one place, found or missed together.
        told_crowd: what the answer is told of that.
        seeds: the tests that are believed.
        prior: what the answer believes of the number of items.
    """

    name: str
    lower: float = 0.0
    crowd: int = 1
    told_crowd: int = 1
    seeds: tuple[Seeds, ...] = TESTED
    prior: Prior = PRIOR


TRUTHS = (
    Truth("as believed"),
    Truth("density unknown", prior=UNKNOWN),
    Truth("no seeds, field trials only", seeds=()),
    Truth("detection overstated by 0.05", lower=0.05),
    Truth("detection overstated by 0.05, density unknown", lower=0.05, prior=UNKNOWN),
    Truth("detection overstated by 0.10", lower=0.10),
    Truth("three missed together, not told", crowd=3),
    Truth("three missed together, told", crowd=3, told_crowd=3),
    Truth("overstated by 0.05 and three together, told", 0.05, 3, 3),
)


def measure(quick: bool) -> list[Table]:
    """Returns the tables of bounds and of calibration."""
    n = QUICK_WORLDS if quick else WORLDS
    rows = [row for truth in TRUTHS for row in _rows(truth, n)]
    flat = [_calibrated(truth, n) for truth in TRUTHS if truth.crowd == truth.told_crowd]
    return [
        Table("What is left: does the bound hold", _NOTES, _HEADER, rows),
        Table("What is left: calibration", _CALIBRATED, _CALIBRATED_HEADER, flat),
    ]


def _believed(truth: Truth) -> Belief:
    return detection(truth.seeds, depth_cm=10_000)


def _worlds(truth: Truth, n: int) -> list[tuple[int, int]]:
    """Found and left in each world; the truth has the share missed alike as the model has it."""
    draws = np.random.default_rng(SEED)
    laid, seen = (sum(getattr(t, name) for t in truth.seeds) for name in ("laid", "found"))
    chance = draws.beta(FIELD_TRIALS[0] + seen, FIELD_TRIALS[1] + laid - seen, n)
    chance = np.maximum(chance * (1 - COMMON_CAUSE) - truth.lower, 1e-3)
    places = draws.poisson(draws.gamma(PRIOR.shape, 1 / PRIOR.rate, n) / truth.crowd)
    found = draws.binomial(places, chance)
    return list(
        zip((found * truth.crowd).tolist(), ((places - found) * truth.crowd).tolist(), strict=True)
    )


def _rows(truth: Truth, n: int) -> Iterator[tuple[str, ...]]:
    worlds, belief = _worlds(truth, n), _believed(truth)
    left = [each for _, each in worlds]

    @cache
    def ours(found: int, allowance: float) -> int:
        asked = {"allowance": allowance, "together": float(truth.told_crowd)}
        return left_in([Searched(1, found)], belief, truth.prior, **asked)[1].upper

    ways: dict[str, Callable[[int], int]] = {
        "nothing left": lambda _: 0,
        "found, thinned": lambda found: _poisson_bound(found * (1 / belief.mean - 1)),
        "as stated": lambda found: ours(found, 0.0),
        "ours": lambda found: ours(found, ALLOWANCE),
    }
    for name, bound in ways.items():
        bounds = [bound(found) for found, _ in worlds]
        held = sum(each <= most for each, most in zip(left, bounds, strict=True))
        yield truth.name, name, told(held, n), f"{np.mean(bounds):.2f}", f"{np.mean(left):.2f}"


@cache
def _poisson_bound(mean: float) -> int:
    chance = total = math.exp(-mean)
    number = 0
    while total < _GOAL:
        number += 1
        chance *= mean / number
        total += chance
    return number


def _calibrated(truth: Truth, n: int) -> tuple[str, ...]:
    belief, crowd = _believed(truth), float(truth.told_crowd)
    draws = np.random.default_rng(SEED + 1)

    @cache
    def chance(found: int, left: int) -> float:
        return p_at_most(left, [Searched(1, found)], belief, truth.prior, together=crowd)

    @cache
    def expected(found: int) -> float:
        return left_in([Searched(1, found)], belief, truth.prior, together=crowd)[
            1
        ].expected_as_stated

    worlds = _worlds(truth, n)
    spots = []
    for found, left in worlds:
        low, high = chance(found, left - truth.crowd), chance(found, left)
        spots.append(low + draws.random() * (high - low))
    tenths = np.histogram(spots, 10, (0, 1))[0] / n
    ratio = sum(expected(found) for found, _ in worlds) / sum(left for _, left in worlds)
    return truth.name, f"{tenths.min():.3f}", f"{tenths.max():.3f}", f"{ratio:.2f}"
