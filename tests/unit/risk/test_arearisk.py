"""What is likely of areas: from joint draws, of one world, and of no area finer than the cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from shapely import box

from rafiqa.risk import VERIFIED, Matern, Noise, Prior, Readings, RiskMap, area_risks, expit, fit
from rafiqa.risk.grid import CellGrid

GRID = CellGrid(0, 0, 10_000, (12, 12))
PATCH = box(20_000, 20_000, 60_000, 60_000)


def told(log_ratio: Any, level: float = -2.0) -> RiskMap:
    """A map of a small grid: what is asked of it is its grid and its field."""
    prior = Prior.flat(Matern(4.0, 1.2), GRID.shape, level)
    return cast("RiskMap", SimpleNamespace(grid=GRID, field=fit(prior, Readings(log_ratio))))


def said(*known: tuple[int, float]) -> np.ndarray:
    log_ratio = np.zeros(GRID.n)
    for cell, ratio in known:
        log_ratio[cell] = ratio
    return log_ratio


def test_the_figures_are_those_of_joint_draws() -> None:
    found = told(said((40, 1.5), (3, VERIFIED)))
    (one,) = area_risks(found, [PATCH], n_draws=2_000)
    assert one is not None
    cells, share = GRID.shares(PATCH)
    assert share == pytest.approx(np.ones(16))
    draws = np.concatenate(list(found.field.draws(4_000, Noise(99))))
    p = expit(draws[:, cells] + found.field.readings.log_ratio[cells])
    any_ = 1 - (1 - p).prod(axis=1)
    assert one.p_contaminated.mean == pytest.approx(any_.mean(), abs=0.02)
    assert one.p_contaminated.low == pytest.approx(np.quantile(any_, 0.05), abs=0.03)
    held = np.random.default_rng(1).random(p.shape) < p
    ground = held.sum(axis=1) * 100.0
    assert one.contaminated_m2.mean == pytest.approx(ground.mean(), rel=0.05)
    assert one.contaminated_m2.high == pytest.approx(np.quantile(ground, 0.95), abs=100)
    # Drawn apart, cells would promise a narrower sum: areas are told of joint draws.
    alone = (np.random.default_rng(2).random((4_000, 16)) < p.mean(axis=0)).sum(axis=1) * 100.0
    assert one.contaminated_m2.high > np.quantile(alone, 0.95)


def test_more_ground_is_never_less_likely_and_parts_add_up() -> None:
    found = told(said((40, 2.0), (90, -1.0)))
    west, east = box(0, 0, 60_000, 120_000), box(60_000, 0, 120_000, 120_000)
    both = box(0, 0, 120_000, 120_000)
    a, b, c = area_risks(found, [west, east, both])
    assert a is not None
    assert b is not None
    assert c is not None
    assert c.p_contaminated.mean >= max(a.p_contaminated.mean, b.p_contaminated.mean)
    assert c.contaminated_m2.mean == pytest.approx(a.contaminated_m2.mean + b.contaminated_m2.mean)
    # Whatever else is asked with it, an area is told the same.
    assert area_risks(found, [west]) == [a]


@pytest.mark.parametrize(
    ("log_ratio", "least", "most"),
    [
        (np.zeros(GRID.n), 0.0, 1.0),
        (np.full(GRID.n, VERIFIED), 0.999, 1.0),
        (np.full(GRID.n, -VERIFIED), 0.0, 1e-6),
        (np.where(np.arange(GRID.n) % 2 == 0, VERIFIED, -VERIFIED), 0.999, 1.0),
    ],
)
def test_no_evidence_all_for_all_against_and_both(
    log_ratio: np.ndarray, least: float, most: float
) -> None:
    (one,) = area_risks(told(log_ratio), [PATCH])
    assert one is not None
    span, m2 = one.p_contaminated, one.contaminated_m2
    assert least <= span.low <= span.mean <= span.high <= most
    assert 0 <= m2.low <= m2.mean <= m2.high <= PATCH.area / 1e6
    if not log_ratio.any():
        assert span.high - span.low > 0.3


def test_an_area_finer_than_the_cells_is_told_nothing_of() -> None:
    found = told(said((40, VERIFIED)))
    small = box(21_000, 21_000, 29_000, 29_000)
    assert area_risks(found, [small]) == [None]
    told_both = area_risks(found, [small, PATCH])
    assert told_both[0] is None
    assert told_both[1] is not None
    assert area_risks(found, []) == []
