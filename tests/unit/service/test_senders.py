"""For whom somebody sends: by account, phone and record, asked in one place."""

from __future__ import annotations

from dataclasses import replace

from rafiqa.land import Actor, EvidenceRecorded
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import enrol_device, record_evidence, token_sha256
from rafiqa.service.accounts import put_account
from rafiqa.service.fieldbook import APART
from rafiqa.service.intakekept import Kept, told_original
from rafiqa.service.scope import senders
from rafiqa.store import Quarantined
from tests.city import PASSWORD, Draws
from tests.unit.service.ground import AUTHORITY, FIRST, SURVEYOR, office_at, spot_in


def test_who_sends_for_whom_is_known_by_account_phone_and_record() -> None:
    office = office_at("site")
    phone = DeviceEnrolled("phone-1", token_sha256("t" * 64), "carrier", "cedar", "surveyor")
    assert enrol_device(office, FIRST, phone).done
    put_account(office.store, "x", PASSWORD, Actor("x", "river", "planner"), "X", Draws())
    told = senders(office)
    assert told["carrier"] == {"cedar"}
    assert told["x"] == {"river"}
    assert told[FIRST.person_id] == {AUTHORITY}
    assert "nobody" not in told
    # Who goes from one to another has both, as soon as that is on record.
    moved = Actor(SURVEYOR.person_id, "cedar", "surveyor")
    for number, actor in enumerate((SURVEYOR, moved)):
        fact = EvidenceRecorded(f"E{number}", "eo_seen", "visual", spot_in(office, 9, 9))
        assert record_evidence(office, actor, fact).done
    assert senders(office)[SURVEYOR.person_id] == {SURVEYOR.organisation_id, "cedar"}


def test_a_name_goes_to_whose_person_sent_it_and_to_nobody_in_doubt() -> None:
    office = office_at("site")
    form = b"""<data id="resident_visit" version="1"><meta><instanceID>uuid:x</instanceID></meta>
<seen>canary-seen</seen><full_name>canary-name</full_name></data>"""
    item = Quarantined(f"{APART}x", "", None, form, (), 0, SURVEYOR.person_id)
    own, other = SURVEYOR.organisation_id, "cedar"
    fact = EvidenceRecorded("E0", "eo_seen", "visual", spot_in(office, 9, 9))
    assert record_evidence(office, SURVEYOR, fact).done

    def told(reader: str) -> bytes:
        return told_original(office, Kept(item, "x.xml"), reader)[1]

    assert told(own) == form
    assert b"canary-seen" in told(other)
    assert b"canary-name" not in told(other)
    assert record_evidence(
        office, Actor(SURVEYOR.person_id, other, "surveyor"), replace(fact, evidence_id="E1")
    ).done
    for reader in (own, other):
        assert b"canary-seen" in told(reader)
        assert b"canary-name" not in told(reader)
