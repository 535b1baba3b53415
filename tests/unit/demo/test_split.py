"""Recursive splitting keeps all land and makes convex pieces of about the asked size."""

import numpy as np
import pytest
import shapely
from numpy.random import PCG64, Generator
from shapely import Polygon

from rafiqa.demo.split import ring_area_m2, split_until

SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)]


@pytest.fixture
def pieces():
    return split_until(Generator(PCG64(1)), SQUARE, 200.0)


def test_area_of_a_ring_is_signed_by_its_turn():
    assert ring_area_m2(SQUARE) == pytest.approx(6000.0)
    assert ring_area_m2(SQUARE[::-1]) == pytest.approx(-6000.0)


def test_pieces_keep_all_the_land(pieces):
    assert sum(ring_area_m2(piece) for piece in pieces) == pytest.approx(6000.0)
    whole = shapely.union_all([Polygon(piece) for piece in pieces], grid_size=1e-6)
    assert whole.area == pytest.approx(6000.0)


def test_pieces_are_near_the_size_asked_for(pieces):
    sizes = np.array([ring_area_m2(piece) for piece in pieces])
    assert sizes.min() > 40.0
    assert sizes.max() < 200.0 * 1.65 + 1e-6


def test_pieces_are_convex(pieces):
    for piece in pieces:
        polygon = Polygon(piece)
        assert polygon.convex_hull.area == pytest.approx(polygon.area, rel=1e-9)
