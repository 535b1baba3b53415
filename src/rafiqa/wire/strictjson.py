"""JSON as it is written, or not at all: no doubled keys, no NaN, no bottomless nesting.

Common parsers keep the last of two equal keys and so turn ``{"status":"hazard",
"status":"released"}`` into "released" (trust study, finding 8). This is the only file that parses
JSON of others (`tests/fuzz/doortable.py`): a whole document by ``strict_json``; large files, whose
rows are judged one by one, by ``parse_json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection
from typing import Final

import numpy as np

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.layer import file_fault

DOCUMENT_BYTES: Final = 1024 * 1024
"""Largest document taken whole (trust study, section 3.7)."""
TABLE_BYTES: Final = 64 * 1024 * 1024
"""Likewise of a plan, teams, pins or papers, which whoever works here hands to a command."""
DOCUMENT_LEVELS: Final = 20
_CHUNK_BYTES = 1 << 22
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""How half of a letter must be written: UTF-8 itself has none."""
_WHOLE_BITS: Final = 64
"""Whole numbers beyond it are cut by other programs, each in its own way (RFC 8259, section 6)."""
_DIGITS_MOST: Final = 4_000
"""Whole numbers of more digits are not reckoned with: that takes time of their square."""


class Readings(list[dict[str, object]]):
    """Objects of which each is one way to read an object that says a thing twice."""


class _Broken(Exception):  # noqa: N818 - carries a fault through the standard decoder
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise _Broken(Fault("wire.json.duplicate-key", key[:80], None, {"key": key[:80]}))
        seen.add(key)
    raise AssertionError


class Digits(str):
    """A number as it was written: no reading of it loses or changes a figure."""

    __slots__ = ()


def _constant(name: str) -> object:
    raise _Broken(Fault("wire.json.not-finite", "", None, {"value": name}))


def _whole(digits: str) -> int:
    value = int(digits)
    if value.bit_length() >= _WHOLE_BITS:
        raise _Broken(Fault("wire.json.number", "", None, {"detail": digits[:40]}))
    return value


def _any_whole(digits: str) -> int | float:
    """Returns a whole number, or the infinite of its sign where nobody could mean it."""
    if len(digits) <= _DIGITS_MOST:
        return int(digits)
    return -math.inf if digits.startswith("-") else math.inf


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _Broken(Fault("wire.json.number", "", None, {"detail": digits[:40]}))
    return value


def text_of(data: bytes) -> str:
    """Returns the bytes as text: JSON is UTF-8, with or without a byte order mark.

    Raises:
        InvalidInput: ``wire.encoding.wrong`` with the first bad byte's offset and line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        params: dict[str, str | int] = {
            "encoding": "utf-8",
            "offset": error.start,
            "line": line,
        }
        raise InvalidInput(file_fault("wire.encoding.wrong", f"line {line}", params)) from error


def strict_json(
    data: bytes,
    *,
    levels: int = DOCUMENT_LEVELS,
    most_bytes: int = DOCUMENT_BYTES,
    danger: bool = False,
) -> object:
    """Returns what a whole document says, or refuses it: nothing in it is left to later readers.

    Args:
        data: the document.
        levels: how deeply brackets and braces may nest.
        most_bytes: how long it may be.
        danger: whether it may be a report of danger, which is not turned away for half of a letter
            (``filled.plain_text`` takes those out before anything is kept) or an odd number.

    Raises:
        InvalidInput: as of ``parse_json``; and ``wire.json.too-large``, ``wire.json.half-letter``,
            ``wire.json.number`` where a number is beyond 64 bits, or no finite fraction.
    """
    if len(data) > most_bytes:
        raise InvalidInput(file_fault("wire.json.too-large", "", {"limit_kib": most_bytes // 1024}))
    value = _parsed(data, levels, exact=not danger, danger=danger)
    # It looks at what is inside the outermost, which is a level too.
    if nests_deeper(value, levels - 1):
        raise InvalidInput(file_fault("wire.json.depth", "", {"limit": levels}))
    if not danger and _HALF.search(data) and _has_half(value):
        raise InvalidInput(file_fault("wire.json.half-letter", "", {}))
    return value


def _has_half(value: object) -> bool:
    """Whether a text or a name in the value cannot be written as UTF-8."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if any("\ud800" <= letter <= "\udfff" for letter in item):
                return True
        elif isinstance(item, dict):
            waiting += (*item, *item.values())
        elif isinstance(item, list):
            waiting += item
    return False


def parse_json(data: bytes, *, levels: int, danger: bool = False) -> object:
    """Returns what the bytes say, read strictly; for files whose rows are judged one by one.

    Args:
        data: the whole document.
        levels: the limit to name when nesting is bottomless; ask ``nests_deeper`` for the rest.
        danger: whether it may be a report of danger, which no long number turns away.

    Raises:
        InvalidInput: the document breaks a rule: ``wire.json.syntax`` (also when truncated or
            followed by anything), ``wire.json.duplicate-key``, ``wire.json.not-finite``,
            ``wire.json.depth``, ``wire.encoding.wrong``.
    """
    return _parsed(data, levels, exact=False, danger=danger)


def every_reading(text: str, names: Collection[str]) -> object:
    """Returns what a document says, read as far as it can be: for a place, where danger may be.

    Nothing of it is refused for being said in an odd way: an object that says one of ``names``
    twice becomes ``Readings``, as many as its values; NaN and Infinity become numbers that are not
    finite. Of any other key said twice the last counts, and of each reading only ``names`` is kept.

    Raises:
        ValueError: it is no JSON even so.
        RecursionError: nobody could read how deeply it nests.
    """

    def read(pairs: list[tuple[str, object]]) -> object:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        told: dict[str, list[object]] = {}
        for key, value in pairs:
            if key in names:
                told.setdefault(key, []).append(value)
        most = max(map(len, told.values()), default=1)
        if most == 1:
            return found
        return Readings(
            {key: values[min(number, len(values) - 1)] for key, values in told.items()}
            for number in range(most)
        )

    return json.loads(text, object_pairs_hook=read, parse_int=_any_whole)


def verbatim_json(data: bytes, *, levels: int, odd: bool = False) -> object:
    """Returns what the bytes say, as ``parse_json`` does, with every number as ``Digits``.

    Args:
        data: the whole document.
        levels: as of ``parse_json``.
        odd: whether it is an answer as this program writes it, in which what is beyond every
            number stands as ``Infinity``.
    """
    return _parsed(data, levels, exact=False, verbatim=True, odd=odd)


def _parsed(
    data: bytes,
    levels: int,
    *,
    exact: bool,
    danger: bool = False,
    verbatim: bool = False,
    odd: bool = False,
) -> object:
    text = text_of(data)
    # Rows of files name an odd number with their row; and each call would take its time.
    whole = _whole if exact else _any_whole if danger else None
    fraction = _fraction if exact else None
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=Digits if odd else _constant,
            parse_int=Digits if verbatim else whole,
            parse_float=Digits if verbatim else fraction,
        )
    except json.JSONDecodeError as error:
        params: dict[str, str | int] = {"line": error.lineno, "column": error.colno}
        raise InvalidInput(
            file_fault("wire.json.syntax", f"line {error.lineno}", params)
        ) from error
    except _Broken as error:
        raise InvalidInput(error.fault) from None
    except RecursionError:
        raise InvalidInput(file_fault("wire.json.depth", "", {"limit": levels})) from None
    except ValueError as error:
        raise InvalidInput(
            file_fault("wire.json.number", "", {"detail": str(error)[:80]})
        ) from error


def nests_deeper(value: object, levels: int) -> bool:
    """Returns whether arrays and objects inside the value nest deeper than that many levels."""
    level = [value]
    for _ in range(levels + 1):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return any(isinstance(item, dict | list) for item in level)


def count_pairs(data: bytes) -> int:
    """Returns how many arrays in the document begin with a number: nearly its vertices.

    Cheap (a few passes over bytes), so that a ring of ten million vertices is refused before
    it is parsed. Brackets inside strings are counted too, so leave room above the limit.
    """
    count, last = 0, b""
    for start in range(0, len(data), _CHUNK_BYTES):
        piece = last + data[start : start + _CHUNK_BYTES].translate(None, b" \t\r\n")
        codes = np.frombuffer(piece, dtype=np.uint8)
        follows = codes[1:]
        number = ((follows >= ord("0")) & (follows <= ord("9"))) | (follows == ord("-"))
        count += int(np.count_nonzero((codes[:-1] == ord("[")) & number))
        last = piece[-1:]
    return count
