"""The queue: danger first, then the oldest; whose it is; and what may be set aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.land import (
    Actor,
    LandReopened,
    NonconformityAnswered,
    NonconformityRaised,
    ReleaseRejected,
    ResidentReported,
    WorkedPart,
    WorkReported,
)
from rafiqa.ledger import SubmissionReviewed
from rafiqa.recovery import Party, PermitIssued
from rafiqa.service import (
    Office,
    answer_nonconformity,
    issue_permit,
    raise_nonconformity,
    receive,
    reject_release,
    report_hazard,
    report_work,
    review_submission,
)
from rafiqa.service.caseload import CaseAnswer, answer_case
from rafiqa.service.deskmark import DeskMark, desk_mark, mark_seen, set_aside
from rafiqa.service.queue import Waiting, group_of, queue_of
from rafiqa.service.reopening import reopen_land
from rafiqa.service.submissionsealing import JSON, Sent
from rafiqa.store import Quarantined
from tests.city import FIRST, INSPECTOR, OPERATOR, PLANNER, RESIDENT, SECOND, box, small_city, spot

INFORMATION = Actor("canary-person-information", "office", "information")
FORM = b'{"form_id": "rafiqa_damage", "values": {"note": "x"}}'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = small_city(tmp_path)
    yield made
    made.store.close()


def queue(office: Office, actor: Actor, mark: DeskMark | None = None) -> list[Waiting]:
    return queue_of(office, actor, mark or DeskMark())


def kinds(found: list[Waiting], *, mine: bool = True) -> list[tuple[str, str]]:
    return [(each.kind, each.id) for each in found if each.mine is mine]


def test_a_proposal_waits_for_the_second_person_and_is_shown_to_the_first_as_anothers(
    office: Office,
) -> None:
    assert ("release", "R2") in kinds(queue(office, SECOND))
    others = [each for each in queue(office, FIRST) if not each.mine]
    assert [each.id for each in others] == ["R2"]
    assert [why.code for why in others[0].why_not] == ["land.release.same-person"]
    told = others[0].says.params
    assert (told["area"], told["n"], told["area_m2"]) == ("H1", 1, 4_000)
    assert ("release", "R2") not in kinds(queue(office, OPERATOR))
    assert reject_release(office, SECOND, ReleaseRejected("R2", "no map")).done
    assert ("release", "R2") not in kinds(queue(office, SECOND))


def test_what_cannot_wait_stands_first_and_then_the_oldest(office: Office) -> None:
    late = ResidentReported("S3", spot(office, 77, 411), "shell", triage="immediate")
    assert report_hazard(office, RESIDENT, late).done
    found = [each for each in queue(office, INFORMATION) if each.kind == "report"]
    assert [each.id for each in found] == ["S3", "S1", "S2"]
    assert queue(office, INFORMATION)[0].id == "S3"


def test_an_answer_waits_until_it_was_told_back(office: Office) -> None:
    assert answer_case(office, INFORMATION, "S1", CaseAnswer("nothing_found")).done
    assert ("tell", "S1") in kinds(queue(office, INFORMATION))
    assert ("report", "S1") not in kinds(queue(office, INFORMATION))


def test_a_submission_waits_for_a_reviewer_and_goes_back_to_whose_it_is(office: Office) -> None:
    assert receive(office, OPERATOR, Sent(FORM, JSON, "s-1")).acted.done
    assert receive(office, FIRST, Sent(FORM, JSON, "s-2")).acted.done
    found = queue(office, FIRST)
    assert ("submission", "s-1") in kinds(found)
    assert ("submission", "s-2") in kinds(found, mine=False)
    back = SubmissionReviewed("s-1", "returned", "where?")
    assert review_submission(office, FIRST, back).done
    assert ("returned", "s-1") in kinds(queue(office, OPERATOR))
    assert ("submission", "s-1") not in kinds(queue(office, FIRST))


def test_a_nonconformity_waits_first_for_its_organisation_then_for_who_verifies(
    office: Office,
) -> None:
    raised = NonconformityRaised("N1", "deminers", "critical", "depth", "too shallow", "W1")
    assert raise_nonconformity(office, INSPECTOR, raised).done
    assert ("nonconformity", "N1") in kinds(queue(office, OPERATOR))
    assert ("closing", "N1") not in kinds(queue(office, INSPECTOR))
    answer = NonconformityAnswered("N1", "haste", "trained again")
    assert answer_nonconformity(office, OPERATOR, answer).done
    assert ("nonconformity", "N1") not in kinds(queue(office, OPERATOR))
    found = [each for each in queue(office, INSPECTOR) if each.kind == "closing"]
    assert [(each.id, each.danger) for each in found] == [("N1", "urgent")]


def test_work_waits_for_an_inspector_of_another_organisation(office: Office) -> None:
    part = WorkedPart("P9", "cleared", box(0, 200, 60, 260), "manual", 20)
    assert report_work(office, OPERATOR, WorkReported("W9", "H3", "deminers", (part,))).done
    assert kinds(queue(office, INSPECTOR)) == [("inspection", "W9")]
    own = Actor("other-inspector", "deminers", "quality")
    assert kinds(queue(office, own)) == []


def test_a_stop_waits_for_those_whom_it_concerns_and_then_for_who_issued(office: Office) -> None:
    told = (Party("owner", "municipality"),)
    permit = PermitIssued("M1", "J-open", "", "office", told)
    assert issue_permit(office, FIRST, permit).done
    again = LandReopened("O1", box(0, 0, 50, 100), "missed_item", "cha", "H1")
    assert reopen_land(office, FIRST, again).done
    (notice,) = [each for each in queue(office, PLANNER) if each.kind == "notice"]
    assert notice.danger == "immediate"
    assert notice.says.params == {"permit": "M1", "project": "J-open"}
    assert not [each for each in queue(office, FIRST) if each.kind == "chase"]


def test_only_what_no_act_settles_can_be_set_aside_and_it_comes_back_with_more(
    office: Office,
) -> None:
    def kept(number: int, at_us: int) -> Quarantined:
        return Quarantined(f"q{number}", "areas.csv", number, b"x", (), at_us, "somebody")

    office.store.quarantine([kept(1, 10), kept(2, 20)])
    (group,) = [each for each in queue(office, FIRST) if each.kind == "quarantine"]
    assert group.says.params["n"] == 2
    assert all(each.n_aside is None for each in queue(office, FIRST) if each.kind != "quarantine")
    assert group.n_aside is not None
    mark = set_aside(office.store, "first", group_of(group), group.n_aside)
    assert not [each for each in queue(office, FIRST, mark) if each.kind == "quarantine"]
    assert [each for each in queue(office, INFORMATION) if each.kind == "quarantine"]
    # The clock was set back in between.
    office.store.quarantine([kept(3, 5)])
    assert [each for each in queue(office, FIRST, mark) if each.kind == "quarantine"]


def test_what_was_seen_is_kept_by_login_and_is_no_part_of_the_ledger(office: Office) -> None:
    head = office.store.head()
    mark_seen(office.store, "first", 7, 70)
    mark_seen(office.store, "first", 5, 50)
    assert desk_mark(office.store, "first") == DeskMark(7, 70)
    assert desk_mark(office.store, "second") == DeskMark()
    assert office.store.head() == head
