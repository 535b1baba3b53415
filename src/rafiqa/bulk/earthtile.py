"""Tiles of the earth: which one a footprint belongs to, and what ground counts in it.

A footprint belongs to the tile of its box's lower left corner, and to no other, whoever asks and
in whatever order: a file of a tile is the same from one worker and from sixteen. What counts in a
tile is asked of all that its footprints may reach, beyond the tile's own edges too: its halo.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from rafiqa.geo import SiteFrame

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NOWHERE: Final = -1
"""The tile of what has no place in degrees."""
WIDE: Final = -2
"""The tile of what is wider or higher than a tile: it is asked of all ground there is."""
LAT_MAX_DEG: Final = 85.051_128_779_806_59
"""Where square tiles of the web's Mercator end."""
HALO_MM: Final = 1_000_000.0
"""More than any line within a tile bends between degrees and millimetres, by far."""
_SAMPLES_PER_DEG = 200
_REACH_MM = 600_000_000.0
"""Beyond all ground that a site's grid can hold."""
EVERYWHERE: Final = np.array([-np.inf, -np.inf, np.inf, np.inf])


def tiles_of(boxes_deg: Floats, zoom: int) -> Ints:
    """Returns ``(n,)`` the tile of each box: its column times ``2**zoom`` plus its row.

    Columns and rows are those of the web's tiles, from north-west on. ``NOWHERE`` of a box with a
    NaN or off the earth, ``WIDE`` of one larger than a tile.

    Args:
        boxes_deg: ``(n, 4)`` west, south, east, north.
        zoom: 0 is one tile for the whole earth.
    """
    n = 1 << zoom
    west, south, east, north = boxes_deg.T
    with np.errstate(invalid="ignore"):
        nowhere = ~((west >= -180) & (east <= 180) & (south >= -90) & (north <= 90))
        wide = (east - west > 360.0 / n) | (north - south > 360.0 / n)
        lat = np.radians(np.clip(np.where(nowhere, 0.0, south), -LAT_MAX_DEG, LAT_MAX_DEG))
    lon = np.where(nowhere, 0.0, west)
    column = np.floor((lon + 180.0) / 360.0 * n).astype(np.int64).clip(0, n - 1)
    up = np.log(np.tan(lat) + 1.0 / np.cos(lat)) / np.pi
    row = np.floor((1.0 - up) / 2.0 * n).astype(np.int64).clip(0, n - 1)
    found: Ints = column * n + row
    found[wide] = WIDE
    found[nowhere] = NOWHERE
    return found


def tile_name(tile: int, zoom: int) -> str:
    """Returns the name of a tile as files bear it: zoom, column, row; or ``nowhere``, ``wide``."""
    if tile == NOWHERE:
        return "nowhere"
    return "wide" if tile == WIDE else f"{zoom}-{tile >> zoom}-{tile & ((1 << zoom) - 1)}"


def reach_mm(frame: SiteFrame, box_deg: Floats, width_m: float) -> Floats:
    """Returns ``(4,)`` mm: a box outside which nothing counts for footprints within another.

    Infinite where that cannot be told.

    Args:
        frame: the site's plane.
        box_deg: ``(4,)`` degrees: the box of all footprints' vertices; one that is no number tells
            nothing.
        width_m: the greatest width of a line among them.
    """
    west, south, east, north = box_deg.tolist()
    if not np.isfinite(box_deg).all() or np.ptp([west, east]) > 5 or np.ptp([south, north]) > 5:
        return EVERYWHERE
    n = int(max(east - west, north - south) * _SAMPLES_PER_DEG) + 2
    x, y = np.linspace(west, east, n), np.linspace(south, north, n)
    sides = [(x, np.full(n, south)), (x, np.full(n, north))]
    sides += [(np.full(n, west), y), (np.full(n, east), y)]
    places = frame.places_mm(np.concatenate([np.column_stack(side) for side in sides]))
    # What has no place, or one too far off the site, comes as no number or a great one.
    if not (np.abs(places) < _REACH_MM).all():
        return EVERYWHERE
    more = HALO_MM + width_m * 1_000
    found: Floats = np.concatenate([places.min(axis=0) - more, places.max(axis=0) + more])
    return found
