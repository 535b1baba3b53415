"""Two buildings and a heap of rubble, worked unit by unit.

One building is released whole once every storey, its roof and the ground beneath have an
outcome; of the other one storey was not cleared, so that its footprint is still hazard; the
heap is worked layer by layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.building import Building
from rafiqa.demo.city import City
from rafiqa.demo.plan import Plan
from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    ReleaseAccepted,
    ReleaseProposed,
    StageMoved,
    StructureRegistered,
    TaskOrdered,
    Unit,
    WorkedPart,
    WorkInspected,
    WorkReported,
    ground_id,
)

OPERATOR = "op-stork"
_TEAM = f"{OPERATOR}-team-structures"
_APART_M = 25.0
_LAYERS = 3
_DEPTH_CM = 50


@dataclass(frozen=True, slots=True)
class Said:
    """One act on a day: the verb, who acts, and the fact."""

    day: int
    verb: Callable[[service.Office, Actor, Any], service.Acted]
    actor: Actor
    fact: object


@dataclass(frozen=True, slots=True)
class Worksite:
    """A structure to be worked: its ids, its ground, its units, and which is left."""

    area_id: str
    fact: StructureRegistered
    day: int
    method: str
    left: str | None = None


def structure_story(
    city: City, plan: Plan, on_grid: Callable[[shapely.Polygon], GridShape]
) -> tuple[Said, ...]:
    """Returns the acts on a few structures, in order of days; fewer where the city has not both.

    Args:
        city: buildings are chosen in their order, away from all other hazard and works.
        plan: what else happens.
        on_grid: puts a shape of the plan on the site's grid.
    """
    return tuple(act for site in _sites(city, plan, on_grid) for act in _acts(site))


def area_ids(story: Sequence[Said]) -> tuple[str, ...]:
    """Returns the areas that a story puts on record."""
    return tuple(act.fact.area_id for act in story if isinstance(act.fact, AreaRecorded))


def _sites(
    city: City, plan: Plan, on_grid: Callable[[shapely.Polygon], GridShape]
) -> Iterator[Worksite]:
    taken = [area.shape for area in plan.areas]
    taken += [shape for one in plan.projects for shape in (one.shape, one.access)]
    shapes = np.array(taken, dtype=object)
    free = [one for one in city.buildings if not shapely.dwithin(shapes, one.shape, _APART_M).any()]
    houses = [one for one in free if one.damage != "destroyed" and one.storeys > 1]
    ruins = [one for one in free if one.damage == "destroyed"]
    for number, building in enumerate(houses[:2], 1):
        fact = _building(f"sb{number}", building, on_grid(building.shape))
        left = fact.units[1].unit_id if number == 2 else None
        day = 180 + 90 * number
        yield Worksite(f"hb{number:03d}", fact, day, "building_search", left)
    for building in ruins[:1]:
        heap = _heap("sr1", building, on_grid(building.shape))
        yield Worksite("hr001", heap, 420, "rubble_sift")


def _building(structure_id: str, building: Building, shape: GridShape) -> StructureRegistered:
    storeys = [
        Unit(f"{structure_id}.{level}", "storey", level) for level in range(building.storeys)
    ]
    roof = Unit(f"{structure_id}.roof", "roof", None, Decimal(round(shape.area_m2)))
    name = f"{building.name.en} · {building.name.ar}"
    return StructureRegistered(structure_id, "building", shape, (*storeys, roof), name)


def _heap(structure_id: str, building: Building, shape: GridShape) -> StructureRegistered:
    layers = [Unit(f"{structure_id}.l{level}", "rubble_layer", level) for level in range(_LAYERS)]
    name = f"{building.name.en} · {building.name.ar}"
    return StructureRegistered(structure_id, "rubble_heap", shape, tuple(layers), name)


def _acts(site: Worksite) -> Iterator[Said]:
    """Yields the life of one structure: evidence, area, task, units, and two works in them."""
    area_id, fact, day = site.area_id, site.fact, site.day
    worker = cast.operator(OPERATOR)
    seen = EvidenceRecorded(f"{area_id}-e1", "eo_seen", "visual", area_id=area_id)
    area = AreaRecorded(area_id, "cha", fact.shape, fact.name, (seen.evidence_id,))
    task = TaskOrdered(f"{area_id}-t1", area_id, OPERATOR, (site.method,), _DEPTH_CM)
    yield Said(day, service.record_evidence, cast.SURVEYOR, seen)
    yield Said(day + 3, service.declare_area, cast.SURVEYOR, area)
    yield Said(day + 9, service.order_work, cast.FIRST, task)
    yield Said(day + 12, service.register_structure, worker, fact)
    moved = StageMoved(task.task_id, "in_progress")
    yield Said(day + 13, service.move_task, worker, moved)
    above = [unit.unit_id for unit in fact.units]
    yield from _work(site, 1, day + 20, above)
    yield from _work(site, 2, day + 40, [ground_id(fact.structure_id)])


def _work(site: Worksite, number: int, day: int, unit_ids: Sequence[str]) -> Iterator[Said]:
    """Yields one report of work, its inspection, and its release by two persons."""
    area_id = site.area_id
    work_id, release_id = f"{area_id}-w{number}", f"{area_id}-r{number}"
    parts = tuple(_part(site, f"{work_id}-{unit_id}", unit_id) for unit_id in unit_ids)
    ids = tuple(part.part_id for part in parts if part.outcome != "not_cleared")
    team = (f"{OPERATOR}-team-lead",)
    # A team of its own: what a lot of another team stops is not stopped here.
    work = WorkReported(work_id, area_id, OPERATOR, parts, f"{area_id}-t1", (), team, team_id=_TEAM)
    inspected = WorkInspected(
        f"{area_id}-q{number}", work_id, cast.QUALITY, passed=True, inspected_share=Decimal("0.1")
    )
    proposal = ReleaseProposed(release_id, work_id, ids)
    yield Said(day, service.report_work, cast.operator(OPERATOR), work)
    yield Said(day + 4, service.inspect_work, cast.INSPECTOR, inspected)
    yield Said(day + 7, service.propose_release, cast.FIRST, proposal)
    yield Said(day + 9, service.accept_release, cast.SECOND, ReleaseAccepted(release_id))


def _part(site: Worksite, part_id: str, unit_id: str) -> WorkedPart:
    shape = site.fact.shape
    if unit_id == site.left:
        return WorkedPart(
            part_id, "not_cleared", shape, site.method, reason="unstable", unit_id=unit_id
        )
    ground = unit_id == ground_id(site.fact.structure_id)
    surface = "soil" if ground else ("rubble" if site.fact.kind == "rubble_heap" else "floor")
    depth_cm = _DEPTH_CM if ground else 0
    return WorkedPart(part_id, "cleared", shape, site.method, depth_cm, surface, unit_id=unit_id)
