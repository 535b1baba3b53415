from __future__ import annotations

import pickle

import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Polygon

from rafiqa.errors import InvalidInput
from rafiqa.geo import GRID_LIMIT_MM, GridShape, union_of

SQUARE = GridShape.box(0, 0, 1_000, 1_000)


def test_area_of_a_square_metre() -> None:
    assert SQUARE.area2_mm2 == 2_000_000
    assert SQUARE.area_m2 == 1.0
    assert SQUARE.bounds_mm == (0, 0, 1_000, 1_000)
    assert SQUARE.n_vertices == 4


def test_area_ends_in_a_half_and_stays_exact() -> None:
    assert GridShape(Polygon([(0, 0), (1, 0), (0, 1)])).area2_mm2 == 1


def test_area_of_all_parts_and_holes() -> None:
    hole = [(100, 100), (200, 100), (200, 200), (100, 200)]
    holed = Polygon([(0, 0), (1_000, 0), (1_000, 1_000), (0, 1_000)], [hole])
    shape = GridShape(MultiPolygon([holed, shapely.box(2_000, 0, 2_010, 10)]))
    assert shape.area2_mm2 == 2 * (1_000_000 - 10_000 + 100)
    assert [part.area2_mm2 for part in shape.parts()] in ([1_980_000, 200], [200, 1_980_000])
    assert shape.n_vertices == 12
    assert shape.edges().shape == (12, 4)


def test_area_beyond_int64_is_exact() -> None:
    limit = GRID_LIMIT_MM
    comb = [(-limit, -limit), (limit, -limit)]
    for step in range(1_500):
        y_mm = -limit + 1 + 600_000 * step
        comb += [(limit, y_mm), (limit - 1, y_mm + 1)]
    shape = GridShape(Polygon([*comb, (limit, limit), (-limit, limit)]))
    assert shape.area2_mm2 == pytest.approx(2 * (2 * limit) ** 2, rel=1e-6)
    edges = shape.edges().tolist()
    assert shape.area2_mm2 == sum(x1 * y0 - x0 * y1 for x0, y0, x1, y1 in edges)


def test_empty_shape_has_nothing() -> None:
    empty = GridShape.empty()
    assert empty.is_empty
    assert empty.area2_mm2 == 0
    assert empty.to_plain() == []
    assert empty.parts() == ()
    assert GridShape.from_plain([]) == empty
    assert len(empty.edges()) == 0
    assert SQUARE.covers(empty)
    assert GridShape(MultiPolygon()) == empty
    with pytest.raises(ValueError, match="no bounds"):
        _ = empty.bounds_mm


def test_equal_land_is_equal_whatever_the_start_vertex() -> None:
    other = GridShape(Polygon([(1_000, 1_000), (-0.0, 1_000), (0, 0), (0, 0), (1_000, 0)]))
    assert other == SQUARE
    assert hash(other) == hash(SQUARE)
    assert other != GridShape.box(0, 0, 1_000, 999)
    assert GridShape(MultiPolygon([shapely.box(0, 0, 1_000, 1_000)])) == SQUARE
    assert pickle.loads(pickle.dumps(other)) == SQUARE  # noqa: S301 - our own bytes


def test_plain_is_deltas_without_the_closing_point() -> None:
    assert SQUARE.to_plain() == [[[0, 0, 0, 1_000, 1_000, 0, 0, -1_000]]]


@pytest.mark.parametrize("power", [0.5, GRID_LIMIT_MM + 1.0])
def test_coordinates_off_the_grid_are_a_mistake_of_the_program(power: float) -> None:
    with pytest.raises(ValueError, match="off the site's"):
        GridShape(Polygon([(0, 0), (power, 0), (0, 10)]))


@pytest.mark.parametrize(
    "plain",
    [
        None,
        7,
        "land",
        [7],
        [[]],
        [[[0, 0, 1, 0]]],
        [[[0, 0, 1, 0, 1]]],
        [[[0, 0, 1, 0, 1.0, 1]]],
        [[[0, 0, True, 0, 1, 1]]],
        [[[1, 0, GRID_LIMIT_MM, 0, 1, 1]]],
        [[[0, 0, 10**30, 0, 1, 1]]],
        {"type": "Polygon"},
    ],
)
def test_plain_that_is_not_land_is_refused(plain: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        GridShape.from_plain(plain)
    assert refused.value.code == "geo.plain.malformed"


def test_plain_of_one_point_thrice_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        GridShape.from_plain([[[3, 4, 0, 0, 0, 0]]])
    assert refused.value.code == "geo.shape.too-few-points"


def test_plain_bow_tie_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidInput) as refused:
        GridShape.from_plain([[[0, 0, 10, 10, 0, -10, -10, 10]]])
    assert refused.value.code == "geo.shape.self-intersection"
    assert refused.value.faults[0].params["at"] == "5.00000000 5.00000000"


def test_overlays_keep_polygons_only() -> None:
    beside = GridShape.box(1_000, 0, 2_000, 1_000)
    over = GridShape.box(500, 500, 1_500, 1_500)
    assert SQUARE.intersects(beside)
    assert SQUARE.intersection(beside).is_empty
    assert SQUARE.intersection(over) == GridShape.box(500, 500, 1_000, 1_000)
    assert SQUARE.difference(over).area2_mm2 == 1_500_000
    assert SQUARE.union(over).area2_mm2 == 3_500_000
    assert union_of([SQUARE, beside, over]).area2_mm2 == 4_000_000 + 1_000_000
    assert union_of([]).is_empty
    mixed = GeometryCollection([SQUARE.geometry, LineString([(0, 0), (5, 5)]), MultiPolygon()])
    assert GridShape.of(mixed) == SQUARE


def test_covering_counts_the_edge() -> None:
    assert SQUARE.covers(GridShape.box(0, 0, 10, 10))
    assert not SQUARE.covers(GridShape.box(-1, 0, 10, 10))
    assert SQUARE.covers_mm(1_000, 1_000)
    assert not SQUARE.covers_mm(1_001, 1_000)
    assert not SQUARE.intersects(GridShape.box(1_001, 0, 1_002, 1))


def test_shapes_are_frozen() -> None:
    with pytest.raises(AttributeError):
        SQUARE.geometry = Polygon()  # type: ignore[misc]
