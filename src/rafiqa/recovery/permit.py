"""Where a permit stands: in force, stopped, expired or ended; asked of the gate anew each time.

There is no flag to forget. A permit is in force while nothing speaks against its works beyond
what was printed on it; any new reason stops it, at once, and it stands again when that reason
is gone. A reason is new where it rests on something else than before, or goes further.
Pure: the same facts give the same standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from rafiqa.land import Actor, Reason, Recorded, Role
from rafiqa.recovery.answer import Gate, GateAnswer
from rafiqa.recovery.fact import ProjectRegistered, RubbleLotRegistered
from rafiqa.recovery.lifting import carried, works_of
from rafiqa.recovery.permitfact import (
    Ground,
    NoticeAcknowledged,
    PermitEnded,
    PermitIssued,
)

PermitState = Literal["in_force", "stopped", "expired", "ended", "void"]
ISSUERS: frozenset[Role] = frozenset({"authority", "engineer"})
OVERRIDERS: frozenset[Role] = frozenset({"authority"})
_LISTS = frozenset({"reports", "witnesses", "units"})
"""Parameters that list ids with commas between: each is a reason of its own."""
_WATCH = "team"
"""The parameter that names who watches over works; it is nothing that speaks against them."""
_LESS = {"gate.area.unrecorded-watched": "gate.area.unrecorded"}
"""A reason that says less than another, so that whoever covered the other covers it."""


@dataclass(frozen=True, slots=True)
class PermitCase:
    """A permit with what its standing rests on beside the gate, as of one time.

    ``works`` are those it was issued for, ``newest`` those registered last.
    """

    issued: Recorded
    fact: PermitIssued
    works: ProjectRegistered | None
    newest: ProjectRegistered | None
    registrants: frozenset[str] = frozenset()
    ended: Recorded | None = None

    @property
    def asked(self) -> tuple[ProjectRegistered, ...]:
        """Those whose gates are asked: the works permitted, and what a newer sheet says of them.

        A sheet that says where and how deep the same works go may still say worse of them.
        """
        if self.works is None:
            return ()
        if self.newest is None or self.newest == self.works:
            return (self.works,)
        return (self.works, self.newest)


@dataclass(frozen=True, slots=True)
class PermitStanding:
    """Where a permit stands, the gates that stop it, and what else speaks against it."""

    state: PermitState
    gates: tuple[Gate, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class PermitBook:
    """Permits, and the registrations they rest on, by id; grows fact by fact."""

    permits: dict[str, Recorded] = field(default_factory=dict)
    endings: dict[str, list[Recorded]] = field(default_factory=dict)
    registrations: dict[str, list[Recorded]] = field(default_factory=dict)
    acknowledgements: dict[str, list[Recorded]] = field(default_factory=dict)

    def copied(self) -> PermitBook:
        """Returns another with the same in it."""
        tables = (self.endings, self.registrations, self.acknowledgements)
        lists = ({key: list(each) for key, each in table.items()} for table in tables)
        return PermitBook(dict(self.permits), *lists)

    def take(self, recorded: Recorded) -> None:
        """Takes in a fact; those that no permit rests on are passed by."""
        match recorded.fact:
            case ProjectRegistered() as fact:
                self.registrations.setdefault(fact.project_id, []).append(recorded)
            case RubbleLotRegistered() as fact:
                self.registrations.setdefault(fact.lot_id, []).append(recorded)
            case PermitIssued() as fact:
                # An id belongs to whoever used it first.
                self.permits.setdefault(fact.permit_id, recorded)
            case PermitEnded() as fact:
                self.endings.setdefault(fact.permit_id, []).append(recorded)
            case NoticeAcknowledged() as fact:
                self.acknowledgements.setdefault(fact.notice_id, []).append(recorded)

    def case(self, permit_id: str, valid_at_us: int) -> PermitCase | None:
        """Returns a permit as true at a time; None where there was none by then."""
        issued = self.permits.get(permit_id)
        if issued is None or issued.valid_at_us > valid_at_us:
            return None
        fact = issued.fact
        assert isinstance(fact, PermitIssued)  # noqa: S101 - the table holds no other
        endings = [each for each in self.endings.get(permit_id, ()) if _lawful(each)]
        ended = next((each for each in endings if each.valid_at_us <= valid_at_us), None)
        registered = self.registrations.get(fact.project_id, ())
        pinned = next((each for each in registered if each.entry_id == fact.registration_id), None)
        return PermitCase(
            issued,
            fact,
            None if pinned is None else works_of(pinned.fact),
            self._sheet(fact.project_id, valid_at_us),
            frozenset().union(
                *(each.actor.persons for each in registered if each.seq < issued.seq)
            ),
            ended,
        )

    def _sheet(self, project_id: str, valid_at_us: int) -> ProjectRegistered | None:
        """Returns works as registered last, with what only an earlier sheet said against them."""
        sheet: ProjectRegistered | None = None
        registered = self.registrations.get(project_id, ())
        for each in sorted(registered, key=lambda each: (each.valid_at_us, each.seq)):
            works = works_of(each.fact) if each.valid_at_us <= valid_at_us else None
            if works is not None:
                sheet = works if sheet is None else carried(sheet, works)
        return sheet

    def newest(self, project_id: str, valid_at_us: int) -> Recorded | None:
        """Returns the newest registration of works as true at a time."""
        registered = self.registrations.get(project_id, ())
        known = [each for each in registered if each.valid_at_us <= valid_at_us]
        return max(known, key=lambda each: (each.valid_at_us, each.seq), default=None)

    def of_project(self, project_id: str) -> list[str]:
        """Returns the permits of a project, oldest first."""
        return [
            permit_id
            for permit_id, record in self.permits.items()
            if isinstance(record.fact, PermitIssued) and record.fact.project_id == project_id
        ]


def _lawful(record: Recorded) -> bool:
    return record.actor.role in ISSUERS


def grounds(gates: Iterable[Gate]) -> tuple[Ground, ...]:
    """Returns every reason of gates that are not open, one for each thing it rests on."""
    found = (each for gate in gates if gate.outcome != "open" for each in _of(gate))
    return tuple(dict.fromkeys(found))


def _of(gate: Gate) -> Iterator[Ground]:
    params = gate.params
    words = [str(params[name]) for name in sorted(params) if _is_word(name, params[name])]
    listed = [item for name in sorted(_LISTS & params.keys()) for item in _items(params[name])]
    for item in [*gate.area_ids, *listed] or [""]:
        key = " ".join(each for each in (*words, item) if each)
        rests_on = gate.fact_ids if gate.outcome == "closed" else ()
        yield Ground(gate.gate, gate.outcome, gate.code, key, _reach(gate), rests_on)


def seen(answer: GateAnswer) -> str:
    """Returns what names all that closes works, 16 letters; another where any of it is another.

    Who overrides gives the name of what was looked at, so that nothing that came since, or that
    was not shown, is overridden with it.
    """
    closed = (each for gate in answer.gates if gate.outcome == "closed" for each in _of(gate))
    words = sorted({repr(each) for each in closed})
    return sha256("\n".join(words).encode()).hexdigest()[:16]


def _is_word(name: str, value: str | int) -> bool:
    return isinstance(value, str) and name not in _LISTS and name != _WATCH


def _items(value: str | int) -> list[str]:
    return [item for item in str(value).split(", ") if item]


def _reach(gate: Gate) -> int | None:
    """Returns how far a reason goes, where that can grow: ground, or depth not certified."""
    depth_cm, certified_cm = gate.params.get("depth_cm"), gate.params.get("certified_cm")
    if isinstance(depth_cm, int) and isinstance(certified_cm, int):
        return depth_cm - certified_cm
    area_m2 = gate.params.get("area_m2")
    return area_m2 if isinstance(area_m2, int) else None


def uncovered(gates: Iterable[Gate], covered: Sequence[Ground]) -> tuple[Gate, ...]:
    """Returns the gates that speak against works for a reason beyond those covered, each once."""
    found = [
        gate
        for gate in gates
        if gate.outcome != "open" and not all(_covers(covered, each) for each in _of(gate))
    ]
    return tuple(gate for at, gate in enumerate(found) if gate not in found[:at])


def _covers(covered: Sequence[Ground], asked: Ground) -> bool:
    return any(
        known.gate == asked.gate
        and known.code in {asked.code, _LESS.get(asked.code)}
        and known.item == asked.item
        and (known.outcome == "closed" or asked.outcome == "conditions")
        and (known.limit is None or asked.limit is None or asked.limit <= known.limit)
        and set(asked.fact_ids) <= set(known.fact_ids)
        for known in covered
    )


def override_faults(fact: PermitIssued, actor: Actor, registrants: frozenset[str]) -> list[Reason]:
    """Returns why an override is none: by whose office, for what reason, and by whose hand.

    Who asked for the works is not the one who overrides what speaks against them.
    """
    params: dict[str, str | int] = {"permit": fact.permit_id}
    found = []
    if not (fact.override or "").strip():
        found.append(Reason("gate.permit.override-reason", params))
    if not (fact.authority or "").strip():
        found.append(Reason("gate.permit.override-authority", params))
    if actor.role not in OVERRIDERS:
        found.append(Reason("gate.permit.override-role", {**params, "role": actor.role}))
    if actor.persons & registrants:
        found.append(Reason("gate.permit.override-own", params))
    return found


def _void(case: PermitCase) -> tuple[Reason, ...]:
    """Returns why what stands on record as a permit is none, whoever recorded it."""
    params: dict[str, str | int] = {"permit": case.fact.permit_id}
    if not _lawful(case.issued):
        return (Reason("gate.permit.void", {**params, "role": case.issued.actor.role}),)
    if case.works is None or case.works.shape is None:
        return (Reason("gate.permit.no-works", {**params, "project": case.fact.project_id}),)
    closed = any(each.outcome == "closed" for each in case.fact.grounds)
    if closed or case.fact.override is not None:
        return tuple(override_faults(case.fact, case.issued.actor, case.registrants))
    return ()


def standing(case: PermitCase, answers: Sequence[GateAnswer], valid_at_us: int) -> PermitStanding:
    """Returns where a permit stands at a time.

    Args:
        case: the permit as of that time.
        answers: the gates of ``case.asked``, as of that time.
        valid_at_us: the time.
    """
    params: dict[str, str | int] = {"permit": case.fact.permit_id}
    void = _void(case)
    if void or not answers:
        return PermitStanding("void", reasons=void)
    if case.ended is not None and isinstance(case.ended.fact, PermitEnded):
        reason = Reason("gate.permit.ended", {**params, "note": case.ended.fact.reason})
        return PermitStanding("ended", reasons=(reason,))
    if case.fact.until_us is not None and case.fact.until_us < valid_at_us:
        return PermitStanding("expired", reasons=(Reason("gate.permit.expired", params),))
    gates = uncovered((gate for each in answers for gate in each.gates), case.fact.grounds)
    changed: tuple[Reason, ...] = ()
    if case.newest is None or not _same_works(case.works, case.newest):
        changed = (Reason("gate.permit.works-changed", params, (case.fact.project_id,)),)
    return PermitStanding("stopped" if gates or changed else "in_force", gates, changed)


def _same_works(works: ProjectRegistered | None, newest: ProjectRegistered) -> bool:
    """Returns whether works are those permitted: where, how deep, what, and the way in."""
    if works is None or works is newest:
        return works is newest
    return (works.kind, works.depth_cm, works.shape, works.access, works.asset_ids) == (
        newest.kind,
        newest.depth_cm,
        newest.shape,
        newest.access,
        newest.asset_ids,
    )
