"""The same entry id twice is one entry; the same id with other content is kept apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.land import AccidentRecorded, LandReopened
from rafiqa.service import Stamp, record_accident, reopen_land
from rafiqa.service.incident import accident_reopening
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, SURVEYOR, spot_in, square, state_at
from tests.unit.service.stages import office_for


@pytest.mark.parametrize("name", ACTS)
def test_sent_twice_is_one_entry_and_other_content_is_quarantined(
    at_stage: OfficeAt, tmp_path: Path, name: str
) -> None:
    act = ACTS[name]
    office = office_for(act.stage, at_stage, tmp_path / "bare.rafiqa")
    stamp = Stamp(entry_id="sent")
    first = act.verb(office, act.actor, act.fact, stamp)
    assert first.done, first.reasons
    assert "sent" in first.entry_ids
    head, facts = office.store.head(), list(office.facts())

    again = act.verb(office, act.actor, act.fact, stamp)
    assert (again.done, again.already, again.reasons) == (True, True, ())
    assert office.store.head() == head

    other = act.verb(office, act.actor, act.other, stamp)
    assert not other.done
    assert [reason.code for reason in other.reasons] == ["ledger.id-conflict"]
    assert office.store.head() == head
    assert list(office.facts()) == facts
    kept = list(office.store.quarantined())
    assert [fault.code for item in kept for fault in item.faults] == ["ledger.id-conflict"]
    office.store.close()


def test_sent_again_after_it_has_become_impossible_it_is_still_done(at_stage: OfficeAt) -> None:
    """A client whose connection broke asks again: what it did stands, whatever came since."""
    office = at_stage("released")
    assert reopen_land(office, FIRST, LandReopened("O1", square(), "missed_item")).done
    again = ACTS["propose_release"].verb(
        office, ACTS["propose_release"].actor, ACTS["propose_release"].fact, Stamp(entry_id="r1")
    )
    assert (again.done, again.already) == (True, True)
    accepted = ACTS["accept_release"].verb(
        office, ACTS["accept_release"].actor, ACTS["accept_release"].fact, Stamp(entry_id="d1")
    )
    assert (accepted.done, accepted.already) == (True, True)
    assert state_at(office, 50, 50) == "cha"


def test_an_accident_whose_id_is_taken_reopens_nothing_of_its_own(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    far = AccidentRecorded("X1", "ordnance", spot_in(office, 900, 900))
    near = AccidentRecorded("X1", "ordnance", spot_in(office, 50, 50))
    assert record_accident(office, SURVEYOR, far, Stamp(entry_id="x1")).done
    head = office.store.head()
    refused = record_accident(office, SURVEYOR, near, Stamp(entry_id="x1"))
    assert [reason.code for reason in refused.reasons] == ["ledger.id-conflict"]
    assert office.store.head() == head
    assert accident_reopening(office, near, office.now_us()) is not None
    # Sent under an id of its own it is heard.
    assert record_accident(office, SURVEYOR, near, Stamp(entry_id="x2")).done
    assert state_at(office, 50, 50) == "cha"


def test_without_an_id_each_sending_is_an_entry(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    for number in (1, 2):
        acted = reopen_land(office, FIRST, LandReopened(f"O{number}", square(), "flood"))
        assert len(acted.entry_ids[0]) == 26  # a ULID
    assert len({record.entry_id for record in office.facts()}) == len(office.facts())
