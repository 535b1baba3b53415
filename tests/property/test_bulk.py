"""The gate in columns is the gate of each asset alone, whatever the land and the footprints."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from rafiqa.bulk import WkbColumn, ground_of, window_of
from rafiqa.geo import GridShape
from rafiqa.recovery import (
    ASSET_POLICY,
    OUTCOMES,
    AssetGate,
    ProjectRegistered,
    ask_gate,
    ask_gate_all,
    with_ground,
)
from tests.property.bulkland import NOW_US, DrawnLand, buildings, land

ALL = ("outcome", "face", "covered", "waiting", "witnessed")
N_EACH = 80


def in_columns(drawn: DrawnLand, shapes: np.ndarray, at_us: int, distance_mm: int) -> AssetGate:
    ground = ground_of(
        drawn.book, at_us, distance_mm=distance_mm, reports_mm=drawn.reports_mm
    )
    return window_of(ground, drawn.frame).gate(WkbColumn.of(shapes))


def plainly(drawn: DrawnLand, shapes: np.ndarray, at_us: int, distance_mm: int) -> AssetGate:
    shapes_mm = with_ground(drawn.frame.shapes_to_mm(shapes))
    return ask_gate_all(
        shapes_mm,
        shapely.STRtree(shapes_mm),
        drawn.book,
        at_us,
        distance_mm=distance_mm,
        reports_mm=drawn.reports_mm,
    )


def compare(seed: int) -> AssetGate:
    drawn = land(seed)
    shapes = buildings(drawn, N_EACH, seed)
    draw = np.random.default_rng(seed)
    at_us = NOW_US if draw.random() < 0.7 else int(draw.integers(80))
    distance_mm = 0 if draw.random() < 0.7 else int(draw.integers(1, 30_000))
    together = in_columns(drawn, shapes, at_us, distance_mm)
    expected = plainly(drawn, shapes, at_us, distance_mm)
    for name in ALL:
        found, told = getattr(together, name), getattr(expected, name)
        off = np.flatnonzero(found != told)
        assert not len(off), (seed, name, off, shapes[off], found[off], told[off])
    return together


def test_drawn_land_gives_the_plain_answers() -> None:
    seen = [compare(seed) for seed in range(60)]
    for name in ALL[2:]:
        assert any(getattr(gate, name).any() for gate in seen)
    assert {code for gate in seen for code in gate.outcome.tolist()} == {0, 1, 2}
