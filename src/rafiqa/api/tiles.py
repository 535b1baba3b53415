"""Asset tiles: buildings and what else stands on ground, with the gate of their own ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.api.built import built_of
from rafiqa.api.tileready import Ready
from rafiqa.api.view import View, named
from rafiqa.land import Witness, quarantines
from rafiqa.locale import direction
from rafiqa.recovery import OUTCOMES
from rafiqa.service import ASSET_KINDS, AssetLayer, gate_layers, reports_waiting
from rafiqa.service.stillbook import Counts
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.tile import Column, TileSource

BUILDINGS = "buildings"
ASSET_KIND_COLUMNS = ("kind", "asset_kind")
_STOREYS = "storeys"
_MARGIN_MM = 2_000
"""So much further than it may lie off a witness is taken to lie on an asset: no rounding counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Assets:
    """All assets of some kinds made ready for tiles: shapes projected, attributes encoded."""

    source: TileSource
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """The gate of every asset, as a column; ``faces`` keeps alive what it was made from."""

    column: Column
    faces: tuple[object, ...]


def assets_ready(view: View, kinds: tuple[str, ...]) -> Ready:
    """Returns the assets of some kinds of layers, each with its gate, ready for tiles."""
    layers = asset_layers(view, kinds)
    hashes = tuple(layer.fact.sha256 for layer in layers)
    assets = view.desk.tiles.get(
        ("assets", kinds, hashes, direction(view.lang)), lambda: _assets(layers, kinds, view.lang)
    )
    gates = _gates(view, kinds, hashes)
    built = built_of(view, layers, (kinds, hashes))
    columns = (*assets.columns, gates.column, built.damage, built.units)
    return Ready(assets.source, columns, ("assets", assets, gates, built))


def building_layers(view: View) -> list[AssetLayer]:
    """Returns the layers of buildings at the moment."""
    moment = view.moment
    return view.desk.shelf.layers(view.desk.office, BUILDINGS, moment.valid_us, moment.known_us)


def asset_layers(view: View, kinds: Sequence[str] = ASSET_KINDS) -> list[AssetLayer]:
    """Returns every layer of assets at the moment, buildings first."""
    moment, office = view.moment, view.desk.office
    return [
        layer
        for kind in kinds
        for layer in view.desk.shelf.layers(office, kind, moment.valid_us, moment.known_us)
    ]


def kinds(layer: AssetLayer) -> Sequence[Any]:
    """Returns the kind of every asset of a layer, under whichever name its column has."""
    for name in ASSET_KIND_COLUMNS:
        if name in layer.table.columns:
            return layer.table.values(name)
    return [None] * len(layer.table)


def _assets(layers: Sequence[AssetLayer], of: tuple[str, ...], lang: str) -> Assets:
    shapes = [_on_the_map(layer) for layer in layers]
    source = TileSource.of(np.concatenate([np.zeros(0, dtype=object), *shapes]))

    def column(name: str, values: list[Sequence[Any]]) -> Column:
        return Column.of(name, [item for items in values for item in items])

    names = [
        [
            named(name, name_ar, lang)
            for name, name_ar in zip(_told(layer, "name"), _told(layer, "name_ar"), strict=True)
        ]
        for layer in layers
    ]
    columns = [
        column("asset_id", [layer.table.ids for layer in layers]),
        column("kind", [kinds(layer) for layer in layers]),
        column("name", list(names)),
        column(_STOREYS, [_told(layer, _STOREYS) for layer in layers]),
    ]
    if of != (BUILDINGS,):
        columns.append(column("layer", [[layer.fact.kind] * len(layer.table) for layer in layers]))
    return Assets(source, columns)


def _told(layer: AssetLayer, name: str) -> Sequence[Any]:
    """Returns a column of a layer; nothing of each asset where it has no such column."""
    if name in layer.table.columns:
        return layer.table.values(name)
    return [None] * len(layer.table)


def _on_the_map(layer: AssetLayer) -> npt.NDArray[np.object_]:
    """Returns the shapes in degrees; None of what has no place on the site's grid."""
    shapes: npt.NDArray[np.object_] = layer.shapes_lonlat.copy()
    shapes[shapely.is_missing(layer.table.shapes_mm)] = None
    return shapes


def _gates(view: View, of: tuple[str, ...], hashes: tuple[str, ...]) -> Gates:
    """Returns the gate of every asset; moments with the same states share it.

    The gate of an asset follows from which faces are hazard, what released the others and what
    stops that or puts it in doubt, and which reports, witnesses and chance finds nothing has
    answered, so those are what it is kept under: most steps of the time slider change nothing in
    them.
    """
    kept = view.desk.tiles

    def by_states() -> Any:
        states = list(view.states())
        register, valid_us = view.register, view.moment.valid_us
        doubts = view.doubts()
        key = tuple(
            (
                *(id(face), state.is_hazard, state.subjects, doubts.on(face, state)),
                quarantines(register, state, valid_us),
            )
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
        return kept.get(("gates", of, hashes, key, told, found), lambda: _asked(view, of, faces))

    gates: Gates = kept.get(
        ("gates", of, hashes, view.moment.land_key, _n_seen(view, of, hashes)), by_states
    )
    return gates


def _n_seen(view: View, of: tuple[str, ...], hashes: tuple[str, ...]) -> Counts:
    """Returns how many witnesses may lie on an asset: no other changes any asset's gate."""
    layers = asset_layers(view, of)

    def reaches(witness: Witness) -> bool:
        reach_mm = witness.accuracy_mm + _MARGIN_MM
        return any(
            len(layer.tree.query(witness.place, predicate="dwithin", distance=reach_mm))
            for layer in layers
        )

    moment, still = view.moment, view.desk.office.still
    return still.n_reaching(("assets", of, hashes), reaches, moment.book, moment.valid_us)


def _asked(view: View, of: tuple[str, ...], faces: tuple[object, ...]) -> Gates:
    asked = gate_layers(view.desk.office, view.desk.shelf, view.moment.as_of, kinds=of)
    outcomes = [gate.outcome for _, gate in asked]
    codes = np.concatenate([np.zeros(0, dtype=np.uint8), *outcomes]).astype(np.int64)
    values = Column.of("gate", OUTCOMES).values
    return Gates(Column("gate", values, codes), faces)
