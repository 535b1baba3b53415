"""Offer: what somebody may do about an area now, and every reason why not."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from rafiqa.api import shape
from rafiqa.api.name import told
from rafiqa.api.part import was_released
from rafiqa.api.view import View
from rafiqa.dictionary import dictionary
from rafiqa.land import (
    Actor,
    Reason,
    ReleaseProposed,
    ReleaseRecord,
    Ruling,
    WorkReported,
)
from rafiqa.service import Office, acceptance_ruling_for, allow, proposal_ruling_for
from rafiqa.service.delegationbook import mandated
from rafiqa.service.permit import AT_THE_MACHINE, Facts
from rafiqa.service.scope import organisations_in, permitted


def offers(view: View, actor: Actor, area_id: str) -> list[shape.Act]:
    """Returns the acts on an area in their order, each with its ruling for the actor.

    Acts are about the present, whatever moment is looked at. Whose work waits for a release is told
    to who sees into the area alone.
    """
    waiting: list[shape.Act] = []
    if view.staff:
        waiting = [*_proposals(view, actor, area_id), *_decisions(view, actor, area_id)]
    reopening = _reopening(view, actor, area_id)
    outlines = _outlines(view, actor, area_id)
    return [reopening, *waiting, *outlines, *_reports(view, actor, area_id)]


def _reopening(view: View, actor: Actor, area_id: str) -> shape.Act:
    causes = list(dictionary().lists["reopening_cause"].names)
    offered = offer(view, "reopen", area_id, permit(view.desk.office, actor, "reopen_land"))
    return msgspec.structs.replace(offered, causes=causes)


def _outlines(view: View, actor: Actor, area_id: str) -> Iterator[shape.Act]:
    """Yields that an area may be given another outline; ground of no area has none of its own."""
    if area_id in view.register.areas:
        yield offer(
            view, "correct_boundary", area_id, permit(view.desk.office, actor, "correct_boundary")
        )


def _reports(view: View, actor: Actor, area_id: str) -> Iterator[shape.Act]:
    """Yields that work on an area may be reported, to those alone whose work it may be."""
    against = report_against(view, actor, area_id)
    if area_id in view.register.areas and not against:
        yield offer(view, "report_work", area_id, against)


def report_against(view: View, actor: Actor, area_id: str) -> tuple[Reason, ...]:
    """Returns what the table of permits has against reporting work on an area."""
    owners = organisations_in(view.register, area_id) or frozenset({actor.organisation_id})
    _, mandate = mandated(view.desk.office, actor, "report_work", AT_THE_MACHINE)
    return allow(actor, "report_work", Facts(owners, mandate=mandate)).reasons


def _proposals(view: View, actor: Actor, area_id: str) -> Iterator[shape.Act]:
    """Yields a proposal for each reported work that still has parts to release."""
    register = view.register
    proposed = {
        part_id
        for release in register.releases.values()
        if release.state == "proposed" and isinstance(release.proposal.fact, ReleaseProposed)
        for part_id in release.proposal.fact.part_ids
    }
    for work_id, record in register.works.items():
        fact = record.fact
        if not isinstance(fact, WorkReported) or fact.area_id != area_id:
            continue
        part_ids = [
            part.part_id
            for part in fact.parts
            if part.outcome != "not_cleared"
            and part.part_id not in proposed
            and not was_released(view, part.part_id)
        ]
        if part_ids:
            asked = ReleaseProposed("", work_id, tuple(part_ids))
            ruling = proposal_ruling_for(view.desk.office, actor, asked)
            reasons = (*permit(view.desk.office, actor, "propose_release"), *ruling.reasons)
            yield offer(view, "propose_release", work_id, reasons, part_ids)


def _decisions(view: View, actor: Actor, area_id: str) -> Iterator[shape.Act]:
    register = view.register
    for release_id, release in register.releases.items():
        if release.state != "proposed" or _area_of(view, release) != area_id:
            continue
        ruling = _acceptance(view.desk.office, actor, release_id)
        reasons = (*permit(view.desk.office, actor, "accept_release"), *ruling.reasons)
        yield offer(view, "accept_release", release_id, reasons)
        yield offer(
            view, "reject_release", release_id, permit(view.desk.office, actor, "reject_release")
        )


def _acceptance(office: Office, actor: Actor, release_id: str) -> Ruling:
    return acceptance_ruling_for(office, actor, release_id)


def _area_of(view: View, release: ReleaseRecord) -> str | None:
    work = view.register.works.get(getattr(release.proposal.fact, "work_id", ""))
    return getattr(work.fact, "area_id", None) if work else None


def permit(office: Office, actor: Actor, act: str) -> tuple[Reason, ...]:
    """Returns what the table of permits has against an act; nothing where it allows it."""
    return permitted(office, actor, act).reasons


def offer(
    view: View,
    act: str,
    subject: str,
    against: tuple[Reason, ...],
    part_ids: list[str] | None = None,
) -> shape.Act:
    """Returns an act as it is offered: allowed, or every reason against it in words."""
    why = list(dict.fromkeys(told(each.code, each.params, view.lang) for each in against))
    return shape.Act(act, subject, not against, why, part_ids)  # type: ignore[arg-type]
