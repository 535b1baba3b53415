"""A table with shapes as it stands in a file, before anything is believed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rafiqa.dictionary.codelist import folded
from rafiqa.errors import Fault

Geometries = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def file_fault(code: str, place: str = "", params: Mapping[str, str | int] | None = None) -> Fault:
    """Returns a fault of the whole file, to be raised with ``InvalidInput``."""
    return Fault(code, place, None, params or {})


@dataclass(slots=True)
class Layer:
    """Columns and shapes of one file, row by row as a person would count them.

    Attributes:
        format: the format's name, such as ``geojson``.
        numbers: for each row its number in the file (1-based; the line for CSV and XLSX).
        columns: original column names to values, None where the file says nothing.
        shapes: shapely geometries in the file's own coordinates, None where there is none.
        crs: the reference system as the file tells it, or None.
        shape_texts: by index, the text of a geometry that could not be made.
        faults: by index, what is wrong with that row.
        warnings: what a person should know although it is accepted.
        tags: other names of columns, such as HXL hashtags, to their column.
        place_columns: columns that the shapes were made of.
        persons: by index, what says who somebody is: in no column, for the vault alone.
    """

    format: str
    numbers: Numbers
    columns: dict[str, list[object]]
    shapes: Geometries
    crs: str | None = None
    shape_texts: dict[int, str] = field(default_factory=dict)
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    warnings: list[Fault] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    place_columns: tuple[str, ...] = ()
    persons: dict[int, dict[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def fault(
        self,
        index: int,
        code: str,
        place: str = "",
        params: Mapping[str, str | int] | None = None,
    ) -> None:
        """Notes a fault of the row at an index (not its number)."""
        found = Fault(code, place, int(self.numbers[index]), params or {})
        self.faults.setdefault(index, []).append(found)

    def warn(
        self,
        code: str,
        place: str = "",
        params: Mapping[str, str | int] | None = None,
        index: int | None = None,
    ) -> None:
        """Notes what a person should know, for one row or for the file."""
        row = None if index is None else int(self.numbers[index])
        self.warnings.append(Fault(code, place, row, params or {}))

    def column_named(self, name: str) -> str | None:
        """Returns the column of that name, hashtag or else of that name as others type it."""
        if name in self.columns:
            return name
        if name in self.tags:
            return self.tags[name]
        small = name.casefold()
        found = next((column for column in self.columns if column.casefold() == small), None)
        if found is None and not name.isascii():
            alike = folded(name)
            return next((column for column in self.columns if folded(column) == alike), None)
        return found

    def good(self) -> Flags:
        """Returns for each row whether nothing has been found wrong with it so far."""
        flags = np.ones(len(self), dtype=np.bool_)
        flags[list(self.faults)] = False
        return flags


def masked(shapes: Geometries, kept: Flags) -> Geometries:
    """Returns the shapes with None where they are not kept."""
    left = shapes.copy()
    left[~kept] = None
    return left


def no_shapes(count: int) -> Geometries:
    """Returns an array of that many missing geometries."""
    return np.full(count, None, dtype=object)


def counted(count: int, first: int = 1) -> Numbers:
    """Returns row numbers counted up from the first."""
    return np.arange(first, first + count, dtype=np.int64)


def warn_of_heights(layer: Layer, n_rows: int) -> None:
    """Notes how many shapes of a file have heights: land is kept in the plane, without them."""
    if n_rows:
        layer.warn("wire.geometry.height-dropped", "geometry", {"rows": n_rows})
