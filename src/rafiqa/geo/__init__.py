"""Shape and measure: positions, frames, land on the 1 mm grid, faces and rounding.

May not know what a mine, a hazard or a record is, nor how shapes are stored or sent.
Degrees (`LonLat`, `Spot`), metres (`Planar`) and grid millimetres (`GridShape`) are types of
their own; `SiteFrame` is the only bridge. Faults of shapes are values, never repairs.
"""

from rafiqa.geo.coverage import MOVED_STEPS, coverage_fault, cut_fault, cut_faults, join, join_each
from rafiqa.geo.face import FINE_PER_MM, Face, faces, faces_of
from rafiqa.geo.fault import (
    MAX_RING_VERTICES,
    MAX_SHAPE_VERTICES,
    POLYGONAL,
    ShapeFault,
    ring_faults,
    shape_faults,
)
from rafiqa.geo.frame import LAND_REACH_M, LonLat, Planar, Registered, SiteFrame, Spot, walked
from rafiqa.geo.gridshape import GRID_LIMIT_MM, GridShape, PlainShape, union_of
from rafiqa.geo.measure import area_m2, dwithin, length_m
from rafiqa.geo.millionths import E6, planar_mm
from rafiqa.geo.neighbour import Reconciled, home_of, reconcile
from rafiqa.geo.outline import (
    CORNERS_LIMIT,
    EDGE_M,
    Outline,
    OutlineE6,
    outline_around,
    outline_within,
)
from rafiqa.geo.reach import reach_box, reached_ground
from rafiqa.geo.rounding import inward, outward
from rafiqa.geo.shapeindex import ShapeIndex
from rafiqa.geo.traverse import Leg, Walk, Walked, misclosure_limit_m, traversed

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
