"""Rounding for publishing, each way a safety decision: released land only shrinks, hazards grow."""

from __future__ import annotations

import numpy as np
import shapely

from rafiqa.geo.gridshape import GRID_LIMIT_MM, GridShape

_FINENESS = 0.125  # of a step: what simplifying may move
_FIRST_MARGIN = 0.85  # of a step: simplifying, and rounding by at most 0.71 of one
_WIDER = 1.5
_ROUNDS = 8


def inward(shape: GridShape, step_mm: int) -> GridShape:
    """A simpler shape on a coarser grid that lies wholly inside; for released land.

    The promise is checked, not hoped for: the margin widens until the result is covered by the
    input, and where none is, nothing is published. A shape already on the step stays as it is.

    Args:
        shape: the land.
        step_mm: every coordinate of the result is a multiple of this, in mm; at least 1.
    """
    if shape.is_empty or _on_step(shape, step_mm):
        return shape
    margin_mm = _FIRST_MARGIN * step_mm
    for _ in range(_ROUNDS):
        inner = _stepped(shape, -margin_mm, step_mm)
        if inner is not None and shape.covers(inner):
            return inner
        margin_mm *= _WIDER
    return GridShape.empty()


def outward(shape: GridShape, step_mm: int) -> GridShape:
    """A simpler shape on a coarser grid that covers the input; for hazards.

    The promise is checked, not hoped for: the margin widens until the result covers the input,
    and at last its box is taken. A shape already on the step stays as it is.

    Args:
        shape: the land.
        step_mm: every coordinate of the result is a multiple of this, in mm; at least 1.
    """
    if shape.is_empty or _on_step(shape, step_mm):
        return shape
    margin_mm = _FIRST_MARGIN * step_mm
    for _ in range(_ROUNDS):
        outer = _stepped(shape, margin_mm, step_mm)
        if outer is not None and outer.covers(shape):
            return outer
        margin_mm *= _WIDER
    return _box(shape, step_mm)


def _on_step(shape: GridShape, step_mm: int) -> bool:
    if step_mm < 1:
        raise ValueError("a step is at least 1 mm")
    return bool((shapely.get_coordinates(shape.geometry) % step_mm == 0).all())


def _stepped(shape: GridShape, margin_mm: float, step_mm: int) -> GridShape | None:
    """The shape moved by a margin, simplified and put on the step; None off the grid.

    A buffer is allowed here, as nowhere else, because the caller checks what came out.
    """
    moved = shapely.buffer(shape.geometry, margin_mm, join_style="mitre", mitre_limit=2.0)
    simple = shapely.simplify(moved, _FINENESS * step_mm)
    stepped = shapely.set_precision(simple, grid_size=step_mm)
    exact = shapely.transform(stepped, np.rint)
    if not exact.is_valid or (np.abs(shapely.get_coordinates(exact)) > GRID_LIMIT_MM).any():
        return None
    return GridShape.of(exact)


def _box(shape: GridShape, step_mm: int) -> GridShape:
    """The box around the shape, its sides on the step."""
    x_min, y_min, x_max, y_max = shape.bounds_mm
    low = [value // step_mm * step_mm for value in (x_min, y_min)]
    high = [-(-value // step_mm) * step_mm for value in (x_max, y_max)]
    return GridShape.box(low[0], low[1], high[0], high[1])
