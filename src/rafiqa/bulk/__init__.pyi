from .earthtile import EVERYWHERE, NOWHERE, WIDE, reach_mm, tile_name, tiles_of
from .engine import DaskEngine, Ended, Engine, InProcess, cluster_at, local_cluster
from .footprint import Footprints, footprints
from .ground import Ground, Signs, ground_near, ground_of
from .house import house
from .plane import Plane, plane_over
from .resident import Resident, resident
from .ruling import DEPTHS, Pairs, Ruling, rule, unknown
from .window import Window, window_of
from .wkb import WkbColumn

__all__ = [
    "DEPTHS",
    "EVERYWHERE",
    "NOWHERE",
    "WIDE",
    "DaskEngine",
    "Ended",
    "Engine",
    "Footprints",
    "Ground",
    "InProcess",
    "Pairs",
    "Plane",
    "Resident",
    "Ruling",
    "Signs",
    "Window",
    "WkbColumn",
    "cluster_at",
    "footprints",
    "ground_near",
    "ground_of",
    "house",
    "local_cluster",
    "plane_over",
    "reach_mm",
    "resident",
    "rule",
    "tile_name",
    "tiles_of",
    "unknown",
    "window_of",
]
