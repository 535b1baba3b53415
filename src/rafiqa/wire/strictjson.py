"""JSON as it is written, or not at all: no doubled keys, no NaN, no bottomless nesting.

Common parsers keep the last of two equal keys and so turn ``{"status":"hazard",
"status":"released"}`` into "released" (trust study, finding 8).
"""

from __future__ import annotations

import json

import numpy as np

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.layer import file_fault

_CHUNK_BYTES = 1 << 22


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


def _constant(name: str) -> object:
    raise _Broken(Fault("wire.json.not-finite", "", None, {"value": name}))


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


def parse_json(data: bytes, *, levels: int) -> object:
    """Returns what the bytes say, read strictly.

    Args:
        data: the whole document.
        levels: the limit to name when nesting is bottomless; ask ``nests_deeper`` for the rest.

    Raises:
        InvalidInput: the document breaks a rule: ``wire.json.syntax`` (also when truncated or
            followed by anything), ``wire.json.duplicate-key``, ``wire.json.not-finite``,
            ``wire.json.depth``, ``wire.encoding.wrong``.
    """
    text = text_of(data)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
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
