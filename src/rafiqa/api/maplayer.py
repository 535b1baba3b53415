"""Map layers as GeoJSON: each shape once, in degrees, with what the map says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
import shapely

from rafiqa.api import buildinglayer, eventlayer, landlayer
from rafiqa.api.ask import Ask
from rafiqa.api.ground import DEGREE_DECIMALS
from rafiqa.api.reply import GEOJSON, Reply, pack
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, NotFound
from rafiqa.geo import GridShape, Spot

Shown = Iterable[tuple[GridShape | Spot, dict[str, Any]]]

PUBLIC: dict[str, Callable[[View], Shown]] = {
    "hazards": landlayer.hazards,
    "parts": landlayer.released,
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
"""Layers that are empty for whoever is not signed in as staff."""
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
        maker = STAFF[layer] if view.staff else _nothing
    if maker is None:
        raise NotFound(Fault("api.layer.unknown", "layer", params={"layer": layer[:80]}))
    return view.kept(("layer", layer), lambda: _collection(_features(view, maker(view))))


def _nothing(view: View) -> Shown:  # noqa: ARG001 - stands in for a maker of layers
    return ()


def _features(view: View, shown: Shown) -> Iterator[tuple[shapely.Geometry, dict[str, Any]]]:
    frame = view.frame
    for place, properties in shown:
        if isinstance(place, Spot):
            yield shapely.Point(place.lon_deg, place.lat_deg), properties
        else:
            yield frame.to_lonlat(place).geometry, properties


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
        features = []
        for layer in layers:
            columns = (layer.table.values(name) for name in ("name", "name_ar", "kind"))
            for shape, *texts in zip(layer.shapes_lonlat, *columns, strict=True):
                if shape is None or shape.is_empty:
                    continue
                properties = {"name": named(texts[0], texts[1], view.lang), "kind": texts[2]}
                features.append((shapely.force_2d(shape), properties))
        return _collection(features)

    return view.desk.replies.get(key, make)
