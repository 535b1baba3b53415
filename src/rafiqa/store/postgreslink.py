"""A connection to PostgreSQL as the store wants it: what it is told of is on the disk."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rafiqa.errors import Fault, StoreError
from rafiqa.store.postgrestext import keep_any_text

SCHEMA: Final = "rafiqa"
OFFICE: Final = "rafiqa_office"
_SETTINGS: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    # With `off` 7,341 of 65,292 acknowledged writes were lost at power cuts (trust study, 6.5).
    "synchronous_commit": ("on", "remote_apply"),
}
_ALIVE: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Seconds, and milliseconds: a server that is gone without a word is given up within about ten
seconds. What the address itself says goes before."""
_ENDED: Final = {
    "tcp_keepalives_idle": 4,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "idle_in_transaction_session_timeout": 60_000,
}
"""The other way: who is gone keeps no turn that others wait for."""


def connected(address: str, wait_ms: int) -> psycopg.Connection[tuple[Any, ...]]:
    """Returns a connection whose settings keep what is acknowledged; it was read back.

    Raises:
        StoreError: ``store.setting``: the server would acknowledge what is not on its disk.
    """
    given: dict[str, Any] = {**_ALIVE, **conninfo_to_dict(address)}
    link = psycopg.connect(autocommit=True, **given)
    try:
        keep_any_text(link)
        for name, value in _ENDED.items():
            link.execute(f"SET {name} TO {value}")
        link.execute("SET synchronous_commit TO on")
        # A role or a database may be set to hear nothing: that a wait for a standby was ended is
        # told in a warning, and is no receipt.
        link.execute("SET client_min_messages TO warning")
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


def told_error(error: Exception) -> str:
    """Returns what of an error may be told and written down: nothing of any row.

    What a server says of a refused statement may hold the row's values; its code, and the names of
    table and rule, hold none. Where no server was reached, the driver's own words say why.
    """
    name = type(error).__name__
    if not isinstance(error, psycopg.Error):
        return name
    if error.sqlstate is None:
        return name if error.diag.message_primary else f"{name}: {error}"[:300]
    about = (error.sqlstate, error.diag.table_name, error.diag.constraint_name)
    return " ".join([name, *(each for each in about if each)])


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
