"""The demo's store: everything a city went through, made through the services, lawfully."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from rafiqa.demo import cast, make_demo
from rafiqa.demo.cast import AUTHORITY
from rafiqa.demo.project import SCHOOL_PROJECT_ID
from rafiqa.land import (
    LandReopened,
    LotInspected,
    LotReviewed,
    ReleaseAccepted,
    WorkInspected,
    WorkReported,
    quarantines,
)
from rafiqa.ledger import ClaimsProposed
from rafiqa.recovery import DamageAssessed, LayerRegistered, ResidentAsked, tag_of
from rafiqa.service import (
    AsOf,
    AssetShelf,
    check_site,
    gate_of,
    notices_of,
    open_office,
    permits_of,
    project_of,
)
from rafiqa.service.deskmark import DeskMark
from rafiqa.service.queue import queue_of
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import ask_report
from rafiqa.store import Store

N, SEED = 400, 5
YEARS_3_US = 3 * 365 * 86_400_000_000


def entropy(n_bytes: int) -> bytes:
    return b"\7" * n_bytes


def made(path):
    return make_demo(str(path), n_buildings=N, seed=SEED, entropy=entropy, progress=lambda _: None)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "city.rafiqa"
    return made(path), path


@pytest.fixture(scope="module")
def office(demo):
    now_us = count(2_000_000_000_000_000)
    opened = open_office(str(demo[1]), now_us=lambda: next(now_us), entropy=entropy)
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def facts(office):
    return [record.fact for record in office.facts()]


def test_it_says_what_it_holds(demo, office, facts):
    told = demo[0]
    assert told.n_events == len(facts) == office.store.head().seq
    assert told.n_buildings == N
    kinds = Counter(type(fact).__name__ for fact in facts)
    assert told.n_areas == kinds["AreaRecorded"]
    assert told.n_projects == kinds["ProjectRegistered"]
    assert {login.role for login in told.logins} >= {"authority", "quality", "engineer"}


def test_every_chapter_of_the_history_is_there(facts):
    kinds = Counter(type(fact).__name__ for fact in facts)
    for chapter in (
        *("EvidenceRecorded", "AreaRecorded", "ClassDecided", "TaskOrdered", "WorkReported"),
        *("WorkInspected", "ReleaseProposed", "ReleaseAccepted", "LandReopened"),
        *("ResidentReported", "ReportAnswered", "AccidentRecorded", "ProjectRegistered"),
        *("RubbleLotRegistered", "RubbleLotMoved"),
        *("AccreditationGranted", "QaVisited", "NonconformityRaised", "NonconformityAnswered"),
        *("NonconformityClosed", "LotReviewed"),
    ):
        assert kinds[chapter], chapter
    assert any(isinstance(fact, WorkInspected) and not fact.passed for fact in facts)


def test_a_failed_lot_stops_earlier_work_until_it_is_reviewed(office):
    lots = [record for record in office.facts() if isinstance(record.fact, LotInspected)]
    passed, failed = sorted(lots, key=lambda record: not record.fact.passed)
    assert passed.fact.passed
    assert not failed.fact.passed
    reviewed = next(each for each in office.facts() if isinstance(each.fact, LotReviewed))
    book = office.book()

    def in_doubt(at_us):
        states = [state for _, state in book.states(at_us)]
        return [state for state in states if quarantines(book.register, state, at_us)]

    assert in_doubt(failed.valid_at_us)
    assert not in_doubt(failed.valid_at_us - 1)
    assert not in_doubt(reviewed.valid_at_us)


def test_nothing_in_it_is_without_effect(office):
    """A fact that a rule forbids would stay on record and do nothing."""
    assert office.register().without_effect == []
    assert check_site(office).faults == ()


def test_three_years_pass_and_each_act_is_recorded_when_it_is_done(office):
    records = office.facts()
    span_us = records[-1].valid_at_us - records[0].valid_at_us
    assert 0.9 * YEARS_3_US < span_us <= YEARS_3_US
    assert all(record.valid_at_us <= record.recorded_at_us for record in records)


def test_releases_take_two_persons_of_the_authority_after_another_bodys_inspection(office):
    releases = office.register().releases.values()
    accepted = [one for one in releases if one.state == "accepted"]
    assert all(isinstance(one.decision.fact, ReleaseAccepted) for one in accepted)
    assert accepted
    for release in accepted:
        proposer, accepter = release.proposal.actor, release.decision.actor
        assert proposer.person_id != accepter.person_id
        assert proposer.organisation_id == accepter.organisation_id == AUTHORITY


def test_some_clearance_is_partial(office, facts):
    """Parts that were not cleared stay hazard beside parts that were released."""
    book = office.book()
    now_us = office.now_us()
    left = [
        part
        for fact in facts
        if isinstance(fact, WorkReported)
        for part in fact.parts
        if part.outcome == "not_cleared"
    ]
    assert left
    for part in left:
        assert part.reason
        states = [face.timeline.at(now_us) for face in book.near(part.shape)]
        assert any(state is not None and state.is_hazard for state in states)


def test_a_reopening_stops_the_school(office):
    (reopened,) = [r for r in office.facts() if isinstance(r.fact, LandReopened)]
    before, after = reopened.valid_at_us - 1, reopened.valid_at_us
    outcome = {}
    for at_us in (before, after):
        times = AsOf(at_us, None)
        project = project_of(office, SCHOOL_PROJECT_ID, times)
        outcome[at_us] = gate_of(office, project, times)
    assert outcome[before].outcome == "open"
    assert outcome[after].outcome == "closed"
    assert "gate.reopening.reopened" in [gate.code for gate in outcome[after].gates]


def test_the_layers_of_the_city_are_registered(office, facts):
    kinds = {fact.kind for fact in facts if isinstance(fact, LayerRegistered)}
    assert kinds == {"buildings", "roads", "bridges", "water", "population", "places"}
    (buildings,) = AssetShelf().layers(office, "buildings", office.now_us(), None)
    assert len(buildings.table) == N
    assert min(buildings.table.values("storeys")) >= 1
    assert {"school", "hospital", "water_works"} <= set(buildings.table.values("kind"))
    (blocks,) = AssetShelf().layers(office, "population", office.now_us(), None)
    living = sum(buildings.table.values("occupants"))
    assert sum(blocks.table.values("population")) == living > N


def test_the_same_seed_gives_the_same_bytes(demo, tmp_path):
    made(tmp_path / "again.rafiqa")
    now_us = count(2_000_000_000_000_000)
    stores: list[Store] = [
        open_office(str(path), now_us=lambda: next(now_us), entropy=entropy).store
        for path in (demo[1], tmp_path / "again.rafiqa")
    ]
    try:
        first, second = (list(store.read()) for store in stores)
        assert first == second
    finally:
        for store in stores:
            store.close()


def test_structures_are_released_whole_or_stay_hazard(office):
    """One building unit by unit, one with a storey that was not cleared, one heap by layer."""
    book, register = office.book(), office.register()
    states = {}
    for structure_id, known in register.structures.items():
        faces = book.near(known.recorded.fact.shape)
        here = [face.timeline.at(office.now_us()) for face in faces]
        states[structure_id] = {state.status for state in here if state and state.units}
    assert states == {"sb1": {"cleared"}, "sb2": {"cha"}, "sr1": {"cleared"}}
    kinds = {known.recorded.fact.kind for known in register.structures.values()}
    assert kinds == {"building", "rubble_heap"}


def test_rebuilding_has_a_permit_in_force_and_a_stop_that_one_has_heard_of(office):
    # Asked at the end of the story; the demo's clock is past, ours far ahead.
    end_us = office.facts()[-1].recorded_at_us
    as_of = AsOf(end_us, end_us)
    stands = {each.case.fact.permit_id: each.standing.state for each in permits_of(office, as_of)}
    assert stands == {"demo-m1": "stopped", "demo-m2": "in_force"}
    notice = notices_of(office, end_us, project_id=SCHOOL_PROJECT_ID)[-1]
    (heard,) = notice.acknowledged
    assert getattr(heard.fact, "role", None) == "crew_lead"
    assert [party.role for party in notice.waiting] == ["owner"]


def test_assessments_differ_and_newer_damage_ends_a_tag(office, facts):
    grades: dict[str | None, set[tuple[str, str | None]]] = {}
    for fact in facts:
        if isinstance(fact, DamageAssessed):
            grades.setdefault(fact.asset_id, set()).add((fact.scale, fact.code))
    assert len(grades) > 1
    assert all(len(each) > 1 for each in grades.values())
    end_us = office.facts()[-1].recorded_at_us
    recovery = office.recovery(end_us)
    found = [tag_of(asset_id, recovery, end_us) for asset_id in recovery.tags]
    tags = [tag for tag in found if tag is not None]
    assert sorted((tag.stands, tag.code) for tag in tags) == [
        (False, "gate.tag.expired-by-damage"),
        (True, "gate.tag.stands"),
    ]


def test_enough_residents_say_how_they_feel_for_it_to_be_told(facts):
    felt = Counter(
        fact.request_id.rpartition("-")[0]
        for fact in facts
        if isinstance(fact, ResidentAsked) and fact.kind == "feeling"
    )
    assert felt
    assert min(felt.values()) >= 5


def test_something_waits_for_everybody_at_the_end(office):
    def kinds(actor):
        return {each.kind for each in queue_of(office, actor, DeskMark()) if each.mine}

    for first, second in ((cast.FIRST, cast.SECOND), (cast.SECOND, cast.FIRST)):
        found = queue_of(office, first, DeskMark())
        (own,) = [each for each in found if each.kind == "release" and not each.mine]
        (other,) = [each for each in found if each.kind == "release" and each.mine]
        assert own.id in [each.id for each in queue_of(office, second, DeskMark()) if each.mine]
        assert other.says.params["n"] == 1
    assert {"report", "chase", "submission", "release", "pair", "quarantine"} <= kinds(cast.FIRST)
    # What teams sent is reviewed by their own organisation and the authority, not by another one.
    assert "submission" not in kinds(cast.INSPECTOR)
    assert {"closing", "inspection"} <= kinds(cast.INSPECTOR)
    assert kinds(cast.ENGINEER) == {"notice"}
    assert kinds(cast.operator(cast.OFFICE)) == {"returned", "nonconformity"}


def test_people_are_warned_helped_and_told(office, facts):
    """Of each some is on record, and the reports and public files tell of it."""
    by_kind = Counter(type(fact).__name__ for fact in facts)
    least = {
        "EoreSessionHeld": 20,
        "AccidentInquired": 3,
        "AssistanceNoted": 12,
        "AreaNoticeWritten": 3,
        "ArchiveWritten": 3,
        "DocumentKept": 2,
        "ClaimsProposed": 2,
    }
    assert {name: by_kind[name] for name in least if by_kind[name] < least[name]} == {}
    assert all(fact.claim_ids for fact in facts if isinstance(fact, ClaimsProposed))
    last_us = office.facts()[-1].recorded_at_us
    public = office.recovery(last_us).public
    assert len(public.standing(last_us)) == 2
    assert [fact.moment for fact, _ in public.archive()] == ["before", "during", "after"]
    assert {item.state for _, item in (*public.notices(), *public.archive())} == {"approved"}
    told = ask_report(office, AssetShelf(), ReportAsked("article7", until_us=last_us))
    missing = {each.code.rpartition(".")[2] for each in told.missing}
    assert not missing & {"warning", "education", "harmed", "assistance"}
    told = ask_report(office, AssetShelf(), ReportAsked("5w", until_us=last_us))
    assert {each.code for each in told.missing} <= {"report.missing.pcodes"}
    codes = [str(getattr(cell, "text", "")) for cell in told.table("places").column("place_code")]
    assert codes
    assert all(code.startswith("XQ01") for code in codes)


def test_assets_carry_the_code_of_their_neighbourhood(office):
    [layer] = AssetShelf().layers(office, "buildings")
    [known] = AssetShelf().layers(office, "places")
    codes = layer.table.values("place_id")
    assert set(codes) <= set(known.table.ids)
    named = known.table.values("kind")
    assert {named[known.row_of[code]] for code in codes} == {"neighbourhood"}
