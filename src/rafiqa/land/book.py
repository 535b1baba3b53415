"""The land book: every square metre on record in exactly one state, as known at one time.

All outlines on record are laid over one another on the site's 1 mm grid; the pieces
between their lines are faces, and each face carries its own timeline. Faces are made
cluster by cluster, where a cluster is a set of outlines that touch; a cluster is keyed by
what lies in it, so that one new fact re-makes only the ground it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from rafiqa.geo import GridShape
from rafiqa.land.effect import walk
from rafiqa.land.face import Face, Sliver, make_faces
from rafiqa.land.fact import Recorded, WorkInspected, WorkReported
from rafiqa.land.register import Lower, Raise, Reclass, Register
from rafiqa.land.rule import unsound
from rafiqa.land.timeline import LandState
from rafiqa.land.witness import Witnesses

Cluster = tuple[Face, ...]
ClusterCache = MutableMapping[tuple[object, ...], Cluster]
"""Faces made before, by what lay in their cluster; a plain dict will do."""


@dataclass(slots=True, eq=False)
class LandBook:
    """The fold of a ledger's land facts, as known at one time.

    Attributes:
        register: everything on record by id.
        cluster_cache: shared between books of the same site to avoid making faces twice.
    """

    register: Register
    cluster_cache: ClusterCache = field(default_factory=dict)
    _faces: list[Face] | None = None
    _tree: shapely.STRtree | None = None
    _not_cleared: tuple[list[str], shapely.STRtree] | None = None
    _failed: tuple[list[str], shapely.STRtree] | None = None
    _witnesses: Witnesses | None = None
    _reclasses_by_area: dict[str | None, list[Reclass]] | None = None

    @property
    def faces(self) -> Sequence[Face]:
        """Every face on record; disjoint, and together all ground ever put on record."""
        if self._faces is None:
            self._faces = [face for cluster in self._clusters() for face in cluster]
        return self._faces

    @property
    def tree(self) -> shapely.STRtree:
        """A spatial index over ``faces``, in mm of the site's frame."""
        if self._tree is None:
            self._tree = shapely.STRtree([face.shape.geometry for face in self.faces])
        return self._tree

    @property
    def slivers(self) -> tuple[Sliver, ...]:
        """Every sliver that was joined to its neighbour, in the order of the faces."""
        return tuple(item for face in self.faces for item in face.slivers)

    @property
    def unproven(self) -> tuple[Face, ...]:
        """The faces of ground that could not be cut soundly, and so is hazard."""
        return tuple(face for face in self.faces if _unproven(face))

    def near(self, shape: GridShape, distance_mm: int = 0) -> list[Face]:
        """Returns the faces that touch a shape, or lie within a distance of it."""
        if shape.is_empty:
            return []
        if distance_mm:
            found = self.tree.query(shape.geometry, predicate="dwithin", distance=distance_mm)
        else:
            found = self.tree.query(shape.geometry, predicate="intersects")
        return [self.faces[index] for index in sorted(found)]

    def at_mm(self, x_mm: int, y_mm: int) -> list[Face]:
        """Returns every face that covers a point or has it on its edge."""
        found = self.tree.query(shapely.Point(x_mm, y_mm), predicate="intersects")
        return [self.faces[index] for index in sorted(found)]

    def not_cleared_at_mm(self, x_mm: int, y_mm: int) -> list[str]:
        """Returns the ids of the parts reported as not cleared that cover a point, in order."""
        if self._not_cleared is None:
            parts = self.register.parts.items()
            kept = [(key, part) for key, (part, _) in parts if part.outcome == "not_cleared"]
            tree = shapely.STRtree([part.shape.geometry for _, part in kept])
            self._not_cleared = [key for key, _ in kept], tree
        ids, tree = self._not_cleared
        found = tree.query(shapely.Point(x_mm, y_mm), predicate="intersects")
        return [ids[index] for index in sorted(found)]

    def failed_work_at_mm(self, x_mm: int, y_mm: int) -> list[str]:
        """Returns the ids of works with a part on a point that an inspection ever refused."""
        if self._failed is None:
            kept = [
                (work_id, part.shape.geometry)
                for work_id, inspections in self.register.inspections.items()
                if any(
                    isinstance(item.fact, WorkInspected) and unsound(item.fact)
                    for item in inspections
                )
                and (work := self.register.works.get(work_id)) is not None
                and isinstance(work.fact, WorkReported)
                for part in work.fact.parts
            ]
            tree = shapely.STRtree([shape for _, shape in kept])
            self._failed = [work_id for work_id, _ in kept], tree
        ids, tree = self._failed
        found = tree.query(shapely.Point(x_mm, y_mm), predicate="intersects")
        return list(dict.fromkeys(ids[index] for index in sorted(found)))

    @property
    def witnesses(self) -> Witnesses:
        """Every sign of explosive ordnance on record, found by place."""
        if self._witnesses is None:
            self._witnesses = Witnesses(self)
        return self._witnesses

    def states(self, valid_at_us: int) -> Iterator[tuple[Face, LandState]]:
        """Yields each face on record at a time with its state then."""
        for face in self.faces:
            state = face.timeline.at(valid_at_us)
            if state is not None:
                yield face, state

    @property
    def _reclasses(self) -> dict[str | None, list[Reclass]]:
        if self._reclasses_by_area is None:
            found: dict[str | None, list[Reclass]] = {}
            for item in self.register.reclasses:
                found.setdefault(item.area_id, []).append(item)
            self._reclasses_by_area = found
        return self._reclasses_by_area

    def _clusters(self) -> Iterator[Cluster]:
        raises, lowers = self.register.raises, self.register.lowers
        shapes = [item.shape.geometry for item in raises]
        shapes += [item.shape.geometry for item in lowers]
        for members in _touching(shapes):
            cluster_raises = [raises[index] for index in members if index < len(raises)]
            cluster_lowers = [
                lowers[index - len(raises)] for index in members if index >= len(raises)
            ]
            yield self._cluster(cluster_raises, cluster_lowers)

    def _cluster(self, raises: Sequence[Raise], lowers: Sequence[Lower]) -> Cluster:
        areas = dict.fromkeys(item.area_id for item in raises)
        reclasses = [item for area_id in areas for item in self._reclasses.get(area_id, ())]
        key = (*raises, *lowers, *reclasses)
        cached = self.cluster_cache.get(key)
        if cached is None:
            cached = make_faces(raises, lowers, reclasses)
            self.cluster_cache[key] = cached
        return cached


def _unproven(face: Face) -> bool:
    return any(step.state is not None and step.state.unproven for step in face.timeline.steps)


def _touching(shapes: Sequence[shapely.Geometry]) -> Iterator[list[int]]:
    """Yields lists of indices of shapes that touch one another, directly or through others."""
    if not shapes:
        return
    parent = list(range(len(shapes)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    left, right = shapely.STRtree(shapes).query(np.asarray(shapes), predicate="intersects")
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        first, second = root(one), root(other)
        if first != second:
            parent[max(first, second)] = min(first, second)
    groups: dict[int, list[int]] = {}
    for index in range(len(shapes)):
        groups.setdefault(root(index), []).append(index)
    yield from groups.values()


def fold(facts: Iterable[Recorded], cluster_cache: ClusterCache | None = None) -> LandBook:
    """Returns the land book of the facts given, in whatever order they come.

    Args:
        facts: what is known; leave out what was not yet known at the time asked about.
        cluster_cache: faces made for earlier books of the same site, to be used again.
    """
    return LandBook(walk(facts), {} if cluster_cache is None else cluster_cache)
