"""Footprints: buildings in columns while the city is being made, before each gets a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

KINDS = (
    "house",
    "apartment",
    "shop",
    "workshop",
    "warehouse",
    "school",
    "hospital",
    "clinic",
    "water_works",
    "power_station",
    "mosque",
    "church",
    "market",
    "municipal",
)
"""Kinds of building; columns hold the place in this list."""

SERVICE_KINDS = KINDS[5:]
"""Kinds that serve the public and bear a name of their own."""


def kind_code(kind: str) -> int:
    """Returns the place of a kind in ``KINDS``."""
    return KINDS.index(kind)


@dataclass(frozen=True, slots=True)
class Footprints:
    """Buildings in columns of equal length.

    Attributes:
        shapes: polygons in metres, on the millimetre.
        block: index of each building's block.
        kind: place in ``KINDS``.
        storeys: above ground.
    """

    shapes: NDArray[np.object_]
    block: NDArray[np.int64]
    kind: NDArray[np.int64]
    storeys: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shapes)

    def pick(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Footprints:
        """Returns the footprints chosen by a mask or by indices."""
        return Footprints(
            self.shapes[which], self.block[which], self.kind[which], self.storeys[which]
        )

    def in_blocks(self, first: int) -> Footprints:
        """Returns the same footprints with their block indices raised by ``first``."""
        return Footprints(self.shapes, self.block + first, self.kind, self.storeys)


def joined(many: Sequence[Footprints]) -> Footprints:
    """Returns all footprints one after another; empty columns where none is given."""
    if not many:
        none = np.zeros(0, dtype=np.int64)
        return Footprints(np.zeros(0, dtype=object), none, none, none)
    return Footprints(
        np.concatenate([one.shapes for one in many]),
        np.concatenate([one.block for one in many]),
        np.concatenate([one.kind for one in many]),
        np.concatenate([one.storeys for one in many]),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """A frame of a quarter's own: turned by an angle in radians about a centre in metres."""

    x_m: float
    y_m: float
    angle: float

    def outward(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns points of the quarter's frame in the city's plane, on the millimetre."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        x, y = points[..., 0], points[..., 1]
        turned = np.stack((x * cos - y * sin + self.x_m, x * sin + y * cos + self.y_m), axis=-1)
        return np.round(turned, 3)

    def inward(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns points of the city's plane in the quarter's frame."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        x, y = points[..., 0] - self.x_m, points[..., 1] - self.y_m
        return np.stack((x * cos + y * sin, y * cos - x * sin), axis=-1)


def box_rings(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns closed rings, shape (n, 5, 2), of boxes given as (n, 4): x0, y0, x1, y1."""
    x0, y0, x1, y1 = boxes.T
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
    return np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)


def polygons(turn: Turn, rings: NDArray[np.float64]) -> NDArray[np.object_]:
    """Returns polygons in the city's plane of rings (n, k, 2) given in a quarter's frame."""
    return np.array(shapely.polygons(turn.outward(rings)), dtype=object)
