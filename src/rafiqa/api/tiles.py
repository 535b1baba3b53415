"""Building tiles: footprints with kind, name, storeys and the gate of their own ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.api.ask import Ask
from rafiqa.api.reply import TILE, Reply, pack
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, NotFound
from rafiqa.land import quarantines
from rafiqa.locale import direction
from rafiqa.recovery import OUTCOMES
from rafiqa.service import ASSET_KINDS, AssetLayer, gate_layers, reports_waiting
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.tile import Column, TileSource

FIRST_ZOOM, LAST_ZOOM = 12, 16
WHOLE_FROM_ZOOM = 14
"""From this zoom on every building is in its tile; below, those under two pixels are not."""
LEAST_UNITS = 16
"""Two CSS pixels of a tile drawn 512 wide, in 4096ths of its side."""
BUILDINGS = "buildings"
ASSET_KIND_COLUMNS = ("kind", "asset_kind")


@dataclass(frozen=True, slots=True, eq=False)
class Buildings:
    """All buildings made ready for tiles: shapes projected, attributes encoded."""

    source: TileSource
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """The gate of every building, as a column; ``faces`` keeps alive what it was made from."""

    column: Column
    faces: tuple[object, ...]


def show_tile(ask: Ask) -> Reply:
    """Returns one tile of buildings; empty where none lies in it.

    Raises:
        NotFound: there is no such tile: the zoom is not 12 to 16, or it is off the map.
    """
    zxy = _zxy(ask)
    view = View.of(ask)
    layers = building_layers(view)
    hashes = tuple(layer.fact.sha256 for layer in layers)
    buildings = view.desk.layers.get(
        ("buildings", hashes, direction(view.lang)), lambda: _buildings(layers, view.lang)
    )
    gates = _gates(view, hashes)

    def make() -> Reply:
        least = LEAST_UNITS if zxy[0] < WHOLE_FROM_ZOOM else 0
        columns = [*buildings.columns, gates.column]
        body = buildings.source.tile("buildings", columns, zxy, least_units=least)
        return Reply(body, TILE, packed=pack(body))

    return view.desk.replies.get(("tile", zxy, buildings, gates), make)


def building_layers(view: View) -> list[AssetLayer]:
    """Returns the layers of buildings at the moment."""
    moment = view.moment
    return view.desk.shelf.layers(view.desk.office, BUILDINGS, moment.valid_us, moment.known_us)


def asset_layers(view: View) -> list[AssetLayer]:
    """Returns every layer of assets at the moment, buildings first."""
    moment, office = view.moment, view.desk.office
    return [
        layer
        for kind in ASSET_KINDS
        for layer in view.desk.shelf.layers(office, kind, moment.valid_us, moment.known_us)
    ]


def kinds(layer: AssetLayer) -> Sequence[Any]:
    """Returns the kind of every asset of a layer, under whichever name its column has."""
    for name in ASSET_KIND_COLUMNS:
        if name in layer.table.columns:
            return layer.table.values(name)
    return [None] * len(layer.table)


def _zxy(ask: Ask) -> tuple[int, int, int]:
    z, x, y = (int(ask.path[name]) for name in ("z", "x", "y"))
    if not (FIRST_ZOOM <= z <= LAST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        params: dict[str, str | int] = {"first": FIRST_ZOOM, "last": LAST_ZOOM}
        raise NotFound(Fault("api.tile.unknown", "z", params=params))
    return z, x, y


def _buildings(layers: Sequence[AssetLayer], lang: str) -> Buildings:
    shapes = [_on_the_map(layer) for layer in layers]
    source = TileSource.of(np.concatenate([np.zeros(0, dtype=object), *shapes]))

    def column(name: str, values: list[Sequence[Any]]) -> Column:
        return Column.of(name, [item for items in values for item in items])

    names = [
        [
            named(name, name_ar, lang)
            for name, name_ar in zip(
                layer.table.values("name"), layer.table.values("name_ar"), strict=True
            )
        ]
        for layer in layers
    ]
    columns = [
        column("asset_id", [layer.table.ids for layer in layers]),
        column("kind", [kinds(layer) for layer in layers]),
        column("name", list(names)),
        column("storeys", [layer.table.values("storeys") for layer in layers]),
    ]
    return Buildings(source, columns)


def _on_the_map(layer: AssetLayer) -> npt.NDArray[np.object_]:
    """Returns the shapes in degrees; None of what has no place on the site's grid."""
    shapes: npt.NDArray[np.object_] = layer.shapes_lonlat.copy()
    shapes[shapely.is_missing(layer.table.shapes_mm)] = None
    return shapes


def _gates(view: View, hashes: tuple[str, ...]) -> Gates:
    """Returns the gate of every building; moments with the same states share it.

    The gate of a building follows from which faces are hazard, what released the others and what
    stops that, and which reports, witnesses and chance finds nothing has answered, so those are
    what it is kept under: most steps of the time slider change nothing in them.
    """
    kept = view.desk.layers

    def by_states() -> Any:
        states = list(view.states())
        register, valid_us = view.register, view.moment.valid_us
        key = tuple(
            (id(face), state.is_hazard, state.subjects, quarantines(register, state, valid_us))
            for face, state in states
        )
        faces = tuple(face for face, _ in states)
        waiting = reports_waiting(view.desk.office, view.moment.as_of)
        told = tuple(record.seq for record in waiting)
        witnesses = view.moment.book.witnesses
        seen = witnesses.unanswered(view.moment.valid_us)
        told += tuple(witnesses.all[index].seq for index in seen)
        moment, office = view.moment, view.desk.office
        folders = WorksFolders.of(office, moment.valid_us, moment.known_us)
        found = tuple(sorted(folders.find_places()))
        return kept.get(("building gates", hashes, key, told, found), lambda: _asked(view, faces))

    gates: Gates = kept.get(("building gates", hashes, view.moment.key), by_states)
    return gates


def _asked(view: View, faces: tuple[object, ...]) -> Gates:
    asked = gate_layers(view.desk.office, view.desk.shelf, view.moment.as_of, kinds=(BUILDINGS,))
    outcomes = [gate.outcome for _, gate in asked]
    codes = np.concatenate([np.zeros(0, dtype=np.uint8), *outcomes]).astype(np.int64)
    values = Column.of("gate", OUTCOMES).values
    return Gates(Column("gate", values, codes), faces)
