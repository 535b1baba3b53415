"""The small city, built once and copied for each test that writes to it."""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from rafiqa.service import Office, open_office
from tests.city import Clock, small_city


@cache
def _built() -> tuple[bytes, int]:
    clock = Clock()
    with TemporaryDirectory(prefix="rafiqa-small-") as folder:
        small_city(Path(folder), clock).store.close()
        return (Path(folder) / "small.rafiqa").read_bytes(), clock.at_us


def own_city(folder: Path) -> tuple[Office, Clock]:
    """A small city of one test's own, and its clock."""
    built, at_us = _built()
    (folder / "small.rafiqa").write_bytes(built)
    clock = Clock()
    clock.at_us = at_us
    path = str(folder / "small.rafiqa")
    return open_office(path, now_us=clock.now_us, entropy=secrets.token_bytes), clock
