"""Permits and notices: issue, end, acknowledge; where each stands and whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import (
    Asked,
    Asking,
    ChasePolicy,
    GateAnswer,
    GatePolicy,
    Notice,
    NoticeAcknowledged,
    PermitCase,
    PermitEnded,
    PermitIssued,
    PermitStanding,
    ProjectRegistered,
    grounds,
    notice,
    override_faults,
    party_of,
    reports_near,
    seen,
    standing,
)
from rafiqa.recovery.access import Ways
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out, on_record
from rafiqa.service.doubt import GATE_IN_DOUBT
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.question import NOW as PRESENT
from rafiqa.service.question import AsOf, gate_of, project_of
from rafiqa.service.wayin import way_dates, ways_in
from rafiqa.service.worksfolder import WorksFolders


@dataclass(frozen=True, slots=True)
class PermitShown:
    """A permit with where it stands, the gate of its works, and what was printed on it.

    ``gate`` is that of the works permitted; what a newer sheet of them says stands in ``standing``.
    """

    case: PermitCase
    standing: PermitStanding
    gate: GateAnswer | None
    printed: GateAnswer | None


@dataclass(frozen=True, slots=True)
class Override:
    """What whoever overrides closed gates has looked at.

    Attributes:
        covers: codes of the closed gates.
        seen: the name of all that closed the works when it was looked at; see ``seen``.
    """

    covers: Sequence[str] = ()
    seen: str | None = None


@by_the_newest
def issue_permit(
    office: Office,
    actor: Actor,
    fact: PermitIssued,
    stamp: Stamp = NOW,
    override: Override | None = None,
) -> Acted:
    """Returns the act of issuing a permit; only an override passes a gate that is closed.

    What speaks against the works is filled in here, to be printed on the permit.

    Args:
        office: the open store.
        actor: who issues it.
        fact: the permit; its registration and its grounds are filled in here.
        stamp: when it was true and the client's own id.
        override: what an override names; it must be all that closes the works now.

    Raises:
        NotFound: no such project is on record.
    """
    if on_record(office, stamp):
        fact = _as_filled_in(office, fact, stamp)
        return carry_out(office, actor, "issue_permit", fact.permit_id, fact, stamp=stamp)
    as_of = AsOf(stamp.valid_at_us)
    project = project_of(office, fact.project_id, as_of)
    answer = gate_of(office, project, as_of)
    permits = office.recovery(as_of.valid_us(office)).permits
    record = permits.newest(fact.project_id, as_of.valid_us(office))
    registration_id = "" if record is None else record.entry_id
    fact = replace(fact, registration_id=registration_id, grounds=grounds(answer.gates))
    against = list(_form_faults(office, fact))
    params: dict[str, str | int] = {"permit": fact.permit_id, "project": fact.project_id}
    if fact.permit_id in office.recovery(office.now_us() + _LONG_US).permits.permits:
        against.append(Reason("gate.permit.id-twice", params))
    if project.shape is None or project.shape.is_empty:
        against.append(Reason("gate.permit.no-works", params))
    registered = permits.registrations.get(fact.project_id, ())
    registrants = frozenset().union(*(each.actor.persons for each in registered))
    against += _gate_faults(fact, actor, answer, registrants, override)
    return carry_out(
        office, actor, "issue_permit", fact.permit_id, fact, stamp=stamp, ruling=rule(against)
    )


_LONG_US = 100 * 366 * 86_400_000_000


def _as_filled_in(office: Office, fact: PermitIssued, stamp: Stamp) -> PermitIssued:
    """Returns a permit sent again as it was filled in when it was first written."""
    known = office.recovery(office.now_us() + _LONG_US).permits.permits.get(fact.permit_id)
    if known is None or known.entry_id != stamp.entry_id:
        return fact
    if not isinstance(known.fact, PermitIssued):
        return fact
    written = known.fact
    return replace(fact, registration_id=written.registration_id, grounds=written.grounds)


def _form_faults(office: Office, fact: PermitIssued) -> Iterable[Reason]:
    params: dict[str, str | int] = {"permit": fact.permit_id}
    if not any(party.organisation.strip() for party in fact.told):
        yield Reason("gate.permit.nobody-told", params)
    if fact.until_us is not None and fact.until_us <= office.now_us():
        yield Reason("gate.permit.until-past", params)


def _gate_faults(
    fact: PermitIssued,
    actor: Actor,
    answer: GateAnswer,
    registrants: frozenset[str],
    override: Override | None,
) -> Iterable[Reason]:
    """Yields why the gate keeps a permit from being issued, with every reason of the gate."""
    params: dict[str, str | int] = {"permit": fact.permit_id, "project": fact.project_id}
    closed = [gate for gate in answer.gates if gate.outcome == "closed"]
    named = override or Override()
    overriding = fact.override is not None or fact.authority is not None or override is not None
    if closed and not overriding:
        yield Reason("gate.permit.closed", {**params, "n": len(closed), "seen": seen(answer)})
        yield from (gate.reason for gate in closed)
    if not overriding:
        return
    yield from override_faults(fact, actor, registrants)
    if not closed:
        yield Reason("gate.permit.override-needless", params)
        return
    for code in dict.fromkeys(gate.code for gate in closed):
        if code not in named.covers:
            yield Reason("gate.permit.override-unnamed", {**params, "reason_code": code})
    if named.seen != seen(answer):
        # Whoever decides has to have read all of it, as it is now.
        yield Reason("gate.permit.override-unseen", {**params, "seen": seen(answer)})
        yield from (gate.reason for gate in closed)


@by_the_newest
def end_permit(office: Office, actor: Actor, fact: PermitEnded, stamp: Stamp = NOW) -> Acted:
    """Returns the act of ending a permit for good, with the reason."""
    params: dict[str, str | int] = {"permit": fact.permit_id}
    case = office.recovery().permits.case(fact.permit_id, office.now_us())
    against = []
    if case is None:
        against.append(Reason("gate.permit.unknown", params))
    elif case.ended is not None:
        against.append(Reason("gate.permit.ended-already", params))
    if not fact.reason.strip():
        against.append(Reason("gate.permit.end-reason", params))
    return carry_out(
        office, actor, "end_permit", fact.permit_id, fact, stamp=stamp, ruling=rule(against)
    )


def acknowledge_notice(
    office: Office, actor: Actor, fact: NoticeAcknowledged, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of recording that one of those concerned has heard of a stop."""
    params: dict[str, str | int] = {"notice": fact.notice_id, "party": fact.role}
    found = [each for each in notices_of(office) if each.stop.notice_id == fact.notice_id]
    against = []
    if not found:
        against.append(Reason("gate.notice.unknown", params))
    elif fact.role not in {party.role for party in found[0].stop.permit.told}:
        against.append(Reason("gate.notice.not-concerned", params))
    elif (party := party_of(fact, found[0].stop.permit)) is None:
        alike = [each for each in found[0].stop.permit.told if each.role == fact.role]
        names = ", ".join(each.organisation for each in alike)
        against.append(Reason("gate.notice.which", {**params, "organisations": names}))
    elif party not in found[0].waiting:
        against.append(Reason("gate.notice.acknowledged", params))
    return carry_out(
        office, actor, "acknowledge_notice", fact.notice_id, fact, stamp=stamp, ruling=rule(against)
    )


def _asking(office: Office) -> Asking:
    """Returns whom the watch over permits asks, as known at a place in the ledger."""
    folders: dict[tuple[int, int], WorksFolders] = {}
    ends: dict[tuple[int, int], list[int]] = {}

    def known_us(seq: int) -> int:
        return office.facts()[seq - 1].recorded_at_us

    def folders_at(at_us: int, seq: int) -> WorksFolders:
        kept = folders.get((at_us, seq))
        if kept is None:
            folders.clear()
            kept = folders[at_us, seq] = WorksFolders.of(office, at_us, known_us(seq))
        return kept

    def gate(works: ProjectRegistered, at_us: int, seq: int) -> Asked:
        kept, as_of = folders_at(at_us, seq), AsOf(at_us, known_us(seq))
        reports = reports_near(works, office.book(as_of.known_at_us), at_us)
        papers = kept.papers(works)
        answer = gate_of(office, works, as_of, reports=reports, papers=papers)
        later_us = kept.register.deadlines_of_us(works, GatePolicy())
        if works.access is not None:
            later_us += tags_end(at_us, seq)
        return Asked(answer, later_us)

    def ways(at_us: int, seq: int) -> Ways | None:
        return ways_in(office, at_us, known_us(seq))

    def line(asset_id: str, at_us: int, seq: int) -> Sequence[str]:
        return folders_at(at_us, seq).register.epochs.line(asset_id).all_ids

    def tags_end(at_us: int, seq: int) -> Sequence[int]:
        if (at_us, seq) not in ends:
            ends.clear()
            ends[at_us, seq] = way_dates(office, folders_at(at_us, seq).register)
        return ends[at_us, seq]

    return Asking(gate, ways, line, tags_end)


def permit_of(office: Office, permit_id: str, as_of: AsOf = PRESENT) -> PermitShown | None:
    """Returns a permit as true and known at the times asked; None where there was none."""
    valid_us = as_of.valid_us(office)
    case = office.recovery(valid_us, as_of.known_at_us).permits.case(permit_id, valid_us)
    return None if case is None else _shown(office, case, AsOf(valid_us, as_of.known_at_us))


def permits_of(
    office: Office, as_of: AsOf = PRESENT, project_id: str | None = None
) -> list[PermitShown]:
    """Returns every permit as true and known at the times asked; of one project where named."""
    valid_us = as_of.valid_us(office)
    book = office.recovery(valid_us, as_of.known_at_us).permits
    ids = book.permits if project_id is None else book.of_project(project_id)
    cases = [case for each in ids if (case := book.case(each, valid_us)) is not None]
    return [_shown(office, case, AsOf(valid_us, as_of.known_at_us)) for case in cases]


def _shown(office: Office, case: PermitCase, as_of: AsOf) -> PermitShown:
    answers = [gate_of(office, works, as_of) for works in case.asked]
    stood = standing(case, answers, as_of.valid_us(office))
    # What was printed is the answer of that moment, asked again: it comes out the same.
    issued = case.issued
    then = AsOf(issued.valid_at_us, issued.recorded_at_us - 1)
    works = case.works
    printed = None if works is None else gate_of(office, works, then)
    if works is not None and printed is not None and not _named_in(case.fact, printed):
        # Printed before doubt was asked for: a paper says for ever what it said.
        printed = gate_of(office, works, then, doubted=False)
    return PermitShown(case, stood, next(iter(answers), None), printed)


def _named_in(fact: PermitIssued, answer: GateAnswer) -> bool:
    """Returns whether a permit was issued with the doubt that its gate tells of; so if none."""
    told = any(gate.code == GATE_IN_DOUBT for gate in answer.gates)
    return not told or any(each.code == GATE_IN_DOUBT for each in fact.grounds)


def notices_of(
    office: Office,
    known_at_us: int | None = None,
    *,
    project_id: str | None = None,
    policy: ChasePolicy | None = None,
) -> list[Notice]:
    """Returns every stop-work notice up to a time, oldest first, as known then.

    Args:
        office: the open store.
        known_at_us: the time; now where None.
        project_id: of the permits of one project alone.
        policy: the hours of the chase; the defaults where None.
    """
    at_us = office.now_us() if known_at_us is None else known_at_us
    book = office.recovery(at_us, at_us).permits
    return [
        notice(stop, book.acknowledgements.get(stop.notice_id, ()), at_us, policy)
        for stop in office.stops(_asking(office), at_us)
        if project_id is None or stop.permit.project_id == project_id
    ]
