"""Whatever the seed: a city without overlaps, a plan whose parts conserve every mm²."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.demo.city import LEAST_BUILDINGS, make_city
from rafiqa.demo.hazard import make_plan, plan_generator
from rafiqa.geo import GridShape, coverage_fault

SIZES = st.integers(LEAST_BUILDINGS, 600)
SEEDS = st.integers(0, 2**32 - 1)


def on_grid(polygon):
    return GridShape.of(shapely.transform(polygon, lambda at: np.round(at * 1000.0)))


@settings(max_examples=15, deadline=None)
@given(n_buildings=SIZES, seed=SEEDS)
def test_any_city_is_whole_and_nothing_overlaps(n_buildings, seed):
    city = make_city(n_buildings, seed)
    shapes = city.building_shapes()
    assert len(shapes) == n_buildings
    assert shapely.is_valid(shapes).all()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert not (first < second).any()
    assert not shapely.intersects(shapes, city.river.shape).any()


@settings(max_examples=15, deadline=None)
@given(n_buildings=SIZES, seed=SEEDS)
def test_any_plan_parts_its_areas_exactly(n_buildings, seed):
    plan = make_plan(make_city(n_buildings, seed), plan_generator(seed))
    assert sum(area.fate == "reopened" for area in plan.areas) == 1
    for area in plan.areas:
        parts = [on_grid(part.shape) for part in area.parts]
        assert coverage_fault(parts, on_grid(area.shape)) is None
        assert sum(part.area2_mm2 for part in parts) == on_grid(area.shape).area2_mm2


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_the_same_seed_gives_the_same_bytes(seed):
    assert make_city(200, seed).digest() == make_city(200, seed).digest()
