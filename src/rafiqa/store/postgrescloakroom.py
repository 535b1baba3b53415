"""The cloakroom of all processes that serve one store in PostgreSQL.

A table of its own (``sql/postgres/004_cloakroom.sql``), on a connection of its own: who signs in
waits for nobody who writes the ledger. Nothing of it is synced, for nothing of it is a record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any, Final

from rafiqa.store.cloakroom import ROOM_MOST, Change, Left
from rafiqa.store.database import Database

SWEEP_US: Final = 10_000_000
"""What has ended, and what is too much, is thrown away no more often than that by one process."""
_PUT: Final = """INSERT INTO cloakroom (room, key, owner, value, until_us) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (room, key) DO UPDATE SET owner = excluded.owner,
                     value = excluded.value, until_us = excluded.until_us"""

Rows = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


class PostgresCloakroom:
    """The cloakroom of a database. See ``Cloakroom``.

    Args:
        begun: gives a transaction; it is the cloakroom's alone.
        rows: gives the rows of a statement that only reads.
    """

    def __init__(self, begun: Callable[[], AbstractContextManager[Database]], rows: Rows) -> None:
        self._begun, self._rows = begun, rows
        self._swept_us: dict[str, int] = {}

    @property
    def shared(self) -> bool:
        """True: whoever serves this store sees it."""
        return True

    def put(self, room: str, left: Left, now_us: int, most: int = ROOM_MOST) -> None:
        """Nothing; it lies there now."""
        with self._begun() as database:
            database.execute(_PUT, (room, left.key, left.owner, left.value, left.until_us))
            self._sweep(database, room, now_us, most)

    def get(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lies under a key and has not ended, or None."""
        sql = "SELECT value FROM cloakroom WHERE room = ? AND key = ? AND until_us > ?"
        found = self._rows(sql, (room, key, now_us))
        return bytes(found[0][0]) if found else None

    def take(self, room: str, key: bytes, now_us: int) -> bytes | None:
        """What lay under a key, and does no more."""
        sql = "DELETE FROM cloakroom WHERE room = ? AND key = ? RETURNING value, until_us"
        with self._begun() as database:
            found = list(database.execute(sql, (room, key)))
        return bytes(found[0][0]) if found and found[0][1] > now_us else None

    def change(
        self, room: str, key: bytes, change: Change, now_us: int, until_us: int, owner: str = ""
    ) -> None:
        """Nothing; it was changed, and nothing came in between in any process."""
        lock = sha256(room.encode() + b"/" + key).digest()[:8]
        with self._begun() as database:
            database.execute(
                "SELECT pg_advisory_xact_lock(?)", (int.from_bytes(lock, "big", signed=True),)
            )
            sql = "SELECT value, owner, until_us FROM cloakroom WHERE room = ? AND key = ?"
            rows = list(database.execute(sql, (room, key)))
            known = rows[0] if rows and rows[0][2] > now_us else None
            made = change(None if known is None else bytes(known[0]))
            if made is None:
                database.execute("DELETE FROM cloakroom WHERE room = ? AND key = ?", (room, key))
            else:
                whose = owner if known is None else known[1]
                database.execute(_PUT, (room, key, whose, made, until_us))
            self._sweep(database, room, now_us, ROOM_MOST)

    def of(self, room: str, owner: str | None, now_us: int) -> list[Left]:
        """Everything of an owner, in the order in which it came."""
        sql = """SELECT key, owner, value, until_us FROM cloakroom
                  WHERE room = ? AND until_us > ? AND (? OR owner = ?) ORDER BY number"""
        rows = self._rows(sql, (room, now_us, owner is None, owner or ""))
        return [Left(bytes(key), whose, bytes(value), until) for key, whose, value, until in rows]

    def keys(self, room: str, owner: str, now_us: int) -> list[bytes]:
        """The keys of everything of an owner; what lies there is not read."""
        sql = """SELECT key FROM cloakroom WHERE room = ? AND owner = ? AND until_us > ?
                  ORDER BY number"""
        return [bytes(row[0]) for row in self._rows(sql, (room, owner, now_us))]

    def drop(self, room: str, keys: Sequence[bytes]) -> int:
        """How many there were."""
        sql = "DELETE FROM cloakroom WHERE room = ? AND key = ? RETURNING 1"
        # In one order for everybody, so that nobody waits in a ring.
        with self._begun() as database:
            return sum(len(list(database.execute(sql, (room, key)))) for key in sorted(set(keys)))

    def _sweep(self, database: Database, room: str, now_us: int, most: int) -> None:
        if now_us - self._swept_us.get(room, now_us - SWEEP_US) < SWEEP_US:
            return
        self._swept_us[room] = now_us
        # What somebody else holds is left for the next time: nobody waits for a sweep.
        database.execute(
            """DELETE FROM cloakroom WHERE (room, key) IN (
                   SELECT room, key FROM cloakroom WHERE until_us <= ? FOR UPDATE SKIP LOCKED)""",
            (now_us,),
        )
        database.execute(
            """DELETE FROM cloakroom WHERE (room, key) IN (
                   SELECT room, key FROM cloakroom WHERE room = ? ORDER BY number DESC
                   OFFSET ? FOR UPDATE SKIP LOCKED)""",
            (room, most),
        )
