"""The second person of an act: none whose account is for some areas confirms ground elsewhere."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from rafiqa.land import Actor, AreaRecorded, EvidenceRecorded, ReleaseAccepted
from rafiqa.service import Acted, Office, Stamp, accept_release, declare_area, record_evidence
from rafiqa.service.claimreview import Review, review_claim
from rafiqa.service.federation import take_bundle
from rafiqa.service.permit import AT_THE_MACHINE, Standing
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.service.undoing import UndoOrder, undo_import
from rafiqa.wire.factcode import KINDS
from tests.unit.service import exchange
from tests.unit.service.acts import ACTS
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.exchange import NORTH, Peer, receiver
from tests.unit.service.ground import FIRST, INFORMATION, SECOND, new_office, spot_in, square
from tests.unit.service.stages import office_for
from tests.unit.service.study import studied

ELSEWHERE = replace(AT_THE_MACHINE, area_ids=frozenset({"A7"}))
HERE = replace(AT_THE_MACHINE, area_ids=frozenset({"A1"}))
REFUSED = "service.permit.second-area"
BY_ACT = {"BoundaryCorrected": "correct_boundary", "LotReviewed": "review_lot"}
# Asked below each by itself.
BY_ITSELF = {"CompletionDeclared", "RecordWithdrawn", "ReleaseTakenOver"}


def test_every_fact_that_names_a_second_person_is_asked_here() -> None:
    named = {
        kind.__name__
        for kind in KINDS.values()
        if "confirmed_by" in {field.name for field in fields(kind)}
    }
    assert named == set(BY_ACT) | BY_ITSELF


@pytest.mark.parametrize("act", BY_ACT.values())
def test_a_second_person_for_elsewhere_confirms_nothing_here(
    at_stage: OfficeAt, tmp_path: Path, act: str
) -> None:
    meant = ACTS[act]
    office = office_for(meant.stage, at_stage, tmp_path / "o.rafiqa")
    head = office.store.head()
    refused = meant.verb(office, meant.actor, meant.fact, Stamp(second=ELSEWHERE))
    assert [each.code for each in refused.reasons] == [REFUSED]
    assert office.store.head() == head
    assert meant.verb(office, meant.actor, meant.fact, Stamp(second=HERE)).done


def test_a_completion_is_confirmed_by_nobody_for_less_than_all_of_it(at_stage: OfficeAt) -> None:
    meant = ACTS["declare_completion"]
    for second in (ELSEWHERE, HERE):
        acted = meant.verb(at_stage("area"), FIRST, meant.fact, Stamp(second=second))
        assert REFUSED in [each.code for each in acted.reasons]


def test_the_second_person_of_a_release_acts_by_their_own_account(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    refused = accept_release(office, SECOND, ReleaseAccepted("R1"), Stamp(standing=ELSEWHERE))
    told = [each.code for each in refused.reasons]
    assert told == ["service.permit.area"]
    assert accept_release(office, SECOND, ReleaseAccepted("R1"), Stamp(standing=HERE)).done


def _take_over(office: Office, standing: Standing, second: Standing) -> Acted:
    named = ReleaseNamed("south", "s", "P7")
    third = Actor("north-3", "north-office", "authority")
    return take_over(office, third, named, exchange.SECOND, standing, second)


@pytest.mark.parametrize("whose", ["first", "second"])
def test_another_authoritys_release_is_taken_over_only_where_both_are_for(whose: str) -> None:
    """The account's area is a hazard of ours; the release reaches beyond it, or lies in it."""
    office, peer = receiver(), Peer("s")
    seen = EvidenceRecorded("E7", "eo_seen", "visual", spot_in(office, 30, 30), area_id="N1")
    assert record_evidence(office, NORTH, seen).done
    assert declare_area(office, NORTH, AreaRecorded("N1", "cha", square(), None, ("E7",))).done
    for ground, is_done in ((square(50), False), (square(500), False), (square(10, 10, 20), True)):
        assert take_bundle(office, NORTH, peer.bundle(peer.release("P7", ground))).acted.done
        ours = replace(AT_THE_MACHINE, area_ids=frozenset({"N1"}))
        both = (ours, AT_THE_MACHINE) if whose == "first" else (AT_THE_MACHINE, ours)
        head, acted = office.store.head(), _take_over(office, *both)
        assert acted.done == is_done, acted.reasons
        if not is_done:
            code = "service.permit.area-partly" if whose == "first" else REFUSED
            assert [each.code for each in acted.reasons] == [code]
            assert office.store.head() == head


def test_an_import_is_taken_back_by_no_second_person_for_some_areas(at_stage: OfficeAt) -> None:
    order = UndoOrder("none", "why", SECOND, second=HERE)
    acted = undo_import(at_stage("area"), FIRST, order).acted
    assert REFUSED in [each.code for each in acted.reasons]


def test_evidence_of_a_document_is_taken_back_by_no_second_person_for_elsewhere() -> None:
    office = new_office()
    document_id, ids = studied(office)
    assert review_claim(office, INFORMATION, document_id, ids[0], Review("accepted")).done
    both = Review("undone", "the wrong district", confirmed_by=SECOND, second=ELSEWHERE)
    head = office.store.head()
    acted = review_claim(office, FIRST, document_id, ids[0], both)
    assert [each.code for each in acted.reasons] == [REFUSED]
    assert office.store.head() == head
    assert review_claim(
        office, FIRST, document_id, ids[0], replace(both, second=Standing(frozenset({"machine"})))
    ).done
