"""Output: what was done in a period, by whom, for whom, and by which method.

Square metres come from the movements that the account books, so that output and rework
together are the account's cancelled, reduced and cleared, to the half mm². Ground that was
lowered before, failed an inspection, and is lowered again is *rework*, which is no output: a
square metre is put out once. What was found is counted in items, and so are spot tasks: one
item, no area. Informal clearance is no act of an accredited party and is nowhere counted.

Both dates are kept: the authority's decision, by which the account counts, and the field work.
The counting rules follow reporting practice around the Oslo Action Plan, action 22, in our own
words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rafiqa.land.book import LandBook
from rafiqa.land.fact import Recorded, ReleaseTransferred, WorkedPart, WorkReported
from rafiqa.land.movement import LOWERING, Ground, Movement, covered, movements, task_of
from rafiqa.land.records import Records
from rafiqa.land.register import Lower
from rafiqa.land.rule import SPOT_METHOD
from rafiqa.land.timeline import LandState

_NEVER_US = -(2**62)
"""Before every date: movements from here on are all there ever were."""

Heading = Literal["output", "rework"]


@dataclass(frozen=True, slots=True)
class Maker:
    """Who did it, who paid, by which method and with what outcome; None is not on record.

    ``transferred`` marks what was taken over from another body's record. ``area_id`` is the area
    that it was done in, where output is asked by area.
    """

    heading: Heading
    organisation_id: str | None
    donor_id: str | None
    method: str | None
    outcome: str
    transferred: bool
    area_id: str | None = None


@dataclass(slots=True)
class Output:
    """Ground lowered by one maker: twice an area in mm², by two dates.

    ``decided`` counts what the authority decided in the period, ``worked`` what was worked in
    the field in it and decided by its end, ``undated`` what was decided in it with no date of
    field work on record. ``after_failed`` is the part of ``decided`` that was never lowered
    before, and on which earlier work had failed its inspection.
    """

    maker: Maker
    decided: int = 0
    worked: int = 0
    undated: int = 0
    after_failed: int = 0
    decided_us: tuple[int, int] | None = None
    worked_us: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Items found in works of a period, by who found them and by which method.

    ``tasks`` counts the spot tasks among the works, which have no square metres.
    """

    organisation_id: str
    donor_id: str | None
    method: str | None
    items: int
    tasks: int


@dataclass(frozen=True, slots=True)
class Credit:
    """The act that lowered a face, the part that it rests on, and when its work was done."""

    act: Lower
    part_id: str
    part: WorkedPart | ReleaseTransferred
    record: Recorded
    worked_us: int | None


class Credits:
    """Finds the act behind each movement of a book.

    Args:
        book: the land book as known at one time.
        by_area: whether makers are told apart by the area that they worked in.
    """

    def __init__(self, book: LandBook, *, by_area: bool = False) -> None:
        self.by_area = by_area
        self._parts = book.register.parts
        self._acts: dict[tuple[str, str | None], Lower] = {
            (act.subject, act.part_id): act for act in book.register.lowers
        }
        self._failed = _failures(book)

    def of(self, state: LandState) -> Credit | None:
        """Returns the newest act that ground stands lowered by; the last to finish is credited.

        Where several areas claim the ground it is lowered only when the last of them is, so that
        the act that completes it has the square metre, and no other has it too.
        """
        acts = [
            act
            for subject in state.subjects
            for part_id in state.part_ids
            if (act := self._acts.get((subject, part_id))) is not None
        ]
        best = max(acts, key=lambda act: (act.valid_at_us, act.seq), default=None)
        if best is None or best.part_id is None:
            return None
        part, record = self._parts[best.part_id]
        worked_us = None if best.transferred else record.valid_at_us
        return Credit(best, best.part_id, part, record, worked_us)

    def failed_us(self, index: int) -> Sequence[int]:
        """Returns when work on a face failed an inspection, in ascending order."""
        return self._failed.get(index, ())


def _failures(book: LandBook) -> dict[int, list[int]]:
    register = book.register
    raises = [
        item
        for item in register.raises
        if item.kind == "failed" or (item.kind == "reopened" and item.subject in register.failed)
    ]
    inside = covered(book.faces, [item.shape for item in raises])
    return {face: sorted(raises[at].valid_at_us for at in which) for face, which in inside.items()}


def output(
    book: LandBook,
    ground: Iterable[Ground],
    *,
    from_us: int,
    until_us: int,
    by_area: bool = False,
) -> list[Output]:
    """Returns what was lowered on some ground in the period (from, until], by maker.

    Rows stand in the order of their makers; no row is empty. By area, ground that several areas
    claim is told under the one whose work completed its release, and under no other.
    """
    credits_ = Credits(book, by_area=by_area)
    found: dict[Maker, Output] = {}
    for item in ground:
        lowered_us: list[int] = []
        for move in movements([item], _NEVER_US, until_us):
            if move.flow in LOWERING:
                _add(found, credits_, book.register, move, (from_us, until_us), lowered_us)
                lowered_us.append(move.step.at_us)
    return sorted(found.values(), key=lambda row: _order(row.maker))


def _add(
    found: dict[Maker, Output],
    credits_: Credits,
    register: Records,
    move: Movement,
    period_us: tuple[int, int],
    lowered_us: Sequence[int],
) -> None:
    at_us, state = move.step.at_us, move.step.state
    credit = credits_.of(state) if state is not None else None
    failed_us = [each for each in credits_.failed_us(move.ground.index) if each <= at_us]
    again = _is_rework(lowered_us, failed_us)
    maker = _maker(register, move, credit, again=again)
    if credits_.by_area:
        maker = replace(maker, area_id=_area_of(credit))
    worked_us = credit.worked_us if credit else None
    decided_in = period_us[0] < at_us <= period_us[1]
    worked_in = worked_us is not None and period_us[0] < worked_us <= period_us[1]
    if not decided_in and not worked_in:
        return
    row = found.setdefault(maker, Output(maker))
    row.worked += move.size if worked_in else 0
    if decided_in:
        row.decided += move.size
        row.undated += move.size if worked_us is None else 0
        row.after_failed += move.size if failed_us and not lowered_us else 0
        row.decided_us = _spread(row.decided_us, at_us)
        row.worked_us = _spread(row.worked_us, worked_us)


def _is_rework(lowered_us: Sequence[int], failed_us: Sequence[int]) -> bool:
    """Returns whether ground was lowered before, and work on it has failed since."""
    return any(before <= failed for before in lowered_us for failed in failed_us)


def _maker(register: Records, move: Movement, credit: Credit | None, *, again: bool) -> Maker:
    heading: Heading = "rework" if again else "output"
    if credit is None:
        return Maker(heading, None, None, None, move.flow, transferred=False)
    part = credit.part
    if isinstance(part, ReleaseTransferred):
        return Maker(heading, part.operator, None, part.method, move.flow, transferred=True)
    work = credit.record.fact
    organisation_id = work.organisation_id if isinstance(work, WorkReported) else None
    donor_id = donor_of(register, work) if isinstance(work, WorkReported) else None
    return Maker(heading, organisation_id, donor_id, part.method, move.flow, transferred=False)


def _area_of(credit: Credit | None) -> str | None:
    """Returns the area that a work was done in, or that a release taken over names."""
    if credit is None:
        return None
    if isinstance(credit.part, ReleaseTransferred):
        return credit.part.area_id
    work = credit.record.fact
    return work.area_id if isinstance(work, WorkReported) else None


def donor_of(register: Records, work: WorkReported) -> str | None:
    """Returns who paid for the task that a work was done under; None where no task says."""
    task = task_of(register, work.task_id)
    return task[0].donor_id if task is not None else None


def _spread(known: tuple[int, int] | None, at_us: int | None) -> tuple[int, int] | None:
    if at_us is None:
        return known
    return (at_us, at_us) if known is None else (min(known[0], at_us), max(known[1], at_us))


def _order(maker: Maker) -> tuple[str, ...]:
    said = (
        maker.organisation_id,
        maker.donor_id,
        maker.method,
        maker.outcome,
        maker.area_id,
    )
    return (maker.heading, *(item or "" for item in said), str(maker.transferred))


def items(
    book: LandBook, works: Iterable[WorkReported], *, from_us: int, until_us: int
) -> list[Items]:
    """Returns the items found in works true in the period (from, until], and the spot tasks.

    Args:
        book: the land book as known at one time.
        works: the works that are asked about, as by ``works_on``.
        from_us: start of the period, dated by field work.
        until_us: its end, included.
    """
    counts: dict[tuple[str, str | None, str | None], list[int]] = {}
    for work in works:
        at_us = book.register.works[work.work_id].valid_at_us
        if not from_us < at_us <= until_us:
            continue
        method = method_of(book.register, work)
        spot = method == SPOT_METHOD
        n_items = sum(find.count for find in work.finds)
        if n_items or spot:
            key = (work.organisation_id, donor_of(book.register, work), method)
            row = counts.setdefault(key, [0, 0])
            row[0] += n_items
            row[1] += spot
    rows = [Items(*key, *row) for key, row in counts.items()]
    return sorted(rows, key=lambda row: (row.organisation_id, row.donor_id or "", row.method or ""))


def method_of(register: Records, work: WorkReported) -> str | None:
    """Returns the one method of a work; of its task where it has no parts; None where several."""
    methods = {part.method for part in work.parts if part.outcome != "not_cleared"}
    if not methods:
        task = task_of(register, work.task_id)
        methods = set(task[0].methods) if task is not None else set()
    return methods.pop() if len(methods) == 1 else None


def works_on(book: LandBook, ground: Sequence[Ground], *, whole: bool) -> Iterator[WorkReported]:
    """Yields the works with a part on some ground, or without any part on an area there.

    Args:
        book: the land book as known at one time.
        ground: the faces asked about.
        whole: whether that is all ground on record, and no work need be looked for by place.
    """
    indices = {item.index for item in ground}
    records = [item.fact for item in book.register.works.values()]
    works = [fact for fact in records if isinstance(fact, WorkReported)]
    if whole:
        yield from works
        return
    parts = [(at, part.shape) for at, work in enumerate(works) for part in work.parts]
    touched = {
        parts[which][0]
        for face, under in covered(book.faces, [shape for _, shape in parts]).items()
        if face in indices
        for which in under
    }
    raises = [item for item in book.register.raises if item.area_id is not None]
    areas = {
        raises[which].area_id
        for face, under in covered(book.faces, [item.shape for item in raises]).items()
        if face in indices
        for which in under
    }
    for at, work in enumerate(works):
        if at in touched or (not work.parts and work.area_id in areas):
            yield work
