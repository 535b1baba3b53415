"""Choice: the range and spread of the field that the data themselves bear out.

Asked either for the evidence (the Laplace approximation of the probability of all readings) or for
how
well half of the blocks foretell the other half, which is what a map is used for. Nothing is looked
at that the readings given do not hold: give those of the training folds and the choice stays inside
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rafiqa.risk.factor import Factor
from rafiqa.risk.field import Field, spread_of
from rafiqa.risk.matern import Matern
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import Readings, expit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_STEP = math.sqrt(2)
_MOVES_MAX = 24
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pair that was chosen, and what every pair that was asked is worth."""

    matern: Matern
    asked: dict[Matern, float]


def log_evidence(found: Field) -> float:
    """Returns the logarithm of the probability of the readings, by Laplace, up to a constant.

    Made for grids of up to about 100,000 cells, which are factored.
    """
    half = Factor(found.prior, found.bend).log_determinant / 2
    fits = float(found.readings.at(found.eta).value.sum())
    return fits - float((found.white**2).sum()) / 2 - half


def foretold(
    make: Callable[[Matern, Readings], Field],
    readings: Readings,
    halves: Ints,
    noise: Noise,
    n_draws: int = 16,
) -> Callable[[Matern], float]:
    """Returns what asks how well each half of the verified cells foretells the other.

    Args:
        make: fits a field with a pair to readings.
        readings: what may be looked at.
        halves: ``(n,)`` 0 or 1, the half that each cell's block belongs to.
        noise: where chance comes from; the same for every pair, so that pairs compare.
        n_draws: draws behind each cell's spread.
    """

    def ask(pair: Matern) -> float:
        whole = 0.0
        for half in (0, 1):
            held = readings.known & (halves == half)
            log_ratio = np.where(held, 0.0, readings.log_ratio)
            found = make(pair, replace(readings, log_ratio=log_ratio))
            p = mean_p(found, n_draws, noise)[held]
            yes = readings.log_ratio[held] > 0
            p = np.clip(p, 1e-6, 1 - 1e-6)
            whole += float(np.where(yes, np.log(p), np.log1p(-p)).sum())
        return whole

    return ask


def mean_p(found: Field, n_draws: int, noise: Noise) -> Floats:
    """Returns ``(n,)`` mean probability: the mode, and the spread of some draws around it."""
    return averaged(found.eta, spread_of(found, noise, n_draws))


def averaged(eta: Floats, sd: Floats) -> Floats:
    """Returns the mean of 1 / (1 + e^−x) over normal x, by Gauss–Hermite with 15 nodes."""
    whole = np.zeros_like(eta)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        whole += weight * expit(eta + sd * node)
    averaged: Floats = whole / _WEIGHTS.sum()
    return averaged


def choose(
    ask: Callable[[Matern], float],
    start: Matern,
    ranges_cells: tuple[float, float],
    sds: tuple[float, float] = (0.5, 5.0),
) -> Chosen:
    """Returns the pair that is worth most, walked to from a start in steps of √2.

    Args:
        ask: what a pair is worth.
        start: where the walk begins.
        ranges_cells: the least and the greatest range that may be chosen.
        sds: the least and the greatest spread.
    """
    asked = {start: ask(start)}
    best = start
    for _ in range(_MOVES_MAX):
        near = [at for at in _around(best) if _within(at, ranges_cells, sds)]
        for pair in near:
            if pair not in asked:
                asked[pair] = ask(pair)
        then = max([best, *near], key=lambda at: asked[at])
        if then == best:
            break
        best = then
    return Chosen(best, asked)


def best_of(ask: Callable[[Matern], float], pairs: Iterable[Matern]) -> Chosen:
    """Returns the pair that is worth most of a few given, where a walk would take too long."""
    asked = {pair: ask(pair) for pair in pairs}
    return Chosen(max(asked, key=lambda pair: asked[pair]), asked)


def _around(pair: Matern) -> Iterable[Matern]:
    for factor in (_STEP, 1 / _STEP):
        yield Matern(_round(pair.range_cells * factor), pair.sd)
        yield Matern(pair.range_cells, _round(pair.sd * factor))


def _round(value: float) -> float:
    """Walks that come back to a pair are to know it."""
    return float(f"{value:.4g}")


def _within(pair: Matern, ranges_cells: tuple[float, float], sds: tuple[float, float]) -> bool:
    return ranges_cells[0] <= pair.range_cells <= ranges_cells[1] and sds[0] <= pair.sd <= sds[1]
