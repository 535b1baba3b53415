"""The ground of a plan: the hazard on record as sites, with who meets it, from the layers.

Every figure by which people are exposed is an assumption of the authors, wide on purpose and told
with the plan: hours that a person spends within a hazard that lies beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import join
from rafiqa.land import AccidentRecorded, Face, LandState, TaskOrdered
from rafiqa.land.movement import tasks_of
from rafiqa.plan.contamination import Contamination, of_class
from rafiqa.plan.range import NOTHING, Range
from rafiqa.plan.site import Site
from rafiqa.recovery import RubbleLotRegistered
from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.plansurvey import PlanSurveys
from rafiqa.service.question import AsOf

NEAR_MM = 50_000
"""Who lives so near to a hazard is taken to meet it."""
HOURS = {
    "residents": Range(0.01, 0.1, 1.0),
    "returnees": Range(0.03, 0.3, 2.0),
    "children": Range(0.02, 0.2, 2.0),
    "traffic": Range(0.0005, 0.005, 0.05),
}
"""Hours of a day that one person of each kind, living beside a hazard, spends within it. Who comes
back meets more than who stayed, and children more than grown people: wide, and assumed."""
FARM_HOURS_PER_HA = Range(0.2, 2.0, 8.0)
RUBBLE_HOURS_PER_WORKER = Range(1.0, 6.0, 10.0)
RUBBLE_WORKERS = 4
CHILDREN_SHARE = 0.4
"""Of residents, where the children are not counted: about what Syria and Iraq have under 15."""
CLEARING = frozenset({
    "manual", "mechanical", "animal", "bac_surface", "bac_subsurface", "eod_spot",
    "building_search",
})  # fmt: skip
"""Methods by which ground is worked; the others of the dictionary survey it."""
_FARM = frozenset({"farmland", "orchard"})
_RECENT_US = 2 * 365 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one place or cell of a population layer, or of one building."""

    shape: BaseGeometry
    residents: float
    returnees: float
    children: float
    district: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The hazard of each claim at one moment, as faces; and how much of it nothing claims."""

    claims: Mapping[str, list[tuple[Face, LandState]]] = field(default_factory=dict)
    unclaimed_m2: float = 0.0

    def shape(self, claim: str) -> BaseGeometry:
        """Returns the outline of what is hazard of a claim."""
        return join([face.shape for face, _ in self.claims[claim]]).geometry


def hazard_ground(office: Office, as_of: AsOf) -> Ground:
    """Returns what is hazard by the areas that claim it, in the order of their ids."""
    found: dict[str, list[tuple[Face, LandState]]] = {}
    unclaimed2_mm2 = 0
    for face, state in office.book(as_of.known_at_us).states(as_of.valid_us(office)):
        if state.is_hazard:
            for claim in state.claims:
                found.setdefault(claim, []).append((face, state))
            unclaimed2_mm2 += 0 if state.claims else face.shape.area2_mm2
    return Ground({claim: found[claim] for claim in sorted(found)}, unclaimed2_mm2 / 2e6)


def population(office: Office, shelf: AssetShelf, as_of: AsOf) -> list[Cell]:
    """Returns where people live: the population layers, else who is counted in buildings."""
    cells = list(_cells(office, shelf, as_of))
    return cells or list(_occupied(office, shelf, as_of))


def _cells(office: Office, shelf: AssetShelf, as_of: AsOf) -> Iterator[Cell]:
    for layer in shelf.layers(office, "population", as_of.valid_us(office), as_of.known_at_us):
        table = layer.table

        def count(name: str, row: int) -> float:
            values = table.columns.get(name)  # noqa: B023 - called within the turn
            return float((values[row] if values is not None else None) or 0)

        for row, shape in enumerate(table.shapes_mm):
            if shape is None or shape.is_empty:
                continue
            residents = count("residents", row) or count("population", row)
            children = count("girls", row) + count("boys", row) or CHILDREN_SHARE * residents
            yield Cell(shape, residents, count("returnees", row), children, _district(table, row))


def _district(table: object, row: int) -> str | None:
    columns: Mapping[str, list[object]] = getattr(table, "columns", {})
    for name in ("district", "subdistrict", "community"):
        values = columns.get(name)
        if values is not None and values[row]:
            return str(values[row])
    return None


def _occupied(office: Office, shelf: AssetShelf, as_of: AsOf) -> Iterator[Cell]:
    for layer in shelf.layers(office, "buildings", as_of.valid_us(office), as_of.known_at_us):
        for row, people in enumerate(layer.table.columns.get("occupants") or ()):
            shape = layer.table.shapes_mm[row]
            if people and shape is not None:
                children = CHILDREN_SHARE * people
                yield Cell(shape, float(people), 0.0, children, _district(layer.table, row))


class SiteMaker:
    """Sites made of hazard and of the layers around it.

    Args:
        office: the open store.
        shelf: layers kept ready.
        as_of: the two times asked about.
        cells: where people live.
        contamination: by area, how likely it holds ordnance; by its class where none is given.
        n_requests: by area, requests of residents that nobody has answered.
        surveys: what communities tell.
    """

    def __init__(
        self,
        office: Office,
        shelf: AssetShelf,
        as_of: AsOf,
        cells: list[Cell],
        contamination: Mapping[str, Contamination],
        n_requests: Mapping[str, int],
        surveys: PlanSurveys | None = None,
    ) -> None:
        self._office, self._as_of = office, as_of
        self._valid_us = as_of.valid_us(office)
        self._cells = cells
        self._tree = shapely.STRtree([cell.shape for cell in cells])
        self._contamination, self._n_requests = contamination, n_requests
        self._book = office.book(as_of.known_at_us)
        self._fields = list(self._farms(shelf))
        self._lots = list(self._rubble())
        self._methods = self._ordered_methods()
        self._accidents = list(self._recent())
        self._surveys = surveys or PlanSurveys()

    def site(self, claim: str, ground: Ground, *, closes_roads: bool) -> Site:
        """Returns the site of a claim."""
        faces = ground.claims[claim]
        shape = ground.shape(claim)
        inner = shape.representative_point()
        record = self._book.register.areas.get(claim)
        area2_mm2 = sum(face.shape.area2_mm2 / len(state.claims) for face, state in faces)
        classes = {state.raised_class for _, state in faces}
        class_ = next((one for one in ("cha", "sha", "indication") if one in classes), None)
        return Site(
            claim,
            max(1.0, area2_mm2 / 2e6),
            record.fact.name if record else None,
            class_,
            self._contamination.get(claim) or of_class(class_),
            self._hours(shape, closes_roads=closes_roads),
            frozenset(),
            self._methods.get(claim, frozenset()),
            record.recorded.recorded_at_us if record else 0,
            (inner.x / 1_000, inner.y / 1_000),
            self._district(inner),
            self._n_requests.get(claim, 0),
            self._victims(shape),
            frozenset(kind for kind, field_ in self._fields if field_.intersects(shape)),
            told=self._surveys.beside(shape),
        )

    def _hours(self, shape: BaseGeometry, *, closes_roads: bool) -> dict[str, Range]:
        around = shape.buffer(NEAR_MM)
        residents = returnees = children = 0.0
        for at in self._tree.query(around, predicate="intersects").tolist():
            cell = self._cells[at]
            # Of a cell only so much as lies near; a point is near as a whole.
            size = cell.shape.area
            share = cell.shape.intersection(around).area / size if size > 0 else 1.0
            residents += cell.residents * share
            returnees += cell.returnees * share
            children += cell.children * share
        found = {
            "residents": HOURS["residents"].times(residents),
            "returnees": HOURS["returnees"].times(returnees),
            "children": HOURS["children"].times(children),
            "traffic": HOURS["traffic"].times(residents if closes_roads else 0.0),
            "farm": FARM_HOURS_PER_HA.times(self._farmed_ha(shape)),
            "rubble": RUBBLE_HOURS_PER_WORKER.times(self._workers(shape)),
        }
        return {name: hours for name, hours in found.items() if hours != NOTHING}

    def _farmed_ha(self, shape: BaseGeometry) -> float:
        farmed = (field_.intersection(shape).area for kind, field_ in self._fields if kind in _FARM)
        return sum(farmed) / 1e10

    def _workers(self, shape: BaseGeometry) -> float:
        return float(sum(workers for lot, workers in self._lots if lot.intersects(shape)))

    def _victims(self, shape: BaseGeometry) -> int:
        near = (n for place, n in self._accidents if shapely.dwithin(place, shape, NEAR_MM))
        return sum(near)

    def _district(self, inner: BaseGeometry) -> str | None:
        if not self._cells:
            return None
        return self._cells[int(self._tree.nearest(inner))].district

    def _farms(self, shelf: AssetShelf) -> Iterator[tuple[str, BaseGeometry]]:
        for layer in shelf.layers(self._office, "works", self._valid_us, self._as_of.known_at_us):
            kinds = layer.table.columns.get("kind") or [None] * len(layer.table.ids)
            for kind, shape in zip(kinds, layer.table.shapes_mm, strict=True):
                if kind and shape is not None and not shape.is_empty:
                    yield str(kind), shape

    def _rubble(self) -> Iterator[tuple[BaseGeometry, int]]:
        recovery = self._office.recovery(self._valid_us, self._as_of.known_at_us)
        for lot_id, story in recovery.lots.items():
            facts = (record.fact for record in story)
            lot = next((fact for fact in facts if isinstance(fact, RubbleLotRegistered)), None)
            standing = recovery.lot_state(lot_id)
            if lot is None or (standing is not None and standing[0] == "removed"):
                continue
            spot_mm = self._office.frame.spot_mm(lot.spot)
            shape = shapely.Point(spot_mm) if lot.shape is None else lot.shape.geometry
            yield shape, lot.n_workers or RUBBLE_WORKERS

    def _ordered_methods(self) -> dict[str, frozenset[str]]:
        found: dict[str, TaskOrdered] = {}
        for task in tasks_of(self._book.register, self._valid_us):
            found[task.area_id] = task
        return {area: CLEARING & set(task.methods) for area, task in found.items()}

    def _recent(self) -> Iterator[tuple[BaseGeometry, int]]:
        for record in self._office.facts(self._as_of.known_at_us):
            fact = record.fact
            if not isinstance(fact, AccidentRecorded) or fact.spot is None:
                continue
            if self._valid_us - _RECENT_US <= record.valid_at_us <= self._valid_us:
                victims = (fact.killed or 0) + (fact.injured or 0)
                place = shapely.Point(self._office.frame.spot_mm(fact.spot))
                yield place, victims
