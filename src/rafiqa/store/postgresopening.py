"""Opening a store in PostgreSQL: what must be true of server, form and role before it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg

from rafiqa.errors import Fault, StoreError
from rafiqa.store.migrations import Migration, read_migrations
from rafiqa.store.postgres import DRIVER_ERRORS, PostgresStore, judged
from rafiqa.store.postgresform import applied, put_form
from rafiqa.store.postgreslink import connected

WAIT_MS: Final = 10_000
"""How long a write waits for another one."""


def open_postgres(
    address: str,
    *,
    place: Path,
    create: bool = False,
    entropy: Callable[[int], bytes],
    now_us: Callable[[], int],
    wait_ms: int = WAIT_MS,
) -> PostgresStore:
    """Returns the store in a database, ready for reading and, unless it is barred, for writing.

    Many processes may open it; each write takes its turn. Its tables lie in the schema ``rafiqa``
    and belong to whoever made them; the work is done as the role ``rafiqa_office``, which whoever
    connects has to be a member of. One that a newer version has made is opened for reading only.

    Args:
        address: ``postgresql://…``, as libpq takes it.
        place: the path on this machine beside which keys and log lie.
        create: make a new store; the database must hold none yet.
        entropy: gives that many random bytes (``os.urandom``); for salts.
        now_us: the clock, microseconds since 1970 UTC.
        wait_ms: how long a write waits for another one before ``store.busy``.

    Raises:
        StoreError: the server cannot be reached or would not keep what it acknowledges, there is
            no store, or the role could change what is kept.
    """
    try:
        link = connected(address, wait_ms)
        with link:
            barred = _formed(link, create=create, now_us=now_us)
        return PostgresStore(
            address,
            place,
            entropy=entropy,
            now_us=now_us,
            wait_ms=wait_ms,
            barred=barred,
        )
    except DRIVER_ERRORS as error:
        raise judged(error) from error


def changes() -> tuple[Migration, ...]:
    """Returns the changes of form that this version knows, in order."""
    return read_migrations(Path(__file__).parent / "sql" / "postgres")


def _formed(
    link: psycopg.Connection[tuple[Any, ...]], *, create: bool, now_us: Callable[[], int]
) -> Fault | None:
    """Why it may only be read, if so; the newest form is there, or it was left as it is."""
    known, wanted = applied(link), changes()
    if create:
        if known is not None:
            raise StoreError(Fault("store.exists", params={"path": _place(link)}))
        put_form(link, wanted, now_us())
        return None
    if known is None:
        raise StoreError(Fault("store.missing", params={"path": _place(link)}))
    newer = set(known) - {change.number for change in wanted}
    if newer:
        return Fault("store.newer", params={"number": max(newer)})
    if len(known) < len(wanted):
        try:
            put_form(link, wanted, now_us())
        except psycopg.errors.InsufficientPrivilege as error:
            raise StoreError(Fault("store.form-owner", params={"path": _place(link)})) from error
    return None


def _place(link: psycopg.Connection[tuple[Any, ...]]) -> str:
    """The database as it may be told: without a password."""
    return f"postgresql://{link.info.host}/{link.info.dbname}"
