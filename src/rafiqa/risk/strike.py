"""Strikes: how many items that did not go off they may have left, with a wide dud rate.

The dud rate is held to lie between 5 and 50 % (Beta with mean 0.18): published shares differ by
ordnance, soil and who counted, and none is known well. Each strike's items lie around its place as
a
normal spread; what falls in a cell is a share, and the odds of at least one dud are averaged over
the
Beta, so that a wide rate is no larger rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.grid import CellGrid

Floats = npt.NDArray[np.float64]
DUD_YES, DUD_NO = 1.8, 8.2
"""Beta of the dud rate: mean 0.18, central 90 % from 0.03 to 0.41."""
SPREAD_M = 25.0
_REACH_SPREADS = 3.0


@dataclass(frozen=True, slots=True)
class Strike:
    """A place that was hit, how exactly it is known, and with how many items.

    Attributes:
        x_mm: easting in the site's frame.
        y_mm: northing in it.
        accuracy_m: how far off the place may be.
        n_items: items that came down.
    """

    x_mm: float
    y_mm: float
    accuracy_m: float = 0.0
    n_items: float = 1.0


def exposure(strikes: Sequence[Strike], grid: CellGrid) -> Floats:
    """Returns ``(n,)`` the expected number of items that came down in each cell."""
    whole = np.zeros(grid.shape)
    for strike in strikes:
        spread_m = float(np.hypot(SPREAD_M, strike.accuracy_m))
        rows, row_share = _shares(
            strike.y_mm - grid.south_mm, spread_m, grid.size_mm, grid.shape[0]
        )
        columns, share = _shares(strike.x_mm - grid.west_mm, spread_m, grid.size_mm, grid.shape[1])
        whole[rows, columns] += strike.n_items * row_share[:, None] * share[None, :]
    return whole.ravel()


def _shares(at_mm: float, spread_m: float, size_mm: int, n: int) -> tuple[slice, Floats]:
    """The cells of one axis that a strike reaches, and its share in each."""
    from scipy.special import ndtr

    reach_mm = _REACH_SPREADS * spread_m * 1_000
    first = min(max(int((at_mm - reach_mm) // size_mm), 0), n)
    last = max(min(int((at_mm + reach_mm) // size_mm) + 1, n), first)
    edges = (np.arange(first, last + 1) * size_mm - at_mm) / (spread_m * 1_000)
    return slice(first, last), np.diff(ndtr(edges))


def added_log_odds(exposed: Floats, level: float) -> Floats:
    """Returns ``(n,)`` what strikes add to the log-odds of cells that stand at a level without.

    P(no dud) of e items is the mean of e^(−e·dud) over the Beta, by 64 nodes.
    """
    from scipy.special import betaincinv

    nodes = betaincinv(DUD_YES, DUD_NO, (np.arange(64) + 0.5) / 64)
    added = np.zeros_like(exposed)
    hit = exposed > 1e-9
    none = np.exp(-exposed[hit][:, None] * nodes[None, :]).mean(axis=1)
    before = 1 / (1 + np.exp(level))
    after = before * none
    added[hit] = np.log1p(-after) - np.log(after) - level
    return added
