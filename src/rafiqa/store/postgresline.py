"""A line to PostgreSQL: one connection, made again when it was lost, for one thread at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any, Final

import psycopg
from psycopg import errors as refused

from rafiqa.store.database import Database
from rafiqa.store.postgreslink import connected, work_as_office

_WHOLE_OFFICE = "SELECT set_config('rafiqa.organisation', '*', true)"
_WHOLE_OFFICE_ALWAYS = "SELECT set_config('rafiqa.organisation', '*', false)"
_ASKED_AGAIN: Final = 3
"""How often a reading is asked that a copy ended because what it read was being taken away."""


class Line:
    """One connection, made again when it was lost; for one thread at a time.

    Args:
        address: of the database.
        wait_ms: how long a write waits for another one.
        met: told at each new connection whether the server reached follows another one.
    """

    def __init__(self, address: str, wait_ms: int, met: Callable[..., None]) -> None:
        self._address, self._wait_ms, self._met = address, wait_ms, met
        self._turn = RLock()
        self._link: psycopg.Connection[tuple[Any, ...]] | None = None
        self._still = False
        self._unsure = False

    @contextmanager
    def still(self) -> Iterator[None]:
        """A block in which every reading sees the database as it was when the block began."""
        with self._turn:
            link = self._link or self._connected()
            link.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with self._begun():
                self._still = True
                try:
                    yield
                finally:
                    self._still = False

    def rows(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows of a statement; asked once more where the connection had been lost."""
        with self._turn:
            fresh = self._link is None
            try:
                return self._asked_again(sql, values)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if fresh or self._still or not self._lost():
                    raise
                return self._asked(sql, values)

    def _asked_again(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        for _ in range(_ASKED_AGAIN - 1):
            with suppress(refused.SerializationFailure):
                return self._asked(sql, values)
        return self._asked(sql, values)

    def _asked(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        # One statement is a transaction of its own: asking costs one journey and not four.
        link = self._link or self._connected()
        try:
            return link.execute(_marked(sql), values).fetchall()
        finally:
            self._lost()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Yields the database in a transaction; on the disk when the block is left."""
        with self._turn:
            # One that was lost since the last time is seen before anything is written.
            if self._link is not None and not self._answers():
                self._lost()
            with self._begun() as link:
                yield _Statements(link)

    @contextmanager
    def _begun(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        link = self._link or self._connected()
        try:
            with link.transaction():
                link.execute(_WHOLE_OFFICE)
                yield link
            if self._unsure:
                self._unsure = False
                raise psycopg.OperationalError("no standby has said that it has it")
        finally:
            self._lost()

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._still:
            # On another connection it would be another reading.
            raise psycopg.OperationalError("the reading was cut off")
        link = connected(self._address, self._wait_ms)
        try:
            work_as_office(link)
            link.execute(_WHOLE_OFFICE_ALWAYS)
            row = link.execute("SELECT pg_is_in_recovery()").fetchone()
            self._met(follows=row is None or bool(row[0]))
        except BaseException:
            link.close()
            raise
        link.add_notice_handler(self._heard)
        self._link = link
        return link

    def _heard(self, told: psycopg.errors.Diagnostic) -> None:
        # Where somebody ends the wait for a standby, PostgreSQL warns, and acknowledges.
        self._unsure |= told.source_function == "SyncRepWaitForLSN"

    def _answers(self) -> bool:
        try:
            assert self._link is not None  # noqa: S101 - asked by who calls
            self._link.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def _lost(self) -> bool:
        """Whether the connection is gone; it is then made anew when it is next needed."""
        if self._link is None or not (self._link.closed or self._link.broken):
            return self._link is None
        with suppress(psycopg.Error):
            self._link.close()
        self._link = None
        return True

    def close(self) -> None:
        """Nothing; lets go of the connection."""
        with self._turn:
            if self._link is not None:
                with suppress(psycopg.Error):
                    self._link.close()
                self._link = None


class _Statements:
    """The database as ``Database`` has it."""

    def __init__(self, link: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._link = link

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Iterable[Any]:
        cursor = self._link.execute(_marked(statement), values or None)
        return cursor.fetchall() if cursor.description is not None else ()

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        with self._link.cursor() as cursor:
            cursor.executemany(_marked(statement), rows)
        return None


def _marked(statement: str) -> Any:
    """The statement with the driver's marks; ours hold no question mark in a text."""
    return statement.replace("%", "%%").replace("?", "%s")
