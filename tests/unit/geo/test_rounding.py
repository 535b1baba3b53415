from __future__ import annotations

import pytest
from shapely import MultiPolygon, Polygon, box

from rafiqa.geo import GRID_LIMIT_MM, GridShape, inward, outward, rounding

FIELD = GridShape(Polygon([(13, 17), (100_003, 2_001), (96_111, 88_888), (4_567, 71_077)]))


def test_released_land_shrinks_and_hazards_grow() -> None:
    inner, outer = inward(FIELD, 1_000), outward(FIELD, 1_000)
    assert FIELD.covers(inner)
    assert outer.covers(FIELD)
    assert 0.9 * FIELD.area_m2 < inner.area_m2 < FIELD.area_m2 < outer.area_m2
    assert outer.area_m2 < 1.1 * FIELD.area_m2


def test_land_on_the_step_stays() -> None:
    square = GridShape.box(0, 0, 10_000, 10_000)
    assert inward(square, 1_000) == outward(square, 1_000) == square
    assert inward(FIELD, 1) == FIELD
    assert inward(GridShape.empty(), 10) == outward(GridShape.empty(), 10) == GridShape.empty()


def test_land_smaller_than_the_step_is_not_released_but_still_a_hazard() -> None:
    small = GridShape.box(101, 101, 401, 401)
    assert inward(small, 1_000).is_empty
    assert outward(small, 1_000).covers(small)


def test_parts_of_a_hazard_may_grow_together() -> None:
    parts = GridShape(MultiPolygon([box(1, 1, 501, 501), box(601, 1, 1_101, 501)]))
    grown = outward(parts, 1_000)
    assert grown.covers(parts)
    assert len(grown.parts()) == 1


def test_at_the_rim_of_the_grid_the_box_is_taken() -> None:
    limit = GRID_LIMIT_MM
    rim = GridShape(Polygon([(limit - 7, 1), (limit, 3), (limit, 9)]))
    assert outward(rim, 10) == GridShape.box(limit - 10, 0, limit, 10)


def test_a_margin_too_small_is_widened_until_the_promise_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: with the first margin alone the promise would be broken."""
    monkeypatch.setattr(rounding, "_FIRST_MARGIN", 0.01)
    assert FIELD.covers(inward(FIELD, 1_000))
    assert outward(FIELD, 1_000).covers(FIELD)
    monkeypatch.setattr(rounding, "_ROUNDS", 1)
    assert inward(FIELD, 1_000).is_empty
    assert outward(FIELD, 1_000) == GridShape.box(0, 0, 101_000, 89_000)


@pytest.mark.parametrize("step_mm", [0, -5])
def test_a_step_is_positive(step_mm: int) -> None:
    with pytest.raises(ValueError, match="step"):
        inward(FIELD, step_mm)
