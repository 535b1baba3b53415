"""What inspecting a share of finished ground proves: pure arithmetic, no land in it.

``share`` is how much of a lot was inspected (0 to 1), ``detection`` the chance to find a missed
item in ground that was inspected (0 to 1), ``missed`` how many items were left in the lot. One
item found fails a lot, so a lot passes where none of them is found.

Two numbers are not to be mixed. *Confidence* is the procedure's: of lots with more items than are
tolerated, so many would fail. What is believed of this lot, now that it passed, is the *posterior*,
and rests on what was believed before.

Shares take items to lie independently of one another. Units (quadrats) do not: a lot is bad by how
many of its units hold an item, however items lie within them. See docs/decisions/0042.

The formulas are those of accept-on-zero sampling, as in public teaching on acceptance sampling
(ISO 2859 has the tables for goods; the Visual Sample Plan of PNNL the same for ground): each is
checked in the tests against counting every case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rafiqa.land import accept_probability
from rafiqa.risk.residual import Prior, at_most

CLOSE_ENOUGH = 1e-9
"""A share that exceeds one by less is one: what is left of rounding in the last digits."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What an inspection of a share proves, at the stated detection.

    Attributes:
        share: of the lot, 0 to 1.
        confidence: that a lot with one item more than is tolerated would have failed.
        reached: whether that is the confidence asked for.
    """

    share: float
    confidence: float
    reached: bool


def implied_confidence(missed: int, share: float, detection: float) -> float:
    """Returns the chance that a lot with so many missed items fails: 1 - (1 - f q)^K."""
    return 1.0 - accept_probability(missed, share, detection)


def needed_share(missed: int, detection: float, confidence: float) -> float | None:
    """Returns the share that must be inspected: f = (1 - (1 - C)^(1/K)) / q.

    None where the whole lot inspected would not be enough: sampling cannot give it.

    Args:
        missed: the fewest missed items with which a lot must fail; at least 1.
        detection: above 0, at most 1.
        confidence: with which it must fail; above 0, at most 1.
    """
    share = (1.0 - math.pow(1.0 - confidence, 1.0 / missed)) / detection
    # Certainty is given by a perfect chance to find alone, however little is wanting.
    if share > 1.0 + CLOSE_ENOUGH or confidence >= 1.0 > detection:
        return None
    return min(share, 1.0)


def proof(
    *, tolerated: int, detection: float, confidence: float, share: float | None = None
) -> Proof:
    """Returns how much to inspect and what it proves; of a stated share, what that proves.

    Where not even the whole would be enough, what the whole would prove.

    Args:
        tolerated: how many missed items a lot may hold; 0 asks for certainty that none is left.
        detection: above 0, at most 1.
        confidence: asked for; above 0, at most 1.
        share: as inspected or planned; what is needed where None.
    """
    least = tolerated + 1
    needed = needed_share(least, detection, confidence)
    taken = share if share is not None else (1.0 if needed is None else needed)
    given = implied_confidence(least, taken, detection)
    near = 0.0 if confidence >= 1.0 else CLOSE_ENOUGH
    reached = needed is not None and given >= confidence - near
    return Proof(taken, given, reached)


def accept_curve(most_missed: int, share: float, detection: float) -> Iterator[float]:
    """Yields the chance to pass with 1, 2, … missed items."""
    for missed in range(1, most_missed + 1):
        yield accept_probability(missed, share, detection)


# --- whole units, exact


def accept_probability_of_units(
    n_units: int, n_bad: int, n_inspected: int, detection: Fraction | int = 1
) -> Fraction:
    """Returns the exact chance that a lot of whole units passes, drawn without replacement.

    Sum over j bad units in the sample of Hyp(j; N, D, n) (1 - q)^j. With a detection of 1 it is
    C(N - D, n) / C(N, n). Linear in the smaller of D and n.

    Args:
        n_units: units in the lot, N.
        n_bad: units with a missed item, D, at most N.
        n_inspected: units inspected, n, at most N.
        detection: chance to see that an inspected unit is bad, 0 to 1.
    """
    overlooked = 1 - Fraction(detection)
    # Who is drawn among whom is the same either way: C(D,j)C(N-D,n-j)/C(N,n) has D and n alike.
    few, many = sorted((n_bad, n_inspected))
    up, down = overlooked.numerator, overlooked.denominator
    least = max(0, few + many - n_units)
    ways = math.comb(many, least) * math.comb(n_units - many, few - least)
    total, power = 0, up**least * down ** (few - least)
    for j in range(least, few + 1):
        total += ways * power
        power = power * up // down if j < few else 0
        left = n_units - many - few + j + 1
        ways = ways * (many - j) * (few - j) // ((j + 1) * left) if j < few else 0
    return Fraction(total, math.comb(n_units, few) * down**few)


def needed_units(
    n_units: int, n_tolerated: int, detection: Fraction | int, confidence: Fraction
) -> int | None:
    """Returns the fewest units to inspect so that one bad unit more than tolerated fails the lot.

    None where all units inspected would not be enough.

    Args:
        n_units: units in the lot.
        n_tolerated: bad units that may be left; fewer than there are units.
        detection: chance to see that an inspected unit is bad, 0 to 1.
        confidence: with which the lot must fail, 0 to 1.
    """
    beta = 1 - confidence
    low, high = 0, n_units
    if accept_probability_of_units(n_units, n_tolerated + 1, n_units, detection) > beta:
        return None
    while low < high:
        middle = (low + high) // 2
        if accept_probability_of_units(n_units, n_tolerated + 1, middle, detection) <= beta:
            high = middle
        else:
            low = middle + 1
    return low


@dataclass(frozen=True, slots=True)
class UnitProof:
    """What an inspection of some units proves of items that may lie together.

    Attributes:
        n_units: units in the lot.
        n_inspected: units to inspect, or as inspected.
        n_bad_least: the fewest units that more items than are tolerated can lie in.
        confidence: that a lot with so many bad units would have failed; exact.
        reached: whether that is the confidence asked for.
    """

    n_units: int
    n_inspected: int
    n_bad_least: int
    confidence: Fraction
    reached: bool

    @property
    def share(self) -> float:
        """The share of the units that is inspected."""
        return self.n_inspected / self.n_units


def least_bad(missed: int, together: int | None) -> int:
    """Returns the fewest units that some missed items can lie in.

    Args:
        missed: items, at least 1.
        together: the most of them that lie in one unit; all of them where None, unknown.
    """
    return 1 if together is None else -(-missed // together)


def unit_proof(
    n_units: int,
    *,
    tolerated: int,
    together: int | None,
    detection: Fraction,
    confidence: Fraction,
    n_inspected: int | None = None,
) -> UnitProof:
    """Returns how many units to inspect, drawn at random, and what that proves of clustered items.

    The worst case is taken: all items crowd into as few units as they can, and a unit with several
    of them is seen to be bad no more often than one with one. So no clustering within the stated
    bound makes a bad lot pass more often than 1 - confidence. Where not even every unit inspected
    would do, that is what is told, with ``reached`` False.

    Args:
        n_units: units in the lot, at least 1.
        tolerated: missed items that may be left.
        together: the most of them that lie in one unit; unknown where None.
        detection: chance to see that an inspected unit is bad, above 0 to 1.
        confidence: asked for, above 0 to 1.
        n_inspected: as planned; as many as are needed where None.
    """
    # Few units cannot hold more bad ones than there are, whatever was said of them.
    bad = min(least_bad(tolerated + 1, together), n_units)
    needed = needed_units(n_units, bad - 1, detection, confidence)
    taken = n_inspected if n_inspected is not None else (n_units if needed is None else needed)
    given = 1 - accept_probability_of_units(n_units, bad, taken, detection)
    return UnitProof(n_units, taken, bad, given, given >= confidence)


# --- the other number


@dataclass(frozen=True, slots=True)
class AfterPass:
    """What is believed of a lot that passed, given how many items were thought to be in it.

    Attributes:
        p_at_most: that no more items than are tolerated are left.
        p_none: that none is.
        expected: items left.
    """

    p_at_most: float
    p_none: float
    expected: float


def after_pass(
    thought: float, tolerated: int, share: float, detection: float, together: int | None = 1
) -> AfterPass:
    """Returns what is believed of a lot after nothing was found in a share of it.

    The number of items is taken to be Poisson, of a mean that is Gamma with shape 1 about what was
    thought: the guess may well be wrong by a factor of three. Nothing found in what was inspected
    multiplies each number R with (1 - f q)^R.

    Items that lie together are fewer places, more often none at all: what is stated is the most
    that lie in one, so each figure is that of the crowding within it that is worst for the figure.

    Args:
        thought: items thought to be left before the inspection, above 0.
        tolerated: items that may be left.
        share: inspected, drawn at random; 0 to 1.
        detection: chance to find an item there, 0 to 1.
        together: the most items that lie in one place, and are seen or missed together, 1 or more;
            any number where None.
    """
    looked, rate = share * detection, Prior.of_density(thought).rate
    # More than one item above the tolerated in a place is fewer places, and none of them allowed.
    crowds = range(1, min(together or tolerated + 1, tolerated + 1) + 1)
    within = [
        _at_most_places(tolerated // crowd, rate * crowd, looked)
        # Of crowds that allow as many places the smallest has the most of them.
        for crowd in crowds
        if crowd == 1 or tolerated // crowd < tolerated // (crowd - 1)
    ]
    seen = 0.0 if together is None else looked / together
    return AfterPass(min(within), _at_most_places(0, rate, looked), (1.0 - looked) / (rate + seen))


def _at_most_places(most: int, rate: float, looked: float) -> float:
    """P(R ≤ most) of places with items, of a mean that was Gamma(1, rate) before they passed."""
    return at_most(most, 1.0, np.array([(rate + looked) / (rate + 1.0)]), np.ones(1))
