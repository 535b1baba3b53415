"""Places of the served city to look at, taken from what the server says of its map."""

from __future__ import annotations

from typing import Any

import shapely

from tests.browser.conftest import Served

CLUTTER = "accidents,projects,services,reopened,buildings,roads,bridges,rubble,water"
"""Rows of the key that could lie over the land looked at."""


def features(served: Served, layer: str, **wanted: Any) -> list[dict[str, Any]]:
    """The features of a layer with the given properties, the largest first."""
    found = [
        feature
        for feature in served.ask(f"/api/map/{layer}")["features"]
        if all(feature["properties"].get(name) == value for name, value in wanted.items())
    ]
    assert found, f"the demo city has no {layer} {wanted}"
    return sorted(found, key=lambda feature: -shapely.geometry.shape(feature["geometry"]).area)


def inside(feature: dict[str, Any]) -> tuple[float, float]:
    """A place well inside a feature, as far from its edge as may be."""
    shape = shapely.geometry.shape(feature["geometry"])
    largest = max(getattr(shape, "geoms", [shape]), key=lambda piece: piece.area)
    middle = shapely.maximum_inscribed_circle(largest).coords[0]
    return middle[0], middle[1]


def unrecorded(served: Served) -> tuple[float, float]:
    """A place at the edge of the city of which nothing is on record."""
    west, south, _, north = served.ask("/api/site")["bbox_lonlat"]
    for share in (0.02, 0.1, 0.2, 0.8, 0.9, 0.98):
        spot = west + 1e-5, south + (north - south) * share
        told = served.ask(f"/api/at?lon={spot[0]}&lat={spot[1]}")
        if told["state"] == "unrecorded" and not told["assets"]:
            return spot
    raise AssertionError("every place tried is on record")


def view(spot: tuple[float, float], zoom: float = 18.5) -> str:
    return f"{spot[0]:.6f},{spot[1]:.6f},{zoom}"
