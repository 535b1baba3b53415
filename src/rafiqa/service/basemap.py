"""Base map: what of the reference layers everybody may have as one file of tiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import shapely

from rafiqa.service.assets import AssetLayer, AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.wire.tippecanoe import BaseLayer, Row, write_base

BASE_LAYERS = {
    "water": (6, ("name", "name_ar", "kind")),
    "roads": (6, ("name", "name_ar", "kind")),
    "bridges": (10, ("name", "name_ar", "kind")),
    "buildings": (12, ("kind", "name", "name_ar", "storeys")),
    "places": (6, ("kind", "name", "name_ar", "name_ckb", "name_kmr")),
}
"""Kinds of layers by the zoom from which they are there, and the only fields that are written.

Neither hazard nor gate is among them: both change with every fact, and a file does not."""


def make_base(office: Office, path: Path, as_of: AsOf = NOW) -> dict[str, int]:
    """Returns how many shapes of each kind were written to a PMTiles file.

    Raises:
        InvalidInput: tippecanoe is missing or failed, or there is nothing to write.
    """
    shelf = AssetShelf()
    valid_us, known_us = as_of.valid_us(office), as_of.known_at_us
    layers = [
        BaseLayer(
            kind,
            first_zoom,
            (
                row
                for layer in shelf.layers(office, kind, valid_us, known_us)
                for row in _rows(layer, fields)
            ),
        )
        for kind, (first_zoom, fields) in BASE_LAYERS.items()
    ]
    return write_base(layers, path, office.site.name)


def _rows(layer: AssetLayer, fields: tuple[str, ...]) -> Iterator[Row]:
    known = [name for name in fields if name in layer.table.columns]
    columns = [layer.table.values(name) for name in known]
    for row, (asset_id, shape) in enumerate(zip(layer.table.ids, layer.shapes_lonlat, strict=True)):
        if shape is not None and not shape.is_empty:
            values = {name: column[row] for name, column in zip(known, columns, strict=True)}
            if layer.fact.kind == "places":
                # One point each: the name of ground in several tiles would be written in each.
                shape = shapely.point_on_surface(shape)  # noqa: PLW2901
            yield shapely.force_2d(shape), {"asset_id": asset_id, **values}
