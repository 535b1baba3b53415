"""Buildings and public services of the invented city, with ids and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import Polygon

from rafiqa.demo.damage import DAMAGE
from rafiqa.demo.footprint import KINDS, SERVICE_KINDS, Footprints
from rafiqa.demo.name import Name, arabic_digits, word_names

_PLAIN = {
    "house": ("House", "منزل"),
    "apartment": ("Apartments", "بناية"),
    "shop": ("Shop", "متجر"),
    "workshop": ("Workshop", "ورشة"),
    "warehouse": ("Warehouse", "مستودع"),
}
_SERVICE = {
    "school": ("{} School", "مدرسة {}"),
    "hospital": ("{} Hospital", "مستشفى {}"),
    "clinic": ("{} Clinic", "مستوصف {}"),
    "water_works": ("{} Water Works", "محطة مياه {}"),
    "power_station": ("{} Power Station", "محطة كهرباء {}"),
    "mosque": ("{} Mosque", "جامع {}"),
    "church": ("{} Church", "كنيسة {}"),
    "market": ("{} Market", "سوق {}"),
    "municipal": ("{} Municipal Office", "دائرة {} البلدية"),
}


@dataclass(frozen=True, slots=True)
class Building:
    """A building: its footprint in metres, what it is, and who is in it.

    Attributes:
        building_id: "b" and six digits.
        name: in English and Arabic; an address for ordinary buildings.
        kind: one of ``KINDS``.
        storeys: above ground.
        occupants: residents now.
        damage: one of ``DAMAGE``.
        block_id: the block it stands in.
        shape: valid polygon; courtyards are holes.
    """

    building_id: str
    name: Name
    kind: str
    storeys: int
    occupants: int
    damage: str
    block_id: str
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Service:
    """A public service in one block, with the buildings it uses."""

    service_id: str
    name: Name
    kind: str
    block_id: str
    building_ids: tuple[str, ...]


def name_services(rng: Generator, footprints: Footprints) -> dict[tuple[int, int], Name]:
    """Returns the name of each service by (block, kind); one name per kind is given once."""
    first_service = len(KINDS) - len(SERVICE_KINDS)
    serving = footprints.kind >= first_service
    pairs = np.unique(
        np.column_stack((footprints.block[serving], footprints.kind[serving])), axis=0
    )
    words = {kind: word_names(rng) for kind in SERVICE_KINDS}
    named: dict[tuple[int, int], Name] = {}
    for block, kind in pairs.tolist():
        word = next(words[KINDS[kind]])
        named[block, kind] = word.within(*_SERVICE[KINDS[kind]])
    return named


def buildings(
    footprints: Footprints,
    people: NDArray[np.int64],
    damage: NDArray[np.int64],
    block_names: Sequence[tuple[str, Name]],
    service_names: dict[tuple[int, int], Name],
) -> Iterator[Building]:
    """Returns the buildings one by one, numbered within their blocks.

    Args:
        footprints: ordered by block.
        people: occupants of each.
        damage: step of each, in ``DAMAGE``.
        block_names: id and name by block index.
        service_names: from ``name_services``.
    """
    last_block, number = -1, 0
    columns = zip(
        footprints.shapes.tolist(),
        footprints.block.tolist(),
        footprints.kind.tolist(),
        footprints.storeys.tolist(),
        people.tolist(),
        damage.tolist(),
        strict=True,
    )
    for index, (shape, block, kind, storeys, living, step) in enumerate(columns):
        number = number + 1 if block == last_block else 1
        last_block = block
        block_id, block_name = block_names[block]
        name = service_names.get((block, kind)) or _address(KINDS[kind], number, block_name)
        yield Building(
            f"b{index + 1:06d}", name, KINDS[kind], storeys, living, DAMAGE[step], block_id, shape
        )


def _address(kind: str, number: int, block: Name) -> Name:
    """Returns the address of an ordinary building: "House 4, block 12, Karm al-Tin"."""
    en, ar = _PLAIN[kind]
    return Name(f"{en} {number}, {block.en}", f"{ar} {arabic_digits(number)}، {block.ar}")


def services(all_buildings: Sequence[Building]) -> tuple[Service, ...]:
    """Returns the public services: buildings of one kind and name in one block."""
    found: dict[tuple[str, str], list[Building]] = {}
    for building in all_buildings:
        if building.kind in SERVICE_KINDS:
            found.setdefault((building.block_id, building.kind), []).append(building)
    return tuple(
        Service(
            f"v{index + 1:05d}",
            many[0].name,
            kind,
            block_id,
            tuple(one.building_id for one in many),
        )
        for index, ((block_id, kind), many) in enumerate(found.items())
    )
