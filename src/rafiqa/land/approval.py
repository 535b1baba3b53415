"""Where a record stands: submitted, accepted step by step, approved; never what the land is.

Axis C of the land book. An approval is an act of its own and never undone: an approved record
is superseded by a later entry. Who may approve what follows the practice around IMAS 05.10:
the organisation that submits accepts first, then operations and information management of the
authority, then the authority, by somebody who did not write the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rafiqa.land.actor import Actor
from rafiqa.land.closing import RecordMoved
from rafiqa.land.fact import Recorded
from rafiqa.land.ruling import Reason, Ruling, rule

VALIDATION_MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("submitted",),
    "submitted": ("org_ok", "rejected"),
    "org_ok": ("ops_ok", "rejected"),
    "ops_ok": ("im_ok", "rejected"),
    "im_ok": ("approved", "rejected"),
    "approved": ("superseded",),
    "rejected": ("submitted",),
    "superseded": (),
}
"""Axis C. Approval is an act; going back on it is a new act, never an undo."""

SUBMITTED = "submitted"
"""Where every entry begins: it is on record, and nobody has looked at it yet."""
_CHECKERS = frozenset({"authority", "information"})


@dataclass(frozen=True, slots=True)
class RecordStanding:
    """Where a record stands, and the lawful moves that brought it there, oldest first."""

    state: str
    moves: tuple[Recorded, ...] = ()


def validation_ruling(current: str, target: str) -> Ruling:
    """Returns whether a record may move between two states of approval."""
    if target in VALIDATION_MOVES.get(current, ()):
        return Ruling(allowed=True)
    return rule([Reason("land.validation.no-such-move", {"current": current, "target": target})])


def approval_ruling(
    move: RecordMoved, mover: Actor, record: Recorded, current: str, successor: Recorded | None
) -> Ruling:
    """Returns whether somebody may move a record, with every reason against.

    Args:
        move: where to.
        mover: who moves it.
        record: the entry that is moved.
        current: where it stands.
        successor: the entry named as the later one, or None.
    """
    return rule(_faults(move, mover, record, current, successor))


def _faults(
    move: RecordMoved, mover: Actor, record: Recorded, current: str, successor: Recorded | None
) -> Iterator[Reason]:
    yield from validation_ruling(current, move.state).reasons
    params: dict[str, str | int] = {"record": move.record_id, "state": move.state}
    own = mover.organisation_id == record.actor.organisation_id
    checker = mover.role in _CHECKERS
    may = {
        "submitted": own,
        "org_ok": own,
        "ops_ok": checker,
        "im_ok": checker,
        "approved": mover.role == "authority",
        "rejected": own or checker,
        "superseded": mover.role == "authority",
    }
    if not may.get(move.state, False):
        yield Reason("land.validation.not-your-move", {**params, "role": mover.role})
    if move.state == "approved" and mover.is_one_with(record.actor):
        yield Reason("land.validation.own-record", params)
    if move.state == "rejected" and not (move.comments or "").strip():
        yield Reason("land.validation.comments-missing", params)
    if move.state == "superseded" and (successor is None or successor.seq <= record.seq):
        yield Reason("land.validation.no-successor", params)


def standing(record: Recorded, moves: Sequence[Recorded]) -> RecordStanding:
    """Returns where a record stands after the moves on record of it; unlawful ones do nothing.

    Args:
        record: the entry.
        moves: the records of its moves; those before it on record count for nothing.
    """
    state = SUBMITTED
    lawful: list[Recorded] = []
    for item in sorted(moves, key=lambda each: each.seq):
        fact = item.fact
        if not isinstance(fact, RecordMoved) or item.seq <= record.seq:
            continue
        # That the later entry exists was asked when the move was written; it may lie in
        # another docket, and what stands in none of them lowers nothing.
        successor = item if fact.superseded_by else None
        if approval_ruling(fact, item.actor, record, state, successor).allowed:
            state = fact.state
            lawful.append(item)
    return RecordStanding(state, tuple(lawful))
