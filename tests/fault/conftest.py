"""Stores on disks that fail."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rafiqa.store import embedded, settings
from tests.contract.drafts import MEMORY
from tests.fault.workload import opened


@pytest.fixture(autouse=True)
def _small_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy the log into the file often, so that the faults fall on that work too."""
    monkeypatch.setattr(embedded, "CHECKPOINT_PAGES", 12)


@pytest.fixture
def synchronous(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> int:
    """For the controls: a store that takes PRAGMA synchronous less seriously than it must."""
    level: int = request.param
    monkeypatch.setattr(settings, "PRAGMAS", {**settings.PRAGMAS, "synchronous": level})
    return level


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store in it that is empty."""
    folder = tmp_path_factory.mktemp("blank")
    opened(folder, create=True).close()
    return folder


@contextmanager
def folder_like(source: Path | None = None) -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where there is one: the faults are ours."""
    folder = Path(tempfile.mkdtemp(prefix="rafiqa-fault-", dir=MEMORY))
    try:
        if source is not None:
            shutil.copytree(source, folder, dirs_exist_ok=True)
        yield folder
    finally:
        shutil.rmtree(folder)
