"""Building projects placed so that the gate has every sort of answer to give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from rafiqa.demo.city import City
from rafiqa.demo.name import Name, word_names
from rafiqa.demo.outline import MM, in_metres, on_millimetre
from rafiqa.demo.plan import (
    DAYS,
    Accepted,
    PartOutcome,
    PlannedArea,
    PlannedPart,
    PlannedProject,
)
from rafiqa.demo.schedule import REOPENING_DAY

SCHOOL_PROJECT_ID = "demo-school"
"""The school whose ground is released, then reopened on day 900."""

_ACCESS_M = 4.0
_TITLES = {
    "school_repair": ("Repair of {} School", "ترميم مدرسة {}"),
    "hospital_wing": ("New wing of {} Hospital", "جناح جديد في مستشفى {}"),
    "water_pipe": ("Water pipe {}", "خط مياه {}"),
    "housing_block": ("Housing {}", "سكن {}"),
    "bridge_repair": ("Repair of {} Bridge", "ترميم جسر {}"),
    "road_renewal": ("Renewal of {} Road", "تجديد طريق {}"),
    "market": ("{} Market", "سوق {}"),
}
_MIX = (
    ("released", 5),
    ("too_deep", 4),
    ("on_hazard", 4),
    ("not_cleared", 2),
    ("cancelled", 2),
    ("access_hazard", 2),
    ("unrecorded", 5),
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Where a project may go: what, how deep in cm, on which ground, and from when."""

    kind: str
    depth_cm: int
    shape: Polygon
    day: int = 0
    towards: Point | None = None
    ground: Polygon | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The city and its areas as projects see them; all shapes in metres."""

    rng: Generator
    city: City
    areas: tuple[PlannedArea, ...]
    taken: NDArray[np.object_]
    streets: shapely.STRtree

    def parts(
        self, fits: Callable[[PlannedArea, PlannedPart, PartOutcome | None], bool]
    ) -> list[tuple[PlannedArea, PlannedPart, PartOutcome | None]]:
        """Returns the parts that fit, shuffled, with their released outcome or None.

        Areas that overlap another are passed over: there two answers would mix.
        """
        found = [
            (area, part, area.released().get(part.part_id))
            for area in self.areas
            if area.overlaps is None and area.fate != "reopened"
            for part in area.parts
            if fits(area, part, area.released().get(part.part_id))
        ]
        return [found[index] for index in self.rng.permutation(len(found)).tolist()]

    def free(self, shape: Polygon) -> bool:
        """Returns whether a shape keeps 3 m off every recorded area."""
        return not bool(shapely.dwithin(self.taken, shape, 3.0).any())

    def access(self, sketch: Sketch) -> Polygon:
        """Returns the way in: over its own ground, to the nearest street, or as it is drawn."""
        start = sketch.shape.point_on_surface()
        end = sketch.towards
        if sketch.ground is not None:
            return self._inner_access(start, sketch.ground)
        if end is None:
            index = int(self.streets.nearest(start))
            line = self.city.streets[index].line
            end = line.interpolate(line.project(start))
        strip = LineString((start, end)) if start.distance(end) > 1.0 else None
        drawn = start.buffer(3.0) if strip is None else strip.buffer(_ACCESS_M / 2.0)
        snapped = on_millimetre(drawn)
        return in_metres(snapped) if snapped is not None else _grid(start.buffer(8.0))

    def _inner_access(self, start: Point, ground: Polygon) -> Polygon:
        """Returns a strip towards the edge of the ground that stays 30 cm inside it."""
        edge = ground.boundary.interpolate(ground.boundary.project(start))
        strip = LineString((start, edge)).buffer(_ACCESS_M / 2.0) if start != edge else start
        inside = strip.intersection(ground.buffer(-0.3))
        largest = max(shapely.get_parts(inside), key=lambda one: float(one.area))
        return in_metres(shapely.set_precision(shapely.transform(largest, _to_mm), 1.0))


def plan_projects(
    rng: Generator, city: City, areas: tuple[PlannedArea, ...]
) -> tuple[PlannedProject, ...]:
    """Returns about 25 projects for 5,000 buildings, the school's first."""
    count = max(10, round(25 * float((len(city.buildings) / 5000.0) ** 0.75)))
    taken = np.array([area.shape for area in areas], dtype=object)
    shapely.prepare(taken)
    streets = shapely.STRtree([street.line for street in city.streets])
    scene = Scene(rng, city, areas, taken, streets)
    words = word_names(rng)
    projects = [_school(scene, areas, next(words))]
    sources = {meant: _SOURCES[meant](scene) for meant, _ in _MIX}
    order = [meant for meant, share in _MIX for _ in range(share)]
    turns = [order[index] for index in rng.permutation(len(order)).tolist()]
    firsts = [meant for meant, _ in _MIX]
    for meant in islice(cycle([*firsts, *turns]), count - 1):
        sketch, told = next(sources[meant], None), meant
        if sketch is None:
            sketch, told = next(sources["unrecorded"], None), "unrecorded"
        if sketch is not None:
            projects.append(_project(scene, len(projects), told, sketch, next(words)))
    return tuple(projects)


def _project(scene: Scene, number: int, meant: str, sketch: Sketch, word: Name) -> PlannedProject:
    planned = max(sketch.day + 20, int(scene.rng.integers(200, DAYS + 120)))
    registered = min(max(5, planned - int(scene.rng.integers(60, 200))), DAYS - 5)
    return PlannedProject(
        f"demo-p{number:03d}",
        word.within(*_TITLES[sketch.kind]),
        sketch.kind,
        meant,
        registered,
        planned,
        sketch.depth_cm,
        sketch.shape,
        scene.access(sketch),
    )


def _school(scene: Scene, areas: tuple[PlannedArea, ...], word: Name) -> PlannedProject:
    """Returns the school project on the part that clearance misses an item in."""
    area = next(area for area in areas if area.fate == "reopened")
    part = max(
        (part for part in area.parts if part.part_id in area.released()),
        key=lambda part: part.shape.area,
    )
    depth_cm = area.released()[part.part_id].depth_cm or 0
    shape = _near(part.shape.point_on_surface(), 12.0, part.shape) or part.shape
    sketch = Sketch("school_repair", max(10, depth_cm - 10), shape, ground=part.shape)
    title = word.within(*_TITLES["school_repair"])
    return PlannedProject(
        SCHOOL_PROJECT_ID,
        title,
        "school_repair",
        "reopened",
        REOPENING_DAY - 260,
        REOPENING_DAY - 40,
        sketch.depth_cm,
        sketch.shape,
        scene.access(sketch),
    )


def _to_mm(at: NDArray[np.float64]) -> NDArray[np.float64]:
    return at * MM


def _grid(shape: Polygon) -> Polygon:
    """Returns a polygon with its coordinates rounded to the millimetre."""
    return shapely.transform(shape, lambda at: np.round(at, 3))


def _near(spot: Point, half_m: float, within: Polygon | None) -> Polygon | None:
    """Returns the square around a spot, cut to a shape and drawn in a little, or None."""
    square = shapely.box(spot.x - half_m, spot.y - half_m, spot.x + half_m, spot.y + half_m)
    cut = square if within is None else square.intersection(within.buffer(-0.4))
    parts = [one for one in shapely.get_parts(cut) if isinstance(one, Polygon)]
    if not parts:
        return None
    snapped = on_millimetre(max(parts, key=lambda one: one.area))
    return None if snapped is None else in_metres(snapped)


def _last_day(hazard: PlannedArea) -> int:
    return max((step.day for step in hazard.steps if isinstance(step, Accepted)), default=0)


def _on_parts(
    scene: Scene,
    fits: Callable[[PlannedArea, PlannedPart, PartOutcome | None], bool],
    kinds: tuple[str, ...],
    dig_cm: Callable[[int], int],
) -> Iterator[Sketch]:
    """Returns sketches on fitting parts; how deep comes from the depth cleared to, 0 if none."""
    parts = scene.parts(fits)
    for (area, part, outcome), kind in zip(parts, cycle(kinds), strict=False):
        shape = _near(part.shape.point_on_surface(), 9.0, part.shape)
        if shape is not None:
            cleared_cm = 0 if outcome is None else outcome.depth_cm or 0
            ground = None if outcome is None else part.shape
            yield Sketch(kind, dig_cm(cleared_cm), shape, _last_day(area), ground=ground)


def _released(scene: Scene) -> Iterator[Sketch]:
    """Returns projects no deeper than the land under them was cleared."""
    kinds = ("housing_block", "market", "road_renewal", "school_repair")
    return _on_parts(
        scene,
        lambda _area, _part, outcome: outcome is not None and outcome.outcome == "cleared",
        kinds,
        lambda cleared_cm: max(5, cleared_cm // 2),
    )


def _too_deep(scene: Scene) -> Iterator[Sketch]:
    """Returns projects that dig deeper than the land under them was cleared."""
    return _on_parts(
        scene,
        lambda _area, _part, outcome: outcome is not None and outcome.outcome == "cleared",
        ("water_pipe", "housing_block", "hospital_wing"),
        lambda cleared_cm: cleared_cm + int(scene.rng.integers(6, 15)) * 10,
    )


def _cancelled(scene: Scene) -> Iterator[Sketch]:
    """Returns shallow projects on land cancelled or reduced by survey."""
    return _on_parts(
        scene,
        lambda _area, _part, outcome: outcome is not None and outcome.outcome != "cleared",
        ("road_renewal", "housing_block"),
        lambda _cleared_cm: 40,
    )


def _on_hazard(scene: Scene) -> Iterator[Sketch]:
    """Returns projects on land that no one has worked."""
    return _on_parts(
        scene,
        lambda area, _part, _outcome: area.fate in {"never_worked", "tasked"},
        ("housing_block", "water_pipe", "market", "school_repair"),
        lambda _cleared_cm: int(scene.rng.integers(3, 16)) * 10,
    )


def _not_cleared(scene: Scene) -> Iterator[Sketch]:
    """Returns projects over a bit left out of released work, under rubble or a slab."""
    for area, part, _ in scene.parts(lambda _area, part, _outcome: part.kind != "street"):
        if area.released():
            shape = _near(part.shape.point_on_surface(), 9.0, area.shape)
            if shape is not None:
                yield Sketch("housing_block", 15, shape, _last_day(area))


def _access_hazard(scene: Scene) -> Iterator[Sketch]:
    """Returns projects on unrecorded land whose way in leads through a hazardous area."""
    footprints = scene.city.building_shapes()
    tree = shapely.STRtree(footprints)
    for area in scene.areas:
        if area.fate != "never_worked" or area.overlaps is not None:
            continue
        inside = area.shape.point_on_surface()
        for index in sorted(tree.query(area.shape, predicate="dwithin", distance=40.0).tolist()):
            shape = _near(footprints[index].centroid, 6.0, None)
            if shape is not None and scene.free(shape):
                yield Sketch("school_repair", 30, shape, towards=inside)
                break


def _unrecorded(scene: Scene) -> Iterator[Sketch]:
    """Returns projects on land that no record speaks of: bridges, a hospital, roads, pipes."""
    wells = [
        _round_robin(scene, _bridges(scene)),
        _round_robin(scene, _of_buildings(scene, "hospital", "hospital_wing", 250)),
        _round_robin(scene, _roads(scene)),
        _round_robin(scene, _of_buildings(scene, "water_works", "water_pipe", 180)),
        _round_robin(scene, _of_buildings(scene, "market", "market", 60)),
        _round_robin(scene, _of_buildings(scene, "house", "housing_block", 120)),
    ]
    while wells:
        for well in list(wells):
            sketch = next(well, None)
            if sketch is None:
                wells.remove(well)
            else:
                yield sketch


def _round_robin(scene: Scene, sketches: list[Sketch]) -> Iterator[Sketch]:
    """Returns the sketches that keep off every area, shuffled."""
    for index in scene.rng.permutation(len(sketches)).tolist():
        if scene.free(sketches[index].shape):
            yield sketches[index]


def _bridges(scene: Scene) -> list[Sketch]:
    return [Sketch("bridge_repair", 80, _grid(bridge.shape)) for bridge in scene.city.bridges]


def _of_buildings(scene: Scene, built: str, kind: str, depth_cm: int) -> list[Sketch]:
    """Returns projects on the ground of existing buildings of a kind, at most fifty."""
    found = [one.shape for one in scene.city.buildings if one.kind == built]
    chosen = scene.rng.permutation(len(found))[:50].tolist()
    squares = [_near(found[index].centroid, 8.0, None) for index in chosen]
    return [Sketch(kind, depth_cm, square) for square in squares if square is not None]


def _roads(scene: Scene) -> list[Sketch]:
    """Returns stretches of main road to renew."""
    sketches = []
    for street in scene.city.streets:
        if street.kind in {"ring", "arterial"} and street.line.length > 120.0:
            stretch = substring(street.line, 30.0, 110.0)
            snapped = on_millimetre(stretch.simplify(0.3).buffer(6.0, cap_style="flat"))
            if snapped is not None:
                sketches.append(Sketch("road_renewal", 60, in_metres(snapped)))
    return sketches


_SOURCES: dict[str, Callable[[Scene], Iterator[Sketch]]] = {
    "released": _released,
    "too_deep": _too_deep,
    "on_hazard": _on_hazard,
    "not_cleared": _not_cleared,
    "cancelled": _cancelled,
    "access_hazard": _access_hazard,
    "unrecorded": _unrecorded,
}
