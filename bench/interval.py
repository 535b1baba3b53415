"""A share of trials with the interval in which its chance lies."""

from __future__ import annotations

from scipy.special import betaincinv


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Returns the exact interval of a share at 95 % (Clopper and Pearson)."""
    low = betaincinv(hits, trials - hits + 1, 0.025) if hits else 0.0
    high = betaincinv(hits + 1, trials - hits, 0.975) if hits < trials else 1.0
    return float(low), float(high)


def told(hits: int, trials: int) -> str:
    """Returns a share with its interval, to three digits."""
    low, high = interval(hits, trials)
    return f"{hits / trials:.3f} ({low:.3f}–{high:.3f})"
