"""Taking back what an import said by mistake, as long as nobody has built on it.

A withdrawal erases nothing: as known before it, the record stands. As known from then on it was
never said, and the ground is what everybody else says of it; unrecorded ground is no all-clear.
Since a hazard or a sign of one goes off the map by it, it takes two persons of the authority, and
the walk asks the same rules again: a withdrawal that breaks one of them is without effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rafiqa.land.actor import Actor
from rafiqa.land.fact import (
    AccidentRecorded,
    AreaRecorded,
    ClassDecided,
    EvidenceRecorded,
    Recorded,
    ReleaseTransferred,
)
from rafiqa.land.ruling import Reason

SubjectKind = Literal["area", "part", "evidence", "accident", "project"]
"""What a record is about. A project is none of the land: it is superseded, and only told of."""


@dataclass(frozen=True, slots=True)
class RecordWithdrawn:
    """A record of an import taken back, by whom it was confirmed, and why.

    ``subject_kind`` and ``subject_id`` say what the record is about: it hangs together with that.
    """

    entry_id: str
    import_id: str
    subject_kind: SubjectKind
    subject_id: str
    note: str
    confirmed_by: Actor | None = None


def withdrawable(fact: object) -> tuple[SubjectKind, str] | None:
    """Returns what a record that can be taken back is about; None where it cannot be."""
    match fact:
        case AreaRecorded():
            return "area", fact.area_id
        case ReleaseTransferred():
            return "part", fact.part_id
        case EvidenceRecorded():
            return "evidence", fact.evidence_id
        case AccidentRecorded():
            return "accident", fact.accident_id
    return None


def withdrawal_faults(recorded: Recorded, joined: Iterable[Recorded]) -> Iterator[Reason]:
    """Yields every reason why a withdrawal, on record or about to be, takes nothing back.

    Args:
        recorded: the withdrawal.
        joined: what hangs together with the record, and the record itself.
    """
    fact = recorded.fact
    if not isinstance(fact, RecordWithdrawn):
        return
    params: dict[str, str | int] = {"entry": fact.entry_id}
    second = fact.confirmed_by
    if recorded.actor.role != "authority" or second is None or second.role != "authority":
        yield Reason("land.withdrawal.unconfirmed", params)
    elif second.is_one_with(recorded.actor):
        yield Reason("land.withdrawal.same-person", params)
    if not fact.note.strip():
        yield Reason("land.withdrawal.note-missing", params)
    before = [item for item in joined if item.seq < recorded.seq]
    target = next((item for item in before if item.entry_id == fact.entry_id), None)
    named = (fact.subject_kind, fact.subject_id)
    if target is None or withdrawable(target.fact) != named:
        yield Reason("land.withdrawal.unknown", params)
        return
    built = [item for item in before if item.seq > target.seq and _builds_on(item.fact, named)]
    if built:
        entries = ", ".join(item.entry_id for item in built[:5])
        subjects = tuple(item.entry_id for item in built)
        yield Reason("land.withdrawal.built-on", {**params, "entries": entries}, subjects)


def _builds_on(fact: object, named: tuple[SubjectKind, str]) -> bool:
    """Returns whether a fact that hangs together with a record speaks of what it is about.

    Other records of the same file, and evidence of other areas, stand by themselves. What else is
    joined to it is taken as built on it: rather too much stays than too little.
    """
    kind, id_ = named
    match fact:
        case RecordWithdrawn():
            return False
        case AreaRecorded() | ClassDecided() if kind == "evidence":
            return id_ in fact.evidence_ids
        case AreaRecorded():
            return ("area", fact.area_id) == named
        case ReleaseTransferred() if kind == "evidence":
            return fact.area_id is not None
        case ReleaseTransferred():
            return named in {("area", fact.area_id), ("part", fact.part_id)}
        case EvidenceRecorded():
            return named in {("area", fact.area_id), ("evidence", fact.evidence_id)}
    return True


Void = list[tuple[Recorded, tuple[Reason, ...]]]
"""Withdrawals without effect, and why."""


def without_withdrawn(facts: Iterable[Recorded]) -> tuple[list[Recorded], Void]:
    """Returns the facts without those taken back, and withdrawals without effect.

    What was taken back was never said, as known from then on.
    """
    known = list(facts)
    void: Void = []
    withdrawals = (item for item in known if isinstance(item.fact, RecordWithdrawn))
    for recorded in sorted(withdrawals, key=lambda item: item.seq):
        against = tuple(withdrawal_faults(recorded, known))
        if against:
            void.append((recorded, against))
        elif isinstance(recorded.fact, RecordWithdrawn):
            entry_id = recorded.fact.entry_id
            known = [item for item in known if item.entry_id != entry_id]
    return known, void
