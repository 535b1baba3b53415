"""Waiting times with open cases counted: what is still waiting has waited at least so long.

A median over finished cases alone is too short as long as anything waits: the longest waits are
the ones that are not over. The product-limit estimator of Kaplan and Meier (1958) counts an open
case for as long as it has waited: of those who wait at each day on which some wait ends, the
share that ends then. Both are told side by side, so that the difference can be seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

DAY_US = 86_400_000_000
MEDIAN, P90 = Fraction(1, 2), Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Wait:
    """One case: how long it waited or waits, and whether the wait is over."""

    waited_us: int
    over: bool


@dataclass(frozen=True, slots=True)
class WaitingTime:
    """What is told of some waits, in whole days, rounded up.

    Attributes:
        n_over: cases whose wait is over.
        n_open: cases that wait still.
        median_days: by when half of all cases are over, open ones counted; None where that day
            has not come yet.
        p90_days: likewise of nine cases in ten.
        over_median_days: of the finished cases alone; None where there is none.
        over_p90_days: likewise of nine in ten.
        longest_open_days: how long the case that waits longest has waited; None where none waits.
        curve: after how many days which share still waited, at each day on which a wait ended.
    """

    n_over: int
    n_open: int
    median_days: int | None
    p90_days: int | None
    over_median_days: int | None
    over_p90_days: int | None
    longest_open_days: int | None
    curve: tuple[tuple[int, Fraction], ...]


def waiting_time(waits: Iterable[Wait]) -> WaitingTime:
    """Returns what some waits come to, open ones counted for as long as they have waited.

    A wait of less than nothing, as out of misdated records, counts as none.
    """
    days = [(_days(wait.waited_us), wait.over) for wait in waits]
    over = sorted(day for day, ended in days if ended)
    still = [day for day, ended in days if not ended]
    curve = _curve(over, still)
    return WaitingTime(
        len(over),
        len(still),
        _by(curve, MEDIAN),
        _by(curve, P90),
        _at(over, MEDIAN),
        _at(over, P90),
        max(still, default=None),
        curve,
    )


def _days(waited_us: int) -> int:
    return max(0, -(-waited_us // DAY_US))


def _curve(over: list[int], still: list[int]) -> tuple[tuple[int, Fraction], ...]:
    """Returns S(t), the product over each day of 1 - ended / waiting until then."""
    ended, left = Counter(over), Counter(still)
    waiting, share = len(over) + len(still), Fraction(1)
    found: list[tuple[int, Fraction]] = []
    for day in sorted(ended.keys() | left.keys()):
        if ended[day]:
            share *= 1 - Fraction(ended[day], waiting)
            found.append((day, share))
        # Who is still waiting on the day on which others end was waiting with them.
        waiting -= ended[day] + left[day]
    return tuple(found)


def _by(curve: tuple[tuple[int, Fraction], ...], share: Fraction) -> int | None:
    """Returns the first day by which so large a share of all cases is over."""
    return next((day for day, left in curve if left <= 1 - share), None)


def _at(over: list[int], share: Fraction) -> int | None:
    """Returns the day by which so large a share of the finished cases was over."""
    if not over:
        return None
    needed = -(-share.numerator * len(over) // share.denominator)
    return over[max(needed, 1) - 1]
