"""New-town quarters: streets at right angles, blocks between them, buildings in rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Polygon

from rafiqa.demo.footprint import Footprints, Turn, box_rings, joined, kind_code, polygons
from rafiqa.demo.pattern import STREET_GAP_M, Pattern, Span

_NOTCH_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class GridTract:
    """A piece of a quarter laid out as a grid, not yet built on.

    Attributes:
        quarter: index of the quarter.
        ground: the land inside the quarter's roads and off the river bank.
        turn: the grid's own frame.
        boxes: (n, 4) blocks as boxes in that frame.
        shapes: the blocks in the city's plane, cut to the ground.
        whole: which blocks lie wholly on the ground.
        lines: middle lines of the grid's streets, not yet cut.
    """

    quarter: int
    ground: Polygon
    pattern: Pattern
    turn: Turn
    boxes: NDArray[np.float64]
    shapes: NDArray[np.object_]
    whole: NDArray[np.bool_]
    lines: NDArray[np.object_]


def lay_grid(
    rng: Generator, quarter: int, ground: Polygon, pattern: Pattern, angle: float
) -> GridTract:
    """Returns the blocks and streets of a grid over a piece of ground."""
    middle = ground.centroid
    turn = Turn(middle.x, middle.y, angle)
    corners = turn.inward(shapely.get_coordinates(ground))
    low, high = corners.min(axis=0), corners.max(axis=0)
    x_edges = _edges(rng, low[0], high[0], pattern.block_m)
    y_edges = _edges(rng, low[1], high[1], pattern.block_depth_m)
    boxes = _boxes(x_edges, y_edges)
    shapes = polygons(turn, box_rings(boxes))
    shapely.prepare(ground)
    near = shapely.intersects(ground, shapes)
    boxes, shapes = boxes[near], shapes[near]
    whole = shapely.contains(ground, shapes)
    cut = shapes.copy()
    cut[~whole] = shapely.intersection(shapes[~whole], ground)
    lines = _street_lines(turn, x_edges, y_edges)
    return GridTract(quarter, ground, pattern, turn, boxes, cut, whole, lines)


def _edges(rng: Generator, low: float, high: float, span: Span) -> NDArray[np.float64]:
    """Returns the uneven positions of street middles that cover a stretch."""
    most = max(2, int((high - low) / (span[0] + STREET_GAP_M)) + 2)
    steps = np.concatenate(([0.0], rng.uniform(*span, most) + STREET_GAP_M)).cumsum()
    steps = steps[: int(np.searchsorted(steps, high - low)) + 1]
    edges: NDArray[np.float64] = low + steps - (steps[-1] - (high - low)) / 2.0
    return edges


def _boxes(x_edges: NDArray[np.float64], y_edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the blocks between street middles, each drawn back by half a street."""
    half = STREET_GAP_M / 2.0
    x0, y0 = np.meshgrid(x_edges[:-1], y_edges[:-1], indexing="ij")
    x1, y1 = np.meshgrid(x_edges[1:], y_edges[1:], indexing="ij")
    corners = (x0 + half, y0 + half, x1 - half, y1 - half)
    return np.column_stack([corner.ravel() for corner in corners])


def _street_lines(
    turn: Turn, x_edges: NDArray[np.float64], y_edges: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Returns the middle lines of all streets of the grid."""
    low_x, high_x, low_y, high_y = x_edges[0], x_edges[-1], y_edges[0], y_edges[-1]
    down = [((x, low_y), (x, high_y)) for x in x_edges]
    across = [((low_x, y), (high_x, y)) for y in y_edges]
    return np.array(shapely.linestrings(turn.outward(np.array(down + across))), dtype=object)


def cut_lines(lines: NDArray[np.object_], land: Polygon) -> list[LineString]:
    """Returns the pieces of street lines that lie on the land, without stubs."""
    shapely.prepare(land)
    pieces = shapely.get_parts(shapely.intersection(lines, land))
    return [piece for piece in pieces if isinstance(piece, LineString) and piece.length > 20.0]


def build_grid(rng: Generator, tract: GridTract, free: NDArray[np.bool_]) -> Footprints:
    """Returns the buildings of all free blocks of a tract that stand wholly on its ground.

    Args:
        rng: the generator.
        tract: the laid-out grid.
        free: which blocks get ordinary buildings; the rest are left to public buildings.
    """
    pattern = tract.pattern
    slabs = free & (rng.random(len(free)) < pattern.slab_share)
    built = [
        _rows(rng, tract, np.flatnonzero(free & ~slabs)),
        _slabs(rng, tract, np.flatnonzero(slabs)),
    ]
    all_built = joined([one for one in built if len(one)])
    if not len(all_built):
        return all_built
    shapely.prepare(tract.ground)
    return all_built.pick(shapely.contains(tract.ground, all_built.shapes))


def _rows(rng: Generator, tract: GridTract, blocks: NDArray[np.int64]) -> Footprints:
    """Returns two rows of buildings back to back in each block, some lots left empty."""
    pattern = tract.pattern
    x0, y0, x1, y1 = np.repeat(tract.boxes[blocks], 2, axis=0).T
    lots = np.maximum(1, np.round((x1 - x0) / pattern.lot_m)).astype(np.int64)
    row = np.repeat(np.arange(len(lots)), lots)
    place = np.arange(len(row)) - np.repeat(np.cumsum(lots) - lots, lots)
    lot_m = ((x1 - x0) / lots)[row]
    gap_m = rng.uniform(*pattern.gap_m, len(row)) / 2.0
    left = x0[row] + place * lot_m + gap_m
    right = x0[row] + (place + 1) * lot_m - gap_m
    setback_m = rng.uniform(*pattern.setback_m, len(row))
    most_m = (y1 - y0)[row] / 2.0 - 1.0 - setback_m
    depth_m = np.minimum(rng.uniform(*pattern.depth_m, len(row)), most_m)
    front = row % 2 == 0
    low = np.where(front, y0[row] + setback_m, y1[row] - setback_m - depth_m)
    boxes = np.column_stack((left, low, right, low + depth_m))
    kept = rng.random(len(row)) > 0.04
    return _typed(rng, tract, boxes[kept], blocks[row[kept] // 2], front[kept])


def _slabs(rng: Generator, tract: GridTract, blocks: NDArray[np.int64]) -> Footprints:
    """Returns free-standing slabs across each block, about 26 metres from middle to middle."""
    x0, y0, x1, y1 = tract.boxes[blocks].T
    slabs = np.maximum(1, np.round((x1 - x0) / 26.0)).astype(np.int64)
    block = np.repeat(np.arange(len(slabs)), slabs)
    place = np.arange(len(block)) - np.repeat(np.cumsum(slabs) - slabs, slabs)
    middle = x0[block] + (place + 0.5) * ((x1 - x0) / slabs)[block]
    trim_m = rng.uniform(2.0, 7.0, (2, len(block)))
    boxes = np.column_stack(
        (middle - 6.0, y0[block] + trim_m[0], middle + 6.0, y1[block] - trim_m[1])
    )
    return _typed(rng, tract, boxes, blocks[block], np.ones(len(boxes), dtype=np.bool_))


def _typed(
    rng: Generator,
    tract: GridTract,
    boxes: NDArray[np.float64],
    block: NDArray[np.int64],
    front: NDArray[np.bool_],
) -> Footprints:
    """Returns boxes as footprints: some houses get a yard cut out of the back corner."""
    pattern = tract.pattern
    shapes = polygons(tract.turn, box_rings(boxes))
    usual = kind_code(pattern.building)
    kind = np.full(len(boxes), usual, dtype=np.int64)
    if pattern.building == "house":
        notched = rng.random(len(boxes)) < _NOTCH_SHARE
        rings = _notched_rings(rng, boxes[notched], front[notched])
        shapes[notched] = polygons(tract.turn, rings)
    if pattern.building == "warehouse":
        kind[rng.random(len(boxes)) < 0.45] = kind_code("workshop")
    else:
        draw = rng.random(len(boxes))
        kind[draw < 0.08] = kind_code("shop")
        kind[(draw >= 0.08) & (draw < 0.10)] = kind_code("workshop")
    low, high = pattern.storeys
    storeys = rng.integers(low, high + 1, len(boxes))
    storeys[kind == kind_code("shop")] = rng.integers(1, 3)
    return Footprints(shapes, block, kind, storeys)


def _notched_rings(
    rng: Generator, boxes: NDArray[np.float64], front: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Returns L-shaped closed rings (n, 7, 2): the back right corner is cut away."""
    x0, y0, x1, y1 = boxes.T
    x = x0 + (x1 - x0) * rng.uniform(0.45, 0.65, len(boxes))
    share = rng.uniform(0.3, 0.5, len(boxes))
    low = np.where(front, y0, y1)
    high = np.where(front, y1, y0)
    y = high + (low - high) * share
    corners = ((x0, low), (x1, low), (x1, y), (x, y), (x, high), (x0, high), (x0, low))
    return np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
