from .footprint import Footprints, footprints
from .ground import Ground, Signs, ground_near, ground_of
from .plane import Plane, plane_over
from .resident import Resident, resident
from .ruling import DEPTHS, Pairs, Ruling, rule, unknown
from .window import Window, window_of
from .wkb import WkbColumn

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
