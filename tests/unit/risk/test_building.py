"""Buildings as cells of their own: whole layers, at no cost to the field where nothing was said."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import box

from rafiqa.risk import Matern, Prior, Readings, Structures, expit, fit
from rafiqa.risk.building import Footprints, Houses
from rafiqa.risk.grid import CellGrid
from rafiqa.risk.reading import VERIFIED, said
from rafiqa.risk.testimony import Place

GRID = CellGrid(0, 0, 10_000, (20, 20))


def house(x_m: float, y_m: float, side_m: float = 6) -> shapely.Polygon:
    east_m, north_m = x_m + side_m, y_m + side_m
    return box(x_m * 1_000, y_m * 1_000, east_m * 1_000, north_m * 1_000)


def test_a_building_on_record_and_in_a_layer_counts_once() -> None:
    recorded = {"S1": house(10, 10), "S2": house(50, 50)}
    layer = Footprints(
        ["B1", "S2", "B3", "B4"],
        np.array([house(11, 11), house(90, 90), house(100, 100), house(500, 500)], dtype=object),
    )
    found = Houses.on(GRID, recorded, layer)
    # B1 stands on the place of S1, S2 has the id of one on record, B4 stands beyond the grid.
    assert (list(found.ids), found.n_recorded, found.n_beyond) == (["S1", "S2", "B3"], 2, 1)
    assert found.cells.tolist() == [21, 105, 210]
    assert found.of(Place(shapely.Point(103_000, 103_000))) == 2
    assert found.of(Place(shapely.Point(103_000, 103_000), reach_mm=50_000)) is None
    assert found.of(Place(shapely.Point(150_000, 103_000))) is None
    # One that stands on hazard in part keeps its figure; wholly on released ground, none.
    freed = [box(0, 0, 60_000, 53_000), box(60_000, 0, 200_000, 200_000)]
    assert found.freed(freed).tolist() == [True, False, True]
    assert Houses.on(GRID, {}, None).freed(freed).tolist() == []


def test_no_building_at_all() -> None:
    none = Houses.on(GRID, {})
    assert (len(none.ids), none.cells.tolist()) == (0, [])
    assert none.of(Place(shapely.Point(1, 1))) is None
    only = Houses.on(GRID, {}, Footprints(["B"], np.array([house(1, 1)], dtype=object)))
    assert (list(only.ids), only.n_recorded) == (["B"], 0)


def test_what_nothing_was_said_of_leaves_the_field_as_it_is_and_has_its_own_width() -> None:
    draw = np.random.default_rng(1)
    prior = Prior.flat(Matern(4.0, 1.0), GRID.shape, -2.0)
    log_ratio = np.where(draw.random(400) < 0.2, draw.choice([2.0, -1.0], 400), 0.0)
    cell = draw.integers(0, 400, 5_000)
    told = np.zeros(5_000)
    told[:40] = draw.choice([VERIFIED, -2.0, 1.5], 40)
    few = Structures(cell[:40], np.full(40, -1.0), told[:40], 1.0)
    many = Structures(cell, np.full(5_000, -1.0), told, 1.0)
    one = fit(prior, Readings(log_ratio, structures=few))
    other = fit(prior, Readings(log_ratio, structures=many))
    assert one.eta.tobytes() == other.eta.tobytes()
    own, spread = many.own(other.eta), many.spread(other.eta)
    assert (own[40:] == 0).all()
    assert spread[40:] == pytest.approx(1.0)
    assert (spread[:40] <= 1.0).all()
    # The likeliest own effect has no slope left.
    slope = said(told[:40], other.eta[cell[:40]] - 1.0 + own[:40])
    assert slope.gradient - own[:40] == pytest.approx(np.zeros(40), abs=1e-6)
    assert (np.sign(own[:40]) == np.sign(told[:40])).all()
    assert expit(other.eta).max() < 1
