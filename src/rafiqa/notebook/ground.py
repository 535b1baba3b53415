"""Frames of the land: areas, ground by state, parts released, evidence, accidents, tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rafiqa.geo import join
from rafiqa.land import Face, LandState, TaskOrdered, stage_of
from rafiqa.land.difference import subject_of
from rafiqa.notebook.frame import DTYPE_OF, Column, Dtype, column_of, places, table
from rafiqa.notebook.moment import Asked
from rafiqa.service import Office
from rafiqa.service.doubt import Doubts
from rafiqa.service.exporting import exported, lonlat_of
from rafiqa.wire.factcode import kind_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "hazard-areas": (
        "id",
        "name",
        "class",
        "stage",
        "observed_on",
        "reported_area_m2",
        "evidence_ids",
        "source",
    ),
    "land-parts": ("id", "area_id", "outcome", "depth_cm", "method", "surface", "released_on"),
    "evidence": ("id", "area_id", "kind", "evidence_source", "observed_on", "source"),
    "accidents": ("id", "kind", "happened_on", "killed", "injured", "device", "source"),
    "projects": ("id", "name", "kind", "depth_cm", "planned_on", "owner", "asset_ids"),
}
"""By kind of export, the columns that a frame has also where no row has a value in them."""

_TASK: Final[Mapping[str, Dtype]] = {
    "id": "text",
    "area_id": "text",
    "stage": "text",
    "organisation_id": "text",
    "methods": "texts",
    "depth_cm": "integer",
    "donor_id": "text",
    "cost": "number",
    "currency": "text",
    "ordered_on": "time",
}


def exported_frame(office: Office, kind: str, asked: Asked) -> GeoDataFrame:
    """Returns the rows of a kind of ``rafiqa export``, columns as the dictionary names them."""
    found = exported(office, kind, asked.as_of)
    types = {field.name: field.type for field in found.record.fields}
    names = dict.fromkeys([*ALWAYS[kind], *found.columns])
    nothing = [None] * len(found)
    columns: dict[str, Column] = {
        name: (DTYPE_OF.get(types[name], "text"), found.columns.get(name, nothing))
        for name in names
    }
    return places(columns, found.shapes, asked.attrs(office))


def ground_frame(office: Office, asked: Asked) -> GeoDataFrame:
    """Returns all ground on record, each square metre once and in the one state that it is in."""
    doubts = Doubts.asked(office, asked.valid_us, asked.known_us)
    held: dict[tuple[LandState, bool], list[Face]] = {}
    for face, state in doubts.book.states(asked.valid_us):
        held.setdefault((state, doubts.on(face, state)), []).append(face)
    rows = [
        {
            "state": state.status,
            "is_hazard": state.is_hazard,
            "depth_cm": state.depth_cm,
            "reopened": state.reopened,
            "in_doubt": doubted,
            "area_ids": state.claims,
            "part_ids": state.part_ids,
            "area_m2": sum(face.shape.area2_mm2 for face in faces) / 2e6,
        }
        for (state, doubted), faces in held.items()
    ]
    dtypes: dict[str, Dtype] = {
        "state": "text",
        "is_hazard": "yes",
        "depth_cm": "integer",
        "reopened": "yes",
        "in_doubt": "yes",
        "area_ids": "texts",
        "part_ids": "texts",
        "area_m2": "number",
    }
    columns = {name: column_of(rows, name, dtype) for name, dtype in dtypes.items()}
    shapes = [lonlat_of(office, join([face.shape for face in faces])) for faces in held.values()]
    return places(columns, shapes, asked.attrs(office))


def tasks_frame(office: Office, asked: Asked) -> GeoDataFrame:
    """Returns every task ordered by then, with where it stands; on its area if it is not drawn."""
    register = office.book(asked.known_us).register
    voided = {item.recorded.entry_id for item in register.without_effect}
    rows, shapes = [], []
    for task_id, story in register.tasks.items():
        told = [record for record in story if record.valid_at_us <= asked.valid_us]
        first = next((each for each in told if isinstance(each.fact, TaskOrdered)), None)
        if first is None or not isinstance(first.fact, TaskOrdered):
            continue
        fact = first.fact
        area = register.areas.get(fact.area_id)
        drawn = fact.shape or (area.outline_at(asked.valid_us, voided) if area else None)
        shapes.append(lonlat_of(office, drawn))
        rows.append(
            {
                **{name: getattr(fact, name, None) for name in _TASK},
                "id": task_id,
                "stage": stage_of([each.fact for each in told], hazard_left=False),
                "ordered_on": first.valid_at_us,
            }
        )
    columns = {name: column_of(rows, name, dtype) for name, dtype in _TASK.items()}
    return places(columns, shapes, asked.attrs(office))


def history_frame(office: Office, asked: Asked) -> DataFrame:
    """Returns the ledger's entries known by then, in order: of what, true when, known when.

    Who wrote them is left out: this is about places.
    """
    rows: list[dict[str, Any]] = [
        {
            "seq": record.seq,
            "entry_id": record.entry_id,
            "kind": kind_of(record.fact),
            "subject": subject_of(record.fact),
            "role": record.actor.role,
            "valid_at": record.valid_at_us,
            "recorded_at": record.recorded_at_us,
        }
        for record in office.facts(asked.known_us)
    ]
    dtypes: dict[str, Dtype] = {
        "seq": "integer",
        "entry_id": "text",
        "kind": "text",
        "subject": "text",
        "role": "text",
        "valid_at": "time",
        "recorded_at": "time",
    }
    columns = {name: column_of(rows, name, dtype) for name, dtype in dtypes.items()}
    return table(columns, asked.attrs(office))
