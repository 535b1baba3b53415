"""Attachments of records: named first, brought in parts, told while they are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rafiqa.errors import InvalidInput, NotFound
from rafiqa.ledger import PART_BYTES, AttachmentNamed
from rafiqa.service import (
    Stamp,
    attach,
    attachments_of,
    bring_parts,
    check_site,
    erase_words,
    named_after,
)
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, SURVEYOR

NOISE = np.random.default_rng(5).bytes(600_000)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "crater.jpg"
    path.write_bytes(NOISE)
    return path


def test_what_was_broken_off_goes_on_and_what_is_missing_is_told(
    at_stage: OfficeAt, photo: Path
) -> None:
    office = at_stage("evidence")
    named = named_after(photo, "E1", "image/jpeg")
    assert attach(office, SURVEYOR, named, Stamp(entry_id="n1")).done
    (told,) = attachments_of(office, "E1")
    assert (told.named, told.progress.missing) == (named, (0, 1, 2))
    office.store.put_part(named.sha256, 1, NOISE[PART_BYTES : 2 * PART_BYTES])
    (told,) = attachments_of(office, "E1")
    assert told.progress.missing == (0, 2)
    report = check_site(office)
    assert (report.intact, report.n_awaited) == (True, 1)  # missing is told, not a fault
    assert bring_parts(office, photo, named.sha256).whole
    report = check_site(office)
    assert (report.intact, report.n_awaited) == (True, 0)
    parts = office.store.attachment(named.sha256)
    assert parts is not None
    assert b"".join(parts) == NOISE
    assert list(attachments_of(office, "A9")) == []


def test_a_file_changed_on_the_way_is_not_taken(at_stage: OfficeAt, photo: Path) -> None:
    office = at_stage("evidence")
    named = named_after(photo, "E1", "image/jpeg")
    assert attach(office, SURVEYOR, named).done
    photo.write_bytes(NOISE[:-1] + b"\x00")
    with pytest.raises(InvalidInput, match=r"store\.attachment-hash"):
        bring_parts(office, photo, named.sha256)
    photo.write_bytes(NOISE)
    assert bring_parts(office, photo, named.sha256).whole


def test_a_damaged_attachment_is_found(at_stage: OfficeAt, photo: Path) -> None:
    office = at_stage("evidence")
    named = named_after(photo, "E1", "image/jpeg")
    assert attach(office, SURVEYOR, named).done
    bring_parts(office, photo, named.sha256)
    store: Any = office.store
    for statement in (
        "UPDATE attachment_parts SET content = zeroblob(length(content)) WHERE number = 1",
        "UPDATE attachments SET state = 0",
        "UPDATE attachments SET n_bytes = n_bytes - 1",
        "DELETE FROM attachment_parts WHERE number = 0",
    ):
        store._writer.execute(f"SAVEPOINT a; {statement}; RELEASE a")
        assert "store.attachment" in [fault.code for fault in check_site(office).faults], statement
        store._writer.execute("DELETE FROM attachment_parts; UPDATE attachments SET state = 0")
        store._writer.execute("UPDATE attachments SET n_bytes = ?", (len(NOISE),))
        assert bring_parts(office, photo, named.sha256).whole
        assert check_site(office).intact


def test_its_bytes_are_erased_with_its_entry(at_stage: OfficeAt, photo: Path) -> None:
    office = at_stage("evidence")
    named = named_after(photo, "E1", "image/jpeg")
    assert attach(office, SURVEYOR, named, Stamp(entry_id="n1")).done
    bring_parts(office, photo, named.sha256)
    store: Any = office.store
    assert NOISE[1000:1064] in store.path.read_bytes() + _log(store.path)
    assert erase_words(office, FIRST, "n1", "shows a person").done
    assert NOISE[1000:1064] not in store.path.read_bytes() + _log(store.path)
    assert office.store.attachment(named.sha256) is None
    (told,) = attachments_of(office)
    assert told.progress.erased
    assert check_site(office).intact


def _log(path: Path) -> bytes:
    log = path.with_name(path.name + "-wal")
    return log.read_bytes() if log.exists() else b""


def test_it_belongs_to_something_on_record(at_stage: OfficeAt, tmp_path: Path) -> None:
    office = at_stage("evidence")
    with pytest.raises(NotFound, match=r"service\.attachment\.record"):
        attach(office, SURVEYOR, AttachmentNamed("E99", "ab" * 32, 1, "image/jpeg"))
    with pytest.raises(InvalidInput, match=r"service\.attachment\.file"):
        named_after(tmp_path / "none.jpg", "E1", "image/jpeg")
    with pytest.raises(NotFound, match=r"store\.attachment-unknown"):
        bring_parts(office, tmp_path / "none.jpg", "ab" * 32)
