"""Each verb of the work, done once in a store on disk, and what it made of the land."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rafiqa.errors import InvalidInput, NotFound
from rafiqa.geo import Spot
from rafiqa.land import (
    AccidentRecorded,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceAnswer,
    EvidenceRecorded,
    LandReopened,
    Outcome,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    SiteOpened,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkReported,
)
from rafiqa.recovery import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.service import (
    Acted,
    AsOf,
    AssetShelf,
    Stamp,
    accept_release,
    answer_report,
    ask_account,
    ask_point,
    check_site,
    correct_boundary,
    decide_class,
    declare_area,
    gate_layers,
    gate_of,
    inspect_work,
    move_rubble_lot,
    move_task,
    open_office,
    open_site,
    order_work,
    project_of,
    propose_release,
    record_accident,
    record_evidence,
    register_layer,
    register_project,
    register_rubble_lot,
    reject_release,
    reopen_land,
    report_hazard,
    report_work,
    reports_waiting,
    transfer_release,
)
from tests.unit.service.conftest import OfficeAt
from tests.unit.service.ground import (
    AUTHORITY,
    ENGINEER,
    FIRST,
    INFORMATION,
    INSPECTOR,
    OPERATOR,
    ORIGIN,
    RESIDENT,
    SECOND,
    START_US,
    SURVEYOR,
    Clock,
    Draws,
    area,
    evidence,
    inspection,
    kept_office,
    office_at,
    spot_in,
    square,
    state_at,
    work,
)


def done(acted: Acted) -> Acted:
    assert acted.done, acted.reasons
    assert acted.reasons == ()
    assert not acted.already
    return acted


def test_an_outcome_has_no_truth_value(at_stage: OfficeAt) -> None:
    acted = record_evidence(at_stage("site"), SURVEYOR, evidence())
    with pytest.raises(TypeError, match="done"):
        bool(acted)


def test_a_site_is_opened_once(tmp_path: Path) -> None:
    office = kept_office(tmp_path / "site.rafiqa")
    assert office.site == SiteOpened("Old Town", ORIGIN, AUTHORITY)
    with pytest.raises(InvalidInput, match=r"service\.site\.exists"):
        open_site(office, FIRST, SiteOpened("Elsewhere", Spot.of(10, 10), AUTHORITY))
    assert office.store.head().seq == 1
    office.store.close()
    again = kept_office(tmp_path / "site.rafiqa", create=False)
    assert again.site.name == "Old Town"
    again.store.close()


def test_a_store_without_a_site_says_so(tmp_path: Path) -> None:
    office = open_office(str(tmp_path / "bare"), now_us=Clock(), entropy=Draws(), create=True)
    with pytest.raises(NotFound, match=r"service\.site\.none"):
        _ = office.site
    with pytest.raises(NotFound, match=r"service\.store\.none"):
        open_office(str(tmp_path / "none"), now_us=Clock(), entropy=Draws())
    with pytest.raises(NotFound, match=r"service\.store\.none"):
        open_office(str(tmp_path), now_us=Clock(), entropy=Draws(), create=True)
    with pytest.raises(InvalidInput, match=r"service\.store\.unsupported"):
        open_office("mysql://host/site", now_us=Clock(), entropy=Draws(), create=True)
    office.store.close()


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "site.rafiqa"
    office = office_at("released", kept_office(path))
    facts = list(office.facts())
    office.store.close()
    again = kept_office(path, Clock(START_US + 10**12), create=False)
    assert list(again.facts()) == facts
    assert state_at(again, 50, 50) == "cleared"
    report = check_site(again)
    assert report.intact
    assert report.n_entries == len(facts) == 9
    assert report.root == again.store.head().entry_hash
    again.store.close()


# --- survey


def test_evidence_alone_makes_no_land(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    acted = done(record_evidence(office, SURVEYOR, evidence(), Stamp(entry_id="e1")))
    assert acted.entry_ids == ("e1",)
    assert "E1" in office.register().evidence
    assert list(office.book().faces) == []


def test_an_area_is_hazard_from_the_day_that_it_says(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    done(declare_area(office, SURVEYOR, area(), Stamp(valid_at_us=START_US - 10)))
    assert state_at(office, 50, 50, START_US - 11) == "unrecorded"
    assert state_at(office, 50, 50, START_US - 10) == "cha"
    answer = ask_point(office, spot_in(office, 50, 50))
    assert [reason.code for reason in answer.reasons] == [
        "land.point.cha",
        "land.point.evidence",
        "land.point.class-supported",
        "land.evidence.seen",
    ]


def test_a_class_is_decided_down_only_with_a_justification(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    refused = decide_class(office, FIRST, ClassDecided("A1", "sha"))
    assert [reason.code for reason in refused.reasons] == ["land.class.justification-missing"]
    done(decide_class(office, FIRST, ClassDecided("A1", "sha", (), "resurveyed")))
    assert state_at(office, 50, 50) == "sha"
    # And up again to what it was: a justification, or evidence, but never neither.
    again = decide_class(office, FIRST, ClassDecided("A1", "cha"))
    done(again)
    assert state_at(office, 50, 50) == "cha"


def test_lowering_what_was_decided_higher_needs_a_justification_too(at_stage: OfficeAt) -> None:
    """Recorded as an indication, decided as confirmed: suspected is then a lowering."""
    office = at_stage("evidence")
    done(declare_area(office, SURVEYOR, replace(area(), class_="indication")))
    done(decide_class(office, FIRST, ClassDecided("A1", "cha", ("E1",))))
    refused = decide_class(office, FIRST, ClassDecided("A1", "sha"))
    assert [reason.code for reason in refused.reasons] == ["land.class.justification-missing"]
    assert state_at(office, 50, 50) == "cha"


def test_lowering_what_was_reopened_higher_needs_a_justification_too(at_stage: OfficeAt) -> None:
    office = at_stage("evidence")
    done(declare_area(office, SURVEYOR, replace(area(), class_="indication")))
    done(reopen_land(office, FIRST, LandReopened("O1", square(0, 0, 10), "missed_item", "cha")))
    refused = decide_class(office, FIRST, ClassDecided("A1", "sha"))
    assert [reason.code for reason in refused.reasons] == ["land.class.justification-missing"]
    assert state_at(office, 5, 5) == "cha"


def test_a_class_is_no_higher_than_its_evidence(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    told = EvidenceRecorded("E2", "statement", "verbal", ORIGIN)
    done(record_evidence(office, SURVEYOR, told))
    fact = AreaRecorded("A2", "sha", square(), None, ("E2",))
    done(declare_area(office, SURVEYOR, fact))
    refused = decide_class(office, FIRST, ClassDecided("A2", "cha"))
    assert [reason.code for reason in refused.reasons] == ["land.class.above-evidence"]
    done(record_evidence(office, SURVEYOR, evidence("E3", "A2")))
    done(decide_class(office, FIRST, ClassDecided("A2", "cha")))


def test_an_outline_is_corrected_by_two_persons(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    smaller = BoundaryCorrected("A1", square(0, 0, 90), "drawn anew")
    refused = correct_boundary(office, FIRST, smaller)
    assert [reason.code for reason in refused.reasons] == ["land.boundary.unconfirmed"]
    own = correct_boundary(office, FIRST, replace(smaller, confirmed_by=FIRST))
    assert [reason.code for reason in own.reasons] == ["land.release.same-person"]
    done(correct_boundary(office, FIRST, replace(smaller, confirmed_by=SECOND)))
    assert state_at(office, 95, 95) == "unrecorded"
    assert state_at(office, 50, 50) == "cha"
    done(correct_boundary(office, FIRST, replace(smaller, shape=square(0, 0, 95))))
    assert state_at(office, 92, 92) == "cha"


# --- work


def test_work_is_ordered_and_its_stage_moves(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    order = TaskOrdered("T1", "A1", OPERATOR.organisation_id, ("manual",), 30)
    done(order_work(office, FIRST, order))
    done(move_task(office, OPERATOR, StageMoved("T1", "in_progress")))
    done(move_task(office, OPERATOR, StageMoved("T1", "suspended", "season")))
    done(move_task(office, FIRST, StageMoved("T1", "in_progress")))
    done(report_work(office, OPERATOR, replace(work(), finds_complete=True)))
    done(move_task(office, OPERATOR, StageMoved("T1", "work_complete")))
    done(move_task(office, INSPECTOR, StageMoved("T1", "inspecting", note="a tenth, by lanes")))
    assert state_at(office, 50, 50) == "cha"


def test_reported_work_lowers_nothing(at_stage: OfficeAt) -> None:
    for stage in ("work", "inspected", "proposed"):
        assert state_at(at_stage(stage), 50, 50) == "cha"


def parts_of_a_day() -> tuple[WorkedPart, ...]:
    """A1, 100 m × 100 m: cleared, reduced, cancelled and left, a quarter each."""
    kinds: list[tuple[str, Outcome, int, int, str]] = [
        ("P1", "cleared", 0, 0, "manual"),
        ("P2", "reduced", 50, 0, "ts_systematic"),
        ("P3", "cancelled", 0, 50, "nts"),
        ("P4", "not_cleared", 50, 50, "manual"),
    ]
    return tuple(
        WorkedPart(
            part_id,
            outcome,
            square(x_m, y_m, 50),
            method,
            30 if outcome == "cleared" else None,
            reason="under_slab" if outcome == "not_cleared" else None,
            evidence_answered=("E1",),
            answers=(EvidenceAnswer("E1", "visited, asked again"),),
        )
        for part_id, outcome, x_m, y_m, method in kinds
    )


def test_work_by_parts_released_by_two_persons(at_stage: OfficeAt) -> None:
    office = at_stage("task")
    fact = WorkReported("W1", "A1", OPERATOR.organisation_id, parts_of_a_day(), "T1")
    done(report_work(office, OPERATOR, fact))
    done(inspect_work(office, INSPECTOR, inspection()))
    refused = propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1", "P4")))
    assert [reason.code for reason in refused.reasons] == ["land.release.part-not-cleared"]
    done(propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1", "P2", "P3"))))
    done(accept_release(office, SECOND, ReleaseAccepted("R1")))
    places = {(25, 25): "cleared", (75, 25): "reduced", (25, 75): "cancelled", (75, 75): "cha"}
    assert {place: state_at(office, *place) for place in places} == places
    assert ask_point(office, spot_in(office, 25, 25)).depth_cm == 30
    found = ask_account(office).classes["cha"]
    assert {name: size / 2_000_000 for name, size in found.flows.items() if size} == {
        "new": 10_000,
        "cleared": 2_500,
        "reduced": 2_500,
        "cancelled": 2_500,
    }
    assert found.closing / 2_000_000 == 2_500
    assert check_site(office).intact


def test_a_failed_inspection_bars_the_release(at_stage: OfficeAt) -> None:
    office = at_stage("work")
    done(inspect_work(office, INSPECTOR, inspection(passed=False)))
    refused = propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",)))
    assert [reason.code for reason in refused.reasons] == ["land.release.inspection-failed"]
    done(inspect_work(office, INSPECTOR, inspection("I2")))
    refused = propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",)))
    assert [reason.code for reason in refused.reasons] == ["land.release.inspection-failed"]
    parts = tuple(replace(part, part_id=f"{part.part_id}-again") for part in work().parts)
    done(report_work(office, OPERATOR, replace(work(), work_id="W2", parts=parts)))
    done(inspect_work(office, INSPECTOR, replace(inspection("I3"), work_id="W2")))
    done(propose_release(office, FIRST, ReleaseProposed("R1", "W2", ("P1-again",))))


def test_a_proposal_turned_down_releases_nothing(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    done(reject_release(office, SECOND, ReleaseRejected("R1", "depth in doubt")))
    refused = accept_release(office, SECOND, ReleaseAccepted("R1"))
    assert [reason.code for reason in refused.reasons] == ["land.release.decided"]
    assert state_at(office, 50, 50) == "cha"


def test_neither_person_of_a_release_is_the_operator(at_stage: OfficeAt) -> None:
    office = at_stage("inspected")
    turncoat = replace(FIRST, organisation_id=OPERATOR.organisation_id)
    refused = propose_release(office, turncoat, ReleaseProposed("R1", "W1", ("P1",)))
    assert [reason.code for reason in refused.reasons] == ["land.release.own-organisation"]
    done(propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1",))))
    for accepter, code in (
        (FIRST, "land.release.same-person"),
        (
            replace(SECOND, organisation_id=OPERATOR.organisation_id),
            "land.release.own-organisation",
        ),
        (replace(SECOND, person_id="lead"), "land.release.own-work"),
    ):
        refused = accept_release(office, accepter, ReleaseAccepted("R1"))
        assert [reason.code for reason in refused.reasons] == [code]
    assert state_at(office, 50, 50) == "cha"
    done(accept_release(office, SECOND, ReleaseAccepted("R1")))
    assert state_at(office, 50, 50) == "cleared"


def test_released_land_is_reopened_at_once(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    assert state_at(office, 5, 5) == "cleared"
    done(reopen_land(office, FIRST, LandReopened("O1", square(0, 0, 10), "missed_item")))
    assert state_at(office, 5, 5) == "cha"
    assert state_at(office, 50, 50) == "cleared"
    answer = ask_point(office, spot_in(office, 5, 5))
    assert answer.reopened
    assert "land.point.reopened" in [reason.code for reason in answer.reasons]


def test_a_release_is_taken_over_with_its_source(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    taken = ReleaseTransferred("T9", "cleared", square(), "other body", "their map", None, 50)
    done(transfer_release(office, INFORMATION, taken))
    answer = ask_point(office, spot_in(office, 50, 50))
    assert (answer.state, answer.depth_cm) == ("cleared", 50)
    assert "land.point.transferred" in [reason.code for reason in answer.reasons]


# --- what residents and accidents tell


def test_an_accident_on_released_land_reopens_it_in_the_same_moment(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    before = office.store.head()
    hit = AccidentRecorded("X1", "ordnance", spot_in(office, 50, 50), injured=1)
    acted = done(record_accident(office, SURVEYOR, hit, Stamp(entry_id="x1")))
    assert acted.entry_ids == ("x1", "x1.reopening")
    assert office.store.head().seq == before.seq + 2
    assert state_at(office, 50, 50) == "cha"
    again = record_accident(office, SURVEYOR, hit, Stamp(entry_id="x1"))
    assert (again.done, again.already) == (True, True)
    assert office.store.head().seq == before.seq + 2


@pytest.mark.parametrize("spot", [None, Spot.of(-70, 10), "hazard", "nowhere"])
def test_an_accident_elsewhere_reopens_nothing_and_is_kept(
    at_stage: OfficeAt, spot: Spot | str | None
) -> None:
    office = at_stage("area" if spot == "hazard" else "released")
    places = {"hazard": (50.0, 50.0), "nowhere": (500.0, 500.0)}
    place = spot_in(office, *places[spot]) if isinstance(spot, str) else spot
    acted = done(record_accident(office, SURVEYOR, AccidentRecorded("X1", "ordnance", place)))
    assert len(acted.entry_ids) == 1
    assert "X1" in office.register().accidents


def test_an_accident_on_the_edge_of_two_parts_reopens_both(at_stage: OfficeAt) -> None:
    office = at_stage("task")
    halves = tuple(
        replace(work().parts[0], part_id=part_id, shape=shape)
        for part_id, shape in (("P1", square(0, 0, 50)), ("P2", square(50, 0, 50)))
    )
    done(report_work(office, OPERATOR, replace(work(), parts=halves)))
    done(inspect_work(office, INSPECTOR, inspection()))
    done(propose_release(office, FIRST, ReleaseProposed("R1", "W1", ("P1", "P2"))))
    done(accept_release(office, SECOND, ReleaseAccepted("R1")))
    done(
        record_accident(office, FIRST, AccidentRecorded("X1", "ordnance", spot_in(office, 50, 25)))
    )
    assert [state_at(office, x_m, 25) for x_m in (5, 95)] == ["cha", "cha"]


def test_a_residents_report_waits_until_it_is_answered(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    told = ResidentReported("S1", spot_in(office, 50, 50), "a word nobody listed")
    done(report_hazard(office, RESIDENT, told))
    assert [record.entry_id for record in reports_waiting(office)]
    about = ProjectRegistered("J1", "School", "school", square(40, 40, 20), 10)
    assert gate_of(office, about).outcome == "conditions"
    done(answer_report(office, FIRST, ReportAnswered("S1", "nothing_found", None, "visited")))
    assert list(reports_waiting(office)) == []
    assert gate_of(office, about).outcome == "open"


def test_a_report_from_off_the_grid_is_kept_and_stops_no_gate(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    done(report_hazard(office, RESIDENT, ResidentReported("S1", Spot.of(-70, 10), "eo_seen")))
    assert len(list(reports_waiting(office))) == 1
    about = ProjectRegistered("J1", "School", "school", square(40, 40, 20), 10)
    assert gate_of(office, about).outcome == "open"


# --- rebuilding


def test_a_projects_gate_is_asked_anew_each_time(at_stage: OfficeAt) -> None:
    office = at_stage("proposed")
    school = ProjectRegistered("J1", "School", "school", square(10, 10, 20), 20)
    deep = replace(school, project_id="J2", depth_cm=31)
    beside = replace(school, project_id="J3", shape=square(60, 60, 20))
    for fact in (school, deep, beside):
        done(register_project(office, ENGINEER, fact))

    def outcomes() -> list[str]:
        return [gate_of(office, project_of(office, each)).outcome for each in ("J1", "J2", "J3")]

    assert outcomes() == ["closed", "closed", "closed"]
    done(accept_release(office, SECOND, ReleaseAccepted("R1")))
    assert outcomes() == ["open", "closed", "open"]
    deep_gates = gate_of(office, deep).gates
    assert [gate.code for gate in deep_gates if gate.outcome == "closed"] == [
        "gate.depth.insufficient"
    ]
    done(reopen_land(office, FIRST, LandReopened("O1", square(0, 0, 15), "missed_item")))
    assert outcomes() == ["closed", "closed", "open"]
    stop = [gate for gate in gate_of(office, school).gates if gate.outcome == "closed"]
    assert [gate.code for gate in stop] == ["gate.area.hazard", "gate.reopening.reopened"]
    assert stop[1].params == {"reopening": "O1"}


def test_a_project_registered_again_is_what_it_is_now_and_was_what_it_was(
    at_stage: OfficeAt,
) -> None:
    office = at_stage("released")
    fact = ProjectRegistered("J1", "School", "school", square(10, 10, 20), 20)
    done(register_project(office, ENGINEER, fact))
    first_us = office.facts()[-1].recorded_at_us
    done(register_project(office, ENGINEER, replace(fact, depth_cm=200)))
    assert project_of(office, "J1").depth_cm == 200
    assert project_of(office, "J1", AsOf(known_at_us=first_us)).depth_cm == 20
    with pytest.raises(NotFound, match=r"service\.project\.unknown"):
        project_of(office, "J9")
    with pytest.raises(NotFound, match=r"service\.project\.unknown"):
        project_of(office, "J1", AsOf(valid_at_us=START_US))


def test_assets_are_registered_as_a_layer_and_have_a_gate_each(at_stage: OfficeAt) -> None:
    office = at_stage("released")
    shapes = [square(10, 10, 20), square(500, 10, 20), square(90, 90, 20)]
    lonlat = np.array([office.frame.to_lonlat(each).geometry for each in shapes], dtype=object)
    rows = (["b1", "b2", "b3"], lonlat, {"kind": ["school", "house", "house"]})
    done(register_layer(office, ENGINEER, LayerRegistered("L1", "buildings", "", 0), rows))
    ((layer, gate),) = gate_layers(office, AssetShelf())
    assert (layer.fact.n_rows, layer.table.ids) == (3, ["b1", "b2", "b3"])
    assert gate.outcome.tolist() == [0, 1, 1]
    assert office.store.blob(layer.fact.sha256) is not None
    assert check_site(office).intact


def test_a_rubble_lot_moves_once_it_is_known(at_stage: OfficeAt) -> None:
    office = at_stage("site")
    lot = RubbleLotRegistered("H1", "Heap", ORIGIN, square(), 40)
    done(register_rubble_lot(office, ENGINEER, lot))
    done(move_rubble_lot(office, OPERATOR, RubbleLotMoved("H1", "removing")))
    assert len(office.recovery().lots["H1"]) == 2


def test_an_account_ends_no_earlier_than_it_begins(at_stage: OfficeAt) -> None:
    office = at_stage("area")
    with pytest.raises(InvalidInput, match=r"service\.account\.period"):
        ask_account(office, from_us=START_US, until_us=START_US - 1)
    assert ask_account(office, from_us=START_US, until_us=START_US).balance_error == 0
