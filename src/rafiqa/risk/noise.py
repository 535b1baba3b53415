"""Noise that hangs on a place and a number alone, and on no order of work.

The plane is cut into blocks of 64 × 64 cells, counted from the grid's own origin, and each block of
each draw has a generator of its own. Two windows that share a cell get the same noise there, so
that draws of neighbouring tiles are draws of one field.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BLOCK_CELLS = 64
_ZERO = 1 << 31
"""Blocks west and south of the origin have negative numbers; seeds may not."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard normal noise of a seed, asked for by window and draw."""

    seed: int

    def window(self, south: int, west: int, shape: tuple[int, int], draw: int) -> Floats:
        """Returns ``(2, ny, nx)`` noise of the cells of a window: of the field, of the readings.

        Args:
            south: the row of the window's first cell, counted from the grid's origin.
            west: the column of it.
            shape: rows and columns of the window.
            draw: the number of the draw.
        """
        out = np.empty((2, *shape))
        for row in range(south // BLOCK_CELLS, (south + shape[0] - 1) // BLOCK_CELLS + 1):
            for column in range(west // BLOCK_CELLS, (west + shape[1] - 1) // BLOCK_CELLS + 1):
                made = self._block(row, column, draw)
                top, left = row * BLOCK_CELLS - south, column * BLOCK_CELLS - west
                rows = slice(max(top, 0), min(top + BLOCK_CELLS, shape[0]))
                columns = slice(max(left, 0), min(left + BLOCK_CELLS, shape[1]))
                inside = made[
                    :,
                    rows.start - top : rows.stop - top,
                    columns.start - left : columns.stop - left,
                ]
                out[:, rows, columns] = inside
        return out

    def shared(self, n: int, draw: int) -> Floats:
        """Returns ``(n,)`` noise of what all cells share: level and slopes."""
        return np.random.Generator(np.random.Philox(self._key(0, draw, 1))).standard_normal(n)

    def _block(self, row: int, column: int, draw: int) -> Floats:
        place = ((row + _ZERO) << 32) | (column + _ZERO)
        maker = np.random.Generator(np.random.Philox(self._key(place, draw, 0)))
        return maker.standard_normal((2, BLOCK_CELLS, BLOCK_CELLS))

    def _key(self, *numbers: int) -> np.random.SeedSequence:
        return np.random.SeedSequence([self.seed, *numbers])
