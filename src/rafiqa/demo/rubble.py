"""Rubble lots: the destroyed buildings of one block, waiting to be cleared away."""

from __future__ import annotations

from collections import defaultdict

from numpy.random import Generator

from rafiqa.demo.building import Building
from rafiqa.demo.city import City
from rafiqa.demo.plan import DAYS, RubbleLot

_STOREY_M = 3.0
_SOLID_SHARE = 0.22
_LEAST_BUILDINGS = 3


def rubble_lots(rng: Generator, city: City) -> tuple[RubbleLot, ...]:
    """Returns a lot for each block with several destroyed buildings, the worst first.

    The volume is the buildings' gross volume at 3 m to the storey, times the share of it
    that was solid; about a fifth, as debris planners assume for masonry and concrete.
    """
    ruins: dict[str, list[Building]] = defaultdict(list)
    for building in city.buildings:
        if building.damage == "destroyed":
            ruins[building.block_id].append(building)
    blocks = {block.block_id: block for block in city.blocks}
    most = max(6, round(20 * float((len(city.buildings) / 5000.0) ** 0.75)))
    worst = sorted(ruins.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:most]
    lots: list[RubbleLot] = []
    for block_id, many in worst:
        if len(many) < _LEAST_BUILDINGS:
            continue
        block = blocks[block_id]
        lots.append(
            RubbleLot(
                f"u{len(lots) + 1:04d}",
                block.name.within("Rubble in {}", "أنقاض في {}"),
                int(rng.integers(120, DAYS - 60)),
                block.shape,
                round(sum(_volume_m3(building) for building in many)),
                tuple(building.building_id for building in many),
            )
        )
    return tuple(lots)


def _volume_m3(building: Building) -> float:
    return float(building.shape.area) * building.storeys * _STOREY_M * _SOLID_SHARE
