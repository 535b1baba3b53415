"""The gate of many footprints: what ``ask_gate_all`` says of each, out of columns.

Boxes say which footprint may meet which face; cells say of most of these that they lie wholly
in it or wholly beside it; what is left becomes geometry and is asked of GEOS, as the plain way
asks it. The answers are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.bulk.boxjoin import Ints
from rafiqa.bulk.cells import UNSURE, WITHIN
from rafiqa.bulk.footprint import Footprints
from rafiqa.bulk.ground import NEVER, Ground
from rafiqa.recovery import CLOSED, CONDITIONS, OPEN, AssetGate

Flags = npt.NDArray[np.bool_]


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


def unknown(n: int) -> AssetGate:
    """Returns the gate of footprints that nothing on record comes near."""
    return AssetGate(
        np.full(n, CONDITIONS, dtype=np.uint8),
        np.full(n, -1, dtype=np.int64),
        *(np.zeros(n, dtype=np.bool_) for _ in range(3)),
    )


def rule(ground: Ground, prints: Footprints, pairs: Pairs) -> AssetGate:
    """Returns the gate of every footprint at the surface.

    Args:
        ground: faces and signs at one time.
        prints: the footprints.
        pairs: those whose boxes may overlap; what is not among them does not meet. Numbers
            from ``len(ground)`` on are signs.
    """
    known = ground.boxes[pairs.what]
    asked = prints.boxes[pairs.which]
    meets = (asked[:, :2] <= known[:, 2:]).all(axis=1) & (asked[:, 2:] >= known[:, :2]).all(axis=1)
    pairs = pairs.of(meets)
    on_face = pairs.what < len(ground)
    faces, signs = pairs.of(on_face), pairs.of(~on_face)
    case = _Case(ground, prints, faces)
    top = case.closing()
    covered = case.covered()
    n = len(prints)
    waiting, witnessed = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    if len(signs.which):
        signs = Pairs(signs.which, signs.what - len(ground))
        waiting, witnessed = case.signs(signs, covered)
    outcome = np.where(covered & ~waiting & ~witnessed, OPEN, CONDITIONS).astype(np.uint8)
    outcome[top >= 0] = CLOSED
    face = np.where(top >= 0, ground.faces[top], -1) if len(ground) else top
    return AssetGate(outcome, face, covered, waiting, witnessed)


class _Case:
    """Footprints before the faces that they may meet."""

    def __init__(self, ground: Ground, prints: Footprints, pairs: Pairs) -> None:
        self._ground, self._prints = ground, prints
        said = (
            ground.cells.judge(pairs.what, prints.boxes[pairs.which], ground.distance_mm)
            if len(pairs.which)
            else np.empty(0, dtype=np.uint8)
        )
        self._within = pairs.of(said == WITHIN)
        unsure = pairs.of(said == UNSURE)
        # Face by face, so that each prepared face is used up before the next.
        self._unsure = unsure.of(np.argsort(unsure.what, kind="stable"))
        self._place = np.full(len(prints), -1, dtype=np.int64)
        self._made = np.empty(0, dtype=object)
        which = np.flatnonzero(np.bincount(unsure.which, minlength=len(prints)))
        self._make(which)

    def _make(self, which: Ints) -> None:
        """Makes geometry of some footprints that have none yet."""
        new = which[self._place[which] < 0]
        if len(new):
            self._place[new] = len(self._made) + np.arange(len(new))
            self._made = np.concatenate([self._made, self._prints.shapes(new)])

    def _shapes(self, which: Ints) -> npt.NDArray[np.object_]:
        shapes: npt.NDArray[np.object_] = self._made[self._place[which]]
        return shapes

    def _near(self, pairs: Pairs) -> Flags:
        shapes, asked = self._ground.own_shapes[pairs.what], self._shapes(pairs.which)
        if self._ground.distance_mm:
            return np.asarray(shapely.dwithin(shapes, asked, self._ground.distance_mm))
        return np.asarray(shapely.intersects(shapes, asked))

    def closing(self) -> Ints:
        """Returns of each footprint the face that closes it and is told of, or -1."""
        rank = self._ground.rank
        best = np.zeros(len(self._prints), dtype=np.int64)
        np.maximum.at(best, self._within.which, rank[self._within.what])
        unsure = self._unsure
        open_ = unsure.of(rank[unsure.what] > best[unsure.which])
        open_ = open_.of(self._near(open_))
        np.maximum.at(best, open_.which, rank[open_.what])
        n = len(rank)
        return np.where(best > n, best - n, best) - 1

    def covered(self) -> Flags:
        """Returns which footprints released ground covers wholly."""
        released = self._ground.released
        covered = np.zeros(len(self._prints), dtype=np.bool_)
        covered[self._within.which[released[self._within.what]]] = True
        unsure = self._unsure
        asked = unsure.of(released[unsure.what] & ~covered[unsure.which])
        hit = shapely.covers(self._ground.own_shapes[asked.what], self._shapes(asked.which))
        covered[asked.which[hit]] = True
        asked = asked.of(~covered[asked.which])
        # Ground of several faces can cover what no one of them does.
        several = np.bincount(asked.which, minlength=len(covered)) > 1
        rest = np.flatnonzero(several)
        if len(rest):
            covered[rest[self._covered_together(rest)]] = True
        return covered

    def _covered_together(self, which: Ints) -> Flags:
        covered = np.zeros(len(which), dtype=np.bool_)
        parts = self._ground.own_parts
        for at, part in self._ground.parts_join.pairs(self._prints.boxes[which]):
            hit = shapely.covers(parts[part], self._shapes(which[at]))
            covered[at[hit]] = True
        return covered

    def signs(self, pairs: Pairs, covered: Flags) -> tuple[Flags, Flags]:
        """Returns which footprints a report waits on, and which a sign speaks against."""
        self._make(np.unique(pairs.which))
        signs = self._ground.signs
        places, shapes = signs.places[pairs.what], self._shapes(pairs.which)
        distance_mm = self._ground.distance_mm
        if distance_mm:
            on = np.asarray(shapely.dwithin(places, shapes, distance_mm))
        else:
            on = np.asarray(shapely.intersects(places, shapes))
        waiting, witnessed = np.zeros_like(covered), np.zeros_like(covered)
        report = signs.is_report[pairs.what]
        waiting[pairs.which[on & report]] = True
        witnessed[pairs.which[on & ~report]] = True
        reach_mm = signs.reach_mm[pairs.what]
        wide = ~report & (reach_mm > distance_mm)
        wide &= np.asarray(shapely.dwithin(places, shapes, reach_mm))
        if wide.any():
            about = pairs.of(wide)
            since = self._since(covered, np.unique(about.which))
            older = (since[about.which] < signs.seen[about.what]).any(axis=1)
            witnessed[about.which[older]] = True
        return waiting, witnessed

    def _since(self, covered: Flags, which: Ints) -> Ints:
        """Returns ``(n, 2)`` when the ground of some footprints was worked, as the plain way."""
        since = np.full((len(covered), 2), np.iinfo(np.int64).max, dtype=np.int64)
        asked = np.zeros(len(covered), dtype=np.bool_)
        asked[which] = True
        within = self._within.of(asked[self._within.which])
        np.minimum.at(since, within.which, self._ground.since[within.what])
        unsure = self._unsure.of(asked[self._unsure.which])
        shapes = self._ground.own_shapes[unsure.what]
        unsure = unsure.of(np.asarray(shapely.intersects(shapes, self._shapes(unsure.which))))
        np.minimum.at(since, unsure.which, self._ground.since[unsure.what])
        since[~covered] = NEVER
        return since
