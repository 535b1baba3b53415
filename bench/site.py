"""A fresh site in a folder that goes away: the office that the benches work through."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rafiqa.geo import Spot
from rafiqa.land import Actor, SiteOpened
from rafiqa.service import Office, open_office, open_site

AUTHORITY = Actor("person-1", "authority", "authority")


def now_us() -> int:
    """Returns the clock of this machine, microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


@contextmanager
def folder() -> Iterator[Path]:
    """Yields a folder of our own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rafiqa-bench-") as name:
        yield Path(name)


@contextmanager
def fresh_office(path: Path, origin: Spot) -> Iterator[Office]:
    """Yields the office of a new store for a site at an origin."""
    office = open_office(str(path), now_us=now_us, entropy=os.urandom, create=True)
    try:
        open_site(office, AUTHORITY, SiteOpened("Bench", origin, "authority"))
        yield office
    finally:
        office.store.close()
