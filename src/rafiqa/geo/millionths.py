"""Outlines in millionths of a degree, put back on the ground that they stand for.

The edges of such an outline are straight in degrees. Cut short enough, they are the same in metres
to a hundredth of a millimetre. How an outline is drawn says `rafiqa.geo.outline`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo.frame import SiteFrame
from rafiqa.geo.outline import OutlineE6

E6: Final = 1_000_000
_EDGE_DEG: Final = 2e-4
"""About 20 m: within it a line in degrees strays from one in metres by less than 0.01 mm."""


def planar_mm(outline: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    """The ground that an outline is, in float mm of a frame, its edges straight in degrees."""
    polygons = [
        shapely.Polygon(np.array(rings[0]) / E6, [np.array(ring) / E6 for ring in rings[1:]])
        for rings in outline
    ]
    fine = shapely.segmentize(shapely.MultiPolygon(polygons), _EDGE_DEG)
    moved: BaseGeometry = frame.shapes_to_mm(np.array([fine], dtype=object))[0]
    return moved
