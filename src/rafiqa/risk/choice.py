"""Choice: the range and spread of the field that the data themselves bear out.

The evidence for a pair is the Laplace approximation of the probability of all readings, with exact
determinants of sparse matrices. Nothing is looked at that the readings given do not hold: give
those of the training folds and the choice stays inside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rafiqa.risk.factor import Factor
from rafiqa.risk.field import Field
from rafiqa.risk.matern import Matern

_STEP = math.sqrt(2)
_MOVES_MAX = 24


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pair that was chosen, the fit with it, and every pair that was asked.

    ``asked`` holds the logarithm of the evidence by range in cells and spread.
    """

    field: Field
    asked: dict[Matern, float]

    @property
    def matern(self) -> Matern:
        """The pair with the most evidence."""
        return self.field.prior.matern

    def weights(self, least: float = 0.05) -> dict[Matern, float]:
        """Returns each pair's share of the evidence; of those with so much of the best's."""
        best = max(self.asked.values())
        kept = {at: math.exp(each - best) for at, each in self.asked.items()}
        kept = {at: each for at, each in kept.items() if each >= least}
        whole = sum(kept.values())
        return {at: each / whole for at, each in kept.items()}


def log_evidence(found: Field) -> float:
    """Returns the logarithm of the probability of the readings, by Laplace, up to a constant.

    Made for grids of up to about 100,000 cells, which are factored.
    """
    half = Factor(found.prior, found.bend).log_determinant / 2
    fits = float(found.readings.at(found.eta).value.sum())
    return fits - float((found.white**2).sum()) / 2 - half


def choose(
    make: Callable[[Matern], Field],
    start: Matern,
    ranges_cells: tuple[float, float],
    sds: tuple[float, float] = (0.25, 4.0),
) -> Chosen:
    """Returns the pair with the most evidence, walked to from a start in steps of √2.

    Args:
        make: fits the field with a pair.
        start: where the walk begins.
        ranges_cells: the least and the greatest range that may be chosen.
        sds: the least and the greatest spread.
    """
    asked: dict[Matern, float] = {}
    fields: dict[Matern, Field] = {}

    def ask(pair: Matern) -> float:
        if pair not in asked:
            fields[pair] = make(pair)
            asked[pair] = log_evidence(fields[pair])
        return asked[pair]

    best = start
    ask(best)
    for _ in range(_MOVES_MAX):
        near = [at for at in _around(best) if _within(at, ranges_cells, sds)]
        for pair in near:
            ask(pair)
        then = max([best, *near], key=lambda at: asked[at])
        if then == best:
            break
        best = then
    return Chosen(fields[best], asked)


def _around(pair: Matern) -> Iterable[Matern]:
    for factor in (_STEP, 1 / _STEP):
        yield Matern(_round(pair.range_cells * factor), pair.sd)
        yield Matern(pair.range_cells, _round(pair.sd * factor))


def _round(value: float) -> float:
    """Walks that come back to a pair are to know it."""
    return float(f"{value:.4g}")


def _within(pair: Matern, ranges_cells: tuple[float, float], sds: tuple[float, float]) -> bool:
    return ranges_cells[0] <= pair.range_cells <= ranges_cells[1] and sds[0] <= pair.sd <= sds[1]
