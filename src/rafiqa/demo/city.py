"""The invented city: made whole from a number of buildings and a seed, the same every time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import PCG64, Generator
from numpy.typing import NDArray
from shapely import Polygon

from rafiqa.demo.building import Building, Service, buildings, name_services, services
from rafiqa.demo.civic import with_essentials
from rafiqa.demo.damage import damage_steps, ruined_quarter
from rafiqa.demo.draft import Draft, lay_streets, make_draft
from rafiqa.demo.farmland import Parcel, farm_parcels
from rafiqa.demo.footprint import Footprints
from rafiqa.demo.front import FrontLine
from rafiqa.demo.name import CITY_NAME, Name, arabic_digits, place_names
from rafiqa.demo.population import block_population, occupants
from rafiqa.demo.quarter import Block, Quarter
from rafiqa.demo.river import Bridge, River
from rafiqa.demo.street import Street
from rafiqa.errors import Fault, InvalidInput

_PER_HECTARE = 24.0
_SURPLUS = 1.13
_TRIES = 4
LEAST_BUILDINGS = 60
"""Fewest buildings a city can be made of."""


@dataclass(frozen=True, slots=True)
class City:
    """An invented city in a plane of metres around (0, 0); no real place's data.

    Attributes:
        name: of the city.
        seed: the number it was made from.
        radius_m: of the outer ring road, about.
        river, bridges, streets: water and ways.
        quarters, blocks, buildings, services: what stands where; blocks hold the people.
        farmland: parcels around the city.
        front: the former front line.
        ruined_quarter_id: the quarter that was destroyed.
        outline: the outer ring road.
    """

    name: Name
    seed: int
    radius_m: float
    river: River
    bridges: tuple[Bridge, ...]
    streets: tuple[Street, ...]
    quarters: tuple[Quarter, ...]
    blocks: tuple[Block, ...]
    buildings: tuple[Building, ...]
    services: tuple[Service, ...]
    farmland: tuple[Parcel, ...]
    front: FrontLine
    ruined_quarter_id: str
    outline: Polygon

    @property
    def population(self) -> int:
        """All residents."""
        return sum(block.population for block in self.blocks)

    def building_shapes(self) -> NDArray[np.object_]:
        """Returns the footprints of all buildings, in order, as one array."""
        return np.array([building.shape for building in self.buildings], dtype=object)

    def digest(self) -> str:
        """Returns the SHA-256, in hex, over every shape's WKB and every attribute."""
        sha = hashlib.sha256()
        groups = (self.bridges, self.streets, self.quarters, self.blocks, self.farmland)
        for group in (*groups, self.buildings):
            shapes = [one.line if isinstance(one, Street) else one.shape for one in group]
            sha.update(b"".join(shapely.to_wkb(np.array(shapes, dtype=object)).tolist()))
        for one in (self.river.shape, self.front.line):
            sha.update(shapely.to_wkb(one))
        for building in self.buildings:
            sha.update(f"{building.name}{building.kind}{building.storeys}".encode())
            sha.update(f"{building.occupants}{building.damage}{building.block_id}".encode())
        return sha.hexdigest()


def make_city(n_buildings: int, seed: int) -> City:
    """Returns a city of exactly so many buildings; the same numbers give the same city.

    The time grows nearly in step with the number: about 10 ms for each hundred buildings.

    Args:
        n_buildings: at least ``LEAST_BUILDINGS``.
        seed: any non-negative number.

    Raises:
        InvalidInput: fewer buildings than a city has.
    """
    if n_buildings < LEAST_BUILDINGS:
        params: dict[str, str | int] = {"n": n_buildings, "least": LEAST_BUILDINGS}
        raise InvalidInput(Fault("demo.city.too-small", "buildings", params=params))
    rng = Generator(PCG64(seed))
    return _finished(rng, _fitting_draft(rng, n_buildings), n_buildings, seed)


def _fitting_draft(rng: Generator, n_buildings: int) -> Draft:
    """Returns a draft with enough buildings and, where a few tries find one, not many more."""
    radius_m = float(np.sqrt(n_buildings / _PER_HECTARE * 1e4 / np.pi))
    best: Draft | None = None
    tries = 0
    while best is None or (tries < _TRIES and len(best.footprints) > _SURPLUS * n_buildings):
        draft = make_draft(rng, radius_m, n_buildings)
        built = len(draft.footprints)
        if built >= n_buildings and (best is None or built < len(best.footprints)):
            best = draft
        radius_m *= float(np.clip(np.sqrt(1.04 * n_buildings / max(1, built)), 0.8, 1.25))
        tries += 1
    return best


def _finished(rng: Generator, draft: Draft, n_buildings: int, seed: int) -> City:
    """Returns the draft trimmed to the number, peopled, damaged and named."""
    footprints = with_essentials(_trimmed(draft, n_buildings))
    shapes, quarter_of = draft.block_shapes(), draft.block_quarters()
    ruined = ruined_quarter(draft.front, np.array([plan.shape for plan in draft.quarters]))
    damage = damage_steps(rng, footprints, draft.front, quarter_of[footprints.block] == ruined)
    people = occupants(rng, footprints, damage)
    living = block_population(footprints.block, people, len(shapes))
    quarter_living = block_population(quarter_of, living, len(draft.quarters))
    quarters = _quarters(rng, draft, quarter_living)
    blocks, names = _blocks(draft, quarters, footprints, living)
    built = tuple(buildings(footprints, people, damage, names, name_services(rng, footprints)))
    streets, bridges = lay_streets(rng, draft)
    return City(
        name=CITY_NAME,
        seed=seed,
        radius_m=draft.net.radius_m,
        river=draft.river,
        bridges=bridges,
        streets=streets,
        quarters=quarters,
        blocks=blocks,
        buildings=built,
        services=services(built),
        farmland=farm_parcels(rng, draft.net, draft.river, streets),
        front=draft.front,
        ruined_quarter_id=quarters[ruined].quarter_id,
        outline=draft.net.outline(),
    )


def _trimmed(draft: Draft, n_buildings: int) -> Footprints:
    """Returns the buildings nearest the centre, whole blocks first, ordered by block.

    Public buildings count as nearer than they are, so that none is lost at the edge,
    and industry a little, because it stands there.
    """
    footprints = draft.footprints
    centres = shapely.get_coordinates(shapely.centroid(draft.block_shapes()))
    away_m = np.hypot(centres[:, 0], centres[:, 1])
    industrial = np.array([plan.kind == "industrial" for plan in draft.quarters])
    away_m[industrial[draft.block_quarters()]] *= 0.75
    away_m[list(draft.block_uses())] *= 0.01
    order = np.lexsort((np.arange(len(footprints)), away_m[footprints.block]))[:n_buildings]
    kept = footprints.pick(np.sort(order))
    return kept.pick(np.argsort(kept.block, kind="stable"))


def _quarters(rng: Generator, draft: Draft, living: NDArray[np.int64]) -> tuple[Quarter, ...]:
    names = place_names(rng)
    return tuple(
        Quarter(f"q{index + 1:03d}", next(names), plan.kind, plan.shape, int(living[index]))
        for index, plan in enumerate(draft.quarters)
    )


def _blocks(
    draft: Draft, quarters: tuple[Quarter, ...], footprints: Footprints, living: NDArray[np.int64]
) -> tuple[tuple[Block, ...], list[tuple[str, Name]]]:
    """Returns the blocks that are built on or are parks, and id and name of all by index."""
    shapes, quarter_of = draft.block_shapes(), draft.block_quarters()
    uses = draft.block_uses()
    built_on = np.zeros(len(shapes), dtype=np.bool_)
    built_on[footprints.block] = True
    counts = dict.fromkeys(range(len(quarters)), 0)
    blocks: list[Block] = []
    names: list[tuple[str, Name]] = []
    for index, quarter_index in enumerate(quarter_of.tolist()):
        quarter = quarters[quarter_index]
        counts[quarter_index] += 1
        name = _block_name(quarter.name, counts[quarter_index])
        block_id = f"k{index + 1:05d}"
        names.append((block_id, name))
        use = uses.get(index, quarter.kind)
        if built_on[index] or use == "park":
            people = int(living[index])
            blocks.append(Block(block_id, name, quarter.quarter_id, use, shapes[index], people))
    return tuple(blocks), names


def _block_name(quarter: Name, number: int) -> Name:
    return Name(f"block {number}, {quarter.en}", f"مربع {arabic_digits(number)}، {quarter.ar}")
