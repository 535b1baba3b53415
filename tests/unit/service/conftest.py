"""Offices for the tests of the verbs: each on a disk of its own, closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rafiqa.service import Office
from tests.unit.service.ground import kept_office, office_at

OfficeAt = Callable[[str], Office]


@pytest.fixture
def at_stage(tmp_path: Path) -> Iterator[OfficeAt]:
    """Makes an office on disk where the work on area A1 has come as far as a stage."""
    opened: list[Office] = []

    def make(stage: str) -> Office:
        opened.append(office_at(stage, kept_office(tmp_path / f"{len(opened)}.rafiqa")))
        return opened[-1]

    yield make
    for office in opened:
        office.store.close()
