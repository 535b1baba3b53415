"""The contamination of the city and what is done about it, as a plan of plain data."""

from __future__ import annotations

from dataclasses import replace

from numpy.random import PCG64, Generator, SeedSequence
from shapely import Point, Polygon

from rafiqa.demo.city import City
from rafiqa.demo.hidden import hidden_items
from rafiqa.demo.outline import Outline, choose_outlines, in_metres, on_millimetre
from rafiqa.demo.part import cut_parts
from rafiqa.demo.plan import (
    FATES,
    Fate,
    HiddenItem,
    Plan,
    PlannedArea,
    PlannedPart,
)
from rafiqa.demo.project import plan_projects
from rafiqa.demo.rubble import rubble_lots
from rafiqa.demo.schedule import (
    Diary,
    missed_item_id,
    reopening,
    write_schedule,
)
from rafiqa.demo.testimony import first_evidence
from rafiqa.demo.witness import plan_accidents, plan_reports

_AREAS_AT_5000 = 60.0
_LEAST_AREAS = 12
_FATE_SHARES = (0.20, 0.09, 0.11, 0.10, 0.28, 0.12, 0.10, 0.0)
_LATEST_START = 620
_SEEN: dict[Fate, int] = {"never_worked": 0, "reduced": 0, "tasked": 0}
"""Fewest items seen on the ground before the class is decided; 1 for all other fates."""

_TITLES = {
    "front_line": ("Minefield, {}", "حقل ألغام، {}"),
    "old_town": ("Houses in {}", "بيوت في {}"),
    "ruined": ("Ruins in {}", "أنقاض في {}"),
    "farmland": ("{}", "{}"),
    "cluster_strike": ("Cluster strike, {}", "قصف عنقودي، {}"),
    "checkpoint": ("Checkpoint at {}", "حاجز {}"),
    "river_bank": ("Bank of {}", "ضفة {}"),
    "school_yard": ("School yard in {}", "ساحة مدرسة في {}"),
    "air_strike": ("Unexploded bomb, {}", "قنبلة غير منفجرة، {}"),
}


def plan_generator(seed: int) -> Generator:
    """Returns the generator for a city's plan, apart from the one that made the city."""
    return Generator(PCG64(SeedSequence((seed, 1))))


def area_count(n_buildings: int) -> int:
    """Returns the number of hazardous areas: 60 for 5,000 buildings, less than linear beyond."""
    return max(_LEAST_AREAS, round(_AREAS_AT_5000 * float((n_buildings / 5000.0) ** 0.75)))


def make_plan(city: City, rng: Generator) -> Plan:
    """Returns the plan of contamination, work, projects and reports for a city.

    One area, in a school's yard where there is one, is worked and released in time, and
    reopened on day 900 under the project ``demo-school``.
    """
    outlines, overlaps = choose_outlines(rng, city, area_count(len(city.buildings)))
    fates = _fates(rng, outlines, overlaps)
    areas = tuple(
        _area(rng, index, outline, fates[index], overlaps) for index, outline in enumerate(outlines)
    )
    areas = _with_back_links(areas)
    return Plan(
        areas=areas,
        projects=plan_projects(rng, city, areas),
        reports=plan_reports(rng, city, areas),
        accidents=plan_accidents(rng, city, areas),
        rubble=rubble_lots(rng, city),
    )


def _fates(rng: Generator, outlines: list[Outline], overlaps: dict[int, int]) -> list[Fate]:
    """Returns a fate for each area; every fate is given, and exactly one is "reopened"."""
    drawn = rng.choice(len(FATES), len(outlines), p=_FATE_SHARES)
    fates = [FATES[int(index)] for index in drawn]
    apart = [at for at in range(len(outlines)) if at not in {*overlaps, *overlaps.values()}]
    yards = [at for at in apart if outlines[at].kind == "school_yard"]
    special = (yards or apart)[0]
    others = [at for at in apart if at != special]
    for fate, at in zip(FATES[:-1], rng.permutation(others).tolist(), strict=False):
        fates[at] = fate
    fates[special] = "reopened"
    for over in overlaps:
        fates[over] = "never_worked"
    return fates


def _area(
    rng: Generator, index: int, outline: Outline, fate: Fate, overlaps: dict[int, int]
) -> PlannedArea:
    """Returns one area with parts, contents, evidence and schedule."""
    area_id = f"h{index + 1:04d}"
    shape, parts = cut_parts(rng, area_id, outline.kind, outline.shape)
    unfounded = fate == "cancelled"
    hidden = hidden_items(rng, area_id, outline.kind, shape, none=unfounded)
    seen = 0 if unfounded else _SEEN.get(fate, 1) + int(rng.integers(0, 2))
    seen_items = hidden[:seen]
    if fate == "reopened":
        hidden = (*hidden, _missed(area_id, parts))
    start = int(rng.integers(5, 120 if fate == "reopened" else _LATEST_START))
    evidence = first_evidence(rng, outline.kind, shape, seen_items, (area_id, start))
    diary = Diary(rng, area_id, outline.kind, shape, parts, hidden, evidence)
    steps = write_schedule(diary, fate)
    if fate == "reopened":
        steps = (*steps, reopening(area_id, hidden[-1], _reopened_shape(hidden[-1], parts)))
    en, ar = _TITLES[outline.kind]
    partner = overlaps.get(index)
    return PlannedArea(
        area_id,
        outline.kind,
        outline.place.within(en, ar),
        shape,
        fate,
        None if partner is None else f"h{partner + 1:04d}",
        parts,
        hidden,
        steps,
    )


def _missed(area_id: str, parts: tuple[PlannedPart, ...]) -> HiddenItem:
    """Returns the item that clearance misses, in the largest worked part."""
    part = largest_part(parts)
    spot = part.shape.point_on_surface()
    return HiddenItem(missed_item_id(area_id), round(spot.x, 3), round(spot.y, 3), 35, "uxo")


def largest_part(parts: tuple[PlannedPart, ...]) -> PlannedPart:
    """Returns the largest part that is not left out."""
    return max((part for part in parts if part.kind == "street"), key=lambda part: part.shape.area)


def _reopened_shape(item: HiddenItem, parts: tuple[PlannedPart, ...]) -> Polygon:
    """Returns the ground around a missed item within its part, on whole millimetres."""
    part = next(part for part in parts if part.shape.intersects(Point(item.x_m, item.y_m)))
    around = Point(item.x_m, item.y_m).buffer(15.0, quad_segs=4)
    near = part.shape.intersection(around)
    snapped = on_millimetre(near) if isinstance(near, Polygon) else None
    return part.shape if snapped is None else in_metres(snapped)


def _with_back_links(areas: tuple[PlannedArea, ...]) -> tuple[PlannedArea, ...]:
    """Returns the areas with each deliberate overlap named on both sides."""
    over = {area.overlaps: area.area_id for area in areas if area.overlaps is not None}
    return tuple(
        replace(area, overlaps=over[area.area_id]) if area.area_id in over else area
        for area in areas
    )
