"""Permits: who may issue one, what an override covers, where it stands, who is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rafiqa.land import ClassDecided, LandReopened, ReportAnswered, ResidentReported
from rafiqa.recovery import (
    EodSupportAgreed,
    NoticeAcknowledged,
    Party,
    PermitEnded,
    PermitIssued,
    ProjectRegistered,
    RightsChecked,
    SheetStated,
    seen,
)
from rafiqa.service import (
    Acted,
    AsOf,
    Office,
    Override,
    Stamp,
    acknowledge_notice,
    answer_report,
    decide_class,
    end_permit,
    gate_of,
    issue_permit,
    notices_of,
    permit_of,
    permits_of,
    project_of,
    put_on_record,
    register_project,
    reopen_land,
    report_hazard,
)
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    DAY_US,
    ENGINEER,
    FIRST,
    OPERATOR,
    RESIDENT,
    SECOND,
    Clock,
    spot_in,
    square,
)

TOLD = (Party("crew_lead", "builders"), Party("owner", "school board"))
SMALL = ProjectRegistered("J9", "School", "school", square(10, 10, 20), 20)
PERMIT = PermitIssued("M1", "J9", "", "municipality", TOLD)
OVERRIDE = replace(PERMIT, override="the well must run", authority="governor")
HAZARD = "gate.area.hazard"


def codes(acted: Acted) -> list[str]:
    return [reason.code for reason in acted.reasons]


def planned(at_stage: OfficeAt, stage: str = "released") -> Office:
    office = at_stage(stage)
    assert register_project(office, ENGINEER, SMALL).done
    return office


def state(office: Office, permit_id: str = "M1") -> str:
    shown = permit_of(office, permit_id)
    assert shown is not None
    return shown.standing.state


def stopped_by(office: Office, permit_id: str = "M1") -> list[str]:
    shown = permit_of(office, permit_id)
    assert shown is not None
    return [gate.code for gate in shown.standing.gates]


def clock_of(office: Office) -> Clock:
    assert isinstance(office.now_us, Clock)
    return office.now_us


def looked(office: Office, *covers: str) -> Override:
    """Whoever overrides has looked at all that closes the works now."""
    return Override(covers, seen(gate_of(office, project_of(office, "J9"))))


def test_a_closed_gate_gives_no_permit_and_every_reason(at_stage: OfficeAt) -> None:
    office = planned(at_stage, "area")
    refused = issue_permit(office, ENGINEER, PERMIT)
    assert codes(refused)[0] == "gate.permit.closed"
    assert HAZARD in codes(refused)
    assert permits_of(office) == []


@pytest.mark.parametrize(
    ("actor", "fact", "covers", "code"),
    [
        (ENGINEER, OVERRIDE, (HAZARD,), "gate.permit.override-role"),
        (FIRST, replace(OVERRIDE, override=" "), (HAZARD,), "gate.permit.override-reason"),
        (FIRST, replace(OVERRIDE, authority=None), (HAZARD,), "gate.permit.override-authority"),
        (FIRST, OVERRIDE, (), "gate.permit.override-unnamed"),
        (FIRST, replace(OVERRIDE, told=()), (HAZARD,), "gate.permit.nobody-told"),
        (FIRST, replace(OVERRIDE, until_us=5), (HAZARD,), "gate.permit.until-past"),
    ],
)
def test_an_override_says_who_why_and_what_it_covers(
    at_stage: OfficeAt, actor: object, fact: PermitIssued, covers: tuple[str, ...], code: str
) -> None:
    office = planned(at_stage, "area")
    acted = issue_permit(office, actor, fact, override=looked(office, *covers))  # type: ignore[arg-type]
    assert code in codes(acted)
    assert permits_of(office) == []


def test_who_registered_the_works_does_not_override_and_another_does(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    assert register_project(office, FIRST, SMALL).done
    own = issue_permit(office, FIRST, OVERRIDE, override=looked(office, HAZARD))
    assert codes(own) == ["gate.permit.override-own"]
    assert issue_permit(office, SECOND, OVERRIDE, override=looked(office, HAZARD)).done
    assert state(office) == "in_force"


def test_an_override_hides_no_gate_and_covers_only_what_it_names(at_stage: OfficeAt) -> None:
    office = planned(at_stage, "area")
    assert issue_permit(office, FIRST, OVERRIDE, override=looked(office, HAZARD)).done
    shown = permit_of(office, "M1")
    assert shown is not None
    assert shown.gate is not None
    assert shown.gate.outcome == "closed"
    assert shown.printed is not None
    assert HAZARD in [gate.code for gate in shown.printed.gates]
    assert decide_class(office, FIRST, ClassDecided("A1", "sha", (), "resurveyed")).done
    assert (state(office), stopped_by(office)) == ("stopped", [HAZARD])


def test_nothing_closed_needs_no_override(at_stage: OfficeAt) -> None:
    refused = issue_permit(planned(at_stage), FIRST, OVERRIDE)
    assert codes(refused) == ["gate.permit.override-needless"]


def test_a_reopening_stops_what_rests_on_it_and_nothing_else(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    beside = replace(SMALL, project_id="J8", shape=square(70, 70, 10))
    assert register_project(office, ENGINEER, beside).done
    for permit_id, project_id in (("M1", "J9"), ("M2", "J8")):
        permit = replace(PERMIT, permit_id=permit_id, project_id=project_id)
        assert issue_permit(office, ENGINEER, permit).done
    before_us = office.now_us()
    assert reopen_land(office, FIRST, LandReopened("O1", square(0, 0, 40), "missed_item")).done
    assert (state(office, "M1"), state(office, "M2")) == ("stopped", "in_force")
    assert stopped_by(office) == [HAZARD, "gate.reopening.reopened"]
    (notice,) = notices_of(office)
    assert notice.stop.permit.permit_id == "M1"
    assert notice.stop.cause == office.facts()[-1].entry_id
    then = permit_of(office, "M1", AsOf(before_us, before_us))
    assert then is not None
    assert then.standing.state == "in_force"
    assert notices_of(office, before_us) == []


def test_a_residents_report_on_the_works_stops_them_until_it_is_answered(
    at_stage: OfficeAt,
) -> None:
    office = planned(at_stage)
    assert issue_permit(office, ENGINEER, PERMIT).done
    report = ResidentReported("S1", spot_in(office, 15, 15), "eo_seen")
    assert report_hazard(office, RESIDENT, report).done
    assert state(office) == "stopped"
    answer = ReportAnswered("S1", "nothing_found", None, "visited")
    assert answer_report(office, FIRST, answer).done
    assert state(office) == "in_force"
    (notice,) = notices_of(office)
    assert notice.is_over
    assert notice.level == 0


def test_works_registered_otherwise_are_not_those_permitted(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    assert issue_permit(office, ENGINEER, PERMIT).done
    assert register_project(office, ENGINEER, replace(SMALL, name="School, renamed")).done
    assert state(office) == "in_force"
    assert register_project(office, ENGINEER, replace(SMALL, depth_cm=21)).done
    shown = permit_of(office, "M1")
    assert shown is not None
    assert [each.code for each in shown.standing.reasons] == ["gate.permit.works-changed"]
    assert len(notices_of(office)) == 1


def test_a_permit_expires_and_ends_without_a_notice(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    permit = replace(PERMIT, until_us=office.now_us() + DAY_US)
    assert issue_permit(office, ENGINEER, permit).done
    assert codes(issue_permit(office, ENGINEER, permit)) == ["gate.permit.id-twice"]
    clock_of(office).wait(2)
    assert state(office) == "expired"
    assert codes(end_permit(office, ENGINEER, PermitEnded("M1", " "))) == ["gate.permit.end-reason"]
    assert end_permit(office, ENGINEER, PermitEnded("M1", "done")).done
    assert state(office) == "ended"
    again = end_permit(office, ENGINEER, PermitEnded("M1", "done"))
    assert codes(again) == ["gate.permit.ended-already"]
    unknown = end_permit(office, ENGINEER, PermitEnded("M7", "done"))
    assert codes(unknown) == ["gate.permit.unknown"]
    assert notices_of(office) == []


def test_the_chase_calls_the_next_in_line_until_all_have_answered(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    assert issue_permit(office, ENGINEER, PERMIT).done
    assert reopen_land(office, FIRST, LandReopened("O1", square(), "missed_item")).done
    (notice,) = notices_of(office)
    at_us, name = notice.stop.at_us, notice.stop.notice_id
    hours = [1, 2, 8, 24]
    later = [notices_of(office, at_us + each * DAY_US // 24)[0] for each in hours]
    assert [each.level for each in later] == [0, 1, 2, 3]
    called = [each.call.organisation if each.call else None for each in later]
    assert called == [None, "builders", "school board", "municipality"]
    heard = NoticeAcknowledged(name, "crew_lead", "builders")
    assert acknowledge_notice(office, OPERATOR, heard).done
    assert codes(acknowledge_notice(office, OPERATOR, heard)) == ["gate.notice.acknowledged"]
    other = replace(heard, role="contractor")
    assert codes(acknowledge_notice(office, OPERATOR, other)) == ["gate.notice.not-concerned"]
    unknown = replace(heard, notice_id="N-0")
    assert codes(acknowledge_notice(office, OPERATOR, unknown)) == ["gate.notice.unknown"]
    clock_of(office).wait(1)
    (notice,) = notices_of(office)
    assert (notice.level, [party.role for party in notice.waiting]) == (3, ["owner"])
    assert acknowledge_notice(office, FIRST, replace(heard, role="owner")).done
    (notice,) = notices_of(office)
    assert (notice.level, notice.waiting) == (0, ())


def test_one_contractor_does_not_answer_for_another(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    told = (Party("crew_lead", "builders"), Party("crew_lead", "diggers"))
    assert issue_permit(office, ENGINEER, replace(PERMIT, told=told)).done
    assert reopen_land(office, FIRST, LandReopened("O1", square(), "missed_item")).done
    (notice,) = notices_of(office)
    heard = NoticeAcknowledged(notice.stop.notice_id, "crew_lead", "municipality")
    assert codes(acknowledge_notice(office, ENGINEER, heard)) == ["gate.notice.which"]
    assert acknowledge_notice(office, ENGINEER, replace(heard, organisation="builders")).done
    (notice,) = notices_of(office)
    assert [party.organisation for party in notice.waiting] == ["diggers"]


def test_a_permit_that_has_run_out_ends_no_chase(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    permit = replace(PERMIT, until_us=office.now_us() + DAY_US)
    assert issue_permit(office, ENGINEER, permit).done
    assert reopen_land(office, FIRST, LandReopened("O1", square(), "missed_item")).done
    clock_of(office).wait(3)
    assert state(office) == "expired"
    (notice,) = notices_of(office)
    assert (notice.is_over, notice.level) == (True, 3)


def test_a_second_danger_on_works_that_stand_still_has_a_notice_of_its_own(
    at_stage: OfficeAt,
) -> None:
    office = planned(at_stage)
    assert issue_permit(office, ENGINEER, PERMIT).done
    for name, x_m in (("S1", 15), ("S2", 20)):
        report = ResidentReported(name, spot_in(office, x_m, 15), "eo_seen")
        assert report_hazard(office, RESIDENT, report).done
    first, second = notices_of(office)
    assert first.stop.notice_id != second.stop.notice_id
    assert second.stop.cause == office.facts()[-1].entry_id
    for name in ("S1", "S2"):
        assert {each.is_over for each in notices_of(office)} == {False}
        answer = ReportAnswered(name, "nothing_found", None, "visited")
        assert answer_report(office, FIRST, answer).done
    assert {each.is_over for each in notices_of(office)} == {True}


def test_an_override_covers_no_record_that_came_after_it(at_stage: OfficeAt) -> None:
    """A second dispute reads like the first, and nobody decided about it."""
    office = planned(at_stage)
    disputed = RightsChecked("J9", "disputed", None, ("deed",))
    assert put_on_record(office, SECOND, disputed).done
    covers = looked(office, "gate.rights.disputed")
    assert put_on_record(office, ENGINEER, disputed, Stamp(entry_id="another")).done
    assert "gate.permit.override-unseen" in codes(
        issue_permit(office, FIRST, OVERRIDE, override=covers)
    )
    covers = looked(office, "gate.rights.disputed")
    assert issue_permit(office, FIRST, OVERRIDE, override=covers).done
    assert state(office) == "in_force"
    assert put_on_record(office, ENGINEER, disputed, Stamp(entry_id="a third")).done
    assert (state(office), stopped_by(office)) == ("stopped", ["gate.rights.disputed"])


def test_a_newer_sheet_of_the_same_works_is_asked_too(at_stage: OfficeAt) -> None:
    office = planned(at_stage)
    assert issue_permit(office, ENGINEER, PERMIT).done
    live = replace(SMALL, stated=SheetStated(power="live"))
    assert register_project(office, ENGINEER, live).done
    assert (state(office), stopped_by(office)) == ("stopped", ["gate.utilities.live"])
    assert len(notices_of(office)) == 1


def test_a_team_that_watches_stops_nothing(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    beside = replace(SMALL, shape=square(90, 10, 20))  # half of it is on no record
    assert register_project(office, ENGINEER, beside).done
    # With a paper on record every gate is asked, before the team as after it.
    assert put_on_record(office, ENGINEER, RightsChecked("J9", "clear", None, ("deed",))).done
    assert issue_permit(office, ENGINEER, PERMIT).done
    until_us = office.now_us() + 9 * DAY_US
    assert put_on_record(office, FIRST, EodSupportAgreed("J9", "co", "team", until_us)).done
    assert state(office) == "in_force"
    assert notices_of(office) == []
