"""Whereabouts: the neighbourhood that a place lies in, by its name in the asker's language."""

from __future__ import annotations

from rafiqa.api.view import View
from rafiqa.service.neighbourhood import Neighbourhoods


def neighbourhoods(view: View) -> Neighbourhoods:
    """Returns all neighbourhoods of the moment, made once for each version of their layers."""
    desk, moment = view.desk, view.moment
    layers = desk.shelf.layers(desk.office, "places", moment.valid_us, moment.known_us)
    key = ("neighbourhoods", tuple(layer.fact.sha256 for layer in layers))
    found: Neighbourhoods = desk.layers.get(
        key, lambda: Neighbourhoods(desk.office, desk.shelf, moment.as_of)
    )
    return found


def neighbourhood_at(view: View, lon_deg: float | None, lat_deg: float | None) -> str | None:
    """Returns the name of the neighbourhood that a place lies in; None where it lies in none."""
    if lon_deg is None or lat_deg is None:
        return None
    found = neighbourhoods(view).at(lon_deg, lat_deg)
    return None if found is None else found.called(view.lang)
