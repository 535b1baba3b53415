"""Quarters of the invented city and the blocks they fall into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.demo.front import FrontLine
from rafiqa.demo.name import Name
from rafiqa.demo.pattern import PATTERNS
from rafiqa.demo.river import BANK_M, River
from rafiqa.demo.street import ROAD_MARGIN_M, Net

ORGANIC = frozenset({"old_town", "village"})
"""Quarter kinds with lanes instead of a grid."""

_LEAST_GROUND_M2 = 1500.0


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter with a name; ``shape`` reaches to the middle of the roads around it."""

    quarter_id: str
    name: Name
    kind: str
    shape: Polygon
    population: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block between streets, in one quarter; population is the sum of its buildings'."""

    block_id: str
    name: Name
    quarter_id: str
    kind: str
    shape: Polygon
    population: int


@dataclass(frozen=True, slots=True)
class QuarterPlan:
    """A quarter before it is built: its outline and the ground left by roads and river."""

    kind: str
    shape: Polygon
    grounds: tuple[Polygon, ...]
    angle: float


def plan_quarters(
    rng: Generator, net: Net, river: River, front: FrontLine
) -> Iterator[QuarterPlan]:
    """Returns the quarters from the centre out, with a kind and a direction for each.

    The two innermost bands hold the old town and what grew around it; one arc of the
    outermost band is industrial; a few quarters were villages once and keep their lanes.
    """
    taken = shapely.union_all([river.shape.buffer(BANK_M), front.strip, _square(net)])
    industry = rng.uniform(0.0, 2 * np.pi)
    common = rng.uniform(0.0, np.pi)
    last = len(net.rings_m) - 1
    for band, angle, shape in net.cells():
        turned = common if rng.random() < 0.25 else angle + rng.normal(0.0, 0.15)
        away = abs((angle - industry + np.pi) % (2 * np.pi) - np.pi)
        kind = _kind(rng, band, outermost=band == last, industrial=away < 0.45)
        ground = shape.buffer(-ROAD_MARGIN_M, join_style="mitre").difference(taken)
        yield QuarterPlan(kind, shape, tuple(_pieces(ground)), float(turned))


def _square(net: Net) -> Polygon:
    """Returns the square left open in the middle of the old town."""
    radius_m = max(16.0, 0.12 * net.rings_m[0])
    return shapely.Point(0.0, 0.0).buffer(radius_m, quad_segs=4)


def _pieces(ground: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(ground)
    return [part for part in parts if isinstance(part, Polygon) and part.area > _LEAST_GROUND_M2]


def _kind(rng: Generator, band: int, *, outermost: bool, industrial: bool) -> str:
    """Returns the kind of one quarter."""
    draw = rng.random()
    if band == 0:
        return "old_town"
    if outermost and industrial:
        return "industrial"
    if band == 1 and draw < 0.2:
        return "village"
    shares = (("row_houses", 0.48), ("houses", 0.70), ("apartments", 0.88), ("villas", 0.93))
    return next((kind for kind, upto in shares if draw < upto), "village")


def pattern_of(kind: str) -> str:
    """Returns the pattern to build an unsplit quarter of a kind by."""
    return kind if kind in PATTERNS else "row_houses"
