"""The store in PostgreSQL: many processes write one ledger, each in its turn.

One connection writes, one reads and one is the cloakroom's. Whatever a connection does, it does as
the role ``rafiqa_office``, which owns nothing; it says that it is the whole office, at its start
and in each transaction that writes, for without that the tables are empty to it
(``sql/postgres/002_roles.sql``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final

import psycopg
from psycopg import errors as refused

from rafiqa.errors import CorruptLedger, Fault, StoreError
from rafiqa.store.database import Database
from rafiqa.store.migrations import Migration
from rafiqa.store.postgrescloakroom import PostgresCloakroom
from rafiqa.store.postgrestext import keep_any_text
from rafiqa.store.proof import kept_faults
from rafiqa.store.tables import TableStore

SCHEMA: Final = "rafiqa"
OFFICE: Final = "rafiqa_office"
DRIVER_ERRORS: Final = (psycopg.Error, UnicodeDecodeError)
PART_BYTES: Final = 4 << 20
"""How much of a long content is read at once."""

_SETTINGS: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    # With `off` 7,341 of 65,292 acknowledged writes were lost at power cuts (trust study, 6.5).
    "synchronous_commit": ("on", "remote_apply"),
}
_WHOLE_OFFICE = "SELECT set_config('rafiqa.organisation', '*', true)"
_WHOLE_OFFICE_ALWAYS = "SELECT set_config('rafiqa.organisation', '*', false)"
_BROKEN = (refused.DataCorrupted, refused.IndexCorrupted, UnicodeDecodeError)
_FULL = (refused.DiskFull, refused.OutOfMemory, refused.ConfigurationLimitExceeded)
_WAITED = (refused.LockNotAvailable, refused.QueryCanceled, refused.DeadlockDetected)


class PostgresStore(TableStore):
    """A store in a database. See ``Store``; made by ``open_postgres``.

    Args:
        address: of the database, as libpq takes it.
        place: the path on this machine beside which keys and log lie.
        entropy: gives that many random bytes; for salts.
        now_us: the clock, microseconds since 1970 UTC.
        wait_ms: how long a write waits for another one before ``store.busy``.
        barred: why nothing may be written; None where it may.
    """

    def __init__(
        self,
        address: str,
        place: Path,
        *,
        entropy: Callable[[int], bytes],
        now_us: Callable[[], int],
        wait_ms: int,
        barred: Fault | None = None,
    ) -> None:
        super().__init__(entropy, now_us)
        self._address, self._wait_ms = address, wait_ms
        self._place = place
        self._barred = barred
        self._open = True
        self._damage: tuple[Fault, ...] = ()
        self._writer = _Line(address, wait_ms)
        self._reader = _Line(address, wait_ms)
        self._aside = _Line(address, wait_ms)
        try:
            self._damage = tuple(self._tail_faults())
            rows = self._rows("SELECT code, entries, witnessed FROM barred")
            # A replica keeps nothing of its own, and has nothing of what is not logged.
            if not self._rows("SELECT pg_is_in_recovery()")[0][0]:
                self.cloakroom = PostgresCloakroom(self._keeping_aside, self._asking_aside)
        except BaseException:
            self.close()
            raise
        if rows and self._barred is None:
            code, entries, witnessed = rows[0]
            self._barred = Fault(code, params={"entries": entries, "witnessed": witnessed})

    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes: closed, damaged or barred."""
        if not self._open:
            return (Fault("store.closed"),)
        return self._damage if self._barred is None else (*self._damage, self._barred)

    @property
    def path(self) -> Path:
        """The path beside which the keys and the log lie; nothing lies at it."""
        return self._place

    def bar(self, fault: Fault) -> None:
        """Nothing; the store takes no writes from now on, in any process.

        Args:
            fault: ``store.rollback`` or ``store.fork``, with the figures that its words name.
        """
        if self._barred is not None:
            return
        figures = (fault.code, str(fault.params["entries"]), str(fault.params["witnessed"]))
        sql = (
            "INSERT INTO barred (code, entries, witnessed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        )
        with self._writing() as database:
            database.execute(sql, figures)
        self._barred = fault

    def blob_parts(self, sha256: str) -> Iterator[bytes] | None:
        """The content of that SHA-256 in order and in parts, or None; never in memory whole."""
        rows = self._rows("SELECT length(content) FROM blobs WHERE sha256 = ?", (sha256,))
        if not rows:
            return None
        sql = "SELECT substring(content FROM ? FOR ?) FROM blobs WHERE sha256 = ?"
        starts = range(1, rows[0][0] + 1, PART_BYTES)
        return (bytes(self._rows(sql, (at, PART_BYTES, sha256))[0][0]) for at in starts)

    def check(self) -> list[Fault]:
        """What is wrong with the end of the log and with what lies beside the ledger."""
        return [*self._end_faults(), *kept_faults(self._rows)]

    def close(self) -> None:
        """Nothing; lets go of the database."""
        self._open = False
        for line in (self._reader, self._writer, self._aside):
            line.close()

    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if not self._open:
            raise StoreError(Fault("store.closed"))
        try:
            return self._reader.rows(sql, values)
        except DRIVER_ERRORS as error:
            raise self._noted(error) from error

    @contextmanager
    def _writing(self, _n_bytes: int = 0, turns: Sequence[str] = (), /) -> Iterator[Database]:
        """A transaction that waits for its turns, in one order for everybody."""
        self._refuse_if_not_writable()
        try:
            with self._writer.transaction() as database:
                for name in sorted(set(turns)):
                    database.execute("SELECT pg_advisory_xact_lock(?)", (turn_of(name),))
                self._refuse_if_barred(database)
                yield database
        except DRIVER_ERRORS as error:
            raise self._noted(error) from error

    @contextmanager
    def _keeping_aside(self) -> Iterator[Database]:
        """A transaction of the cloakroom: also where the ledger takes no writes people sign in."""
        if not self._open:
            raise StoreError(Fault("store.closed"))
        try:
            with self._aside.transaction() as database:
                yield database
        except DRIVER_ERRORS as error:
            # Nothing that goes wrong here says anything about the ledger.
            raise judged(error) from error

    def _asking_aside(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if not self._open:
            raise StoreError(Fault("store.closed"))
        try:
            return self._aside.rows(sql, values)
        except DRIVER_ERRORS as error:
            raise judged(error) from error

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """A block that nobody else on this database who asks for that turn is in."""
        # Within a process the threads wait for one another, so that each takes one connection.
        with super().alone(name):
            try:
                link = connected(self._address, self._wait_ms)
            except DRIVER_ERRORS as error:
                raise judged(error) from error
            try:
                # The lock is the connection's: whoever dies lets go of it.
                self._begin_turn(link, name)
                yield
            finally:
                link.close()

    @staticmethod
    def _begin_turn(link: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
        try:
            work_as_office(link)
            link.execute("SELECT pg_advisory_lock(%s)", (turn_of(f"alone {name}"),))
        except DRIVER_ERRORS as error:
            raise judged(error) from error

    def _refuse_if_not_writable(self) -> None:
        if not self._open:
            raise StoreError(Fault("store.closed"))
        if self._damage:
            raise CorruptLedger(self._damage)
        if self._barred is not None:
            raise StoreError(self._barred)

    def _refuse_if_barred(self, database: Database) -> None:
        """Another process may have found out meanwhile."""
        for code, entries, witnessed in database.execute(
            "SELECT code, entries, witnessed FROM barred"
        ):
            self._barred = Fault(code, params={"entries": entries, "witnessed": witnessed})
            raise StoreError(self._barred)

    def _noted(self, error: Exception) -> StoreError | CorruptLedger:
        if isinstance(error, CorruptLedger):
            self._damage = error.faults
            return error
        told = judged(error)
        if isinstance(told, CorruptLedger):
            self._damage = told.faults
        return told


def turn_of(name: str) -> int:
    """Returns the number of the advisory lock that a turn is."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


def judged(error: Exception) -> StoreError | CorruptLedger:
    """Returns the error that one of the driver amounts to.

    A database that went away took nothing with it that was acknowledged; whether what was under
    way is there is found out by sending it again.
    """
    params: dict[str, str | int] = {"detail": f"{type(error).__name__}: {error}"[:300]}
    if isinstance(error, _BROKEN):
        return CorruptLedger(Fault("store.damaged", params=params))
    if isinstance(error, _FULL):
        return StoreError(Fault("store.full", params=params))
    if isinstance(error, _WAITED):
        return StoreError(Fault("store.busy", params={"pid": 0}))
    if isinstance(error, refused.InsufficientPrivilege):
        return StoreError(Fault("store.no-access", params=params))
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return StoreError(Fault("store.away", params=params))
    return StoreError(Fault("store.driver", params=params))


class _Line:
    """One connection, made again when it was lost; for one thread at a time."""

    def __init__(self, address: str, wait_ms: int) -> None:
        self._address, self._wait_ms = address, wait_ms
        self._turn = RLock()
        self._link: psycopg.Connection[tuple[Any, ...]] | None = None

    def rows(self, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows of a statement; asked once more where the connection had been lost."""
        with self._turn:
            fresh = self._link is None
            try:
                return self._asked(sql, values)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if fresh or not self._lost():
                    raise
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
        finally:
            self._lost()

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        link = connected(self._address, self._wait_ms)
        try:
            work_as_office(link)
            link.execute(_WHOLE_OFFICE_ALWAYS)
        except BaseException:
            link.close()
            raise
        self._link = link
        return link

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


def connected(address: str, wait_ms: int) -> psycopg.Connection[tuple[Any, ...]]:
    """Returns a connection whose settings keep what is acknowledged; it was read back.

    Raises:
        StoreError: ``store.setting``: the server would acknowledge what is not on its disk.
    """
    link = psycopg.connect(address, autocommit=True)
    try:
        keep_any_text(link)
        link.execute("SET synchronous_commit TO on")
        link.execute(f"SET lock_timeout TO {int(wait_ms)}")
        link.execute(f"SET search_path TO {SCHEMA}")
        _refuse_other_settings(link)
    except BaseException:
        link.close()
        raise
    return link


def _refuse_other_settings(link: psycopg.Connection[tuple[Any, ...]]) -> None:
    for name, good in _SETTINGS.items():
        row = link.execute(f"SHOW {name}").fetchone()
        found = "" if row is None else str(row[0])
        if found not in good:
            params: dict[str, str | int] = {"name": name, "wanted": good[0], "found": found}
            raise StoreError(Fault("store.setting", name, params=params))


def work_as_office(link: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Nothing; from now on the connection has the rights of the office and no others.

    Raises:
        StoreError: ``store.role``: the role could still pass over what keeps the ledger.
    """
    link.execute(f"SET ROLE {OFFICE}")
    row = link.execute(
        """SELECT rolsuper OR rolbypassrls OR EXISTS (
                      SELECT 1 FROM pg_class WHERE relnamespace = %s::regnamespace
                         AND pg_has_role(current_user, relowner, 'MEMBER'))
             FROM pg_roles WHERE rolname = current_user""",
        (SCHEMA,),
    ).fetchone()
    if row is None or row[0]:
        raise StoreError(Fault("store.role", params={"role": OFFICE}))


def applied(link: psycopg.Connection[tuple[Any, ...]]) -> dict[int, str] | None:
    """Returns which changes of form the database had, each with its hash; None of no store."""
    row = link.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.migrations",)).fetchone()
    if row is None or row[0] is None:
        return None
    return dict(link.execute("SELECT number, sha256 FROM migrations").fetchall())


def put_form(
    link: psycopg.Connection[tuple[Any, ...]], wanted: Sequence[Migration], now_us: int
) -> None:
    """Nothing; the database has the newest form, or its old one if anything failed.

    Raises:
        StoreError: a change applied earlier was another one.
    """
    with link.transaction():
        # Two that begin at once: one waits, and finds it done.
        link.execute("SELECT pg_advisory_xact_lock(hashtext('rafiqa.migrations'))")
        link.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        link.execute(
            """CREATE TABLE IF NOT EXISTS migrations (
                   number bigint PRIMARY KEY, name text NOT NULL,
                   sha256 text NOT NULL, applied_at_us bigint NOT NULL)"""
        )
        known = applied(link) or {}
        for change in wanted:
            if known.get(change.number, change.sha256) != change.sha256:
                raise StoreError(Fault("store.migration-changed", params={"name": change.name}))
            if change.number in known:
                continue
            link.execute(change.sql.encode())
            link.execute(
                "INSERT INTO migrations VALUES (%s, %s, %s, %s)",
                (change.number, change.name, change.sha256, now_us),
            )
