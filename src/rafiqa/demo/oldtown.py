"""Old quarters: crooked lanes between uneven blocks, courtyard houses wall to wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Polygon

from rafiqa.demo.footprint import Footprints, kind_code
from rafiqa.demo.split import Ring, ring_area_m2, split_until
from rafiqa.demo.street import ROAD_WIDTH_M

BLOCK_M2 = 2600.0
LOT_M2 = 165.0
_WALL_M = 0.2
_LEAST_HOUSE_M2 = 35.0
_COURTYARD_FROM_M2 = 110.0
_EMPTY_LOTS = 0.06


@dataclass(frozen=True, slots=True)
class OrganicTract:
    """A piece of an old quarter: its blocks before and after being cut to the ground.

    Attributes:
        quarter: index of the quarter.
        ground: the land inside the quarter's roads and off the river bank.
        rings: each block as a convex ring, drawn back from its lanes.
        shapes: the same blocks cut to the ground.
        whole: which blocks lie wholly on the ground.
        lanes: middle lines of the lanes.
    """

    quarter: int
    ground: Polygon
    rings: tuple[Ring, ...]
    shapes: NDArray[np.object_]
    whole: NDArray[np.bool_]
    lanes: tuple[LineString, ...]


def lay_lanes(rng: Generator, quarter: int, ground: Polygon, angle: float) -> OrganicTract:
    """Returns the uneven blocks and the lanes of an old quarter."""
    start = _covering_ring(ground, angle)
    pieces = split_until(rng, start, BLOCK_M2, slant=0.22)
    outlines = np.array([Polygon(piece) for piece in pieces], dtype=object)
    shapely.prepare(ground)
    outlines = outlines[shapely.intersects(ground, outlines)]
    blocks = shapely.buffer(outlines, -ROAD_WIDTH_M["lane"] / 2.0 - 0.4, join_style="mitre")
    cut = shapely.intersection(blocks, ground)
    kept = (shapely.area(cut) > 120.0) & (shapely.get_type_id(cut) == 3)
    rings = tuple(_ring(block) for block in blocks[kept])
    whole = shapely.contains(ground, blocks[kept])
    return OrganicTract(quarter, ground, rings, cut[kept], whole, _lanes(outlines, ground))


def _covering_ring(ground: Polygon, angle: float) -> Ring:
    """Returns a turned box around the ground, counter-clockwise, without closing point."""
    middle = ground.centroid
    points = shapely.get_coordinates(ground) - (middle.x, middle.y)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = points @ np.array(((cos, -sin), (sin, cos)))
    (x0, y0), (x1, y1) = turned.min(axis=0) - 3.0, turned.max(axis=0) + 3.0
    box = np.array(((x0, y0), (x1, y0), (x1, y1), (x0, y1))) @ np.array(((cos, sin), (-sin, cos)))
    return [(float(x + middle.x), float(y + middle.y)) for x, y in box]


def _ring(block: Polygon) -> Ring:
    """Returns a convex block's corners counter-clockwise, without closing point."""
    points = [(float(x), float(y)) for x, y in block.exterior.coords[:-1]]
    return points if ring_area_m2(points) > 0.0 else points[::-1]


def _lanes(outlines: NDArray[np.object_], ground: Polygon) -> tuple[LineString, ...]:
    """Returns the lanes: the common edges of the outlines, joined where they run on."""
    edges = shapely.intersection(shapely.union_all(shapely.boundary(outlines)), ground)
    merged = shapely.get_parts(shapely.line_merge(edges))
    return tuple(line for line in merged if isinstance(line, LineString) and line.length > 15.0)


def build_old(rng: Generator, tract: OrganicTract) -> Footprints:
    """Returns the houses of an old quarter: one to a lot, courtyards in the larger ones."""
    plots, block = _plots(rng, tract)
    roomy = (shapely.area(plots) > _COURTYARD_FROM_M2) & (_stoutness(plots) > 0.6)
    for place in np.flatnonzero(roomy).tolist():
        plots[place] = _with_courtyard(plots[place], float(rng.uniform(0.34, 0.52)))
    count = len(plots)
    kind = np.full(count, kind_code("house"), dtype=np.int64)
    draw = rng.random(count)
    kind[draw < 0.14] = kind_code("shop")
    kind[(draw >= 0.14) & (draw < 0.19)] = kind_code("workshop")
    return _public(rng, Footprints(plots, block, kind, rng.integers(1, 4, count)))


def _plots(rng: Generator, tract: OrganicTract) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Returns the lots of all blocks that can be built on, and each one's block."""
    lots = [split_until(rng, ring, LOT_M2) for ring in tract.rings]
    block = np.repeat(np.arange(len(lots)), [len(many) for many in lots])
    drawn = np.array([Polygon(lot) for many in lots for lot in many], dtype=object)
    plots = shapely.buffer(drawn, -_WALL_M, join_style="mitre")
    cut = ~tract.whole[block]
    inner = shapely.buffer(tract.shapes, -_WALL_M)
    plots[cut] = shapely.intersection(plots[cut], inner[block[cut]])
    kept = (shapely.get_type_id(plots) == 3) & (rng.random(len(plots)) > _EMPTY_LOTS)
    plots, block = shapely.transform(plots[kept], lambda at: np.round(at, 3)), block[kept]
    good = _buildable(plots)
    return plots[good], block[good]


def _buildable(plots: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Returns which plots are large and stout enough to build on."""
    large = shapely.area(plots) > _LEAST_HOUSE_M2
    good: NDArray[np.bool_] = shapely.is_valid(plots) & large & (_stoutness(plots) > 0.42)
    return good


def _stoutness(plots: NDArray[np.object_]) -> NDArray[np.float64]:
    """Returns how near each plot is to a circle, from 0 to 1 (the isoperimetric quotient)."""
    around = np.maximum(shapely.length(plots), 1e-9)
    stout: NDArray[np.float64] = 4.0 * np.pi * shapely.area(plots) / around**2
    return stout


def _with_courtyard(plot: Polygon, share: float) -> Polygon:
    """Returns a plot with a hole of the same outline, shrunk towards the middle."""
    outer = np.array(plot.exterior.coords)
    middle = np.array(plot.centroid.coords[0])
    hole = Polygon(np.round(middle + (outer - middle) * share, 3))
    return Polygon(outer, [hole.exterior.coords]) if plot.contains(hole) else plot


def _public(rng: Generator, built: Footprints) -> Footprints:
    """Returns the houses with some of the largest turned to public use."""
    count = len(built)
    size = shapely.area(built.shapes)
    largest = np.argsort(-size, kind="stable")[: max(1, count // 12)]
    largest = rng.permutation(largest)
    wanted = [("mosque", 170), ("school", 260), ("market", 420), ("clinic", 700), ("church", 900)]
    kind, storeys = built.kind.copy(), built.storeys.copy()
    taken = 0
    for name, one_in in wanted:
        number = int(count / one_in + rng.random())
        chosen = largest[taken : taken + number]
        kind[chosen] = kind_code(name)
        storeys[chosen] = 2 if name == "school" else 1
        taken += number
    return Footprints(built.shapes, built.block, kind, storeys)
