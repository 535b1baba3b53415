"""The database as the statements see it: the same few words for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Database(Protocol):
    """Runs statements within a transaction that somebody else holds.

    Values stand where the statement has ``?``. Statements are written so that both databases take
    them: what is in conflict is named, and ``"row"`` stands in quotation marks.
    """

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Iterable[Any]:
        """The rows that a statement gives."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Nothing; runs a statement once for each row of values."""
