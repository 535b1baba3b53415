"""Field: one thing that a record holds, with all that is to be known about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, get_args

from rafiqa.dictionary.label import Labels

FieldType = Literal[
    "text",
    "code",
    "codes",
    "integer",
    "decimal",
    "date",
    "instant",
    "boolean",
    "point",
    "line",
    "polygon",
    "shape",
    "id",
    "ref",
]
FIELD_TYPES: frozenset[str] = frozenset(get_args(FieldType))
GEOMETRY_TYPES: frozenset[str] = frozenset({"point", "line", "polygon", "shape"})

# Unit -> what the name ends with; the ending may be followed by _min or _max.
UNITS = MappingProxyType(
    {
        "cm": "_cm",
        "m": "_m",
        "km": "_km",
        "m2": "_m2",
        "m3": "_m3",
        "t": "_t",
        "deg": "_deg",
        "min": "_min",
        "h": "_h",
        "days": "_days",
        "share": "_share",
        "usd": "_usd",
        "count": "",
        "year": "",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value may be: least and greatest number, greatest length in characters."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """When a field must be filled: always, never, or when another field has one of some codes."""

    always: bool = False
    field: str = ""
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """``always``, ``no``, or the condition, such as ``outcome = cleared``."""
        if self.field:
            return f"{self.field} = {' | '.join(self.values)}"
        return "always" if self.always else "no"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes:
        name: canonical name, unit last.
        type: see ``FieldType``; ``shape`` is a point, line or polygon.
        sensitivity: 0 warn (public), 1 delayed, 2 restricted, 3 sealed, 4 identity.
        labels: what people read.
        unit: a key of ``UNITS`` or empty.
        required: when the field must be filled.
        codelist: name of the code list of a ``code`` or ``codes`` field.
        target: name of the record that a ``ref`` points to.
        limits: least, greatest, length.
        future: a date or instant may lie after the day of reporting (plans, deadlines).
        imas: number of the mine action standard that asks for it, or empty.
        hint: further words for the form, English and Arabic at least, or None.
        aliases: foreign column names known to mean this field.
    """

    name: str
    type: FieldType
    sensitivity: int
    labels: Labels
    unit: str = ""
    required: Requirement = Requirement()
    codelist: str = ""
    target: str = ""
    limits: Limits = Limits()
    future: bool = False
    imas: str = ""
    hint: Labels | None = None
    aliases: tuple[str, ...] = ()
