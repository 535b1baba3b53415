"""The shape of TileJSON, as this door gives it."""

from __future__ import annotations

from msgspec import Struct


class VectorLayer(Struct, frozen=True, forbid_unknown_fields=True):
    """A layer inside the tiles, with its attributes and what each means."""

    id: str
    description: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]


class TileJson(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a layer of tiles is (TileJSON 3.0.0); without bounds where nothing is to be seen."""

    tilejson: str
    name: str
    description: str
    tiles: list[str]
    minzoom: int
    maxzoom: int
    vector_layers: list[VectorLayer]
    scheme: str = "xyz"
    bounds: list[float] | None = None
    center: list[float] | None = None
