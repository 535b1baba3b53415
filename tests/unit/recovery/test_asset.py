"""The gate of every asset at once is the gate of each asset asked alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.demo import make_demo
from rafiqa.geo import GridShape, SiteFrame
from rafiqa.land import EvidenceRecorded, Recorded, ResidentReported, SiteOpened
from rafiqa.recovery import (
    ASSET_POLICY,
    OUTCOMES,
    AssetTable,
    GateAnswer,
    ProjectRegistered,
    ask_gate,
    ask_gate_all,
    report_places,
    with_ground,
)
from rafiqa.service import (
    AsOf,
    AssetShelf,
    Office,
    gate_layers,
    gate_of,
    open_office,
    report_hazard,
)
from rafiqa.service.gateall import gate_everything, rule_everything
from rafiqa.wire.gatetable import GateRows
from tests.city import DAY_US, RESIDENT, START_US, Clock, Draws, small_city, spot
from tests.unit.land.story import FIRST, SPOT, Story, box, part

NOW_US = 99


def site() -> Story:
    """Released from x = 0 to 50, hazard from 50 to 100, nothing on record beyond."""
    story = Story()
    story.area(1, "A1", box(0, 0, 100, 100))
    west, middle = box(0, 0, 25, 100), box(25, 0, 50, 100)
    story.release(3, "W1", "A1", part("P1", "cleared", west), part("P2", "reduced", middle))
    return story


CASES = {
    "inside released": (box(10, 10, 20, 20), "open"),
    "over two released parts": (box(20, 10, 30, 20), "open"),
    "inside, sharing the outer edge": (box(0, 10, 10, 20), "open"),
    "sharing an edge with hazard": (box(40, 10, 50, 20), "closed"),
    "a millimetre off hazard": (box(40, 10, 49.999, 20), "open"),
    "a millimetre into hazard": (box(40, 10, 50.001, 20), "closed"),
    "in hazard": (box(70, 10, 80, 20), "closed"),
    "off the record": (box(200, 10, 210, 20), "conditions"),
    "partly off the record": (box(-1, 10, 10, 20), "conditions"),
    "a millimetre off the record": (box(-0.001, 10, 10, 20), "conditions"),
    "touching hazard from outside": (box(100, 10, 110, 20), "closed"),
}


def shapes_of(shapes: list[GridShape]) -> np.ndarray:
    return np.array([shape.geometry for shape in shapes], dtype=object)


def alone(shape: GridShape, story: Story, distance_mm: int = 0) -> GateAnswer:
    about = ProjectRegistered("B", "B", "house", shape, 0)
    policy = ASSET_POLICY.__class__(distance_mm, ASSET_POLICY.noise_m2)
    return ask_gate(about, story.book(), NOW_US, policy=policy)


def test_each_kind_of_place_at_once_and_alone() -> None:
    story = site()
    shapes = shapes_of([shape for shape, _ in CASES.values()])
    together = ask_gate_all(shapes, shapely.STRtree(shapes), story.book(), NOW_US)
    found = {name: OUTCOMES[code] for name, code in zip(CASES, together.outcome, strict=True)}
    assert found == {name: outcome for name, (_, outcome) in CASES.items()}
    assert found == {name: alone(shape, story).outcome for name, (shape, _) in CASES.items()}
    assert ((together.face >= 0) == (together.outcome == 2)).all()
    assert [together.count(code) for code in range(3)] == [4, 3, 4]


@pytest.mark.parametrize("distance_mm", [0, 1, 1_000, 40_000])
def test_a_distance_is_kept_by_both(distance_mm: int) -> None:
    story = site()
    shapes = shapes_of([shape for shape, _ in CASES.values()])
    together = ask_gate_all(
        shapes, shapely.STRtree(shapes), story.book(), NOW_US, distance_mm=distance_mm
    )
    expected = [alone(shape, story, distance_mm).outcome for shape, _ in CASES.values()]
    assert [OUTCOMES[code] for code in together.outcome] == expected


def test_no_hazard_and_nothing_released() -> None:
    shapes = shapes_of([box(0, 0, 10, 10)])
    together = ask_gate_all(shapes, shapely.STRtree(shapes), Story().book(), NOW_US)
    assert together.outcome.tolist() == [1]
    assert together.face.tolist() == [-1]


def test_hazard_that_is_not_yet_on_record_at_the_time() -> None:
    shapes = shapes_of([box(10, 10, 20, 20)])
    book, tree = site().book(), shapely.STRtree(shapes)
    outcomes = [OUTCOMES[ask_gate_all(shapes, tree, book, at).outcome[0]] for at in range(4)]
    assert outcomes == ["conditions", "closed", "closed", "open"]


def test_no_assets() -> None:
    none = shapes_of([])
    together = ask_gate_all(none, shapely.STRtree(none), site().book(), NOW_US)
    assert len(together.outcome) == 0


def test_a_waiting_report_is_not_passed_over() -> None:
    shapes = shapes_of([box(10, 10, 20, 20), box(22, 10, 24, 20), box(70, 10, 80, 20)])
    places = [(15_000, 15_000, 0), (75_000, 15_000, 0), (21_000, 15_000, 0)]
    together = ask_gate_all(
        shapes, shapely.STRtree(shapes), site().book(), NOW_US, reports_mm=places
    )
    assert [OUTCOMES[code] for code in together.outcome] == ["conditions", "open", "closed"]
    assert together.waiting.tolist() == [True, False, True]
    assert together.covered.tolist() == [True, True, False]


@pytest.mark.parametrize("accuracy_m", [None, 5, 60, 2_000])
@pytest.mark.parametrize("distance_mm", [0, 3_000])
def test_a_report_told_inexactly_waits_as_far_off_at_once_and_alone(
    accuracy_m: int | None, distance_mm: int
) -> None:
    story, fact = site(), ResidentReported("S1", SPOT, "eo_seen", accuracy_m=accuracy_m)
    reports = [(Recorded(9, "e9", 9, 9, FIRST, fact), (4_000, 4_000))]
    shapes = [box(2, 2, 6, 6), box(12, 2, 14, 6), box(30, 30, 40, 40), box(590, 0, 600, 9)]
    told = ask_gate_all(
        shapes_of(shapes),
        shapely.STRtree(shapes_of(shapes)),
        story.book(),
        NOW_US,
        distance_mm=distance_mm,
        reports_mm=report_places(reports),
    )
    policy = ASSET_POLICY.__class__(distance_mm, ASSET_POLICY.noise_m2)
    works = [ProjectRegistered("B", "B", "house", shape, 0) for shape in shapes]
    alone = [ask_gate(each, story.book(), NOW_US, policy=policy, reports=reports) for each in works]
    assert [OUTCOMES[code] for code in told.outcome] == [answer.outcome for answer in alone]
    # Never farther than half a kilometre: told by its town alone, one would stop a whole city.
    reach_m = min(accuracy_m or 0, 500) + distance_mm / 1_000
    assert told.waiting.tolist() == [True, reach_m >= 8, reach_m >= 37, False]


def test_a_find_that_nobody_answered_closes_released_ground() -> None:
    shapes = shapes_of([box(10, 10, 20, 20), box(22, 10, 24, 20)])
    tree, book = shapely.STRtree(shapes), site().book()
    together = ask_gate_all(shapes, tree, book, NOW_US, finds_mm=[(15_000, 15_000)])
    assert [OUTCOMES[code] for code in together.outcome] == ["closed", "open"]
    assert together.found.tolist() == [True, False]


@pytest.mark.parametrize("distance_mm", [0, 5_000, 40_000])
def test_signs_are_the_same_at_once_and_alone(distance_mm: int) -> None:
    story = site()
    story.tell(0, FIRST, SiteOpened("Site", SPOT, "office"))
    frame = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
    signs = ((5, 15, 15, None), (5, 45, 60, 6), (NOW_US + 1, 5, 60, None), (2, 48, 90, None))
    for number, (at_us, x_m, y_m, accuracy_m) in enumerate(signs):
        spot = frame.mm_spot(x_m * 1_000, y_m * 1_000)
        accuracy = None if accuracy_m is None else Decimal(accuracy_m)
        fact = EvidenceRecorded(f"E{number}", "crater", "remote", spot, accuracy_m=accuracy)
        story.tell(at_us, FIRST, fact)
    boxes = [*(shape for shape, _ in CASES.values()), box(34, 50, 40, 70), box(34, 50, 38, 70)]
    boxes += [box(2, 50, 8, 70), box(46, 85, 49, 95)]
    shapes = shapes_of(boxes)
    book = story.book()
    together = ask_gate_all(shapes, shapely.STRtree(shapes), book, NOW_US, distance_mm=distance_mm)
    answers = [alone(shape, story, distance_mm) for shape in boxes]
    assert [OUTCOMES[code] for code in together.outcome] == [each.outcome for each in answers]
    code = "gate.reopening.witness-unanswered"
    told = [any(gate.code == code for gate in answer.gates) for answer in answers]
    assert together.witnessed.tolist() == told
    if not distance_mm:
        # E3 is newer in truth by nothing, but was recorded after the release of its ground.
        assert told[-4:] == [True, False, False, True]
        assert told[0]


def test_evidence_told_of_two_places_is_heard_at_the_one_that_nothing_answered() -> None:
    """The nearer was told before the release, the farther after it; neither lies on the ground."""
    story, frame, ground = Story(), SiteFrame(SPOT.lon_deg, SPOT.lat_deg), box(5, 0, 9, 5)
    story.tell(0, FIRST, SiteOpened("Site", SPOT, "office"))

    def tell(at_us: int, y_m: int) -> tuple[str, str]:
        spot = frame.mm_spot(7_000, y_m * 1_000)
        fact = EvidenceRecorded("E1", "statement", "verbal", spot, accuracy_m=Decimal(10))
        story.tell(at_us, FIRST, fact)
        shapes = shapes_of([ground])
        told = ask_gate_all(shapes, shapely.STRtree(shapes), story.book(), NOW_US)
        return OUTCOMES[told.outcome[0]], alone(ground, story).outcome

    tell(1, -1)
    story.facts += [replace(each, seq=each.seq + len(story.facts)) for each in site().facts]
    assert alone(ground, story).outcome == "open"
    assert tell(20, -4) == ("conditions", "conditions")


@pytest.mark.parametrize("seed", range(8))
def test_signs_drawn_at_random_are_the_same_at_once_and_alone(seed: int) -> None:
    """Ground released twice, in part, with signs before, between and after, and 200 boxes."""
    draw = np.random.default_rng(seed)
    frame = SiteFrame(SPOT.lon_deg, SPOT.lat_deg)
    story = Story()
    story.tell(0, FIRST, SiteOpened("Site", SPOT, "office"))
    story.area(1, "A1", box(0, 0, 100, 100))

    def sign() -> None:
        spot = frame.mm_spot(*draw.integers(0, 120_000, 2).tolist())
        accuracy = (None, Decimal(2), Decimal(10))[draw.integers(3)]
        name = f"E{len(story.facts)}"
        fact = EvidenceRecorded(name, "crater", "remote", spot, accuracy_m=accuracy)
        story.tell(int(draw.integers(20)), FIRST, fact)

    for step, ground in enumerate((box(0, 0, 60, 100), box(30, 0, 100, 70), box(0, 0, 40, 40))):
        sign()
        sign()
        part_id, work_id = f"P{step}", f"W{step}"
        story.release(5 * step + 5, work_id, "A1", part(part_id, "cleared", ground))
    sign()
    corners = draw.integers(0, 110, (200, 2)).tolist()
    boxes = [box(x_m, y_m, x_m + 1 + y_m % 9, y_m + 5) for x_m, y_m in corners]
    shapes, book = shapes_of(boxes), story.book()
    tree = shapely.STRtree(shapes)
    for distance_mm in (0, 3_000):
        together = ask_gate_all(shapes, tree, book, NOW_US, distance_mm=distance_mm)
        policy = ASSET_POLICY.__class__(distance_mm, ASSET_POLICY.noise_m2)
        answers = [
            ask_gate(ProjectRegistered("B", "B", "house", each, 0), book, NOW_US, policy=policy)
            for each in boxes
        ]
        assert [OUTCOMES[code] for code in together.outcome] == [each.outcome for each in answers]
        code = "gate.reopening.witness-unanswered"
        told = [any(gate.code == code for gate in answer.gates) for answer in answers]
        assert together.witnessed.tolist() == told
        assert any(told)


def test_a_building_known_as_a_point_stands_on_a_square_metre() -> None:
    raw = np.array(
        [shapely.Point(49_600.4, 10_000), shapely.Point(49_400, 10_000), None, shapely.Point()],
        dtype=object,
    )
    ground = with_ground(raw)
    assert shapely.equals(ground[0], shapely.box(49_100, 9_500, 50_100, 10_500))
    assert ground[2] is None
    assert ground[3].is_empty
    together = ask_gate_all(ground, shapely.STRtree(ground), site().book(), NOW_US)
    assert [OUTCOMES[code] for code in together.outcome] == [
        "closed",
        "open",
        "closed",
        "closed",
    ]
    assert together.nowhere.tolist() == [False, False, True, True]


def test_a_line_stands_on_a_strip_of_its_width() -> None:
    line = shapely.LineString([(0.3, 0), (30_000, 10_000), (30_000, 40_000)])
    raw = np.array([line] * 4 + [shapely.MultiLineString([line]), None], dtype=object)
    ground = with_ground(raw, [2.5, None, float("0"), 40.0, None, 3.0])
    assert ground[5] is None
    # A width that is no width is not known: no ground is lost by it.
    for width_m in (-3.0, float("nan"), float("inf"), 0.0):
        assert shapely.equals(with_ground(raw[:1], [width_m])[0], ground[1])
    for strip, width_m in zip(ground[:5], [2.5, 10.0, 10.0, 40.0, 10.0], strict=True):
        within = shapely.buffer(line, 500 * width_m, quad_segs=64)
        assert strip.covers(within)  # no chord cuts into the ground within half the width
        assert strip.area < 1.03 * within.area
        assert shapely.is_valid(strip)


def test_a_hazard_beside_the_middle_of_a_road_closes_it() -> None:
    road = shapely.LineString([(104_000, -50_000), (104_000, 150_000)])
    raw = np.array([road, road], dtype=object)
    ground = with_ground(raw, [10.0, 6.0])
    together = ask_gate_all(ground, shapely.STRtree(ground), site().book(), NOW_US)
    assert [OUTCOMES[code] for code in together.outcome] == ["closed", "conditions"]


def test_a_wall_on_the_edge_does_not_stick_out_by_a_rounding() -> None:
    wall = shapely.box(-0.000_001, 10_000, 10_000, 20_000)
    ground = with_ground(np.array([wall], dtype=object))
    together = ask_gate_all(ground, shapely.STRtree(ground), site().book(), NOW_US)
    assert OUTCOMES[together.outcome[0]] == "open"


def test_a_shape_that_rounding_would_break_stays_as_it_is() -> None:
    thin = shapely.Polygon([(0, 0), (10_000, 0.4), (10_000, 0.45)])
    ground = with_ground(np.array([thin], dtype=object))
    assert shapely.is_valid(ground[0])
    assert shapely.equals(ground[0], thin)


def test_a_table_says_nothing_where_it_has_no_column() -> None:
    table = AssetTable(["a", "b"], shapes_of([box(0, 0, 1, 1)] * 2), {"kind": ["house", None]})
    assert list(table.values("kind")) == ["house", None]
    assert list(table.values("storeys")) == [None, None]


# --- a whole city


def compare(office: Office, as_of: AsOf) -> Counter[str]:
    """How many assets have which outcome, after each was asked alone and gave the same."""
    shelf = AssetShelf()
    rows = gate_everything(office, as_of)
    told = list(zip(rows.ids, rows.outcome, rows.codes, rows.area_ids, strict=True))
    grounds = [
        (asset_id, ground)
        for layer, _ in gate_layers(office, shelf, as_of)
        for asset_id, ground in zip(layer.table.ids, layer.table.shapes_mm, strict=True)
    ]
    assert [row[0] for row in told[: len(grounds)]] == [asset_id for asset_id, _ in grounds]
    for (asset_id, ground), row in zip(grounds, told, strict=False):
        about = ProjectRegistered(asset_id, asset_id, "house", GridShape.of(ground), 0)
        answer = gate_of(office, about, as_of, ASSET_POLICY)
        assert row[1] == answer.outcome, (asset_id, answer)
        codes = [gate.code for gate in answer.gates if gate.outcome != "open"]
        assert set(row[2]) <= set(codes)
        assert bool(row[2]) == (answer.outcome != "open")
        if answer.outcome == "conditions":
            assert row[2] == codes
        assert set(row[3]) <= {area for gate in answer.gates for area in gate.area_ids}
    for row in told[len(grounds) :]:
        project = office.recovery(as_of.valid_at_us, as_of.known_at_us).projects[row[0]].fact
        assert isinstance(project, ProjectRegistered)
        answer = gate_of(office, project, as_of)
        assert row[1] == answer.outcome
        assert row[2] == [gate.code for gate in answer.gates if gate.outcome != "open"]
    counted = Counter(rows.outcome)
    count = rule_everything(office, GateRows(), as_of)
    assert (count.n, count.n_open, count.n_conditions, count.n_closed) == (
        len(told),
        counted["open"],
        counted["conditions"],
        counted["closed"],
    )
    return counted


def test_the_small_city_at_every_week(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    assert report_hazard(
        office, RESIDENT, ResidentReported("S9", spot(office, 4, 14), "eo_seen")
    ).done
    seen = [compare(office, AsOf(START_US + week * 7 * DAY_US)) for week in range(10)]
    assert {outcome for count in seen for outcome in count} == set(OUTCOMES)
    waiting = [
        codes
        for codes in gate_everything(office, AsOf(office.now_us())).codes
        if "gate.reopening.report-waiting" in codes
    ]
    assert waiting


def test_a_demo_city(tmp_path: Path) -> None:
    store = str(tmp_path / "demo.rafiqa")
    made = make_demo(store, n_buildings=400, seed=5, entropy=Draws(), progress=lambda _line: None)
    clock = Clock()
    office = open_office(store, now_us=clock.now_us, entropy=Draws())
    last_us = office.facts()[-1].recorded_at_us
    for share in (0.4, 0.7, 1.0):
        known = office.facts()[: round(made.n_events * share)]
        count = compare(office, AsOf(known[-1].valid_at_us, known[-1].recorded_at_us))
        assert sum(count.values()) >= 400
    assert set(compare(office, AsOf(last_us))) == set(OUTCOMES)
