"""Streets of the invented city, and the warped net of rings and arterials that carries it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Polygon

from rafiqa.demo.name import Name

ROAD_WIDTH_M = {"ring": 18.0, "arterial": 16.0, "street": 8.0, "lane": 3.2}
"""Width of the carriageway by kind of street, in metres."""

ROAD_MARGIN_M = 12.0
"""From the middle of a ring or arterial to the nearest building ground, in metres."""

_STEP_M = 25.0
_HIGHWAY_REACH = 1.5


@dataclass(frozen=True, slots=True)
class Street:
    """One street: its middle line and the width of its carriageway, in metres."""

    street_id: str
    name: Name
    kind: str
    line: LineString
    width_m: float


@dataclass(frozen=True, slots=True)
class Net:
    """A polar net of rings and radial roads, bent by one smooth map so that no two cross.

    Attributes:
        radius_m: of the outermost ring before bending.
        rings_m: radii of the rings, the first around the old town.
        sectors: for each ring band from the centre out, the angles of its radial edges.
        bend: the five random figures of the map.
    """

    radius_m: float
    rings_m: tuple[float, ...]
    sectors: tuple[tuple[float, ...], ...]
    bend: tuple[float, float, float, float, float]

    def at(self, radius_m: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns plane coordinates, to the millimetre, of points given in the straight net."""
        two, three, swirl, offset, turn = self.bend
        wave = two * np.sin(2 * angle + offset) + three * np.sin(3 * angle + turn)
        bent = radius_m * (1.0 + wave)
        turned = angle + swirl * np.sin(2 * np.pi * radius_m / (1.7 * self.radius_m) + offset)
        points: NDArray[np.float64] = np.column_stack(
            (bent * np.cos(turned), bent * np.sin(turned))
        )
        return points.round(3)

    def outline(self, factor: float = 1.0) -> Polygon:
        """Returns the outermost ring, grown or shrunk by a factor."""
        return Polygon(self._ring(self.radius_m * factor)[:-1])

    def ring_lines(self) -> list[LineString]:
        """Returns the middle lines of all rings from the old town out."""
        return [LineString(self._ring(radius_m)) for radius_m in self.rings_m]

    def radial_lines(self) -> list[LineString]:
        """Returns the middle lines of the radial roads; the first ones run on as highways."""
        lines = []
        known: set[float] = set()
        for band, angles in enumerate(self.sectors):
            start_m = 0.12 * self.rings_m[0] if band == 0 else self.rings_m[band - 1]
            for angle in sorted(set(angles) - known):
                reach = _HIGHWAY_REACH if band <= 1 else 1.0
                lines.append(LineString(self._radial(angle, start_m, self.radius_m * reach)))
            known |= set(angles)
        return lines

    def cells(self) -> Iterator[tuple[int, float, Polygon]]:
        """Returns each cell between rings and radials as (band, mean angle, outline)."""
        for band, angles in enumerate(self.sectors):
            inner_m = 0.0 if band == 0 else self.rings_m[band - 1]
            outer_m = self.rings_m[band]
            for index, first in enumerate(angles):
                last = angles[(index + 1) % len(angles)]
                last += 2 * np.pi if last <= first else 0.0
                yield band, (first + last) / 2, self._cell(inner_m, outer_m, first, last)

    def _ring(self, radius_m: float) -> NDArray[np.float64]:
        angle = np.linspace(0.0, 2 * np.pi, max(24, int(2 * np.pi * radius_m / _STEP_M)))
        points = self.at(np.full_like(angle, radius_m), angle)
        points[-1] = points[0]
        return points

    def _radial(self, angle: float, start_m: float, end_m: float) -> NDArray[np.float64]:
        radii = np.linspace(start_m, end_m, max(4, int((end_m - start_m) / _STEP_M)))
        return self.at(radii, np.full_like(radii, angle))

    def _cell(self, inner_m: float, outer_m: float, first: float, last: float) -> Polygon:
        inner_count = max(2, int(inner_m * (last - first) / _STEP_M))
        outer_count = max(6, int(outer_m * (last - first) / _STEP_M))
        out = self._radial(first, inner_m, outer_m)
        arc = np.linspace(first, last, outer_count)
        back = self._radial(last, inner_m, outer_m)[::-1]
        points = [out, self.at(np.full_like(arc, outer_m), arc)[1:-1], back]
        if inner_m > 0.0:
            home = np.linspace(last, first, inner_count)
            points.append(self.at(np.full_like(home, inner_m), home)[1:-1])
        else:
            points[-1] = back[:-1]
        return Polygon(np.concatenate(points))


def make_net(rng: Generator, radius_m: float) -> Net:
    """Returns a net of rings and radials whose cells are about 200 to 600 metres across."""
    old_town_m = min(0.30 * radius_m, 480.0)
    spacing_m = float(np.clip(0.35 * radius_m, 170.0, 520.0))
    bands = max(1, round((radius_m - old_town_m) / spacing_m))
    rings_m = tuple(float(ring) for ring in np.linspace(old_town_m, radius_m, bands + 1))
    angles = _spread(rng, 4)
    sectors = [angles]
    for inner_m, outer_m in pairwise(rings_m):
        while np.pi * (inner_m + outer_m) / len(angles) > 1.6 * spacing_m:
            angles = _halved(rng, angles)
        sectors.append(angles)
    bend = (
        float(rng.uniform(0.03, 0.07)),
        float(rng.uniform(0.02, 0.04)),
        float(rng.uniform(0.12, 0.22)),
        float(rng.uniform(0.0, 2 * np.pi)),
        float(rng.uniform(0.0, 2 * np.pi)),
    )
    return Net(radius_m, rings_m, tuple(sectors), bend)


def _spread(rng: Generator, count: int) -> tuple[float, ...]:
    """Returns angles spread over the circle with some unevenness, ascending."""
    start = rng.uniform(0.0, 2 * np.pi / count)
    jitter = rng.uniform(-0.12, 0.12, count)
    return tuple(float(x) for x in start + 2 * np.pi * np.arange(count) / count + jitter)


def _halved(rng: Generator, angles: tuple[float, ...]) -> tuple[float, ...]:
    """Returns the angles with one more between each two."""
    here = np.array(angles)
    following = np.append(here[1:], here[0] + 2 * np.pi)
    between = here + (following - here) * rng.uniform(0.42, 0.58, len(here))
    return tuple(float(x) for x in np.column_stack((here, between)).ravel())
