"""Ranges: a figure that is poorly known, with what it may be at least and at most."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Range:
    """A figure as low, middle and high; not a statement of how likely each is."""

    low: float
    mid: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        """Ends with ends: both are not negative, so no other product lies outside."""
        return Range(self.low * other.low, self.mid * other.mid, self.high * other.high)

    def times(self, factor: float) -> Range:
        """Returns the range with each end multiplied by a factor that is not negative."""
        return Range(self.low * factor, self.mid * factor, self.high * factor)

    def at(self, share: float) -> float:
        """Returns the figure below which a share lies, if the range is taken as triangular.

        How likely each figure is was not stated: the triangle is an assumption, for draws alone.
        """
        whole = self.high - self.low
        if whole <= 0:
            return self.mid
        below = (self.mid - self.low) / whole
        if share < below:
            return self.low + sqrt(share * whole * (self.mid - self.low))
        return self.high - sqrt((1 - share) * whole * (self.high - self.mid))


NOTHING = Range(0.0, 0.0, 0.0)
