"""The map of risk as a picture to lay over a map: classes in one hue, doubt as a pattern.

No class is clear or green: a cell of the lowest has its colour too. Where nothing known is near, a
cell is crossed out, whatever its figure.
"""

from __future__ import annotations

from io import BytesIO
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from rafiqa.geo import SiteFrame
from rafiqa.risk import RiskMap

Shown = Literal["p", "width"]
STEPS: dict[Shown, tuple[float, ...]] = {
    "p": (0.01, 0.05, 0.2, 0.5),
    "width": (0.05, 0.2, 0.4, 0.6),
}
"""Lower edges of the classes after the first."""
COLOURS: dict[Shown, tuple[str, ...]] = {
    "p": ("#f1e4c3", "#e8bf86", "#d98b4a", "#b3501f", "#6f1d0e"),
    "width": ("#dfe6ee", "#b4c5d8", "#7f9dbd", "#4c719a", "#1f4068"),
}
ALPHA = 190
_SIDE_PX = 6
_MOST_PX = 4_096


def picture(found: RiskMap, shown: Shown) -> bytes:
    """Returns a PNG, north up, over the whole grid; cells without a row are see-through.

    Args:
        found: the map.
        shown: ``p`` for the probability, ``width`` for that of its 90 % interval.
    """
    rows, columns = found.grid.shape
    values = found.p if shown == "p" else found.high - found.low
    colours = np.array([_rgba(each) for each in COLOURS[shown]], dtype=np.uint8)
    cells = np.zeros((rows * columns, 4), dtype=np.uint8)
    cells[found.cells] = colours[np.searchsorted(STEPS[shown], values, side="right")]
    bare = np.zeros(rows * columns, dtype=np.bool_)
    bare[found.cells] = found.prior_only
    side = max(1, min(_SIDE_PX, _MOST_PX // max(rows, columns)))
    drawn = _large(cells.reshape(rows, columns, 4)[::-1], side)
    beneath = np.asarray(_large(bare.reshape(rows, columns)[::-1], side), dtype=np.bool_)
    crossed = beneath & _stripes(drawn.shape[:2])
    drawn[crossed] = (60, 60, 60, ALPHA)
    out = BytesIO()
    Image.fromarray(drawn, "RGBA").save(out, "PNG")
    return out.getvalue()


def risk_classes(found: RiskMap, shown: Shown) -> list[dict[str, object]]:
    """Returns the classes of a picture: from where each begins, its colour, and its cells."""
    values = found.p if shown == "p" else found.high - found.low
    of = np.searchsorted(STEPS[shown], values, side="right")
    counts = np.bincount(of, minlength=len(COLOURS[shown])).tolist()
    edges = (0.0, *STEPS[shown])
    return [
        {"at_least": edge, "colour": colour, "cells": count}
        for edge, colour, count in zip(edges, COLOURS[shown], counts, strict=True)
    ]


def risk_corners(found: RiskMap, frame: SiteFrame) -> list[tuple[float, float]]:
    """Returns the corners of the picture in degrees: north-west, -east, south-east, -west."""
    grid = found.grid
    west, south = grid.west_mm, grid.south_mm
    north, east = south + grid.shape[0] * grid.size_mm, west + grid.shape[1] * grid.size_mm
    corners = np.array([(west, north), (east, north), (east, south), (west, south)], dtype=float)
    return [(lon, lat) for lon, lat in frame.places_deg(corners).tolist()]


def _rgba(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, ALPHA


def _large(values: npt.NDArray[np.generic], side: int) -> npt.NDArray[np.generic]:
    out: npt.NDArray[np.generic] = np.ascontiguousarray(values.repeat(side, 0).repeat(side, 1))
    return out


def _stripes(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    down, across = np.indices(shape)
    stripes: npt.NDArray[np.bool_] = (down + across) % _SIDE_PX == 0
    return stripes
