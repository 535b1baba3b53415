"""The door to vector tiles: one tile of a layer, and what a layer is (TileJSON)."""

from __future__ import annotations

import re

from rafiqa.api import tileshape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import REVALIDATE, TILE, Reply, pack, reply
from rafiqa.api.tilelayer import BUILDINGS_LAYER, TILE_LAYERS, TileLayer
from rafiqa.api.view import View
from rafiqa.errors import Fault, NotFound
from rafiqa.wire.pmtiles import TileArchive

TILEJSON = "3.0.0"
BASE = "base"
"""The layer that is read out of a file of tiles, where the server was given one."""
OPEN = "public, no-cache"
"""For anybody's cache, which asks each time whether it still holds: hazard is never shown late."""
FIXED = "public, max-age=86400"
"""What was true at one time and known at another, both past, does not change any more."""
_NUMBER = re.compile(r"[0-9]{1,8}")
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


def show_tile(ask: Ask) -> Reply:
    """Returns one tile of buildings; empty where none lies in it.

    Raises:
        NotFound: there is no such tile: the zoom is not 12 to 16, or it is off the map.
    """
    return _tile(ask, BUILDINGS_LAYER)


def show_layer_tile(ask: Ask) -> Reply:
    """Returns one tile of a layer; empty where nothing of it lies in it, or is to be seen.

    Raises:
        NotFound: no layer of that name, or no such tile in it.
    """
    if ask.path["layer"] == BASE and ask.desk.base is not None:
        return _base_tile(ask, ask.desk.base)
    return _tile(ask, _layer(ask))


def show_tilejson(ask: Ask) -> Reply:
    """Returns a layer's TileJSON: addresses of its tiles at these times, bounds, zooms, fields.

    Source: TileJSON 3.0.0 (github.com/mapbox/tilejson-spec).

    Raises:
        NotFound: no layer of that name.
    """
    if ask.path["layer"] == BASE and ask.desk.base is not None:
        return _base_json(ask, ask.desk.base)
    layer, view = _layer(ask), View.of(ask)
    names = ("valid_at", "known_at", "lang")
    asked = [f"{name}={_quoted(ask.query[name])}" for name in names if name in ask.query]
    query = "?" + "&".join(asked) if asked else ""
    bounds = layer.make(view).source.bounds_lonlat
    middle = None
    if bounds is not None:
        west, south, east, north = bounds
        middle = [(west + east) / 2, (south + north) / 2, float(max(layer.first_zoom, 12))]
    told = tileshape.TileJson(
        tilejson=TILEJSON,
        name=layer.name,
        description=layer.about,
        tiles=[f"{_address(ask)}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt{query}"],
        minzoom=layer.first_zoom,
        maxzoom=layer.last_zoom,
        bounds=list(bounds) if bounds is not None else None,
        center=middle,
        vector_layers=[
            tileshape.VectorLayer(
                layer.name, layer.about, layer.first_zoom, layer.last_zoom, dict(layer.fields)
            )
        ],
    )
    return reply(told, {"Cache-Control": _kept_for(ask, view)})


def _tile(ask: Ask, layer: TileLayer) -> Reply:
    zxy = _zxy(ask, layer.first_zoom, layer.last_zoom)
    view = View.of(ask)
    ready = layer.make(view)

    def make() -> Reply:
        body = layer.tile(ready, zxy)
        return Reply(body, TILE, packed=pack(body))

    made = view.desk.replies.get(("tile", layer.name, zxy, ready.key), make)
    return Reply(
        made.body, TILE, headers={"Cache-Control": _kept_for(ask, view)}, packed=made.packed
    )


def _base_tile(ask: Ask, base: TileArchive) -> Reply:
    z, x, y = _zxy(ask, base.first_zoom, base.last_zoom)
    body, packed = base.tile(z, x, y) or (b"", None)
    return Reply(body, TILE, headers={"Cache-Control": OPEN}, packed=packed)


def _base_json(ask: Ask, base: TileArchive) -> Reply:
    layers = [
        tileshape.VectorLayer(
            str(each.get("id", "")),
            str(each.get("description", "")),
            int(each.get("minzoom", base.first_zoom)),
            int(each.get("maxzoom", base.last_zoom)),
            {str(name): str(kind) for name, kind in dict(each.get("fields", {})).items()},
        )
        for each in base.about.get("vector_layers", ())
    ]
    told = tileshape.TileJson(
        tilejson=TILEJSON,
        name=BASE,
        description=str(base.about.get("name", "")),
        tiles=[f"{_address(ask)}/tiles/{BASE}/{{z}}/{{x}}/{{y}}.mvt"],
        minzoom=base.first_zoom,
        maxzoom=base.last_zoom,
        bounds=list(base.bounds_lonlat),
        vector_layers=layers,
    )
    return reply(told, {"Cache-Control": OPEN})


def _address(ask: Ask) -> str:
    """Returns the server's address as the asker wrote it; nothing where that is no address."""
    return f"{ask.scheme}://{ask.host}" if _HOST.fullmatch(ask.host) else ""


def _layer(ask: Ask) -> TileLayer:
    name = ask.path["layer"]
    layer = TILE_LAYERS.get(name)
    if layer is None:
        raise NotFound(Fault("api.layer.unknown", "layer", params={"layer": name[:80]}))
    return layer


def _zxy(ask: Ask, first: int, last: int) -> tuple[int, int, int]:
    texts = [ask.path[name] for name in ("z", "x", "y")]
    if all(map(_NUMBER.fullmatch, texts)):
        z, x, y = map(int, texts)
        if first <= z <= last and x < 1 << z and y < 1 << z:
            return z, x, y
    params: dict[str, str | int] = {"first": first, "last": last}
    raise NotFound(Fault("api.tile.unknown", "z", params=params))


def _kept_for(ask: Ask, view: View) -> str:
    if view.staff or view.own:
        return REVALIDATE
    past = view.moment.n_known < len(view.desk.office.facts())
    return FIXED if past and "valid_at" in ask.query and "known_at" in ask.query else OPEN


def _quoted(text: str) -> str:
    return re.sub(
        r"[^A-Za-z0-9._~:-]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text
    )
