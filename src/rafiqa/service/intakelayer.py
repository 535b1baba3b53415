"""Take in a reference layer: many rows checked, then one entry and one block of columns."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import numpy as np

from rafiqa.dictionary import Record, dictionary, row_check
from rafiqa.errors import Fault, Refused
from rafiqa.recovery import LayerRegistered
from rafiqa.service.act import Stamp
from rafiqa.service.intake import Intake, IntakeReport, meant_columns
from rafiqa.service.intakefact import open_fields
from rafiqa.service.layers import layer_content, layer_fault
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.rebuilding import register_layer
from rafiqa.wire import Columns, read_columns
from rafiqa.wire.assetlayer import layer_ids

LAYER_KINDS: dict[str, str] = {
    "buildings": "asset",
    "roads": "asset",
    "bridges": "asset",
    "works": "asset",
    "water": "asset",
    "protected-sites": "protected_site",
    "population": "population",
    "places": "place",
}
"""Kind of import → its record in the dictionary."""


def take_in_layer(intake: Intake) -> IntakeReport:
    """Returns what became of a file whose rows are one reference layer."""
    order, office = intake.order, intake.office
    columns = read_columns(order.path, order.kind, intake.mapping, site=office.site.origin)
    intake.report.warnings += columns.warnings
    if columns.refused:
        intake.refuse(None, columns.faults, intake.file_original())
        return intake.finish()
    intake.report.read = len(columns.numbers) + len(columns.bad)
    for bad in columns.bad:
        intake.refuse(bad.number, bad.faults, bad.original)
    record = dictionary().records[LAYER_KINDS[order.kind]]
    ids, rows, clean = _checked(intake, record, columns)
    if ids:
        _register(intake, ids, columns.geometry[rows], clean)
    return intake.finish()


def _checked(
    intake: Intake, record: Record, columns: Columns
) -> tuple[list[str], list[int], dict[str, list[Any]]]:
    """Returns ids, positions and clean columns of the rows that the dictionary accepts."""
    names = _fields(intake, record, columns)
    cells = {target: columns.columns[name] for name, target in names.items()}
    check = row_check(record, intake.manner)
    ids: list[str] = []
    positions: list[int] = []
    kept: list[dict[str, object]] = []
    seen: set[str] = set()
    for position, number in enumerate(columns.numbers.tolist()):
        values = {name: column[position] for name, column in cells.items()}
        values["id"] = intake.row_id(number, values.get("id"))
        values["geometry"] = columns.geometry[position]
        clean, faults = check(values, number)
        row_id = str(clean.get("id", ""))
        if not faults and row_id in seen:
            faults = (Fault("wire.id.duplicate", "id", number, {"id": row_id}),)
        if faults:
            intake.refuse(number, faults, columns.originals(position))
            continue
        seen.add(row_id)
        ids.append(row_id)
        positions.append(position)
        kept.append(open_fields(record, clean)[0])
    wanted = sorted({name for row in kept for name in row} - {"id", "geometry"})
    return ids, positions, {name: [_plain(row.get(name)) for row in kept] for name in wanted}


def _fields(intake: Intake, record: Record, columns: Columns) -> dict[str, str]:
    if intake.mapping is not None and intake.mapping.names_columns:
        known = {field.name for field in record.fields}
        return {name: name for name in columns.columns if name in known}
    return meant_columns(intake, record, list(columns.columns))


def _plain(value: object) -> object:
    """Returns a value as a column can hold it: decimals as floats, dates as ISO text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return float(str(value)) if type(value).__name__ == "Decimal" else str(value)


def _edition(intake: Intake) -> bytes:
    """Returns what names a file and the way it is read, under whatever name the file comes."""
    how = {} if intake.mapping is None else intake.mapping.plain
    text = json.dumps(how, sort_keys=True, default=str)
    return sha256(f"{intake.file_sha256} {text}".encode()).digest()


def _warn_of_overlap(intake: Intake, layer_id: str, ids: list[str]) -> None:
    """Says which other layers hold things of the same ids: they would be counted twice."""
    new = set(ids)
    for layer in intake.office.recovery().layers_of(intake.order.kind):
        if layer.layer_id == layer_id:
            continue
        fault = layer_fault(intake.office, layer)
        if fault is not None:
            intake.report.warnings.append(fault)
            continue
        both = len(new.intersection(layer_ids(layer_content(intake.office, layer))))
        if both:
            params: dict[str, str | int] = {"rows": both, "layer": layer.layer_id}
            intake.report.warnings.append(
                Fault("service.import.layer-overlap", "id", params=params)
            )


def _entry_id(intake: Intake, layer_id: str, edition: str) -> str:
    """Returns the id under which an edition of a layer is put on record.

    The newest import stands: an edition that another has replaced since gets a new entry, one
    that stands is done already.
    """
    store, layers = intake.office.store, intake.office.recovery().layers
    standing = {
        name: record.entry_id
        for name, record in layers.items()
        if record.entry_id.partition(".")[0] == edition
    }
    if layer_id in standing or (layer_id not in layers and standing):
        return standing.get(layer_id) or next(iter(standing.values()))
    return edition if store.find(edition) is None else f"{edition}.{store.head().seq}"


def _register(
    intake: Intake, ids: list[str], shapes: np.ndarray[Any, Any], clean: dict[str, list[Any]]
) -> None:
    intake.report.accepted += len(ids)
    kind = intake.order.kind
    layer_id = f"{kind}:{intake.source}"[:120]
    digest = _edition(intake)
    entry_id = _entry_id(intake, layer_id, f"import:{kind}:{digest.hex()[:32]}")
    if intake.office.store.find(entry_id) is None:
        _warn_of_overlap(intake, layer_id, ids)
    if intake.order.dry_run:
        return
    fact = LayerRegistered(layer_id, kind, "", 0, intake.source)
    stamp = Stamp(BEGINNING_US, entry_id, digest)
    acted = register_layer(intake.office, intake.actor, fact, (ids, shapes, clean), stamp)
    if not acted.done:
        raise Refused([Fault(item.code, "", None, item.params) for item in acted.reasons])
    intake.report.already += len(ids) if acted.already else 0
    intake.order.progress(intake.report.accepted)
