"""Take back what one import brought: the verb behind ``rafiqa imports --undo``.

Nothing is erased: each row is taken back by a fact of its own that names the import, who did it
and who confirmed it. A row on which others have built stays, and is told with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256

import shapely

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    Reason,
    Recorded,
    RecordWithdrawn,
    ReleaseTransferred,
    StructureRegistered,
    SubjectKind,
    WorkReported,
    rule,
    shapes_of,
    withdrawable,
    withdrawal_faults,
    without_withdrawn,
)
from rafiqa.ledger import RowsImported
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.act import about_to_be
from rafiqa.service.aftermath import incidents
from rafiqa.service.importbook import ImportStory
from rafiqa.service.incident import reopening_ids
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Facts, Standing, allow, second_beyond
from rafiqa.service.spot import place_mm
from rafiqa.service.undoproject import project_faults, registration_before

GROUP = 500
_ON_GROUND = (WorkReported, LandReopened, StructureRegistered, ReleaseTransferred)
"""Facts that rest on what was known of their ground, whatever area they name."""
_SPARED = "land.area.shape-twice"


@dataclass(frozen=True, slots=True)
class UndoOrder:
    """Which import to take back, why, and who confirms it.

    ``also`` names imports that are as wrong: that they say the same keeps no row on record.
    """

    import_id: str
    note: str
    confirmed_by: Actor | None = None
    dry_run: bool = False
    also: frozenset[str] = frozenset()
    standing: Standing = AT_THE_MACHINE
    second: Standing = AT_THE_MACHINE


@dataclass(slots=True)
class Undone:
    """What became of it: entries taken back, those taken back before, and rows that stay, and why.

    ``ruling`` refuses the whole; nothing is then taken back.
    """

    acted: Acted
    taken_back: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    staying: list[tuple[str, tuple[Reason, ...]]] = field(default_factory=list)


def undo_import(office: Office, actor: Actor, order: UndoOrder) -> Undone:
    """Returns what was taken back of an import, and what stays because others have built on it.

    To look at what would be takes no second person and no reason: it is told as if both were there.
    """
    if order.dry_run:
        order = _as_if_confirmed(actor, order)
    story = office.importbook().imports.get(order.import_id)
    known = Facts(standing=order.standing, raises=order.dry_run)
    against = list(allow(actor, "undo_import", known).reasons)
    against += second_beyond("undo_import", replace(known, standing=order.second))
    if story is None:
        against.append(Reason("service.undo.unknown", {"import": order.import_id}))
    against += _persons(actor, order)
    if against or story is None:
        return Undone(Acted(rule(against)))
    undone = Undone(Acted(rule(())))
    withdrawals = list(_judged(office, actor, order, story, undone))
    undone.taken_back = [item.entry_id for item in withdrawals]
    if not order.dry_run:
        for start in range(0, len(withdrawals), GROUP):
            group = withdrawals[start : start + GROUP]
            office.say(actor, [saying for item in group for saying in _sayings(office, item)])
    return undone


def _as_if_confirmed(actor: Actor, order: UndoOrder) -> UndoOrder:
    second = order.confirmed_by or Actor("", actor.organisation_id, "authority")
    return replace(order, confirmed_by=second, note=order.note.strip() or "?")


def _persons(actor: Actor, order: UndoOrder) -> Iterator[Reason]:
    params: dict[str, str | int] = {"entry": order.import_id}
    if order.confirmed_by is None or order.confirmed_by.role != "authority":
        yield Reason("land.withdrawal.unconfirmed", params)
    elif order.confirmed_by.is_one_with(actor):
        yield Reason("land.withdrawal.same-person", params)
    if not order.note.strip():
        yield Reason("land.withdrawal.note-missing", params)


def _sayings(office: Office, fact: RecordWithdrawn) -> Iterator[Saying]:
    """Yields a withdrawal; of a project first what supersedes it, in the same transaction."""
    now_us = office.now_us()
    if fact.subject_kind == "project":
        target = office.facts()[office.importbook().places[fact.entry_id] - 1]
        before = registration_before(office, target)
        assert before is not None  # noqa: S101 - judged before
        yield Saying(f"undo:{fact.entry_id}.before", fact.subject_id, now_us, before)
    yield Saying(f"undo:{fact.entry_id}", fact.subject_id, now_us, fact)


def _judged(
    office: Office, actor: Actor, order: UndoOrder, story: ImportStory, undone: Undone
) -> Iterator[RecordWithdrawn]:
    """Yields the withdrawals that may be; what stays and what is gone is noted beside."""
    book = office.importbook()
    built = _Built(office, story)
    for entry_id in story.entry_ids:
        if entry_id in book.withdrawn:
            undone.already.append(entry_id)
            continue
        target = office.facts()[book.places[entry_id] - 1]
        if isinstance(target.fact, ProjectRegistered):
            project: tuple[SubjectKind, str] = ("project", target.fact.project_id)
            against = [*project_faults(office, target), *_said_again(office, entry_id, order)]
            if against:
                undone.staying.append((entry_id, tuple(against)))
            else:
                yield _withdrawal(order, entry_id, project)
            continue
        subject = withdrawable(target.fact)
        if subject is None:
            params: dict[str, str | int] = {"entry": entry_id}
            undone.staying.append((entry_id, (Reason("service.undo.stays", params),)))
            continue
        fact = _withdrawal(order, entry_id, subject)
        joined, _ = without_withdrawn(office.register().facts_of(*subject))
        against = list(withdrawal_faults(about_to_be(office, actor, fact, None), joined))
        against += built.on(target)
        against += _said_again(office, entry_id, order)
        if against:
            undone.staying.append((entry_id, tuple(against)))
        else:
            yield fact


def _withdrawal(
    order: UndoOrder, entry_id: str, subject: tuple[SubjectKind, str]
) -> RecordWithdrawn:
    return RecordWithdrawn(entry_id, order.import_id, *subject, order.note, order.confirmed_by)


def _said_again(office: Office, entry_id: str, order: UndoOrder) -> Iterator[Reason]:
    """Yields that files of others say the same as a row: what they told of is not taken back."""
    others = office.importbook().others_saying(entry_id, order.also)
    if others:
        params: dict[str, str | int] = {"entry": entry_id, "imports": ", ".join(others[:5])}
        yield Reason("service.undo.said-again", params)


class _Built:
    """What rests on the records of an import without hanging together with them by ids."""

    def __init__(self, office: Office, story: ImportStory) -> None:
        self._office = office
        self._own = frozenset(story.entry_ids)
        self._named = _named_since(office, story.fact.after_seq, self._own)
        self._spared = _spared(office, story)
        withdrawn = office.importbook().withdrawn
        self._incidents = [
            (recorded, place)
            for recorded in incidents(office, story.fact.after_seq)
            if recorded.entry_id not in withdrawn
            and (place := place_mm(office, recorded.fact)) is not None
        ]

    def on(self, target: Recorded) -> Iterator[Reason]:
        """Yields what rests on a record."""
        fact = target.fact
        named = self._subject(target)
        if named is None:
            return
        subject, beside = named
        entries = list(dict.fromkeys([*self._named.get(subject, ()), *beside]))
        if entries:
            params: dict[str, str | int] = {
                "entry": target.entry_id,
                "entries": ", ".join(entries[:5]),
            }
            yield Reason("land.withdrawal.built-on", params, tuple(entries))
        for area_id, rows in self._spared.items():
            on_ground = isinstance(fact, AreaRecorded | ReleaseTransferred) and self._spared_on(
                area_id, fact.shape
            )
            if area_id == subject or on_ground:
                for row in rows:
                    yield Reason("service.undo.spared", {"entry": target.entry_id, "row": row})

    def _subject(self, target: Recorded) -> tuple[str, Iterable[str]] | None:
        """Returns by what others name a record, and the entries that lie on its ground."""
        fact = target.fact
        if isinstance(fact, AreaRecorded | ReleaseTransferred):
            subject = fact.area_id if isinstance(fact, AreaRecorded) else fact.part_id
            on_ground = _on_ground(self._office, target, fact.shape, self._own)
            return subject, [*on_ground, *self._happened(target, fact.shape)]
        if isinstance(fact, EvidenceRecorded):
            return f"evidence:{fact.evidence_id}", ()
        if isinstance(fact, AccidentRecorded):
            # What it put back to hazard stays so until it is released anew; so does why.
            opened = reopening_ids(target.entry_id)
            stands = [each for each in opened if self._office.store.find(each) is not None]
            return f"accident:{fact.accident_id}", stands
        return None

    def _happened(self, target: Recorded, shape: GridShape) -> Iterator[str]:
        """Yields accidents and finds on its ground: it was hazard, so they reopened nothing."""
        for recorded, place in self._incidents:
            if recorded.seq > target.seq and shapely.intersects(shape.geometry, place):
                yield recorded.entry_id

    def _spared_on(self, area_id: str, shape: GridShape) -> bool:
        """Returns whether a row was spared on that ground: all of it had to be hazard for that."""
        other = self._office.register().areas.get(area_id)
        return other is not None and _meets(other.fact.shape, shape)


def _on_ground(
    office: Office, target: Recorded, shape: GridShape, own: frozenset[str]
) -> Iterator[str]:
    """Yields the entries of acts since then that lie on the same ground."""
    register = office.register()
    for docket in register.history.dockets_near(shape.geometry, register.seq):
        for recorded in docket.facts(register.seq):
            if (
                recorded.seq > target.seq
                and recorded.entry_id not in own
                and isinstance(recorded.fact, _ON_GROUND)
                and any(_meets(other, shape) for other in shapes_of(recorded.fact))
            ):
                yield recorded.entry_id


def _meets(one: GridShape, other: GridShape) -> bool:
    return one.intersects(other) and not one.intersection(other).is_empty


def _named_since(office: Office, after_seq: int, own: Iterable[str]) -> dict[str, list[str]]:
    """Returns the entries since an import that name an area or evidence, by what they name."""
    brought = frozenset(own) | office.importbook().withdrawn.keys()
    named: dict[str, list[str]] = {}
    for recorded in office.facts()[after_seq:]:
        if recorded.entry_id in brought or isinstance(recorded.fact, AreaRecorded):
            continue
        area_id = getattr(recorded.fact, "area_id", None)
        if isinstance(area_id, str):
            named.setdefault(area_id, []).append(recorded.entry_id)
        for evidence_id in _evidence_named(recorded.fact):
            named.setdefault(f"evidence:{evidence_id}", []).append(recorded.entry_id)
    return named


def _evidence_named(fact: object) -> Iterable[str]:
    several = getattr(fact, "evidence_ids", ())
    single = getattr(fact, "evidence_id", None)
    return (*several, *([single] if isinstance(single, str) else ()))


def _spared(office: Office, story: ImportStory) -> dict[str, list[str]]:
    """Returns rows of other files that were not taken because an area had said the same."""
    spared: dict[str, list[str]] = {}
    own = story.fact
    for item in office.store.quarantined():
        if item.quarantine_id == quarantine_id(own, item.row):
            continue
        for fault in item.faults:
            if fault.code == _SPARED:
                row = f"{item.file_name}:{item.row}"
                spared.setdefault(str(fault.params.get("area")), []).append(row)
    return spared


def quarantine_id(rows: RowsImported, number: int | None) -> str:
    """Returns the id under which a row of an import's own file lies in the quarantine."""
    return row_key(rows.kind, rows.file_sha256, number)


def row_key(kind: str, file_sha256: str, number: int | None) -> str:
    """Returns the id under which a refused row of a file is kept, the same at every import."""
    return sha256(f"{kind} {file_sha256} {number}".encode()).hexdigest()[:32]
