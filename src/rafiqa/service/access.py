"""Access: who can be come to over roads, and which clearance would open the most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, union_of
from rafiqa.land import Face, Recorded
from rafiqa.recovery import ProjectRegistered, ResidentAsked
from rafiqa.recovery.access import AccessAnswer, Place, Ways, openings
from rafiqa.recovery.areaset import FREE, AreaSets, joined, lifted_by
from rafiqa.recovery.voice import reach_mm, voices
from rafiqa.recovery.waygate import way_of
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.wayin import layer_rows, ways_in

SERVICE_KINDS = ("school", "hospital", "clinic", "water_works", "sewage_works", "power_works")
"""Kinds of assets whose way in is looked at beside the projects'."""


def ask_access(office: Office, as_of: AsOf = NOW) -> AccessAnswer:
    """Returns who can be come to, and which single clearance would open the most."""
    as_of = AsOf(as_of.valid_us(office), as_of.known_at_us)
    ways = ways_in(office, as_of.valid_us(office), as_of.known_at_us)
    if ways is None:
        return AccessAnswer()
    places = [*_projects(office, ways, as_of), *_services(office, ways, as_of)]
    network = ways.network
    return AccessAnswer(
        tuple(places),
        tuple(openings(places, asked_by_area(office, as_of))),
        len(network),
        network.entries_named,
        network.left_out,
    )


def asked_by_area(office: Office, as_of: AsOf) -> dict[str, list[Recorded]]:
    """Returns the residents' requests that wait, by each area whose hazard they are beside."""
    valid_us, frame = as_of.valid_us(office), office.frame
    book = office.book(as_of.known_at_us)
    found: dict[str, list[Recorded]] = {}
    for record in voices(office.recovery(valid_us, as_of.known_at_us).residents):
        fact = record.fact
        if not isinstance(fact, ResidentAsked) or fact.spot is None:
            continue
        at = np.array([fact.spot.lon_deg]), np.array([fact.spot.lat_deg])
        if not frame.placeable(*at)[0]:
            continue
        point = shapely.Point(frame.spot_mm(fact.spot))
        states = [each.timeline.at(valid_us) for each in book.touching(point, reach_mm(fact))]
        hazards = [state for state in states if state is not None and state.is_hazard]
        for area_id in {claim for state in hazards for claim in state.claims}:
            found.setdefault(area_id, []).append(record)
    return found


def _projects(office: Office, ways: Ways, as_of: AsOf) -> list[Place]:
    recovery = office.recovery(as_of.valid_at_us, as_of.known_at_us)
    found = []
    for project in recovery.project_facts():
        way = way_of(project, ways)
        if way is not None:
            ground = ground_waits(office, _works(project), ways, as_of)
            waits = joined(way.waits_for, ground, ways.policy.most_areas)
            told = project.project_id, "project", project.name
            found.append(Place(*told, way, ground, waits, project.name_ar))
    return found


def _works(project: ProjectRegistered) -> BaseGeometry:
    shapes: list[GridShape] = [
        shape
        for shape in (project.shape, project.access)
        if shape is not None and not shape.is_empty
    ]
    return union_of(shapes).geometry


def ground_waits(office: Office, ground: BaseGeometry, ways: Ways, as_of: AsOf) -> AreaSets:
    """Returns which areas must be released for no hazard to lie on some ground."""
    valid_us = as_of.valid_us(office)
    near: list[Face] = office.book(as_of.known_at_us).touching(ground, ways.policy.distance_mm)
    states = [face.timeline.at(valid_us) for face in near]
    claims = [frozenset(state.claims) for state in states if state and state.is_hazard]
    return lifted_by(claims, ways.policy.most_areas) if claims else FREE


def _services(office: Office, ways: Ways, as_of: AsOf) -> list[Place]:
    """Returns the services with their ways in: the way from the nearest road is drawn straight."""
    found = []
    valid_us = as_of.valid_us(office)
    for layer in office.recovery(valid_us, as_of.known_at_us).layers_of("buildings"):
        ids, lonlat, columns = layer_rows(office, layer)
        kinds = columns.get("kind") or [None] * len(ids)
        rows = [at for at, kind in enumerate(kinds) if kind in SERVICE_KINDS]
        if not rows:
            continue
        shapes = office.frame.shapes_to_mm(lonlat[rows])
        nothing = [None] * len(ids)
        names, names_ar = columns.get("name") or nothing, columns.get("name_ar") or nothing
        for at, shape in zip(rows, shapes.tolist(), strict=True):
            name = str(names[at] or ids[at])
            told = ids[at], str(kinds[at]), name
            place = _service(office, ways, as_of, told, shape)
            found.append(replace(place, name_ar=names_ar[at] or None))
    return sorted(found, key=lambda place: place.place_id)


def _service(
    office: Office,
    ways: Ways,
    as_of: AsOf,
    told: tuple[str, str, str],
    shape: BaseGeometry,
) -> Place:
    network = ways.network
    near = network.within(shape, ways.policy.service_mm)
    ground = shape
    if len(near):
        away_mm = shapely.distance(network.shapes[near], shape)
        nearest = int(near[int(np.argmin(away_mm))])
        near = np.array([nearest], dtype=np.int64)
        drawn = shapely.shortest_line(shape, network.shapes[nearest])
        ground = shapely.geometrycollections([shape, drawn])
    way = ways.way_to(near.tolist())
    waits_ground = ground_waits(office, ground, ways, as_of)
    waits = joined(way.waits_for, waits_ground, ways.policy.most_areas)
    return Place(*told, way, waits_ground, waits)
