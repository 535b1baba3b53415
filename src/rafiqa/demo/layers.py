"""The city's reference layers, registered through the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from rafiqa.demo import cast
from rafiqa.demo.city import City
from rafiqa.demo.coding import coded
from rafiqa.demo.name import Name
from rafiqa.demo.place import GOVERNORATE, codes_of, places
from rafiqa.recovery import LayerRegistered
from rafiqa.service import Office, register_layer

SOURCE = "demo"


def _named(names: Sequence[Name]) -> dict[str, Sequence[Any]]:
    return {"name": [one.en for one in names], "name_ar": [one.ar for one in names]}


def register_layers(office: Office, city: City) -> None:
    """Registers buildings, roads, bridges, water, population and places."""
    _register_buildings(office, city)
    streets = city.streets
    _register(
        office,
        "roads",
        [one.street_id for one in streets],
        [one.line for one in streets],
        {
            **_named([one.name for one in streets]),
            "kind": [coded("road_class", one.kind) for one in streets],
            "width_m": [one.width_m for one in streets],
        },
    )
    bridges = city.bridges
    _register(
        office,
        "bridges",
        [one.bridge_id for one in bridges],
        [one.shape for one in bridges],
        {**_named([one.name for one in bridges]), "kind": ["bridge"] * len(bridges)},
    )
    river = city.river
    _register(
        office,
        "water",
        ["river"],
        [river.shape],
        {**_named([river.name]), "kind": ["river"]},
    )
    blocks = city.blocks
    quarters = {one.quarter_id: f"{one.name.en} · {one.name.ar}" for one in city.quarters}
    _register(
        office,
        "population",
        [one.block_id for one in blocks],
        [one.shape for one in blocks],
        {
            **_named([one.name for one in blocks]),
            "population": [one.population for one in blocks],
            "district": [quarters[one.quarter_id] for one in blocks],
        },
    )
    _register_places(office, city)


def _register_buildings(office: Office, city: City) -> None:
    """Registers buildings, each with the code of the quarter it stands in."""
    buildings = city.buildings
    codes = codes_of(city)
    code_of = {one.block_id: codes[one.quarter_id] for one in city.blocks}
    _register(
        office,
        "buildings",
        [one.building_id for one in buildings],
        [one.shape for one in buildings],
        {
            **_named([one.name for one in buildings]),
            "kind": [coded("asset_kind", one.kind) for one in buildings],
            "storeys": [one.storeys for one in buildings],
            "occupants": [one.occupants for one in buildings],
            "damage": [coded("damage_grade", one.damage) for one in buildings],
            "block_id": [one.block_id for one in buildings],
            "place_id": [code_of[one.block_id] for one in buildings],
        },
    )


def _register_places(office: Office, city: City) -> None:
    """Registers districts and neighbourhoods with their names in all languages."""
    found = list(places(city))
    names = ("name", "name_ar", "name_ckb", "name_kmr")
    _register(
        office,
        "places",
        [one.place_id for one in found],
        [one.shape for one in found],
        {
            **{name: [one.names[at] for one in found] for at, name in enumerate(names)},
            "kind": [one.kind for one in found],
            "residents": [one.population for one in found],
            "parent_id": [one.district.place_id if one.district else None for one in found],
            "district": [one.district.names[0] if one.district else None for one in found],
            "governorate": [GOVERNORATE[1]] * len(found),
            "governorate_id": [GOVERNORATE[0]] * len(found),
            "district_id": [one.district.place_id if one.district else None for one in found],
        },
    )


def _register(
    office: Office,
    kind: str,
    ids: Sequence[str],
    shapes_m: Sequence[shapely.Geometry],
    columns: dict[str, Sequence[Any]],
) -> None:
    metres = np.array(list(shapes_m), dtype=object)
    millimetres = shapely.transform(metres, lambda xy: np.rint(xy * 1_000.0))
    lonlat = office.frame.shapes_to_lonlat(millimetres)
    fact = LayerRegistered(f"demo-{kind}", kind, "", 0, SOURCE)
    acted = register_layer(office, cast.INFORMATION, fact, (ids, lonlat, columns))
    assert acted.done, acted.reasons  # noqa: S101 - a plan that breaks a rule is our fault
