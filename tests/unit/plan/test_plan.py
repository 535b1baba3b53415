"""What a plan says: ways before sites, reasons, pins, floors, forecasts, days that stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rafiqa.land import impact_band
from rafiqa.plan.answer import PlanAnswer, plan, side_by_side, without_pins
from rafiqa.plan.contamination import BY_CLASS, Contamination, of_class
from rafiqa.plan.harm import casualties_per_day, rate_of
from rafiqa.plan.order import harm_first, marginal, path_greedy
from rafiqa.plan.pin import Pin
from rafiqa.plan.policy import PlanPolicy
from rafiqa.plan.priority import mine_impact_score, ordered, rank_order_weights
from rafiqa.plan.problem import Kept, Problem
from rafiqa.plan.range import Range
from rafiqa.plan.replanning import standing
from rafiqa.plan.schedule import carry_out
from rafiqa.plan.search import improved
from rafiqa.plan.setting import Setting, problem_of
from rafiqa.plan.site import Site
from rafiqa.plan.team import Calendar, Team
from rafiqa.plan.terrain import Home
from rafiqa.plan.world import worlds
from tests.unit.plan.town import problem, terrain

MANUAL = frozenset({"manual"})
TEAM = Team("T", MANUAL, 100.0)


def in_a_row() -> Setting:
    """Outside – H0 – part 1 – H1 – part 2 with a hundred people; H2 lies beside, met by all."""
    ground = terrain(3, [(0, 1, (0,)), (1, 2, (1,))], 3, [0, 0, 0])
    ground = replace(ground, homes=(Home(2, (100.0, 0.0, 0.0, 0.0), "east"),))
    hours = {"residents": Range(1, 100, 1_000)}
    sites = (
        Site("H0", 300, district="west"),
        Site("H1", 300, district="east"),
        Site("H2", 1_000, hours=hours, district="west"),
    )
    return Setting(sites, (TEAM,), ground, 738_000, 30)


def areas(setting: Setting) -> list[str]:
    return [setting.sites[each.task.site].area_id for each in plan(setting).tasks]


def codes(setting: Setting, area: str) -> set[str]:
    answer = plan(setting)
    told = {setting.sites[item.task.site].area_id: item.reasons for item in answer.tasks}
    left = {setting.sites[site].area_id: [reason] for site, reason in answer.left}
    return {reason.code for reason in (told | left)[area]}


def test_a_way_is_taken_whole_though_neither_hazard_gains_anything_alone() -> None:
    setting = in_a_row()
    numbers = problem_of(setting)
    assert marginal(numbers)[0] == 2
    assert harm_first(numbers)[0] == 2
    assert path_greedy(numbers) == [0, 1, 2]
    assert areas(setting) == ["H0", "H1", "H2"]
    assert "plan.reason.way" in codes(setting, "H0")
    assert "plan.reason.reconnects" in codes(setting, "H1")
    answer = plan(setting)
    assert answer.bound is not None
    assert answer.plain.averted.mid < answer.outcome.averted.mid <= answer.bound.averted
    # A hundred people let in after six days, for 24 days; the rest after.
    assert answer.outcome.person_days[0] == 100 * (30 - 6)


def test_the_same_setting_gives_the_same_plan() -> None:
    assert repr(plan(in_a_row())) != repr(plan(replace(in_a_row(), n_days=31)))
    one, other = plan(in_a_row()), plan(in_a_row())
    assert (one.tasks, one.outcome, one.bound) == (other.tasks, other.outcome, other.bound)
    assert (one.forecasts, one.changes) == (other.forecasts, other.changes)


def test_harm_is_a_product_of_ranges() -> None:
    site = Site("H", 1, contamination=of_class("sha"), hours={"farm": Range(1, 2, 4)})
    policy = PlanPolicy(casualties_per_hour=Range(1e-7, 1e-6, 1e-5))
    p = BY_CLASS["sha"]
    found = casualties_per_day(site, policy)
    assert found.low == pytest.approx(p.low * 1 * 1e-7)
    assert found.high == pytest.approx(p.high * 4 * 1e-5)
    assert rate_of(site, policy).mid == pytest.approx(p.mid * 2 * 1e-6 * 10_000)
    asked = replace(site, n_requests=3)
    assert rate_of(asked, policy).mid == pytest.approx(rate_of(site, policy).mid * 1.03)
    # So many copies of a request weigh no more than ten.
    many = replace(site, n_requests=10_000)
    assert rate_of(many, policy) == rate_of(replace(site, n_requests=10), policy)
    assert of_class(None).p_contaminated == p
    assert of_class("sha", n_direct=1).p_contaminated == BY_CLASS["cha"]


def test_people_decide_over_the_order_and_the_plan_says_so() -> None:
    setting = in_a_row()
    first = replace(setting, pins={"H2": Pin("H2", "the harvest", rank=1)})
    assert areas(first)[0] == "H2"
    assert "plan.reason.pinned-rank" in codes(first, "H2")
    rows = side_by_side([("plan", first), ("without", without_pins(first))])
    assert rows[0].outcome.averted.mid < rows[1].outcome.averted.mid
    out = replace(setting, pins={"H0": Pin("H0", "a dispute", answers=(("dispute-low", "no"),))})
    assert codes(out, "H0") == {"plan.left.answered-no"}
    assert codes(out, "H1") == {"plan.left.behind"}
    kept_out = replace(setting, pins={"H2": Pin("H2", "a grave", exclude=True)})
    assert codes(kept_out, "H2") == {"plan.left.excluded"}


def test_what_cannot_be_done_is_left_with_its_reason() -> None:
    setting = in_a_row()
    needs = replace(setting.sites[2], needs=frozenset({"mechanical"}))
    assert codes(replace(setting, sites=(*setting.sites[:2], needs)), "H2") == {"plan.left.no-team"}
    nobody = replace(setting, teams=(replace(TEAM, skills=frozenset()),))
    assert codes(nobody, "H2") == {"plan.left.no-team"}
    short = replace(setting, teams=(replace(TEAM, calendar=Calendar(last=738_003)),))
    assert codes(short, "H2") == {"plan.left.no-time"}
    assert codes(replace(setting, n_days=5), "H2") == {"plan.left.later"}
    ground = setting.terrain
    island = replace(ground, doors=(*ground.doors[:2], (2,)), near=((3,), (3,), (), (0, 1), ()))
    assert codes(replace(setting, terrain=island), "H2") == {"plan.left.island"}
    none = plan(replace(setting, sites=(), terrain=terrain(1, [], 0, [0])))
    assert (none.tasks, none.bound, none.gap) == ((), None, None)
    assert (none.forecasts, none.changes) == ((), ())


def test_a_floor_lifts_the_district_that_is_served_worst() -> None:
    small = {"residents": Range(0.1, 1, 10)}
    base = in_a_row()
    sites = (*base.sites[:2], Site("H2", 100, hours=small, district="west"),
             Site("H3", 1_000, hours=small, district="west"))  # fmt: skip
    ground = replace(base.terrain, doors=(*base.terrain.doors, (0,)))
    setting = replace(base, sites=sites, terrain=ground)
    plain = plan(setting)
    assert plain.floor_holds is None
    worst = plain.outcome.worst_served
    assert worst is not None
    assert (worst.district, round(worst.relieved, 2)) == ("west", 0.6)
    policy = replace(setting.policy, equity_floor=0.65)
    lifted = plan(replace(setting, policy=policy))
    assert lifted.floor_holds
    assert lifted.outcome.worst_served.relieved == pytest.approx(0.7)  # type: ignore[union-attr]
    never = plan(replace(setting, policy=replace(policy, equity_floor=1.0)))
    assert never.floor_holds is False


def test_scores_of_practice_can_be_chosen_and_stand_as_documented() -> None:
    assert [round(each, 3) for each in rank_order_weights(7)] == [
        0.370, 0.228, 0.156, 0.109, 0.073, 0.044, 0.020,
    ]  # fmt: skip
    site = Site("H", 1, n_victims=3, blocked=frozenset({"farmland", "school"}))
    assert mine_impact_score(site) == 1 + 2 + 2 * 3
    assert [impact_band(each) for each in (0, 5, 6, 10, 11)] == [
        "untold",
        "low",
        "medium",
        "medium",
        "high",
    ]
    setting = in_a_row()
    victims = (replace(setting.sites[0], n_victims=1), setting.sites[1], setting.sites[2])
    for method, first in (("mine-impact-score", 0), ("rank-order", 2)):
        policy = replace(setting.policy, method=method)  # type: ignore[arg-type]
        assert ordered(problem_of(replace(setting, sites=victims, policy=policy)))[0] == first


def test_a_weight_that_moves_the_first_ten_is_named() -> None:
    """Twelve sites, each of one kind of harm; the tenth and eleventh are nearly the same."""
    kinds = ["farm", "traffic"]
    sites = [
        Site(f"H{at:02}", 100, hours={kinds[at % 2]: Range(1, 100 - at, 200)}) for at in range(12)
    ]
    setting = Setting(sites, (TEAM,), terrain(1, [], 12, [0]), 738_000, 60)
    steady = plan(setting).sensitivity
    assert not steady.holds
    assert {shift.criterion for shift in steady.shifts} == {"farm", "traffic"}
    assert set(steady.first) == {f"H{at:02}" for at in range(10)}
    alike = replace(setting, sites=[replace(each, hours={"farm": each.hours.get(
        "farm", Range(1, 50, 100))}) for each in sites])  # fmt: skip
    assert plan(alike).sensitivity.holds


def test_a_forecast_is_a_range_and_says_what_would_change_it() -> None:
    answer = plan(in_a_row())
    whole, east, west = answer.forecasts
    assert [each.name for each in answer.forecasts] == [None, "east", "west"]
    assert whole.planned_day == 16
    assert all(day is not None for day in whole.done_days)
    assert whole.done_days[0] < whole.done_days[1] < whole.done_days[2]  # type: ignore[operator]
    assert east.done_days[2] <= whole.done_days[2]  # type: ignore[operator]
    assert west.n_sites == 2
    more = {(each.kind, each.team_id): each for each in answer.changes}
    assert more["one-more", "T"].averted > 0
    assert more["one-more", "T"].days == 6
    eleven = replace(in_a_row(), sites=[replace(each, area_m2=1_100) for each in in_a_row().sites])
    assert {each.kind: each for each in plan(eleven).changes}["faster"].days == 3


def test_tasks_that_stand_are_left_to_their_team() -> None:
    setting = replace(in_a_row(), teams=(TEAM, replace(TEAM, team_id="U")))
    tasks = [Kept("H2", "U", 0), Kept("H0", "T", 2), Kept("H1", "T", 9)]
    left = standing(tasks, 1, 3, {"H0": 300.0, "H1": 300.0, "H2": 900.0})
    assert left == [Kept("H2", "U", 0, 900.0), Kept("H0", "T", 1)]
    again = replace(setting, kept=tuple(left))
    answer = plan(again)
    held = {setting.sites[each.task.site].area_id: each.task for each in answer.tasks}
    assert (held["H2"].team, held["H2"].start_day, held["H2"].end_day) == (1, 0, 9)
    assert held["H0"].team == 0
    assert answer.bound is None
    assert "plan.reason.kept" in {reason.code for each in answer.tasks for reason in each.reasons}
    assert standing(tasks, 1, 3, {}) == []


def test_a_far_move_costs_whole_days() -> None:
    ground = terrain(1, [], 2, [0])
    sites = [Site("H0", 100, place_m=(0.0, 0.0)), Site("H1", 100, place_m=(250_000.0, 0.0))]
    far = Problem(sites, [TEAM], ground, 738_000, 30, [2.0, 1.0])
    assert [task.end_day for task in carry_out(far, [0, 1]).tasks] == [1, 4]
    based = Problem(
        sites, [replace(TEAM, base_m=(250_000.0, 0.0))], ground, 738_000, 30, [2.0, 1.0]
    )
    assert [task.end_day for task in carry_out(based, [0, 1]).tasks] == [3, 6]


def test_the_team_that_may_do_less_chooses_first() -> None:
    ground = terrain(1, [], 2, [0])
    all_round = Team("A", frozenset({"manual", "mechanical"}), 100.0)
    numbers = problem(ground, [100, 100], [all_round, replace(TEAM, team_id="M")], [1.0, 5.0])
    sites = [replace(numbers.sites[0], needs=frozenset({"mechanical"})), numbers.sites[1]]
    schedule = carry_out(numbers.with_(sites=sites), [1, 0])
    assert {(task.site, task.team) for task in schedule.tasks} == {(0, 0), (1, 1)}


def test_search_never_leaves_with_less_than_it_was_given() -> None:
    setting = in_a_row()
    numbers = problem_of(setting)
    for seed in range(3):
        found = improved(numbers, [2, 1, 0], np.random.default_rng(seed), 40)
        assert sorted(found) == [0, 1, 2]
        assert carry_out(numbers, found).value >= carry_out(numbers, [2, 1, 0]).value


def test_contaminated_ground_slows_work_and_its_range_widens_the_forecast() -> None:
    setting = in_a_row()
    likely = Contamination(Range(0.2, 0.5, 0.9), "model", Range(0.0, 300.0, 1_000.0))
    certain = Contamination(Range(0.5, 0.5, 0.5), "model", Range(300.0, 300.0, 300.0))

    def told(found: Contamination) -> PlanAnswer:
        sites = (*setting.sites[:2], replace(setting.sites[2], contamination=found))
        return plan(replace(setting, sites=sites))

    wide, sharp = told(likely), told(certain)
    for answer in (wide, sharp):
        first, _, last = answer.forecasts[0].done_days
        assert answer.forecasts[0].n_mapped == 1
        assert answer.robust is not None
        low, mid, high = answer.robust.averted
        assert low <= mid <= high
        assert first is not None
        assert last is not None
    assert wide.forecasts[0].contaminated_m2 == likely.contaminated_m2
    assert plan(setting).forecasts[0].contaminated_m2 is None

    def drawn(found: Contamination) -> list[Problem]:
        sites = (*setting.sites[:2], replace(setting.sites[2], contamination=found))
        numbers = problem_of(replace(setting, sites=sites))
        return list(worlds(numbers, np.random.default_rng(1), 200))

    wider, sharper = drawn(likely), drawn(certain)
    for of in (lambda world: world.n_task_days[0][2], lambda world: world.rate[2]):
        assert np.std([of(each) for each in wider]) > np.std([of(each) for each in sharper])
    # More of it is worse and takes longer, in one world.
    days = [each.n_task_days[0][2] for each in wider]
    assert np.corrcoef(days, [each.rate[2] for each in wider])[0, 1] > 0.2


def test_a_range_is_drawn_as_a_triangle_between_its_ends() -> None:
    figure = Range(0.2, 0.3, 0.9)
    drawn = [figure.at(each) for each in np.linspace(0, 1, 2_001).tolist()]
    assert drawn[0] == 0.2
    assert drawn[-1] == pytest.approx(0.9)
    assert drawn == sorted(drawn)
    assert np.mean(drawn) == pytest.approx((0.2 + 0.3 + 0.9) / 3, abs=1e-3)
    assert Range(0.5, 0.5, 0.5).at(0.7) == 0.5
