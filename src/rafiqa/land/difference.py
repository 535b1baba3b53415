"""Difference: what changed in the account of one period between two knowings, and by which facts.

Both accounts are sums over faces. The later book's faces are set against the earlier one's by
their inner points; each changed face is traced to the entries recorded between the two knowings
that its story rests on. Where it can be told that one of them alone makes the change, it is named
alone; otherwise all of them are named together. What noding the new lines moved (under 1 mm along
an edge) is counted with the facts that drew them, so that the parts add up to the change exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

import shapely

from rafiqa.geo import GridShape
from rafiqa.land.account import CLASSES, FLOWS
from rafiqa.land.book import LandBook
from rafiqa.land.effect import walk
from rafiqa.land.face import Face
from rafiqa.land.fact import (
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    StageMoved,
    TaskOrdered,
)
from rafiqa.land.movement import Ground, covered, totals
from rafiqa.land.records import Records
from rafiqa.land.register import Lower, Raise, Reclass
from rafiqa.land.timeline import Timeline, claims_on_face, timeline

FIGURES = ("opening", *FLOWS, "closing")
"""The figures of a class whose change is told."""

Item = Raise | Lower | Reclass
Change = dict[tuple[str, str], int]
"""Twice an area in mm² by (class, figure); what did not change is left out."""

Group = tuple[int, ...]
"""Sequence numbers of new facts that act only together, ascending."""

Causes = dict[Group, list[tuple[Item, bool]]]

_TIMELESS = Timeline(())
_QUIET = (TaskOrdered, StageMoved)
"""What says nothing of what the land is."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of the change, and the facts that made it: one alone, or several together.

    No facts at all means that none could be found: that would be a fault of this program.
    """

    records: tuple[Recorded, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class Difference:
    """How the account as known later differs from the account as known earlier.

    ``causes`` add up to ``change``, figure by figure, in exact integers.
    """

    change: Change
    causes: tuple[Cause, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Knowing:
    """The book as known at one time, with the ground of it that is asked about."""

    book: LandBook
    ground: Sequence[Ground]


def difference(
    earlier: Knowing,
    later: Knowing,
    facts: Sequence[Recorded],
    *,
    from_us: int,
    until_us: int,
) -> Difference:
    """Returns what changed in the account of (from, until] between two knowings, and why.

    Args:
        earlier: as known first.
        later: as known afterwards.
        facts: the facts recorded between the two, in the order of the ledger.
        from_us: start of the period of both accounts.
        until_us: its end, included.
    """
    tracing = _Tracing(earlier, later, facts, (from_us, until_us))
    parts: dict[tuple[int, ...], Change] = {}
    for seqs, change in tracing.parts():
        _sum_into(parts.setdefault(seqs, {}), change)
    records = {record.seq: record for record in facts}
    causes = tuple(
        Cause(tuple(records[seq] for seq in seqs), told)
        for seqs, change in sorted(parts.items(), key=lambda part: (len(part[0]), part[0]))
        if (told := {key: size for key, size in change.items() if size})
    )
    whole: Change = {}
    _sum_into(whole, _sum(later.ground, from_us, until_us), 1)
    _sum_into(whole, _sum(earlier.ground, from_us, until_us), -1)
    return Difference({key: size for key, size in whole.items() if size}, causes)


def change_of(found: Difference | Cause) -> dict[str, dict[str, int]]:
    """Returns a change by class and figure, with a 0 for what did not change."""
    return {
        class_: {name: found.change.get((class_, name), 0) for name in FIGURES}
        for class_ in CLASSES
    }


def _sum(ground: Iterable[Ground], from_us: int, until_us: int) -> Change:
    found: Change = {}
    for item in ground:
        _sum_into(found, totals(item.face.timeline, from_us, until_us), item.size)
    return found


def _sum_into(into: Change, change: Change, times: int = 1) -> None:
    for key, size in change.items():
        into[key] = into.get(key, 0) + size * times


class _Tracing:
    """Sets the faces of two books against each other, face by face."""

    def __init__(
        self,
        earlier: Knowing,
        later: Knowing,
        facts: Sequence[Recorded],
        period_us: tuple[int, int],
    ) -> None:
        self._period_us = period_us
        self._facts = facts
        self._new = frozenset(record.seq for record in facts)
        same = _same_faces(earlier.ground, later.ground)
        stayed = set(same.values())
        self._changed = [item for item in later.ground if item.index not in same]
        self._gone = {item.index: item for item in earlier.ground if item.index not in stayed}
        self._old_items = _Items(earlier.book.register, [item.face for item in self._changed])
        self._new_items = _Items(later.book.register, [item.face for item in self._changed])
        self._registers = (earlier.book.register, later.book.register)

    def parts(self) -> Iterator[tuple[tuple[int, ...], Change]]:
        """Yields parts of the change with the sequence numbers of the facts that made them."""
        within = _within(list(self._gone.values()), self._changed)
        rest = {index: item.size for index, item in self._gone.items()}
        drew: dict[int, set[int]] = {index: set() for index in self._gone}
        for at, item in enumerate(self._changed):
            before = self._gone.get(within.get(at, -1))
            told = before.face.timeline if before is not None else _TIMELESS
            seqs = self._seqs(at, told, item.face.timeline)
            if before is not None:
                rest[before.index] -= item.size
                drew[before.index] |= self._drawn(at)
            change = self._change(told, item.face.timeline, item.size)
            if change:
                yield seqs, change
        for index, size in rest.items():
            yield from self._left(index, size, drew[index])

    def _left(
        self, index: int, size: int, drew: set[int]
    ) -> Iterator[tuple[tuple[int, ...], Change]]:
        """Yields what is left of an earlier face that later ones do not make up."""
        change = self._change(self._gone[index].face.timeline, _TIMELESS, size)
        if change:
            yield tuple(sorted(drew)) or self._around(self._gone[index].face.shape), change

    def _change(self, before: Timeline, after: Timeline, size: int) -> Change:
        change: Change = {}
        _sum_into(change, totals(after, *self._period_us), size)
        _sum_into(change, totals(before, *self._period_us), -size)
        return {key: value for key, value in change.items() if value}

    def _drawn(self, at: int) -> set[int]:
        return {item.seq for item in self._new_items.on(at) if item.seq in self._new}

    def _seqs(self, at: int, before: Timeline, after: Timeline) -> tuple[int, ...]:
        """Returns the new facts that a changed face's story rests on, the fewest that tell it."""
        if self._counted(before) == self._counted(after):
            return ()
        old, new = self._old_items.on(at), self._new_items.on(at)
        if before is _TIMELESS and old:
            # It was on record before: that it is asked about is new.
            return self._asked(new) or self._around(self._changed[at].face.shape)
        causes = self._causes(old, new)
        alone = [group for group in sorted(causes) if self._tells(causes, {group}, old, after)]
        if len(alone) == 1:
            return alone[0]
        kept = set(causes)
        for group in sorted(causes, reverse=True):
            if len(kept) > 1 and self._tells(causes, kept - {group}, old, after):
                kept.discard(group)
        seqs = {seq for group in kept for seq in group}
        return tuple(sorted(seqs)) or self._around(self._changed[at].face.shape)

    def _asked(self, items: Sequence[Item]) -> tuple[int, ...]:
        """Returns the new facts that brought ground into the account, and all since on it."""
        ids = {item.area_id for item in items if item.area_id is not None}
        named = {record.seq for record in self._facts if ids & _named(record.fact)}
        return tuple(sorted(named | {item.seq for item in items if item.seq in self._new}))

    def _counted(self, told: Timeline) -> Change:
        return totals(told, *self._period_us)

    def _tells(
        self, causes: Causes, chosen: set[Group], old: Sequence[Item], after: Timeline
    ) -> bool:
        """Returns whether some new facts alone make the face's figures what they are now."""
        items = list(old)
        for group in chosen:
            for item, added in causes[group]:
                if added and item not in items:
                    items.append(item)
                elif not added and item in items:
                    items.remove(item)
        return self._counted(_told(items)) == self._counted(after)

    def _causes(self, old: Sequence[Item], new: Sequence[Item]) -> Causes:
        """Returns, by new facts, what they brought to the face (True) and took from it (False)."""
        causes: Causes = {}
        changes = [(item, True) for item in new if item not in old]
        changes += [(item, False) for item in old if item not in new]
        for item, added in changes:
            # What was on record before was made to hold, or void, by what was recorded since.
            group = (item.seq,) if item.seq in self._new else self._docket(item, added=added)
            causes.setdefault(group, []).append((item, added))
        return causes

    def _docket(self, item: Item, *, added: bool) -> Group:
        """Returns the new facts by which an older raise or lowering came or went.

        Those without any one of which it would not have; where there are none such (each of
        several would have done), all that name an id it rests on.
        """
        ids = _ids_of(item)
        for register in self._registers:
            ids |= _ids_around(register, ids)
        named = [
            record.seq
            for record in self._facts
            if ids & _named(record.fact) and not isinstance(record.fact, _QUIET)
        ]
        if len(named) > 1 and item.area_id is not None:
            story = self._registers[1].facts_of("area", item.area_id)
            needed = [seq for seq in named if _stands(item, story, seq) != added]
            named = needed or named
        return tuple(named)

    def _around(self, shape: GridShape) -> tuple[int, ...]:
        """Returns the new facts that drew something on or beside a face: lines near it moved."""
        west, south, east, north = shape.bounds_mm
        near = shapely.box(west - 1, south - 1, east + 1, north + 1)
        later = self._registers[1]
        drawn: list[Raise | Lower] = [*later.raises, *later.lowers]
        found = {
            item.seq
            for item in drawn
            if item.seq in self._new and shapely.intersects(item.shape.geometry, near)
        }
        return tuple(sorted(found)) or tuple(sorted(self._new))


class _Items:
    """What raises and lowers each of some faces, in one register."""

    def __init__(self, register: Records, faces: Sequence[Face]) -> None:
        self._drawn: list[Raise | Lower] = [*register.raises, *register.lowers]
        self._inside = covered(faces, [item.shape for item in self._drawn])
        self._decided: dict[str, list[Reclass]] = {}
        for item in register.reclasses:
            self._decided.setdefault(item.area_id, []).append(item)

    def on(self, at: int) -> list[Item]:
        """Returns everything that a face's story is made of, in the order of the register."""
        drawn = [self._drawn[which] for which in self._inside.get(at, ())]
        areas = dict.fromkeys(item.area_id for item in drawn if isinstance(item, Raise))
        decided = [item for key in areas if key for item in self._decided.get(key, ())]
        return [*drawn, *decided]


def _told(items: Sequence[Item]) -> Timeline:
    raises = sorted((item for item in items if isinstance(item, Raise)), key=_moment)
    lowers = sorted((item for item in items if isinstance(item, Lower)), key=_moment)
    decided = sorted((item for item in items if isinstance(item, Reclass)), key=_moment)
    return timeline(claims_on_face(raises, lowers, decided))


def _moment(item: Item) -> tuple[int, int]:
    return item.valid_at_us, item.seq


def _same_faces(earlier: Sequence[Ground], later: Sequence[Ground]) -> dict[int, int]:
    """Returns the later faces that were there before, shape and story, with their old index."""
    by_identity = {id(item.face): item for item in earlier}  # books of one site share faces
    same = {item.index for item in later if id(item.face) in by_identity}
    ids = {id(item.face) for item in later if item.index in same}
    known = {
        (item.face.shape, item.face.timeline): item for item in earlier if id(item.face) not in ids
    }
    found: dict[int, int] = {}
    for item in later:
        old = by_identity.get(id(item.face))
        if old is None:
            old = known.get((item.face.shape, item.face.timeline))
        if old is not None and old.size == item.size:
            found[item.index] = old.index
    return found


def _within(earlier: Sequence[Ground], later: Sequence[Ground]) -> dict[int, int]:
    """Returns, for each place in ``later``, the index of the earlier face that it lay in."""
    shapes = [item.face.shape for item in earlier]
    inside = covered([item.face for item in later], shapes)
    return {at: earlier[which[0]].index for at, which in inside.items()}


def _stands(item: Item, story: Sequence[Recorded], without_seq: int) -> bool:
    """Returns whether a raise or lowering is there where an area's facts are walked without one."""
    register = walk([record for record in story if record.seq != without_seq])
    made: list[Item] = [*register.raises, *register.lowers, *register.reclasses]
    return item in made


def _ids_of(item: Item) -> set[str]:
    ids = {item.subject, item.area_id, *_optional(item)}
    return {each for each in ids if each is not None}


def _optional(item: Item) -> Iterator[str | None]:
    if isinstance(item, Lower):
        yield item.part_id
        yield item.work_id


def _ids_around(register: Records, ids: set[str]) -> set[str]:
    """Returns the ids of what stands in the same docket: evidence and inspections of its own."""
    found: set[str] = set()
    for each in ids:
        found |= {evidence_id for _, evidence_id in register.evidence_links.get(each, ())}
        found |= {
            str(getattr(record.fact, "inspection_id", ""))
            for record in register.inspections.get(each, ())
        }
    return found - {""}


def _named(fact: object) -> set[str]:
    """Returns every id that stands in a fact, in what lies in it too."""
    found: set[str] = set()
    if not is_dataclass(fact):
        return found
    for each in fields(fact):
        value = getattr(fact, each.name)
        if each.name.endswith("_id") and isinstance(value, str):
            found.add(value)
        elif each.name.endswith("_ids") and isinstance(value, tuple):
            found.update(value)
        elif isinstance(value, tuple):
            found.update(*(_named(inner) for inner in value))
    return found


def subject_of(fact: object) -> str | None:
    """Returns the id of what a fact is about; None where it has none (the site itself)."""
    if isinstance(fact, (ReleaseAccepted, ReleaseRejected, ReleaseProposed)):
        return fact.release_id
    named = fields(fact) if is_dataclass(fact) else ()
    ids = [getattr(fact, each.name) for each in named if each.name.endswith("_id")]
    return next((each for each in ids if isinstance(each, str)), None)
