"""A country drawn twice, two years apart, with no ids in common: what is the same building."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from rafiqa.geo import SiteFrame
from rafiqa.recovery import Matching, match
from tests.real.opendata import ogr

pytestmark = pytest.mark.shared

EARLIER = "osm-pbf/liechtenstein-2013-08-03.nouser.osm.pbf"
LATER = "osm-pbf/liechtenstein-valhalla.nouser.osm.pbf"
FRAME = SiteFrame(9.55, 47.15)


def buildings(name: str) -> np.ndarray:
    """Every building of an extract as GDAL alone reads it, in mm of a plane of the country."""
    shapes, columns = ogr(name, "multipolygons")
    kept = np.array([building is not None for building in columns["building"]])
    return FRAME.shapes_to_mm(shapes[kept])


@pytest.fixture(scope="module")
def epochs() -> tuple[np.ndarray, np.ndarray]:
    return buildings(EARLIER), buildings(LATER)


@pytest.fixture(scope="module")
def found(epochs: tuple[np.ndarray, np.ndarray]) -> Matching:
    return match(*epochs)


def test_the_published_figure_comes_out(
    found: Matching, epochs: tuple[np.ndarray, np.ndarray]
) -> None:
    assert [len(each) for each in epochs] == [3_723, 8_994]
    assert found.n_overlap == 3_611
    assert found.shift_mm == (0, 0)


def test_all_but_a_few_are_matched_without_asking(found: Matching) -> None:
    assert Counter(item.kind for item in found.sure) == {"same": 3_606, "split": 1}
    assert len(found.doubtful) == 118
    assert len(found.gone) == 6


def test_nothing_sure_has_another_that_it_may_be(
    found: Matching, epochs: tuple[np.ndarray, np.ndarray]
) -> None:
    """Held against every pair by brute force, without the index."""
    old, new = epochs
    pairs = {(item.old_rows[0], item.new_rows[0]) for item in found.sure if item.kind == "same"}
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
    for row, to in sorted(pairs)[::50]:
        shared = shapely.area(shapely.intersection(old[row], new))
        iou = shared / (shapely.area(old[row]) + shapely.area(new) - shared)
        assert int(np.argmax(iou)) == to
        assert (iou >= 0.3).sum() == 1
