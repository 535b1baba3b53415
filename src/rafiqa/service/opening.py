"""Open an office: the store behind a name, with clock and ids passed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.service.identity import ulid_maker
from rafiqa.service.office import Office
from rafiqa.service.publishing import hold_to_log
from rafiqa.store import open_store


def open_office(
    store: str,
    *,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    create: bool = False,
    ballast_bytes: int = 0,
) -> Office:
    """Returns the office of a store; it takes no writes where the store is behind its own log.

    Args:
        store: a path; ``postgresql://`` addresses are for a later version.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
        create: make the store where there is none.
        ballast_bytes: see ``open_store``.

    Raises:
        NotFound: no store there, and not asked to make one; or a folder.
        InvalidInput: a kind of store that this version does not keep.
    """
    if "://" in store:
        raise InvalidInput(Fault("service.store.unsupported", "STORE", params={"store": store}))
    path = Path(store)
    if path.is_dir() or (not create and not path.exists()):
        raise NotFound(Fault("service.store.none", "STORE", params={"store": store}))
    kept = open_store(
        path, create=create, entropy=entropy, now_us=now_us, ballast_bytes=ballast_bytes
    )
    office = Office(kept, now_us, ulid_maker(now_us, entropy))
    hold_to_log(office, path)
    return office
