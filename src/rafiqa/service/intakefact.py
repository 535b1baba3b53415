"""From a checked row to the fact it states, one function for each kind of import."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from math import ceil
from typing import Any, cast

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import Record, dictionary
from rafiqa.errors import Fault
from rafiqa.geo import GridShape, LonLat, Registered, Spot
from rafiqa.land import (
    DRAWN_AS,
    AccidentRecorded,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    Reason,
    ReleaseTransferred,
    accident_ground,
    transfer_ruling,
)
from rafiqa.recovery import DamageAssessed, ProjectRegistered, RubbleLotRegistered, SheetStated
from rafiqa.service.damage import assessment_faults
from rafiqa.service.damagecode import COLUMN_OF, damage_code
from rafiqa.service.incident import accident_reopening, reopened_us
from rafiqa.service.intakeproject import DISPUTED, owners_of
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.rebuilding import id_faults
from rafiqa.service.sealed import SEALED_SENSITIVITY
from rafiqa.service.submissionplace import reach_m
from rafiqa.wire.factcode import fact_bytes
from rafiqa.wire.instant import date_us

HAZARD_CLASSES = ("indication", "sha", "cha")


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that the dictionary accepted: its number, id, clean values and shape."""

    number: int
    row_id: str
    values: Mapping[str, Any]
    left_over: Mapping[str, Any]
    geometry: BaseGeometry | None
    source: str


@dataclass(frozen=True, slots=True)
class RowFact:
    """The fact a row states: what it is about, since when, and what follows from it at once.

    ``by_clock`` says that the row gave no day where one is needed, and today was taken;
    ``reopened_at_us`` is since when the ground is reopened; ``persons`` is what goes into the
    vault, and ``before`` the row as an import without a vault made it.
    """

    subject: str
    valid_at_us: int
    fact: object
    reopening: LandReopened | None = None
    by_clock: bool = False
    reopened_at_us: int = 0
    persons: Mapping[str, str] = field(default_factory=dict)
    before: Made | None = None

    def digest(self, file_name: str) -> bytes:
        """Returns what names all that the row says, in whatever file and format it comes.

        Left out is what the row did not say: the file's name where it stands for a source, the
        clock's day, and an accident's ground, which follows from what was drawn. Words beside
        the fields count by what a person reads of them.
        """
        fact: Any = self.fact
        if isinstance(fact, AccidentRecorded):
            fact = replace(fact, shape=None)
        if getattr(fact, "source", None) == file_name:
            fact = replace(fact, source=None)
        if getattr(fact, "extra", None) is not None:
            fact = replace(fact, extra=_read_alike(fact.extra))
        day = "" if self.by_clock else str(self.valid_at_us)
        return sha256(fact_bytes(fact) + day.encode()).digest()


Made = RowFact | tuple[Fault, ...]


def import_id(kind: str, subject: str) -> str:
    """Returns the id of the entry that an imported row makes, the same at every import."""
    return f"import:{kind}:{subject}"


def row_fact(office: Office, kind: str, row: Checked) -> Made:
    """Returns the fact of a row, or every fault that keeps it from being one."""
    return FACT_KINDS[kind][1](office, row)


def record_of(kind: str) -> Record:
    """Returns the dictionary's record for a kind of import."""
    return dictionary().records[FACT_KINDS[kind][0]]


def _shape(office: Office, row: Checked) -> Registered | tuple[Fault, ...]:
    if row.geometry is None:
        return (Fault("service.import.shape-missing", "geometry", row.number),)
    registered = office.frame.to_grid(LonLat(row.geometry))
    if isinstance(registered, Registered):
        return registered
    return tuple(fault.to_fault("geometry", row.number) for fault in registered)


def _line_kept(row: Checked, kept: Collection[str]) -> dict[str, Any]:
    """Returns the shape as WKT where the fact has no room for it: a spot stands for it there."""
    if row.geometry is None or row.geometry.geom_type in kept:
        return {}
    return {DRAWN_AS: shapely.to_wkt(row.geometry, rounding_precision=9)}


def _spot(row: Checked) -> Spot | None:
    if row.geometry is None or row.geometry.is_empty:
        return None
    point = shapely.point_on_surface(row.geometry)
    return Spot.of(shapely.get_x(point), shapely.get_y(point))


def _since(row: Checked, *names: str) -> int:
    """Returns the first date given; undated counts from the beginning: unknown is always."""
    for name in names:
        day = row.values.get(name)
        if isinstance(day, date):
            return date_us(day)
    return BEGINNING_US


def _extra(row: Checked, used: Sequence[str]) -> str | None:
    """Returns what the row says beside the fields used, as canonical JSON, or None.

    A column that no field takes stands beside a field of the same name, never under it.
    """
    rest = {key: value for key, value in row.values.items() if key not in used}
    for name, value in row.left_over.items():
        rest[f"{name} (column)" if name in rest else name] = value
    if not rest:
        return None
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, default=str)


def _read_alike(extra: str) -> str:
    """Returns the words beside the fields as every format gives them: texts, names folded."""
    told = [
        (name.casefold(), str(int(value)) if _is_whole(value) else str(value))
        for name, value in json.loads(extra).items()
    ]
    return json.dumps(sorted(told), ensure_ascii=False)


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()


def open_fields(record: Record, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Returns the values that may stand in a fact, and the names of those that may not."""
    sealed = [
        field.name
        for field in record.fields
        if field.sensitivity >= SEALED_SENSITIVITY and field.name in values
    ]
    return {key: value for key, value in values.items() if key not in sealed}, sealed


def _ids(value: object) -> tuple[str, ...]:
    return tuple(item for item in str(value or "").replace(",", " ").replace(";", " ").split())


def _hazard_area(office: Office, row: Checked) -> Made:
    shape = _shape(office, row)
    class_ = row.values["class"]
    faults = [] if isinstance(shape, Registered) else list(shape)
    if class_ not in HAZARD_CLASSES:
        known = " ".join(HAZARD_CLASSES)
        params: dict[str, str | int] = {"class": class_, "known": known}
        faults.append(Fault("service.import.not-a-hazard", "class", row.number, params))
    if faults or not isinstance(shape, Registered):
        return tuple(faults)
    used = ("id", "name", "class", "reported_area_m2", "source", "note", "geometry", "observed_on")
    fact = AreaRecorded(
        row.row_id,
        class_,
        shape.shape,
        row.values.get("name"),
        _ids(row.values.get("evidence_ids")),
        row.values.get("reported_area_m2"),
        shape.grid_difference_mm2,
        row.values.get("source") or row.source,
        row.values.get("note"),
        _extra(row, used),
    )
    return RowFact(row.row_id, _since(row, "observed_on"), fact)


def _accuracy_m(office: Office, row: Checked, shape: GridShape | None) -> Decimal | None:
    """Returns how exact a place is: of a line or several points, as far as all of it reaches."""
    stated, spot = row.values.get("accuracy_m"), _spot(row)
    if shape is not None or spot is None or row.geometry is None:
        return cast("Decimal | None", stated)
    if row.geometry.geom_type == "Point":
        return cast("Decimal | None", stated)
    far_m = reach_m(office, row.geometry, spot, float(stated or 0))
    return None if far_m is None else max(Decimal(far_m), Decimal(stated or 0))


def _evidence(office: Office, row: Checked) -> Made:
    shape = None
    if row.geometry is not None and row.geometry.geom_type in {"Polygon", "MultiPolygon"}:
        registered = _shape(office, row)
        if not isinstance(registered, Registered):
            return registered
        shape = registered.shape
    values = row.values
    whole = _line_kept(row, {"Point", "Polygon", "MultiPolygon"})
    row = replace(row, left_over={**row.left_over, **whole})
    used = (
        *("id", "kind", "evidence_source", "accuracy_m", "source_grade", "content_grade"),
        *("statement", "source", "area_id", "geometry", "observed_on"),
    )
    fact = EvidenceRecorded(
        row.row_id,
        values["kind"],
        # Nobody said how it became known: it counts as told, which is never direct.
        values.get("evidence_source") or "verbal",
        _spot(row),
        shape,
        _accuracy_m(office, row, shape),
        values.get("source_grade"),
        values.get("content_grade"),
        values.get("statement"),
        values.get("source") or row.source,
        values.get("area_id"),
        _extra(row, used),
    )
    return RowFact(row.row_id, _since(row, "observed_on", "recorded_on"), fact)


def _land_part(office: Office, row: Checked) -> Made:
    shape = _shape(office, row)
    values = row.values
    faults = [] if isinstance(shape, Registered) else list(shape)
    area_id = values.get("area_id")
    if area_id is not None and area_id not in office.register().areas:
        params: dict[str, str | int] = {"area": area_id}
        faults.append(Fault("land.area.unknown", "area_id", row.number, params))
    known = office.register().parts.get(row.row_id)
    if known is not None and known[1].entry_id != office.importbook().entry_id(
        import_id("land-parts", row.row_id)
    ):
        faults.append(Fault("land.part.id-twice", "id", row.number, {"part": row.row_id}))
    faults += _unit_faults(row)
    if faults or not isinstance(shape, Registered):
        return tuple(faults)
    used = (
        *("id", "area_id", "outcome", "depth_cm", "method", "surface", "operator", "released_by"),
        *("released_on", "reason", "reported_area_m2", "source", "geometry"),
    )
    fact = ReleaseTransferred(
        row.row_id,
        values["outcome"],
        shape.shape,
        values.get("released_by") or office.site.authority_id,
        values.get("source") or row.source,
        area_id,
        values.get("depth_cm"),
        values.get("method"),
        values.get("surface"),
        values.get("operator"),
        values.get("reason"),
        values.get("reported_area_m2"),
        shape.grid_difference_mm2,
        _extra(row, used),
    )
    ruling = transfer_ruling(fact)
    if not ruling.allowed:
        return tuple(_fault_of(reason, row.number) for reason in ruling.reasons)
    day = values.get("released_on")
    # A release without a date counts from the day it is taken over, no earlier.
    if isinstance(day, date):
        return RowFact(row.row_id, date_us(day), fact)
    return RowFact(row.row_id, office.now_us(), fact, by_clock=True)


def _unit_faults(row: Checked) -> Iterator[Fault]:
    """Yields a fault where a row releases a unit of a building: that is not all of its ground.

    What was not cleared is taken over all the same: it keeps the whole ground hazard.
    """
    named = [name for name in ("unit", "unit_kind", "storey") if row.values.get(name) is not None]
    if named and row.values["outcome"] != "not_cleared":
        params: dict[str, str | int] = {"part": row.row_id, "fields": ", ".join(named)}
        yield Fault("land.part.unit-not-taken-over", named[0], row.number, params)


def _accident(office: Office, row: Checked) -> Made:
    values = row.values
    year = values.get("year")
    valid_us = _since(row, "happened_on")
    if "happened_on" not in values and isinstance(year, int):
        # On its last day at the latest: what was released in that year before is reopened.
        valid_us = min(date_us(date(year, 12, 31)), office.now_us())
    places = (values.get(name) for name in ("community", "subdistrict", "district", "governorate"))
    row = replace(row, left_over={**row.left_over, **_line_kept(row, {"Point"})})
    # A year alone says less than the day that it counts from: it stays beside it.
    used = (
        *("id", "kind", "geometry", "killed", "injured", "device", "source", "happened_on"),
        *("community", "subdistrict", "district", "governorate"),
    )
    fact = AccidentRecorded(
        row.row_id,
        values.get("kind") or "unknown",
        _spot(row),
        ", ".join(place for place in places if place) or None,
        values.get("killed"),
        values.get("injured"),
        values.get("device"),
        values.get("source") or row.source,
        _extra(row, used),
        accident_ground(office.frame, row.geometry),
    )
    since_us = reopened_us(office, valid_us)
    reopening = accident_reopening(office, fact, since_us)
    return RowFact(row.row_id, valid_us, fact, reopening, reopened_at_us=since_us)


def _damage(office: Office, row: Checked) -> Made:
    values, scale = row.values, row.values["scale"]
    code, faults = damage_code(scale, values, row.number)
    shape = None
    if row.geometry is not None and row.geometry.geom_type in {"Polygon", "MultiPolygon"}:
        registered = _shape(office, row)
        faults += [] if isinstance(registered, Registered) else registered
        shape = registered.shape if isinstance(registered, Registered) else None
    whole = _line_kept(row, {"Point", "Polygon", "MultiPolygon"})
    row = replace(row, left_over={**row.left_over, **whole})
    used = ["id", "asset_id", "scale", "as_written", "observed_on", "sensor", "reader"]
    used += ["source", "note", "geometry", "accuracy_m"]
    used += [COLUMN_OF[scale]] if scale in COLUMN_OF else []
    # Two sources number their rows alike: the scale and the day tell them apart.
    fact = DamageAssessed(
        f"{scale}:{values['observed_on'].isoformat()}:{row.row_id}",
        scale,
        values["as_written"],
        code,
        values.get("asset_id"),
        _spot(row),
        shape,
        values.get("accuracy_m"),
        values.get("sensor"),
        values.get("reader"),
        values.get("source") or row.source,
        values.get("note"),
        _extra(row, used),
    )
    reasons = () if faults else assessment_faults(fact)
    faults += [_fault_of(reason, row.number) for reason in reasons]
    return tuple(faults) or RowFact(fact.assessment_id, _since(row, "observed_on"), fact)


def _polygon(office: Office, row: Checked, field: str) -> GridShape | tuple[Fault, ...] | None:
    geometry = row.geometry
    if field != "geometry":
        # A shape in a cell was read, judged and placed by the reader, which hands it on as WKT.
        told = row.values.get(field)
        geometry = None if told is None else shapely.from_wkt(str(told))
    if geometry is None:
        return None
    registered = office.frame.to_grid(LonLat(geometry))
    if isinstance(registered, Registered):
        return registered.shape
    return tuple(fault.to_fault(field, row.number) for fault in registered)


_STATED = ("hlp_status", "eo_rating", "power", "gas", "water", "structural_tag", "hazmat")


def _stated(values: Mapping[str, Any]) -> SheetStated | None:
    """Returns what a sheet states beside its works; None where it states none of it.

    It is no paper: it can raise a doubt at the gate, and answers none.
    """
    said = {name: values[name] for name in _STATED if name in values}
    if len(owners_of(values.get("owner"))) > 1:
        # Two owners are two claims until somebody has decided: kept as said, and G1 stays closed.
        said["hlp_status"] = DISPUTED
    if "hazmat" in said:
        said["hazmat"] = tuple(said["hazmat"])
    return SheetStated(**said) if said else None


def _project(office: Office, row: Checked) -> Made:
    values = row.values
    shape, access = _polygon(office, row, "geometry"), _polygon(office, row, "access_geometry")
    faults = [fault for item in (shape, access) if isinstance(item, tuple) for fault in item]
    if faults:
        return tuple(faults)
    planned = values.get("planned_on")
    used = (
        *("id", "name", "kind", "depth_cm", "asset_ids", "planned_on", "owner", "note"),
        *("geometry", "access_geometry", "volume_m3", "works_method", "workers", "funder"),
        *("protected", *_STATED),
    )
    fact = ProjectRegistered(
        row.row_id,
        values.get("name") or row.row_id,
        values.get("kind") or "other",
        cast("GridShape | None", shape),
        values.get("depth_cm"),
        cast("GridShape | None", access),
        _ids(values.get("asset_ids")),
        planned.isoformat() if isinstance(planned, date) else None,
        values.get("owner"),
        note=values.get("note"),
        extra=_extra(row, used),
        volume_m3=values.get("volume_m3"),
        method=values.get("works_method"),
        n_workers=values.get("workers"),
        funder=values.get("funder"),
        protected=values.get("protected"),
        stated=_stated(values),
    )
    reasons = tuple(id_faults(office, fact))
    if reasons:
        return tuple(_fault_of(reason, row.number) for reason in reasons)
    return RowFact(row.row_id, _since(row, "recorded_on"), fact)


def _rubble_lot(office: Office, row: Checked) -> Made:
    values, spot = row.values, _spot(row)
    shape: GridShape | tuple[Fault, ...] | None = None
    if row.geometry is not None and row.geometry.geom_type in {"Polygon", "MultiPolygon"}:
        shape = _polygon(office, row, "geometry")
    access = _polygon(office, row, "access_geometry")
    faults = [fault for item in (shape, access) if isinstance(item, tuple) for fault in item]
    if spot is None:
        faults.append(Fault("service.import.shape-missing", "geometry", row.number))
    if faults or spot is None:
        return tuple(faults)
    volume_m3 = values.get("volume_m3")
    used = (
        *("id", "name", "geometry", "access_geometry", "state", "depth_cm", "works_method"),
        *("workers", "owner", "funder", "protected", "asset_id", "note", "hazmat", "eo_rating"),
        *(("volume_m3",) if volume_m3 is None or volume_m3 == int(volume_m3) else ()),
    )
    fact = RubbleLotRegistered(
        row.row_id,
        values.get("name") or row.row_id,
        spot,
        cast("GridShape | None", shape),
        None if volume_m3 is None else ceil(volume_m3),
        values.get("state") or "registered",
        values.get("depth_cm") or 0,
        cast("GridShape | None", access),
        values.get("works_method"),
        values.get("workers"),
        values.get("owner"),
        values.get("funder"),
        values.get("protected"),
        _ids(values.get("asset_id")),
        values.get("note"),
        _extra(row, used),
        _stated(values),
    )
    reasons = tuple(id_faults(office, fact))
    if reasons:
        return tuple(_fault_of(reason, row.number) for reason in reasons)
    return RowFact(row.row_id, _since(row, "started_on"), fact)


def _fault_of(reason: Reason, number: int) -> Fault:
    return Fault(reason.code, "", number, reason.params)


FACT_KINDS: dict[str, tuple[str, Callable[[Office, Checked], Made]]] = {
    "hazard-areas": ("hazard_area", _hazard_area),
    "evidence": ("evidence", _evidence),
    "land-parts": ("land_part", _land_part),
    "accidents": ("accident", _accident),
    "projects": ("project", _project),
    "rubble-lots": ("rubble_lot", _rubble_lot),
    "damage": ("damage", _damage),
}
"""Kind of import → its record in the dictionary, and how a row of it becomes a fact."""
