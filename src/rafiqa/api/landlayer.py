"""Map layers of the land itself: hazards, released parts, units left, tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rafiqa.api.ground import areas, since_us, stage
from rafiqa.api.part import hazards_in
from rafiqa.api.view import View
from rafiqa.geo import GridShape, union_of
from rafiqa.land import Face, LandState, TaskOrdered, WorkReported, stage_of
from rafiqa.wire.instant import iso

Shown = tuple[GridShape, dict[str, Any]]
"""A shape on the site's grid and what the map says of it."""


def hazards(view: View) -> Iterator[Shown]:
    """Yields all ground that is hazard, one shape for each set of areas and class."""
    grouped: dict[tuple[tuple[str, ...], str, bool], list[Face]] = {}
    for face, state in view.states():
        if state.is_hazard:
            key = (state.claims, state.status, state.reopened)
            grouped.setdefault(key, []).append(face)
    named = {on.claim_id: on for on in areas(view)}
    shapes = view.desk.placed.joined(list(grouped.values()))
    for ((claims, status, reopened), faces), shape in zip(grouped.items(), shapes, strict=True):
        on = named.get(claims[0])
        properties = {
            "area_id": claims[0],
            "area_ids": list(claims),
            "name": on.name if on else None,
            "class": status,
            "reopened": reopened,
            "stage": stage(view, on) if on else None,
            "area_m2": _m2(faces),
        }
        yield shape, properties


def released(view: View) -> Iterator[Shown]:
    """Yields all released ground, one shape for each set of parts that released it.

    Ground whose release is in doubt is no shape of it: ``doubtful`` has that.
    """
    doubts = view.doubts()
    grouped: dict[tuple[object, ...], list[tuple[Face, LandState]]] = {}
    for face, state in view.states():
        if not state.is_hazard and not doubts.on(face, state):
            key = (state.claims, state.part_ids, state.status, state.depth_cm)
            grouped.setdefault(key, []).append((face, state))
    lands = [[face for face, _ in held] for held in grouped.values()]
    shapes = view.desk.placed.joined(lands)
    for held, faces, shape in zip(grouped.values(), lands, shapes, strict=True):
        state = held[0][1]
        since = max(since_us(face, view.moment.valid_us) for face in faces)
        properties = {
            "area_id": state.claims[0],
            "area_ids": list(state.claims),
            "part_id": state.part_ids[0] if state.part_ids else None,
            "part_ids": list(state.part_ids),
            "outcome": state.status,
            "depth_cm": state.depth_cm,
            "since": iso(since),
            "area_m2": _m2(faces),
        }
        yield shape, properties


def doubtful(view: View) -> Iterator[Shown]:
    """Yields all released ground whose release is in doubt, by the class it was raised to.

    Nothing of it names an outcome or a depth: whoever draws it is not to draw it as released.
    """
    doubts = view.doubts()
    grouped: dict[tuple[object, ...], list[tuple[Face, LandState]]] = {}
    for face, state in view.states():
        if doubts.on(face, state):
            key = (state.claims, state.part_ids, state.raised_class)
            grouped.setdefault(key, []).append((face, state))
    named = {on.claim_id: on.name for on in areas(view)}
    lands = [[face for face, _ in held] for held in grouped.values()]
    shapes = view.desk.placed.joined(lands)
    for held, faces, shape in zip(grouped.values(), lands, shapes, strict=True):
        state = held[0][1]
        properties = {
            "area_id": state.claims[0],
            "area_ids": list(state.claims),
            "name": named.get(state.claims[0]),
            "class": state.raised_class,
            "status": "in_doubt",
            "part_ids": list(state.part_ids),
            "area_m2": _m2(faces),
        }
        yield shape, properties


def not_cleared(view: View) -> Iterator[Shown]:
    """Yields the units that were explicitly not cleared, where they are still hazard."""
    for part_id, (part, record) in view.register.parts.items():
        if part.outcome == "not_cleared" and view.true(record):
            left = [face.shape.intersection(part.shape) for face in hazards_in(view, part.shape)]
            shape = union_of(left) if left else GridShape.empty()
            if not shape.is_empty:
                area_id = getattr(record.fact, "area_id", None)
                properties = {"area_id": area_id, "part_id": part_id, "reason": part.reason}
                yield shape, properties


def tasks(view: View) -> Iterator[Shown]:
    """Yields the ground of every task ordered by then that the asker may see."""
    outlines = {on.claim_id: on.outline for on in areas(view)}
    for task_id, story in view.register.tasks.items():
        told = [record for record in story if view.true(record)]
        ordered = next((each.fact for each in told if isinstance(each.fact, TaskOrdered)), None)
        if ordered is None or not (view.staff or ordered.organisation_id == view.own):
            continue
        shape = ordered.shape or outlines.get(ordered.area_id)
        if shape is None:
            continue
        properties = {
            "task_id": task_id,
            "area_id": ordered.area_id,
            "stage": stage_of([each.fact for each in told], hazard_left=False),
            "organisation": ordered.organisation_id,
            "teams": _teams(view, task_id),
        }
        yield shape, properties


def _teams(view: View, task_id: str) -> list[str]:
    """Returns the teams that reported work on a task by then, in the order they first did."""
    works = (record for record in view.register.works.values() if view.true(record))
    facts = (record.fact for record in works)
    named = (
        fact.team_id
        for fact in facts
        if isinstance(fact, WorkReported) and fact.task_id == task_id and fact.team_id
    )
    return list(dict.fromkeys(named))


def _m2(faces: list[Face]) -> float:
    return sum(face.shape.area2_mm2 for face in faces) / 2e6
