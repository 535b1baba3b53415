"""Places are asked about before they are believed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from rafiqa.wire.sanity import BORDER_MARGIN_M, PlaceDoubts, Reach, doubt_places, repeated_shapes

RAQQA = (39.0, 35.95)
CITY = Reach.of_site(*RAQQA, 50_000)


def doubts(points: list[tuple[float, float] | None], reach: Reach | None = CITY) -> PlaceDoubts:
    shapes = np.array([None if p is None else shapely.Point(p) for p in points], dtype=object)
    return doubt_places(shapes, np.arange(1, len(points) + 1), reach)


def test_places_in_reach_raise_no_question() -> None:
    found = doubts([RAQQA, (39.2, 36.0), None])
    assert found.whole is None
    assert not found.rows


def test_a_swapped_table_is_asked_about_whole() -> None:
    found = doubts([(35.95, 39.0), (36.0, 39.1), (35.9, 39.05)])
    assert found.whole is not None
    assert found.whole.code == "wire.axes.swapped"
    assert not found.rows


def test_a_swapped_table_is_caught_in_a_wide_reach() -> None:
    country = Reach.of_site(38.0, 47.9, 1_500_000)
    found = doubts([(47.7 + i / 100, 38.3) for i in range(9)], country)
    assert found.whole is not None


def test_one_swapped_row_is_named() -> None:
    found = doubts([RAQQA, (39.1, 36.0), (35.95, 39.0)])
    assert found.whole is None
    assert [(f.code, f.row) for f in found.rows.values()] == [("wire.axes.swapped-row", 3)]


def test_a_row_is_called_swapped_only_where_swapping_brings_it_near() -> None:
    """North of Ukraine lies far from a Syrian site, as it stands and turned round alike."""
    country = Reach.of_site(*RAQQA, 1_500_000)
    ukraine: list[tuple[float, float] | None] = [(30.5 + i / 10, 50.5) for i in range(5)]
    found = doubts([RAQQA, *ukraine, (-35.95, -39.0), (35.0, 65.0)], country)
    assert found.whole is None
    assert {fault.code for fault in found.rows.values()} == {"wire.place.outside"}
    assert doubts(ukraine, country).whole is None
    turned = doubts(
        [RAQQA, *[(50.5, 30.5 + i / 10) for i in range(5)]], Reach.of_site(31, 50, 50_000)
    )
    assert turned.whole is not None
    one = doubts([(38.0, 9.0), (8.9, 38.1)], Reach.of_site(38.0, 9.0, 300_000))
    assert [fault.code for fault in one.rows.values()] == ["wire.axes.swapped-row"]


def test_a_row_of_a_country_is_swapped_where_turning_brings_it_into_its_box() -> None:
    ukraine = Reach.of_box((22.1, 44.4, 40.2, 52.4), BORDER_MARGIN_M)
    found = doubts([(31.0, 48.0), (47.0, 40.0), (39.0, 36.0)], ukraine)
    assert [(f.code, f.row) for f in found.rows.values()] == [
        ("wire.axes.swapped-row", 2),
        ("wire.place.outside", 3),
    ]


@pytest.mark.parametrize("reach", [None, CITY])
def test_zero_is_no_place(reach: Reach | None) -> None:
    found = doubts([RAQQA, (0.0, 0.0), (0.001, -0.002)], reach)
    assert [(f.code, f.row) for f in found.rows.values()] == [
        ("wire.place.zero", 2),
        ("wire.place.zero", 3),
    ]


def test_a_place_outside_is_named_with_where_it_lies() -> None:
    found = doubts([RAQQA, (74.23416667, 4.197777778)])
    assert found.rows[1].code == "wire.place.outside"
    assert dict(found.rows[1].params) == {"lon_deg": "74.234167", "lat_deg": "4.197778"}


def test_a_shape_reaching_out_is_outside() -> None:
    shape = np.array([shapely.box(39, 35.9, 41, 36)], dtype=object)
    assert doubt_places(shape, np.array([1]), CITY).rows[0].code == "wire.place.outside"


def test_a_country_box_has_a_margin_of_50_km_on_the_ground() -> None:
    reach = Reach.of_box((35.5, 32.3, 42.4, 37.4), BORDER_MARGIN_M)
    geod = 111_320
    assert (37.4 - reach.north_deg) * geod == pytest.approx(-50_000, rel=0.01)
    east_m = (reach.east_deg - 42.4) * geod * np.cos(np.radians(37.4))
    assert east_m == pytest.approx(50_000, rel=0.01)


def test_many_equal_points_are_counted_not_listed() -> None:
    shapes = np.array([shapely.Point(1, 2)] * 100, dtype=object)
    found = repeated_shapes(shapes, np.arange(1, 101))
    assert [fault.code for fault in found[:20]] == ["wire.geometry.duplicate"] * 20
    assert (found[20].code, found[20].params["rows"]) == ("wire.geometry.duplicates", 79)
