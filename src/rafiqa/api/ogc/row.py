"""Rows: what each collection holds at a moment, named as the data dictionary names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rafiqa.api import landlayer
from rafiqa.api.ground import areas, since_us, stage
from rafiqa.api.tiles import asset_layers, kinds
from rafiqa.api.view import View, named
from rafiqa.geo import GridShape, Spot, join
from rafiqa.land import (
    EvidenceRecorded,
    Face,
    LandState,
    Recorded,
    TaskOrdered,
    evidence_class,
    stage_of,
)
from rafiqa.service import AssetLayer
from rafiqa.service.question import BEGINNING_US
from rafiqa.wire.featurecolumn import ALWAYS_US, FOREVER_US
from rafiqa.wire.instant import iso_date


@dataclass(frozen=True, slots=True)
class Row:
    """One feature before it is written.

    Attributes:
        id: of the feature in its collection.
        place: on the site's grid, a spot, or None.
        since_us: since when it holds.
        values: its properties by name.
        until_us: until when it holds.
    """

    id: str
    place: GridShape | Spot | None
    since_us: int
    values: dict[str, Any]
    until_us: int = FOREVER_US


def area_rows(view: View) -> Iterator[Row]:
    """Yields the hazard that is left in each area, then hazard that lies in none.

    An area of which nothing is hazard any more is no row: its ground is among the parts.
    """
    told: set[int] = set()
    for on in areas(view):
        faces = [face for face, state in on.faces if state.is_hazard]
        if not faces or on.record is None:
            continue
        told.update(map(id, faces))
        at_us = on.record.recorded.valid_at_us
        values = {
            "name": on.name,
            "class": on.status,
            "stage": stage(view, on),
            "observed_on": _day(at_us),
            "reopened": on.reopened,
            "area_m2": _m2(faces),
        }
        yield Row(on.claim_id, join([face.shape for face in faces]), _since(at_us), values)
    yield from _beyond(view, told)


def _beyond(view: View, told: set[int]) -> Iterator[Row]:
    """Yields hazard of no area, such as ground reopened where none was."""
    grouped: dict[tuple[tuple[str, ...], str, bool], list[Face]] = {}
    for face, state in view.states():
        if state.is_hazard and id(face) not in told:
            key = (state.claims, state.status, state.reopened)
            grouped.setdefault(key, []).append(face)
    for (claims, status, reopened), faces in grouped.items():
        at_us = min(since_us(face, view.moment.valid_us) for face in faces)
        values = {
            "class": status,
            "stage": "open",
            "observed_on": _day(at_us),
            "reopened": reopened,
            "area_m2": _m2(faces),
        }
        yield Row("+".join(claims), join([face.shape for face in faces]), _since(at_us), values)


def part_rows(view: View) -> Iterator[Row]:
    """Yields all released ground by what released it, then the units that were not cleared.

    Ground whose release is in doubt is left out, as in exports: elsewhere nobody would know of
    the doubt.
    """
    grouped: dict[tuple[object, ...], list[tuple[Face, LandState]]] = {}
    register, doubts = view.register, view.doubts()
    for face, state in view.states():
        if not state.is_hazard and not doubts.on(face, state):
            key = (state.part_ids or state.claims, state.status, state.depth_cm)
            grouped.setdefault(key, []).append((face, state))
    for held in grouped.values():
        yield _released(view, held)
    for shape, told in landlayer.not_cleared(view):
        part, record = register.parts[told["part_id"]]
        values = {"area_id": told["area_id"], "outcome": part.outcome, "reason": told["reason"]}
        values["area_m2"] = shape.area2_mm2 / 2e6
        yield Row(told["part_id"], shape, _since(record.valid_at_us), values)


def _released(view: View, held: list[tuple[Face, LandState]]) -> Row:
    state, faces = held[0][1], [face for face, _ in held]
    claims = {claim for _, each in held for claim in each.claims if claim in view.register.areas}
    at_us = max(since_us(face, view.moment.valid_us) for face in faces)
    values = {
        "area_id": claims.pop() if len(claims) == 1 else None,
        "outcome": state.status,
        "depth_cm": state.depth_cm,
        "released_on": _day(at_us),
        "area_m2": _m2(faces),
    }
    parts_id = "+".join(state.part_ids or state.claims)
    return Row(parts_id, join([face.shape for face in faces]), _since(at_us), values)


def evidence_rows(view: View) -> Iterator[Row]:
    """Yields every item of evidence that the asker may see, each on the day of it."""
    for record in view.register.evidence.values():
        fact = record.fact
        if not isinstance(fact, EvidenceRecorded) or not view.true(record):
            continue
        if not view.sees(fact.area_id) and record.actor.organisation_id != view.own:
            continue
        values = {
            "area_id": fact.area_id,
            "kind": fact.kind,
            "evidence_source": fact.source_kind,
            "evidence_class": evidence_class(fact),
            "observed_on": _day(record.valid_at_us),
            "source": fact.source,
            "source_grade": fact.source_grade,
            "content_grade": fact.content_grade,
            "accuracy_m": None if fact.accuracy_m is None else float(fact.accuracy_m),
        }
        since = _since(record.valid_at_us)
        until = FOREVER_US if since == ALWAYS_US else since
        yield Row(fact.evidence_id, fact.spot or fact.shape, since, values, until)


def task_rows(view: View) -> Iterator[Row]:
    """Yields every task ordered by then that the asker may see, on its own ground or its area's."""
    outlines = {on.claim_id: on.outline for on in areas(view)}
    for task_id, story in view.register.tasks.items():
        told = [record for record in story if view.true(record)]
        for record in told:
            if isinstance(record.fact, TaskOrdered):
                if not view.staff and record.fact.organisation_id != view.own:
                    break
                place = record.fact.shape or outlines.get(record.fact.area_id)
                values = _task(record.fact, record, told)
                yield Row(task_id, place, _since(record.valid_at_us), values)
                break


def _task(fact: TaskOrdered, order: Recorded, told: list[Recorded]) -> dict[str, Any]:
    return {
        "area_id": fact.area_id,
        "organisation_id": fact.organisation_id,
        "stage": stage_of([each.fact for each in told], hazard_left=False),
        "method": " ".join(fact.methods) or None,
        "specified_depth_cm": fact.depth_cm,
        "issued_on": _day(order.valid_at_us),
        "donor": fact.donor_id,
    }


def project_rows(view: View) -> Iterator[Row]:
    """Yields every project with the outcome of its gates, those without a place too."""
    records = view.moment.recovery.projects
    for project_id, (project, gate) in view.gates().items():
        shape = project.shape
        values = {
            "name": named(project.name, project.name_ar, view.lang),
            "kind": project.kind,
            "depth_cm": project.depth_cm,
            "gate": gate.outcome,
        }
        place = None if shape is None or shape.is_empty else shape
        yield Row(project_id, place, _since(records[project_id].valid_at_us), values)


@dataclass(frozen=True, slots=True, eq=False)
class AssetRows:
    """The rows of a layer in columns: there may be a million of them."""

    layer: AssetLayer
    since_us: int
    kinds: list[Any]
    names: list[str | None]
    storeys: list[int | None]


def asset_rows(view: View) -> list[AssetRows]:
    """Returns the rows of every layer of assets, buildings first."""
    layers = view.moment.recovery.layers
    found = []
    for layer in asset_layers(view):
        pairs = zip(layer.table.values("name"), layer.table.values("name_ar"), strict=True)
        names = [named(name, name_ar, view.lang) for name, name_ar in pairs]
        since = _since(layers[layer.fact.layer_id].valid_at_us)
        storeys = list(layer.table.values("storeys"))
        found.append(AssetRows(layer, since, list(kinds(layer)), names, storeys))
    return found


def _day(at_us: int) -> str | None:
    """Returns the day of a time in UTC; None for what counts from always, since undated."""
    return None if at_us <= BEGINNING_US else iso_date(at_us)


def _since(at_us: int) -> int:
    return ALWAYS_US if at_us <= BEGINNING_US else at_us


def _m2(faces: Iterable[Face]) -> float:
    return sum(face.shape.area2_mm2 for face in faces) / 2e6
