"""The river through the invented city: a meandering line, its water and its bridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, Polygon

from rafiqa.demo.name import Name

BANK_M = 14.0
"""Width of the bank kept free of buildings on both sides, in metres."""


@dataclass(frozen=True, slots=True)
class River:
    """A river as water polygon and middle line, in metres of the city's plane."""

    name: Name
    line: LineString
    shape: Polygon
    width_m: float


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge that carries one street over the river; ``shape`` is its deck."""

    bridge_id: str
    name: Name
    street_id: str
    line: LineString
    shape: Polygon


def make_river(rng: Generator, radius_m: float, name: Name) -> River:
    """Returns a river that passes the centre at about a quarter of the radius and runs on."""
    width_m = float(np.clip(radius_m * 0.045, 18.0, 110.0))
    along_m = np.linspace(-1.7 * radius_m, 1.7 * radius_m, 160)
    swing = rng.uniform(0.0, 2.0 * np.pi, 2)
    across_m = radius_m * (
        rng.uniform(0.30, 0.38)
        + 0.10 * np.sin(along_m / (0.22 * radius_m) + swing[0])
        + 0.05 * np.sin(along_m / (0.12 * radius_m) + swing[1])
    )
    line = LineString(np.round(_turned(along_m, across_m, rng.uniform(0.0, np.pi)), 3))
    water = line.buffer(width_m / 2.0, quad_segs=4, cap_style="flat")
    return River(name, line, water, width_m)


def _turned(
    along_m: NDArray[np.float64], across_m: NDArray[np.float64], angle: float
) -> NDArray[np.float64]:
    """Returns points turned by an angle in radians around the centre."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.column_stack((along_m * cos - across_m * sin, along_m * sin + across_m * cos))


def crossings(river: River, line: LineString) -> tuple[list[LineString], list[LineString]]:
    """Returns a street's dry pieces and its bridges, each bridge joined to both banks.

    A street that runs along the water rather than over it gets no bridge and stops at the
    bank: a crossing longer than twice the river's width is not built.
    """
    parts = shapely.get_parts(line.intersection(river.shape.buffer(2.0)))
    wet = [piece for piece in parts if isinstance(piece, LineString) and piece.length > 1.0]
    decks = [piece for piece in wet if _spans(river, piece)]
    drowned = [piece for piece in wet if not _spans(river, piece)]
    pieces = shapely.get_parts(line.difference(MultiLineString(drowned).buffer(1.0)))
    dry = [piece for piece in pieces if isinstance(piece, LineString) and piece.length > 10.0]
    return dry, decks


def _spans(river: River, piece: LineString) -> bool:
    """Returns whether a wet piece of street goes straight from bank to bank."""
    ends = shapely.points([piece.coords[0], piece.coords[-1]])
    at_bank = shapely.distance(ends, river.shape.boundary) < 5.0
    return bool(at_bank.all()) and 0.8 * river.width_m < piece.length < 2.0 * river.width_m
