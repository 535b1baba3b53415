"""One attribute of the features of a tile: distinct values, encoded once, and who has which."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from rafiqa.wire.varint import Words, field, short_varint, varint

Value = str | int | float | bool | None
_VALUES_KEPT = 300_000
"""Names and ids are the same at every moment: encoded once, they are found again."""
_FEW = 8
"""A column whose values are fewer than so many times the rows is renumbered without sorting."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One attribute of every shape: its distinct values, encoded, and which each one has.

    Attributes:
        name: the attribute's key.
        values: distinct values as Value messages.
        codes: ``(n,)`` index into ``values``; -1 where the shape lacks the attribute.
        own: whether every shape has a value of its own, as an id is.
    """

    name: str
    values: Sequence[bytes]
    codes: npt.NDArray[np.int64]
    own: bool = False

    @classmethod
    def of(cls, name: str, items: Sequence[Value]) -> Self:
        """Returns the column of a sequence of values; None and NaN mean nothing known."""
        # True == 1 == 1.0 in Python, so the type is part of what makes a value distinct.
        kinds = set(map(type, items))
        if kinds <= {str} or kinds <= {bool}:
            known: dict[Value, int] = {}
            found = [known.setdefault(item, len(known)) for item in items]
            values = list(map(_value, known))
        else:
            seen: dict[tuple[type, Value], int] = {}
            found = [
                -1 if _is_nothing(item) else seen.setdefault((type(item), item), len(seen))
                for item in items
            ]
            values = [_value(item) for _, item in seen]
        own = len(values) == len(items) and len(items) > 0
        return cls(name, values, np.array(found, dtype=np.int64), own)


def tags(
    columns: Sequence[Column],
    rows: Words,
    bare: npt.NDArray[np.bool_] | None,
    shared: frozenset[str],
) -> tuple[bytes, Words]:
    """Returns the values in use, encoded, and key and value numbers feature by feature.

    Args:
        columns: attributes of all shapes.
        rows: the features' shapes; no shape twice.
        bare: features that stand for several shapes, and have only what those share.
        shared: names of the columns that such a feature keeps.

    Returns:
        The values as fields of the layer; and ``(f, 2 c)`` tags, -1 where a feature lacks one.
    """
    values: list[bytes] = []
    n_values = 0
    pairs = np.empty((len(rows), 2 * len(columns)), dtype=np.int64)
    for key, column in _fewest_first(columns):
        codes = column.codes[rows]
        if bare is not None and column.name not in shared:
            codes[bare] = -1
        used, local = _renumbered(codes, len(column.values), own=column.own and bare is None)
        lacking = local < 0
        pairs[:, 2 * key] = key
        pairs[:, 2 * key + 1] = local + n_values
        if lacking.any():
            pairs[lacking, 2 * key : 2 * key + 2] = -1
        values += map(column.values.__getitem__, used.tolist())
        n_values += len(used)
    return b"".join(values), pairs


def plain_tags(
    columns: Sequence[Column],
    rows: Words,
    bare: npt.NDArray[np.bool_] | None,
    shared: frozenset[str],
) -> tuple[bytes, list[bytes]]:
    """Returns the same as ``tags``, feature by feature: the values, and each feature's tags."""
    values: list[bytes] = []
    told: list[list[bytes]] = [[] for _ in columns]
    n, alone = len(rows), bare is None
    for key, column in _fewest_first(columns):
        codes = column.codes[rows].tolist()
        if bare is not None and column.name not in shared:
            codes = [-1 if lean else code for code, lean in zip(codes, bare.tolist(), strict=True)]
        named = short_varint(key)
        if column.own and alone:
            used = codes
            told[key] = [named + short_varint(at) for at in range(len(values), len(values) + n)]
        else:
            used = sorted({*codes} - {-1})
            pairs = {code: named + short_varint(at) for at, code in enumerate(used, len(values))}
            pairs[-1] = b""
            told[key] = [pairs[code] for code in codes]
        values += map(column.values.__getitem__, used)
    return b"".join(values), list(map(b"".join, zip(*told, strict=True))) or [b""] * len(rows)


def _fewest_first(columns: Sequence[Column]) -> list[tuple[int, Column]]:
    """Returns columns with their keys, those of few values first: what is often said is short."""
    return sorted(enumerate(columns), key=lambda each: len(each[1].values))


def _renumbered(codes: Words, n_values: int, *, own: bool) -> tuple[Words, Words]:
    """Returns the codes in use, and each code's place among them; -1 stays -1."""
    if own:
        return codes, np.arange(len(codes))
    if n_values > _FEW * len(codes):
        used, local = np.unique(codes, return_inverse=True)
        gap = int(len(used) > 0 and used[0] < 0)
        return used[gap:], local - gap
    present = np.zeros(n_values + 1, dtype=bool)
    present[codes] = True
    place = np.cumsum(present) - 1
    place[-1] = -1
    return np.flatnonzero(present[:-1]), place[codes]


def _is_nothing(item: Value) -> bool:
    return item is None or (isinstance(item, float) and math.isnan(item))


@lru_cache(maxsize=_VALUES_KEPT, typed=True)
def _value(item: Value) -> bytes:
    if isinstance(item, bool):
        message = b"\x38" + varint(int(item))
    elif isinstance(item, int):
        message = b"\x30" + varint(item << 1 if item >= 0 else (-item << 1) - 1)
    elif isinstance(item, float):
        message = b"\x19" + struct.pack("<d", item)
    else:
        message = field(0x0A, str(item).encode())
    return field(0x22, message)
