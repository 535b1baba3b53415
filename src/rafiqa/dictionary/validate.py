"""Validate: one row against one record, every fault named, nothing guessed.

The coercers of a record are compiled once per record and manner of reading, so that a file
of a hundred thousand rows costs no more than its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from rafiqa.dictionary.bad import Bad, bad
from rafiqa.dictionary.codelist import CodeList, folded
from rafiqa.dictionary.field import GEOMETRY_TYPES, Field
from rafiqa.dictionary.load import dictionary
from rafiqa.dictionary.moment import day, instant_us
from rafiqa.dictionary.number import DecimalMark, decimal_number, whole_number
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.wording import LONGEST, worded
from rafiqa.errors import Fault

Coercer = Callable[[object], object]

_ID_LENGTH = 120
_SEALED = 3  # from this class on, a fault does not quote the value
_SEPARATORS = re.compile(r"\s*[;|,،؛]\s*")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "نعم", "بەڵێ", "erê"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "لا", "نەخێر", "na"})
_YES = frozenset(folded(word) for word in _TRUE)
_NO = frozenset(folded(word) for word in _FALSE)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the values of one file are written.

    Attributes:
        latest: last day that is believed for what has happened; None for no bound.
        date_formats: forms of dates besides ISO 8601, such as ``%Y/%m/%d``.
        decimal_mark: ``.`` or ``,`` where the file's maker says so, else empty.
        utc_offset_min: offset of instants written without one, in minutes.
    """

    latest: date | None = None
    date_formats: tuple[str, ...] = ()
    decimal_mark: DecimalMark = ""
    utc_offset_min: int | None = None


class RowCheck:
    """Checks rows of one record written in one manner; call it once per row."""

    def __init__(self, record: Record, manner: Manner, lists: Mapping[str, CodeList]) -> None:
        self._coercers = tuple(
            (field.name, field.sensitivity, _coercer(field, manner, lists))
            for field in record.fields
        )
        self._always = tuple(field.name for field in record.fields if field.required.always)
        self._when = tuple(
            (field.name, field.required.field, frozenset(field.required.values))
            for field in record.fields
            if field.required.field
        )

    def __call__(
        self, values: Mapping[str, object], row: int | None = None
    ) -> tuple[dict[str, object], tuple[Fault, ...]]:
        """What ``check_row`` returns."""
        clean: dict[str, object] = {}
        faults: list[Fault] = []
        failed: set[str] = set()
        for name, sensitivity, coerce in self._coercers:
            value = values.get(name)
            if value is None or (isinstance(value, str) and (not value or value.isspace())):
                continue
            found = coerce(value)
            if isinstance(found, Bad):
                failed.add(name)
                faults.append(_fault(found, name, row, sensitivity))
            elif found is not None:
                clean[name] = found
        faults += [
            Fault("dictionary.field.missing", name, row)
            for name in self._always
            if name not in clean and name not in failed
        ]
        for name, other, codes in self._when:
            if name not in clean and name not in failed and clean.get(other) in codes:
                params = {"field": other, "code": str(clean[other])}
                faults.append(Fault("dictionary.field.missing-when", name, row, params))
        return clean, tuple(faults)


@lru_cache(maxsize=256)
def row_check(record: Record, manner: Manner = Manner()) -> RowCheck:
    """The compiled check of a record's rows, made once per record and manner."""
    return RowCheck(record, manner, dictionary().lists)


def check_row(
    record: Record,
    values: Mapping[str, object],
    manner: Manner = Manner(),
    row: int | None = None,
) -> tuple[dict[str, object], tuple[Fault, ...]]:
    """The values of a row in the types of the record, and every fault of the row.

    Clean values are ``str``, ``int``, ``Decimal``, ``date``, ``bool``, microseconds since 1970
    UTC (``int``) for instants, a ``list`` of codes, and shapes as they came: their validity is
    the matter of ``rafiqa.geo``. Empty values are left out. Keys that are no field of the
    record are not looked at; the caller keeps them.

    Args:
        record: which record the row should be.
        values: by canonical field name (see ``match_columns``).
        manner: how the file writes its values.
        row: 1-based number put into the faults.

    Refuses:
        dictionary.field.missing, dictionary.field.missing-when, dictionary.code.unknown,
        dictionary.number.low, dictionary.number.high, dictionary.boolean.invalid, and what
        ``whole_number``, ``decimal_number``, ``day``, ``instant_us`` and ``worded`` refuse
    """
    return row_check(record, manner)(values, row)


def _fault(found: Bad, name: str, row: int | None, sensitivity: int) -> Fault:
    params = found.params
    if sensitivity >= _SEALED and "value" in params:
        # Faults are shown, logged and mailed: what names a person must not travel with them.
        params = {**params, "value": "…"}
    return Fault(found.code, name, row, params)


def _coercer(field: Field, manner: Manner, lists: Mapping[str, CodeList]) -> Coercer:
    if field.type in GEOMETRY_TYPES:
        return _as_it_is
    if field.type in {"text", "id", "ref"}:
        longest = field.limits.length or (LONGEST if field.type == "text" else _ID_LENGTH)
        return lambda value: worded(_scalar(value), longest)
    if field.type in {"integer", "decimal"}:
        return _number(field, manner.decimal_mark)
    if field.type == "boolean":
        return _boolean
    if field.type == "code":
        return _code(lists[field.codelist])
    if field.type == "codes":
        return _codes(lists[field.codelist])
    return _moment(field, manner)


def _as_it_is(value: object) -> object:
    return value


def _number(field: Field, mark: DecimalMark) -> Coercer:
    low, high = field.limits.minimum, field.limits.maximum
    read = whole_number if field.type == "integer" else decimal_number

    def coerce(value: object) -> object:
        found: int | Decimal | Bad = read(_scalar(value), mark)
        if isinstance(found, Bad):
            return found
        if low is not None and found < low:
            return bad("dictionary.number.low", value, least=str(low), unit=field.unit)
        if high is not None and found > high:
            return bad("dictionary.number.high", value, most=str(high), unit=field.unit)
        return found

    return coerce


def _boolean(value: object) -> object:
    value = _scalar(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return value == 1
    word = folded(value) if isinstance(value, str) else ""
    if word in _YES:
        return True
    return False if word in _NO else bad("dictionary.boolean.invalid", value)


def _code(codelist: CodeList) -> Coercer:
    known = " ".join(codelist.names)

    def coerce(value: object) -> object:
        text = worded(_scalar(value))
        if isinstance(text, Bad):
            return text
        found = codelist.match(text)
        if found is None:
            return bad("dictionary.code.unknown", value, list=codelist.name, known=known)
        return found

    return coerce


def _codes(codelist: CodeList) -> Coercer:
    one = _code(codelist)

    def coerce(value: object) -> object:
        found: dict[str, None] = {}
        for part in _parts(value, codelist):
            code = one(part)
            if isinstance(code, Bad):
                return code
            found[str(code)] = None
        return list(found) or None

    return coerce


def _parts(value: object, codelist: CodeList) -> list[object]:
    if isinstance(value, list | tuple):
        return [*value]
    if not isinstance(value, str):
        return [value]
    if codelist.match(value) is not None:
        return [value]
    parts = [part for part in _SEPARATORS.split(value) if part.strip()]
    # Forms write several choices with spaces between the codes; labels hold spaces themselves.
    if len(parts) == 1 and all(codelist.match(word) for word in value.split()):
        return [*value.split()]
    return [*parts]


def _moment(field: Field, manner: Manner) -> Coercer:
    latest, formats, plan = manner.latest, manner.date_formats, field.future
    if field.type == "date":
        return lambda value: day(_scalar(value), latest=latest, formats=formats, plan=plan)
    offset = manner.utc_offset_min
    return lambda value: instant_us(
        _scalar(value), latest=latest, formats=formats, utc_offset_min=offset, plan=plan
    )


def _scalar(value: object) -> object:
    """A Python value for one of numpy's, without knowing numpy."""
    if type(value) in _PLAIN:
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "shape", None) == () else value


_PLAIN = frozenset({str, int, float, bool, date, Decimal})
