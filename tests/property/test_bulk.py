"""The gate in columns is the gate of each asset alone, whatever the land and the footprints."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.bulk import DEPTHS, Ruling, WkbColumn, ground_of, resident, window_of
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
    ground = ground_of(drawn.book, at_us, distance_mm=distance_mm, reports_mm=drawn.reports_mm)
    return window_of(ground, drawn.frame).rule(WkbColumn.of(shapes, _widths(shapes))).gate


def plainly(drawn: DrawnLand, shapes: np.ndarray, at_us: int, distance_mm: int) -> AssetGate:
    shapes_mm = _on_ground(drawn, shapes)
    return ask_gate_all(
        shapes_mm,
        shapely.STRtree(shapes_mm),
        drawn.book,
        at_us,
        distance_mm=distance_mm,
        reports_mm=drawn.reports_mm,
    )


def _widths(shapes: np.ndarray) -> np.ndarray:
    """Every third width is known: of lines it is how wide the ground is that they stand on."""
    widths_m = np.full(len(shapes), np.nan)
    widths_m[::3] = 3.5
    return widths_m


def _on_ground(drawn: DrawnLand, shapes: np.ndarray) -> np.ndarray:
    known = [None if np.isnan(width) else width for width in _widths(shapes).tolist()]
    return with_ground(drawn.frame.shapes_to_mm(shapes), known)


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


def compare_alone(seed: int, n: int) -> int:
    """How many assets with a depth were asked in columns and alone, and gave the same."""
    drawn = land(seed)
    shapes = buildings(drawn, n, seed)
    depth_cm = np.random.default_rng(seed).choice([np.nan, 0.0, 10.0, 30.0, 31.0, -1.0], n)
    ground = ground_of(drawn.book, NOW_US)
    ruling = window_of(ground, drawn.frame).rule(WkbColumn.of(shapes, _widths(shapes)), depth_cm)
    shapes_mm = _on_ground(drawn, shapes)
    n_asked = 0
    for row, shape in enumerate(shapes_mm):
        # What has no place, or is bent by the grid, is no project: nobody can ask for it alone.
        if shape is None or shape.is_empty or not _on_grid(shape):
            continue
        depth = None if np.isnan(depth_cm[row]) else int(depth_cm[row])
        about = ProjectRegistered(
            "B", "B", "house", GridShape.of(shape), 0 if depth is None else depth
        )
        answer = ask_gate(about, drawn.book, NOW_US, policy=ASSET_POLICY)
        told = OUTCOMES[ruling.gate.outcome[row]], _depth_said(ruling, row)
        meant = {gate.code.rpartition(".")[2] for gate in answer.gates if gate.gate in {"G0", "G9"}}
        if told[0] != answer.outcome and _stands_out(drawn, shape):
            assert (told[0], answer.outcome) == ("conditions", "open")
            continue
        assert told[0] == answer.outcome, (seed, row, shape, depth, answer)
        if told[1] is not None and told[1] != "sufficient":
            assert told[1] in meant, (seed, row, shape, depth, answer)
        elif depth is not None:
            against = {
                "insufficient",
                "surface-not-dug",
                "not-certified",
                "depth-negative",
                "not-searched",
            }
            assert not meant & against, (seed, row, shape, depth, answer)
        n_asked += 1
    return n_asked


def _depth_said(ruling: Ruling, row: int) -> str | None:
    said = DEPTHS[ruling.depth[row]]
    return (
        {"negative": "depth-negative", "not_searched": "not-searched"}.get(
            said, said.replace("_", "-")
        )
        if said
        else None
    )


def _stands_out(drawn: DrawnLand, shape: BaseGeometry) -> bool:
    """Whether a strip narrower than the grid is off the record.

    The gate of one project nodes its ground on the grid and does not see it; in columns, as in
    ``ask_gate_all``, it counts as off the record.
    """
    faces = [face.shape.geometry for face, _ in drawn.book.states(NOW_US)]
    left = shapely.difference(shape, shapely.union_all(faces))
    return bool(0 < left.area < shape.length)


def _on_grid(shape: BaseGeometry) -> bool:
    xy = shapely.get_coordinates(shape)
    return bool((xy == np.rint(xy)).all() and shape.geom_type in {"Polygon", "MultiPolygon"})


def test_each_asset_alone_gives_the_same() -> None:
    assert sum(compare_alone(seed, 40) for seed in range(1_000, 1_060)) >= 1_500


@pytest.mark.slow
def test_a_hundred_thousand_assets_alone_give_the_same() -> None:
    n_asked, seed = 0, 2_000
    while n_asked < 100_000:
        n_asked += compare_alone(seed, 80)
        seed += 1


def same(found: Ruling, expected: Ruling) -> None:
    for name in ALL:
        assert (getattr(found.gate, name) == getattr(expected.gate, name)).all(), name
    assert (found.stands == expected.stands).all()


def test_a_layer_kept_ready_says_the_same() -> None:
    for seed in range(40):
        drawn = land(seed)
        column = WkbColumn.of(buildings(drawn, N_EACH, seed))
        ready = resident(drawn.frame, [column])
        for distance_mm in (0, 5_000):
            ground = ground_of(
                drawn.book, NOW_US, distance_mm=distance_mm, reports_mm=drawn.reports_mm
            )
            whole = window_of(ground, drawn.frame).rule(column)
            same(ready.rule(ground), whole)
            changed = [drawn.book.faces[0].shape.geometry, drawn.book.faces[-1].shape.geometry]
            rows, again, faces = ready.rule_again(
                drawn.book,
                NOW_US,
                changed,
                distance_mm=distance_mm,
                reports_mm=drawn.reports_mm,
            )
            for name in ("outcome", "covered", "waiting", "witnessed"):
                assert (getattr(again.gate, name) == getattr(whole.gate, name)[rows]).all(), name
            told = [faces[at] if at >= 0 else None for at in again.gate.face.tolist()]
            meant = [drawn.book.faces[at] if at >= 0 else None for at in whole.gate.face[rows]]
            for one, other in zip(told, meant, strict=True):
                assert (one is None) == (other is None)
            missed = np.setdiff1d(np.flatnonzero(np.isin(whole.gate.face, (0,))), rows)
            assert not len(missed)
