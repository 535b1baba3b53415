"""A grid of square cells over a site's plane, in whole millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CELLS_MAX = 4_000_000


@dataclass(frozen=True, slots=True)
class CellGrid:
    """Square cells; cell number = row · columns + column, rows from south to north.

    Edges are multiples of the cell's size from the frame's origin, so that grids of one site and
    size share their cells.

    Attributes:
        west_mm: western edge.
        south_mm: southern edge.
        size_mm: side of a cell.
        shape: rows and columns.
    """

    west_mm: int
    south_mm: int
    size_mm: int
    shape: tuple[int, int]

    @classmethod
    def over(cls, box_mm: tuple[float, float, float, float], size_mm: int, pad: int) -> CellGrid:
        """Returns the grid that covers a box, with some cells more on every side.

        Raises:
            InvalidInput: it would have more than ``CELLS_MAX`` cells.
        """
        west, south = (int(np.floor(at / size_mm)) - pad for at in box_mm[:2])
        east, north = (int(np.floor(at / size_mm)) + 1 + pad for at in box_mm[2:])
        shape = (north - south, east - west)
        if shape[0] * shape[1] > CELLS_MAX:
            params = {"cells": shape[0] * shape[1], "limit": CELLS_MAX}
            raise InvalidInput(Fault("risk.grid.too-many-cells", "--cell-m", params=params))
        return cls(west * size_mm, south * size_mm, size_mm, shape)

    @property
    def n(self) -> int:
        """Number of cells."""
        return self.shape[0] * self.shape[1]

    @property
    def origin(self) -> tuple[int, int]:
        """Row and column of the first cell, counted from the frame's origin."""
        return self.south_mm // self.size_mm, self.west_mm // self.size_mm

    def at(self, x_mm: float, y_mm: float) -> int | None:
        """Returns the number of the cell of a place; None outside."""
        column = int((x_mm - self.west_mm) // self.size_mm)
        row = int((y_mm - self.south_mm) // self.size_mm)
        if 0 <= row < self.shape[0] and 0 <= column < self.shape[1]:
            return row * self.shape[1] + column
        return None

    def numbers(self, places_mm: Floats) -> Ints:
        """Returns ``(n,)`` the numbers of the cells of ``(n, 2)`` places; −1 outside."""
        corner = np.array([self.west_mm, self.south_mm])
        column, row = np.floor((places_mm - corner) / self.size_mm).astype(np.int64).T
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        found: Ints = np.where(inside, row * self.shape[1] + column, -1)
        return found

    def centres(self, cells: Ints) -> Floats:
        """Returns ``(c, 2)`` centres of cells, mm."""
        rows, columns = np.divmod(cells, self.shape[1])
        return np.stack(
            [
                self.west_mm + (columns + 0.5) * self.size_mm,
                self.south_mm + (rows + 0.5) * self.size_mm,
            ],
            axis=1,
        )

    def boxes(self, cells: Ints) -> npt.NDArray[np.object_]:
        """Returns the squares of cells."""
        rows, columns = np.divmod(cells, self.shape[1])
        west = self.west_mm + columns * self.size_mm
        south = self.south_mm + rows * self.size_mm
        squares = shapely.box(west, south, west + self.size_mm, south + self.size_mm)
        return np.asarray(squares, dtype=object)

    def touching(self, box_mm: Sequence[float]) -> Ints:
        """Returns the cells that a box meets."""
        size, (ny, nx) = self.size_mm, self.shape
        left, right = (int((at - self.west_mm) // size) for at in (box_mm[0], box_mm[2]))
        low, high = (int((at - self.south_mm) // size) for at in (box_mm[1], box_mm[3]))
        rows = np.arange(max(low, 0), min(high, ny - 1) + 1, dtype=np.int64)
        columns = np.arange(max(left, 0), min(right, nx - 1) + 1, dtype=np.int64)
        cells: Ints = (rows[:, None] * nx + columns[None, :]).ravel()
        return cells

    def shares(self, shape: BaseGeometry) -> tuple[Ints, Floats]:
        """Returns the cells that a shape meets, and how much of each lies in it."""
        cells = self.touching(shape.bounds)
        parts = shapely.area(shapely.intersection(self.boxes(cells), shape))
        held = parts / float(self.size_mm) ** 2
        return cells[held > 0], held[held > 0]
