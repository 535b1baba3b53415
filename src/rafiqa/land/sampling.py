"""What inspecting a share of finished ground proves: pure arithmetic, no land in it.

``share`` is how much of a lot was inspected (0 to 1), ``detection`` the chance to find a missed
item in ground that was inspected (0 to 1), ``missed`` how many items were left in the lot. One
item found fails a lot, so a lot passes where none of them is found. Items are taken to lie
independently of one another; where they cluster, a sample of few large places proves less.

The formulas are those of accept-on-zero sampling, as in public teaching on acceptance sampling
(ISO 2859 has the tables for goods): each is checked in the tests against counting every case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

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


def accept_probability(missed: int, share: float, detection: float) -> float:
    """Returns the chance that a lot with so many missed items passes: (1 - f q)^K."""
    return (1.0 - share * detection) ** missed


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
    if share > 1.0 + CLOSE_ENOUGH:
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
    reached = needed is not None and given >= confidence - CLOSE_ENOUGH
    return Proof(taken, given, reached)


def items_left(before: float, clearance_detection: float, share: float, detection: float) -> float:
    """Returns the expected items left after clearance and inspection: L (1 - q_c)(1 - f q).

    Args:
        before: items expected before clearance.
        clearance_detection: chance that clearance finds an item, 0 to 1.
        share: of the ground inspected after it.
        detection: chance that the inspection finds an item in ground it looks at.
    """
    return before * (1.0 - clearance_detection) * (1.0 - share * detection)


def accept_probability_of_units(
    n_units: int, n_bad: int, n_inspected: int, detection: Fraction | int = 1
) -> Fraction:
    """Returns the exact chance that a lot of whole units passes, drawn without replacement.

    Sum over j bad units in the sample of Hyp(j; N, D, n) (1 - q)^j. With a detection of 1 it is
    C(N - D, n) / C(N, n).

    Args:
        n_units: units in the lot, N.
        n_bad: units with a missed item, D, at most N.
        n_inspected: units inspected, n, at most N.
        detection: chance to see that an inspected unit is bad, 0 to 1.
    """
    overlooked = 1 - Fraction(detection)
    most = min(n_bad, n_inspected)
    ways = sum(
        math.comb(n_bad, j) * math.comb(n_units - n_bad, n_inspected - j) * overlooked**j
        for j in range(most + 1)
    )
    return Fraction(ways) / math.comb(n_units, n_inspected)


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


def accept_curve(most_missed: int, share: float, detection: float) -> Iterator[float]:
    """Yields the chance to pass with 1, 2, … missed items."""
    for missed in range(1, most_missed + 1):
        yield accept_probability(missed, share, detection)
