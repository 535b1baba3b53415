"""The same answers over columns: the gate of millions of footprints at once, and of one change.

Pure, like ``recovery``, whose plain way is what every answer here must equal. May not know
stores, files, wire formats or screens.
"""

from rafiqa.bulk.footprint import Footprints, footprints
from rafiqa.bulk.ground import Ground, Signs, ground_near, ground_of
from rafiqa.bulk.plane import Plane, plane_over
from rafiqa.bulk.resident import Resident, resident
from rafiqa.bulk.ruling import DEPTHS, Pairs, Ruling, rule, unknown
from rafiqa.bulk.window import Window, window_of
from rafiqa.bulk.wkb import WkbColumn

__all__ = [
    "DEPTHS",
    "Footprints",
    "Ground",
    "Pairs",
    "Plane",
    "Resident",
    "Ruling",
    "Signs",
    "Window",
    "WkbColumn",
    "footprints",
    "ground_near",
    "ground_of",
    "plane_over",
    "resident",
    "rule",
    "unknown",
    "window_of",
]
