"""Level: whether as much is found as was expected, area by area and period by period.

Rank carries over from one place and time to another, level does not: a conflict that ebbs, or
ground
that was fought over harder, leaves the ranking and moves the sum. What works found against what was
expected of their cells is Gamma–Poisson: ratio | k ~ Gamma(α + k, α + expected), α = 4 cells'
worth of
holding the ratio to be 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
HELD = 4.0
NOMINAL = 0.9


@dataclass(frozen=True, slots=True)
class LevelCheck:
    """Found against expected, and the ratio that the two bear out.

    Attributes:
        found: cells in which something was found.
        expected: how many were expected.
        n: cells that were looked at.
        ratio: mean of found over expected, drawn to 1 where there is little.
        low: 5 % quantile of the ratio.
        high: 95 % quantile.
    """

    found: int
    expected: float
    n: int
    ratio: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether a ratio of 1 lies in the interval."""
        return self.low <= 1 <= self.high


@dataclass(frozen=True, slots=True)
class PartCheck:
    """The check of some of the work: of one year, or of one area.

    Attributes:
        name: the year (UTC) in which the work was done, or the area's id.
        check: what was found there against what was expected without any work's result.
    """

    name: str
    check: LevelCheck


def level_check(found: int, expected: float, n: int, held: float = HELD) -> LevelCheck:
    """Returns the check of some cells.

    Args:
        found: cells in which something was found.
        expected: the sum of their probabilities, foretold without the results.
        n: how many cells.
        held: how many expected cells the ratio 1 is worth beforehand.
    """
    from scipy.special import gammaincinv

    shape, rate = held + found, held + expected
    tail = (1 - NOMINAL) / 2
    low, high = (float(gammaincinv(shape, at)) / rate for at in (tail, 1 - tail))
    return LevelCheck(found, expected, n, shape / rate, low, high)


def relevelled(p: Floats, ratio: float) -> Floats:
    """Returns probabilities whose sum is the ratio times what it was, in unchanged order.

    One number is added to all log-odds; the ratio is cut where the sum would be 0 or all.
    """
    odds = np.log(p) - np.log1p(-p)
    target = min(max(ratio * float(p.sum()), 1e-9), len(p) * (1 - 1e-9))
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        if float((1 / (1 + np.exp(-(odds + middle)))).sum()) < target:
            low = middle
        else:
            high = middle
    moved: Floats = 1 / (1 + np.exp(-(odds + low)))
    return moved
