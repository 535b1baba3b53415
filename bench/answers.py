"""Answers over the demo city: a point, a project's gate, every gate, and one new fact."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path

import numpy as np
import shapely

from bench.site import folder, now_us
from bench.table import Table
from bench.timing import Timing, each, in_turn, milliseconds, repeated, share
from rafiqa.demo import make_demo
from rafiqa.geo import GridShape, Spot
from rafiqa.land import Actor, LandReopened, fold
from rafiqa.recovery import ProjectRegistered
from rafiqa.service import (
    AssetShelf,
    Office,
    ask_point,
    gate_layers,
    gate_of,
    open_office,
    reopen_land,
)
from rafiqa.service.gateall import gate_everything

SIZES, QUICK_SIZES = (5_000, 50_000), (600,)
POINTS, QUICK_POINTS = 2_000, 50
GATES, QUICK_GATES = 1_000, 20
NEW_FACTS, QUICK_NEW_FACTS = 30, 2
REPEATS = 5
_SEED = 1
_HALF_MM = 5_000
_AUTHORITY = Actor("bench-1", "authority", "authority")
_NOTES = (
    "Peer and lower limit: a bare shapely STRtree query (`intersects`) for the same point or",
    "works over the shapes of the same faces; for `every gate`, of all hazard faces over all",
    "buildings. The peer says which shapes meet, and no state, time, reason or depth. `cold`: the",
    "store opened, every fact read and decoded, the book folded, and the first answer, in a",
    "process that has its modules loaded; its peer is the fold alone. `a new fact`: a reopening",
    "put on the disk, and the gate of a project asked again; its peer is folding everything anew.",
)
_HEADER = (
    *("question", "buildings", "runs", "p50, ms", "p95, ms", "peer p50, ms", "p50 ÷ peer"),
    *("shortest … longest, ms",),
)
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Sizes:
    """How often each question is asked."""

    n_repeats: int
    n_points: int
    n_gates: int
    n_new_facts: int


def measure(quick: bool) -> list[Table]:
    """Returns the table of answers."""
    sizes = _Sizes(REPEATS, POINTS, GATES, NEW_FACTS)
    if quick:
        sizes = _Sizes(1, QUICK_POINTS, QUICK_GATES, QUICK_NEW_FACTS)
    rows: list[tuple[str, ...]] = []
    told: list[str] = []
    for n_buildings in QUICK_SIZES if quick else SIZES:
        with folder() as place:
            city = _City(place, n_buildings)
            told.append(city.told)
            rows += city.rows(sizes)
            city.office.store.close()
    return [Table("Answers over the demo city", (*_NOTES, *told), _HEADER, rows)]


class _City:
    """A demo city with its office, and what is asked about it."""

    def __init__(self, place: Path, n_buildings: int) -> None:
        self._path = str(place / "demo.rafiqa")
        make_demo(
            self._path,
            n_buildings=n_buildings,
            seed=_SEED,
            entropy=os.urandom,
            progress=lambda _: None,
        )
        self._label = f"{n_buildings:,}"
        self._shelf = AssetShelf()
        self.office = self._opened()
        self._faces = [face.shape.geometry for face in self.office.book().faces]
        self._tree = shapely.STRtree(self._faces)
        self._projects = self.office.recovery().project_facts()

    def _opened(self) -> Office:
        return open_office(self._path, now_us=now_us, entropy=os.urandom)

    @property
    def told(self) -> str:
        """What the city holds, in a sentence."""
        return (
            f"With {self._label} buildings: {len(self.office.facts()):,} facts, "
            f"{len(self._faces):,} faces, {len(self._projects):,} projects."
        )

    def rows(self, sizes: _Sizes) -> list[tuple[str, ...]]:
        """Returns the rows of every question; the new facts come last, for they change it."""
        return [
            self._fold(sizes.n_repeats),
            *self._cold(sizes.n_repeats),
            self._point(sizes.n_points),
            self._gate(sizes.n_gates),
            *self._every_gate(sizes.n_repeats),
            *self._new_fact(sizes.n_new_facts),
        ]

    def _row(self, question: str, ours: Timing, peer: Timing | None) -> tuple[str, ...]:
        range_ms = f"{milliseconds(min(ours.seconds))} … {milliseconds(max(ours.seconds))}"
        return (
            question,
            self._label,
            f"{len(ours.seconds):,}",
            milliseconds(ours.median_s),
            milliseconds(ours.quantile_s(0.95)),
            milliseconds(peer.median_s) if peer else "–",
            share(ours.median_s, peer.median_s) if peer else "–",
            range_ms,
        )

    def _folded(self) -> object:
        return fold(self.office.facts()).tree

    def _fold(self, n_repeats: int) -> tuple[str, ...]:
        folding, index = in_turn([self._folded, lambda: shapely.STRtree(self._faces)], n_repeats)
        return self._row("fold of the book (peer: STRtree of its faces)", folding, index)

    def _cold(self, n_repeats: int) -> list[tuple[str, ...]]:
        spot = self._spots(1)[0]

        def first_point() -> None:
            office = self._opened()
            ask_point(office, spot)
            office.store.close()

        def first_gate() -> None:
            office = self._opened()
            gate_of(office, self._projects[0])
            office.store.close()

        def first_of_all() -> None:
            office = self._opened()
            gate_everything(office)
            office.store.close()

        point, gate, every, folding = in_turn(
            [first_point, first_gate, first_of_all, self._folded], n_repeats
        )
        return [
            self._row("at, cold", point, folding),
            self._row("gate of a project, cold", gate, folding),
            self._row("every gate with its reasons, cold", every, folding),
        ]

    def _spots(self, n_spots: int) -> list[Spot]:
        """Returns spots: every other one inside a face, the others anywhere among them."""
        draw = np.random.default_rng(_SEED)
        inside = shapely.point_on_surface(draw.choice(np.array(self._faces), n_spots))
        x_min, y_min, x_max, y_max = shapely.total_bounds(self._faces)
        anywhere = np.column_stack(
            [draw.uniform(x_min, x_max, n_spots), draw.uniform(y_min, y_max, n_spots)]
        )
        pairs = shapely.get_coordinates(inside)
        pairs[1::2] = anywhere[1::2]
        frame = self.office.frame
        return [frame.mm_spot(x_mm, y_mm) for x_mm, y_mm in pairs.tolist()]

    def _point(self, n_points: int) -> tuple[str, ...]:
        spots = self._spots(n_points)
        frame = self.office.frame
        points = [shapely.Point(frame.spot_mm(spot)) for spot in spots]
        ours = each([_asking(self.office, spot) for spot in spots])
        return self._row("at, warm", ours, each([self._query(point) for point in points]))

    def _query(self, shape: shapely.Geometry) -> Work:
        return lambda: self._tree.query(shape, predicate="intersects")

    def _gate(self, n_gates: int) -> tuple[str, ...]:
        projects = list(islice(cycle(self._projects), n_gates))
        gate_of(self.office, projects[0])
        ours = each([_gating(self.office, project) for project in projects])
        works = [project.shape.geometry for project in projects if project.shape is not None]
        return self._row("gate of a project, warm", ours, each([self._query(one) for one in works]))

    def _every_gate(self, n_repeats: int) -> list[tuple[str, ...]]:
        layers = gate_layers(self.office, self._shelf)
        states = self.office.book().states(now_us())
        hazards = np.array(
            [face.shape.geometry for face, state in states if state.is_hazard], dtype=object
        )
        trees = [layer.tree for layer, _ in layers]
        columns, every, peer = in_turn(
            [
                lambda: gate_layers(self.office, self._shelf),
                lambda: gate_everything(self.office),
                lambda: [tree.query(hazards, predicate="intersects") for tree in trees],
            ],
            n_repeats,
        )
        return [
            self._row("every building's gate, as columns, warm", columns, peer),
            self._row("every gate with its reasons, warm", every, peer),
        ]

    def _new_fact(self, n_new_facts: int) -> list[tuple[str, ...]]:
        numbers = count()
        targets = islice(cycle([p for p in self._projects if p.shape]), n_new_facts)
        appended: list[float] = []
        ruled: list[float] = []
        for project in targets:
            name = f"bench-reopening-{next(numbers)}"
            fact = LandReopened(name, _box_in(project), "accident", "cha")
            appended += each([_reopening(self.office, fact)]).seconds
            ruled += each([_gating(self.office, project)]).seconds
            if gate_of(self.office, project).outcome != "closed":
                raise RuntimeError(f"{project.project_id} is not closed by a reopening")
        together = Timing(tuple(map(sum, zip(appended, ruled, strict=True))))
        anew = repeated(self._folded, max(n_new_facts // 6, 1))
        return [
            self._row("a new fact: put on the disk", Timing(tuple(appended)), None),
            self._row("a new fact: the gate asked again", Timing(tuple(ruled)), anew),
            self._row("a new fact: both", together, anew),
        ]


def _asking(office: Office, spot: Spot) -> Work:
    return lambda: ask_point(office, spot)


def _gating(office: Office, project: ProjectRegistered) -> Work:
    return lambda: gate_of(office, project)


def _reopening(office: Office, fact: LandReopened) -> Work:
    def work() -> None:
        if not reopen_land(office, _AUTHORITY, fact).done:
            raise RuntimeError(f"{fact.reopening_id} was refused")

    return work


def _box_in(project: ProjectRegistered) -> GridShape:
    """Returns a box of ten metres around a point of a project's works."""
    shapes: Sequence[GridShape] = [project.shape] if project.shape else []
    inside = shapely.point_on_surface(shapes[0].geometry)
    x_mm, y_mm = round(inside.x), round(inside.y)
    return GridShape.box(x_mm - _HALF_MM, y_mm - _HALF_MM, x_mm + _HALF_MM, y_mm + _HALF_MM)
