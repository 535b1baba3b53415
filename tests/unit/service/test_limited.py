"""Accounts for some areas: nothing is opened, closed, ruled on or let in beyond them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    Actor,
    BoundaryCorrected,
    CertificateMoved,
    ReleaseTransferred,
    ResidentReported,
)
from rafiqa.ledger import PairDecided
from rafiqa.service import Stamp, allow, correct_boundary, report_hazard, transfer_release
from rafiqa.service.duplicates import decide_pair
from rafiqa.service.permit import AT_THE_MACHINE, Facts
from rafiqa.service.permittable import APPROVING, FREE, RAISING, ROWS
from rafiqa.service.undoing import UndoOrder, undo_import
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import FIRST, INFORMATION, ORIGIN, RESIDENT, SECOND, square
from tests.unit.service.stages import office_for

# Written by hand: an act that is new fails here until somebody has said what it is.
_BOUND = """
open_site decide_class correct_boundary order_work move_task assess hand_over
declare_completion move_record inspect_work grant_accreditation close_nonconformity inspect_lot
review_lot propose_release accept_release transfer_release undo_import review_claim decide_pair
report_completion issue_certificate move_certificate answer_report move_rubble_lot tag_structure
review_match issue_permit check_rights claim_rights consent_protected answer_find search_bombs
close_works decide_public erase_words look_at_identity erase_identity publish_form enrol_device
review_submission share_bundle enrol_peer take_over_release recover_account withdraw_survey
give_delegation
"""
BOUND = set(_BOUND.split())
# In the offices of ``ACTS`` what these are about lies in area A1, or in works drawn there.
_IN_A1 = """
decide_class correct_boundary order_work move_task hand_over move_record inspect_work
close_nonconformity inspect_lot review_lot propose_release accept_release report_completion
issue_certificate issue_permit
"""
IN_A1 = set(_IN_A1.split())
# What their facts of ``ACTS`` say only raises, or bars, whatever the act is called.
RAISES = {"move_certificate"}
ELSEWHERE = replace(AT_THE_MACHINE, area_ids=frozenset({"A7"}))
HERE = replace(AT_THE_MACHINE, area_ids=frozenset({"A1"}))
BEYOND = ("service.permit.area", "service.permit.area-untold", "service.permit.area-partly")


def test_every_act_is_bound_or_free_or_raises() -> None:
    assert set(ROWS) == BOUND | FREE | RAISING
    assert not BOUND & (FREE | RAISING)
    assert not FREE & RAISING
    assert set(APPROVING) <= BOUND


@pytest.mark.parametrize("act", sorted(BOUND))
def test_a_bound_act_waits_for_its_place_to_be_told(act: str) -> None:
    for role, reach in ROWS[act].reaches.items():
        if reach == "none":
            continue
        actor, own = Actor("p", "mine", role), frozenset({"mine"})
        for lies, areas in ((None, ()), (False, ()), (None, ("A1",)), (False, ("A1",))):
            facts = Facts(own, frozenset(areas), standing=HERE, within=lies)
            (against,) = allow(actor, act, facts).reasons
            assert against.code == BEYOND[1 if lies is None else 2]
        assert allow(actor, act, Facts(own, standing=HERE, within=True)).allowed
        assert allow(actor, act, Facts(own, standing=AT_THE_MACHINE)).allowed


@pytest.mark.parametrize("act", sorted(BOUND & set(ACTS)))
def test_nothing_is_done_for_ground_elsewhere_and_what_lies_here_is(
    at_stage: OfficeAt, tmp_path: Path, act: str
) -> None:
    """In an office where the act is lawful, by whom it is for."""
    meant = ACTS[act]
    for standing in (ELSEWHERE, HERE):
        name = "-".join(sorted(standing.area_ids))
        office = office_for(meant.stage, at_stage, tmp_path / f"{name}.rafiqa")
        head = office.store.head()
        acted = meant.verb(office, meant.actor, meant.fact, Stamp(standing=standing))
        inside = act in RAISES or (act in IN_A1 and standing is HERE)
        told = [reason.code for reason in acted.reasons if reason.code in BEYOND]
        if act == "open_site":
            # There is no area yet that an account could be for.
            assert (acted.done, office.store.head() == head) == (False, True)
        elif inside:
            assert acted.done, acted.reasons
        else:
            assert told, acted.reasons
            assert office.store.head() == head
        office.store.close()


@pytest.mark.parametrize(
    ("shape", "is_done"),
    [
        (square(10, 10, 20), True),
        (square(), True),
        (square(50, 0, 60), False),
        (square(400), False),
    ],
)
def test_ground_that_lies_partly_outside_is_outside(
    at_stage: OfficeAt, shape: GridShape, is_done: bool
) -> None:
    office = at_stage("area")
    fact = ReleaseTransferred("T9", "cleared", shape, "other body", "map", None, 50)
    acted = transfer_release(office, INFORMATION, fact, Stamp(standing=HERE))
    assert acted.done == is_done, acted.reasons
    if not is_done:
        assert [each.code for each in acted.reasons] == ["service.permit.area-partly"]


def test_no_outline_takes_an_accounts_limit_along(at_stage: OfficeAt) -> None:
    """To add ground to an area only raises; and it would let its account release that ground."""
    office = at_stage("area")
    grown = BoundaryCorrected("A1", square(0, 0, 300), "more")
    acted = correct_boundary(office, FIRST, grown, Stamp(standing=HERE))
    assert [each.code for each in acted.reasons] == ["service.permit.area-partly"]
    assert correct_boundary(office, FIRST, grown, Stamp()).done


def test_whoever_suspends_is_asked_for_no_place_and_whoever_puts_back_is(
    at_stage: OfficeAt, tmp_path: Path
) -> None:
    office = office_for("certified", at_stage, tmp_path / "c.rafiqa")
    (number,) = office.register().certificates
    move = ACTS["move_certificate"].verb
    suspended = CertificateMoved(number, "suspended", "a report")
    assert move(office, FIRST, suspended, Stamp(standing=ELSEWHERE)).done
    again = CertificateMoved(number, "reinstated", "looked at")
    refused = move(office, SECOND, again, Stamp(standing=ELSEWHERE))
    assert "service.permit.area-partly" in [each.code for each in refused.reasons]
    assert move(office, SECOND, again, Stamp(standing=HERE)).done


def test_a_ruling_on_two_records_asks_for_both_places(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    other = replace(ACTS["declare_area"].fact, area_id="A2")  # type: ignore[type-var]
    assert ACTS["declare_area"].verb(office, FIRST, other, Stamp()).done
    fact = PairDecided("A1", "A2", "different")
    for ids, is_done in ((("A1",), False), (("A2",), False), (("A1", "A2"), True)):
        standing = replace(AT_THE_MACHINE, area_ids=frozenset(ids))
        assert decide_pair(office, FIRST, fact, standing).done == is_done
    unknown = decide_pair(office, FIRST, PairDecided("A1", "X9", "same"), HERE)
    assert "service.permit.area-untold" in [each.code for each in unknown.reasons]


def test_a_whole_import_is_taken_back_by_no_account_for_some_areas(at_stage: OfficeAt) -> None:
    order = UndoOrder("none", "why", SECOND, standing=HERE)
    acted = undo_import(at_stage("area"), FIRST, order).acted
    assert "service.permit.area-untold" in [each.code for each in acted.reasons]


def test_a_hazard_is_told_of_from_anywhere(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    told = ResidentReported("S3", ORIGIN, "eo_seen")
    assert report_hazard(office, RESIDENT, told, Stamp(standing=ELSEWHERE)).done
