"""Free words of a survey, where the vault is away and the store's own disk fails at each point.

They may tell of a hazard and may name somebody. What is told of as kept is there after a restart,
what is not is told of as left, and the ledger names nobody, whatever fails.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
import pytest

from rafiqa.errors import RafiqaError
from rafiqa.service import Office
from rafiqa.service.importpersons import PERSONS_APART
from rafiqa.service.paperfile import PapersTaken, take_papers
from rafiqa.store import open_store
from tests.fault.conftest import folder_like
from tests.fault.disk import Disk, Failure
from tests.unit.service.ground import FIRST, Clock, Draws, kept_office, office_at

STORE = "city.rafiqa"
ROW: dict[str, Any] = {
    "id": "C1",
    "surveyed_on": "2026-02-03",
    "community": "Mill",
    "contaminated": "yes",
    "note": "qanary-note",
}
KINDS = {"write": apsw.SQLITE_IOERR_WRITE, "sync": apsw.SQLITE_IOERR_FSYNC}
LEFT, APART = "service.survey.words-left", "service.survey.words-apart"


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A site on a disk; its vault was made and is away."""
    office = office_at("area", kept_office(tmp_path / STORE))
    office.store.close()
    return tmp_path


def opened(folder: Path, vfs: str | None = None) -> Office:
    store = open_store(folder / STORE, entropy=os.urandom, now_us=Clock(), wait_ms=100, vfs=vfs)
    draws = Draws()
    return Office(store, Clock(), lambda: draws(16).hex(), expects_vault=True)


def sent(folder: Path, disk: Disk) -> PapersTaken | None:
    """What became of a survey; None where it was refused, for the store takes nothing."""
    office = opened(folder, disk.name)
    try:
        return take_papers(office, FIRST, "community_impact", [ROW], "f.json")
    except RafiqaError:
        return None
    finally:
        office.store.close()


def kept(office: Office) -> list[str]:
    """The words that lie in the quarantine."""
    return [
        json.loads(item.original)["fields"]["note"]
        for item in office.store.quarantined()
        if item.quarantine_id.startswith(PERSONS_APART)
    ]


def looked_at(folder: Path, taken: PapersTaken | None) -> str:
    """What was told, held to what is there after a restart."""
    office = opened(folder)
    try:
        reports = set(office.register().reports)
        assert not any(b"qanary" in entry.body for entry in office.store.read())
        if taken is None or not taken.entry_ids:
            return "refused"
        assert "C1.sign" in reports, "a hazard that was taken in is lost"
        (told,) = [each.code for each in taken.warnings]
        assert told in {LEFT, APART}
        if told == APART:
            assert kept(office) == ["qanary-note"]
        if office.store.stopped():
            # A store that met a failing disk is written anew before it takes anything.
            return told
        # Sent again they are kept, or were.
        again = take_papers(office, FIRST, "community_impact", [ROW], "f.json")
        assert [each.code for each in again.warnings] == [APART]
        assert kept(office) == ["qanary-note"]
        return told
    finally:
        office.store.close()


def points(before: Path, kind: str) -> tuple[int, int]:
    """From which operation on a survey is taken in, and after which it is."""
    with folder_like(before) as folder:
        disk = Disk(folder)
        office = opened(folder, disk.name)
        first = disk.count_of(kind)
        take_papers(office, FIRST, "community_impact", [ROW], "f.json")
        last = disk.count_of(kind)
        office.store.close()
        return first, last


@pytest.mark.parametrize("kind", KINDS)
def test_words_are_kept_or_told_of_as_left_wherever_the_disk_fails(before: Path, kind: str) -> None:
    first, last = points(before, kind)
    assert last > first
    told = Counter[str]()
    for at in range(first, last + 1):
        with folder_like(before) as folder:
            disk = Disk(folder)
            disk.failure = Failure(at, KINDS[kind], kind, lasting=1_000)
            taken = sent(folder, disk)
            disk.failure = None
            told[looked_at(folder, taken)] += 1
    # The fault fell before the survey, between it and its words, and after both.
    assert set(told) == {"refused", LEFT, APART}, told
