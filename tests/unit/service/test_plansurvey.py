"""What communities tell in reports and in the plan: it only adds, and gives no few victims away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rafiqa.land import CommunitySurveyed, impact_band, impact_points
from rafiqa.land.reporttable import NOT_RECORDED, Figure, Label
from rafiqa.plan.harm import rate_of
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.priority import mine_impact_score
from rafiqa.plan.range import Range
from rafiqa.plan.site import Site, Told
from rafiqa.plan.team import Team
from rafiqa.service import AssetShelf, Office
from rafiqa.service.accidentreport import report_accident
from rafiqa.service.act import Stamp
from rafiqa.service.community import record_survey, told_band
from rafiqa.service.education import record_session
from rafiqa.service.peoplerecord import told_record
from rafiqa.service.planning import PlanAsked, ask_plan
from tests.unit.service.ground import FIRST, office_at, spot_in
from tests.unit.service.test_accidentreport import REPORT
from tests.unit.service.test_community import SURVEY
from tests.unit.service.test_education import figures, report_of

SITE = Site("A1", 900.0, hours={"residents": Range(1, 2, 4)})


def put(office: Office, **changed: Any) -> None:
    fact, at_us = told_record("community_impact", SURVEY | changed, "askers")
    acted = record_survey(office, FIRST, fact, Stamp(at_us))
    assert acted.done, acted.reasons


@given(st.integers(0, 400), st.integers(0, 20))
def test_a_survey_only_adds_to_what_a_site_counts_for(points: int, n_victims: int) -> None:
    site = replace(SITE, n_victims=n_victims)
    told = replace(site, told=Told("Mill", "2026-02-03", points, "low"))
    policy = PlanPolicy()
    assert rate_of(told, policy).mid >= rate_of(site, policy).mid
    assert mine_impact_score(told) == max(mine_impact_score(site), points)
    off = PlanPolicy(impact_tie=0.0)
    assert rate_of(told, off) == rate_of(site, off)


@given(st.integers(1, 4), st.sets(st.sampled_from(["housing", "water", "access", "agriculture"])))
def test_the_band_of_few_victims_is_the_same_whichever_few_they_are(
    victims: int, blockages: set[str]
) -> None:
    fact = CommunitySurveyed("C1", "o", "yes", "Mill", blockages=tuple(blockages), victims=victims)
    most = replace(fact, victims=4)
    assert told_band(fact) == told_band(most) == impact_band(impact_points(most))


def test_the_plan_says_that_it_weighed_a_survey_and_moves_no_land() -> None:
    office = office_at("area")
    spot = spot_in(office, 50, 50)
    put(office, geometry=f"{spot.lat_deg} {spot.lon_deg}")
    put(office, id="C2", community="Far", geometry="34.5 38.0")
    asked = PlanAsked([Team("t", frozenset({"manual"}), 500.0)], 5)
    head = office.store.head()
    shown = ask_plan(office, AssetShelf(), asked)
    (note,) = (each for each in shown.notes if each.code == "plan.note.surveys")
    assert dict(note.params) == {"n": 1, "of": 2}
    reasons = [each for task in shown.answer.tasks for each in task.reasons]
    (reason,) = (each for each in reasons if each.code == "plan.reason.surveys")
    assert reason.params["community"] == "Mill"
    assert office.store.head() == head


def test_communities_stand_in_the_report_beside_accidents_and_add_up_to_nothing() -> None:
    office = office_at("area")
    put(office)
    put(office, id="C2", community="Hill", victims=9, contaminated="no", eore_given="no")
    fact, at_us = told_record("accident", REPORT | {"killed": 6, "injured": 7}, "askers")
    assert report_accident(office, FIRST, fact, Stamp(at_us)).done
    report = report_of(office)
    assert figures(report, "communities", "victims_told") == [9, None]
    assert figures(report, "communities", "residents") == [1200, 1200]
    bands = figures(report, "communities", "impact_band")
    assert bands == [Label("impact_band", ("high",)), Label("impact_band", ("high",))]
    # Of two sources none is added to the other.
    told = [cell.value for table in report.tables for cell in table.figures()]
    assert not {6 + 7 + 9, 15, 16} & set(told)
    assert figures(report, "casualties_by_source", "killed") == [6]
    # Where one to four of any sex and age were harmed, none of the four is told.
    assert figures(report, "harmed_by_whom", "harmed_girls") == [None]
    assert figures(report, "harmed_by_whom", "harmed_men") == [None]


def test_where_nobody_came_and_people_tell_of_most_comes_first() -> None:
    office = office_at("area")
    put(office, community="Quiet", contaminated="no", ordnance=[], blockages=[], victims=0)
    put(office, id="C2", community="Hill", victims=9, eore_given="no")
    session = {
        "id": "S1",
        "reach": "direct",
        "activity": "school_session",
        "sessions": 2,
        "held_on": "2026-02-03",
        "community": "Quiet",
    }
    held, _ = told_record("eore_session", session, "warners")
    assert record_session(office, FIRST, held).done
    report = report_of(office)
    names = [getattr(each, "text", each) for each in figures(report, "coverage", "neighbourhood")]
    assert names.index("Hill") < names.index("Quiet")
    at = names.index("Hill")
    said = figures(report, "coverage", "eore_told")
    assert said[at] == Label("yes_no_unknown", ("no",))
    assert said[names.index("Quiet")] == NOT_RECORDED
    assert not any(isinstance(each, Figure) for each in said)
