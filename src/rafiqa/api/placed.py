"""Placed: land joined and brought to degrees once, however many moments show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo import GridShape, SiteFrame, join_each
from rafiqa.land import Face

SHAPES_KEPT = 400_000
"""When more were made they are all thrown away, and made again as they are asked for."""
Geometries = npt.NDArray[np.object_]


class Placed:
    """Shapes of faces, kept as long as the server runs; safe to share between threads.

    From one moment to the next nearly all faces are the same objects, so what is kept is found by
    them. Each value holds what its key names, so that no other object can take its place.
    """

    def __init__(self) -> None:
        self._joined: dict[tuple[int, ...], tuple[Sequence[Face], GridShape]] = {}
        self._lonlat: dict[int, tuple[GridShape, shapely.Geometry]] = {}

    def joined(self, groups: Sequence[Sequence[Face]]) -> list[GridShape]:
        """Returns the land of each group of faces together; the same object for the same faces."""
        if len(self._joined) > SHAPES_KEPT:
            self._joined = {}
        keys = [tuple(map(id, faces)) for faces in groups]
        known = self._joined
        new = [row for row, key in enumerate(keys) if len(key) > 1 and key not in known]
        made = join_each([[face.shape for face in groups[row]] for row in new])
        for row, shape in zip(new, made, strict=True):
            known[keys[row]] = (groups[row], shape)
        return [
            faces[0].shape if len(key) == 1 else known[key][1]
            for key, faces in zip(keys, groups, strict=True)
        ]

    def lonlat(self, frame: SiteFrame, shapes: Sequence[GridShape]) -> Geometries:
        """Returns shapes in degrees, shells counter-clockwise (RFC 7946)."""
        if len(self._lonlat) > SHAPES_KEPT:
            self._lonlat = {}
        known = self._lonlat
        new = [shape for shape in shapes if id(shape) not in known]
        moved = np.empty(len(new), dtype=object)
        moved[:] = [shape.geometry for shape in new]
        moved = shapely.orient_polygons(frame.shapes_to_lonlat(moved))
        for shape, geometry in zip(new, moved, strict=True):
            known[id(shape)] = (shape, geometry)
        found = np.empty(len(shapes), dtype=object)
        found[:] = [known[id(shape)][1] for shape in shapes]
        return found
