"""Ready: a whole layer of one moment made ready for tiles."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import shapely

from rafiqa.api.view import View
from rafiqa.geo import GridShape, Spot
from rafiqa.wire.tile import Column, TileSource


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """Shapes projected and attributes encoded, for any tile of a layer.

    Attributes:
        source: the shapes.
        columns: their attributes.
        key: what a finished tile is kept under: another one where anything in it may differ.
    """

    source: TileSource
    columns: Sequence[Column]
    key: Hashable


def ready_of(
    view: View,
    shown: Iterable[tuple[GridShape | Spot, dict[str, Any]]],
    fields: Iterable[str],
    key: Hashable,
) -> Ready:
    """Returns what a map layer shows, ready for tiles; of its properties only the fields named.

    Args:
        view: whose frame the shapes are in.
        shown: places and what the map says of each.
        fields: names of properties; a list is written as JSON, for tiles have none.
        key: what tells this layer and moment from others.
    """
    listed = list(shown)
    lands = [place for place, _ in listed if isinstance(place, GridShape)]
    placed = iter(view.desk.placed.lonlat(view.frame, lands))
    lonlat = np.empty(len(listed), dtype=object)
    lonlat[:] = [
        next(placed)
        if isinstance(place, GridShape)
        else shapely.Point(place.lon_deg, place.lat_deg)
        for place, _ in listed
    ]
    columns = [
        Column.of(name, [_flat(properties.get(name)) for _, properties in listed])
        for name in fields
    ]
    return Ready(TileSource.of(lonlat), columns, key)


def _flat(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, list) else value
