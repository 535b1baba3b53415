"""The growing index answers as a search through every shape does, however it grew."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.geo import ShapeIndex
from rafiqa.geo import shapeindex as module

boxes = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9), st.integers(1, 9)).map(
    lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)
places = st.one_of(boxes, st.builds(shapely.Point, st.integers(0, 50), st.integers(0, 50)))
distances = st.sampled_from([0.0, 1.0, 4.0])


def near(shapes: list[shapely.Geometry], place: shapely.Geometry, distance: float) -> list[int]:
    away = shapely.distance(np.array(shapes, dtype=object), place)
    return np.flatnonzero(away <= distance).tolist()


@given(st.lists(boxes, max_size=40), st.lists(places, min_size=1, max_size=4), distances)
@settings(max_examples=150, deadline=None)
def test_added_one_by_one(shapes, asked, distance):
    index = ShapeIndex()
    assert [index.add(shape) for shape in shapes] == list(range(len(shapes)))
    for place in asked:
        assert index.query(place, distance) == near(shapes, place, distance)


@given(st.lists(boxes, max_size=12), st.lists(boxes, max_size=25), distances, st.booleans())
@settings(max_examples=150, deadline=None)
def test_added_at_once_each_learns_of_those_before_it(first, then, distance, packed):
    least = module._LOOSE_LEAST
    try:
        # Few shapes go in one by one, many at once: both ways must say the same.
        module._LOOSE_LEAST = 3 if packed else 1_000
        index = ShapeIndex()
        index.extend(first, distance)
        found = index.extend(then, distance)
    finally:
        module._LOOSE_LEAST = least
    every = [*first, *then]
    assert found == [
        near(every[: len(first) + number], shape, distance) for number, shape in enumerate(then)
    ]
    assert len(index) == len(every)
