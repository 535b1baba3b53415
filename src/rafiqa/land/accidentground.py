"""Accident ground: all the land on which an accident may have happened, where it is drawn."""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, SiteFrame, reached_ground
from rafiqa.land.fact import AccidentRecorded

DRAWN_AS: Final = "geometry_lonlat"
"""Under which name a fact keeps, beside its fields, what a row drew: WKT in degrees."""
_THIN_DEG = 1e-7
"""About a centimetre: what a mark without any width is taken to cover."""
_POLYGONAL = frozenset({"Polygon", "MultiPolygon"})


def accident_ground(frame: SiteFrame, geometry: BaseGeometry | None) -> GridShape | None:
    """Returns the ground of an accident that is drawn as more than one point.

    None where it has no shape, where it is one point, and where nothing of it lies where the site
    can hold land. What lies beyond that is left out. What the grid cannot take as it is
    drawn counts as its hull, then as its box: never as less than was drawn.

    Args:
        frame: the plane of the site.
        geometry: what was drawn, in degrees.
    """
    if geometry is None or geometry.is_empty or geometry.geom_type == "Point":
        return None
    drawn = geometry
    if not drawn.is_valid:
        # First of all: an outline that crosses itself may have no area, and half of it be lost.
        drawn = shapely.convex_hull(drawn)
    if not drawn.area:
        drawn = shapely.buffer(drawn, _THIN_DEG, quad_segs=2)
    hull = shapely.convex_hull(drawn)
    if drawn.geom_type not in _POLYGONAL or not drawn.is_valid:
        drawn = hull
    west, south, east, north = drawn.bounds
    box = shapely.box(west - _THIN_DEG, south - _THIN_DEG, east + _THIN_DEG, north + _THIN_DEG)
    grounds = (reached_ground(frame, each) for each in (drawn, hull, box))
    ground = next((each for each in grounds if each is not None), None)
    return None if ground is None or ground.is_empty else ground


def ground_of(fact: AccidentRecorded, frame: SiteFrame) -> GridShape | None:
    """Returns the ground of an accident on record; None where its spot is all that is known.

    Records from before facts had room for ground keep what was drawn beside their fields: it
    counts as it would now.

    Args:
        fact: the accident.
        frame: the plane of the site.
    """
    return fact.ground or accident_ground(frame, _drawn_beside(fact.extra))


def _drawn_beside(extra: str | None) -> BaseGeometry | None:
    if extra is None or DRAWN_AS not in extra:
        return None
    # A column of that name may hold anything.
    try:
        told = json.loads(extra)
    except ValueError:
        return None
    drawn = told.get(DRAWN_AS) if isinstance(told, dict) else None
    if not isinstance(drawn, str):
        return None
    geometry = shapely.from_wkt(drawn, on_invalid="ignore")
    finite = np.isfinite(shapely.get_coordinates(geometry)).all()
    return geometry if finite else None
