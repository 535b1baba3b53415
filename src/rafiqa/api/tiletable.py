"""The endpoints of vector tiles, and of the land over time."""

from __future__ import annotations

from rafiqa.api import course, tileshape, vectortile
from rafiqa.api.reply import TILE
from rafiqa.api.route import KNOWN_AT, Endpoint
from rafiqa.api.tilelayer import TILE_LAYERS

TILE_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/tiles/buildings/{z}/{x}/{y}.mvt",
        "One vector tile of buildings with their gate, zoom 12 to 16",
        vectortile.show_tile,
        media_type=TILE,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/tiles/{layer}/{z}/{x}/{y}.mvt",
        "One vector tile of a layer: " + ", ".join(TILE_LAYERS),
        vectortile.show_layer_tile,
        media_type=TILE,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/tiles/{layer}.json",
        "What a layer of tiles is, as TileJSON",
        vectortile.show_tilejson,
        tileshape.TileJson,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/course",
        "Every face of the land with its looks over time, as known at one time",
        course.show_course,
        course.Course,
        params=(KNOWN_AT,),
    ),
)
