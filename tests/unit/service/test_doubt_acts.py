"""What people do about released ground in doubt: permits, notices, closing, handing over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.land import EvidenceRecorded, LandHandedOver, ReleaseTransferred, TaskOrdered
from rafiqa.recovery import Ground, Party, PermitIssued, PlacedFind, WorksClosed, grounds
from rafiqa.service import (
    Office,
    gate_of,
    hand_over,
    issue_certificate,
    issue_permit,
    notices_of,
    order_work,
    permit_of,
    permits_of,
    project_of,
    put_on_record,
    record_evidence,
    transfer_release,
)
from rafiqa.service.office import Saying
from rafiqa.service.worksfolder import WorksFolders
from tests.city import FIRST, box, spot
from tests.unit.service.doubtoutlets import CAUSES, ENGINEER, KEYS, Store, after_of, before_in
from tests.unit.service.publiccity import own_city

TOLD = (Party("crew_lead", "builders"),)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Works on P1 are permitted."""
    store = before_in(tmp_path_factory.mktemp("before"))
    office = store.office()
    made = issue_permit(office, ENGINEER, PermitIssued("M1", "J-open", "", "town", TOLD))
    assert made.done, made.reasons
    yield store
    store.close()


@pytest.fixture(params=CAUSES)
def spoken(before: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = after_of(before, tmp_path / "spoken", request.param)
    yield store
    store.close()


def test_whoever_is_stopped_by_a_doubt_is_called(before: Store, spoken: Store) -> None:
    assert _stands(before.office()) == ("in_force", 0)
    # An accident and the reopening that it brings about are two facts, and two stops.
    state, n_notices = _stands(spoken.office())
    assert state == "stopped"
    assert n_notices


def _stands(office: Office) -> tuple[str, int]:
    (shown,) = permits_of(office)
    going_on = [each for each in notices_of(office) if each.stop.over_us is None]
    return shown.standing.state, len(going_on)


@pytest.mark.parametrize("cause", CAUSES)
def test_works_are_closed_on_no_certificate_that_is_suspended(
    cause: str, before: Store, tmp_path: Path
) -> None:
    before.close()
    closing = Store(shutil.copytree(before.folder, tmp_path / "closing"), before.clock)
    office = closing.office()
    (number,) = office.book().register.certificates
    closed = WorksClosed("J-open", "2026-01-02", number, "2026-01-02", "owner")
    made = put_on_record(office, ENGINEER, closed)
    assert made.done, made.reasons
    after = after_of(closing, tmp_path / "after", cause)
    codes = [_closing(store.office()) for store in (closing, after)]
    assert codes == ["gate.closing.complete", "gate.closing.certificate-not-in-force"]
    for store in (closing, after):
        state, n_notices = _stands(store.office())
        assert (state == "stopped") == bool(n_notices)
        store.close()


def test_those_whose_certificate_is_in_doubt_elsewhere_are_called(tmp_path: Path) -> None:
    """Works stand on ground that nothing speaks against; their certificate names more than that."""
    office, clock = own_city(tmp_path)
    paid = TaskOrdered("T-9", "H1", "deminers", ("manual",), 30, donor_id="donor")
    assert order_work(office, FIRST, paid).done
    made = issue_certificate(office, KEYS, FIRST, "release", "H1")
    assert made.acted.done, made.acted.reasons
    other = ReleaseTransferred("P9", "cleared", box(35, 0, 50, 100), "other", "map", "H1", 30)
    assert transfer_release(office, FIRST, other).done
    closed = WorksClosed("J-open", "2026-01-02", made.number, "2026-01-02", "owner")
    assert put_on_record(office, ENGINEER, closed).done
    permit = PermitIssued("M1", "J-open", "", "town", TOLD)
    assert issue_permit(office, ENGINEER, permit).done
    assert _stands(office) == ("in_force", 0)
    clock.sleep_days(1)
    sign = EvidenceRecorded("E9", "eo_seen", "visual", spot(office, 42, 50))
    assert record_evidence(office, FIRST, sign).done
    answer = gate_of(office, project_of(office, "J-open"))
    closing = [each.code for each in answer.gates if each.outcome == "closed"]
    assert closing == ["gate.closing.certificate-not-in-force"]
    assert _stands(office) == ("stopped", 1)
    office.store.close()


def _closing(office: Office) -> str:
    answer = gate_of(office, project_of(office, "J-open"))
    return next(gate.code for gate in answer.gates if gate.gate == "G11")


@pytest.mark.parametrize("cause", CAUSES)
def test_ground_in_doubt_is_not_handed_over(cause: str, before: Store, tmp_path: Path) -> None:
    handed = LandHandedOver("V1", "H1", "school board", "2026-03-01", "some", "dig to 30 cm")
    spoken = after_of(before, tmp_path, cause)
    told = [
        "land.handover.in-doubt" in {each.code for each in hand_over(office, FIRST, handed).reasons}
        for office in (before.office(), spoken.office())
    ]
    # An accident puts the ground back to hazard: there nothing is released that could be in doubt.
    assert told == [False, cause != "accident"]
    spoken.close()


def test_what_is_found_is_looked_up_once_for_all_works(
    before: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, asked = before.office(), []

    def found(*args: object) -> list[PlacedFind]:
        asked.append(args)
        return []

    for module in ("doubt", "worksfolder"):
        monkeypatch.setattr(f"rafiqa.service.{module}.placed_finds", found)
    folders = WorksFolders.of(office, office.now_us())
    works = list(folders.register.project_facts())
    assert len(works) > 1
    for each in works:
        gate_of(office, each, papers=folders.papers(each), by_road=False)
    assert len(asked) == 1


def test_what_was_printed_before_doubt_was_asked_comes_out_as_printed(
    before: Store, tmp_path: Path
) -> None:
    store = after_of(before, tmp_path, "sign")
    office = store.office()
    assert "gate.area.released" in _printed(office, "M1")
    shown = permit_of(office, "M1")
    assert shown is not None
    told = grounds(gate_of(office, project_of(office, "J-open")).gates)
    # By a version that did not ask, its grounds did not name the doubt.
    of_before: tuple[Ground, ...] = ()
    for permit_id, named in (("M2", of_before), ("M3", told)):
        issued = replace(shown.case.fact, permit_id=permit_id, grounds=named)
        office.say(ENGINEER, [Saying(permit_id, permit_id, office.now_us(), issued)])
    assert "gate.area.released" in _printed(office, "M2")
    assert "gate.area.in-doubt" in _printed(office, "M3")
    states = {each.case.fact.permit_id: each.standing.state for each in permits_of(office)}
    assert states == {"M1": "stopped", "M2": "stopped", "M3": "in_force"}
    store.close()


def _printed(office: Office, permit_id: str) -> set[str]:
    shown = permit_of(office, permit_id)
    assert shown is not None
    assert shown.printed is not None
    return {gate.code for gate in shown.printed.gates}
