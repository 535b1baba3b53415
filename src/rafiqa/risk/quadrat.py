"""Quadrats: small squares of ground, and a drawing of them that anybody can repeat.

Every point of the ground lies in exactly one quadrat of a grid, and those at its edge count as
whole ones, so that the exact tables of ``acceptance`` hold as they stand; slivers thinner than a
millimetre, which the site's grid cannot draw, are in none. Nobody is sent off the ground. They are
drawn in the order of a hash over a seed and their place in the grid: no generator, no version of a
library, and whoever has the seed can see that none was picked. Small squares are drawn rather than
strips (transects): items that lie together lie in few strips.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo import GridShape

MOST_UNITS = 2_000_000
"""More quadrats than that are not laid out: about 200 ha in squares of 1 m."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The quadrats of some ground.

    Attributes:
        ground: the ground.
        side_mm: of each square.
        cells: column and row of each quadrat; shape (n, 2), in the order of columns and rows.
    """

    ground: GridShape
    side_mm: int
    cells: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, slots=True)
class Quadrat:
    """One square that was drawn, as far as it lies on the ground.

    Attributes:
        number: its place in the drawing, from 1; whoever inspects fewer takes the first ones.
        column: of the grid.
        row: of the grid.
        shape: the square within the ground.
        centre_mm: of the whole square.
    """

    number: int
    column: int
    row: int
    shape: GridShape
    centre_mm: tuple[float, float]


def n_squares(ground: GridShape, side_mm: int) -> int:
    """Returns how many squares the box around some ground has: no fewer than it has quadrats."""
    x_min, y_min, x_max, y_max = ground.bounds_mm
    columns = x_max // side_mm - x_min // side_mm + 1
    rows = y_max // side_mm - y_min // side_mm + 1
    return columns * rows


def grid_of(ground: GridShape, side_mm: int) -> Grid:
    """Returns the quadrats of some ground, each with some of the ground in it; none on a speck.

    Args:
        ground: not empty; its box has at most ``MOST_UNITS`` squares (``n_squares``).
        side_mm: of each square, at least 1.
    """
    x_min, y_min, x_max, y_max = ground.bounds_mm
    columns = np.arange(x_min // side_mm, x_max // side_mm + 1, dtype=np.int64)
    rows = np.arange(y_min // side_mm, y_max // side_mm + 1, dtype=np.int64)
    cells = np.stack(np.meshgrid(columns, rows, indexing="ij"), axis=-1).reshape(-1, 2)
    low = cells * side_mm
    boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + side_mm, low[:, 1] + side_mm)
    # What only touches has none of the ground in it; what is covered needs no overlay.
    tree, held = shapely.STRtree(boxes), np.zeros(len(boxes), dtype=np.bool_)
    held[tree.query(ground.geometry, predicate="intersects")] = True
    whole = np.zeros(len(boxes), dtype=np.bool_)
    whole[tree.query(ground.geometry, predicate="covers")] = True
    # What the grid cannot draw is no quadrat: its square would lie on ground nobody worked.
    edge = np.flatnonzero(held & ~whole)
    drawable = shapely.intersection(boxes[edge], ground.geometry, grid_size=1.0)
    held[edge] = shapely.area(drawable) > 0
    return Grid(ground, side_mm, cells[held])


def drawn(grid: Grid, n: int, seed: str) -> list[Quadrat]:
    """Returns so many quadrats, drawn without replacement, every set of them alike likely.

    Args:
        grid: the quadrats to draw from.
        n: how many, at most all of them.
        seed: said before anybody knows the ground's results; the same seed draws the same.
    """
    order = sorted(range(len(grid)), key=lambda at: _rank(seed, grid.cells[at]))[:n]
    return [_quadrat(grid, at, number) for number, at in enumerate(order, 1)]


def _rank(seed: str, cell: npt.NDArray[np.int64]) -> bytes:
    return hashlib.sha256(f"{seed}\n{int(cell[0])} {int(cell[1])}".encode()).digest()


def _quadrat(grid: Grid, at: int, number: int) -> Quadrat:
    column, row = (int(each) for each in grid.cells[at])
    x_mm, y_mm, side_mm = column * grid.side_mm, row * grid.side_mm, grid.side_mm
    shape = GridShape.box(x_mm, y_mm, x_mm + side_mm, y_mm + side_mm)
    # Few lie at the rim, and an overlay takes long.
    if not grid.ground.covers(shape):
        shape = shape.intersection(grid.ground)
    return Quadrat(number, column, row, shape, (x_mm + side_mm / 2, y_mm + side_mm / 2))


def n_units_of(area_m2: float, side_m: float) -> int:
    """Returns how many quadrats some ground of no known outline has: its area over one, rounded up.

    Args:
        area_m2: of the ground, above 0.
        side_m: of a square, above 0.
    """
    return max(math.ceil(area_m2 / side_m**2 - 1e-9), 1)
