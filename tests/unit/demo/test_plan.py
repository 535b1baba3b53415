"""The plan: exact partitions, acts in an order the land rules can accept, telling projects."""

from itertools import combinations

import numpy as np
import pytest
import shapely

from rafiqa.demo.city import City, make_city
from rafiqa.demo.hazard import area_count, make_plan, plan_generator
from rafiqa.demo.plan import (
    DAYS,
    FATES,
    Accepted,
    Decided,
    Declared,
    Inspected,
    Ordered,
    Plan,
    PlannedEvidence,
    Proposed,
    Reopened,
    Worked,
)
from rafiqa.demo.project import SCHOOL_PROJECT_ID
from rafiqa.demo.schedule import REOPENING_DAY

SEED = 2


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(5000, SEED)


@pytest.fixture(scope="module")
def plan(city) -> Plan:
    return make_plan(city, plan_generator(SEED))


@pytest.fixture(scope="module")
def school(plan):
    return plan.projects[0]


def area2_mm2(polygon):
    """Twice the exact area in whole mm², from coordinates that must lie on the millimetre."""
    total = 0
    for sign, ring in [(1, polygon.exterior), *((-1, hole) for hole in polygon.interiors)]:
        points = [(round(x * 1000), round(y * 1000)) for x, y in ring.coords]
        assert all(
            (x / 1000, y / 1000) == point for (x, y), point in zip(points, ring.coords, strict=True)
        )
        turn = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, points[1:]))  # noqa: B905, RUF007
        total += sign * abs(turn)
    return total


def steps_of(area, kind):
    return [step for step in area.steps if isinstance(step, kind)]


def test_the_number_of_areas_grows_with_the_city(plan):
    assert 55 <= len(plan.areas) <= 65
    assert area_count(5000) == 60
    assert area_count(120_000) > 400


def test_parts_are_an_exact_partition_in_integers(plan):
    for area in plan.areas:
        assert area.shape.is_valid
        assert sum(area2_mm2(part.shape) for part in area.parts) == area2_mm2(area.shape)
        for one, other in combinations(area.parts, 2):
            assert not one.shape.relate_pattern(other.shape, "2********")


def test_areas_overlap_only_in_the_deliberate_pairs(plan):
    pairs = {frozenset((area.area_id, area.overlaps)) for area in plan.areas if area.overlaps}
    assert 1 <= len(pairs) <= 2
    shapes = np.array([area.shape for area in plan.areas], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    met = {
        frozenset((plan.areas[a].area_id, plan.areas[b].area_id))
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
        if a < b
    }
    assert met == pairs


def test_every_fate_is_told_and_one_area_is_reopened(plan):
    fates = [area.fate for area in plan.areas]
    assert set(fates) == set(FATES)
    assert fates.count("reopened") == 1


def test_same_seed_gives_the_same_plan(city, plan):
    assert make_plan(city, plan_generator(SEED)) == plan
    assert make_plan(city, plan_generator(SEED + 1)) != plan


def test_steps_are_in_order_and_within_the_three_years(plan):
    for area in plan.areas:
        days = [step.day for step in area.steps]
        assert days == sorted(days)
        assert days[0] >= 0
        assert days[-1] < DAYS


def test_the_walk_is_in_order_of_days_and_leaves_nothing_out(plan):
    walked = list(plan.walk())
    days = [day for day, _ in walked]
    assert days == sorted(days)
    steps = sum(len(area.steps) for area in plan.areas)
    others = (plan.projects, plan.reports, plan.accidents, plan.rubble)
    assert len(walked) == steps + sum(len(one) for one in others)


def test_no_class_is_above_its_evidence(plan):
    for area in plan.areas:
        direct = {item.evidence_id for item in area.evidence if item.direct}
        known = {item.evidence_id: item.day for item in area.evidence}
        for step in area.steps:
            if isinstance(step, Declared | Decided):
                assert step.evidence_ids
                assert all(known[item] <= step.day for item in step.evidence_ids)
                assert (step.class_ == "cha") == bool(direct & set(step.evidence_ids))


def test_hidden_items_lie_in_their_area_and_unfounded_ones_hold_none(plan):
    for area in plan.areas:
        for item in area.hidden:
            assert shapely.intersects_xy(area.shape, item.x_m, item.y_m)
        assert bool(area.hidden) == (area.fate != "cancelled")


def test_reported_outcomes_state_what_the_rules_ask_for(plan):
    for area in plan.areas:
        kinds = {part.part_id: part.kind for part in area.parts}
        for work in steps_of(area, Worked):
            for outcome in work.outcomes:
                left_out = kinds[outcome.part_id] != "street"
                survey = area.fate == "cancelled"
                assert (outcome.outcome == "not_cleared") == (left_out and not survey)
                assert (outcome.depth_cm is not None) == (outcome.outcome == "cleared")
                assert bool(outcome.reason) == (outcome.outcome == "not_cleared")
                if outcome.outcome in {"cancelled", "reduced"}:
                    decided = steps_of(area, Decided)[0]
                    assert set(decided.evidence_ids) <= set(outcome.evidence_answered)


def test_what_is_found_lies_in_cleared_ground_no_deeper_than_worked(plan):
    for area in plan.areas:
        items = {item.item_id: item for item in area.hidden}
        shapes = {part.part_id: part.shape for part in area.parts}
        for work in steps_of(area, Worked):
            for item_id in work.found:
                item = items[item_id]
                assert any(
                    outcome.outcome == "cleared"
                    and outcome.depth_cm >= item.depth_cm
                    and shapely.intersects_xy(shapes[outcome.part_id], item.x_m, item.y_m)
                    for outcome in work.outcomes
                )


def test_reduced_parts_hold_nothing(plan):
    for area in plan.areas:
        shapes = {part.part_id: part.shape for part in area.parts}
        for part_id, outcome in area.released().items():
            if outcome.outcome == "reduced":
                assert not any(
                    shapely.intersects_xy(shapes[part_id], item.x_m, item.y_m)
                    for item in area.hidden
                )


def test_a_release_follows_a_passed_inspection_of_its_work(plan):
    for area in plan.areas:
        for proposal in steps_of(area, Proposed):
            newest = [
                step
                for step in steps_of(area, Inspected)
                if step.work_id == proposal.work_id and step.day <= proposal.day
            ][-1]
            assert newest.passed
            work = next(step for step in steps_of(area, Worked) if step.work_id == proposal.work_id)
            left = {one.part_id for one in work.outcomes if one.outcome == "not_cleared"}
            assert not left & set(proposal.part_ids)
        proposed = {step.release_id for step in steps_of(area, Proposed)}
        assert {step.release_id for step in steps_of(area, Accepted)} <= proposed


def test_rework_has_a_failed_inspection_and_a_second_report(plan):
    for area in plan.areas:
        if area.fate == "rework":
            failed = [step for step in steps_of(area, Inspected) if not step.passed]
            assert len(failed) == 1
            assert len(steps_of(area, Worked)) >= 2


def test_areas_never_worked_have_no_task(plan):
    for area in plan.areas:
        assert bool(steps_of(area, Ordered)) == (area.fate != "never_worked")
        assert bool(steps_of(area, Worked)) == (area.fate not in {"never_worked", "tasked"})


def test_the_school_rests_on_released_land_deep_enough_and_is_then_hit(plan, school):
    area = next(area for area in plan.areas if area.fate == "reopened")
    reopened = steps_of(area, Reopened)[0]
    released = area.released()
    under = [part for part in area.parts if part.shape.covers(school.shape)]
    accepted = max(step.day for step in steps_of(area, Accepted))
    assert school.project_id == SCHOOL_PROJECT_ID
    assert reopened.day == REOPENING_DAY > school.planned_day > accepted
    assert len(under) == 1
    assert released[under[0].part_id].depth_cm >= school.depth_cm
    assert under[0].shape.covers(school.access)
    assert reopened.shape.intersects(school.shape)
    assert area.shape.covers(reopened.shape)
    assert area.kind == "school_yard"


def test_projects_lie_as_they_are_meant_to(plan):
    areas = {area.area_id: area for area in plan.areas}
    assert len({project.project_id for project in plan.projects}) == len(plan.projects) == 25
    for project in plan.projects:
        assert project.shape.is_valid
        assert project.access.is_valid
        on = [area for area in areas.values() if area.shape.intersects(project.shape)]
        if project.meant == "unrecorded":
            assert not on
        elif project.meant == "access_hazard":
            assert not on
            assert any(area.shape.intersects(project.access) for area in areas.values())
        else:
            assert len(on) == 1


def test_depth_decides_between_released_and_too_deep(plan):
    for project in plan.projects:
        if project.meant not in {"released", "too_deep"}:
            continue
        area = next(area for area in plan.areas if area.shape.intersects(project.shape))
        part = next(part for part in area.parts if part.shape.covers(project.shape))
        depth_cm = area.released()[part.part_id].depth_cm
        assert (project.depth_cm > depth_cm) == (project.meant == "too_deep")
        assert part.shape.covers(project.access)


def test_every_meaning_of_a_project_is_there(plan):
    meant = {project.meant for project in plan.projects}
    assert meant >= {"reopened", "released", "too_deep", "on_hazard", "unrecorded", "cancelled"}


def test_accidents_hit_no_land_released_by_then(plan):
    for accident in plan.accidents:
        assert accident.killed + accident.injured >= 1
        for area in plan.areas:
            if shapely.dwithin(area.shape, shapely.Point(accident.x_m, accident.y_m), 0.0):
                assert accident.day < steps_of(area, Declared)[0].day


def test_rubble_is_of_destroyed_buildings_only(city, plan):
    damage = {building.building_id: building.damage for building in city.buildings}
    assert plan.rubble
    for lot in plan.rubble:
        assert lot.volume_m3 > 0
        assert {damage[building_id] for building_id in lot.building_ids} == {"destroyed"}


def test_evidence_is_on_record_before_the_area(plan):
    for area in plan.areas:
        first = area.steps[0]
        assert isinstance(first, PlannedEvidence)
        assert not first.direct
