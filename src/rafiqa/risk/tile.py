"""Tiles: a field too large for one piece, fitted piece by piece in any order, on any machine.

Each tile is fitted with a halo of three ranges around it, with the level held, and keeps its own
cells
alone; what lies beyond the halo moves them by less than a thousandth of what it moves there. Its
noise
hangs on the place, so that draws of neighbours go on into one another. Nothing passes from one
tile to
the next: the order of tiles changes no byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.risk.choice import averaged
from rafiqa.risk.field import Field, Prior, fit, readings_of
from rafiqa.risk.matern import CORRELATION_RANGES, Matern
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import Readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece of a grid: its own rows and columns, and those that it is fitted with."""

    rows: range
    columns: range
    outer_rows: range
    outer_columns: range

    def cells(self, shape: tuple[int, int]) -> Ints:
        """Returns the numbers of its own cells on the whole grid."""
        return _numbers(self.rows, self.columns, shape)

    def outer_cells(self, shape: tuple[int, int]) -> Ints:
        """Returns the numbers of the cells that it is fitted with."""
        return _numbers(self.outer_rows, self.outer_columns, shape)


def _numbers(rows: range, columns: range, shape: tuple[int, int]) -> Ints:
    numbers: Ints = np.asarray(rows)[:, None] * shape[1] + np.asarray(columns)[None, :]
    return numbers


def tiles(shape: tuple[int, int], side_cells: int, range_cells: float) -> Iterator[Tile]:
    """Yields the tiles of a grid, from south-west on, each with its halo."""
    halo = int(np.ceil(CORRELATION_RANGES * range_cells))
    for south in range(0, shape[0], side_cells):
        for west in range(0, shape[1], side_cells):
            north, east = min(south + side_cells, shape[0]), min(west + side_cells, shape[1])
            yield Tile(
                range(south, north),
                range(west, east),
                range(max(south - halo, 0), min(north + halo, shape[0])),
                range(max(west - halo, 0), min(east + halo, shape[1])),
            )


@dataclass(frozen=True, slots=True, eq=False)
class TileField:
    """One tile, fitted: the field of its window, and where its own cells are in it."""

    tile: Tile
    field: Field
    own: Ints

    @property
    def eta(self) -> Floats:
        """``(ny, nx)`` log-odds at the mode of the tile's own cells."""
        return self.field.eta[self.own]

    def draws(self, n_draws: int, noise: Noise) -> Iterator[Floats]:
        """Yields ``(ny, nx)`` draws of the tile's own cells, one at a time."""
        for some in self.field.draws(n_draws, noise):
            for each in some:
                yield each[self.own]

    def mean_p(self, n_draws: int, noise: Noise) -> Floats:
        """Returns ``(ny, nx)`` mean probabilities of the tile's own cells."""
        squares = np.zeros(self.own.shape)
        for each in self.draws(n_draws, noise):
            squares += (each - self.eta) ** 2
        return averaged(self.eta, np.sqrt(squares / n_draws))


def fit_tile(
    tile: Tile,
    matern: Matern,
    centre: Floats,
    readings: Readings,
    shape: tuple[int, int],
    origin: tuple[int, int] = (0, 0),
) -> TileField:
    """Returns one tile fitted.

    Args:
        tile: which.
        matern: reach and spread of the field.
        centre: ``(n,)`` log-odds of all cells with nothing known.
        readings: what is known of all cells.
        shape: rows and columns of the whole grid.
        origin: row and column of its first cell, counted from where noise is counted from.
    """
    outer = tile.outer_cells(shape)
    at = outer.ravel()
    none = np.zeros(0)
    prior = Prior(matern, outer.shape, np.zeros((0, at.size)), none, none, centre[at])
    south, west = tile.outer_rows.start, tile.outer_columns.start
    window = readings_of(readings, at, shape[0] * shape[1])
    found = fit(prior, window, origin=(origin[0] + south, origin[1] + west))
    inside = np.arange(at.size).reshape(outer.shape)
    rows = slice(tile.rows.start - south, tile.rows.stop - south)
    columns = slice(tile.columns.start - west, tile.columns.stop - west)
    return TileField(tile, found, inside[rows, columns])
