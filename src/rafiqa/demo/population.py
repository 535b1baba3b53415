"""Who lives where: occupants of each building, from its kind, size, storeys and damage."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from rafiqa.demo.footprint import Footprints, kind_code

_HOUSEHOLD = 5.2
_FLAT_M2 = 105.0
_RETURNED = 0.72
_SHARE_AT_DAMAGE = np.array((1.0, 0.9, 0.55, 0.12, 0.0))


def occupants(
    rng: Generator, footprints: Footprints, damage: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns the residents of each building; none in public or destroyed ones.

    A house holds three households in four storeys, and one at least; an apartment building
    one for each flat of 105 m². About seven in ten households have come back.
    """
    size_m2 = shapely.area(footprints.shapes)
    houses = np.maximum(1.0, footprints.storeys * 0.75)
    flats = np.maximum(1.0, footprints.storeys * size_m2 / _FLAT_M2)
    households = np.zeros(len(footprints))
    households = np.where(footprints.kind == kind_code("house"), houses, households)
    households = np.where(footprints.kind == kind_code("apartment"), flats, households)
    mixed = (footprints.kind == kind_code("shop")) & (footprints.storeys > 1)
    households = np.where(mixed, 0.5, households)
    expected = households * _HOUSEHOLD * _RETURNED * _SHARE_AT_DAMAGE[damage]
    living: NDArray[np.int64] = rng.poisson(expected).astype(np.int64)
    return living


def block_population(
    block: NDArray[np.int64], people: NDArray[np.int64], n_blocks: int
) -> NDArray[np.int64]:
    """Returns the residents of each block."""
    counted = np.zeros(n_blocks, dtype=np.int64)
    np.add.at(counted, block, people)
    return counted
