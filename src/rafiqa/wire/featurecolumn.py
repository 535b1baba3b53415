"""Feature column: one property of many features, in the form in which filters look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from rafiqa.wire.instant import instant_us

ColumnType = Literal["text", "integer", "decimal", "boolean", "date"]
Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]
DAY_US: Final = 86_400_000_000
ALWAYS_US: Final = -(2**62)
"""Since always, in microseconds: where a period has no beginning."""
FOREVER_US: Final = 2**62
"""Likewise where it has no end."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts row by row: an index into those that occur; -1 where there is none.

    Attributes:
        codes: ``(n,)`` the index.
        values: the texts.
        number_of: the index of each text, where no text is among them twice.
    """

    codes: npt.NDArray[np.int64]
    values: Sequence[str]
    number_of: Mapping[str, int] | None = None

    def at(self, rows: Longs) -> Texts:
        """Returns the texts of some rows."""
        return Texts(self.codes[rows], self.values, self.number_of)

    def mapped(self, change: Callable[[str], str]) -> Texts:
        """Returns the same rows with every text changed."""
        used, codes = self._used()
        return Texts(codes, [change(self.values[code]) for code in used])

    def where(self, test: Callable[[str], bool]) -> Bools:
        """Returns ``(n,)`` which rows have a text that passes a test; none has none."""
        used, codes = self._used()
        passes = np.array([*(test(self.values[code]) for code in used), False], dtype=np.bool_)
        found: Bools = passes[codes]
        return found

    def being(self, text: str) -> Bools:
        """Returns ``(n,)`` which rows have that very text."""
        if self.number_of is None:
            return self.where(text.__eq__)
        # Of a text that does not occur the number is one that no row has, -1 neither.
        found: Bools = self.codes == self.number_of.get(text, -2)
        return found

    def _used(self) -> tuple[Sequence[int], Longs]:
        """Returns the numbers of the texts that may occur, and the rows numbered by those.

        A few rows are not worth a look at every text of a long column.
        """
        if len(self.values) <= len(self.codes):
            return range(len(self.values)), self.codes
        used, codes = np.unique(self.codes, return_inverse=True)
        unknown = int(len(used) and used[0] < 0)
        return used[unknown:].tolist(), codes - unknown

    @property
    def known(self) -> Bools:
        """``(n,)`` which rows have a text."""
        found: Bools = self.codes >= 0
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Times row by row, each a period with both ends in it; microseconds since 1970 UTC."""

    start_us: Longs
    end_us: Longs
    known: Bools

    def at(self, rows: Longs) -> Times:
        """Returns the times of some rows."""
        return Times(self.start_us[rows], self.end_us[rows], self.known[rows])


@dataclass(frozen=True, eq=False)
class FeatureColumn:
    """One property of all features of a collection.

    Attributes:
        name: as the dictionary names it.
        type: what its values are.
        values: one per feature as JSON takes it, None where unknown; dates as ISO 8601 text.
    """

    name: str
    type: ColumnType
    values: Sequence[Any]

    @cached_property
    def texts(self) -> Texts:
        """Its texts; for a column of texts."""
        number_of: dict[str, int] = {}
        codes = np.fromiter(
            (
                -1 if each is None else number_of.setdefault(each, len(number_of))
                for each in self.values
            ),
            dtype=np.int64,
            count=len(self.values),
        )
        return Texts(codes, list(number_of), number_of)

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """``(n,)`` its numbers, NaN where unknown; for a column of numbers."""
        return np.array(
            [np.nan if each is None else each for each in self.values], dtype=np.float64
        )

    @cached_property
    def flags(self) -> tuple[Bools, Bools]:
        """``(n,)`` which are true, and which are known; for a column of booleans."""
        known = np.array([each is not None for each in self.values], dtype=np.bool_)
        return np.array([each is True for each in self.values], dtype=np.bool_), known

    @cached_property
    def times(self) -> Times:
        """Its days as periods; for a column of dates."""
        known = np.array([each is not None for each in self.values], dtype=np.bool_)
        start_us = np.array(
            [0 if each is None else instant_us(each) for each in self.values], dtype=np.int64
        )
        return Times(start_us, start_us + (DAY_US - 1), known)
