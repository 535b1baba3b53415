"""Landmarks: the nearest road or bridge with a name, by which people find an outline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.question import AsOf
from rafiqa.wire.publicgate import LONGEST_NAME

_REACH_DEG: Final = 0.003
"""About 300 m: what lies farther away is no help."""


class Landmarks:
    """Roads and bridges with a name. Buildings are none: they are called after persons.

    Args:
        office: the open store.
        shelf: reference layers.
        as_of: the two times.
    """

    def __init__(self, office: Office, shelf: AssetShelf, as_of: AsOf) -> None:
        valid_us, known_us = as_of.valid_us(office), as_of.known_at_us
        self._named: list[tuple[str, str | None]] = []
        shapes: list[BaseGeometry] = []
        for kind in ("bridges", "roads"):
            for layer in shelf.layers(office, kind, valid_us, known_us):
                names, names_ar = layer.table.values("name"), layer.table.values("name_ar")
                for row, shape in enumerate(layer.shapes_lonlat):
                    if shape is not None and isinstance(names[row], str) and names[row].strip():
                        shapes.append(shape)
                        self._named.append((names[row][:LONGEST_NAME], names_ar[row]))
        self._tree = shapely.STRtree(shapes)

    def near(self, geometry_lonlat: BaseGeometry) -> Mapping[str, str]:
        """Returns the names of the nearest as fields of a row; none where none is near."""
        if not self._named or geometry_lonlat.is_empty:
            return {}
        at = self._tree.query_nearest(geometry_lonlat, max_distance=_REACH_DEG)
        if not len(at):
            return {}
        name, name_ar = self._named[int(min(at))]
        told = {"landmark": name}
        if isinstance(name_ar, str) and name_ar.strip():
            told["landmark_ar"] = name_ar[:LONGEST_NAME]
        return told
