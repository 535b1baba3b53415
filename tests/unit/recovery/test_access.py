"""Ways in over roads made by hand: what is open, what closes it, and what single area opens it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from rafiqa.geo import GridShape
from rafiqa.land import LotInspected
from rafiqa.recovery import ProjectRegistered
from rafiqa.recovery.access import Opening, Place, Way, Ways, openings
from rafiqa.recovery.areaset import FREE, joined, least, lifted_by
from rafiqa.recovery.roadground import CLOSED, CONDITIONS, OPEN, road_ground
from rafiqa.recovery.roadnet import AccessPolicy, RoadNetwork, RoadRows, road_network
from rafiqa.recovery.waygate import way_gates, way_not_asked
from tests.unit.land.story import INSPECTOR, Story, box, part

NOW_US = 99


def line(*points_m: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(x * 1_000, y * 1_000) for x, y in points_m])


def network(
    roads: dict[str, Any], policy: AccessPolicy | None = None, **columns: list[Any]
) -> RoadNetwork:
    shapes = np.array(list(roads.values()), dtype=object)
    return road_network(RoadRows(list(roads), shapes, columns), policy)


def hazard(story: Story, area_id: str, shape: GridShape) -> Story:
    story.area(1, area_id, shape)
    return story


def cleared(story: Story, area_id: str, shape: GridShape) -> Story:
    story.area(1, area_id, shape)
    story.release(3, f"W-{area_id}", area_id, part(f"P-{area_id}", "cleared", shape, 30))
    return story


def ways(roads: RoadNetwork, story: Story) -> Ways:
    return Ways(roads, road_ground(roads, story.book(), NOW_US))


def way_at(roads: RoadNetwork, story: Story, x_m: float, y_m: float) -> Way:
    here = shapely.Point(x_m * 1_000, y_m * 1_000)
    return ways(roads, story).way_to(roads.touching(here).tolist())


CROSS = {"east": line((-500, 0), (500, 0)), "north": line((0, -300), (0, 300))}


def test_roads_that_cross_are_cut_and_joined_where_they_cross() -> None:
    roads = network(CROSS)
    ends = {tuple(xy) for shape in roads.shapes for xy in (shape.coords[0], shape.coords[-1])}
    assert (0.0, 0.0) in ends
    assert roads.length_mm.sum() == 1_600_000
    assert roads.length_mm.max() <= 50_000
    assert roads.names(np.flatnonzero(roads.entry).tolist()) == ("east", "north")
    assert int(roads.entry.sum()) == 4


def test_a_road_that_ends_a_metre_short_is_joined_and_one_that_ends_further_is_not() -> None:
    story = cleared(Story(), "A1", box(-600, -400, 600, 400))
    near = network({"main": line((-500, 0), (500, 0)), "side": line((0, 0.9), (0, 200))},
                   is_entry=[True, False])  # fmt: skip
    far = network({"main": line((-500, 0), (500, 0)), "side": line((0, 1.1), (0, 200))},
                  is_entry=[True, False])  # fmt: skip
    assert way_at(near, story, 0, 150).state == "open"
    assert way_at(far, story, 0, 150) == Way("unjoined", FREE)


def test_the_way_is_open_only_where_released_ground_reaches_over_the_whole_width() -> None:
    main = {"main": line((-500, 0), (500, 0))}
    assert way_at(network(main), cleared(Story(), "A1", box(-600, -3, 600, 3)), 100, 0) == Way(
        "open", FREE
    )
    narrow = cleared(Story(), "A1", box(-600, -2.5, 600, 2.5))
    found = way_at(network(main), narrow, -100, 0)
    assert (found.state, found.waits_for, found.roads) == ("conditions", FREE, ("main",))
    assert found.off_record_mm == pytest.approx(400_000, abs=50_000)
    assert way_at(network(main, width_m=[4.9]), narrow, 100, 0).state == "open"


def test_nothing_on_record_gives_conditions() -> None:
    assert way_at(network(CROSS), Story(), 0, 250).state == "conditions"


def test_a_hazard_beside_the_road_closes_it_and_is_named() -> None:
    main = network({"main": line((-500, 0), (500, 0))}, is_entry=[True])
    shut = network({"main": line((-500, 0), (500, 0)), "end": line((500, 0), (600, 0))},
                   is_entry=[False, True])  # fmt: skip
    beside = hazard(Story(), "H1", box(0, 2.5, 10, 20))
    off = hazard(Story(), "H1", box(0, 2.502, 10, 20))
    found = way_at(shut, beside, -400, 0)
    assert found == Way("closed", (frozenset({"H1"}),), ("main",), ("H1",), found.off_record_mm)
    assert way_at(shut, off, -400, 0).state == "conditions"
    # From one end nothing lies between, from the other this does, and nobody said which it is.
    assert way_at(main, beside, -400, 0) == Way("entry-unknown", FREE, ("main",), ("H1",))
    assert way_at(main, off, -400, 0).state == "conditions"


def test_the_inner_end_of_a_cul_de_sac_is_no_way_in() -> None:
    """A hazard across the only road that leads there must not be passed by from behind it."""
    street = {"street": line((0, 0), (500, 0))}
    across = hazard(Story(), "H1", box(240, -10, 260, 10))
    for roads in (network(street, is_entry=[True]), network(street)):
        at_end = way_at(roads, across, 490, 0)
        assert (at_end.state, at_end.waits_for) == ("closed", (frozenset({"H1"}),))
        before_it = way_at(roads, across, 420, 0)
        assert before_it == Way("entry-unknown", FREE, ("street",), ("H1",))


def test_of_several_dead_ends_of_an_entry_road_one_on_the_outline_is_the_entry() -> None:
    roads = network(
        {"main": line((0, 0), (300, 0)), "wide": line((300, -200), (300, 0), (200, 100)),
         "north": line((0, 300), (300, 300)), "off": line((-5, 0), (-5, 300), (0, 300))},
        is_entry=[False, True, False, False],
    )  # fmt: skip
    assert [tuple(shape.coords[0]) for shape in roads.shapes[roads.entry]] == [(300_000, -200_000)]
    behind = hazard(Story(), "H1", box(290, -60, 310, -40))
    assert way_at(roads, behind, 100, 0).state == "closed"


def test_a_place_on_the_only_entry_that_is_known_has_no_way_told() -> None:
    roads = network({"main": line((0, 0), (300, 0)), "loop": line((300, 0), (400, 0))},
                    is_entry=[True, False])  # fmt: skip
    assert way_at(roads, Story(), 10, 0) == Way("unjoined", FREE)


def test_a_destroyed_bridge_bars_the_way_and_no_release_lifts_it() -> None:
    roads = {
        "a": line((0, 0), (100, 0)),
        "b": line((100, 0), (150, 0)),
        "c": line((150, 0), (300, 0)),
    }
    entered = [True, False, False]
    broken = network(roads, state=["in_use", "destroyed", "in_use"], is_entry=entered)
    found = way_at(broken, Story(), 250, 0)
    assert (found.state, found.waits_for, found.roads) == ("barred", (), ("b",))
    shapes = np.array(list(roads.values()), dtype=object)
    rows = RoadRows(list(roads), shapes, {"is_entry": entered})
    bridge = shapely.box(120_000, -5_000, 130_000, 5_000)
    crossed = road_network(rows, broken_mm=[bridge])
    assert way_at(crossed, Story(), 250, 0).state == "barred"


def test_ground_that_a_failed_lot_put_in_doubt_bars_the_way() -> None:
    story = cleared(Story(), "A1", box(-600, -10, 600, 10))
    story.area(1, "A2", box(500, 500, 600, 600))
    story.work(4, "W2", "A2", (part("P2", "cleared", box(500, 500, 600, 600)),))
    main = network({"main": line((-500, 0), (400, 0))})
    assert way_at(main, story, 0, 0).state == "open"
    story.tell(5, INSPECTOR, LotInspected("L2", "quality", False, 1, 4, ("P2",),
                                          inspected_id="deminers"))  # fmt: skip
    assert way_at(main, story, 0, 0).state == "barred"


def test_a_report_on_the_road_takes_the_open_way_back_to_conditions() -> None:
    story = cleared(Story(), "A1", box(-600, -10, 600, 10))
    roads = network({"main": line((-500, 0), (500, 0))}, is_entry=[True])
    ground = road_ground(roads, story.book(), NOW_US, reports_mm=[(25_000, 2_000, 0)])
    told = roads.touching(shapely.Point(25_000, 0))
    assert set(ground.level[told].tolist()) == {CONDITIONS}
    assert (ground.level == OPEN).sum() == len(roads) - len(told)


def test_a_report_told_inexactly_and_a_find_reach_as_far_on_roads_as_on_works() -> None:
    story = cleared(Story(), "A1", box(-600, -10, 600, 10))
    roads = network({"main": line((-500, 0), (500, 0))}, is_entry=[True])
    near = roads.touching(shapely.Point(25_000, 0))
    far = road_ground(roads, story.book(), NOW_US, reports_mm=[(25_000, 30_000, 0)])
    assert (far.level == OPEN).all()
    told = road_ground(roads, story.book(), NOW_US, reports_mm=[(25_000, 30_000, 60_000)])
    assert set(told.level[near].tolist()) == {CONDITIONS}
    found = road_ground(roads, story.book(), NOW_US, finds_mm=[(25_000, 0)])
    assert set(found.level[near].tolist()) == {CLOSED}
    assert found.barred[near].all()


def test_a_place_that_touches_no_road_has_no_way() -> None:
    assert way_at(network(CROSS), Story(), 200, 200) == Way("no-road", FREE)
    assert way_at(network({}), Story(), 0, 0) == Way("no-road", FREE)


def test_a_square_drawn_as_a_road_joins_what_touches_it() -> None:
    roads = network(
        {
            "in": line((-200, 0), (0, 0)),
            "square": shapely.box(0, -20_000, 40_000, 20_000),
            "out": line((40, 10), (200, 10)),
        },
        is_entry=[True, False, False],
    )
    assert way_at(roads, Story(), 150, 10).state == "conditions"
    found = way_at(roads, hazard(Story(), "H1", box(10, 0, 12, 2)), 150, 10)
    assert (found.state, found.roads, found.area_ids) == ("closed", ("square",), ("H1",))


def test_a_shape_that_crosses_itself_is_left_out_by_name() -> None:
    bow = shapely.Polygon([(0, 0), (10_000, 10_000), (10_000, 0), (0, 10_000)])
    roads = network({"main": line((0, 0), (100, 0)), "bow": bow, "gone": None})
    assert roads.left_out == ("bow", "gone")
    assert roads.names(range(len(roads))) == ("main",)


def test_two_areas_on_one_way_are_waited_for_together_and_either_of_two_ways_is_enough() -> None:
    roads = network(
        {
            "in": line((-200, 0), (0, 0)),
            "upper": line((0, 0), (0, 100), (300, 100), (300, 0)),
            "lower": line((0, 0), (0, -100), (300, -100), (300, 0)),
            "out": line((300, 0), (400, 0)),
        },
        is_entry=[True, False, False, False],
    )
    story = hazard(hazard(Story(), "H1", box(95, 90, 105, 110)), "H2", box(195, 90, 205, 110))
    assert way_at(roads, story, 350, 0).state == "conditions"
    hazard(story, "H3", box(145, -110, 155, -90))
    found = way_at(roads, story, 350, 0)
    assert found.state == "closed"
    assert found.waits_for == (frozenset({"H3"}), frozenset({"H1", "H2"}))
    assert found.roads == ("lower",)
    assert found.area_ids == ("H3",)


def test_sets_that_hold_another_are_not_told() -> None:
    a, b, c = (frozenset(name) for name in "abc")
    assert least([a | b, a, a | c, b | c]) == (a, b | c)
    assert joined((a, b), (c,), 2) == (a | c, b | c)
    assert joined((a | b,), (c,), 2) == ()
    assert joined(FREE, (a,), 1) == (a,)


def test_what_opens_the_most_comes_first_and_a_pair_tells_what_neither_opens_alone() -> None:
    def place(place_id: str, kind: str, *areas: str) -> Place:
        waits = tuple(frozenset(one.split("+")) for one in areas)
        return Place(place_id, kind, place_id, Way("closed", waits), FREE, waits)

    found = openings(
        [
            place("J1", "project", "H2"),
            place("J2", "project", "H1", "H2"),
            place("S1", "school", "H2"),
            place("S2", "hospital", "H1+H3"),
        ]
    )
    assert found == [
        Opening(("H2",), ("J1", "J2"), ("S1",)),
        Opening(("H1",), ("J2",), ()),
        Opening(("H1", "H3"), (), ("S2",)),
    ]
    assert [item.n for item in found] == [3, 1, 1]


def test_ground_that_two_areas_claim_is_free_once_either_was_worked_whole() -> None:
    a, b, c = (frozenset(name) for name in "abc")
    assert lifted_by([], 2) == FREE
    assert lifted_by([a | b], 1) == (a, b)
    assert lifted_by([a | b, a | c], 2) == (a, b | c)
    assert lifted_by([a, b, c], 2) == ()
    story = hazard(hazard(Story(), "H1", box(0, -10, 10, 10)), "H2", box(0, -10, 10, 10))
    ends = {"main": line((-500, 0), (0, 0)), "end": line((0, 0), (500, 0))}
    roads = network(ends, is_entry=[True, False])
    found = way_at(roads, story, 400, 0)
    assert found.waits_for == (frozenset({"H1"}), frozenset({"H2"}))
    assert found.area_ids == ("H1", "H2")
    assert set(road_ground(roads, story.book(), NOW_US).level.tolist()) == {CONDITIONS, CLOSED}


def works(access: GridShape | None) -> ProjectRegistered:
    return ProjectRegistered("J", "J", "water", box(-410, 20, -390, 40), 30, access)


def told(story: Story, roads: RoadNetwork, access: GridShape | None) -> tuple[list[str], list[str]]:
    """What G3 answers of the way in, and why it was not asked."""
    found = ways(roads, story)
    answered = [f"{each.outcome} {each.code}" for each in way_gates(works(access), found)]
    return answered, [code for _, code in way_not_asked(works(access), found)]


def test_only_what_closes_or_opens_the_way_is_a_gate_and_the_rest_is_told_beside() -> None:
    """A condition that stands on every permit of a city is read by nobody."""
    main = network({"main": line((-500, 0), (500, 0)), "end": line((500, 0), (600, 0))},
                   is_entry=[False, True])  # fmt: skip
    access, off = box(-401, 0, -399, 20), box(-401, 10, -399, 20)
    shut = hazard(Story(), "H1", box(0, -10, 10, 10))
    free = cleared(Story(), "A1", box(-600, -10, 700, 10))
    assert told(shut, main, access) == (["closed gate.access.closed"], [])
    assert told(free, main, access) == (["open gate.access.open"], [])
    assert told(Story(), main, access) == ([], ["gate.not-asked.way-unrecorded"])
    assert told(Story(), main, off) == ([], ["gate.not-asked.way-no-road"])
    end = network({"main": line((-500, 0), (600, 0))}, is_entry=[True])
    assert told(shut, end, access) == (["conditions gate.access.entry-unknown"], [])
    assert told(Story(), main, None) == ([], ["gate.not-asked.no-access"])
