"""What a file said: rows that may go on, rows that may not, and why."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault
from rafiqa.geo import Spot
from rafiqa.wire.kind import KINDS
from rafiqa.wire.layer import Geometries, Numbers
from rafiqa.wire.limit import LIMITS, Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.passing import Parcel
from rafiqa.wire.process import run_worker
from rafiqa.wire.sanity import Reach, doubt_places


class Row(NamedTuple):
    """One row that may go on to the dictionary.

    Attributes:
        number: as a person counts: data rows from 1; the line or row in CSV and XLSX.
        values: what it says, by dictionary field with a mapping, else by original column;
            what it does not say is left out.
        geometry_lonlat: shape in WGS84 lon/lat degrees, or None.
        place: where it stands among the originals.
        originals: the rows as they stand in the file.
    """

    number: int
    values: dict[str, object]
    geometry_lonlat: BaseGeometry | None
    place: int
    originals: Originals

    @property
    def original(self) -> bytes:
        """The row as in the file: canonical JSON of its columns and its shape as WKT."""
        return self.originals(self.place)


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that may not go on, whole, with what is wrong with it.

    Attributes:
        number: as in ``Row``. faults: all that was found.
    """

    number: int
    faults: tuple[Fault, ...]
    _index: int = field(repr=False, compare=False)
    _originals: Originals = field(repr=False, compare=False)

    @property
    def original(self) -> bytes:
        """The row as in the file: canonical JSON of its columns and its shape as WKT."""
        return self._originals(self._index)


class Originals:
    """The rows as they stand in the file, written out only when asked for."""

    def __init__(self, parcel: Parcel) -> None:
        self._columns = parcel.values if parcel.columns is None else parcel.columns
        self._shapes = parcel.placed if parcel.filed is None else parcel.filed
        self._texts = parcel.shape_texts
        self._crs = parcel.shape_crs
        self._numbers = parcel.numbers

    def __call__(self, index: int) -> bytes:
        """Returns the canonical JSON of the row at an index: sorted keys, no spaces, UTF-8."""
        shape = self._shapes[index]
        geometry = self._texts.get(index)
        if geometry is None and shape is not None:
            geometry = shapely.to_wkt(shape, rounding_precision=-1)
        columns = {
            name: cells[index] for name, cells in self._columns.items() if cells[index] is not None
        }
        plain = {
            "columns": columns,
            "crs": self._crs if geometry is not None else None,
            "geometry": geometry,
            "row": int(self._numbers[index]),
        }
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file said, row by row.

    Attributes:
        format: such as ``geojson``. crs: its reference system in words, empty without shapes.
        rows: rows that may go on. bad: rows that may not, with their originals.
        faults: every fault, those of the whole file first.
        warnings: what a person should know although it was accepted.
        refused: whether the whole file is refused; the file itself is then the original.
        place_columns: columns that the shapes were made of: they say nothing beside them.
        persons: by the number of a row, who is named in it: for the vault alone.
    """

    format: str
    crs: str
    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    refused: bool
    place_columns: tuple[str, ...] = ()
    persons: dict[int, dict[str, str]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file of many rows said, column by column; only rows that may go on.

    Attributes:
        format, crs, bad, faults, warnings, refused, place_columns: as in ``Reading``.
        numbers: the rows' numbers. ids: their ids, empty where a row has none.
        geometry: shapes in WGS84 lon/lat degrees, None where a row has none.
        columns: by dictionary field with a mapping, else by original column.
        originals: by position in ``numbers``, the row as in the file.
    """

    format: str
    crs: str
    numbers: Numbers
    ids: list[str]
    geometry: Geometries
    columns: dict[str, list[object]]
    originals: Callable[[int], bytes]
    bad: tuple[BadRow, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    refused: bool
    place_columns: tuple[str, ...] = ()


def read_file(
    path: Path,
    *,
    kind: str,
    mapping: Mapping | None = None,
    limits: Limits = LIMITS,
    site: Spot | None = None,
) -> Reading:
    """Returns what a file says, read in a worker process under limits.

    Nothing is raised for what a file holds: a file that cannot be read at all comes back with
    ``refused`` set and its faults.

    Args:
        path: the file; a shapefile's other parts lie beside it.
        kind: one of ``KINDS``.
        mapping: how to read it (``load_mapping``), or None for standard columns.
        limits: what it may hold.
        site: origin of the place it is about; rows beyond the kind's reach of it are
            named, and a table that falls there only with its axes swapped is refused whole.
    """
    return rows_of(_within(run_worker(Path(path), kind, mapping, limits), kind, site))


def read_columns(
    path: Path,
    kind: str,
    mapping: Mapping | None = None,
    *,
    limits: Limits = LIMITS,
    site: Spot | None = None,
) -> Columns:
    """Returns what a file says, column by column, for files of many rows.

    Arguments and refusals are those of ``read_file``.
    """
    return columns_of(_within(run_worker(Path(path), kind, mapping, limits), kind, site))


def _within(parcel: Parcel, kind: str, site: Spot | None) -> Parcel:
    """The parcel with the places that do not lie in reach taken out, or all of it."""
    if parcel.whole or site is None:
        return parcel
    reach = Reach.of_site(site.lon_deg, site.lat_deg, KINDS[kind].reach_m)
    doubts = doubt_places(parcel.placed, parcel.numbers, reach)
    if doubts.whole is not None:
        return Parcel(
            format=parcel.format,
            crs=parcel.crs,
            faults=[doubts.whole, *parcel.faults],
            warnings=parcel.warnings,
            whole=True,
        )
    known = {(fault.row, fault.code) for fault in parcel.faults}
    new = [f for f in doubts.rows.values() if (f.row, f.code) not in known]
    good = parcel.good.copy()
    good[list(doubts.rows)] = False
    return replace(parcel, good=good, faults=[*parcel.faults, *new])


def rows_of(parcel: Parcel) -> Reading:
    """Returns the parcel row by row."""
    with _nothing_collected():
        return _rows_of(parcel)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Lets Python look for no garbage in circles meanwhile: rows make none, and all are kept.

    It would go through everything that the process holds, three times for 20,000 rows.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rows_of(parcel: Parcel) -> Reading:
    originals = Originals(parcel)
    names = list(parcel.values)
    good = np.flatnonzero(parcel.good).tolist()
    columns = list(parcel.values.values())
    if len(good) < len(parcel.numbers):
        columns = [[column[i] for i in good] for column in columns]
    cells = zip(*columns, strict=True) if names else [()] * len(good)
    if any(None in column for column in columns):
        dicts = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in cells
        ]
    else:
        dicts = list(map(dict, map(zip, repeat(names), cells)))
    return Reading(
        format=parcel.format,
        crs=parcel.crs,
        rows=tuple(
            map(
                tuple.__new__,
                repeat(Row),
                zip(
                    parcel.numbers[parcel.good].tolist(),
                    dicts,
                    parcel.placed[good].tolist(),
                    good,
                    repeat(originals),
                    strict=False,
                ),
            )
        ),
        bad=_bad_rows(parcel, originals),
        faults=tuple(parcel.faults),
        warnings=tuple(parcel.warnings),
        refused=parcel.whole,
        place_columns=parcel.place_columns,
        persons=parcel.persons,
    )


def columns_of(parcel: Parcel) -> Columns:
    """Returns the parcel column by column."""
    originals = Originals(parcel)
    good = np.flatnonzero(parcel.good)
    listed = good.tolist()
    every = len(good) == len(parcel.numbers)
    columns = {
        name: cells if every else [cells[i] for i in listed]
        for name, cells in parcel.values.items()
    }
    ids = ["" if value is None else str(value) for value in columns.get("id", [None] * len(good))]
    return Columns(
        format=parcel.format,
        crs=parcel.crs,
        numbers=parcel.numbers[good],
        ids=ids,
        geometry=parcel.placed[good],
        columns=columns,
        originals=lambda position: originals(listed[position]),
        bad=_bad_rows(parcel, originals),
        faults=tuple(parcel.faults),
        warnings=tuple(parcel.warnings),
        refused=parcel.whole,
        place_columns=parcel.place_columns,
    )


def _bad_rows(parcel: Parcel, originals: Originals) -> tuple[BadRow, ...]:
    by_row: dict[int, list[Fault]] = {}
    for fault in parcel.faults:
        if fault.row is not None:
            by_row.setdefault(fault.row, []).append(fault)
    numbers: Sequence[int] = parcel.numbers.tolist()
    return tuple(
        BadRow(numbers[i], tuple(by_row[numbers[i]]), i, originals)
        for i in np.flatnonzero(~parcel.good).tolist()
        if numbers[i] in by_row
    )
