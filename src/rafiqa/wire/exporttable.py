"""Rows of the dictionary on their way out: columns, shapes, and as of which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.dictionary import Record
from rafiqa.errors import Fault


@dataclass(frozen=True, slots=True, eq=False)
class ExportTable:
    """All rows of one kind.

    Attributes:
        kind: as ``rafiqa import --as`` names it.
        record: the dictionary's record that the columns are of.
        columns: values by field name, each ``(n,)``, in the record's order; None where unknown.
        shapes: ``(n,)`` geometries in degrees, longitude first; None where there is no place.
        as_of: the day it is true on, ISO 8601.
    """

    kind: str
    record: Record
    columns: Mapping[str, Sequence[Any]]
    shapes: npt.NDArray[np.object_]
    as_of: str

    def __len__(self) -> int:
        return len(self.shapes)

    def placed(self) -> npt.NDArray[np.bool_]:
        """Returns ``(n,)`` bool: which rows have a place."""
        found: npt.NDArray[np.bool_] = ~shapely.is_missing(self.shapes)
        return found & ~shapely.is_empty(self.shapes)


@dataclass(slots=True)
class Exported:
    """What was written, and what the format could not take.

    Attributes:
        rows: rows in the file.
        lang: the language in whose direction a sheet reads.
        warnings: what is not in it, or not as it was; each row is named or counted.
    """

    rows: int = 0
    lang: str = "en"
    warnings: list[Fault] = field(default_factory=list)


def plain(value: Any) -> Any:
    """Returns a value as JSON and tables take it: dates as ISO 8601 text, lists as one text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return value
