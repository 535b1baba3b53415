"""Faces of ground: cut from the outlines on record, checked, and each given its story.

A cut that fails its check is made anew on a finer grid. Where that fails too, nobody knows
which ground is which: all of it is hazard until a person has looked. Slivers, which no survey
can tell apart on the ground, go to the worst of their neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.errors import GEOSException

from rafiqa.geo import FINE_PER_MM, GridShape, cut_fault, faces, join, union_of
from rafiqa.geo import Face as Cut
from rafiqa.land.evidence import outranks
from rafiqa.land.fact import HazardClass
from rafiqa.land.register import Lower, Raise, Reclass
from rafiqa.land.timeline import LandState, Step, Timeline, claims_on_face, timeline

SLIVER_WIDTH_MM = 10
"""A face of less mean width is a sliver: survey is good to centimetres at best (geo-stack §3)."""

_RANK = ("cleared", "reduced", "cancelled", None, "indication", "sha", "cha")
"""States from best to worst; nothing on record is unknown, and so worse than released."""


@dataclass(frozen=True, slots=True)
class Sliver:
    """A sliver that was joined to its neighbour: how large, where, whose, and into what.

    Attributes:
        area2_mm2: twice its area in mm².
        at_mm: a place in it, mm of the site's frame.
        claims: the claims on it, as they ended.
        into: the claims on the face that took it.
    """

    area2_mm2: int
    at_mm: tuple[int, int]
    claims: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of ground with one story, and the slivers that were joined to it.

    ``place_mm`` is a place on its own ground, apart from any sliver, where it took one.
    """

    shape: GridShape
    timeline: Timeline
    slivers: tuple[Sliver, ...] = ()
    place_mm: tuple[float, float] | None = None

    @property
    def inner(self) -> shapely.Point:
        """A place inside it that every outline on record covers or not, as it does the face."""
        if self.place_mm is not None:
            return shapely.Point(self.place_mm)
        return shapely.point_on_surface(self.shape.geometry)


ActKey = tuple[Raise | Lower | Reclass, ...]
Stories = dict[ActKey, Timeline]
NOTHING_TOLD = Timeline(())
"""The story of ground that a lowering covers and that nothing ever put on record."""


def act_key(
    raises: Sequence[Raise], lowers: Sequence[Lower], reclasses: Sequence[Reclass]
) -> ActKey:
    """Returns what the faces of a cluster, or the story of one, depend on, and nothing else."""
    return (*raises, *lowers, *reclasses)


def make_faces(
    raises: Sequence[Raise],
    lowers: Sequence[Lower],
    reclasses: Sequence[Reclass],
    stories: Stories | None = None,
    told: Stories | None = None,
) -> tuple[Face, ...]:
    """Returns the faces of a cluster: a partition of its ground, proven or shown as hazard.

    Args:
        raises: what puts ground to hazard in the cluster.
        lowers: what takes ground off hazard in it.
        reclasses: decisions on the class of its areas.
        stories: stories told before, by what they depend on.
        told: where each story told here is put.
    """
    shapes = [*(item.shape for item in raises), *(item.shape for item in lowers)]
    found = _cut(shapes)
    if found is None:
        return tuple(_unproven(raises, shapes, reclasses))
    made = []
    known = stories or {}
    for shape, covering in found:
        on_raises = [raises[index] for index in covering if index < len(raises)]
        on_lowers = [lowers[index - len(raises)] for index in covering if index >= len(raises)]
        key = act_key(on_raises, on_lowers, reclasses)
        story = known.get(key)
        if story is None:
            claims = claims_on_face(on_raises, on_lowers, reclasses)
            story = timeline(claims) if claims else NOTHING_TOLD
        if told is not None:
            told[key] = story
        if story is not NOTHING_TOLD:
            made.append(Face(shape, story))
    return join_slivers(made)


def _cut(shapes: Sequence[GridShape]) -> list[Cut] | None:
    """The first sound cut: on the 1 mm grid, else on the finer one, else None."""
    for per_mm in (1, FINE_PER_MM):
        try:
            found = faces(shapes, per_mm)
            if cut_fault(shapes, found) is None:
                return found
        except (GEOSException, ValueError):
            continue
    return None


# --- ground that could not be cut soundly


def _unproven(
    raises: Sequence[Raise], shapes: Sequence[GridShape], reclasses: Sequence[Reclass]
) -> Iterator[Face]:
    """Yields the ground of a cluster as hazard since the first of it came on record."""
    on_record = [item for item in raises if item.kind not in {"left", "failed", "structure"}]
    if not on_record:
        return
    class_: HazardClass = "indication"
    for given in [*(item.class_ for item in raises), *(item.class_ for item in reclasses)]:
        class_ = given if outranks(given, class_) else class_
    areas = dict.fromkeys(item.area_id for item in on_record if item.area_id is not None)
    claims = tuple(areas) or (on_record[0].subject,)
    subjects = tuple(dict.fromkeys(item.subject for item in on_record))
    state = LandState(class_, class_, claims, subjects, unproven=True)
    first_us = min(item.valid_at_us for item in on_record)
    story = Timeline((Step(first_us, state, corrected=False),))
    for shape in _whole_ground(shapes):
        yield Face(shape, story)


def _whole_ground(shapes: Sequence[GridShape]) -> list[GridShape]:
    """All the ground of shapes: as one where that loses none of them, else as they are."""
    apart = [shape for shape in dict.fromkeys(shapes) if not shape.is_empty]
    try:
        whole = union_of(apart)
        sound = whole.geometry.is_valid and all(_kept(shape, whole) for shape in apart)
    except (GEOSException, ValueError):
        return apart
    return [whole] if sound else apart


def _kept(shape: GridShape, whole: GridShape) -> bool:
    lost = shape.difference(whole)
    return lost.area2_mm2 <= 2 * shape.geometry.length


# --- slivers


def join_slivers(made: Sequence[Face]) -> tuple[Face, ...]:
    """Returns the faces with each sliver joined to a neighbour that is never better than it.

    Of those, the neighbour with the longest common edge takes it; where there is none, the
    sliver stays. So ground can only come to be more hazardous, and every sum stays exact.
    """
    thin = [index for index, face in enumerate(made) if _is_thin(face.shape)]
    if not thin:
        return tuple(made)
    live: list[Face | None] = list(made)
    owner = list(range(len(made)))
    beside = _neighbours([face.shape for face in made], thin)
    for index in sorted(thin, key=lambda at: (made[at].shape.area2_mm2, at)):
        sliver = live[index]
        if sliver is None or not _is_thin(sliver.shape):
            continue
        host = _host(sliver, index, beside, live, owner)
        if host is not None:
            live[host] = _joined(live[host], sliver)
            live[index], owner[index] = None, host
    return tuple(face for face in live if face is not None)


def _is_thin(shape: GridShape) -> bool:
    # The mean width is twice the area by the perimeter.
    return shape.area2_mm2 < SLIVER_WIDTH_MM * shape.geometry.length


def _neighbours(
    shapes: Sequence[GridShape], thin: Sequence[int]
) -> dict[int, list[tuple[int, float]]]:
    """For each thin shape its neighbours, each with the length of a common edge in mm."""
    sides: dict[tuple[int, ...], int] = {}
    edges = [[tuple(edge) for edge in shape.edges(FINE_PER_MM).tolist()] for shape in shapes]
    for index, walked in enumerate(edges):
        sides.update(dict.fromkeys(walked, index))
    beside: dict[int, list[tuple[int, float]]] = {index: [] for index in thin}
    for index in thin:
        for x0, y0, x1, y1 in edges[index]:
            other = sides.get((x1, y1, x0, y0))
            if other is not None:
                length = float(np.hypot(x1 - x0, y1 - y0)) / FINE_PER_MM
                beside[index].append((other, length))
    return beside


def _host(
    sliver: Face,
    index: int,
    beside: dict[int, list[tuple[int, float]]],
    live: Sequence[Face | None],
    owner: Sequence[int],
) -> int | None:
    """The index of the face that takes a sliver, or None where all would make it better."""
    mine = [at for at in beside if _root(at, owner) == index]
    shared: dict[int, float] = {}
    for at in mine:
        for other, length in beside[at]:
            root = _root(other, owner)
            if root != index:
                shared[root] = shared.get(root, 0.0) + length
    for root in sorted(shared, key=lambda at: (-shared[at], at)):
        face = live[root]
        if face is not None and never_better(face.timeline, sliver.timeline):
            return root
    return None


def _root(index: int, owner: Sequence[int]) -> int:
    while owner[index] != index:
        index = owner[index]
    return index


def _joined(host: Face | None, sliver: Face) -> Face:
    assert host is not None  # noqa: S101 - chosen among the living
    x_mm, y_mm = sliver.inner.coords[0]
    logged = Sliver(
        sliver.shape.area2_mm2 - sum(item.area2_mm2 for item in sliver.slivers),
        (round(x_mm), round(y_mm)),
        _last_claims(sliver),
        _last_claims(host),
    )
    x0_mm, y0_mm = host.inner.coords[0]
    return replace(
        host,
        shape=join([host.shape, sliver.shape]),
        slivers=(*host.slivers, *sliver.slivers, logged),
        place_mm=(x0_mm, y0_mm),
    )


def _last_claims(face: Face) -> tuple[str, ...]:
    states = [step.state for step in face.timeline.steps if step.state is not None]
    return states[-1].claims if states else ()


def never_better(one: Timeline, other: Timeline) -> bool:
    """Returns whether one story is at every time at least as bad as another."""
    times_us = {step.at_us for story in (one, other) for step in story.steps}
    return all(_as_bad(one.at(at_us), other.at(at_us)) for at_us in times_us)


def _as_bad(one: LandState | None, other: LandState | None) -> bool:
    rank = _RANK.index(one.status if one else None)
    other_rank = _RANK.index(other.status if other else None)
    if one is None or other is None or rank < other_rank:
        return rank >= other_rank
    if rank > other_rank:
        return _units_as_bad(one, other)
    shallower = _depth_cm(one) <= _depth_cm(other)
    return shallower and _units_as_bad(one, other) and one.reopened >= other.reopened


def _units_as_bad(one: LandState, other: LandState) -> bool:
    """Returns whether each unit of one state stands in another, and as no better there."""
    units = dict(one.units)
    return all(
        unit_id in units and _RANK.index(units[unit_id] or "cha") >= _RANK.index(status or "cha")
        for unit_id, status in other.units
    )


def _depth_cm(state: LandState) -> int:
    return -1 if state.depth_cm is None else state.depth_cm
