"""Outlines in millionths of a degree for paper: released land only shrinks, hazards only grow.

A code on paper carries few bytes. So an outline is simplified and put on a grid of 1e-6° (about a
decimetre), and each way is checked, not hoped for: back in the site's frame, with its edges cut
short enough that a straight line in degrees and one in metres are the same to a hundredth of a
millimetre, what is released must be covered by the land it stands for, and what is hazard must
cover it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo.frame import SiteFrame
from rafiqa.geo.gridshape import GridShape

PointE6 = tuple[int, int]
"""A position in millionths of a degree: longitude, latitude."""
OutlineE6 = tuple[tuple[tuple[PointE6, ...], ...], ...]
"""Polygons of rings of points; the outer ring first, the closing point left out."""

E6: Final = 1_000_000
_STEP_MM: Final = 112.0
"""1e-6° of a meridian; of a parallel it is less everywhere."""
_EDGE_DEG: Final = 2e-4
"""About 20 m: within it a line in degrees strays from one in metres by less than 0.01 mm."""
_SIMPLER: Final = 0.5
_WIDER: Final = 1.3
_ROUNDS: Final = 10
_LEAST_RING: Final = 3


def inward_millionths(shape: GridShape, frame: SiteFrame, tolerance_m: float) -> OutlineE6:
    """The outline of released land, wholly inside it; empty where none of it is left.

    Parts of the land too small or thin for the tolerance fall away.

    Args:
        shape: the land.
        frame: the site's frame.
        tolerance_m: about how far the outline may move inwards; 0 moves it as little as the
            grid allows.
    """
    return _millionths(shape, frame, tolerance_m, -1)


def outward_millionths(shape: GridShape, frame: SiteFrame, tolerance_m: float) -> OutlineE6:
    """The outline of a hazard, covering all of it; its box where nothing finer does.

    Args:
        shape: the hazard.
        frame: the site's frame.
        tolerance_m: about how far the outline may move outwards.
    """
    found = _millionths(shape, frame, tolerance_m, 1)
    if found or shape.is_empty:
        return found
    low_x, low_y, high_x, high_y = shapely.bounds(_degrees(shape.geometry.envelope, frame))
    west, south = int(np.floor(low_x * E6)) - 2, int(np.floor(low_y * E6)) - 2
    east, north = int(np.ceil(high_x * E6)) + 2, int(np.ceil(high_y * E6)) + 2
    return ((((west, south), (east, south), (east, north), (west, north)),),)


def planar_mm(outline: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    """The ground that an outline is, in float mm of a frame, its edges straight in degrees."""
    polygons = [
        shapely.Polygon(np.array(rings[0]) / E6, [np.array(ring) / E6 for ring in rings[1:]])
        for rings in outline
    ]
    fine = shapely.segmentize(shapely.MultiPolygon(polygons), _EDGE_DEG)
    moved: BaseGeometry = frame.shapes_to_mm(np.array([fine], dtype=object))[0]
    return moved


def _millionths(shape: GridShape, frame: SiteFrame, tolerance_m: float, side: int) -> OutlineE6:
    """The outline moved to one side (-1 inwards, 1 outwards), or empty where none passes."""
    if shape.is_empty:
        return ()
    simpler_mm = _SIMPLER * tolerance_m * 1_000
    margin_mm = _STEP_MM * 0.75 + simpler_mm
    for _ in range(_ROUNDS):
        # A buffer is allowed here because what comes out is checked.
        moved = shapely.buffer(
            shape.geometry, side * margin_mm, join_style="mitre", mitre_limit=2.0
        )
        simple = shapely.simplify(moved, simpler_mm)
        if simple.is_empty:
            return ()
        outline = _outline(_degrees(simple, frame))
        if outline and _holds(shape, planar_mm(outline, frame), side):
            return outline
        margin_mm *= _WIDER
    return ()


def _holds(shape: GridShape, ground: BaseGeometry, side: int) -> bool:
    if not ground.is_valid:
        return False
    inner, outer = (ground, shape.geometry) if side < 0 else (shape.geometry, ground)
    return bool(shapely.covers(outer, inner))


def _degrees(geometry: BaseGeometry, frame: SiteFrame) -> BaseGeometry:
    moved: BaseGeometry = frame.shapes_to_lonlat(np.array([geometry], dtype=object))[0]
    return moved


def _outline(degrees: BaseGeometry) -> OutlineE6:
    """The polygons of a geometry on the grid of 1e-6°; rings that collapse on it are left out."""
    stepped = shapely.set_precision(degrees, 1 / E6)
    polygons = [
        each for each in shapely.get_parts(stepped) if each.geom_type == "Polygon" and each.area
    ]
    found = []
    for polygon in polygons:
        rings = [_ring(ring) for ring in (polygon.exterior, *polygon.interiors)]
        if all(len(ring) >= _LEAST_RING for ring in rings):
            found.append(tuple(rings))
    return tuple(sorted(found))


def _ring(ring: BaseGeometry) -> tuple[PointE6, ...]:
    points = np.rint(shapely.get_coordinates(ring) * E6).astype(np.int64).tolist()
    return tuple((lon, lat) for lon, lat in points[:-1])
