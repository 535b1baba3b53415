"""A proposed release as the second person has to see it: what, how deep, by whom, what against.

Everything is read at the present, and the rules are asked again when it is accepted: that it was
shown here decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.history import history
from rafiqa.api.problem import Unknown
from rafiqa.api.queueshape import ReleaseSheet
from rafiqa.api.releaseseen import looks_of, nonconformities, seen_of
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.api.workpart import evidence_of, finds_told, worked_part
from rafiqa.errors import Fault, NotFound
from rafiqa.land import (
    Actor,
    Reason,
    Recorded,
    ReleaseProposed,
    ReleaseRecord,
    WorkedPart,
    WorkReported,
)
from rafiqa.service import acceptance_ruling_for
from rafiqa.service.queue import OWN_PART
from rafiqa.service.scope import permitted
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso

NO_STORE = {"Cache-Control": "no-store"}


def show_release(ask: Ask) -> Reply:
    """Returns a release from its proposal to its decision, with all that it rests on.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such proposal is on record.
    """
    actor = actor_of(ask)
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    release_id = ask.path["release_id"]
    # First whether it is theirs to see: what is another's takes as long as what is nowhere.
    _found(View.of(ask), release_id)
    # Named before anything is read: what comes meanwhile may be shown, and is never taken as seen.
    seen = seen_of(ask.desk.office, actor, release_id)
    view = View.of(ask)
    # Whose own work it is sees all that it rests on.
    whole = replace(view, staff=True)
    return reply(_sheet(whole, actor, _found(view, release_id), seen), NO_STORE)


def _found(view: View, release_id: str) -> tuple[ReleaseRecord, Recorded]:
    """Returns a proposal and the work that it is of.

    Raises:
        NotFound: there is none, or its work is not the asker's to see.
    """
    release = view.register.releases.get(release_id)
    proposal = None if release is None else release.proposal.fact
    if release is not None and isinstance(proposal, ReleaseProposed):
        work = view.register.works.get(proposal.work_id)
        if work is not None and isinstance(work.fact, WorkReported) and _sees(view, work):
            return release, work
    params: dict[str, str | int] = {"release": release_id[:80]}
    raise NotFound(Fault("land.release.unknown", "release_id", params=params))


def _sees(view: View, work: Recorded) -> bool:
    """Returns whether a work is the asker's own, or they see all of them."""
    return view.staff or getattr(work.fact, "organisation_id", None) == view.own


def _sheet(
    view: View, actor: Actor, told: tuple[ReleaseRecord, Recorded], seen: str
) -> ReleaseSheet:
    release, work = told
    proposal, fact = release.proposal, work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    assert isinstance(proposal.fact, ReleaseProposed)  # noqa: S101 - callers pass proposals only
    wanted = set(proposal.fact.part_ids)
    chosen = [part for part in fact.parts if part.part_id in wanted]
    area = view.register.areas.get(fact.area_id)
    waits = release.state == "proposed"
    ruling = acceptance_ruling_for(view.desk.office, actor, release.release_id) if waits else None
    against = () if ruling is None else ruling.reasons
    may = permitted(view.desk.office, actor, "accept_release")
    decision = release.decision
    return ReleaseSheet(
        release.release_id,
        release.state,
        fact.area_id,
        area.fact.name if area else None,
        fact.work_id,
        fact.task_id,
        fact.organisation_id,
        fact.team_id,
        None if fact.begun_us is None else iso(fact.begun_us),
        iso(work.valid_at_us if fact.ended_us is None else fact.ended_us),
        iso(work.recorded_at_us),
        fact.finds_complete,
        proposal.actor.person_id,
        proposal.actor.organisation_id,
        iso(proposal.recorded_at_us),
        proposal.fact.note,
        None if decision is None else decision.actor.person_id,
        None if decision is None else iso(decision.recorded_at_us),
        None if decision is None else getattr(decision.fact, "note", None),
        [worked_part(view, part) for part in chosen],
        [worked_part(view, part) for part in fact.parts if part.part_id not in wanted],
        _totals_m2(chosen),
        finds_told(view, fact.finds),
        list(evidence_of(view, fact.area_id)),
        history(view, looks_of(view.register, work)),
        history(view, nonconformities(view.register, work)),
        [_told(view, reason) for reason in (*may.reasons, *against) if reason.code not in OWN_PART],
        waits and may.allowed and not against,
        waits and permitted(view.desk.office, actor, "reject_release").allowed,
        [_told(view, reason) for reason in against if reason.code in OWN_PART],
        seen,
    )


def _totals_m2(parts: Sequence[WorkedPart]) -> dict[str, float]:
    totals2: dict[str, int] = {}
    for part in parts:
        totals2[part.outcome] = totals2.get(part.outcome, 0) + part.shape.area2_mm2
    return {outcome: size2 / 2e6 for outcome, size2 in totals2.items()}


def _told(view: View, reason: Reason) -> Told:
    return msgspec.convert(reason_json(reason, view.lang), Told)
