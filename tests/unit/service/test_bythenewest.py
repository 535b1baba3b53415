"""An act is judged by all that is on record as it is written, whoever wrote it meanwhile.

Another process comes in between judgement and ledger: it takes back what the act rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rafiqa.land import (
    LandReopened,
    ReleaseAccepted,
    ReleaseRejected,
)
from rafiqa.ledger import SubmissionReceived
from rafiqa.recovery import Party, PermitIssued, ProjectRegistered
from rafiqa.service import (
    Acted,
    Office,
    accept_release,
    issue_permit,
    register_project,
    reject_release,
    reopen_land,
)
from rafiqa.service.submission import submit
from tests.city import FIRST, OPERATOR, SECOND, Clock, box, small_city

Between = Callable[[Office], Acted]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Office]:
    office = small_city(tmp_path, Clock())
    yield office
    office.store.close()


def meanwhile(city: Office, monkeypatch: pytest.MonkeyPatch, *acts: Between) -> list[Any]:
    """Lets another office of the same store act before what is said next; lists what was said."""
    other = Office(city.store, city.now_us, city.new_id)
    other.facts()
    append, waiting, said = city.store.append, list(acts), []

    def late(drafts: Any, **more: Any) -> Any:
        if waiting:
            act = waiting.pop(0)
            saved, waiting[:] = waiting[:], []
            assert act(other).done
            waiting[:] = saved
        said.append([draft.kind for draft in drafts])
        return append(drafts, **more)

    monkeypatch.setattr(city.store, "append", late)
    return said


def rejected(office: Office) -> Acted:
    return reject_release(office, FIRST, ReleaseRejected("R2", "not measured"))


def accepted(office: Office) -> Acted:
    return accept_release(office, SECOND, ReleaseAccepted("R2"))


def reopened(office: Office) -> Acted:
    return reopen_land(office, FIRST, LandReopened("O9", box(0, 0, 90, 90), "new_evidence"))


def form(office: Office) -> Acted:
    name = f"uuid:{len(office.facts())}"
    fact = SubmissionReceived(name, "f", "<data/>", "text/xml", "00" * 32)
    return submit(office, OPERATOR, fact)


def codes(acted: Acted) -> set[str]:
    return {reason.code for reason in acted.reasons}


def test_what_was_turned_down_meanwhile_is_not_accepted(
    city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(city, monkeypatch, rejected)
    assert codes(accepted(city)) == {"land.release.decided"}


def test_two_do_not_accept_one_release(city: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(city, monkeypatch, accepted)
    assert codes(accepted(city)) == {"land.release.decided"}
    facts = [record.fact for record in city.facts()]
    assert facts.count(ReleaseAccepted("R2")) == 1


def test_what_was_raised_meanwhile_is_not_released(
    city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(city, monkeypatch, reopened)
    assert codes(accepted(city))


def test_no_permit_on_ground_that_was_reopened_meanwhile(
    city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def permit(office: Office, permit_id: str) -> Acted:
        told = (Party("crew_lead", "crew"),)
        return issue_permit(office, SECOND, PermitIssued(permit_id, "J-open", "", "Office", told))

    assert permit(city, "B1").done
    meanwhile(city, monkeypatch, reopened)
    after = permit(city, "B2")
    assert not after.done
    assert "B2" not in city.recovery().permits.permits


def test_forms_of_phones_that_come_between_change_nothing(
    city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = meanwhile(city, monkeypatch, form)
    assert accepted(city).done
    assert [kinds for kinds in said if kinds == ["release.accepted"]] == [["release.accepted"]]


def test_anything_else_that_comes_between_is_judged_too(
    city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def far(office: Office) -> Acted:
        works = ProjectRegistered("J9", "Far", "road", box(900, 900, 950, 950), 0)
        return register_project(office, FIRST, works)

    said = meanwhile(city, monkeypatch, far)
    assert accepted(city).done
    assert said.count(["release.accepted"]) == 2
