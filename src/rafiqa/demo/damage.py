"""Damage to buildings: heaviest at the former front line and in the ruined district."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from rafiqa.demo.footprint import Footprints
from rafiqa.demo.front import FrontLine

DAMAGE = ("none", "slight", "moderate", "heavy", "destroyed")
"""Steps of damage as seen from the street; columns hold the place in this list."""

_STEPS = np.array((0.22, 0.42, 0.60, 0.78))


def damage_steps(
    rng: Generator, footprints: Footprints, front: FrontLine, ruined: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Returns the step of damage of each building.

    Args:
        rng: the generator.
        footprints: the buildings.
        front: damage falls off with the distance from its line.
        ruined: which buildings stand in the ruined district.
    """
    shapely.prepare(front.line)
    away_m = shapely.distance(shapely.centroid(footprints.shapes), front.line)
    near = 0.75 * np.exp(-((away_m / (1.1 * front.half_width_m)) ** 2))
    score = near + 0.62 * ruined + 0.5 * (rng.beta(1.2, 2.6, len(footprints)) - 0.12)
    score += np.where(rng.random(len(footprints)) < 0.01, 0.6, 0.0)
    return np.searchsorted(_STEPS, score).astype(np.int64)


def ruined_quarter(front: FrontLine, outlines: NDArray[np.object_]) -> int:
    """Returns the index of the quarter that the front line crosses nearest to its middle."""
    middle = front.line.interpolate(0.5, normalized=True)
    crossed = shapely.intersects(outlines, front.line)
    away_m = np.where(crossed, shapely.distance(shapely.centroid(outlines), middle), np.inf)
    return int(np.argmin(away_m))
