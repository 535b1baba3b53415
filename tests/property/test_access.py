"""Which single area, or pair, opens most: held against asking anew with it released."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.recovery.access import piece_sets, reached
from rafiqa.recovery.areaset import FREE, AreaSets, least
from rafiqa.recovery.roadground import CLOSED, CONDITIONS, RoadGround, road_ground
from rafiqa.recovery.roadnet import RoadNetwork, RoadRows, road_network
from tests.unit.land.story import Story, box, part

AREAS = ("H1", "H2", "H3", "H4")
SIDE = 4
STEP_MM = 40_000


def lattice(drawn: list[bool]) -> RoadNetwork:
    """Streets of a square town, some missing; entered from its lower left corner."""
    corners = [(x * STEP_MM, y * STEP_MM) for x in range(SIDE) for y in range(SIDE)]
    pairs = [
        (one, other)
        for one in corners
        for other in corners
        if (other[0] - one[0], other[1] - one[1]) in {(STEP_MM, 0), (0, STEP_MM)}
    ]
    kept = [pair for pair, there in zip(pairs, drawn, strict=True) if there]
    lines = [((-STEP_MM, 0), (0, 0)), *kept]
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    ids = [f"r{index}" for index in range(len(lines))]
    named = [True, *[False] * (len(lines) - 1)]
    return road_network(RoadRows(ids, shapes, {"is_entry": named}))


N_STREETS = 2 * SIDE * (SIDE - 1)
sets_of_areas = st.frozensets(st.sampled_from(AREAS), max_size=2)
waits_for = st.one_of(st.just(FREE), st.lists(sets_of_areas, min_size=1, max_size=2).map(least))


def made(waits: list[AreaSets], barred: list[bool]) -> RoadGround:
    told: list[AreaSets] = [() if bar else found for found, bar in zip(waits, barred, strict=True)]
    level = np.where([found != FREE for found in told], CLOSED, CONDITIONS).astype(np.uint8)
    areas = [frozenset[str]().union(*found) for found in told]
    return RoadGround(
        level, areas, told, np.array(barred, dtype=np.bool_), np.zeros(len(barred), np.bool_)
    )


@st.composite
def towns(draw: st.DrawFn) -> tuple[RoadNetwork, RoadGround]:
    network = lattice(draw(st.lists(st.booleans(), min_size=N_STREETS, max_size=N_STREETS)))
    n_pieces = len(network)
    waits = draw(st.lists(waits_for, min_size=n_pieces, max_size=n_pieces))
    bars = st.sampled_from([False] * 7 + [True])
    return network, made(waits, draw(st.lists(bars, min_size=n_pieces, max_size=n_pieces)))


def by_asking_anew(network: RoadNetwork, ground: RoadGround, most: int) -> list[AreaSets]:
    """Every set of areas released in turn, and the whole network asked again."""
    opened: list[list[frozenset[str]]] = [[] for _ in range(len(network))]
    for size in range(most + 1):
        for areas in combinations(AREAS, size):
            freed = [any(found <= {*areas} for found in sets) for sets in ground.waits]
            for piece in np.flatnonzero(reached(network, np.array(freed))).tolist():
                opened[piece].append(frozenset(areas))
    return [least(found) for found in opened]


@given(towns())
@settings(max_examples=60, deadline=None)
def test_the_smallest_sets_are_those_found_by_releasing_each_and_asking_again(
    town: tuple[RoadNetwork, RoadGround],
) -> None:
    network, ground = town
    for most in (1, 2):
        assert piece_sets(network, ground, most) == by_asking_anew(network, ground, most)


squares = st.tuples(*[st.integers(-1, SIDE - 1)] * 2, st.integers(1, 2))


@given(st.lists(squares, min_size=1, max_size=3), st.data())
@settings(max_examples=15, deadline=None)
def test_an_area_that_is_released_opens_what_was_said_of_it(
    drawn: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """The whole chain: the area is cleared, accepted, and the roads are asked of the new book."""
    network = lattice([True] * N_STREETS)
    shapes = {
        f"H{index}": box(x * 40 + 10, y * 40 - 5, (x + size) * 40 - 10, (y + size) * 40 - 15)
        for index, (x, y, size) in enumerate(drawn)
    }
    released = data.draw(st.sampled_from(sorted(shapes)))

    def story() -> Story:
        told = Story()
        for area_id, shape in shapes.items():
            told.area(1, area_id, shape)
        return told

    before = road_ground(network, story().book(), 99)
    after = story()
    after.release(3, "W1", released, part("P1", "cleared", shapes[released], 30))
    ground = road_ground(network, after.book(), 99)
    sets = piece_sets(network, before, 1)
    said = [any(found <= {released} for found in each) for each in sets]
    assert reached(network, ground.level != CLOSED).tolist() == said


def test_an_entry_that_is_closed_is_waited_for_by_all() -> None:
    network = lattice([True] * N_STREETS)
    shut = (frozenset({"H1"}),)
    waits = [shut if network.entry[at] else FREE for at in range(len(network))]
    assert set(piece_sets(network, made(waits, [False] * len(network)), 1)) == {shut}
