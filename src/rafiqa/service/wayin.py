"""The ways in as of two times: roads on record as a network, and the ground under them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from rafiqa.errors import CorruptLedger, Fault
from rafiqa.land import Witness
from rafiqa.recovery import DamageAssessed, LayerRegistered, RecoveryRegister, report_places
from rafiqa.recovery.access import Ways
from rafiqa.recovery.passage import Passage, passage_of
from rafiqa.recovery.roadground import road_ground
from rafiqa.recovery.roadnet import IMPASSABLE, AccessPolicy, RoadNetwork, RoadRows, road_network
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.waitingreport import placed_waiting
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.assetlayer import layer_from

_ROADS, _BRIDGES = "roads", "bridges"
_MARGIN_MM = 2_000
"""So much further than it may lie off a witness is taken to lie on a road: no rounding counts."""
_ROAD_COLUMNS = ("width_m", "state", "is_entry")


def ways_in(office: Office, valid_us: int, known_at_us: int | None = None) -> Ways | None:
    """Returns the ways in as of two times; None where no roads are on record.

    Without roads nothing can be said of a way over them, and nothing is: the ground of the
    works and of the access drawn is asked about all the same. Every report that waits at these
    times counts, however far from the works: the answer is kept for all who ask.

    Args:
        office: the open store.
        valid_us: the answer is to be true at this time.
        known_at_us: nothing recorded later is used; all is where None.
    """
    if not office.recovery(valid_us, known_at_us).layers_of(_ROADS):
        return None
    known = office.facts(known_at_us)
    if known_at_us is None and known:
        # Facts recorded while the answer is made are not to slip into it.
        known_at_us = known[-1].recorded_at_us
    recovery = office.recovery(valid_us, known_at_us)
    roads, bridges = recovery.layers_of(_ROADS), recovery.layers_of(_BRIDGES)
    hashes = tuple(layer.sha256 for layer in (*roads, *bridges))

    def make() -> Ways:
        spoilt = _spoilt(office, recovery, (*roads, *bridges), valid_us)
        key = "roads", hashes, tuple(sorted(spoilt.items()))
        network = office.made(key, lambda: _network(office, roads, bridges, spoilt))
        book = office.book(known_at_us)
        reports_mm = report_places(placed_waiting(office, valid_us, known_at_us))
        folders = WorksFolders.of(office, valid_us, known_at_us)
        ground = road_ground(
            network,
            book,
            valid_us,
            reports_mm=reports_mm,
            finds_mm=folders.find_places(),
            in_doubt=Doubts.at_finds(book, folders.finds, valid_us).on,
        )
        return Ways(network, ground)

    return office.made(ways_key(office, valid_us, known_at_us), make)


def ways_key(office: Office, valid_us: int, known_at_us: int | None = None) -> Hashable:
    """Returns what the ways in hang on: two times at which it is the same have the same.

    That is land with its doubt, the tags that have ended by their date, and how much was seen
    that may lie on a road; what was seen elsewhere closes none.

    Args:
        office: the open store.
        valid_us: as for ``ways_in``.
        known_at_us: as for ``ways_in``.
    """
    book, recovery = office.book(known_at_us), office.recovery(valid_us, known_at_us)
    roads, bridges = recovery.layers_of(_ROADS), recovery.layers_of(_BRIDGES)
    hashes = tuple(layer.sha256 for layer in (*roads, *bridges))
    still = office.still
    seen = (0, 0)
    if roads:
        network = office.made(("roads", hashes, ()), lambda: _network(office, roads, bridges, {}))

        def reaches(witness: Witness) -> bool:
            reach_mm = max(AccessPolicy().distance_mm, witness.accuracy_mm) + _MARGIN_MM
            tree = network.tree
            return bool(len(tree.query(witness.place, predicate="dwithin", distance=reach_mm)))

        seen = still.n_reaching(("roads", hashes), reaches, book, valid_us)
    return (
        *("ways", hashes, still.loud(book.seq, valid_us), recovery.n_tags_ended(valid_us)),
        *(still.contradicted(book, valid_us), seen),
    )


def roads_on_record(office: Office) -> RoadNetwork | None:
    """Returns the road network as known now; None where no roads are on record."""
    recovery = office.recovery()
    roads, bridges = recovery.layers_of(_ROADS), recovery.layers_of(_BRIDGES)
    if not roads:
        return None
    hashes = tuple(layer.sha256 for layer in (*roads, *bridges))
    return office.made(("roads", hashes, ()), lambda: _network(office, roads, bridges, {}))


def way_dates(office: Office, recovery: RecoveryRegister) -> list[int]:
    """Returns when the tags of bridges and roads on record end: the ways may be others then.

    Args:
        office: the open store.
        recovery: what is known of rebuilding, true by the time asked about.
    """
    layers = (*recovery.layers_of(_ROADS), *recovery.layers_of(_BRIDGES))
    names = [_names_of(office, layer) for layer in layers]
    found = []
    for asset_id in recovery.tags if names else ():
        line = recovery.epochs.line(asset_id).same_ids
        if any(not known.isdisjoint(line) for known in names):
            found.append(asset_id)
    return sorted(recovery.tags_end_us(found))


def _names_of(office: Office, layer: LayerRegistered) -> frozenset[str]:
    def make() -> frozenset[str]:
        return frozenset(layer_rows(office, layer)[0])

    return office.made(("names of a layer", layer.sha256), make)


def _spoilt(
    office: Office,
    recovery: RecoveryRegister,
    layers: Sequence[LayerRegistered],
    valid_us: int,
) -> dict[str, Passage]:
    """Returns the bridges and roads that tags and damage on record keep people from.

    What happened near a bridge counts, and of a road what names it: a mine that went off on a
    road is asked about as ground.
    """
    told = (record.fact for record in recovery.happened)
    assessed = (fact.asset_id for fact in told if isinstance(fact, DamageAssessed))
    named = {*recovery.tags, *recovery.links, *assessed}
    found: dict[str, Passage | None] = {}
    for layer in layers:
        ids, lonlat, known = layer_rows(office, layer)
        bears = known.get("is_bridge") or [layer.kind == _BRIDGES] * len(ids)
        rows = np.flatnonzero([bool(each) for each in bears])
        placed = dict(
            zip(rows.tolist(), office.frame.shapes_to_mm(lonlat[rows]).tolist(), strict=True)
        )
        for at, asset_id in enumerate(ids):
            grounds = [placed[at]] if placed.get(at) is not None else []
            if not grounds and named.isdisjoint(recovery.epochs.line(asset_id).all_ids):
                continue
            found[asset_id] = passage_of(recovery, asset_id, valid_us, grounds)
    return {asset_id: passage for asset_id, passage in found.items() if passage is not None}


def _network(
    office: Office,
    roads: Sequence[LayerRegistered],
    bridges: Sequence[LayerRegistered],
    spoilt: Mapping[str, Passage],
) -> RoadNetwork:
    ids: list[str] = []
    shapes: list[Any] = []
    doubted: list[Any] = []
    columns: dict[str, list[Any]] = {name: [] for name in _ROAD_COLUMNS}
    for layer in roads:
        layer_ids, lonlat, known = layer_rows(office, layer)
        ids += layer_ids
        placed = office.frame.shapes_to_mm(lonlat).tolist()
        shapes += placed
        for name, column in columns.items():
            column.extend(known.get(name) or [None] * len(layer_ids))
        doubted += [
            shape
            for asset_id, shape in zip(layer_ids, placed, strict=True)
            if spoilt.get(asset_id) == "doubted"
        ]
    columns["state"] = [
        "destroyed" if spoilt.get(asset_id) == "broken" else state
        for asset_id, state in zip(ids, columns["state"], strict=True)
    ]
    broken: list[Any] = []
    for layer in bridges:
        layer_ids, lonlat, known = layer_rows(office, layer)
        placed = office.frame.shapes_to_mm(lonlat)
        for at in range(len(layer_ids)):
            told = {str((known.get(name) or {at: None})[at]) for name in ("state", "damage")}
            passage = spoilt.get(layer_ids[at])
            if told & IMPASSABLE or passage == "broken":
                broken.append(placed[at])
            elif passage == "doubted":
                doubted.append(placed[at])
    rows = RoadRows(ids, np.array(shapes, dtype=object), columns)
    return road_network(rows, broken_mm=broken, doubted_mm=doubted)


def layer_rows(
    office: Office, layer: LayerRegistered
) -> tuple[list[str], Any, dict[str, list[Any]]]:
    """Returns the ids, shapes in degrees and columns of a layer on record.

    Raises:
        CorruptLedger: its bytes are missing.
    """
    content = office.store.blob(layer.sha256)
    if content is None:
        raise CorruptLedger(Fault("service.layer.missing", params={"layer": layer.layer_id}))
    return layer_from(content)
