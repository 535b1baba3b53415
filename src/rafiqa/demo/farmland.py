"""The farmland belt around the city: long parcels between the ring road and the hills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import Polygon

from rafiqa.demo.river import River
from rafiqa.demo.split import Ring, split_until
from rafiqa.demo.street import ROAD_MARGIN_M, Net, Street

_CROPS = ("wheat", "barley", "olive", "pomegranate", "vegetables", "fallow")
_LEAST_M2 = 1500.0
_BELT = 1.4


@dataclass(frozen=True, slots=True)
class Parcel:
    """A farm parcel and what was last grown on it."""

    parcel_id: str
    crop: str
    shape: Polygon


def farm_parcels(
    rng: Generator, net: Net, river: River, streets: tuple[Street, ...]
) -> tuple[Parcel, ...]:
    """Returns the parcels of the belt, clear of the river, the roads and the city."""
    reach_m = net.radius_m * _BELT
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    square: Ring = [(reach_m * x, reach_m * y) for x, y in signs]
    pieces = split_until(rng, square, float(np.clip(reach_m * 9.0, 3000.0, 18000.0)), slant=0.3)
    shapes = shapely.buffer([Polygon(piece) for piece in pieces], -2.0, join_style="mitre")
    kept = _outside(shapes, net, river, streets)
    return tuple(
        Parcel(f"f{index + 1:05d}", str(rng.choice(_CROPS)), shape)
        for index, shape in enumerate(kept)
    )


def _outside(
    shapes: NDArray[np.object_], net: Net, river: River, streets: tuple[Street, ...]
) -> NDArray[np.object_]:
    """Returns the shapes cut to the belt; what is left too small is dropped."""
    belt = net.outline(_BELT).difference(net.outline(1.0).buffer(ROAD_MARGIN_M))
    roads = [street.line for street in streets if street.kind in {"ring", "arterial"}]
    belt = belt.difference(river.shape.buffer(8.0))
    belt = belt.difference(shapely.union_all(shapely.buffer(roads, ROAD_MARGIN_M)))
    shapely.prepare(belt)
    whole = shapely.contains(belt, shapes)
    touched = ~whole & shapely.intersects(belt, shapes)
    cut = shapely.get_parts(shapely.intersection(shapes[touched], belt))
    every = np.concatenate((shapes[whole], cut[shapely.get_type_id(cut) == 3]))
    every = shapely.transform(every, lambda points: np.round(points, 3))
    kept: NDArray[np.object_] = every[shapely.is_valid(every) & (shapely.area(every) > _LEAST_M2)]
    return kept
