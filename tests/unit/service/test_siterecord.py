"""Papers of works as verbs: what they are read from, what they stop, and who may answer a find."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.dictionary import dictionary
from rafiqa.errors import InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import LandReopened
from rafiqa.recovery import (
    ChanceFindAnswered,
    ChanceFound,
    EodSupportAgreed,
    PictureKept,
    ProjectRegistered,
    RubbleLifted,
    RubbleLotMoved,
    RubbleLotRegistered,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.service import (
    SITE_RECORDS,
    Acted,
    AsOf,
    Office,
    Stamp,
    gate_of,
    issue_certificate,
    move_rubble_lot,
    project_of,
    put_on_record,
    register_project,
    register_rubble_lot,
    site_fact,
)
from rafiqa.wire.factcode import fact_bytes, fact_from, kind_of
from tests.unit.service.acts import ACTS, PAPERS
from tests.unit.service.certifying import papers_keys
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import ENGINEER, FIRST, OPERATOR, ORIGIN, square

SCHOOL = ProjectRegistered("J1", "School", "school", square(10, 10, 20), 20)
LIVE = UtilitiesNoted("J1", "live", "none", "cut", "no")
DAY_US = 86_400_000_000


def done(acted: Acted) -> Acted:
    assert acted.done, acted.reasons
    return acted


def outcome(office: Office, works_id: str, as_of: AsOf | None = None) -> str:
    times = as_of or AsOf()
    return gate_of(office, project_of(office, works_id, times), times).outcome


def closing(office: Office, works_id: str) -> list[str]:
    answer = gate_of(office, project_of(office, works_id))
    return [gate.code for gate in answer.gates if gate.outcome == "closed"]


def middle(office: Office) -> Spot:
    """A place in the middle of the school, on released ground."""
    return office.frame.mm_spot(20_000, 20_000)


# --- from fields to facts


def test_every_record_of_the_table_is_in_the_dictionary_and_in_the_ledgers_words() -> None:
    assert set(SITE_RECORDS) <= set(dictionary().records)
    assert {act for _, act in SITE_RECORDS.values()} == {*PAPERS, "answer_find", "log_find"}


@pytest.mark.parametrize("act", [*PAPERS, "answer_find"])
def test_every_paper_comes_back_from_its_bytes(act: str) -> None:
    fact = ACTS[act].fact
    assert fact_from(kind_of(fact), 1, fact_bytes(fact)) == fact


def test_fields_become_the_fact_they_state() -> None:
    values: dict[str, Any] = {
        "works_id": "J1",
        "organisation_id": "eod-unit",
        "team": "T4",
        "until_on": "1970-01-02",
    }
    assert site_fact("eod_support", values) == EodSupportAgreed(
        "J1", "eod-unit", "T4", 2 * DAY_US - 1
    )
    lift = {
        "works_id": "H1",
        "lift_id": "U1",
        "layer": "2",
        "volume_m3": "12.5",
        "eod_on_call": "yes",
        "tickets": "T-1, T-2;T-3",
        "tickets_m3": 12,
    }
    assert site_fact("rubble_lift", lift) == RubbleLifted(
        "H1", "U1", 2, Decimal("12.5"), True, ("T-1", "T-2", "T-3"), Decimal(12)
    )
    found = {"works_id": "H1", "find_id": "F1", "lay_in": "ground", "lon_deg": 39, "lat_deg": 36}
    assert site_fact("chance_find", found) == ChanceFound("H1", "F1", "ground", Spot.of(39.0, 36.0))
    closed = {"works_id": "J1", "as_built_on": "2026-03-01"}
    assert site_fact("works_closing", closed) == WorksClosed("J1", "2026-03-01")


def test_a_paper_that_cannot_be_read_names_every_fault() -> None:
    values = {"works_id": "J1", "power": "off", "gas": "cut", "watter": "cut"}
    with pytest.raises(InvalidInput) as refused:
        site_fact("utility_note", values, 3)
    assert {(fault.code, fault.place, fault.row) for fault in refused.value.faults} == {
        ("service.site.field-unknown", "watter", 3),
        ("dictionary.code.unknown", "power", 3),
        ("dictionary.field.missing", "water", 3),
        ("dictionary.field.missing", "voids", 3),
    }
    with pytest.raises(InvalidInput, match=r"service\.site\.kind"):
        site_fact("hlp_claim", {})


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (replace(LIVE, works_id="J9"), "service.site.works-unknown"),
        (replace(LIVE, gas="off"), "service.code.unknown"),
        (
            PictureKept("J1", "before", "AB" * 32, "2026-03-01", "field", "yes"),
            "service.site.picture-hash",
        ),
    ],
)
def test_a_paper_is_refused(at_stage: OfficeAt, fact: Any, code: str) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    head = office.store.head()
    acted = put_on_record(office, ENGINEER, fact)
    assert [reason.code for reason in acted.reasons] == [code]
    assert office.store.head() == head


# --- what stands at the gate


def test_a_paper_closes_and_lifts_and_the_past_stays(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    bare = AsOf(known_at_us=office.facts()[-1].recorded_at_us)
    assert outcome(office, "J1") == "open"
    entry = done(put_on_record(office, ENGINEER, LIVE)).entry_ids
    stopped = AsOf(known_at_us=office.facts()[-1].recorded_at_us)
    (gate,) = (g for g in gate_of(office, SCHOOL).gates if g.code == "gate.utilities.live")
    assert (gate.outcome, gate.fact_ids) == ("closed", entry)
    done(put_on_record(office, ENGINEER, replace(LIVE, power="cut")))
    assert closing(office, "J1") == []
    assert [outcome(office, "J1", each) for each in (bare, stopped)] == ["open", "closed"]


def test_a_find_in_released_ground_reopens_it_and_one_in_rubble_does_not(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    neighbour = replace(SCHOOL, project_id="J2", shape=square(15, 15, 20))
    apart = replace(SCHOOL, project_id="J3", shape=square(60, 60, 5))
    for each in (neighbour, apart):
        done(register_project(office, ENGINEER, each))
    above = ChanceFound("J1", "F1", "rubble", middle(office))
    assert len(done(put_on_record(office, ENGINEER, above)).entry_ids) == 1
    assert closing(office, "J1") == closing(office, "J2") == ["gate.rubble.find-open"]
    # Elsewhere on the same released ground nothing closes; the authority answers the find first.
    assert (closing(office, "J3"), outcome(office, "J3")) == ([], "conditions")
    done(put_on_record(office, OPERATOR, ChanceFindAnswered("J1", "F1", True, "taken away")))
    assert closing(office, "J1") == closing(office, "J2") == []
    below = replace(above, find_id="F2", lay_in="unknown")
    sent = Stamp(entry_id="find-2")
    assert len(done(put_on_record(office, ENGINEER, below, sent)).entry_ids) == 2
    assert isinstance(office.facts()[-1].fact, LandReopened)
    done(put_on_record(office, OPERATOR, ChanceFindAnswered("J1", "F2", True, "taken away")))
    assert closing(office, "J1") == ["gate.area.hazard", "gate.reopening.reopened"]
    n_facts = len(office.facts())
    assert done(put_on_record(office, ENGINEER, below, sent)).already
    assert len(office.facts()) == n_facts


def test_a_find_is_recorded_whatever_is_unknown_of_it(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    far = office.now_us() + 400 * DAY_US
    acted = put_on_record(office, ENGINEER, ChanceFound("J9", "F1", "unknown"), Stamp(far))
    assert done(acted).warnings[0].code == "service.date.set-aside"
    off = ChanceFound("J9", "F2", "ground", Spot.of(-120.0, 40.0))
    done(put_on_record(office, ENGINEER, off))
    assert len(list(office.recovery().folder("J9").open_finds())) == 2


def test_who_told_of_a_find_does_not_answer_it(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    done(put_on_record(office, OPERATOR, ChanceFound("J1", "F1", "rubble")))
    own = put_on_record(office, OPERATOR, ChanceFindAnswered("J1", "F1", True, "seen"))
    assert [reason.code for reason in own.reasons] == ["service.site.own-find"]
    other = put_on_record(office, FIRST, ChanceFindAnswered("J1", "F9", True, "seen"))
    assert [reason.code for reason in other.reasons] == ["service.site.find-unknown"]
    done(put_on_record(office, FIRST, ChanceFindAnswered("J1", "F1", True, "seen")))


def test_a_lot_has_the_gates_of_works(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    lot = RubbleLotRegistered("H1", "Heap", ORIGIN, square(10, 10, 20), 40)
    done(register_rubble_lot(office, ENGINEER, lot))
    works = project_of(office, "H1")
    assert (works.kind, works.depth_cm, works.volume_m3) == ("rubble_removal", 0, Decimal(40))
    assert outcome(office, "H1") == "open"
    done(move_rubble_lot(office, ENGINEER, RubbleLotMoved("H1", "stopped")))
    assert closing(office, "H1") == ["gate.rubble.stopped"]
    done(move_rubble_lot(office, ENGINEER, RubbleLotMoved("H1", "removing")))
    assert outcome(office, "H1") == "open"
    shapeless = RubbleLotRegistered("H2", "Heap", ORIGIN)
    done(register_rubble_lot(office, ENGINEER, shapeless))
    assert closing(office, "H2") == ["gate.registration.shape-missing"]


def test_closed_works_rest_on_a_certificate_in_force(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(register_project(office, ENGINEER, SCHOOL))
    issued = issue_certificate(office, papers_keys(), FIRST, "release", "A1")
    done(issued.acted)
    (number,) = office.register().certificates
    closed = WorksClosed("J1", "2026-03-01", number, "2026-03-02", "school board")
    done(put_on_record(office, ENGINEER, closed))
    assert "gate.closing.complete" in [g.code for g in gate_of(office, SCHOOL).gates]
    done(put_on_record(office, ENGINEER, replace(closed, certificate_number="RFQ-none")))
    assert closing(office, "J1") == ["gate.closing.certificate-not-in-force"]
