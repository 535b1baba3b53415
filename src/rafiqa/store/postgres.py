"""The store in PostgreSQL: many processes write one ledger, each in its turn.

One connection writes, one reads and one is the cloakroom's. Whatever a connection does, it does as
the role ``rafiqa_office``, which owns nothing; it says that it is the whole office, at its start
and in each transaction that writes, for without that the tables are empty to it
(``sql/postgres/002_roles.sql``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import errors as refused

from rafiqa.errors import CorruptLedger, Fault, StoreError
from rafiqa.ledger import Head
from rafiqa.store.database import Database
from rafiqa.store.moving import carry
from rafiqa.store.opening import open_store
from rafiqa.store.postgrescloakroom import PostgresCloakroom
from rafiqa.store.postgresline import Line
from rafiqa.store.postgreslink import connected, told_error, work_as_office
from rafiqa.store.proof import kept_faults
from rafiqa.store.tables import TableStore

DRIVER_ERRORS: Final = (psycopg.Error, UnicodeDecodeError)
PART_BYTES: Final = 4 << 20
"""How much of a long content is read at once."""

_AS_OWNER: Final = """
    SELECT bool_or(rolsuper) OR EXISTS (
        SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = 'rafiqa' AND pg_has_role(session_user, relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = session_user"""
_BROKEN = (refused.DataCorrupted, refused.IndexCorrupted, UnicodeDecodeError)
_FULL = (refused.DiskFull, refused.OutOfMemory, refused.ConfigurationLimitExceeded)
_WAITED = (
    refused.LockNotAvailable,
    refused.QueryCanceled,
    refused.DeadlockDetected,
    refused.SerializationFailure,
)


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
        self._follows = Fault("store.replica")
        self.follows = False
        self._leading = False
        self._writer = Line(address, wait_ms, self._met)
        self._reader = Line(address, wait_ms, self._met)
        self._aside = Line(address, wait_ms, self._met)
        try:
            self._damage = tuple(self._tail_faults())
            rows = self._rows("SELECT code, entries, witnessed FROM barred")
            # A replica keeps nothing of its own, and has nothing of what is not logged.
            if not self.follows:
                self.cloakroom = PostgresCloakroom(self._keeping_aside, self._asking_aside)
        except BaseException:
            self.close()
            raise
        if rows and self._barred is None:
            code, entries, witnessed = rows[0]
            self._barred = Fault(code, params={"entries": entries, "witnessed": witnessed})

    def _met(self, *, follows: bool) -> None:
        """Takes in whether the server that a new connection reached follows another one.

        Behind one address another server may stand after a failover. That one which followed leads
        now is not enough to write: see ``lead``.
        """
        self.follows |= follows

    def leads_now(self) -> bool:
        """Whether the database, which followed another one, was made the one to write to."""
        return not self._rows("SELECT pg_is_in_recovery()")[0][0]

    def signed_in_as_owner(self) -> bool:
        """Whether who signed in could change what is kept: a superuser, or of those who own it."""
        return bool(self._rows(_AS_OWNER)[0][0])

    def lead(self, hold: Callable[[], None]) -> None:
        """Nothing; a database that followed another one and does no more takes writes from now on.

        Args:
            hold: holds it to what its log has published, and bars it where that is more.
        """
        self._leading = True
        try:
            hold()
            self.follows = False
        finally:
            self._leading = False

    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes: closed, damaged, barred, or a copy that only follows."""
        if not self._open:
            return (Fault("store.closed"),)
        barred = () if self._barred is None else (self._barred,)
        return (*self._damage, *barred, *((self._follows,) if self.follows else ()))

    def name_primary(self, address: str) -> None:
        """Nothing; whoever would write to a copy that follows is told this address to ask."""
        self._follows = Fault("store.replica-of", params={"address": address})

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
        if self.follows and not self._leading:
            # One that is behind is late, no rollback; that it is another history is remembered.
            self._barred = fault if fault.code == "store.fork" else None
            return
        try:
            with self._writer.transaction() as database:
                _mark_barred(database, fault)
        except DRIVER_ERRORS as error:
            raise self._noted(error) from error
        finally:
            self._barred = fault

    def take_over(self, source: TableStore, barred: Fault | None = None) -> Head:
        """Where the ledger ends; all that the source holds is here, in one transaction.

        Args:
            source: nobody writes to it; it may itself be one that takes no writes.
            barred: why nothing may be written here from then on, or None.

        Raises:
            Conflict: ``store.not-empty``: something is here.
            CorruptLedger: the source's chain does not hold.
        """
        with self.held_still() as database:
            head = carry(source, database)
            if barred is not None:
                _mark_barred(database, barred)
        self._barred = barred
        return head

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

    def copy_to(self, path: Path) -> None:
        """Nothing; a whole copy, as a file, lies at a path; see ``TableStore.copy_to``.

        Raises:
            CorruptLedger: the chain does not hold.
            StoreError: a newer version has made the database: it may hold what a copy would lack.
        """
        if self._barred is not None and self._barred.code == "store.newer":
            raise StoreError(self._barred)
        with self._read_at_once() as still:
            copy = open_store(path, create=True, entropy=self._entropy, now_us=self._now_us)
            try:
                with copy.held_still() as database:
                    carry(still, database)
            finally:
                copy.close()

    @contextmanager
    def _read_at_once(self) -> Iterator[PostgresStore]:
        """The same store on connections of its own, which sees nothing that comes later."""
        own = PostgresStore(
            self._address,
            self._place,
            entropy=self._entropy,
            now_us=self._now_us,
            wait_ms=self._wait_ms,
        )
        try:
            with own._reader.still():
                yield own
        except DRIVER_ERRORS as error:
            raise judged(error) from error
        finally:
            own.close()

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
            # Each statement is answered before the next. Sent one after another without waiting
            # (libpq's pipelines), a long content was left half in the driver's hands, and it and
            # the server waited for each other for ever (psycopg 3.3).
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
        if self.follows:
            raise StoreError(self._follows)

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


def _mark_barred(database: Database, fault: Fault) -> None:
    figures = (fault.code, str(fault.params["entries"]), str(fault.params["witnessed"]))
    sql = "INSERT INTO barred (code, entries, witnessed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    database.execute(sql, figures)


def turn_of(name: str) -> int:
    """Returns the number of the advisory lock that a turn is."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)


def judged(error: Exception) -> StoreError | CorruptLedger:
    """Returns the error that one of the driver amounts to.

    A database that went away took nothing with it that was acknowledged; whether what was under
    way is there is found out by sending it again.
    """
    params: dict[str, str | int] = {"detail": told_error(error)}
    if isinstance(error, _BROKEN):
        return CorruptLedger(Fault("store.damaged", params=params))
    if isinstance(error, _FULL):
        return StoreError(Fault("store.full", params=params))
    if isinstance(error, _WAITED):
        return StoreError(Fault("store.busy", params={"pid": 0}))
    if isinstance(error, refused.ReadOnlySqlTransaction):
        return StoreError(Fault("store.replica"))
    if isinstance(error, refused.InsufficientPrivilege):
        return StoreError(Fault("store.no-access", params=params))
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return StoreError(Fault("store.away", params=params))
    return StoreError(Fault("store.driver", params=params))
