"""Planning: the plan of the hazard on record, from roads, people and services as known.

A plan answers a question; it is no fact, and moves no land between states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import Reason, accreditation_faults
from rafiqa.plan.answer import PlanAnswer, WhatIf, plan, side_by_side, without_pins
from rafiqa.plan.contamination import Contamination
from rafiqa.plan.contraction import Approach, Settled, contracted, roadless
from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import SERVICES, PlanPolicy
from rafiqa.plan.problem import LONGEST_DAYS, Kept
from rafiqa.plan.setting import Setting
from rafiqa.plan.team import Team
from rafiqa.plan.terrain import Terrain
from rafiqa.recovery.access import Ways
from rafiqa.recovery.voice import asked_for
from rafiqa.service.access import asked_by_area, ground_waits
from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.planground import Cell, Ground, SiteMaker, hazard_ground, population
from rafiqa.service.planrisk import contamination_by_map
from rafiqa.service.plansurvey import surveys_told
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.wayin import ways_in
from rafiqa.wire.instant import date_us, utc_day

_DAY_US = 86_400_000_000
_GIVEN = {
    "hospital": frozenset({"hospital", "clinic"}),
    "school": frozenset({"school"}),
    "water": frozenset({"water_works"}),
}
"""By service, the kinds of assets that give it."""
_ROADLESS_MM = 500_000
"""How far people may live from the road by which they come out."""


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """What a plan is asked with.

    Attributes:
        teams: by whom.
        n_days: how many days are planned, from the day asked about.
        pins: what people decided, by area.
        policy: weights and exchange rates.
        kept: tasks that stand of an earlier plan.
        contamination: by area, how likely it holds ordnance; by the map of evidence where none is
            given, and by class where that says nothing.
        n_requests: by area, residents' requests that nobody has answered; those on record where
            none is given.
    """

    teams: Sequence[Team]
    n_days: int
    pins: Mapping[str, Pin] = field(default_factory=dict)
    policy: PlanPolicy = field(default_factory=PlanPolicy)
    kept: Sequence[Kept] = ()
    contamination: Mapping[str, Contamination] = field(default_factory=dict)
    n_requests: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan, its first day, and what has to be known of it."""

    answer: PlanAnswer
    first_us: int
    notes: tuple[Reason, ...]
    what_ifs: tuple[WhatIf, ...] = ()


def place_of(office: Office, spot: Spot) -> tuple[float, float]:
    """Returns a spot in metres of the site's plane."""
    x_mm, y_mm = office.frame.spot_mm(spot)
    return x_mm / 1_000, y_mm / 1_000


def ask_plan(
    office: Office,
    shelf: AssetShelf,
    asked: PlanAsked,
    as_of: AsOf = NOW,
    what_ifs: Sequence[tuple[str, PlanAsked]] = (),
) -> PlanShown:
    """Returns the plan of the hazard on record, and others beside it for people to choose between.

    Args:
        office: the open store.
        shelf: layers kept ready.
        asked: teams, days and decisions.
        as_of: as true and as known at these times; the first day planned is the first one's.
        what_ifs: other teams or decisions, each under a name.

    Raises:
        InvalidInput: pins of areas or teams that are not there, methods not accredited; all told.
    """
    as_of = AsOf(as_of.valid_us(office), as_of.known_at_us)
    ground = hazard_ground(office, as_of)
    _refuse_faults(office, ground, asked, as_of)
    for _, other in what_ifs:
        _refuse_faults(office, ground, other, as_of)
    made = _made(office, shelf, asked, ground, as_of)
    answer = plan(made.setting)
    rows: list[tuple[str, Setting]] = []
    if asked.pins and any(pin.rank or pin.team_id for pin in asked.pins.values()):
        rows.append(("without-pins", without_pins(made.setting)))
    if asked.policy.equity_floor:
        level = replace(asked.policy, equity_floor=0.0)
        rows.append(("without-floor", replace(made.setting, policy=level)))
    rows += [(name, _changed(made.setting, other)) for name, other in what_ifs]
    beside = side_by_side([("plan", made.setting), *rows]) if rows else []
    first_us = date_us(utc_day(as_of.valid_us(office)))
    return PlanShown(answer, first_us, made.notes, tuple(beside))


def _changed(setting: Setting, other: PlanAsked) -> Setting:
    return replace(setting, teams=tuple(other.teams), pins=other.pins, policy=other.policy)


@dataclass(frozen=True, slots=True)
class _Made:
    setting: Setting
    notes: tuple[Reason, ...]


def _made(
    office: Office, shelf: AssetShelf, asked: PlanAsked, ground: Ground, as_of: AsOf
) -> _Made:
    notes: list[Reason] = [Reason("plan.note.orders-only")]
    cells = population(office, shelf, as_of)
    ways = ways_in(office, as_of.valid_us(office), as_of.known_at_us)
    areas = list(ground.claims)
    shutting: set[str] = set()
    if ways is None:
        terrain = roadless(areas)
        notes.append(Reason("access.no-roads"))
    else:
        shutting = set().union(*ways.ground.areas)
        terrain = _terrain(office, shelf, ground, ways, cells, as_of)
        named = ways.network.entries_named
        notes.append(Reason("access.entries-named" if named else "access.entries-assumed"))
        notes += _services_missing(terrain)
    if not cells:
        notes.append(Reason("plan.note.nobody-counted"))
    n_requests = {**_requests(office, as_of), **asked.n_requests}
    by_map = contamination_by_map(office, shelf, ground, as_of)
    notes += by_map.notes
    contamination = {**by_map.contamination, **asked.contamination}
    told = surveys_told(office, shelf, as_of)
    maker = SiteMaker(office, shelf, as_of, cells, contamination, n_requests, told)
    sites = [maker.site(area, ground, closes_roads=area in shutting) for area in areas]
    if told.n_on_record:
        weighed = told.n_beside([ground.shape(area) for area in areas])
        notes.append(Reason("plan.note.surveys", {"n": weighed, "of": told.n_on_record}))
    if ground.unclaimed_m2 > 0:
        notes.append(Reason("plan.note.unclaimed", {"m2": ceil(ground.unclaimed_m2)}))
    if not sites:
        notes.append(Reason("plan.note.no-hazard"))
    setting = Setting(
        tuple(sites),
        tuple(asked.teams),
        terrain,
        utc_day(as_of.valid_us(office)).toordinal(),
        asked.n_days,
        asked.policy,
        asked.pins,
        tuple(asked.kept),
    )
    return _Made(setting, tuple(notes))


def _requests(office: Office, as_of: AsOf) -> dict[str, int]:
    """Returns how many residents ask for each area and wait, each phone once."""
    by_area = asked_by_area(office, as_of)
    return {area_id: asked_for([area_id], by_area).n for area_id in by_area}


def _services_missing(terrain: Terrain) -> Iterator[Reason]:
    for bit, service in enumerate(SERVICES):
        if not any(has >> bit & 1 for has in terrain.has):
            yield Reason("plan.note.no-service", {"service": service})


# --- what is refused


def _refuse_faults(office: Office, ground: Ground, asked: PlanAsked, as_of: AsOf) -> None:
    faults = [
        *_day_faults(asked),
        *_pin_faults(ground, asked),
        *_team_faults(office, asked, as_of),
    ]
    if faults:
        raise InvalidInput(faults)


def _day_faults(asked: PlanAsked) -> Iterator[Fault]:
    if not 1 <= asked.n_days <= LONGEST_DAYS:
        params: dict[str, str | int] = {"n": asked.n_days, "most": LONGEST_DAYS}
        yield Fault("service.plan.days", "--days", None, params)


def _pin_faults(ground: Ground, asked: PlanAsked) -> Iterator[Fault]:
    teams = {team.team_id for team in asked.teams}
    for row, pin in enumerate(asked.pins.values(), 1):
        params: dict[str, str | int] = {"area": pin.area_id}
        if pin.area_id not in ground.claims:
            yield Fault("service.plan.pin-unknown", "pins", row, params)
        if pin.team_id is not None and pin.team_id not in teams:
            team = {**params, "team": pin.team_id}
            yield Fault("service.plan.pin-team", "pins", row, team)
        for area in pin.after:
            if area not in ground.claims:
                other = {**params, "other": area}
                yield Fault("service.plan.pin-after", "pins", row, other)
        if _waits_for_itself(pin.area_id, asked.pins):
            yield Fault("service.plan.pin-circle", "pins", row, params)


def _waits_for_itself(area: str, pins: Mapping[str, Pin]) -> bool:
    seen: set[str] = set()
    queue = list(pins[area].after)
    while queue:
        each = queue.pop()
        if each == area:
            return True
        if each not in seen:
            seen.add(each)
            queue += pins[each].after if each in pins else ()
    return False


def _team_faults(office: Office, asked: PlanAsked, as_of: AsOf) -> Iterator[Fault]:
    """Yields teams that say for whom they work and are not accredited for a method there."""
    register = office.book(as_of.known_at_us).register
    start_us = as_of.valid_us(office)
    for row, team in enumerate(asked.teams, 1):
        if team.organisation_id is None:
            continue
        known = register.accreditations_for(team.organisation_id, None)
        period = start_us, start_us
        for reason in accreditation_faults(
            known, team.organisation_id, sorted(team.skills), period
        ):
            yield Fault(reason.code, f"teams[{row - 1}]", row, {**reason.params})


# --- the ground that teams come over


def _terrain(
    office: Office,
    shelf: AssetShelf,
    ground: Ground,
    ways: Ways,
    cells: Sequence[Cell],
    as_of: AsOf,
) -> Terrain:
    services = list(_services(office, shelf, ways, as_of))
    given = 0
    for each in services:
        given |= each.has
    people = [_home(ways, cell, given) for cell in cells]
    approach = {
        area: tuple(ways.network.within(ground.shape(area), ways.policy.service_mm).tolist())
        for area in ground.claims
    }
    shutting = set().union(*ways.ground.areas)
    beside = {area: pieces for area, pieces in approach.items() if area not in shutting}
    return contracted(
        ways.network, ways.ground, list(ground.claims), [*people, *services], Approach(beside)
    )


def _home(ways: Ways, cell: Cell, given: int) -> Settled:
    """Returns people by the nearest road; of a service that nobody gives none is missed."""
    pieces = ways.network.within(cell.shape, _ROADLESS_MM)
    if not len(pieces):
        return Settled(())
    place = cell.shape.representative_point()
    away_mm = shapely.distance(ways.network.shapes[pieces], place)
    nearest = int(pieces[int(np.argmin(away_mm))])
    people = cell.residents + cell.returnees
    counts = (people, people, cell.children, people)
    wanted = tuple(
        count if bit == 0 or given >> bit & 1 else 0.0 for bit, count in enumerate(counts)
    )
    return Settled((nearest,), wanted, district=cell.district)


def _services(office: Office, shelf: AssetShelf, ways: Ways, as_of: AsOf) -> Iterator[Settled]:
    network = ways.network
    for kind in ("buildings", "works"):
        for layer in shelf.layers(office, kind, as_of.valid_us(office), as_of.known_at_us):
            kinds = layer.table.columns.get("kind") or [None] * len(layer.table.ids)
            for of, shape in zip(kinds, layer.table.shapes_mm, strict=True):
                has = _bits(str(of))
                if not has or shape is None or shape.is_empty:
                    continue
                near = network.within(shape, ways.policy.service_mm)
                if len(near):
                    yield _service(office, ways, as_of, has, shape)


def _service(office: Office, ways: Ways, as_of: AsOf, has: int, shape: BaseGeometry) -> Settled:
    network = ways.network
    near = network.within(shape, ways.policy.service_mm)
    away_mm = shapely.distance(network.shapes[near], shape)
    piece = int(near[int(np.argmin(away_mm))])
    drawn = shapely.shortest_line(shape, network.shapes[piece])
    waits = ground_waits(office, shapely.geometrycollections([shape, drawn]), ways, as_of)
    return Settled((piece,), has=has, waits=waits)


def _bits(kind: str) -> int:
    return sum(1 << SERVICES.index(service) for service, kinds in _GIVEN.items() if kind in kinds)
