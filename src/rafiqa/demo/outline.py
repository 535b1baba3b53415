"""Outlines of hazardous areas, as each way of fighting leaves them on the city's map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import shapely
from numpy.random import Generator
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from rafiqa.demo.city import City
from rafiqa.demo.name import Name
from rafiqa.demo.quarter import ORGANIC, Block
from rafiqa.demo.split import Ring

MM = 1000.0
_LEAST_M2 = 120.0


class Outline(NamedTuple):
    """A possible hazardous area: kind, a place it is named after, polygon in metres."""

    kind: str
    place: Name
    shape: Polygon


def on_millimetre(shape: BaseGeometry) -> Polygon | None:
    """Returns the shape with whole millimetres as coordinates, or None if it does not hold.

    The coordinates of the result are millimetres, not metres.
    """
    snapped = shapely.set_precision(shapely.transform(shape, lambda at: at * MM), 1.0)
    if not isinstance(snapped, Polygon) or snapped.area < _LEAST_M2 * MM * MM:
        return None
    return snapped


def in_metres(shape: Polygon) -> Polygon:
    """Returns a polygon of whole millimetres in metres, coordinates divided exactly."""
    return shapely.transform(shape, lambda at: np.round(at) / MM)


def _strip(
    line: LineString, stretch_m: tuple[float, float], off_m: float, half_m: float
) -> Polygon | None:
    """Returns a strip beside a stretch of a line, or None where the line bends too much."""
    piece = substring(line, *stretch_m)
    beside = shapely.offset_curve(piece, off_m)
    drawn = shapely.buffer(shapely.simplify(beside, 0.5), half_m, cap_style="flat")
    straight = isinstance(beside, LineString) and beside.length > 20.0
    return drawn if straight and isinstance(drawn, Polygon) else None


def _front_line(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns strips along the former front, to one side of its middle or the other."""
    line = city.front.line
    while True:
        start_m = float(rng.uniform(0.03, 0.92)) * line.length
        stretch = (start_m, start_m + float(rng.uniform(50.0, 150.0)))
        off_m, half_m = float(rng.uniform(-9.0, 9.0)), float(rng.uniform(5.0, 11.0))
        shape = _strip(line, stretch, off_m, half_m)
        if shape is not None:
            yield Outline("front_line", _nearest_quarter(city, shape.centroid), shape)


def _blocks(
    rng: Generator, city: City, kind: str, fits: Callable[[Block], bool]
) -> Iterator[Outline]:
    """Returns whole blocks that fit, those near the front mostly first."""
    found = [block for block in city.blocks if fits(block)]
    if not found:
        return
    shapes = np.array([block.shape for block in found], dtype=object)
    away_m = shapely.distance(shapes, city.front.line)
    order = np.argsort(away_m + rng.exponential(1.2 * city.front.half_width_m, len(found)))
    for index in order.tolist():
        shape = found[index].shape.simplify(0.02)
        if isinstance(shape, Polygon):
            yield Outline(kind, found[index].name, shape)


def _old_town(rng: Generator, city: City) -> Iterator[Outline]:
    return _blocks(rng, city, "old_town", lambda block: block.kind in ORGANIC)


def _ruined(rng: Generator, city: City) -> Iterator[Outline]:
    return _blocks(rng, city, "ruined", lambda block: block.quarter_id == city.ruined_quarter_id)


def _school_yard(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns the blocks of schools: those that are all school first, then shared ones."""
    shared = {service.block_id for service in city.services if service.kind == "school"}
    yield from _blocks(rng, city, "school_yard", lambda block: block.kind == "school")
    yield from _blocks(rng, city, "school_yard", lambda block: block.block_id in shared)


def _farmland(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns halves and wholes of parcels, those near the front mostly first."""
    shapes = np.array([parcel.shape for parcel in city.farmland], dtype=object)
    away_m = shapely.distance(shapes, city.front.line)
    order = np.argsort(away_m + rng.exponential(0.25 * city.radius_m, len(shapes)))
    for index in order.tolist():
        parcel = city.farmland[index]
        middle = parcel.shape.centroid
        half = shapely.box(-1e6, -1e6, middle.x, 1e6) if rng.random() < 0.5 else None
        shape = parcel.shape.intersection(half) if half is not None else parcel.shape
        name = Name(f"Field {parcel.parcel_id}", f"حقل {parcel.parcel_id}")
        if isinstance(shape, Polygon):
            simple = shape.simplify(0.05)
            yield Outline("farmland", name, simple if isinstance(simple, Polygon) else shape)


def _river_bank(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns strips on the bank, between the water and the first buildings."""
    river = city.river
    while True:
        start_m = float(rng.uniform(0.1, 0.85)) * river.line.length
        stretch = (start_m, start_m + float(rng.uniform(60.0, 140.0)))
        side = 1.0 if rng.random() < 0.5 else -1.0
        shape = _strip(river.line, stretch, side * (river.width_m / 2.0 + 7.0), 4.5)
        if shape is not None:
            yield Outline("river_bank", river.name, shape)


def _checkpoint(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns the surroundings of checkpoints: bridge heads and where main roads met the front."""
    spots = [
        (bridge.name, Point(bridge.line.coords[end])) for bridge in city.bridges for end in (0, -1)
    ]
    main = [street for street in city.streets if street.kind in {"ring", "arterial"}]
    for street in main:
        met = shapely.get_parts(street.line.intersection(city.front.line))
        spots += [(street.name, one) for one in met if isinstance(one, Point)]
        spots.append((street.name, street.line.interpolate(0.5, normalized=True)))
    for index in rng.permutation(len(spots)).tolist():
        name, at = spots[index]
        yield Outline("checkpoint", name, _blob(rng, at.x, at.y, rng.uniform(15.0, 26.0), 1.0))


def _cluster_strike(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns footprints of cluster strikes: ellipses laid over whatever is there."""
    while True:
        away_m, angle = city.radius_m * np.sqrt(rng.uniform(0.02, 1.3)), rng.uniform(0, 2 * np.pi)
        x, y = float(away_m * np.cos(angle)), float(away_m * np.sin(angle))
        shape = _blob(rng, x, y, rng.uniform(28.0, 48.0), rng.uniform(1.5, 2.2))
        yield Outline("cluster_strike", _nearest_quarter(city, Point(x, y)), shape)


def _air_strike(rng: Generator, city: City) -> Iterator[Outline]:
    """Returns places where a bomb went in and did not go off, near works and bridges."""
    wanted = {"power_station", "water_works", "municipal", "industrial"}
    blocks = [block for block in city.blocks if block.kind in wanted]
    for index in rng.permutation(len(blocks)).tolist():
        block = blocks[index]
        x0, y0, x1, y1 = block.shape.bounds
        x, y = float(rng.uniform(x0, x1)), float(rng.uniform(y0, y1))
        yield Outline("air_strike", block.name, _blob(rng, x, y, rng.uniform(10.0, 16.0), 1.0))


def _blob(rng: Generator, x: float, y: float, radius_m: float, long: float) -> Polygon:
    """Returns an uneven round outline of twelve corners, stretched and turned."""
    angle = np.arange(12) * (np.pi / 6.0)
    away = radius_m * rng.uniform(0.88, 1.12, 12)
    turn = rng.uniform(0.0, np.pi)
    ex, ey = long * away * np.cos(angle), away * np.sin(angle)
    corners: Ring = list(
        zip(
            (x + ex * np.cos(turn) - ey * np.sin(turn)).tolist(),
            (y + ex * np.sin(turn) + ey * np.cos(turn)).tolist(),
            strict=True,
        )
    )
    return Polygon(corners)


def _nearest_quarter(city: City, spot: Point) -> Name:
    shapes = np.array([quarter.shape for quarter in city.quarters], dtype=object)
    return city.quarters[int(np.argmin(shapely.distance(shapes, spot)))].name


_SHARES: tuple[tuple[Callable[[Generator, City], Iterator[Outline]], float], ...] = (
    (_school_yard, 0.05),
    (_front_line, 0.18),
    (_old_town, 0.18),
    (_ruined, 0.16),
    (_farmland, 0.13),
    (_cluster_strike, 0.10),
    (_checkpoint, 0.09),
    (_river_bank, 0.07),
    (_air_strike, 0.04),
)
_TRIES_EACH = 12


class Ground:
    """The outlines taken so far, in millimetres, to keep new ones off them."""

    def __init__(self) -> None:
        self.taken: list[Outline] = []
        self._shapes: list[Polygon] = []

    def take(self, outline: Outline, besides: Polygon | None = None) -> bool:
        """Returns whether the outline was free of all others, and if so takes it.

        Args:
            outline: in metres; kept on whole millimetres.
            besides: a shape already taken that this one is meant to overlap.
        """
        snapped = on_millimetre(outline.shape)
        if snapped is None:
            return False
        others = np.array([one for one in self._shapes if one is not besides], dtype=object)
        if len(others) and bool(shapely.dwithin(others, snapped, 1500.0).any()):
            return False
        self._shapes.append(snapped)
        self.taken.append(outline._replace(shape=snapped))
        return True


def choose_outlines(rng: Generator, city: City, count: int) -> tuple[list[Outline], dict[int, int]]:
    """Returns outlines in millimetres, and the deliberate overlaps as later → earlier index.

    No two come nearer than 1.5 m but the deliberate pairs: a cluster strike on a ruined
    block and a checkpoint at the end of a minefield.
    """
    ground = Ground()
    for source, share in _SHARES:
        wanted = max(1, round(count * share))
        got = 0
        for outline in islice(source(rng, city), wanted * _TRIES_EACH):
            got += ground.take(outline)
            if got == wanted:
                break
    overlaps: dict[int, int] = {}
    for under, over in (("ruined", "cluster_strike"), ("front_line", "checkpoint")):
        pair = _overlap(rng, ground, under, over)
        overlaps |= pair
    return ground.taken, overlaps


def _overlap(rng: Generator, ground: Ground, under: str, over: str) -> dict[int, int]:
    """Returns the pair of an outline laid over the edge of one already taken, if any can be."""
    first = len(ground.taken)
    for index, outline in enumerate(list(ground.taken)):
        if outline.kind == under and index < first:
            x, y = outline.shape.exterior.coords[0]
            shape = _blob(rng, x / MM, y / MM, 12.0, 1.6)
            if ground.take(Outline(over, outline.place, shape), besides=outline.shape):
                return {first: index}
    return {}
