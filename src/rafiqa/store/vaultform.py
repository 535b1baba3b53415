"""The form of a vault's file, and the transactions in which it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


def brought_up(connection: apsw.Connection) -> None:
    """Nothing; a vault of the first days, with one key for all digests, has a key in each row."""
    if not _is_of_first_days(connection):
        return
    with immediate(connection):
        if not _is_of_first_days(connection):
            # Another process that opened it meanwhile has done it.
            return
        connection.execute("ALTER TABLE item ADD COLUMN digest_key BLOB")
        connection.execute("ALTER TABLE item ADD COLUMN digest BLOB")
        connection.execute(
            "UPDATE item SET digest_key = (SELECT value FROM meta WHERE name = 'digests') "
            "WHERE wrapped IS NOT NULL"
        )
        connection.execute("DELETE FROM meta WHERE name = 'digests'")


def _is_of_first_days(connection: apsw.Connection) -> bool:
    columns = {str(row[1]) for row in connection.execute("PRAGMA table_info(item)")}
    return bool(columns) and "digest" not in columns


@contextmanager
def immediate(connection: apsw.Connection) -> Iterator[None]:
    """A transaction that may write from its beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
