"""The gate of many footprints: what ``ask_gate_all`` says of each, out of columns.

Boxes say which footprint may meet which face; cells say of most of these that they lie wholly
in it or wholly beside it; what is left becomes geometry and is asked of GEOS, as the plain way
asks it. The answers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.bulk.boxjoin import Floats, Ints, overlap
from rafiqa.bulk.cells import BESIDE, UNSURE, WITHIN
from rafiqa.bulk.footprint import Footprints
from rafiqa.bulk.ground import NEVER, Ground, Prepared
from rafiqa.recovery import CLOSED, CONDITIONS, OPEN, AssetGate

Flags = npt.NDArray[np.bool_]
DEPTHS = (
    None,
    "sufficient",
    "not_certified",
    "insufficient",
    "surface_not_dug",
    "negative",
    "not_searched",
)
"""What is said of a depth; nothing where none is known, or no released ground lies there."""
_SUFFICIENT, _NOT_CERTIFIED, _INSUFFICIENT, _NOT_DUG = 1, 2, 3, 4
_NEGATIVE, _NOT_SEARCHED = 5, 6
_DEPTH_OUTCOMES = np.array([OPEN, OPEN, CONDITIONS, *[CLOSED] * 4], dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Footprints and faces (or signs) whose boxes overlap.

    Attributes:
        which: ``(p,)`` numbers of footprints.
        what: ``(p,)`` numbers of faces, or of signs.
    """

    which: Ints
    what: Ints

    def of(self, kept: Flags | Ints) -> Pairs:
        """Returns some of the pairs."""
        return Pairs(self.which[kept], self.what[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Ruling:
    """The gate of every footprint, and what it stands on and how deep.

    Attributes:
        gate: as ``ask_gate_all`` gives it; closed or with conditions for its depth, too.
        stands: ``(n,)`` of footprints that released ground covers, the book's face of which
            least is proven there; else -1.
        depth: ``(n,)`` what is said of the depth asked about, by ``DEPTHS``.
    """

    gate: AssetGate
    stands: Ints
    depth: npt.NDArray[np.uint8]

    def of(self, rows: Ints) -> Ruling:
        """Returns the ruling of some rows."""
        gate = self.gate
        columns = (getattr(gate, field.name)[rows] for field in fields(gate))
        return Ruling(AssetGate(*columns), self.stands[rows], self.depth[rows])

    def put(self, rows: Ints, other: Ruling) -> None:
        """Puts the ruling of some rows in its place."""
        for field in fields(self.gate):
            getattr(self.gate, field.name)[rows] = getattr(other.gate, field.name)
        self.stands[rows] = other.stands
        self.depth[rows] = other.depth


def unknown(n: int) -> Ruling:
    """Returns the ruling of footprints that nothing on record comes near."""
    gate = AssetGate(
        np.full(n, CONDITIONS, dtype=np.uint8),
        np.full(n, -1, dtype=np.int64),
        *(np.zeros(n, dtype=np.bool_) for _ in range(6)),
    )
    return Ruling(gate, np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.uint8))


def rule(
    ground: Ground, prints: Footprints, pairs: Pairs, depth_cm: Floats | None = None
) -> Ruling:
    """Returns the gate of every footprint, at the surface or at its depth.

    Args:
        ground: faces and signs at one time.
        prints: the footprints.
        pairs: those whose boxes may overlap; what is not among them does not meet. Numbers
            from ``len(ground)`` on are signs.
        depth_cm: ``(n,)`` how deep each will be dug; NaN where nothing is known.
    """
    pairs = pairs.of(overlap(prints.boxes[pairs.which], ground.boxes[pairs.what]))
    on_face = pairs.what < len(ground)
    faces, signs = pairs.of(on_face), pairs.of(~on_face)
    with ground.prepared() as own:
        return _ruled(_Case(ground, own, prints, faces), signs, depth_cm)


def _ruled(case: _Case, signs: Pairs, depth_cm: Floats | None) -> Ruling:
    ground, n = case.ground, len(case.prints)
    top = case.closing()
    covered = case.covered()
    said = Said.nothing(n)
    if len(signs.which):
        said = case.signs(Pairs(signs.which, signs.what - len(ground)), covered)
    doubted = covered & case.doubted()
    free = covered & ~said.waiting & ~said.witnessed & ~doubted
    outcome = np.where(free, OPEN, CONDITIONS).astype(np.uint8)
    outcome[(top >= 0) | said.found] = CLOSED
    stands = case.stands(covered)
    depth = np.zeros(n, dtype=np.uint8)
    if depth_cm is not None:
        depth = case.depth(depth_cm)
        # Where bombing is on record, what is not cleared as deep as it is dug must be searched.
        certified = covered & (depth == _SUFFICIENT)
        depth[said.deep & ~certified & (depth_cm > 0)] = _NOT_SEARCHED
    outcome = np.maximum(outcome, _DEPTH_OUTCOMES[depth])
    number = np.append(ground.faces, -1)
    gate = AssetGate(
        outcome,
        number[top],
        covered,
        said.waiting,
        said.witnessed,
        said.found,
        np.zeros(n, dtype=np.bool_),
        doubted,
    )
    return Ruling(gate, number[stands], depth)


def refuse_nowhere(ruling: Ruling, nowhere: Flags) -> None:
    """Closes what has no ground on the site's grid: nobody can tell what lies there."""
    ruling.gate.nowhere[nowhere] = True
    ruling.gate.outcome[nowhere] = CLOSED


def refuse_negative(ruling: Ruling, depth_cm: Floats) -> None:
    """Closes what has a depth below zero, wherever it lies: it is no registration."""
    negative = depth_cm < 0
    ruling.depth[negative] = _NEGATIVE
    ruling.gate.outcome[negative] = CLOSED


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What signs say of footprints.

    Attributes:
        waiting: ``(n,)`` whether a report waits there.
        witnessed: ``(n,)`` whether unanswered evidence or an accident speaks.
        found: ``(n,)`` whether a chance find lies there that nobody has answered.
        deep: ``(n,)`` whether evidence of bombing is among what speaks.
    """

    waiting: Flags
    witnessed: Flags
    found: Flags
    deep: Flags

    @classmethod
    def nothing(cls, n: int) -> Said:
        """Returns what is said of footprints near no sign."""
        return cls(*(np.zeros(n, dtype=np.bool_) for _ in range(4)))


class _Case:
    """Footprints before the faces that they may meet."""

    def __init__(self, ground: Ground, own: Prepared, prints: Footprints, pairs: Pairs) -> None:
        self.ground, self._own, self.prints = ground, own, prints
        said = (
            ground.cells.judge(pairs.what, prints.boxes[pairs.which], ground.distance_mm)
            if ground.in_cells and len(pairs.which)
            else np.full(len(pairs.which), UNSURE, dtype=np.uint8)
        )
        self._within = pairs.of(said == WITHIN)
        unsure = pairs.of(said == UNSURE)
        # Face by face, so that each prepared face is used up before the next.
        self._unsure = unsure.of(np.argsort(unsure.what, kind="stable"))
        self._inside, self._outside = self._corners()
        self._place = np.full(len(prints), -1, dtype=np.int64)
        self._made = np.empty(0, dtype=object)

    def _corners(self) -> tuple[Ints, Ints]:
        """Returns of each unsure pair how many corners surely lie within the face, and beside."""
        n, unsure = len(self._unsure.which), self._unsure
        if not self.ground.in_cells or not n:
            return np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        owner, xy = self.prints.corners(unsure.which)
        said = self.ground.cells.places(unsure.what[owner], xy)
        return (
            np.bincount(owner[said == WITHIN], minlength=n),
            np.bincount(owner[said == BESIDE], minlength=n),
        )

    def _make(self, which: Ints) -> None:
        """Makes geometry of some footprints that have none yet."""
        new = which[self._place[which] < 0]
        new = np.flatnonzero(np.bincount(new, minlength=len(self.prints)))
        if len(new):
            self._place[new] = len(self._made) + np.arange(len(new))
            self._made = np.concatenate([self._made, self.prints.shapes(new)])

    def _shapes(self, which: Ints) -> npt.NDArray[np.object_]:
        self._make(which)
        shapes: npt.NDArray[np.object_] = self._made[self._place[which]]
        return shapes

    def _near(self, pairs: Pairs) -> Flags:
        shapes, asked = self._own.shapes[pairs.what], self._shapes(pairs.which)
        if self.ground.distance_mm:
            return np.asarray(shapely.dwithin(shapes, asked, self.ground.distance_mm))
        return np.asarray(shapely.intersects(shapes, asked))

    def closing(self) -> Ints:
        """Returns of each footprint the face that closes it and is told of, or -1."""
        rank = self.ground.rank
        best = np.zeros(len(self.prints), dtype=np.int64)
        np.maximum.at(best, self._within.which, rank[self._within.what])
        # A corner within the face is enough to meet it.
        unsure, sure = self._unsure, self._inside > 0
        np.maximum.at(best, unsure.which[sure], rank[unsure.what[sure]])
        open_ = unsure.of(rank[unsure.what] > best[unsure.which])
        open_ = open_.of(self._near(open_))
        np.maximum.at(best, open_.which, rank[open_.what])
        n = len(rank)
        return np.where(best > n, best - n, best) - 1

    def doubted(self) -> Flags:
        """Returns which footprints meet released ground that is in doubt, on its edge too."""
        in_doubt = self.ground.in_doubt
        met = np.zeros(len(self.prints), dtype=np.bool_)
        if not in_doubt.any():
            return met
        met[self._within.which[in_doubt[self._within.what]]] = True
        unsure = self._unsure.of(in_doubt[self._unsure.what] & ~met[self._unsure.which])
        hit = shapely.intersects(self._own.shapes[unsure.what], self._shapes(unsure.which))
        met[unsure.which[hit]] = True
        return met

    def covered(self) -> Flags:
        """Returns which footprints released ground covers wholly."""
        released = self.ground.released
        covered = np.zeros(len(self.prints), dtype=np.bool_)
        covered[self._within.which[released[self._within.what]]] = True
        unsure = self._unsure
        beside = self._outside
        may = released[unsure.what] & ~covered[unsure.which]
        # A corner beside the face is enough not to be covered by it alone.
        asked = unsure.of(may & (beside == 0))
        hit = shapely.covers(self._own.shapes[asked.what], self._shapes(asked.which))
        covered[asked.which[hit]] = True
        # Ground of several faces can cover what no one of them does, where no corner lies off all.
        may &= ~covered[unsure.which]
        which, n = unsure.which[may], len(covered)
        n_corners = np.maximum(self.prints.count - 1, 0)
        left = n_corners[which] - beside[may]
        several = np.bincount(which, minlength=n) > 1
        rest = np.flatnonzero(several & (np.bincount(which, left, minlength=n) >= n_corners))
        if len(rest):
            covered[rest[self._covered_together(rest)]] = True
        return covered

    def _covered_together(self, which: Ints) -> Flags:
        covered = np.zeros(len(which), dtype=np.bool_)
        parts = self._own.parts
        for at, part in self.ground.parts_join.pairs(self.prints.boxes[which]):
            hit = shapely.covers(parts[part], self._shapes(which[at]))
            covered[at[hit]] = True
        return covered

    def stands(self, covered: Flags) -> Ints:
        """Returns of covered footprints the released face of which least is proven, or -1."""
        worth = self.ground.worth
        worst = np.zeros(len(covered), dtype=np.int64)
        touched = self._touched_released(covered)
        np.maximum.at(worst, touched.which, worth[touched.what])
        stands = np.full(len(covered), -1, dtype=np.int64)
        worst_there = touched.of(worth[touched.what] == worst[touched.which])
        stands[worst_there.which] = worst_there.what
        return stands

    def _touched_released(self, asked: Flags) -> Pairs:
        """Returns the pairs of some footprints with released faces that they touch."""
        released = self.ground.released
        within = self._within.of(released[self._within.what] & asked[self._within.which])
        unsure = self._unsure.of(released[self._unsure.what] & asked[self._unsure.which])
        shapes, others = self._own.shapes[unsure.what], self._shapes(unsure.which)
        unsure = unsure.of(np.asarray(shapely.intersects(shapes, others)))
        return Pairs(
            np.concatenate([within.which, unsure.which]),
            np.concatenate([within.what, unsure.what]),
        )

    def depth(self, depth_cm: Floats) -> npt.NDArray[np.uint8]:
        """Returns what is said of each depth, by the rules of one project's gate."""
        said = np.where(depth_cm < 0, _NEGATIVE, 0).astype(np.uint8)
        ground = self.ground
        pairs = self._touched_released(~np.isnan(depth_cm))
        deep, what = depth_cm[pairs.which], pairs.what
        cleared = ground.cleared[what]
        found = np.full(len(what), _SUFFICIENT, dtype=np.uint8)
        found[~cleared & (deep > 0)] = _NOT_CERTIFIED
        found[~cleared & (deep <= 0)] = 0
        found[cleared & (deep > ground.certified_cm[what])] = _INSUFFICIENT
        found[cleared & ground.undug[what] & (deep > 0)] = _NOT_DUG
        # Ground that is only touched says nothing of depth; asked of what speaks against it.
        against = np.flatnonzero(found > _SUFFICIENT)
        common = shapely.intersection(
            self._shapes(pairs.which[against]), ground.shapes[what[against]], grid_size=1.0
        )
        found[against[shapely.area(common) == 0]] = 0
        np.maximum.at(said, pairs.which, found)
        return said

    def signs(self, pairs: Pairs, covered: Flags) -> Said:
        """Returns what signs say of the footprints near them."""
        signs, said = self.ground.signs, Said.nothing(len(covered))
        distance_mm, reach_mm = self.ground.distance_mm, signs.reach_mm[pairs.what]
        report, find = signs.is_report[pairs.what], signs.is_find[pairs.what]
        near_mm = np.where(report, reach_mm, distance_mm)
        places, shapes = signs.places[pairs.what], self._shapes(pairs.which)
        away_mm = np.asarray(shapely.distance(places, shapes))
        on = np.asarray(shapely.intersects(places, shapes)) | (away_mm <= near_mm)
        said.waiting[pairs.which[on & report]] = True
        said.found[pairs.which[on & find]] = True
        witness = ~report & ~find
        speaks = on & witness
        wide = ~on & witness & (reach_mm > distance_mm) & (away_mm <= reach_mm)
        if wide.any():
            about = pairs.of(wide)
            since = self._since(covered, np.unique(about.which))
            older = (since[about.which] < signs.seen[about.what]).any(axis=1)
            speaks[np.flatnonzero(wide)[older]] = True
        said.witnessed[pairs.which[speaks]] = True
        said.deep[pairs.which[speaks & signs.is_bombing[pairs.what]]] = True
        return said

    def _since(self, covered: Flags, which: Ints) -> Ints:
        """Returns ``(n, 2)`` when the ground of some footprints was worked, as the plain way."""
        since = np.full((len(covered), 2), np.iinfo(np.int64).max, dtype=np.int64)
        asked = np.zeros(len(covered), dtype=np.bool_)
        asked[which] = True
        within = self._within.of(asked[self._within.which])
        np.minimum.at(since, within.which, self.ground.since[within.what])
        unsure = self._unsure.of(asked[self._unsure.which])
        shapes = self._own.shapes[unsure.what]
        unsure = unsure.of(np.asarray(shapely.intersects(shapes, self._shapes(unsure.which))))
        np.minimum.at(since, unsure.which, self.ground.since[unsure.what])
        since[~covered] = NEVER
        return since
