"""Map layers as GeoJSON: each shape once, in degrees, with what the map says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.api import buildinglayer, eventlayer, landlayer
from rafiqa.api.ask import Ask
from rafiqa.api.ground import DEGREE_DECIMALS
from rafiqa.api.reply import GEOJSON, Reply, pack
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, NotFound
from rafiqa.geo import GridShape, Spot
from rafiqa.service import AssetLayer

Shown = Iterable[tuple[GridShape | Spot, dict[str, Any]]]
Texts = tuple[tuple[str | None, str | None], str | None]
"""The names of a row of a reference layer, the second in Arabic, and its kind."""

PUBLIC: dict[str, Callable[[View], Shown]] = {
    "hazards": landlayer.hazards,
    "parts": landlayer.released,
    "doubt": landlayer.doubtful,
    "notcleared": landlayer.not_cleared,
    "projects": eventlayer.projects,
    "accidents": eventlayer.accidents,
    "rubble": eventlayer.rubble,
    "structures": buildinglayer.structures,
    "damage": buildinglayer.damage,
}
STAFF: dict[str, Callable[[View], Shown]] = {
    "tasks": landlayer.tasks,
    "evidence": eventlayer.evidence,
    "reports": eventlayer.reports,
}
"""Layers that are empty for whoever is not of the staff; others show what is their own alone."""
REFERENCE = ("roads", "water", "bridges")
LAYERS = (*PUBLIC, *STAFF, *REFERENCE)


def show_layer(ask: Ask) -> Reply:
    """Returns one layer as GeoJSON.

    Raises:
        NotFound: no layer of that name.
    """
    layer = ask.path["layer"]
    view = View.of(ask)
    if layer in REFERENCE:
        return _reference(view, layer)
    maker = PUBLIC.get(layer)
    if layer in STAFF:
        maker = STAFF[layer] if view.staff or view.own else _nothing
    if maker is None:
        raise NotFound(Fault("api.layer.unknown", "layer", params={"layer": layer[:80]}))
    return view.kept(("layer", layer), lambda: _collection(_features(view, maker(view))))


def _nothing(view: View) -> Shown:  # noqa: ARG001 - stands in for a maker of layers
    return ()


def _features(view: View, shown: Shown) -> Iterator[tuple[shapely.Geometry, dict[str, Any]]]:
    """Yields each place in degrees; all land is brought there in one step."""
    listed = list(shown)
    lands = [place for place, _ in listed if not isinstance(place, Spot)]
    lonlat = iter(view.desk.placed.lonlat(view.frame, lands))
    for place, properties in listed:
        if isinstance(place, Spot):
            yield shapely.Point(place.lon_deg, place.lat_deg), properties
        else:
            yield next(lonlat), properties


def shape_array(shapes: Sequence[shapely.Geometry]) -> npt.NDArray[np.object_]:
    """Returns an array of shapes, also of none."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _collection(features: Iterable[tuple[shapely.Geometry, dict[str, Any]]]) -> Reply:
    listed = list(features)
    shapes = np.array([geometry for geometry, _ in listed], dtype=object)
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, DEGREE_DECIMALS))
    body = msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": msgspec.Raw(text.encode()),
                }
                for text, (_, properties) in zip(
                    shapely.to_geojson(rounded).tolist(), listed, strict=True
                )
            ],
        }
    )
    return Reply(body, GEOJSON, packed=pack(body))


def _reference(view: View, kind: str) -> Reply:
    """Returns a reference layer; it changes with its content alone, not with every fact."""
    moment = view.moment
    layers = view.desk.shelf.layers(view.desk.office, kind, moment.valid_us, moment.known_us)
    key = (kind, tuple(layer.fact.sha256 for layer in layers), view.lang)

    def make() -> Reply:
        return _collection(
            (shapely.force_2d(shape), {"name": named(*names, view.lang), "kind": kind})
            for layer in layers
            for shape, (names, kind) in reference_rows(layer)
        )

    return view.desk.replies.get(key, make)


def reference_rows(layer: AssetLayer) -> Iterator[tuple[shapely.Geometry, Texts]]:
    """Yields each row that has a place, with its names and its kind."""
    columns = (layer.table.values(name) for name in ("name", "name_ar", "kind"))
    for shape, name, name_ar, kind in zip(layer.shapes_lonlat, *columns, strict=True):
        if shape is not None and not shape.is_empty:
            yield shape, ((name, name_ar), kind)
