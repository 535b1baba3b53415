"""Open an office: the store behind a name, with clock and ids passed in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rafiqa.errors import Conflict, Fault, InvalidInput, NotFound, RafiqaError, StoreError
from rafiqa.service.following import Following
from rafiqa.service.identity import ulid_maker
from rafiqa.service.office import Office
from rafiqa.service.place import is_database, place_of
from rafiqa.service.publishing import hold_to_log
from rafiqa.service.vaultdoor import vault_place
from rafiqa.store import EmbeddedStore, open_store
from rafiqa.store.vault import Vault, open_vault

if TYPE_CHECKING:
    from rafiqa.store.postgres import PostgresStore


def open_office(
    store: str,
    *,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    create: bool = False,
    ballast_bytes: int = 0,
    primary: str = "",
    of_any_age: bool = False,
) -> Office:
    """Returns the office of a store; it takes no writes where the store is behind its own log.

    Of a database that only follows another one it takes no writes either, and its present is as
    of when that copy stands (``Following``).

    Args:
        store: a path, or the ``postgresql://`` address of a database.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
        create: make the store where there is none.
        ballast_bytes: see ``open_store``.
        primary: of a copy that follows: where what is to be written is taken.
        of_any_age: open a copy that stands too far behind, too; the caller tells nothing of
            it as released.

    Raises:
        StoreError: ``store.replica-old``; or the store cannot be opened.
        NotFound: no store there, and not asked to make one; or a folder.
        InvalidInput: a kind of store that this version does not keep, or the driver of
            PostgreSQL is not installed.
    """
    place = place_of(store)
    kept: EmbeddedStore | PostgresStore
    if is_database(store):
        kept = _in_database(store, place, now_us, entropy, create=create)
    elif "://" in store:
        raise InvalidInput(Fault("service.store.unsupported", "STORE", params={"store": store}))
    elif place.is_dir() or (not create and not place.exists()):
        raise NotFound(Fault("service.store.none", "STORE", params={"store": store}))
    else:
        kept = open_store(
            place, create=create, entropy=entropy, now_us=now_us, ballast_bytes=ballast_bytes
        )
    office = Office(kept, now_us, ulid_maker(now_us, entropy))
    if not isinstance(kept, EmbeddedStore):
        try:
            _follow(office, kept, place, now_us, primary, of_any_age=of_any_age)
        except StoreError:
            kept.close()
            raise
    hold_to_log(office, place)
    office.vault_at = lambda: _vault_beside(vault_place(place), entropy, now_us)
    # One that cannot be opened keeps nobody from the map of hazards: what needs it says so.
    with suppress(RafiqaError):
        office.vault = office.vault_at()
    return office


def _follow(
    office: Office,
    kept: PostgresStore,
    place: Path,
    now_us: Callable[[], int],
    primary: str,
    *,
    of_any_age: bool,
) -> None:
    """Lets the office know at each question whether its database is a copy, and how old.

    That may change while it is open: a copy is made the one to write to, and behind an address
    another server answers.
    """
    if primary:
        kept.name_primary(primary)
    hold = partial(hold_to_log, office, place)
    following = Following(kept, now_us, time.monotonic, primary, hold)
    if kept.follows and not of_any_age:
        following.refuse_old()
    office.following = following

    def present_us() -> int:
        # What is asked about the present of a copy is asked about as of when it stands.
        return following.as_of_us() if kept.follows else now_us()

    office.now_us = present_us


def empty_database(
    store: str, place: Path, now_us: Callable[[], int], entropy: Callable[[int], bytes]
) -> PostgresStore:
    """Returns a store in a database, made now; or one that was made and holds nothing yet.

    Raises:
        InvalidInput: the driver of PostgreSQL is not installed.
        Conflict: the store in it holds something.
        StoreError: the database cannot be reached.
    """
    try:
        return _in_database(store, place, now_us, entropy, create=True)
    except StoreError as error:
        if error.code != "store.exists":
            raise
    kept = _in_database(store, place, now_us, entropy, create=False)
    if kept.head().seq:
        kept.close()
        raise Conflict(Fault("store.not-empty", "STORE"))
    return kept


def _in_database(
    store: str,
    place: Path,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    *,
    create: bool,
) -> PostgresStore:
    if find_spec("psycopg") is None:
        raise InvalidInput(Fault("service.store.no-driver", "STORE"))
    # Only where there is a driver: a laptop works without.
    from rafiqa.store.postgresopening import open_postgres

    return open_postgres(store, place=place, create=create, entropy=entropy, now_us=now_us)


def _vault_beside(
    path: Path, entropy: Callable[[int], bytes], now_us: Callable[[], int]
) -> Vault | None:
    """The vault beside a store; None where nothing lies there."""
    return open_vault(path, entropy, now_us) if os.path.lexists(path) else None
