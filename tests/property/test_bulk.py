"""The gate in columns is the gate of each asset alone, whatever the land and the footprints."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.bulk import DEPTHS, Ruling, WkbColumn, ground_of, resident, window_of
from rafiqa.geo import GridShape, SiteFrame
from rafiqa.land import Face, LandBook, quarantines
from rafiqa.recovery import (
    ASSET_POLICY,
    CLOSED,
    OUTCOMES,
    AssetGate,
    ChanceFound,
    Paper,
    PlacedFind,
    ProjectRegistered,
    SitePapers,
    ask_gate,
    ask_gate_all,
    with_ground,
)
from rafiqa.service.doubt import Doubts
from tests.property.bulkland import NOW_US, DrawnLand, buildings, land

ALL = ("outcome", "face", "covered", "waiting", "witnessed", "found", "nowhere", "doubted")
N_EACH = 80
SIGNS = {
    "waiting": "gate.reopening.report-waiting",
    "witnessed": "gate.reopening.witness-unanswered",
    "found": "gate.rubble.find-open",
}
DOUBTED = "gate.area.in-doubt"
"""Columns and the codes with which the gate of one project says the same."""


def in_columns(drawn: DrawnLand, shapes: np.ndarray, at_us: int, distance_mm: int) -> AssetGate:
    doubts = doubts_of(drawn, at_us)
    ground = ground_of(
        drawn.book, at_us, distance_mm=distance_mm, in_doubt=doubts.on, **drawn.signs
    )
    return window_of(ground, drawn.frame).rule(WkbColumn.of(shapes, _widths(shapes))).gate


def plainly(drawn: DrawnLand, shapes: np.ndarray, at_us: int, distance_mm: int) -> AssetGate:
    shapes_mm = _on_ground(drawn, shapes)
    return ask_gate_all(
        shapes_mm,
        shapely.STRtree(shapes_mm),
        drawn.book,
        at_us,
        distance_mm=distance_mm,
        in_doubt=doubts_of(drawn, at_us).on,
        **drawn.signs,
    )


def doubts_of(drawn: DrawnLand, at_us: int) -> Doubts:
    return Doubts(drawn.book, at_us, drawn.finds_mm)


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


def finds_of(drawn: DrawnLand) -> list[PlacedFind]:
    return [
        (Paper(ChanceFound("C", f"F{number}", "rubble"), f"e{number}", 0), place_mm)
        for number, place_mm in enumerate(drawn.finds_mm)
    ]


def compare_alone(seed: int, n: int) -> int:
    """How many assets with a depth were asked in columns and alone, and gave the same."""
    drawn = land(seed)
    shapes = buildings(drawn, n, seed)
    depth_cm = np.random.default_rng(seed).choice([np.nan, 0.0, 10.0, 30.0, 31.0, -1.0], n)
    doubts = doubts_of(drawn, NOW_US)
    ground = ground_of(drawn.book, NOW_US, in_doubt=doubts.on, **drawn.signs)
    ruling = window_of(ground, drawn.frame).rule(WkbColumn.of(shapes, _widths(shapes)), depth_cm)
    shapes_mm = _on_ground(drawn, shapes)
    reports, papers = drawn.told(), SitePapers(finds=finds_of(drawn))
    n_asked = 0
    for row, shape in enumerate(shapes_mm):
        # What has no place, or is bent by the grid, is no project: nobody can ask for it alone.
        if shape is None or shape.is_empty or not _on_grid(shape):
            continue
        depth = None if np.isnan(depth_cm[row]) else int(depth_cm[row])
        about = ProjectRegistered(
            "B", "B", "house", GridShape.of(shape), 0 if depth is None else depth
        )
        answer = ask_gate(
            about, drawn.book, NOW_US, policy=ASSET_POLICY, reports=reports, papers=papers
        )
        answer = doubts.of_gate(answer, about)
        codes = {gate.code for gate in answer.gates}
        for name, code in SIGNS.items():
            assert getattr(ruling.gate, name)[row] == (code in codes), (seed, row, name, answer)
        doubted = ruling.gate.doubted[row] and ruling.gate.face[row] < 0
        assert doubted == (DOUBTED in codes) or _stands_out(drawn, shape), (seed, row, answer)
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
            ground = ground_of(drawn.book, NOW_US, distance_mm=distance_mm, **drawn.signs)
            whole = window_of(ground, drawn.frame).rule(column)
            same(ready.rule(ground), whole)


def told_again(seed: int, distance_mm: int) -> int:
    """How many rows far from a change were ruled on again, after all gave the new book's answer."""
    drawn = land(seed)
    column = WkbColumn.of(buildings(drawn, N_EACH, seed))
    depth_cm = np.random.default_rng(seed).choice([np.nan, 0.0, 10.0, 30.0, 31.0, -1.0], N_EACH)
    ready, n_far, n_facts = resident(drawn.frame, [column]), 0, len(drawn.story.facts)
    before = drawn.story.known(n_facts // 2)
    for n_known in range(n_facts // 2 + 1, n_facts + 1):
        after = drawn.story.known(n_known)
        old, new = (
            window_of(
                ground_of(book, NOW_US, distance_mm=distance_mm, **drawn.signs), drawn.frame
            ).rule(column, depth_cm)
            for book in (before, after)
        )
        changed = _changed(before, after)
        if changed:
            rows, again, faces = ready.rule_again(
                after, NOW_US, changed, depth_cm=depth_cm, distance_mm=distance_mm, **drawn.signs
            )
            old.put(rows, again)
            n_far += len(rows) - len(ready.touching(changed, distance_mm))
            _same_faces(again, faces, new.of(rows), after)
        for name in ("outcome", *ALL[2:]):
            found, expected = getattr(old.gate, name), getattr(new.gate, name)
            assert (found == expected).all(), (seed, n_known, name)
        assert (old.depth == new.depth).all(), (seed, n_known)
        before = after
    return n_far


def _changed(before: LandBook, after: LandBook) -> list[BaseGeometry]:
    """The ground that either book says something else of, and the places of new signs."""
    one, other = _told(before), _told(after)
    names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    changed = [(one.get(name) or other[name])[0] for name in names]
    new = after.witnesses.places[len(before.witnesses.places) :]
    return [*changed, *new.tolist()]


def _told(book: LandBook) -> dict[bytes, tuple[BaseGeometry, object, object]]:
    return {
        face.shape.geometry.wkb: (
            face.shape.geometry,
            state,
            quarantines(book.register, state, NOW_US),
        )
        for face, state in book.states(NOW_US)
    }


def _same_faces(again: Ruling, faces: Sequence[Face], expected: Ruling, book: LandBook) -> None:
    """The faces named may differ in rank alone: both close, or both are least proven."""
    for found, told in ((again.gate.face, expected.gate.face), (again.stands, expected.stands)):
        assert ((found >= 0) == (told >= 0)).all()
        for one, other in zip(found.tolist(), told.tolist(), strict=True):
            if one >= 0:
                states = faces[one].timeline.at(NOW_US), book.faces[other].timeline.at(NOW_US)
                assert None not in states
                assert states[0].is_hazard == states[1].is_hazard


def test_what_a_change_reaches_is_ruled_on_again_and_nothing_else_is_stale() -> None:
    assert sum(told_again(seed, (0, 5_000)[seed % 2]) for seed in range(10)) > 0


def _defects(draw: np.random.Generator, frame: SiteFrame) -> list[bytes]:
    """Shapes that have no place on a site's grid, as bytes: none of them may stop the others."""
    lon_deg, lat_deg = frame.lon_deg, min(max(frame.lat_deg, -80), 80)
    ring = shapely.box(lon_deg, lat_deg, lon_deg + 0.1, lat_deg + 0.1)
    hole = shapely.box(lon_deg + 0.04, lat_deg + 0.04, lon_deg + 0.06, lat_deg + 0.06)
    far_deg = lat_deg - 12 * (1 if lat_deg > 0 else -1)
    line = shapely.LineString([(lon_deg, lat_deg), (lon_deg, far_deg)])
    number = (np.nan, np.inf, -np.inf)[draw.integers(3)]
    return [
        _with_number(ring.wkb, 13 + 8 * int(draw.integers(2, 7)), number),
        _with_number(shapely.difference(ring, hole).wkb, 97 + 16, number),
        _with_number(line.wkb, 33, number),
        shapely.box(lon_deg, far_deg, lon_deg + 0.001, far_deg + 0.001).wkb,
        line.wkb,
        shapely.Point(200, 10).wkb,
        _with_number(ring.wkb, 13 + 64, lon_deg),
        ring.wkb[:-16],
        b"\x01\x07",
    ]


def _with_number(wkb: bytes, at: int, number: float) -> bytes:
    return wkb[:at] + struct.pack("<d", number) + wkb[at + 8 :]


@pytest.mark.parametrize("seed", range(6))
def test_rows_without_a_place_are_closed_and_the_rest_is_ruled_on_as_ever(seed: int) -> None:
    draw = np.random.default_rng(seed)
    drawn = land(seed)
    whole = WkbColumn.of(buildings(drawn, N_EACH, seed), None)
    bad = np.flatnonzero(draw.random(N_EACH) < 0.2)
    made = _defects(draw, drawn.frame)
    values = [whole.data[a:b].tobytes() for a, b in zip(whole.starts, whole.ends, strict=True)]
    for row in bad.tolist():
        values[row] = made[draw.integers(len(made))]
    ends = np.cumsum([0, *map(len, values)], dtype=np.int64)
    spoilt = WkbColumn(np.frombuffer(b"".join(values), np.uint8), ends[:-1], ends[1:])
    ground = ground_of(drawn.book, NOW_US, **drawn.signs)
    expected = window_of(ground, drawn.frame).rule(whole)
    for found in (
        window_of(ground, drawn.frame).rule(spoilt),
        resident(drawn.frame, [spoilt]).rule(ground),
    ):
        assert (found.gate.outcome[bad] == CLOSED).all()
        assert found.gate.nowhere[bad].all()
        rest = np.setdiff1d(np.arange(N_EACH), bad)
        same(found.of(rest), expected.of(rest))
