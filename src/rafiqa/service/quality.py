"""Quality: accredit, visit, raise and close nonconformities, inspect lots, review what failed.

What speaks against work is taken from every inspector, whoever did the work; what speaks for it
only from another body.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
    Reason,
    Recorded,
    Records,
    WorkReported,
    independent,
    lot_fails,
    rule,
)
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

Params = dict[str, str | int]


@by_the_newest
def grant_accreditation(
    office: Office, actor: Actor, fact: AccreditationGranted, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of accrediting an organisation for methods, from the day it is done."""
    params: Params = {"accreditation": fact.accreditation_id}
    against: list[Reason] = []
    if not fact.methods:
        against.append(Reason("land.accreditation.method-missing", params))
    if fact.valid_until_us is not None and fact.valid_until_us < fact.valid_from_us:
        against.append(Reason("land.accreditation.ends-before-it-begins", params))
    known = _grant(office.register(), fact.accreditation_id)
    if known is not None and known.entry_id != stamp.entry_id:
        against.append(Reason("land.accreditation.id-twice", params))
    return carry_out(
        office,
        actor,
        "grant_accreditation",
        fact.accreditation_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def end_accreditation(
    office: Office, actor: Actor, fact: AccreditationEnded, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of taking an accreditation back; from its date on it does not count."""
    params: Params = {"accreditation": fact.accreditation_id}
    against: list[Reason] = []
    if office.register().grant(fact.organisation_id, fact.accreditation_id) is None:
        against.append(Reason("land.accreditation.unknown", params))
    if not fact.reason.strip():
        against.append(Reason("land.accreditation.reason-missing", params))
    return carry_out(
        office,
        actor,
        "end_accreditation",
        fact.accreditation_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def _grant(register: Records, accreditation_id: str) -> Recorded | None:
    """Returns the grant of an id to whatever organisation."""
    for organisation_id in register.accreditations:
        found = register.grant(organisation_id, accreditation_id)
        if found is not None:
            return found
    return None


@by_the_newest
def record_qa_visit(office: Office, actor: Actor, fact: QaVisited, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording a visit to work; nobody visits the own organisation."""
    register = office.register()
    against = list(_about_faults(register, fact.work_id, fact.task_id, ()))
    params: Params = {"visit": fact.visit_id}
    if not fact.activity.strip():
        against.append(Reason("land.visit.activity-missing", params))
    if fact.organisation_id in (actor.organisation_id, fact.body_id):
        against.append(Reason("land.visit.own-organisation", params))
    if not _seeds_fit(fact):
        against.append(Reason("land.visit.seeds", params))
    if fact.visit_id in register.visits and not _same(register.visits[fact.visit_id][0], stamp):
        against.append(Reason("land.visit.id-twice", params))
    return carry_out(
        office, actor, "record_qa_visit", fact.visit_id, fact, stamp=stamp, ruling=rule(against)
    )


def _seeds_fit(fact: QaVisited) -> bool:
    """Returns whether a test with seeds is told whole: how many were laid, and found of them."""
    laid, found, depth_cm = fact.seeds_laid, fact.seeds_found, fact.seeds_depth_cm
    if laid is None or found is None:
        return (laid, found, depth_cm) == (None, None, None)
    return laid >= 1 and 0 <= found <= laid and (depth_cm is None or depth_cm >= 0)


def raise_nonconformity(
    office: Office, actor: Actor, fact: NonconformityRaised, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of raising a nonconformity against an organisation's work."""
    register = office.register()
    against = list(_about_faults(register, fact.work_id, fact.task_id, fact.part_ids))
    params: Params = {"nonconformity": fact.nonconformity_id}
    if not (fact.work_id or fact.task_id or fact.part_ids or fact.team_id):
        against.append(Reason("land.nonconformity.about-nothing", params))
    if not fact.note.strip():
        against.append(Reason("land.nonconformity.note-missing", params))
    known = _raised(register, fact.nonconformity_id)
    if known is not None and not _same(known, stamp):
        against.append(Reason("land.nonconformity.id-twice", params))
    return carry_out(
        office,
        actor,
        "raise_nonconformity",
        fact.nonconformity_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


@by_the_newest
def answer_nonconformity(
    office: Office, actor: Actor, fact: NonconformityAnswered, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of saying what caused a nonconformity and what was done about it."""
    params: Params = {"nonconformity": fact.nonconformity_id}
    against: list[Reason] = []
    if _raised(office.register(), fact.nonconformity_id) is None:
        against.append(Reason("land.nonconformity.unknown", params))
    if not fact.root_cause.strip():
        against.append(Reason("land.nonconformity.cause-missing", params))
    if not fact.corrective_action.strip():
        against.append(Reason("land.nonconformity.action-missing", params))
    return carry_out(
        office,
        actor,
        "answer_nonconformity",
        fact.nonconformity_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


@by_the_newest
def close_nonconformity(
    office: Office, actor: Actor, fact: NonconformityClosed, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of closing a nonconformity, never by whom it was raised against."""
    params: Params = {"nonconformity": fact.nonconformity_id}
    against: list[Reason] = []
    known = _raised(office.register(), fact.nonconformity_id)
    if known is None or not isinstance(known.fact, NonconformityRaised):
        against.append(Reason("land.nonconformity.unknown", params))
    elif known.fact.organisation_id == actor.organisation_id:
        against.append(Reason("land.nonconformity.own-organisation", params))
    if not fact.note.strip():
        against.append(Reason("land.nonconformity.note-missing", params))
    return carry_out(
        office,
        actor,
        "close_nonconformity",
        fact.nonconformity_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def _raised(register: Records, nonconformity_id: str) -> Recorded | None:
    for record in register.nonconformity_acts.get(nonconformity_id, ()):
        if isinstance(record.fact, NonconformityRaised):
            return record
    return None


@by_the_newest
def inspect_lot(office: Office, actor: Actor, fact: LotInspected, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording the inspection of a lot.

    A failed lot must name every team and asset of its works, and whose work it was: it stops
    what they did before.
    """
    register = office.register()
    params: Params = {"inspection": fact.lot_id}
    against = list(_lot_faults(fact))
    for work_id in fact.work_ids:
        against += _about_faults(register, work_id, None, ())
    against += _about_faults(register, None, None, fact.part_ids)
    if actor.organisation_id != fact.organisation_id:
        against.append(Reason("land.lot.other-organisation", {"lot": fact.lot_id}))
    works = _works(register, fact)
    if not lot_fails(fact) and any(_is_own(actor, fact, work) for work in works):
        against.append(Reason("land.release.inspected-by-operator", params))
    if lot_fails(fact):
        against += (reason for work in works for reason in _unnamed(fact, work))
    known = register.lots_said.get(fact.lot_id)
    if known and not _same(known[0], stamp):
        against.append(Reason("land.lot.id-twice", {"lot": fact.lot_id}))
    return carry_out(
        office, actor, "inspect_lot", fact.lot_id, fact, stamp=stamp, ruling=rule(against)
    )


def _lot_faults(fact: LotInspected) -> Iterator[Reason]:
    """Yields what is wrong with a lot by itself."""
    params: Params = {"lot": fact.lot_id}
    if not fact.part_ids and not fact.work_ids:
        yield Reason("land.lot.about-nothing", params)
    if fact.passed and not fact.part_ids:
        yield Reason("land.lot.no-parts", params)
    if fact.until_us < fact.from_us:
        yield Reason("land.lot.ends-before-it-begins", params)
    if fact.passed and lot_fails(fact):
        yield Reason("land.lot.passed-with-item", params)
    if fact.items_found < 0:
        yield Reason("land.lot.items-negative", params)
    for name in ("inspected_share", "detection"):
        share = getattr(fact, name)
        if share is not None and not 0 <= share <= 1:
            yield Reason("land.lot.no-share", {**params, "field": name, "value": str(share)})


def _works(register: Records, fact: LotInspected) -> list[Recorded]:
    owners = [register.works[each] for each in fact.work_ids if each in register.works]
    owners += [register.parts[each][1] for each in fact.part_ids if each in register.parts]
    found = {record.seq: record for record in owners if isinstance(record.fact, WorkReported)}
    return [found[seq] for seq in sorted(found)]


def _is_own(actor: Actor, fact: LotInspected, work: Recorded) -> bool:
    firms = {work.actor.organisation_id, getattr(work.fact, "organisation_id", None)}
    return fact.organisation_id in firms or not independent(actor, work)


def _unnamed(fact: LotInspected, work: Recorded) -> Iterator[Reason]:
    done = work.fact
    assert isinstance(done, WorkReported)  # noqa: S101 - from _works
    named = {*fact.team_ids, *fact.asset_ids, fact.inspected_id}
    for hand in (done.team_id, *(done.asset_ids or ()), done.organisation_id):
        if hand is not None and hand not in named:
            params: Params = {"lot": fact.lot_id, "name": hand, "work": done.work_id}
            yield Reason("land.lot.hands-unnamed", params)


@by_the_newest
def review_lot(office: Office, actor: Actor, fact: LotReviewed, stamp: Stamp = NOW) -> Acted:
    """Returns the act by which two persons of the authority lift what a failed lot stopped."""
    params: Params = {"lot": fact.lot_id}
    register = office.register()
    against: list[Reason] = []
    lots = register.lots_said.get(fact.lot_id, ())
    if not lots:
        against.append(Reason("land.lot.unknown", params))
    elif not any(isinstance(each.fact, LotInspected) and lot_fails(each.fact) for each in lots):
        against.append(Reason("land.lot.not-failed", params))
    second = fact.confirmed_by
    if second is None or second.role != "authority":
        against.append(Reason("land.lot.review-unconfirmed", params))
    elif second.is_one_with(actor):
        against.append(Reason("land.release.same-person", {"part_played": "confirmer"}))
    if not fact.note.strip():
        against.append(Reason("land.lot.note-missing", params))
    return carry_out(
        office, actor, "review_lot", fact.lot_id, fact, stamp=stamp, ruling=rule(against)
    )


def _same(record: Recorded, stamp: Stamp) -> bool:
    return record.entry_id == stamp.entry_id


def _about_faults(
    register: Records, work_id: str | None, task_id: str | None, part_ids: tuple[str, ...]
) -> Iterator[Reason]:
    """Yields what a fact names and nothing on record bears."""
    if work_id is not None and work_id not in register.works:
        yield Reason("land.work.unknown", {"work": work_id})
    if task_id is not None and task_id not in register.tasks:
        yield Reason("land.task.unknown", {"task": task_id})
    for part_id in part_ids:
        if part_id not in register.parts:
            yield Reason("land.part.unknown", {"part": part_id})
