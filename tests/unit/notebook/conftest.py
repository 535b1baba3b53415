"""The small city of tests/city.py as a notebook opens it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import rafiqa
from tests.city import small_city

DAY = "2026-10-31"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("notebook")
    small_city(made).store.close()
    (made / "small.rafiqa").rename(made / "city.rafiqa")
    return made


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[rafiqa.Site]:
    with rafiqa.open(folder / "city.rafiqa") as opened:
        yield opened
