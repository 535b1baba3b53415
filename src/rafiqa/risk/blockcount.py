"""How many cells of an area are contaminated: intervals that hold for whole areas.

Draws of the field hang together, so that their sums are as wide as they ought to be (independent
cells
held 42 % where 90 was promised). What a field of one range does not know is that whole districts
differ: a block has an effect of its own, as wide as the blocks that were foretold before were off.
``spread``
and ``block_sd`` are chosen by how well the counts of other blocks were foretold, size by size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.reading import expit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SPREADS = (0.5, 0.7, 0.85, 1.0)
BLOCK_SDS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
NOMINAL = 0.9
_SMOOTH = 0.5
"""Counts that no draw met still have this share of one draw, spread over all counts."""


@dataclass(frozen=True, slots=True)
class Width:
    """How wide the counts of blocks of one size are.

    Attributes:
        spread: what draws' distances from the mode are multiplied by.
        block_sd: standard deviation of a block's own effect, in log-odds.
    """

    spread: float = 1.0
    block_sd: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The cells of one area, as foretold.

    Attributes:
        eta: ``(c,)`` log-odds at the mode.
        draws: ``(d, c)`` draws of the log-odds.
        count: how many are contaminated, where that is known.
    """

    eta: Floats
    draws: Floats
    count: int | None = None


def counts(block: Block, own: Width, chance: np.random.Generator, each: int = 4) -> Ints:
    """Returns ``(d · each,)`` draws of how many cells of an area are contaminated.

    Args:
        block: the area's cells as foretold.
        own: how wide areas of its size are.
        chance: where chance comes from.
        each: how often each draw of the field is used.
    """
    eta = block.eta + own.spread * (np.repeat(block.draws, each, axis=0) - block.eta)
    eta = eta + own.block_sd * chance.standard_normal((len(eta), 1))
    found: Ints = (chance.random(eta.shape) < expit(eta)).sum(axis=1)
    return found


def interval(drawn: Ints, nominal: float = NOMINAL) -> tuple[int, int]:
    """Returns the central interval of some draws; whole numbers, outwards."""
    tail = (1 - nominal) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], method="inverted_cdf")
    return int(low), int(high)


def width_of(blocks: Sequence[Block], chance: np.random.Generator) -> Width:
    """Returns the width with which the known counts of some blocks are foretold best.

    The score is the logarithm of the probability of each count; no width but the plain one is
    taken where there is no block.
    """
    asked = [Width(spread, sd) for spread in SPREADS for sd in BLOCK_SDS]
    worth = [sum(_log_p(block, own, chance) for block in blocks) for own in asked]
    return asked[int(np.argmax(worth))] if blocks else Width()


def _log_p(block: Block, own: Width, chance: np.random.Generator) -> float:
    drawn = counts(block, own, chance, 2)
    n = len(block.eta)
    # A normal kernel as wide as the draws' own error: few draws of many counts leave gaps.
    wide = max(0.5, 1.06 * float(drawn.std()) * len(drawn) ** -0.2)
    at = np.arange(n + 1)
    near = np.exp(-0.5 * ((drawn[:, None] - at[None, :]) / wide) ** 2)
    mass = near.sum(axis=0) / near.sum() + _SMOOTH / (len(drawn) * (n + 1))
    return float(np.log(mass[block.count or 0] / mass.sum()))
