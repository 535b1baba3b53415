"""The form of a database: which changes it had, and the newest put in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from rafiqa.errors import Fault, StoreError
from rafiqa.store.migrations import Migration
from rafiqa.store.postgreslink import SCHEMA


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
