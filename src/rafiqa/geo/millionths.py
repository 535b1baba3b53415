"""The ground that an outline in millionths of a degree is, read back into a site's plane.

Its edges are straight in degrees, and so bent in the plane: they are cut at every 20 m or so,
within which the two differ by less than a hundredth of a millimetre.
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


def planar_mm(outline: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    """The ground that an outline is, in float mm of a frame; not on its grid."""
    polygons = [
        shapely.Polygon(np.array(rings[0]) / E6, [np.array(ring) / E6 for ring in rings[1:]])
        for rings in outline
    ]
    fine = shapely.segmentize(shapely.MultiPolygon(polygons), _EDGE_DEG)
    moved: BaseGeometry = frame.shapes_to_mm(np.array([fine], dtype=object))[0]
    return moved
