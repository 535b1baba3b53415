"""Rows of signed papers: arrays of values in a fixed order, read strictly, one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from rafiqa.errors import InvalidInput
from rafiqa.ledger.canon import parse

TEXT_LETTERS: Final = 200
WHOLE_END: Final = 1 << 53
"""Whole numbers stay below it, so that every reader has them exactly (ECMA-262, 6.1.6.1)."""
T = TypeVar("T")


class Malformed(Exception):  # noqa: N818 - caught where a paper is read, and becomes a verdict
    """What was read is no such paper."""


class Row:
    """Takes the values of an array one after another.

    Args:
        values: what should be an array of exactly ``count`` values.
        count: how many; any number where None.

    Raises:
        Malformed: it is not.
    """

    def __init__(self, values: object, count: int | None = None) -> None:
        if type(values) is not list or (count is not None and len(values) != count):
            raise Malformed
        self._rest = iter(values)

    @classmethod
    def of(cls, data: bytes, count: int, limit_bytes: int) -> Row:
        """Returns the row that canonical bytes are.

        Raises:
            Malformed: they are not, or longer than the limit.
        """
        if len(data) > limit_bytes:
            raise Malformed
        try:
            return cls(parse(data), count)
        except InvalidInput:
            raise Malformed from None

    def value(self) -> Any:
        """The next value, whatever it is."""
        return next(self._rest)

    def tag(self, expected: str) -> None:
        """Takes the next value, which says what this is."""
        if self.value() != expected:
            raise Malformed

    def text(self, letters: int = TEXT_LETTERS) -> str:
        """The next value: a text that is not empty."""
        value = self.value()
        if type(value) is not str or not 0 < len(value) <= letters:
            raise Malformed
        return value

    def whole(self, end: int = WHOLE_END) -> int:
        """The next value: a whole number from 0 to below ``end``."""
        value = self.value()
        if type(value) is not int or not 0 <= value < end:
            raise Malformed
        return value

    def raw(self, n_bytes: int | None = None) -> bytes:
        """The next value: bytes, of that length where one is given."""
        value = self.value()
        if type(value) is not bytes or (n_bytes is not None and len(value) != n_bytes):
            raise Malformed
        return value

    def maybe(self, take: Callable[[Row], T]) -> T | None:
        """The next value by ``take``, or None where it is null."""
        value = self.value()
        return None if value is None else take(Row([value]))

    def many(self, take: Callable[[Row], T]) -> tuple[T, ...]:
        """The next value: an array, each of whose values ``take`` takes."""
        values = self.value()
        if type(values) is not list:
            raise Malformed
        return tuple(take(Row([value])) for value in values)

    def row(self, count: int) -> Row:
        """The next value: a row of its own."""
        return Row(self.value(), count)
