"""Reach: what of a drawing lies where a site can hold land; the rest is of no account there."""

from __future__ import annotations

import math

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo.frame import LAND_REACH_M, LonLat, Registered, SiteFrame
from rafiqa.geo.gridshape import GridShape

_M_PER_DEG = 110_500.0
"""Less than the length of any degree of latitude on WGS 84 (110,574 m at the equator)."""
_STEP_DEG = 0.01


def reach_box(frame: SiteFrame) -> BaseGeometry:
    """Returns a box in degrees, ``lon, lat``, that holds all the land a site can hold.

    No land lies further from the origin than ``LAND_REACH_M``.
    """
    lat_deg = LAND_REACH_M / _M_PER_DEG
    farthest_deg = abs(frame.lat_deg) + lat_deg
    lon_deg = lat_deg / math.cos(math.radians(farthest_deg))
    return shapely.box(
        *(max(frame.lon_deg - lon_deg, -180.0), max(frame.lat_deg - lat_deg, -90.0)),
        *(min(frame.lon_deg + lon_deg, 180.0), min(frame.lat_deg + lat_deg, 90.0)),
    )


def reached_ground(frame: SiteFrame, drawn: BaseGeometry) -> GridShape | None:
    """Returns what of some ground lies where the site can hold land, on its grid; empty if nothing.

    None where the grid cannot take it as it is drawn. It is no land of the site, and so it is not
    held to ``LAND_REACH_M``: the corners of the box lie somewhat beyond. Long edges are taken in
    short steps: a parallel is no straight line in the plane, and between its ends ground would be
    lost. So it is true to centimetres.

    Args:
        frame: the plane of the site.
        drawn: valid polygons in degrees.
    """
    near, box = shapely.force_2d(drawn), reach_box(frame)
    if not box.covers(near):
        parts = shapely.get_parts(shapely.intersection(near, box))
        near = shapely.union_all(parts[shapely.area(parts) > 0])
    if near.is_empty:
        return GridShape.empty()
    taken = frame.to_grid(LonLat(shapely.segmentize(near, _STEP_DEG)), land=False)
    return taken.shape if isinstance(taken, Registered) else None
