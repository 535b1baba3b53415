"""Accident ground: all the land on which an accident may have happened, where it is drawn."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, LonLat, Registered, SiteFrame

_THIN_DEG = 1e-7
"""About a centimetre: what a mark without any width is taken to cover."""


def accident_ground(frame: SiteFrame, geometry: BaseGeometry | None) -> GridShape | None:
    """Returns the ground of an accident that is drawn as more than one point.

    None where it has no shape, where it is one point, and where it does not lie on the grid: no
    land is on record there. What the grid cannot take as it is drawn counts as its hull, then as
    its box: never as less than was drawn.

    Args:
        frame: the plane of the site.
        geometry: what was drawn, in degrees.
    """
    if geometry is None or geometry.is_empty or geometry.geom_type == "Point":
        return None
    drawn = geometry
    if not geometry.area:
        drawn = shapely.buffer(geometry, _THIN_DEG, quad_segs=2)
    west, south, east, north = drawn.bounds
    box = shapely.box(west - _THIN_DEG, south - _THIN_DEG, east + _THIN_DEG, north + _THIN_DEG)
    for ground in (drawn, shapely.convex_hull(drawn), box):
        registered = frame.to_grid(LonLat(ground))
        if isinstance(registered, Registered):
            return registered.shape
    return None
