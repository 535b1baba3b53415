from .coverage import MOVED_STEPS, coverage_fault, cut_fault, cut_faults, join, join_each
from .face import FINE_PER_MM, Face, faces, faces_of
from .fault import (
    MAX_RING_VERTICES,
    MAX_SHAPE_VERTICES,
    POLYGONAL,
    ShapeFault,
    ring_faults,
    shape_faults,
)
from .frame import LAND_REACH_M, LonLat, Planar, Registered, SiteFrame, Spot, walked
from .gridshape import GRID_LIMIT_MM, GridShape, PlainShape, union_of
from .measure import area_m2, dwithin, length_m
from .millionths import E6, planar_mm
from .neighbour import Reconciled, home_of, reconcile
from .outline import (
    CORNERS_LIMIT,
    EDGE_M,
    Outline,
    OutlineE6,
    outline_around,
    outline_within,
)
from .reach import reach_box, reached_ground
from .rounding import inward, outward
from .shapeindex import ShapeIndex
from .traverse import Leg, Walk, Walked, misclosure_limit_m, traversed

__all__ = [
    "CORNERS_LIMIT",
    "E6",
    "EDGE_M",
    "FINE_PER_MM",
    "GRID_LIMIT_MM",
    "LAND_REACH_M",
    "MAX_RING_VERTICES",
    "MAX_SHAPE_VERTICES",
    "MOVED_STEPS",
    "POLYGONAL",
    "Face",
    "GridShape",
    "Leg",
    "LonLat",
    "Outline",
    "OutlineE6",
    "PlainShape",
    "Planar",
    "Reconciled",
    "Registered",
    "ShapeFault",
    "ShapeIndex",
    "SiteFrame",
    "Spot",
    "Walk",
    "Walked",
    "area_m2",
    "coverage_fault",
    "cut_fault",
    "cut_faults",
    "dwithin",
    "faces",
    "faces_of",
    "home_of",
    "inward",
    "join",
    "join_each",
    "length_m",
    "misclosure_limit_m",
    "outline_around",
    "outline_within",
    "outward",
    "planar_mm",
    "reach_box",
    "reached_ground",
    "reconcile",
    "ring_faults",
    "shape_faults",
    "traversed",
    "union_of",
    "walked",
]
