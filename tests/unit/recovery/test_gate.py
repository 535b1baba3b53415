"""May this project start? Area, depth and reopening, each with the nearest neighbour each way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rafiqa.geo import GridShape, SiteFrame
from rafiqa.land import (
    AccidentRecorded,
    LotInspected,
    LotReviewed,
    Outcome,
    Recorded,
    ResidentReported,
    SiteOpened,
    StructureRegistered,
    Unit,
)
from rafiqa.recovery import (
    GateAnswer,
    GatePolicy,
    ProjectRegistered,
    ask_gate,
    worst,
)
from rafiqa.recovery.gate import UNDUG_SURFACES
from tests.unit.land.story import FIRST, INSPECTOR, SECOND, SPOT, Story, box, evidence, part

FIELD = box(0, 0, 100, 100)
NOW_US = 99
STRICT = GatePolicy(noise_m2=0)


def project(
    shape: GridShape | None, depth_cm: int | None = 0, project_id: str = "J1"
) -> ProjectRegistered:
    return ProjectRegistered(project_id, "School", "school", shape, depth_cm)


def cleared(depth_cm: int = 30, shape: GridShape = FIELD) -> Story:
    """Field A1, all of it hazard since 1; the shape cleared to a depth and released at 3."""
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", shape, depth_cm))
    return story


def asked(
    story: Story,
    about: ProjectRegistered,
    at_us: int = NOW_US,
    policy: GatePolicy | None = None,
    reports: tuple[tuple[Recorded, tuple[int, int]], ...] = (),
) -> GateAnswer:
    return ask_gate(about, story.book(), at_us, policy=policy, reports=reports)


def told(answer: GateAnswer) -> list[tuple[str, str, str]]:
    return [(gate.gate, gate.outcome, gate.code) for gate in answer.gates]


def against(answer: GateAnswer) -> list[str]:
    return [gate.code for gate in answer.gates if gate.outcome != "open"]


# --- the worst of all gates


def test_the_outcome_is_the_worst_gate_and_closed_where_there_is_none() -> None:
    assert worst(["open", "conditions", "open"]) == "conditions"
    assert worst(["conditions", "closed", "open"]) == "closed"
    assert worst(["open"]) == "open"
    assert worst([]) == "closed"


def test_every_gate_of_an_open_project_is_told() -> None:
    answer = asked(cleared(), project(box(10, 10, 20, 20), 30))
    assert answer.outcome == "open"
    assert told(answer) == [
        ("G0", "open", "gate.registration.complete"),
        ("G3", "open", "gate.area.released"),
        ("G9", "open", "gate.depth.sufficient"),
        ("G10", "open", "gate.reopening.none"),
    ]
    assert answer.gates[1].area_ids == ("A1",)


def test_ground_whose_hands_failed_elsewhere_is_closed_until_two_persons_reviewed() -> None:
    """It stays released in the account; no project starts on it."""
    story = cleared()
    story.area(1, "A2", box(500, 0, 600, 100))
    story.work(4, "W2", "A2", (part("P2", "cleared", box(500, 0, 600, 100)),))
    failed = LotInspected("L2", "quality", False, 1, 4, ("P2",), inspected_id="deminers")
    story.tell(5, INSPECTOR, failed)
    about = project(box(10, 10, 20, 20), 30)
    assert against(asked(story, about)) == ["gate.area.quarantined"]
    assert story.status(15, 15, NOW_US) == "cleared"
    story.tell(6, FIRST, LotReviewed("V1", "L2", "Their drills were watched.", SECOND))
    assert against(asked(story, about)) == []


# --- G0: registration


@pytest.mark.parametrize(
    ("shape", "depth_cm", "codes"),
    [
        (None, 0, ["gate.registration.shape-missing"]),
        (GridShape.empty(), 0, ["gate.registration.shape-missing"]),
        (box(10, 10, 20, 20), None, ["gate.registration.depth-missing"]),
        (box(10, 10, 20, 20), -1, ["gate.registration.depth-negative"]),
        (box(10, 10, 20, 20), 0, []),
        (
            None,
            None,
            ["gate.registration.shape-missing", "gate.registration.depth-missing"],
        ),
    ],
)
def test_a_project_says_where_and_how_deep(
    shape: GridShape | None, depth_cm: int | None, codes: list[str]
) -> None:
    answer = asked(cleared(), project(shape, depth_cm))
    assert against(answer) == codes
    assert answer.outcome == ("closed" if codes else "open")


# --- G3: the ground


@pytest.mark.parametrize(
    ("shape", "outcome", "codes"),
    [
        (box(10, 10, 20, 20), "open", []),
        (box(0, 0, 50, 100), "closed", ["gate.area.hazard"]),  # it shares an edge with hazard
        (box(0, 0, 49.999, 100), "open", []),
        (box(0, 0, 50.001, 100), "closed", ["gate.area.hazard"]),  # by one millimetre
        (box(60, 10, 70, 20), "closed", ["gate.area.hazard"]),
        (box(200, 0, 210, 10), "conditions", ["gate.area.unrecorded"]),
        (box(-10, 10, 10, 20), "conditions", ["gate.area.unrecorded"]),
        (box(-10, 10, 60, 20), "closed", ["gate.area.hazard", "gate.area.unrecorded"]),
    ],
)
def test_only_released_ground_opens(shape: GridShape, outcome: str, codes: list[str]) -> None:
    story = cleared(shape=box(0, 0, 50, 100))
    answer = asked(story, project(shape))
    assert (answer.outcome, against(answer)) == (outcome, codes)


def test_hazard_by_one_millimetre_names_area_class_and_a_figure_that_is_not_nothing() -> None:
    story = cleared(shape=box(0, 0, 50, 100))
    (hazard,) = [
        gate
        for gate in asked(story, project(box(0, 0, 50.001, 100))).gates
        if gate.code == "gate.area.hazard"
    ]
    assert hazard.area_ids == ("A1",)
    assert hazard.params == {"class": "cha", "area_m2": 1}  # 0.1 m², never rounded to none


def test_each_class_of_hazard_is_told_apart() -> None:
    story = Story()
    story.area(1, "A1", box(0, 0, 10, 10), "cha")
    story.area(1, "A2", box(10, 0, 20, 10), "sha")
    story.area(1, "A3", box(20, 0, 30, 10), "indication")
    answer = asked(story, project(box(0, 0, 30, 10)))
    hazards = [gate for gate in answer.gates if gate.code == "gate.area.hazard"]
    assert [(gate.params["class"], gate.area_ids) for gate in hazards] == [
        ("cha", ("A1",)),
        ("indication", ("A3",)),
        ("sha", ("A2",)),
    ]
    assert [gate.params["area_m2"] for gate in hazards] == [100, 100, 100]


@pytest.mark.parametrize("outcome", ["cleared", "reduced", "cancelled"])
def test_every_release_opens_the_surface(outcome: Outcome) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", outcome, FIELD))
    assert asked(story, project(box(10, 10, 20, 20), 0)).outcome == "open"


def test_the_access_way_is_part_of_the_works() -> None:
    story = cleared(shape=box(0, 0, 50, 100))
    inside = project(box(10, 10, 20, 20))
    assert asked(story, inside).outcome == "open"
    assert against(asked(story, replace(inside, access=box(20, 14, 60, 16)))) == [
        "gate.area.hazard"
    ]
    assert asked(story, replace(inside, access=box(20, 14, 40, 16))).outcome == "open"
    only_way = replace(inside, shape=None, access=box(20, 14, 40, 16))
    assert against(asked(story, only_way)) == ["gate.registration.shape-missing"]


def test_a_hazard_within_the_countrys_distance_closes() -> None:
    """25 m is a distance: 20 m across and 15 m along is 25 m off a corner, and no more."""
    story = cleared()
    story.area(1, "A2", box(120, 115, 130, 125))
    works = project(box(90, 90, 100, 100))
    assert asked(story, works).outcome == "open"
    assert asked(story, works, policy=GatePolicy(distance_mm=24_999)).outcome == "open"
    assert against(asked(story, works, policy=GatePolicy(distance_mm=25_000))) == [
        "gate.area.hazard"
    ]


@pytest.mark.parametrize(
    ("works", "policy", "outcome"),
    [
        # 100 m wide, 10 mm off the record: 1 m² of 1,001 m², less than a hundredth.
        (box(0, -0.010, 100, 10), None, "open"),
        (box(0, -0.011, 100, 10), None, "conditions"),
        (box(0, -0.001, 100, 10), STRICT, "conditions"),
        # A borehole of 1 m²: a tenth of it off the record is no drawing noise.
        (box(10, -0.1, 11, 0.9), None, "conditions"),
        (box(10, -0.009, 11, 0.991), None, "open"),
    ],
)
def test_drawing_noise_off_the_record_is_not_asked_about(
    works: GridShape, policy: GatePolicy | None, outcome: str
) -> None:
    assert asked(cleared(), project(works), policy=policy).outcome == outcome


def test_a_gate_is_asked_as_of_a_time() -> None:
    story = cleared()
    works = project(box(10, 10, 20, 20))
    outcomes = [asked(story, works, at_us).outcome for at_us in (0, 1, 2, 3)]
    assert outcomes == ["conditions", "closed", "closed", "open"]


# --- G9: depth


@pytest.mark.parametrize(
    ("depth_cm", "outcome", "codes"),
    [
        (0, "open", []),
        (29, "open", []),
        (30, "open", []),
        (31, "closed", ["gate.depth.insufficient"]),
        (200, "closed", ["gate.depth.insufficient"]),
    ],
)
def test_shallower_than_equal_to_and_deeper_than_the_certified_depth(
    depth_cm: int, outcome: str, codes: list[str]
) -> None:
    answer = asked(cleared(30), project(box(10, 10, 20, 20), depth_cm))
    assert (answer.outcome, against(answer)) == (outcome, codes)


def test_too_deep_says_how_deep_and_which_part() -> None:
    answer = asked(cleared(30), project(box(10, 10, 20, 20), 31))
    (gate,) = [gate for gate in answer.gates if gate.outcome == "closed"]
    assert gate.gate == "G9"
    assert gate.params == {"depth_cm": 31, "certified_cm": 30, "parts": "P1"}
    assert gate.area_ids == ("A1",)
    assert gate.reason.code == "gate.depth.insufficient"


def test_the_shallowest_part_under_the_works_decides() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(
        3,
        "W1",
        "A1",
        part("P1", "cleared", box(0, 0, 50, 100), 100),
        part("P2", "cleared", box(50, 0, 100, 100), 20),
    )
    assert asked(story, project(box(10, 10, 40, 20), 60)).outcome == "open"
    both = asked(story, project(box(10, 10, 50.001, 20), 60))
    assert against(both) == ["gate.depth.insufficient"]
    assert both.gates[-2].params["parts"] == "P2"
    # Works that only touch the edge of the shallow part dig nothing there.
    assert asked(story, project(box(10, 10, 50, 20), 60)).outcome == "open"


@pytest.mark.parametrize("outcome", ["reduced", "cancelled"])
def test_land_that_was_not_dug_has_no_depth_to_build_on(outcome: Outcome) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", outcome, FIELD))
    assert asked(story, project(box(10, 10, 20, 20), 0)).outcome == "open"
    answer = asked(story, project(box(10, 10, 20, 20), 1))
    assert (answer.outcome, against(answer)) == ("conditions", ["gate.depth.not-certified"])


@pytest.mark.parametrize("surface", sorted(UNDUG_SURFACES))
def test_beneath_a_surface_that_stayed_whole_nothing_was_cleared(surface: str) -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 30, surface=surface))
    answer = asked(story, project(box(10, 10, 20, 20), 10))
    assert (answer.outcome, against(answer)) == ("closed", ["gate.depth.surface-not-dug"])
    (gate,) = [gate for gate in answer.gates if gate.outcome == "closed"]
    assert (gate.gate, gate.params) == ("G9", {"part": "P1", "surface": surface})
    assert asked(story, project(box(10, 10, 20, 20), 0)).outcome == "open"


def test_works_on_the_surface_of_cleared_and_cancelled_land_have_depth_enough() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    halves = (
        part("P1", "cleared", box(0, 0, 50, 100)),
        part("P2", "cancelled", box(50, 0, 100, 100)),
    )
    story.release(3, "W1", "A1", *halves)
    works = project(box(40, 10, 60, 20), 0)
    assert ("G9", "open", "gate.depth.sufficient") in told(asked(story, works))
    assert against(asked(story, replace(works, depth_cm=10))) == ["gate.depth.not-certified"]


def test_soil_is_dug() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 30, surface="soil"))
    assert asked(story, project(box(10, 10, 20, 20), 10)).outcome == "open"


# --- G10: reopened, or newly reported


def test_reopened_land_closes_at_once_and_names_what_reopened_it() -> None:
    story = cleared()
    works = project(box(10, 10, 20, 20), 20)
    story.reopen(5, "O1", box(0, 0, 15, 15))
    assert asked(story, works, 4).outcome == "open"
    answer = asked(story, works, 5)
    assert answer.outcome == "closed"
    assert against(answer) == ["gate.area.hazard", "gate.reopening.reopened"]
    again = answer.gates[-1]
    assert (again.gate, again.params, again.area_ids) == ("G10", {"reopening": "O1"}, ("A1",))
    story.release(7, "W2", "A1", part("P2", "cleared", box(0, 0, 15, 15), 30))
    assert asked(story, works, 7).outcome == "open"


def test_a_failed_inspection_after_the_release_closes_too() -> None:
    story = cleared()
    works = project(box(10, 10, 20, 20), 20)
    assert asked(story, works).outcome == "open"
    story.inspect(5, "W1", "I9", passed=False)
    answer = asked(story, works)
    assert against(answer) == ["gate.area.hazard", "gate.reopening.reopened"]
    assert answer.gates[-1].params == {"reopening": "I9"}


def test_reopened_land_stops_exactly_the_projects_that_rest_on_it() -> None:
    story = cleared()
    projects = [
        project(box(10 * n, 10, 10 * n + 8, 18), 20, project_id=f"J{n}") for n in range(1, 9)
    ]
    assert {one.project_id for one in projects if asked(story, one).outcome == "open"} == {
        f"J{n}" for n in range(1, 9)
    }
    # From x = 38 (the very edge of J3) to x = 52 (inside J5).
    story.reopen(5, "O1", box(38, 0, 52, 100))
    stopped = {one.project_id for one in projects if asked(story, one).outcome != "open"}
    assert stopped == {"J3", "J4", "J5"}
    for one in projects:
        codes = against(asked(story, one))
        stays = one.project_id not in stopped
        assert codes == ([] if stays else ["gate.area.hazard", "gate.reopening.reopened"])


def resident(report_id: str, x_m: float, y_m: float) -> tuple[Recorded, tuple[int, int]]:
    fact = ResidentReported(report_id, SPOT, "eo_seen")
    record = Recorded(50, report_id, 5, 50, FIRST, fact)
    return record, (round(x_m * 1_000), round(y_m * 1_000))


def test_a_report_that_waits_on_the_works_asks_for_an_answer_first() -> None:
    works = project(box(10, 10, 20, 20), 20)
    reports = (resident("S1", 15, 15), resident("S2", 20, 10), resident("S3", 20.001, 15))
    answer = asked(cleared(), works, reports=reports)
    assert (answer.outcome, against(answer)) == ("conditions", ["gate.reopening.report-waiting"])
    assert answer.gates[-1].params == {"n": 2, "reports": "S1, S2"}
    near = asked(cleared(), works, policy=GatePolicy(distance_mm=1), reports=reports)
    assert near.gates[-1].params["n"] == 3
    assert asked(cleared(), works, reports=reports[2:]).outcome == "open"


def test_only_residents_reports_wait() -> None:
    record = Recorded(50, "E7", 5, 50, INSPECTOR, evidence("E7"))
    answer = asked(cleared(), project(box(10, 10, 20, 20)), reports=((record, (15_000, 15_000)),))
    assert answer.outcome == "open"


def signed(valid_at_us: int = 5, accuracy_m: int | None = None) -> Story:
    """The cleared field, and after that a crater and an accident at its middle."""
    frame = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
    spot = frame.mm_spot(50_000, 50_000)
    story = cleared()
    story.tell(0, FIRST, SiteOpened("Site", SPOT, "office"))
    crater = evidence("E1", "crater", "remote")
    accuracy = None if accuracy_m is None else Decimal(accuracy_m)
    story.tell(valid_at_us, FIRST, replace(crater, spot=spot, accuracy_m=accuracy))
    story.tell(valid_at_us, FIRST, AccidentRecorded("X1", "mine", spot))
    return story


def test_a_sign_on_the_works_asks_for_a_survey_first() -> None:
    works = project(box(40, 40, 60, 60), 20)
    answer = asked(signed(), works)
    assert told(answer)[-1] == ("G10", "conditions", "gate.reopening.witness-unanswered")
    assert answer.outcome == "conditions"
    assert answer.gates[-1].params == {"n": 2, "witnesses": "E1, X1"}
    assert asked(signed(), works, at_us=4).outcome == "open"


def test_a_sign_beside_the_works_counts_within_the_distance_or_its_own_accuracy() -> None:
    beside = project(box(10, 10, 40, 40))  # 14.14 m from the middle
    for story, distance_mm, signs in (
        (signed(), 0, None),
        (signed(), 14_000, None),
        (signed(), 14_200, "E1, X1"),
        (signed(accuracy_m=14), 0, None),
        (signed(accuracy_m=15), 0, "E1"),
        (signed(accuracy_m=15), 14_200, "E1, X1"),
    ):
        gate = asked(story, beside, policy=GatePolicy(distance_mm)).gates[-1]
        assert gate.params.get("witnesses") == signs
        assert gate.outcome == ("conditions" if signs else "open")


def test_an_inexact_sign_beside_works_released_since_asks_for_nothing() -> None:
    """Where it may lie by its accuracy was cleared since; within the distance it counts still."""
    beside = project(box(10, 10, 40, 40))
    story = signed(accuracy_m=15)
    story.release(9, "W2", "A1", part("P9", "cleared", box(0, 0, 45, 45)))
    assert asked(story, beside).outcome == "open"
    assert asked(story, beside, at_us=8).outcome == "conditions"
    kept = asked(story, beside, policy=GatePolicy(distance_mm=14_200))
    assert kept.gates[-1].params["witnesses"] == "E1, X1"
    # A quarter of these works was not released since.
    assert asked(story, project(box(10, 10, 50, 40))).outcome == "conditions"


def test_a_sign_that_a_newer_release_answered_asks_for_nothing() -> None:
    story = signed()
    story.release(9, "W2", "A1", part("P9", "cleared", FIELD))
    works = project(box(40, 40, 60, 60))
    assert asked(story, works).outcome == "open"
    assert asked(story, works, at_us=8).outcome == "conditions"


def test_the_same_thing_of_several_faces_is_said_once() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    story.area(1, "A2", box(50, 0, 60, 100))
    story.release(3, "W1", "A1", part("P1", "cleared", FIELD, 20))
    answer = asked(story, project(box(10, 10, 90, 20), 60))
    found = [gate.area_ids for gate in answer.gates if gate.code == "gate.depth.insufficient"]
    assert sorted(found) == [("A1",), ("A1", "A2")]


# --- structures


def test_works_on_a_structure_say_which_units_keep_them_closed() -> None:
    story = Story()
    story.area(1, "A1", FIELD)
    units = (Unit("f0", "storey", 0), Unit("roof", "roof"))
    story.tell(2, FIRST, StructureRegistered("B", "building", FIELD, units))
    first = replace(part("P1", "cleared", FIELD, 0, surface="floor"), unit_id="f0")
    story.release(3, "W1", "A1", first)
    answer = asked(story, project(FIELD, 20))
    found = next(gate for gate in answer.gates if gate.code == "gate.structure.units-open")
    assert (found.outcome, found.area_ids) == ("closed", ("A1",))
    assert found.params == {"structure": "B", "n": 2, "units": "roof, B.ground"}
    rest = [
        replace(part(f"P-{unit_id}", "cleared", FIELD, depth_cm), unit_id=unit_id)
        for unit_id, depth_cm in (("roof", 0), ("B.ground", 20))
    ]
    story.release(6, "W2", "A1", *rest)
    # The floor of a storey is not dug; how deep the works may go, the ground beneath says.
    assert asked(story, project(FIELD, 20)).outcome == "open"
    assert "gate.depth.insufficient" in against(asked(story, project(FIELD, 21)))
