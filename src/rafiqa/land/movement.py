"""Movements: each change of each face as the account books it, and accounts made of chosen faces.

``rafiqa.land.account`` counts all ground; here the same bookings are kept apart, so that they
can be asked by area, operator and donor, told by who did the work, and compared between two
knowings. That both count the same is held by a test, not by shared code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from rafiqa.geo import GridShape
from rafiqa.land.account import CLASSES, Account, ClassAccount
from rafiqa.land.book import LandBook
from rafiqa.land.face import Face
from rafiqa.land.fact import TaskOrdered
from rafiqa.land.records import Records
from rafiqa.land.timeline import LandState, Step, Timeline

LOWERING = ("cancelled", "reduced", "cleared")
"""The flows that take ground off hazard."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A face of the book, by its place in ``faces``, and the area of it that is asked about.

    ``size`` is twice the area in mm² inside the boundary: an exact integer.
    """

    index: int
    face: Face
    size: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking of one change: twice an area in mm², signed as the account adds it."""

    ground: Ground
    before: LandState | None
    step: Step
    class_: str
    flow: str
    size: int


def bookings(before: LandState | None, step: Step) -> Iterator[tuple[str, str, int]]:
    """Yields (class, flow, +1 or −1) for one change of state; an indication is in no class.

    Taken over as released is put on record and lowered in one act; what enters a class from an
    indication is new, and what falls back to one is a correction.
    """
    for class_, flow, sign in _bookings(before, step):
        if class_ in CLASSES:
            yield class_, flow, sign


def _bookings(before: LandState | None, step: Step) -> Iterator[tuple[str, str, int]]:
    after = step.state
    source = before.status if before is not None and before.is_hazard else None
    target = after.status if after is not None and after.is_hazard else None
    if before is not None and source == target:
        return
    if before is None and after is not None and target is None:
        yield after.raised_class, "new", 1
        source = after.raised_class
    if source is None and target is not None:
        first = "corrected" if step.corrected else "new"
        yield target, first if before is None else "reopened", 1
    elif source is not None and target is None:
        yield (source, after.status, 1) if after is not None else (source, "corrected", -1)
    elif source is not None and target is not None:
        inside = source in CLASSES and target in CLASSES
        yield source, "reclassified" if inside else "corrected", -1
        yield target, "reclassified" if inside else "new", 1


def all_ground(book: LandBook, boundary: GridShape | None = None) -> list[Ground]:
    """Returns every face of the book with its area inside a boundary; all of it where None."""
    faces = enumerate(book.faces)
    if boundary is None:
        return [Ground(index, face, face.shape.area2_mm2) for index, face in faces]
    found = []
    for index, face in faces:
        if face.shape.intersects(boundary):
            inside = face.shape.intersection(boundary)
            if not inside.is_empty:
                found.append(Ground(index, face, inside.area2_mm2))
    return found


def covered(faces: Sequence[Face], shapes: Sequence[GridShape]) -> dict[int, list[int]]:
    """Returns, for each face that any of the shapes covers, which of them do, ascending.

    A face lies wholly inside an outline or wholly outside it, and its inner point tells which:
    the rule by which faces were labelled when they were made.
    """
    if not faces or not shapes:
        return {}
    tree = shapely.STRtree(shapely.point_on_surface([face.shape.geometry for face in faces]))
    outlines = np.array([shape.geometry for shape in shapes], dtype=object)
    which, where = tree.query(outlines, predicate="covers")
    found: dict[int, list[int]] = {}
    for shape, face in sorted(zip(which.tolist(), where.tolist(), strict=True)):
        found.setdefault(face, []).append(shape)
    return found


def claimed(book: LandBook, ground: Iterable[Ground], area_ids: frozenset[str]) -> list[Ground]:
    """Returns the ground that any of some areas ever claimed; each face once, however many do."""
    shapes = [item.shape for item in book.register.raises if item.area_id in area_ids]
    inside = covered(book.faces, shapes)
    return [item for item in ground if item.index in inside]


def unclaimed(book: LandBook, ground: Iterable[Ground], area_ids: frozenset[str]) -> list[Ground]:
    """Returns the ground that none of some areas ever claimed."""
    ground = list(ground)
    taken = {item.index for item in claimed(book, ground, area_ids)}
    return [item for item in ground if item.index not in taken]


def tasks_of(register: Records, until_us: int) -> Iterator[TaskOrdered]:
    """Yields the tasks ordered by a time; the first order on record of an id keeps it."""
    for task_id in register.tasks:
        task = task_of(register, task_id)
        if task is not None and task[1] <= until_us:
            yield task[0]


def task_of(register: Records, task_id: str | None) -> tuple[TaskOrdered, int] | None:
    """Returns a task as first ordered and when that was true; None where nobody ordered it."""
    story = register.tasks.get(task_id, ()) if task_id is not None else ()
    for record in sorted(story, key=lambda item: item.seq):
        if isinstance(record.fact, TaskOrdered):
            return record.fact, record.valid_at_us
    return None


def areas_tasked(
    register: Records,
    until_us: int,
    *,
    operator_id: str | None = None,
    donor_id: str | None = None,
) -> frozenset[str]:
    """Returns the areas with a task ordered from an operator, paid by a donor, or both at once.

    Args:
        register: everything known.
        until_us: only tasks ordered by then.
        operator_id: of any operator where None.
        donor_id: of any donor, or none, where None.
    """
    return frozenset(
        task.area_id
        for task in tasks_of(register, until_us)
        if operator_id in (None, task.organisation_id) and donor_id in (None, task.donor_id)
    )


def movements(ground: Iterable[Ground], after_us: int, until_us: int) -> Iterator[Movement]:
    """Yields every booking on some ground in the period (after, until], face by face."""
    for item in ground:
        for before, step in item.face.timeline.changes(after_us, until_us):
            for class_, flow, sign in bookings(before, step):
                yield Movement(item, before, step, class_, flow, sign * item.size)


def account_of(ground: Iterable[Ground], *, from_us: int, until_us: int) -> Account:
    """Returns the account of the period (from, until] over some ground, in exact integers."""
    classes = {name: ClassAccount() for name in CLASSES}
    released = dict.fromkeys(LOWERING, 0)
    ground = list(ground)
    for item in ground:
        opening, closing = item.face.timeline.at(from_us), item.face.timeline.at(until_us)
        if opening is not None and opening.status in classes:
            classes[opening.status].opening += item.size
        if closing is not None and closing.status in classes:
            classes[closing.status].closing += item.size
        if closing is not None and closing.status in released:
            released[closing.status] += item.size
    for move in movements(ground, from_us, until_us):
        classes[move.class_].flows[move.flow] += move.size
    return Account(classes, from_us, until_us, released)


def indications(ground: Iterable[Ground], at_us: int) -> int:
    """Returns twice the area in mm² that is only indicated at a time: it is in no class."""
    states = ((item.face.timeline.at(at_us), item.size) for item in ground)
    return sum(size for state, size in states if state and state.status == "indication")


def totals(told: Timeline, from_us: int, until_us: int) -> dict[tuple[str, str], int]:
    """Returns how often each (class, figure) of the account counts a face: 0, 1, −1 or more.

    Figures are ``opening``, every flow, and ``closing``; what counts 0 is left out.
    """
    found: dict[tuple[str, str], int] = {}
    for name, at_us in (("opening", from_us), ("closing", until_us)):
        state = told.at(at_us)
        if state is not None and state.status in CLASSES:
            found[state.status, name] = 1
    for before, step in told.changes(from_us, until_us):
        for class_, flow, sign in bookings(before, step):
            found[class_, flow] = found.get((class_, flow), 0) + sign
    return {key: n for key, n in found.items() if n}
