"""What is likely of areas: that they hold anything at all, and how much of their ground.

Both come from joint draws of the field, so that cells of one area hang together as they do. Of a
cell that lies in an area in part, the part counts: spots are taken to lie anywhere in a cell, so
that a share s of it holds none with a probability of (1 − p)^s. What is drawn in a cell hangs on
the place: areas that share ground are told of one world. It orders work and lowers no ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import expit
from rafiqa.risk.riskmap import N_DRAWS, SEED, TAILS, RiskMap

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_MM2 = 1e6
RESOLVED_CELLS = 4
"""Of an area of fewer cells' ground the map says nothing: what was said of it is spread over
ground that is not its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A mean with the 5 % and the 95 % quantile of joint draws; the mean lies between them."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class AreaRisk:
    """What is likely of one area.

    Attributes:
        p_contaminated: that it holds ordnance anywhere.
        contaminated_m2: ground of cells that do, within it.
    """

    p_contaminated: Span
    contaminated_m2: Span


def area_risks(
    found: RiskMap,
    shapes: Sequence[BaseGeometry],
    n_draws: int = N_DRAWS,
    seed: int = SEED,
) -> list[AreaRisk | None]:
    """Returns what is likely of each shape; None where it is too small for the map's cells.

    Args:
        found: the map.
        shapes: in mm of the site's frame, within the map.
        n_draws: joint draws behind each figure.
        seed: where chance begins.
    """
    cell_mm2 = float(found.grid.size_mm) ** 2
    met = [
        found.grid.shares(shape) if shape.area >= RESOLVED_CELLS * cell_mm2 else None
        for shape in shapes
    ]
    asked = [each for each in met if each is not None and len(each[0])]
    if not asked:
        return [None] * len(shapes)
    cells = np.unique(np.concatenate([each for each, _ in asked]))
    rows = [np.searchsorted(cells, each) for each, _ in asked]
    some, ground = (np.empty((len(asked), n_draws)) for _ in range(2))
    at = 0
    for p, held in _drawn(found, cells, n_draws, seed):
        now = slice(at, at + len(p))
        for number, (_, share) in enumerate(asked):
            none = (np.log1p(-np.minimum(p[:, rows[number]], 1 - 1e-12)) * share).sum(axis=1)
            some[number, now] = -np.expm1(none)
            ground[number, now] = (held[:, rows[number]] * share).sum(axis=1) * cell_mm2 / _MM2
        at += len(p)
    told = iter([AreaRisk(_span(p), _span(m2)) for p, m2 in zip(some, ground, strict=True)])
    return [next(told) if each is not None and len(each[0]) else None for each in met]


def _drawn(found: RiskMap, cells: Ints, n_draws: int, seed: int) -> Iterator[tuple[Floats, Bools]]:
    """Yields ``(d, c)`` probabilities of cells and whether each holds any, some at a time."""
    from scipy.special import ndtr

    field, noise, at = found.field, Noise(seed), 0
    for some in field.draws(n_draws, noise):
        p = expit(some[:, cells] + field.readings.log_ratio[cells])
        # Draws of the field use the numbers from 0 on; those of what lies there go on from them.
        chance = [
            noise.window(*field.origin, field.prior.shape, n_draws + at + number)[0].ravel()[cells]
            for number in range(len(p))
        ]
        yield p, ndtr(np.stack(chance)) < p
        at += len(p)


def _span(drawn: Floats) -> Span:
    low, high = np.quantile(drawn, TAILS)
    mean = float(drawn.mean())
    return Span(min(float(low), mean), mean, max(float(high), mean))
