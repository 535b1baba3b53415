"""The gate of public files: only fields of the whitelist pass, and only as what they may hold.

Whatever makes a row, what is not listed stops the whole product: nothing of it is written. So a
mistake in the code that gathers rows is a product that is not published, and never a leak.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from rafiqa.dictionary import PublicField, dictionary, public_files
from rafiqa.errors import CorruptLedger, Fault

BANDS: Final = ("1-4", "5-9", "10-19", "20-49", "50-99", "100+")
"""How counts are told; one below five only where it is of nobody and of no item."""
LONGEST_NAME: Final = 120
LONGEST_WORDS: Final = 600
_E6_MOST: Final = 180_000_000
_FORMS: Final[Mapping[str, str]] = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "month": r"\d{4}-\d{2}",
    "instant": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z",
    "reference": r"[A-Z]-[0-9A-Z]{7}(?:-\d{1,4})?",
    "certificate": r"[A-Z]{1,8}-\d{4}-\d{6,9}-[A-Za-z0-9]{6}",
    "hash": r"[0-9a-f]{64}",
    "picture": r"pictures/[0-9a-f]{16}\.jpg",
    "file": r"[A-Za-z0-9/._-]{1,80}",
}
Rows = Iterable[Mapping[str, Any]]


def gated(file: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a row as it may stand in a public file, its fields in the whitelist's order.

    Raises:
        CorruptLedger: a field is not listed for the file, or a value is not what its field may
            hold.
    """
    listed = public_files()[file]
    for name in row:
        if name not in listed:
            raise _stopped(file, name)
    told = {name: row[name] for name in listed if row.get(name) is not None}
    for name, value in told.items():
        if not _may_hold(listed[name], value):
            raise _stopped(file, name)
    return told


def may_stand(file: str, name: str, value: Any) -> bool:
    """Returns whether a value is what a field of a public file may hold."""
    return _may_hold(public_files()[file][name], value)


def gated_all(file: str, rows: Rows) -> list[dict[str, Any]]:
    """Returns the rows of a public file, each through the gate."""
    return [gated(file, row) for row in rows]


def public_json(value: Any) -> bytes:
    """Returns a value that came through the gate as JSON; the same value gives the same bytes."""
    return msgspec.json.encode(value)


def band(count: int, least: int = 5) -> str | None:
    """Returns how a count is told; None where it is smaller than what is told at all."""
    if count < least or count < 1:
        return None
    edges = (5, 10, 20, 50, 100)
    return BANDS[sum(count >= edge for edge in edges)]


def _stopped(file: str, name: str) -> CorruptLedger:
    return CorruptLedger(Fault("wire.public.not-listed", params={"file": file, "field": name[:40]}))


def _may_hold(field: PublicField, value: Any) -> bool:
    if field.type == "code":
        return isinstance(value, str) and value in dictionary().lists[field.codelist].names
    if field.type in _FORMS:
        return isinstance(value, str) and re.fullmatch(_FORMS[field.type], value) is not None
    return _CHECKS[field.type](value)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def _is_position(value: Any) -> bool:
    """Longitude and latitude to a ten-thousandth of a degree, 10 m or so: nothing lies there."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(type(each) is float and math.isfinite(each) for each in value)
        and all(round(each, 4) == each for each in value)
    )


def _is_outline(value: Any) -> bool:
    """Rings or lines of corners in whole millionths of a degree, however deep."""
    if isinstance(value, list | tuple):
        return bool(value) and all(_is_outline(each) for each in value)
    return type(value) is int and abs(value) <= _E6_MOST


def _are_references(value: Any) -> bool:
    form = _FORMS["reference"]
    return isinstance(value, list | tuple) and all(
        isinstance(each, str) and re.fullmatch(form, each) for each in value
    )


_CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "count": _is_count,
    "band": lambda value: value in BANDS,
    "name": _is_text(LONGEST_NAME),
    "words": _is_text(LONGEST_WORDS),
    "position": _is_position,
    "outline": _is_outline,
    "references": _are_references,
}
