"""What a mirror holds: typed columns with shapes, and the stamp that says as of when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.dictionary import Record
from rafiqa.dictionary.field import GEOMETRY_TYPES
from rafiqa.wire.exporttable import plain

MirrorKind = Literal["text", "integer", "number", "boolean", "date"]
STATEMENT: Final = (
    "A published view of the ledger, never the truth. Ground that is not in it is unknown: treat "
    "it as hazard. Ask the office before anybody goes there or builds there."
)
"""Stands in every mirror, in the table `about`."""
_KINDS: Final[dict[str, MirrorKind]] = {
    "integer": "integer",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
}


@dataclass(frozen=True, slots=True)
class MirrorStamp:
    """What a mirror was made from.

    Attributes:
        site_id: the site; a mirror of one is never written over by another's.
        audience: ``everybody`` or ``staff``; one is never written over by the other.
        site: its name.
        as_of: the instant at which it is true, ISO 8601.
        known_at: when its newest entry was recorded, ISO 8601.
        entries: how far the ledger had grown.
        root: hash of that entry, in hex.
    """

    site_id: str
    audience: Literal["everybody", "staff"]
    site: str
    as_of: str
    known_at: str
    entries: int
    root: str


@dataclass(frozen=True, slots=True)
class MirrorStands:
    """What the mirror that stands at a target says of itself."""

    site_id: str
    audience: str
    entries: int


@dataclass(frozen=True, slots=True)
class MirrorColumn:
    """One column: what its values are, and the values, None where unknown."""

    kind: MirrorKind
    values: Sequence[Any]


@dataclass(frozen=True, slots=True, eq=False)
class MirrorTable:
    """One table of a mirror.

    Attributes:
        name: lower case, as it is called in the mirror.
        says: what it holds, in a sentence.
        columns: by name, in order; the same at every moment.
        shapes: ``(n,)`` MultiPolygons in degrees, longitude first, None where there is no place;
            None of a table without places.
    """

    name: str
    says: str
    columns: Mapping[str, MirrorColumn]
    shapes: npt.NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).values)


@dataclass(frozen=True, slots=True, eq=False)
class Mirrored:
    """All tables of a moment.

    Attributes:
        stamp: what they were made from.
        tables: in the order in which they are shown.
        unread: values that are not of their column's kind and stand as unknown, by column.
    """

    stamp: MirrorStamp
    tables: Sequence[MirrorTable]
    unread: Mapping[str, int]


class Columns:
    """Columns in the making; counts what could not be taken.

    Args:
        table: the table's name.
        unread: the count to add to, by ``table.column``.
    """

    def __init__(self, table: str, unread: dict[str, int]) -> None:
        self.table = table
        self._unread = unread
        self.made: dict[str, MirrorColumn] = {}

    def of_record(
        self, record: Record, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Adds fields of a record, also those that no row has: columns stay what they are."""
        for name in names:
            field = record.field(name)
            kind = _KINDS.get(field.type, "text") if field is not None else "text"
            self.add(name, kind, [row.get(name) for row in rows])

    def add(self, name: str, kind: MirrorKind, values: Sequence[Any]) -> None:
        """Adds a column of any values; what is not of its kind stands as unknown."""
        taken = [self._taken(name, kind, value) for value in values]
        self.made[name] = MirrorColumn(kind, taken)

    def _taken(self, name: str, kind: MirrorKind, value: Any) -> Any:
        if value is None:
            return None
        try:
            return _TAKEN[kind](value)
        except (TypeError, ValueError, OverflowError):
            key = f"{self.table}.{name}"
            self._unread[key] = self._unread.get(key, 0) + 1
            return None


def shown_fields(record: Record, sensitivity: int) -> list[str]:
    """Returns the names of a record's fields that may be shown, without its shapes."""
    shown = set(record.shown_to(sensitivity))
    return [
        field.name
        for field in record.fields
        if field.name in shown and field.type not in GEOMETRY_TYPES
    ]


def many_polygons(shapes: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Returns ``(n,)`` shapes as MultiPolygons, without what has no area; None where nothing is."""
    made = np.empty(len(shapes), dtype=object)
    for at, shape in enumerate(shapes):
        parts = [] if shape is None else list(shapely.get_parts(shapely.get_parts(shape)))
        areal = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
        made[at] = shapely.multipolygons(areal) if areal else None
    return made


def _text(value: Any) -> str:
    # No database takes a NUL, and none should lose a row over it.
    return str(plain(value)).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _integer(value: Any) -> int:
    number = int(value)
    if number != float(value) or not -(2**63) <= number < 2**63:
        raise ValueError(value)
    return number


def _number(value: Any) -> float:
    number = float(value)
    if not np.isfinite(number):
        raise ValueError(value)
    return number


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


_TAKEN: Final[dict[MirrorKind, Callable[[Any], Any]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
