"""Buildings as cells of their own: those recorded, and whole reference layers of a city.

Each stands in the cell of a place on its own ground and shares that cell's log-odds. One of which
nothing was said costs the field nothing, so that a city's hundred thousand take no longer to fit.
A building of a layer is none where a recorded one stands on its place: two would count for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.risk.grid import CellGrid

if TYPE_CHECKING:
    from rafiqa.risk.testimony import Place

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
EXACT_MM = 10_000
"""A word told so exactly, of a place in a building, is of the building and not of its cell."""

WHOLE_SHARE = 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Footprints:
    """Buildings of reference layers: ``(m,)`` ids and shapes in mm of the site's frame."""

    ids: Sequence[str] = ()
    shapes: Shapes = field(default_factory=lambda: np.empty(0, dtype=object))


@dataclass(frozen=True, eq=False)
class Houses:
    """Buildings on a grid; the recorded ones first.

    Attributes:
        ids: ``(m,)`` ids.
        shapes: ``(m,)`` footprints, mm.
        cells: ``(m,)`` the cell that each stands in.
        n_recorded: how many of them are on record as structures.
        n_beyond: buildings of layers that stand beyond the grid, and are none of these.
    """

    ids: Sequence[str]
    shapes: Shapes
    cells: Ints
    n_recorded: int = 0
    n_beyond: int = 0

    @classmethod
    def on(
        cls,
        grid: CellGrid,
        recorded: Mapping[str, BaseGeometry],
        layers: Footprints | None = None,
    ) -> Houses:
        """Returns the buildings that stand on a grid; one that is recorded and in a layer, once."""
        ids, shapes = list(recorded), np.array([*recorded.values()], dtype=object)
        places = _places(shapes)
        if layers is None or not len(layers.ids):
            return cls(ids, shapes, grid.numbers(places), len(ids))
        layer_places = _places(layers.shapes)
        cells = grid.numbers(layer_places)
        known = set(ids)
        own = np.array([each not in known for each in layers.ids])
        own[shapely.STRtree(shapes).query(shapely.points(layer_places), "intersects")[0]] = False
        kept = np.flatnonzero(own & (cells >= 0))
        return cls(
            [*ids, *(layers.ids[at] for at in kept.tolist())],
            np.concatenate([shapes, layers.shapes[kept]]),
            np.concatenate([grid.numbers(places), cells[kept]]),
            len(ids),
            int((own & (cells < 0)).sum()),
        )

    @cached_property
    def tree(self) -> shapely.STRtree:
        """A spatial index over the footprints."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def area_mm2(self) -> Floats:
        """``(m,)`` how much ground each covers."""
        areas: Floats = shapely.area(self.shapes)
        return areas

    def of(self, place: Place) -> int | None:
        """Returns the number of the structure that an exact place lies in; None where in none."""
        if place.reach_mm > EXACT_MM or shapely.get_dimensions(place.shape) != 0:
            return None
        inside = self.tree.query(place.shape, predicate="intersects")
        return int(inside.min()) if len(inside) else None

    def freed(self, ground: Sequence[BaseGeometry]) -> Bools:
        """Returns which stand wholly on released ground; faces do not overlap."""
        covered = np.zeros(len(self.ids))
        if len(ground) and len(self.ids):
            faces = np.array([*ground], dtype=object)
            at, face = shapely.STRtree(faces).query(self.shapes, "intersects")
            parts = shapely.area(shapely.intersection(self.shapes[at], faces[face]))
            covered = np.bincount(at, parts, len(self.ids)).astype(np.float64)
        whole: Bools = (self.area_mm2 > 0) & (covered >= WHOLE_SHARE * self.area_mm2)
        return whole


def _places(shapes: Shapes) -> Floats:
    if not len(shapes):
        return np.zeros((0, 2))
    places: Floats = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return places


@dataclass(frozen=True, slots=True, eq=False)
class BuildingRisks:
    """What is likely of buildings of layers; those on released ground have no row.

    Attributes:
        ids: ``(b,)`` ids.
        p: ``(b,)`` mean probability.
        low: ``(b,)`` 5 % quantile.
        high: ``(b,)`` 95 % quantile.
        prior_only: ``(b,)`` whether nothing known is within one range.
        n_released: buildings on released ground.
        n_beyond: buildings beyond the map.
    """

    ids: tuple[str, ...]
    p: Floats
    low: Floats
    high: Floats
    prior_only: Bools
    n_released: int = 0
    n_beyond: int = 0
