"""The former front line: a band across the city whose middle strip was levelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from shapely import LineString, Polygon

from rafiqa.demo.river import River


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A former front line.

    Attributes:
        line: its middle.
        strip: the levelled middle strip, in which no building stands.
        band: the wider band in which most buildings are damaged.
        half_width_m: of the band.
    """

    line: LineString
    strip: Polygon
    band: Polygon
    half_width_m: float


def make_front(rng: Generator, radius_m: float, river: River) -> FrontLine:
    """Returns a front line across the city, roughly square to the river, off the centre."""
    ends = np.array((river.line.coords[0], river.line.coords[-1]))
    flow = ends[1] - ends[0]
    angle = np.arctan2(flow[1], flow[0]) + np.pi / 2 + rng.uniform(-0.35, 0.35)
    along_m = np.linspace(-1.35 * radius_m, 1.35 * radius_m, 60)
    side = 1.0 if rng.random() < 0.5 else -1.0
    across_m = radius_m * (
        side * rng.uniform(0.32, 0.42)
        + 0.06 * np.sin(along_m / (0.25 * radius_m) + rng.uniform(0, 6))
        + 0.02 * np.sin(along_m / (0.07 * radius_m) + rng.uniform(0, 6))
    )
    forward = np.array((np.cos(angle), np.sin(angle)))
    sideways = np.array((-forward[1], forward[0]))
    points = np.outer(along_m, forward) + np.outer(across_m, sideways)
    line = LineString(np.round(points, 3))
    half_width_m = float(np.clip(radius_m * 0.07, 30.0, 140.0))
    return FrontLine(
        line=line,
        strip=line.buffer(min(17.0, radius_m * 0.03), quad_segs=2, cap_style="flat"),
        band=line.buffer(half_width_m, quad_segs=2, cap_style="flat"),
        half_width_m=half_width_m,
    )
