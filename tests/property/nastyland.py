"""Land that is hard to draw, made from a seed: walks, combs, spirals, slivers, holes, crumbs."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, SiteFrame
from tests.property.shapes import on_grid

KINDS = 10


def nasty(seed: int) -> tuple[GridShape, SiteFrame]:
    """Land in a frame, up to 40 km from its origin; each seed its own, kinds in turn."""
    chance = np.random.default_rng(seed)
    frame = SiteFrame(float(chance.uniform(-175, 175)), float(chance.uniform(-80, 80)))
    for _ in range(20):
        drawn = _KINDS[seed % KINDS](chance, 10 ** chance.uniform(3.5, 6.3))
        at = chance.normal(size=2) * 10 ** chance.uniform(0, 7.1)
        shape = on_grid(_moved(drawn, chance.uniform(0, math.tau), np.clip(at, -4e7, 4e7)))
        if shape is not None:
            return shape, frame
    return GridShape.box(0, 0, 40_000, 30_000), frame


def _moved(drawn: BaseGeometry, turn_rad: float, at_mm: np.ndarray) -> BaseGeometry:
    cosine, sine = math.cos(turn_rad), math.sin(turn_rad)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    return shapely.transform(drawn, lambda xy: xy @ turn + at_mm)


def _walk(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """An edge as walked with a receiver that wavers."""
    n = int(chance.integers(8, 120))
    turn = np.arange(n) / n * math.tau
    reach = size_mm * (1 + 0.3 * np.sin(turn * chance.integers(1, 5))) + chance.normal(0, 500, n)
    return Polygon(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]))


def _star(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """Spikes, some of them far thinner than a step."""
    n = 2 * int(chance.integers(3, 12))
    turn = np.sort(chance.random(n)) * math.tau
    reach = size_mm * np.where(np.arange(n) % 2, 1.0, chance.uniform(0.02, 0.9))
    return Polygon(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)]))


def _comb(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """A bar with teeth of any width."""
    n = int(chance.integers(2, 9))
    bar = shapely.box(0, 0, size_mm, size_mm / 3)
    wide = size_mm / n * chance.uniform(0.01, 0.9)
    teeth = [
        shapely.box(k * size_mm / n, 0, k * size_mm / n + wide, size_mm * chance.uniform(0.4, 2))
        for k in range(n)
    ]
    return shapely.union_all([bar, *teeth])


def _spiral(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """A path around itself, with a narrow way between its turns."""
    turn = np.linspace(0, chance.uniform(2, 4) * math.pi, 40)
    line = np.column_stack([np.cos(turn), np.sin(turn)]) * (turn[:, None] * size_mm / 6)
    return shapely.buffer(
        shapely.LineString(line), size_mm * chance.uniform(0.05, 0.5), quad_segs=2
    )


def _sliver(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """From millimetres to some metres wide."""
    wide = 10 ** chance.uniform(0.5, 4)
    return Polygon([(0, 0), (size_mm, size_mm / 7), (size_mm, size_mm / 7 + wide), (0, wide)])


def _holed(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """Holes of any size, some in pairs with a narrow ridge between."""
    land = shapely.box(0, 0, size_mm, size_mm)
    holes = []
    for _ in range(int(chance.integers(1, 5))):
        x, y = chance.uniform(0.05, 0.8, 2) * size_mm
        side = size_mm * chance.uniform(0.005, 0.15)
        holes += [shapely.box(x, y, x + side, y + side)]
        ridge = 10 ** chance.uniform(0, 3)
        holes += [shapely.box(x + side + ridge, y, x + 1.5 * side + ridge, y + side)]
    return shapely.difference(land, shapely.union_all(holes))


def _touching(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """A hole that touches the edge in a point, or comes within a millimetre of it."""
    size = round(size_mm)
    gap = int(chance.integers(0, 2))
    hole = [(gap, size // 2), (size // 3, size // 3), (size // 3, size // 2)]
    return Polygon([(0, 0), (size, 0), (size, size), (0, size)], [hole])


def _crumbs(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """Many pieces, large and tiny, some of which touch in a corner."""
    cell = size_mm / 5
    places = [(x, y) for x in range(5) for y in range(5) if (x + y) % 2 == chance.integers(0, 2)]
    boxes = [
        shapely.box(x * cell, y * cell, (x + 1) * cell, (y + chance.uniform(0.01, 1)) * cell)
        for x, y in places or [(0, 0)]
    ]
    return shapely.union_all(boxes)


def _wide(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """Few corners and edges of kilometres, which bend most in degrees."""
    size = 2_000_000 + 6 * size_mm
    land = shapely.box(0, 0, size, size * chance.uniform(0.1, 1))
    return shapely.difference(land, shapely.box(size * 0.4, size * 0.02, size * 0.5, size * 0.05))


def _small(chance: np.random.Generator, size_mm: float) -> BaseGeometry:
    """A yard or a room."""
    wide, high = 10 ** chance.uniform(2, 4.5, 2)
    yard = shapely.box(0, 0, wide, high)
    far = shapely.box(wide + size_mm, 0, wide * 2 + size_mm, high)
    return MultiPolygon([yard, far]) if chance.random() < 0.3 else yard


_KINDS = (_walk, _star, _comb, _spiral, _sliver, _holed, _touching, _crumbs, _wide, _small)
