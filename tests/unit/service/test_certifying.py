"""Certificates through the services: what is issued, what takes it out of force, and lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rafiqa.geo import planar_mm
from rafiqa.land import (
    Actor,
    AreaRecorded,
    CertificateIssued,
    CertificateMoved,
    EvidenceAnswer,
    EvidenceRecorded,
    Finding,
    LandHandedOver,
    LandReopened,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.ledger.certificate import certificate_id, issued
from rafiqa.ledger.statuslist import status_list_of
from rafiqa.ledger.verdict import Answer, verdict
from rafiqa.service import (
    Office,
    Saying,
    Stamp,
    accept_release,
    certificate_standings,
    declare_area,
    hand_over,
    inspect_work,
    issue_certificate,
    kept_certificate,
    move_certificate,
    newest_certificate,
    propose_release,
    publish_lists,
    record_evidence,
    reopen_land,
    report_work,
    status_list,
    transfer_release,
)
from rafiqa.service.act import carry_out
from rafiqa.service.certifying import listed_now
from tests.unit.service.certifying import papers_keys
from tests.unit.service.ground import (
    FIRST,
    INSPECTOR,
    OPERATOR,
    SECOND,
    SURVEYOR,
    evidence,
    office_at,
    square,
)

KEYS = papers_keys()
THIRD = Actor("authority-3", FIRST.organisation_id, "authority")


def issue(office: Office, kind: str = "release", actor: Actor = FIRST, area_id: str = "A1") -> str:
    made = issue_certificate(office, KEYS, actor, kind, area_id)  # type: ignore[arg-type]
    assert made.acted.done, made.acted.reasons
    assert made.number is not None
    return made.number


def refusal(office: Office, kind: str, actor: Actor = FIRST, area_id: str = "A1") -> list[str]:
    before = office.store.head()
    made = issue_certificate(office, KEYS, actor, kind, area_id)  # type: ignore[arg-type]
    assert not made.acted.done
    assert office.store.head() == before
    return [reason.code for reason in made.acted.reasons]


def states(office: Office) -> dict[str, str]:
    return {each.number: each.state for each in certificate_standings(office)}


def why(office: Office, number: str) -> set[str]:
    standings = {each.number: each for each in certificate_standings(office)}
    return {reason.code for reason in standings[number].reasons}


def test_a_release_decision_says_what_the_land_book_says() -> None:
    office = office_at("released")
    kept = kept_certificate(office, KEYS, issue(office))
    assert kept is not None
    (part,) = kept.claims.parts
    assert (part.part_id, part.outcome, part.depth_cm, part.area_m2) == (
        "P1",
        "cleared",
        30,
        10_000,
    )
    assert square().geometry.covers(planar_mm(part.outline, office.frame))
    assert kept.claims.methods == ("manual",)
    assert kept.standing.state == "in-force"
    now_s = office.now_us() // 1_000_000
    found = verdict(kept.texts, KEYS.trust, status_list(office, KEYS), now_s)
    assert (found.answer, found.status, found.logged) == (Answer.KNOWN, "in-force", True)


@pytest.mark.parametrize("stage", ["area", "task", "work", "inspected", "proposed"])
def test_before_the_release_there_is_no_release_decision(stage: str) -> None:
    assert refusal(office_at(stage), "release") == ["land.certificate.nothing-released"]


def test_no_kind_is_issued_of_land_that_does_not_bear_it_out() -> None:
    office = office_at("released")
    assert refusal(office, "cancellation") == ["land.certificate.nothing-released"]
    assert refusal(office, "handover") == ["land.certificate.not-handed-over"]
    assert refusal(office, "release", area_id="A9") == ["land.area.unknown"]


def test_nobody_signs_for_their_own_work() -> None:
    office = office_at("released")
    own = replace(FIRST, organisation_id=OPERATOR.organisation_id)
    assert "land.certificate.own-organisation" in refusal(office, "release", own)
    lead = replace(FIRST, person_id="lead")
    assert "land.certificate.own-work" in refusal(office, "release", lead)
    reporter = replace(FIRST, person_id=OPERATOR.person_id)
    assert "land.certificate.own-work" in refusal(office, "release", reporter)


def test_a_key_is_not_touched_where_the_act_is_refused() -> None:
    class Watched:
        name, algorithm, public_key = (
            KEYS.issuer.name,
            KEYS.issuer.algorithm,
            KEYS.issuer.public_key,
        )
        signed = 0

        def sign(self, message: bytes) -> bytes:
            type(self).signed += 1
            return KEYS.issuer.sign(message)

    keyring = replace(KEYS, issuer=Watched())
    office = office_at("proposed")
    assert not issue_certificate(office, keyring, FIRST, "release", "A1").acted.done
    office = office_at("released")
    assert not issue_certificate(office, keyring, OPERATOR, "release", "A1").acted.done
    assert Watched.signed == 0
    assert issue_certificate(office, keyring, FIRST, "release", "A1").acted.done
    assert Watched.signed == 1


def test_a_release_that_another_body_decided_is_that_bodys_to_certify() -> None:
    office = office_at("area")
    taken = ReleaseTransferred("T9", "cleared", square(), "other body", "map", "A1", 50, "manual")
    assert transfer_release(office, FIRST, taken).done
    assert refusal(office, "release") == ["land.certificate.transferred"]


def written(office: Office, actor: Actor, subject: str, fact: object) -> None:
    """Puts a fact on record past every rule, as somebody who can write to the store could."""
    office.say(actor, [Saying(office.new_id(), subject, office.now_us(), fact)])


# --- what takes a certificate out of force


def _reopen(office: Office) -> None:
    assert reopen_land(office, FIRST, LandReopened("O1", square(90, 90, 50), "missed_item")).done


def _fail(office: Office) -> None:
    bad = WorkInspected(
        "I9", "W1", INSPECTOR.organisation_id, passed=False, findings=(Finding("critical", "x"),)
    )
    assert inspect_work(office, INSPECTOR, bad).done


def _new_area(office: Office) -> None:
    seen = replace(evidence("E9", "A9"), area_id="A9")
    assert isinstance(seen, EvidenceRecorded)
    assert record_evidence(office, SURVEYOR, seen).done
    new = AreaRecorded("A9", "sha", square(50, 50, 20), "Well", ("E9",))
    assert declare_area(office, SURVEYOR, new).done


TAKES_OUT = {"reopening": _reopen, "failed inspection": _fail, "a new area": _new_area}


@pytest.mark.parametrize("name", TAKES_OUT)
def test_what_raises_its_ground_takes_it_out_of_force_at_once(name: str) -> None:
    office = office_at("released")
    number = issue(office)
    known_at_us = office.now_us()
    raised: Callable[[Office], None] = TAKES_OUT[name]
    raised(office)
    assert states(office) == {number: "reopened"}
    assert why(office, number) == {"land.certificate.reopened"}
    # As known before, it stood: history is not rewritten.
    assert certificate_standings(office, known_at_us)[0].state == "in-force"
    kept = kept_certificate(office, KEYS, number)
    assert kept is not None
    listed, _ = status_list_of(status_list(office, KEYS))
    assert dict(listed.states) == {certificate_id(number): "reopened"}
    found = verdict(kept.texts, KEYS.trust, status_list(office, KEYS), office.now_us() // 1_000_000)
    assert found.status == "reopened"


def test_what_happens_beside_it_leaves_it_in_force() -> None:
    """The control: a neighbour that shares an edge, and ground farther away."""
    office = office_at("released")
    number = issue(office)
    for at, shape in enumerate((square(100, 0), square(500, 500))):
        assert reopen_land(office, FIRST, LandReopened(f"O{at}", shape, "flood")).done
    assert states(office) == {number: "in-force"}


def test_no_word_puts_back_what_the_land_took_out_of_force() -> None:
    office = office_at("released")
    number = issue(office)
    assert move_certificate(office, FIRST, CertificateMoved(number, "suspended", "a report")).done
    _reopen(office)
    assert move_certificate(office, SECOND, CertificateMoved(number, "reinstated", "looked")).done
    assert states(office) == {number: "reopened"}


def test_a_part_of_the_ground_is_certified_anew_and_supersedes() -> None:
    office = office_at("released")
    first = issue(office)
    _reopen(office)
    second = issue(office)
    assert states(office) == {first: "superseded", second: "in-force"}
    assert why(office, first) == {"land.certificate.superseded"}
    kept = kept_certificate(office, KEYS, second)
    assert kept is not None
    assert kept.claims.supersedes == first
    assert kept.claims.area_m2 == 10_000 - 100


def test_one_suspends_and_only_a_second_puts_back() -> None:
    office = office_at("released")
    number = issue(office)
    assert move_certificate(office, FIRST, CertificateMoved(number, "suspended", "a report")).done
    assert states(office) == {number: "suspended"}
    back = CertificateMoved(number, "reinstated", "nothing found")
    codes = [reason.code for reason in move_certificate(office, FIRST, back).reasons]
    assert codes == ["land.certificate.same-person"]
    assert move_certificate(office, SECOND, back).done
    assert states(office) == {number: "in-force"}
    codes = [reason.code for reason in move_certificate(office, THIRD, back).reasons]
    assert codes == ["land.certificate.not-suspended"]


def test_a_record_written_past_the_rule_puts_nothing_back() -> None:
    """The fold asks again: the same person's own reinstatement does nothing."""
    office = office_at("released")
    number = issue(office)
    assert move_certificate(office, FIRST, CertificateMoved(number, "suspended", "a report")).done
    forced = CertificateMoved(number, "reinstated", "I say so")
    assert carry_out(office, FIRST, "move_certificate", number, forced).done
    assert states(office) == {number: "suspended"}
    assert carry_out(office, SECOND, "move_certificate", number, forced).done
    assert states(office) == {number: "in-force"}


def test_a_suspended_one_is_not_papered_over() -> None:
    office = office_at("released")
    number = issue(office)
    assert move_certificate(office, FIRST, CertificateMoved(number, "suspended", "a report")).done
    assert refusal(office, "release", SECOND) == ["land.certificate.suspended-before"]
    assert move_certificate(office, FIRST, CertificateMoved(number, "revoked", "true")).done
    second = issue(office, actor=SECOND)
    assert states(office) == {number: "revoked", second: "in-force"}


def test_revoked_is_for_ever() -> None:
    office = office_at("released")
    number = issue(office)
    assert move_certificate(office, FIRST, CertificateMoved(number, "revoked", "wrong map")).done
    for state in ("suspended", "reinstated", "revoked"):
        again = CertificateMoved(number, state, "again")
        codes = [reason.code for reason in move_certificate(office, SECOND, again).reasons]
        assert "land.certificate.ended" in codes
    forced = CertificateMoved(number, "reinstated", "forced")
    assert carry_out(office, SECOND, "move_certificate", number, forced).done
    assert states(office) == {number: "revoked"}


def test_a_certificate_recorded_by_the_wrong_office_is_never_in_force() -> None:
    """Written past the table of permits, as by somebody who can write to the store."""
    office = office_at("released")
    number = issue(office)
    kept = kept_certificate(office, KEYS, number)
    assert kept is not None
    claims = replace(kept.claims, number="RFQ-X", salt=bytes(16))
    forged = CertificateIssued("RFQ-X", "release", "A1", issued(claims, KEYS.issuer), 1)
    engineer = Actor("e", "municipality", "operator")
    written(office, engineer, "RFQ-X", forged)
    assert states(office)["RFQ-X"] == "revoked"
    assert why(office, "RFQ-X") == {"land.certificate.not-its-office"}
    written(office, FIRST, "RFQ-Y", replace(forged, number="RFQ-Y", certificate=b"\x00"))
    assert states(office)["RFQ-Y"] == "revoked"
    assert why(office, "RFQ-Y") == {"land.certificate.void"}
    assert states(office)[number] == "in-force"


# --- the other kinds


def test_an_operators_report_releases_nothing_and_falls_with_its_ground() -> None:
    office = office_at("work")
    number = issue(office, "completion", OPERATOR)
    assert states(office) == {number: "in-force"}
    assert office.book().register.lowers == []
    assert "service.permit.denied" in refusal(office, "completion", FIRST)
    assert refusal(office, "completion", replace(OPERATOR, organisation_id="other")) == [
        "land.certificate.no-work"
    ]
    _reopen(office)
    assert states(office) == {number: "reopened"}
    assert why(office, number) == {"land.certificate.raised-since"}
    assert "land.release.raised-since" in refusal(office, "completion", OPERATOR)


def test_a_handover_names_an_office_and_is_no_title() -> None:
    office = office_at("released")
    handed = LandHandedOver("V1", "A1", "school board", "2026-03-01", "some", "dig to 30 cm")
    assert hand_over(office, FIRST, handed).done
    kept = kept_certificate(office, KEYS, issue(office, "handover"))
    assert kept is not None
    assert kept.claims.received_by == "school board"


def test_cancelled_land_gets_a_statement_and_no_clearance_certificate() -> None:
    office = office_at("task")
    answer = EvidenceAnswer("E1", "walked with the owner; a pipe")
    part = WorkedPart(
        "P1", "cancelled", square(), "nts", evidence_answered=("E1",), answers=(answer,)
    )
    report = WorkReported("W1", "A1", OPERATOR.organisation_id, (part,), "T1", (), ("lead",))
    assert report_work(office, OPERATOR, report).done
    look = WorkInspected("I1", "W1", INSPECTOR.organisation_id, passed=True)
    assert inspect_work(office, INSPECTOR, look).done
    assert propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",))).done
    assert accept_release(office, SECOND, ReleaseAccepted("R1")).done
    assert refusal(office, "release") == ["land.certificate.nothing-released"]
    kept = kept_certificate(office, KEYS, issue(office, "cancellation"))
    assert kept is not None
    assert {part.outcome for part in kept.claims.parts} == {"cancelled"}
    assert kept.claims.found == ()
    assert "land.certificate.only-cancelled" in refusal(office, "completion", OPERATOR)


def test_what_was_not_cleared_is_listed_and_drawn_outwards() -> None:
    office = office_at("task")
    parts = (
        WorkedPart("P1", "cleared", square(0, 0, 60), "manual", 30, "asphalt"),
        WorkedPart("P2", "not_cleared", square(70, 70, 20), "manual", reason="rubble"),
    )
    report = WorkReported("W1", "A1", OPERATOR.organisation_id, parts, "T1", (), ("lead",))
    assert report_work(office, OPERATOR, report).done
    look = WorkInspected("I1", "W1", INSPECTOR.organisation_id, passed=True)
    assert inspect_work(office, INSPECTOR, look).done
    assert propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",))).done
    assert accept_release(office, SECOND, ReleaseAccepted("R1")).done
    kept = kept_certificate(office, KEYS, issue(office))
    assert kept is not None
    assert kept.claims.parts[0].not_dug == ("asphalt",)
    (left,) = kept.claims.not_cleared
    assert left.reason == "rubble"
    assert planar_mm(left.outline, office.frame).covers(square(70, 70, 20).geometry)


# --- once given out


def test_it_is_given_out_again_as_it_was() -> None:
    office = office_at("released")
    number = issue(office)
    one, other = (kept_certificate(office, KEYS, number) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.texts == other.texts
    newest = newest_certificate(office, "release", "A1")
    assert newest is not None
    assert newest.number == number
    assert kept_certificate(office, KEYS, "RFQ-0") is None


def test_without_enough_witnesses_there_is_no_proof_and_the_paper_says_less() -> None:
    office = office_at("released")
    alone = replace(KEYS, witnesses=KEYS.witnesses[:1])
    made = issue_certificate(office, alone, FIRST, "release", "A1")
    assert made.number is not None
    kept = kept_certificate(office, alone, made.number)
    assert kept is not None
    assert len(kept.texts) == 1
    found = verdict(kept.texts, KEYS.trust, None, office.now_us() // 1_000_000)
    assert (found.answer, found.logged) == (Answer.UNKNOWN, False)


def test_the_same_order_twice_is_one_certificate() -> None:
    office = office_at("released")
    stamp = Stamp(entry_id="once")
    one = issue_certificate(office, KEYS, FIRST, "release", "A1", stamp)
    other = issue_certificate(office, KEYS, FIRST, "release", "A1", stamp)
    assert (other.number, other.acted.already) == (one.number, True)
    assert len(states(office)) == 1


def test_the_desk_gives_out_no_list_that_the_land_book_has_overtaken() -> None:
    office = office_at("released")
    number = issue(office)
    assert listed_now(office) is None
    published = publish_lists(office, KEYS)
    assert listed_now(office) == published
    # The control: what changes no certificate leaves the list as good as it was.
    far = LandReopened("O8", square(500, 500), "flood")
    assert reopen_land(office, FIRST, far).done
    assert listed_now(office) == published
    _reopen(office)
    assert listed_now(office) is None
    again = publish_lists(office, KEYS)
    listed, _ = status_list_of(again)
    assert listed_now(office) == again
    assert dict(listed.states) == {certificate_id(number): "reopened"}
