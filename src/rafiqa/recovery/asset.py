"""Assets in columns, and the gate over all of them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land import Face, LandBook, LandState, quarantines
from rafiqa.recovery.answer import GatePolicy
from rafiqa.recovery.reportplace import ReportPlace

OPEN, CONDITIONS, CLOSED = 0, 1, 2
OUTCOMES = ("open", "conditions", "closed")
ASSET_POLICY = GatePolicy(noise_m2=0)
"""With which one asset's gate is asked, so that it is the one that all are given at once."""
LINE_WIDTH_M = 10.0
"""How wide a road, a pipeline or another line is taken to be where its layer does not say.

Two lanes with their verges, or the strip that is dug open for a main: a line that is taken
too wide asks about too much ground, one too narrow about too little.
"""
POINT_REACH_MM = 500
"""How far from a building known as a point its ground reaches each way."""
_ROUND_SEGMENTS = 8
_ROUND_SLACK = 1 / math.cos(1.5 * math.pi / (4 * _ROUND_SEGMENTS))
"""By how much an arc drawn in chords is drawn larger, so that no chord cuts into the circle.

At a bend GEOS draws chords of up to one and a half times the angle that it is asked for.
"""


@dataclass(frozen=True, slots=True, eq=False)
class AssetTable:
    """Assets of one reference layer: ids, shapes on the ground and whatever else is known.

    Attributes:
        ids: ``(n,)`` ids.
        shapes_mm: ``(n,)`` shapely geometries, mm of the site's frame.
        columns: other columns by dictionary name, each of length n.
    """

    ids: Sequence[str]
    shapes_mm: npt.NDArray[np.object_]
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.ids)

    def values(self, name: str) -> Sequence[Any]:
        """Returns a column, or nothing known for each asset where the layer has none."""
        known = self.columns.get(name)
        return [None] * len(self.ids) if known is None else known


InDoubt = Callable[[Face, LandState], bool]
"""Says of a face on record, in its state, whether it was released and that is in doubt."""


@dataclass(frozen=True, slots=True, eq=False)
class AssetGate:
    """The gate of every asset: outcome codes and what they rest on.

    Attributes:
        outcome: ``(n,)`` uint8: 0 open, 1 open with conditions, 2 closed.
        face: ``(n,)`` int64: index into the book's faces of one that closes it, or -1.
        covered: ``(n,)`` bool: whether released ground covers it wholly.
        waiting: ``(n,)`` bool: whether a resident's report on it waits for an answer.
        witnessed: ``(n,)`` bool: whether evidence or an accident on it is unanswered.
        found: ``(n,)`` bool: whether a chance find on it is unanswered, which closes it.
        nowhere: ``(n,)`` bool: whether it has no ground on the site's grid, which closes it: a
            hazard may lie there and nobody can tell.
        doubted: ``(n,)`` bool: whether released ground covers it wholly and some of that is in
            doubt: it opens only with the condition that the authority answers that first.
    """

    outcome: npt.NDArray[np.uint8]
    face: npt.NDArray[np.int64]
    covered: npt.NDArray[np.bool_]
    waiting: npt.NDArray[np.bool_]
    witnessed: npt.NDArray[np.bool_]
    found: npt.NDArray[np.bool_]
    nowhere: npt.NDArray[np.bool_]
    doubted: npt.NDArray[np.bool_]

    def count(self, outcome: int) -> int:
        """Returns how many assets have an outcome."""
        return int((self.outcome == outcome).sum())


def with_ground(
    shapes_mm: npt.NDArray[np.object_], widths_m: Sequence[float | None] | None = None
) -> npt.NDArray[np.object_]:
    """Returns shapes on the 1 mm grid that all have ground.

    Of a point that is a square metre round it, of a line a strip of its width. Land is on that
    grid: a wall drawn along the edge of released land must not stick out by a rounding. A
    building known as a point stands on more than that point, and a hazard beside it counts.

    Args:
        shapes_mm: ``(n,)`` shapely geometries, mm of the site's frame.
        widths_m: ``(n,)`` widths of lines; ``LINE_WIDTH_M`` where none is known.
    """
    drawn = shapes_mm.copy()
    dimensions = shapely.get_dimensions(drawn)
    placed = ~shapely.is_missing(drawn) & ~shapely.is_empty(drawn)
    lines = placed & (dimensions == 1)
    if lines.any():
        drawn[lines] = _strips(drawn[lines], _half_widths_mm(widths_m, lines))
    rounded: npt.NDArray[np.object_] = shapely.transform(drawn, np.rint)
    bare = placed & (dimensions == 0)
    west, south, east, north = shapely.bounds(rounded[bare]).T
    reach = POINT_REACH_MM
    rounded[bare] = shapely.box(west - reach, south - reach, east + reach, north + reach)
    bent = placed & ~shapely.is_valid(rounded)
    rounded[bent] = drawn[bent]
    return rounded


def _half_widths_mm(
    widths_m: Sequence[float | None] | None, lines: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Returns half the width of each line; a width of nothing or less is a width not known."""
    told = [None] * len(lines) if widths_m is None else widths_m
    rows = np.flatnonzero(lines).tolist()
    known = np.array([float(told[row] or 0) for row in rows], dtype=np.float64)
    wide = np.isfinite(known) & (known > 0)
    halves: npt.NDArray[np.float64] = 500.0 * np.where(wide, known, LINE_WIDTH_M)
    return halves


def _strips(
    lines_mm: npt.NDArray[np.object_], half_widths_mm: npt.NDArray[np.float64]
) -> npt.NDArray[np.object_]:
    """Returns strips that hold all ground within half a width of each line, and hardly more."""
    # A vertex moves by less than a millimetre when it goes to the grid.
    reach_mm = half_widths_mm * _ROUND_SLACK + 1.0
    strips: npt.NDArray[np.object_] = shapely.buffer(lines_mm, reach_mm, quad_segs=_ROUND_SEGMENTS)
    return strips


def ask_gate_all(
    shapes_mm: npt.NDArray[np.object_],
    tree: shapely.STRtree,
    book: LandBook,
    valid_at_us: int,
    *,
    distance_mm: int = 0,
    reports_mm: Sequence[ReportPlace] = (),
    finds_mm: Sequence[tuple[int, int]] = (),
    in_doubt: InDoubt | None = None,
) -> AssetGate:
    """Returns the gate of every asset at its own footprint and the surface.

    Closed where it has no ground to ask about, or where any hazard, released ground that a
    failed lot has put in doubt, or an unanswered chance find touches it (or lies within the
    distance), open where released ground covers it wholly, none of that is in doubt and no
    report or witness there is unanswered, open with conditions everywhere else: nothing on record
    is no all-clear. The tree is over the assets and each face asks it, since faces are few.

    Args:
        shapes_mm: ``(n,)`` footprints, mm of the site's frame.
        tree: a spatial index over them.
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        distance_mm: how far a hazard or a report must lie off.
        reports_mm: places of residents' reports not yet answered, and how far off each may lie.
        finds_mm: places of chance finds that no ordnance team has answered.
        in_doubt: of which released faces the release is in doubt; of none where not given.
    """
    decided = np.full(len(shapes_mm), -1, dtype=np.int64)
    hazards: list[int] = []
    released: list[int] = []
    stopped: list[int] = []
    doubtful: list[BaseGeometry] = []
    for index, face in enumerate(book.faces):
        state = face.timeline.at(valid_at_us)
        if state is None:
            continue
        (hazards if state.is_hazard else released).append(index)
        if quarantines(book.register, state, valid_at_us):
            stopped.append(index)
        if in_doubt is not None and in_doubt(face, state):
            doubtful.append(face.shape.geometry)
    # Of several the last counts: a hazard is told before ground that is only stopped.
    closing = [*stopped, *hazards]
    shapes = [book.faces[index].shape.geometry for index in closing]
    asked, which = _within(tree, np.array(shapes, dtype=object), distance_mm)
    decided[which] = np.asarray(closing, dtype=np.int64)[asked]
    reach_mm = np.array([distance_mm + reach for _, _, reach in reports_mm], dtype=np.float64)
    waiting = _beside(tree, [place[:2] for place in reports_mm], reach_mm)
    found = _beside(tree, finds_mm, np.full(len(finds_mm), float(distance_mm)))
    covered = _covered(len(shapes_mm), tree, book, released)
    witnessed = _witnessed(tree, book, valid_at_us, covered, distance_mm)
    doubted = np.zeros(len(shapes_mm), dtype=np.bool_)
    doubted[_within(tree, np.array(doubtful, dtype=object), 0)[1]] = True
    doubted &= covered
    free = covered & ~waiting & ~witnessed & ~doubted
    outcome = np.where(free, OPEN, CONDITIONS).astype(np.uint8)
    nowhere = _nowhere(shapes_mm)
    outcome[(decided >= 0) | found | nowhere] = CLOSED
    return AssetGate(outcome, decided, covered, waiting, witnessed, found, nowhere, doubted)


def _nowhere(shapes_mm: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Returns which assets have no ground: no shape, an empty one, or no number for a place."""
    nowhere = shapely.is_missing(shapes_mm) | shapely.is_empty(shapes_mm)
    xy, rows = shapely.get_coordinates(shapes_mm, return_index=True)
    nowhere[rows[~np.isfinite(xy).all(axis=1)]] = True
    return np.asarray(nowhere)


def _beside(
    tree: shapely.STRtree,
    places_mm: Sequence[tuple[int, ...]],
    reach_mm: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Returns which assets any of some places lies on, or within its reach of."""
    found = np.zeros(len(tree.geometries), dtype=np.bool_)
    if places_mm:
        places = shapely.points(np.array(places_mm, dtype=np.float64))
        found[tree.query(places, predicate="dwithin", distance=reach_mm)[1]] = True
    return found


def _witnessed(
    tree: shapely.STRtree,
    book: LandBook,
    valid_at_us: int,
    covered: npt.NDArray[np.bool_],
    distance_mm: int,
) -> npt.NDArray[np.bool_]:
    """Returns which assets unanswered evidence or an accident lies on, or within a distance.

    Also those on which one may lie that is no more exact, unless all their ground was
    released since.
    """
    found = np.zeros(len(covered), dtype=np.bool_)
    witnesses = book.witnesses
    which = np.array(witnesses.unanswered(valid_at_us), dtype=np.int64)
    found[_within(tree, witnesses.places[which], distance_mm)[1]] = True
    wide = which[witnesses.accuracy_mm[which] > distance_mm]
    if len(wide):
        reach_mm = witnesses.accuracy_mm[wide]
        places = witnesses.places[wide]
        sign, asset = tree.query(places, predicate="dwithin", distance=reach_mm)
        seen = np.array([(item.valid_at_us, item.seq + 1) for item in witnesses.all])[wide]
        since = _released_since(tree, book, valid_at_us, covered)
        found[asset[(since[asset] < seen[sign]).any(axis=1)]] = True
    return found


def _released_since(
    tree: shapely.STRtree, book: LandBook, valid_at_us: int, covered: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Returns ``(n, 2)`` int64: when, in truth and on record, the ground of each was worked.

    The oldest work that a release of it rests on counts; where not all the ground is
    released, the lowest number.
    """
    never = np.iinfo(np.int64).min
    since = np.full((len(covered), 2), np.iinfo(np.int64).max, dtype=np.int64)
    on_record = list(book.states(valid_at_us))
    moments = []
    for _, state in on_record:
        works = [act.begun for act in book.witnesses.acts_behind(state, valid_at_us)]
        true_us = min((work.valid_at_us for work in works), default=never)
        moments.append((true_us, min((work.seq for work in works), default=never)))
    shapes = np.array([face.shape.geometry for face, _ in on_record], dtype=object)
    face, asset = _within(tree, shapes, 0)
    np.minimum.at(since, asset, np.array(moments, dtype=np.int64).reshape(-1, 2)[face])
    since[~covered] = never
    return since


def _within(
    tree: shapely.STRtree, shapes: npt.NDArray[np.object_], distance_mm: int
) -> npt.NDArray[np.int64]:
    """Returns pairs of shape and asset that touch, or lie within the distance of one another."""
    if not len(shapes):
        return np.zeros((2, 0), dtype=np.int64)
    if distance_mm:
        return tree.query(shapes, predicate="dwithin", distance=distance_mm)
    return tree.query(shapes, predicate="intersects")


def _covered(
    n_assets: int, tree: shapely.STRtree, book: LandBook, released: Sequence[int]
) -> npt.NDArray[np.bool_]:
    covered = np.zeros(n_assets, dtype=np.bool_)
    if released:
        ground = shapely.disjoint_subset_union_all(
            np.array([book.faces[index].shape.geometry for index in released], dtype=object)
        )
        _, within = tree.query(shapely.get_parts(ground), predicate="covers")
        covered[within] = True
    return covered
