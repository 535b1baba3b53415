"""What is left in ground that was worked: expected items, an upper bound, and the chance of none.

The mean number of items Λ of some ground before work is believed to be Gamma(shape, rate). Each
item is found with the chance P or missed, so that found k and left R are independent Poisson
numbers of means Λ P and Λ (1 - P): Λ | k ~ Gamma(shape + k, rate + P), and R | k is negative
binomial, E[R] = (1 - P)(shape + k) / (rate + P), exact (science notes, 6.4, where shape is α and
rate α / M). Many finds therefore *raise* what is expected to be left. P itself is uncertain, and
weighed by P^k (rate + P)^-(shape + k).

Ground is cut into parts; a part with the share s of the ground has the prior Gamma(s · shape,
rate). The parts then add up to the whole however it is cut, and what is found in one says nothing
of where the items of another lie: items lie in clusters more often than not.

Nothing here releases, cancels or reduces land.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.detection import Belief, Floats

ALLOWANCE = 0.05
"""By how much the chance to find may be lower than believed: the upper bound and the chance of none
are given as if it were. Tests with seeds are kinder than ground is. Our judgement; how well the
bound holds under a detection mis-stated by so much is measured (bench/residual.py)."""

CONFIDENCE = 0.95
_LEAST_DETECTION = 1e-3
_MOST = 1 << 40
_FEWEST = 1e-200


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of the mean number of items in all of the ground, before work.

    A Gamma distribution of mean shape ÷ rate. With the rate 0 every number is held as likely as any
    other: then what is left follows from what was found alone, not from how large the ground is.
    """

    shape: float
    rate: float

    @staticmethod
    def of_density(items: float, shape: float = 1.0) -> Prior:
        """Returns the prior of so many items expected in all of the ground.

        Args:
            items: expected, above 0; fewer than can be told from none count as so few.
            shape: 1 says that from none to thrice as many would surprise nobody.
        """
        return Prior(shape, shape / max(items, _FEWEST))


UNKNOWN = Prior(1.0, 0.0)
"""Nothing is known of how much lay there."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A part of ground that was worked.

    Attributes:
        share: of all ground judged together, above 0 to 1.
        found: items found in it.
        within: share of the items that lie no deeper than it was worked, above 0 to 1.
        looked: share of what was left above that depth that inspections since would have found, and
            found nothing: f q, 0 to 1.
    """

    share: float
    found: int
    within: float = 1.0
    looked: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left, of items above the depth worked to; a judgement, which releases nothing.

    ``expected``, ``upper`` and ``p_none`` allow for a chance to find that is lower than believed;
    those ``_as_stated`` do not. ``expected_deeper`` are items below the depth, where nobody
    searched. ``upper`` is the smallest number that is not exceeded with the confidence.
    """

    expected: float
    upper: int
    p_none: float
    expected_as_stated: float
    upper_as_stated: int
    p_none_as_stated: float
    expected_deeper: float
    confidence: float


@dataclass(frozen=True, slots=True)
class _Posterior:
    """Over the nodes of the chance to find: weights, and of each part shape and both rates.

    ``shapes`` has one number a part, ``inside`` and ``rates`` one row a part and a column a node:
    R is negative binomial of the shape and the chance rate ÷ (rate + inside).
    """

    weights: Floats
    shapes: Floats
    inside: Floats
    rates: Floats
    deeper: Floats

    def chances(self, rows: list[int]) -> Floats:
        """Of some parts and each node, the negative binomial's chance of success."""
        rates = self.rates[rows]
        chances: Floats = rates / (rates + self.inside[rows])
        return chances


def left_in(
    parts: Sequence[Searched],
    belief: Belief,
    prior: Prior = UNKNOWN,
    *,
    allowance: float = ALLOWANCE,
    together: float = 1.0,
    confidence: float = CONFIDENCE,
) -> tuple[list[Left], Left]:
    """Returns what is left in each part, and in all of them.

    All parts were searched alike: a chance to find that is low in one is low in all. Expected
    numbers of the parts add up to that of all; upper bounds do not. Where parts were worked to
    several depths, the bound of all is that of the depth at which most is left: never too low.

    Args:
        parts: at least one.
        belief: what is believed of the chance to find an item above the depth worked to.
        prior: of the items of all the parts together.
        allowance: by how much the chance may be lower than believed, 0 to 1.
        together: how many items lie in one place and are found or missed together, 1 or more;
            bounds widen with it.
        confidence: of the upper bound, above 0, below 1.
    """
    stated = _posterior(parts, belief, prior, together, 0.0)
    worse = _posterior(parts, belief, prior, together, allowance)
    single = [_left(stated, worse, [at], together, confidence) for at in range(len(parts))]
    return single, _left(stated, worse, range(len(parts)), together, confidence)


def p_at_most(
    number: int,
    parts: Sequence[Searched],
    belief: Belief,
    prior: Prior = UNKNOWN,
    *,
    allowance: float = 0.0,
    together: float = 1.0,
) -> float:
    """Returns the chance that no more than so many items are left in all of some parts.

    Exact where all parts were worked to one depth, else never too high.

    Args:
        number: of items; below 0 the chance is 0.
        parts: as for ``left_in``, as are the others.
        belief: of the chance to find.
        prior: of all parts together.
        allowance: by how much the chance to find may be lower.
        together: how many items lie in one place.
    """
    if number < 0:
        return 0.0
    found = _posterior(parts, belief, prior, together, allowance)
    shape = float(found.shapes.sum())
    chances = found.chances([*range(len(parts))]).min(axis=0)
    return at_most(int(number / together + 1e-9), shape, chances, found.weights)


def _posterior(
    parts: Sequence[Searched], belief: Belief, prior: Prior, together: float, lower: float
) -> _Posterior:
    at, weights = belief.nodes()
    p = np.maximum(at - lower, _LEAST_DETECTION)[None, :]
    share, found, within, looked = (
        np.array([getattr(part, name) for part in parts], dtype=np.float64)[:, None]
        for name in ("share", "found", "within", "looked")
    )
    places = found / together
    shapes = prior.shape * share + places
    # Seen and not found again: one more search, of what the first one missed, that found nothing.
    # The prior is of items: as many fewer places as items lie in one.
    rates = prior.rate * together + within * (p + (1 - p) * looked)
    inside = within * (1 - p) * (1 - looked)
    log = np.log(weights) + (places * np.log(p) - shapes * np.log(rates)).sum(axis=0)
    weighed = np.exp(log - log.max())
    deeper = shapes * (1 - within) / rates
    return _Posterior(weighed / weighed.sum(), shapes[:, 0], inside, rates, deeper)


def _left(
    stated: _Posterior, worse: _Posterior, of: Sequence[int] | range, together: float, sure: float
) -> Left:
    rows = list(of)
    return Left(
        _expected(worse, rows) * together,
        _upper(worse, rows, together, sure),
        _p_none(worse, rows),
        _expected(stated, rows) * together,
        _upper(stated, rows, together, sure),
        _p_none(stated, rows),
        float((stated.weights * stated.deeper[rows].sum(axis=0)).sum()) * together,
        sure,
    )


def _expected(posterior: _Posterior, rows: list[int]) -> float:
    """E[R] = shape · inside ÷ rate at each node."""
    each = posterior.shapes[rows, None] * posterior.inside[rows] / posterior.rates[rows]
    return float((posterior.weights * each.sum(axis=0)).sum())


def _p_none(posterior: _Posterior, rows: list[int]) -> float:
    """P(R = 0) = chance^shape at each node; of several parts, the product."""
    log = posterior.shapes[rows, None] * np.log(posterior.chances(rows))
    return float((posterior.weights * np.exp(log.sum(axis=0))).sum())


def _upper(posterior: _Posterior, rows: list[int], together: float, sure: float) -> int:
    """The smallest number that R does not exceed with a confidence: by halving.

    The sum of negative binomials of one chance is one of the sum of their shapes; of several
    chances the lowest makes the sum stochastically largest.
    """
    shape = float(posterior.shapes[rows].sum())
    chances = posterior.chances(rows).min(axis=0)

    def enough(number: int) -> bool:
        return at_most(number, shape, chances, posterior.weights) >= sure

    low, high = -1, 1
    while high < _MOST and not enough(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return int(np.ceil(high * together - 1e-9))


def at_most(number: int, shape: float, chances: Floats, weights: Floats) -> float:
    """Returns the chance that a weighed negative binomial is at most a number.

    P(R ≤ r) = I_p(shape, r + 1), the regularised incomplete beta function.
    """
    from scipy.special import betainc

    cumulated: npt.NDArray[np.float64] = betainc(shape, number + 1.0, chances)
    return float((weights * cumulated).sum())
