"""Grounds: dockets whose land touches, cut into faces with a story each, version by version.

A ground is what one new fact can change: everything that touches it, directly or through
others. Its faces are made cluster by cluster, where a cluster is a set of raises and lowerings
that touch as known at one time, and clusters made before are used again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from rafiqa.land.docket import FOREVER, Docket
from rafiqa.land.face import ActKey, Face, Stories, act_key, make_faces
from rafiqa.land.register import Lower, Raise, Reclass

TOUCH_MM = 2
"""Shapes this near are noded together: noding may move an edge by less than 1 mm."""
GROUND_TOUCH_MM = 2 * TOUCH_MM
"""Facts this near share a ground: what a fact raises or lowers differs by less than 1 mm from
the shape it names."""


Cluster = tuple[Face, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroundVersion:
    """A ground as known for a while: what raises and lowers it, and its faces."""

    raises: tuple[Raise, ...]
    lowers: tuple[Lower, ...]
    faces: tuple[Face, ...]


EMPTY = GroundVersion((), (), ())


@dataclass(slots=True, eq=False)
class Ground:
    """Dockets whose land touches, in the order in which they came to touch.

    Attributes:
        until: the place in the ledger at which it became part of another, ``into``.
        rows: its versions' numbers in the history, with the place at which each begins.
    """

    until: int = FOREVER
    into: Ground | None = None
    rows: list[int] = field(default_factory=list)
    row_seqs: list[int] = field(default_factory=list)
    _dockets: list[Docket] = field(default_factory=list)
    _since: list[int] = field(default_factory=list)
    _clusters: dict[ActKey, Cluster] = field(default_factory=dict)
    _stories: Stories = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._dockets)

    def add(self, docket: Docket, seq: int) -> None:
        """Adds a docket whose land touches from this place in the ledger on."""
        self._dockets.append(docket)
        self._since.append(seq)

    def absorb(self, other: Ground, seq: int) -> None:
        """Takes in another ground's dockets; from this place in the ledger on they are one."""
        self._dockets += other._dockets
        self._since += [seq] * len(other)
        self._clusters |= other._clusters
        self._stories |= other._stories
        other._clusters, other._stories = {}, {}
        other.until, other.into = seq, self

    def at(self, seq: int) -> Ground:
        """Returns the ground that this was part of at a place in the ledger."""
        ground = self
        while ground.until <= seq and ground.into is not None:
            ground = ground.into
        return ground

    def row(self, seq: int) -> int | None:
        """Returns the number of its version at a place in the ledger; None before there was one."""
        index = bisect_right(self.row_seqs, seq)
        return self.rows[index - 1] if index else None

    def version(self, seq: int) -> GroundVersion:
        """Returns the ground as known at a place in the ledger, made afresh where it must be."""
        known = self._dockets[: bisect_right(self._since, seq)]
        registers = [docket.register(seq) for docket in known if docket.until > seq]
        raises = sorted((item for each in registers for item in each.raises), key=_moment)
        lowers = sorted((item for each in registers for item in each.lowers), key=_moment)
        reclasses: dict[str | None, list[Reclass]] = {}
        for each in registers:
            for item in each.reclasses:
                reclasses.setdefault(item.area_id, []).append(item)
        made: dict[ActKey, Cluster] = {}
        told: Stories = {}
        found: list[Face] = []
        for some_raises, some_lowers in clusters(raises, lowers):
            areas = dict.fromkeys(item.area_id for item in some_raises)
            decided = [item for area_id in areas for item in reclasses.get(area_id, ())]
            key = act_key(some_raises, some_lowers, decided)
            cluster = self._clusters.get(key)
            if cluster is None:
                cluster = make_faces(some_raises, some_lowers, decided, self._stories, told)
            made[key] = cluster
            found += cluster
        if not self.row_seqs or seq >= self.row_seqs[-1]:
            # What the newest version does not need any more is no longer kept.
            self._clusters = made
            self._stories = told or self._stories
        return GroundVersion(tuple(raises), tuple(lowers), tuple(found))


def clusters(
    raises: Sequence[Raise], lowers: Sequence[Lower]
) -> Iterator[tuple[list[Raise], list[Lower]]]:
    """Yields the raises and lowerings that touch one another, directly or through others."""
    shapes = [item.shape.geometry for item in raises]
    shapes += [item.shape.geometry for item in lowers]
    for members in _touching(shapes):
        yield (
            [raises[index] for index in members if index < len(raises)],
            [lowers[index - len(raises)] for index in members if index >= len(raises)],
        )


def _touching(shapes: Sequence[shapely.Geometry]) -> Iterator[list[int]]:
    """Yields lists of indices of shapes that touch one another, directly or through others."""
    if len(shapes) < 2:
        yield from ([0] for _ in shapes)
        return
    parent = list(range(len(shapes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    every = np.array(shapes, dtype=object)
    left, right = shapely.STRtree(every).query(every, predicate="dwithin", distance=TOUCH_MM)
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        first, second = root(one), root(other)
        if first != second:
            parent[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = {}
    for index in range(len(shapes)):
        groups.setdefault(root(index), []).append(index)
    yield from groups.values()


def _moment(item: Raise | Lower) -> tuple[int, int]:
    return item.valid_at_us, item.seq
