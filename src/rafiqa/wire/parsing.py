"""The whole way from a file's bytes to a parcel; runs inside the worker."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rafiqa.errors import InvalidInput
from rafiqa.geo.crs import is_lonlat
from rafiqa.wire.cellshape import place_cells
from rafiqa.wire.esri import core_layer
from rafiqa.wire.format import read_layer
from rafiqa.wire.kind import KINDS, Kind
from rafiqa.wire.layer import Flags, Geometries, Layer, file_fault, masked
from rafiqa.wire.limit import LIMITS, Limits
from rafiqa.wire.mapping import CORE, Mapping
from rafiqa.wire.passing import Parcel
from rafiqa.wire.placing import Placed, place_shapes
from rafiqa.wire.sanity import BORDER_MARGIN_M, Reach, doubt_places, repeated_shapes
from rafiqa.wire.translation import (
    destroyed_texts,
    repeated_ids,
    taken_rows,
    translate,
    warn_rows,
)


def parse_file(
    path: Path, folder: Path, kind_name: str, mapping: Mapping | None, limits: Limits = LIMITS
) -> Parcel:
    """Returns what is in a file, or the faults for which the whole of it is refused.

    Args:
        path: the file.
        folder: an empty folder of our own.
        kind_name: a name in ``KINDS``.
        mapping: how to read it, or None for standard columns.
        limits: what it may hold.
    """
    try:
        return _parse(path, folder, kind_of(kind_name), mapping, limits)
    except InvalidInput as error:
        return Parcel(faults=list(error.faults), whole=True)


def kind_of(name: str) -> Kind:
    """Returns the import kind of that name.

    Raises:
        InvalidInput: ``wire.kind.unknown``.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise InvalidInput(
            file_fault("wire.kind.unknown", name, {"kind": name, "known": ", ".join(KINDS)})
        )
    return kind


def _parse(path: Path, folder: Path, kind: Kind, mapping: Mapping | None, limits: Limits) -> Parcel:
    if mapping is not None and mapping.kind not in {None, kind.name}:
        params: dict[str, str | int] = {"mapping": mapping.name, "kind": str(mapping.kind)}
        raise InvalidInput(file_fault("wire.mapping.kind", "", params))
    layer = read_layer(path, folder, kind, mapping, limits)
    if mapping is not None and mapping.dialect == CORE:
        layer = core_layer(layer)
    placed = place_shapes(layer, kind, mapping, limits)
    _doubt(layer, placed.shapes, mapping)
    values = translate(layer, mapping, path)
    cells = place_cells(layer, kind, values, placed.crs, (mapping, limits))
    values |= cells
    destroyed_texts(layer, values, forget=kind.name == "places")
    warn_rows(layer, mapping)
    taken = taken_rows(layer, mapping)
    repeated_ids(layer, values, taken)
    _forget_left_out(layer, taken)
    if not kind.bulk:
        good = layer.good() & taken
        layer.warnings += repeated_shapes(placed.shapes[good], layer.numbers[good])
    return _parcel(layer, placed, values, taken, changed=mapping is not None or bool(cells))


def _forget_left_out(layer: Layer, taken: Flags) -> None:
    """Values that could not be made in rows nobody asked for are no faults; places are."""
    for index in [i for i in layer.faults if not taken[i]]:
        kept = [f for f in layer.faults[index] if not f.code.startswith("wire.value.")]
        if kept:
            layer.faults[index] = kept
        else:
            del layer.faults[index]


def _doubt(layer: Layer, placed: Geometries, mapping: Mapping | None) -> None:
    box = None if mapping is None else mapping.country_bbox
    reach = None if box is None else Reach.of_box(box, BORDER_MARGIN_M)
    doubts = doubt_places(placed, layer.numbers, reach)
    if doubts.whole is not None:
        raise InvalidInput(doubts.whole)
    for index, fault in doubts.rows.items():
        layer.faults.setdefault(index, []).append(fault)


def _parcel(
    layer: Layer, placed: Placed, values: dict[str, list[object]], taken: Flags, *, changed: bool
) -> Parcel:
    """The rows that are taken, and those at fault, ready to be handed back."""
    good = layer.good()
    kept = np.flatnonzero(taken | ~good)
    every = len(kept) == len(layer)
    position = {int(index): at for at, index in enumerate(kept)} if layer.shape_texts else {}

    def pick(table: dict[str, list[object]]) -> dict[str, list[object]]:
        if every:
            return table
        return {name: [cells[i] for i in kept.tolist()] for name, cells in table.items()}

    as_filed = is_lonlat(placed.crs) and not layer.faults
    return Parcel(
        format=layer.format,
        crs=placed.crs_words,
        numbers=layer.numbers[kept],
        good=(good & taken)[kept],
        placed=masked(placed.shapes, good)[kept],
        shape_crs=placed.crs,
        filed=None if as_filed else layer.shapes[kept],
        values=pick(values),
        columns=pick(layer.columns) if changed else None,
        place_columns=layer.place_columns,
        persons={int(layer.numbers[i]): told for i, told in layer.persons.items() if told},
        shape_texts={position[i]: text for i, text in layer.shape_texts.items() if i in position},
        faults=[fault for index in sorted(layer.faults) for fault in layer.faults[index]],
        warnings=layer.warnings,
    )
