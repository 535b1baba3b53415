"""The same answers over columns: the gate of millions of footprints at once, and of one change.

Beside them what carries many tasks, in this process or on many machines.

Pure, like ``recovery``, whose plain way is what every answer here must equal. May not know
stores, files, wire formats or screens.
"""

from rafiqa.bulk.earthtile import EVERYWHERE, NOWHERE, WIDE, reach_mm, tile_name, tiles_of
from rafiqa.bulk.engine import DaskEngine, Ended, Engine, InProcess, cluster_at, local_cluster
from rafiqa.bulk.footprint import Footprints, footprints
from rafiqa.bulk.ground import Ground, Signs, ground_near, ground_of
from rafiqa.bulk.plane import Plane, plane_over
from rafiqa.bulk.resident import Resident, resident
from rafiqa.bulk.ruling import DEPTHS, Pairs, Ruling, rule, unknown
from rafiqa.bulk.window import Window, window_of
from rafiqa.bulk.wkb import WkbColumn

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
