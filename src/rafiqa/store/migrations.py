"""Numbered changes of the database's form, each applied once, whole or not at all.

The files stand in ``sql/``. A database remembers the SHA-256 of each file applied to it: a
file that was changed afterwards is a fault, not a new form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import apsw

from rafiqa.errors import Fault, StoreError

APPLICATION_ID: Final = 0x52415131
"""Stands in the file's header and says that it is a Rafiqa store ("RAQ1")."""

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    number        INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL,
    sha256        TEXT    NOT NULL,
    applied_at_us INTEGER NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change: the number, the file's name, and its SQL."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the SQL in hex."""
        return sha256(self.sql.encode()).hexdigest()


def migrations() -> tuple[Migration, ...]:
    """All migrations that this version knows, in order."""
    return read_migrations(Path(__file__).parent / "sql")


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """The migrations in a folder, in order."""
    files = sorted(folder.glob("*.sql"))
    return tuple(
        Migration(int(file.name[:3]), file.name, file.read_text(encoding="utf-8")) for file in files
    )


def is_rafiqa(connection: apsw.Connection) -> bool:
    """Whether the database is a Rafiqa store, by the number in its header."""
    return bool(connection.pragma("application_id") == APPLICATION_ID)


def is_blank(connection: apsw.Connection) -> bool:
    """Whether nothing was ever put into the database."""
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    return bool(empty and connection.pragma("application_id") == 0)


def newer(connection: apsw.Connection, known: Sequence[Migration]) -> Fault | None:
    """The reason to leave a database as it is: a later version has changed its form; or None.

    What it holds can be read where the later form still has the tables known here.

    Raises:
        StoreError: a migration known here was another one when it was applied.
    """
    applied = _applied(connection, known)
    unknown = applied - {migration.number for migration in known}
    return Fault("store.newer", params={"number": max(unknown)}) if unknown else None


def pending(connection: apsw.Connection, known: Sequence[Migration]) -> list[Migration]:
    """The migrations still to be applied.

    Raises:
        StoreError: a migration applied earlier is unknown here (the store was written by a
            newer version) or was changed since.
    """
    fault = newer(connection, known)
    if fault is not None:
        raise StoreError(fault)
    applied = _applied(connection, known)
    return [migration for migration in known if migration.number not in applied]


def _applied(connection: apsw.Connection, known: Sequence[Migration]) -> set[int]:
    """The numbers of those applied earlier; each that is known here was the same one."""
    applied = dict(connection.execute("SELECT number, sha256 FROM migrations"))
    for migration in known:
        if applied.get(migration.number, migration.sha256) != migration.sha256:
            raise StoreError(Fault("store.migration-changed", params={"name": migration.name}))
    return set(applied)


def apply(connection: apsw.Connection, known: Sequence[Migration], now_us: int) -> None:
    """Nothing; the database has the newest form, or its old one if anything failed."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(_TABLE)
        for migration in pending(connection, known):
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO migrations VALUES (?, ?, ?, ?)",
                (migration.number, migration.name, migration.sha256, now_us),
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
