"""The small city, built once and copied for each test that writes to it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from functools import cache
from pathlib import Path

from rafiqa.service import Office, open_office
from tests.city import Clock, small_city


@cache
def _built() -> tuple[Path, int]:
    folder = Path(tempfile.mkdtemp(prefix="rafiqa-small-"))
    clock = Clock()
    small_city(folder, clock).store.close()
    return folder, clock.at_us


def own_city(folder: Path) -> tuple[Office, Clock]:
    """A small city of one test's own, and its clock."""
    built, at_us = _built()
    shutil.copytree(built, folder, dirs_exist_ok=True)
    clock = Clock()
    clock.at_us = at_us
    path = str(folder / "small.rafiqa")
    return open_office(path, now_us=clock.now_us, entropy=secrets.token_bytes), clock
