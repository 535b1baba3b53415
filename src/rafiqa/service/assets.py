"""Reference layers as tables on the ground, decoded once for each content."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.recovery import AssetTable, LayerRegistered, with_ground
from rafiqa.service.layers import layer_content
from rafiqa.service.office import Office
from rafiqa.wire.assetlayer import layer_from

ASSET_KINDS = ("buildings", "roads", "bridges", "works")
"""Kinds of layers whose rows stand on ground and have a gate of their own.

``works`` is everything else that people need: water works, pipelines, lines, farmland."""
DEPTH = "depth_cm"
"""The column of a layer that says how deep each asset is, or will be, dug."""
WIDTH = "width_m"
"""The column of a layer that says how wide a road or another line is."""
TABLES_KEPT = 32


@dataclass(frozen=True, slots=True, eq=False)
class AssetLayer:
    """A table of assets with its spatial index over shapes in mm, and the shapes in degrees."""

    fact: LayerRegistered
    table: AssetTable
    shapes_lonlat: np.ndarray
    tree: shapely.STRtree
    row_of: dict[str, int]


@dataclass(slots=True, eq=False)
class AssetShelf:
    """Layers kept ready by content hash; safe to share between threads."""

    _ready: OrderedDict[str, AssetLayer] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def layers(
        self,
        office: Office,
        kind: str,
        valid_at_us: int | None = None,
        known_at_us: int | None = None,
    ) -> list[AssetLayer]:
        """Returns the layers of one kind as true and known at the times asked about."""
        facts = office.recovery(valid_at_us, known_at_us).layers_of(kind)
        return [self.version(office, fact) for fact in facts]

    def version(self, office: Office, fact: LayerRegistered) -> AssetLayer:
        """Returns one version of a layer, whether it stands or another has replaced it."""
        with self._lock:
            layer = self._ready.get(fact.sha256)
            if layer is None:
                layer = _load(office, fact)
                self._ready[fact.sha256] = layer
            self._ready.move_to_end(fact.sha256)
            while len(self._ready) > TABLES_KEPT:
                self._ready.popitem(last=False)
            return layer


def asset_at(
    office: Office,
    shelf: AssetShelf,
    asset_id: str,
    valid_at_us: int | None = None,
    known_at_us: int | None = None,
) -> tuple[AssetLayer, int] | None:
    """Returns the layer and the row of an asset at a time; None where no layer holds it."""
    for kind in ASSET_KINDS:
        for layer in shelf.layers(office, kind, valid_at_us, known_at_us):
            row = layer.row_of.get(asset_id)
            if row is not None:
                return layer, row
    return None


def depths_of(layer: AssetLayer) -> npt.NDArray[np.float64] | None:
    """Returns how deep each asset will be dug, cm, NaN where not known; None where none is."""
    return _numbers(layer, DEPTH)


def widths_of(layer: AssetLayer) -> npt.NDArray[np.float64] | None:
    """Returns how wide each line is, m, NaN where not known; None where none is."""
    return _numbers(layer, WIDTH)


def _numbers(layer: AssetLayer, name: str) -> npt.NDArray[np.float64] | None:
    if name not in layer.table.columns:
        return None
    values = layer.table.values(name)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _load(office: Office, fact: LayerRegistered) -> AssetLayer:
    ids, lonlat, columns = layer_from(layer_content(office, fact))
    if fact.kind in ASSET_KINDS:
        shapes_mm = with_ground(_placed(office, lonlat), columns.get(WIDTH))
    else:
        shapes_mm = office.frame.shapes_to_mm(lonlat)
    table = AssetTable(ids, shapes_mm, columns)
    row_of = {asset_id: row for row, asset_id in enumerate(ids)}
    return AssetLayer(fact, table, lonlat, shapely.STRtree(shapes_mm), row_of)


def _placed(office: Office, lonlat: np.ndarray) -> np.ndarray:
    """Returns shapes in mm; None of those that have no place on the site's grid.

    One of them keeps none of the others from its answer; its own gate is closed.
    """
    here = office.frame.shapes_placeable(lonlat)
    shapes_mm = np.full(len(lonlat), None, dtype=object)
    shapes_mm[here] = office.frame.shapes_to_mm(lonlat[here])
    return shapes_mm
