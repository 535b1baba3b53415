"""Public buildings that take a whole block: schools, hospitals, water works and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import Polygon

from rafiqa.demo.footprint import Footprints, Turn, kind_code
from rafiqa.demo.grid import GridTract

Corners = list[tuple[float, float]]

PEOPLE_PER_BUILDING = 8.0
"""Expected before the city is built; only sets how many public buildings are planned."""

PEOPLE_PER = {
    "hospital": 45000,
    "water_works": 60000,
    "power_station": 90000,
    "school": 2400,
    "mosque": 4200,
    "park": 5000,
    "clinic": 11000,
    "market": 14000,
    "municipal": 22000,
    "church": 30000,
}
"""Residents to one facility that takes a block, those first that no city can lack.

Schools, mosques and markets in old quarters come on top.
"""


class Site(NamedTuple):
    """A block given to one public use."""

    tract: int
    block: int
    kind: str


@dataclass(frozen=True, slots=True)
class Yard:
    """The block of a public building, as length and depth of a box from its lower corner."""

    wide_m: float
    deep_m: float


def choose_sites(rng: Generator, tracts: list[GridTract], people: float) -> list[Site]:
    """Returns blocks for public use, each kind spread over the city; at least one of each."""
    spots = _whole_blocks(tracts)
    if not spots:
        return []
    sites: list[Site] = []
    taken: set[tuple[int, int]] = set()
    for kind, each in PEOPLE_PER.items():
        least = 2 if kind == "school" else 1
        number = min(max(least, round(people / each)), max(1, len(spots) // 8))
        free = [spot for spot in spots if spot not in taken and _suits(tracts[spot[0]], kind)]
        for at in np.linspace(0.0, len(free) - 1.0, number + 2)[1:-1] if free else ():
            shift = rng.integers(-2, 3)
            spot = free[int(np.clip(round(float(at)) + shift, 0, len(free) - 1))]
            if spot not in taken:
                taken.add(spot)
                sites.append(Site(*spot, kind))
    return sites


def with_essentials(footprints: Footprints) -> Footprints:
    """Returns the footprints with a school, a hospital and water works even in a small town.

    Where no block was left for one, the largest ordinary building serves as it.
    """
    kind = footprints.kind.copy()
    size_m2 = shapely.area(footprints.shapes)
    for essential in ("school", "hospital", "water_works"):
        code = kind_code(essential)
        if not (kind == code).any():
            ordinary = kind < kind_code("school")
            kind[int(np.argmax(np.where(ordinary, size_m2, 0.0)))] = code
    return Footprints(footprints.shapes, footprints.block, kind, footprints.storeys)


def _whole_blocks(tracts: list[GridTract]) -> list[tuple[int, int]]:
    """Returns the blocks that nothing cuts, as (tract, block)."""
    return [
        (place, int(block))
        for place, tract in enumerate(tracts)
        for block in np.flatnonzero(tract.whole)
    ]


def _suits(tract: GridTract, kind: str) -> bool:
    """Returns whether a kind belongs in a tract: power among workshops, schools among homes."""
    industrial = tract.pattern.kind == "industrial"
    return industrial == (kind == "power_station") or kind == "water_works"


def build_site(tract: GridTract, site: Site) -> Footprints:
    """Returns the buildings of one public site; a park has none."""
    x0, y0, x1, y1 = tract.boxes[site.block]
    yard = Yard(x1 - x0 - 8.0, y1 - y0 - 8.0)
    drawn = _DRAWINGS[site.kind](yard)
    turn = tract.turn
    shapes = np.array([_placed(turn, ring, x0 + 4.0, y0 + 4.0) for ring in drawn], dtype=object)
    count = len(drawn)
    code = kind_code(site.kind) if count else 0
    storeys = np.full(count, _STOREYS.get(site.kind, 1), dtype=np.int64)
    storeys[1:] = np.maximum(1, storeys[1:] - 1)
    block = np.full(count, site.block, dtype=np.int64)
    return Footprints(shapes, block, np.full(count, code, dtype=np.int64), storeys)


_STOREYS = {"school": 3, "hospital": 5, "clinic": 2, "municipal": 4, "power_station": 2}


def _placed(turn: Turn, ring: Corners, x_m: float, y_m: float) -> Polygon:
    points: NDArray[np.float64] = np.array(ring) + np.array((x_m, y_m))
    return Polygon(turn.outward(points))


def _box(x0: float, y0: float, x1: float, y1: float) -> Corners:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _round(x: float, y: float, radius_m: float) -> Corners:
    angle = np.arange(16) * (np.pi / 8.0)
    points = np.column_stack((x + radius_m * np.cos(angle), y + radius_m * np.sin(angle)))
    return [(float(px), float(py)) for px, py in points]


def _school(yard: Yard) -> list[Corners]:
    """Returns a school: three wings around a yard open to the street."""
    w, d, arm = min(yard.wide_m, 52.0), yard.deep_m, 9.0
    outline = [(0, 0), (arm, 0), (arm, d - arm), (w - arm, d - arm), (w - arm, 0), (w, 0)]
    return [[*outline, (w, d), (0, d)]]


def _hospital(yard: Yard) -> list[Corners]:
    """Returns a hospital: a main building of two wings and a spine, and one separate wing."""
    w, d = min(yard.wide_m * 0.62, 60.0), yard.deep_m
    a, low, high = w * 0.3, d * 0.38, d * 0.62
    main = [(0, 0), (a, 0), (a, low), (w - a, low), (w - a, 0), (w, 0), (w, d), (w - a, d)]
    main += [(w - a, high), (a, high), (a, d), (0, d)]
    return [main, _box(w + 8.0, 0, min(w + 24.0, yard.wide_m), d)]


def _clinic(yard: Yard) -> list[Corners]:
    return [_box(0, 0, min(26.0, yard.wide_m), min(14.0, yard.deep_m))]


def _water_works(yard: Yard) -> list[Corners]:
    """Returns a water works: round basins in a row and a pump house."""
    radius_m = min(9.0, yard.deep_m / 2.5)
    step = 2 * radius_m + 4.0
    count = max(1, min(3, int((yard.wide_m - 24.0) / step)))
    y = yard.deep_m / 2
    basins = [_round(radius_m + k * step, y, radius_m) for k in range(count)]
    left = count * step + 4.0
    return [_box(left, 2.0, max(left + 8.0, min(left + 18.0, yard.wide_m)), yard.deep_m), *basins]


def _power_station(yard: Yard) -> list[Corners]:
    hall = _box(0, 0, min(56.0, yard.wide_m * 0.55), min(30.0, yard.deep_m * 0.6))
    x = yard.wide_m * 0.75
    return [hall, _round(x, yard.deep_m * 0.25, 8.0), _round(x, yard.deep_m * 0.75, 8.0)]


def _mosque(yard: Yard) -> list[Corners]:
    """Returns a mosque: prayer hall with an apse towards the long side, and a minaret."""
    w, d = min(24.0, yard.wide_m - 12.0), min(20.0, yard.deep_m - 4.0)
    hall = [(0, 0), (w, 0), (w, d), (w * 0.6, d), (w * 0.6, d + 3), (w * 0.4, d + 3), (w * 0.4, d)]
    return [[*hall, (0, d)], _box(w + 3.0, 0, w + 7.0, 4.0)]


def _church(yard: Yard) -> list[Corners]:
    d = min(26.0, yard.deep_m)
    nave = [(4, 0), (14, 0), (14, d * 0.6), (18, d * 0.6), (18, d * 0.8), (14, d * 0.8), (14, d)]
    return [[*nave, (4, d), (4, d * 0.8), (0, d * 0.8), (0, d * 0.6), (4, d * 0.6)]]


def _market(yard: Yard) -> list[Corners]:
    """Returns a market: long halls side by side."""
    halls = max(1, int(yard.wide_m / 18.0))
    return [_box(k * 18.0, 0, k * 18.0 + 12.0, yard.deep_m) for k in range(halls)]


def _municipal(yard: Yard) -> list[Corners]:
    w, d = min(40.0, yard.wide_m), min(16.0, yard.deep_m)
    return [[(0, 0), (w, 0), (w, d), (w * 0.65, d), (w * 0.65, d + 6), (w * 0.35, d + 6),
             (w * 0.35, d), (0, d)]]  # fmt: skip


def _park(_yard: Yard) -> list[Corners]:
    return []


_DRAWINGS = {
    "school": _school,
    "hospital": _hospital,
    "clinic": _clinic,
    "water_works": _water_works,
    "power_station": _power_station,
    "mosque": _mosque,
    "church": _church,
    "market": _market,
    "municipal": _municipal,
    "park": _park,
}
