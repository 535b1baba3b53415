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


def offers(view: View, actor: Actor, area_id: str) -> list[shape.Act]:
    """Returns the acts on an area in their order, each with its ruling for the actor.

    Acts are about the present, whatever moment is looked at.
    """
    return [
        _reopening(view, actor, area_id),
        *_proposals(view, actor, area_id),
        *_decisions(view, actor, area_id),
    ]


def _reopening(view: View, actor: Actor, area_id: str) -> shape.Act:
    causes = list(dictionary().lists["reopening_cause"].names)
    offer = _act(view, "reopen", area_id, _permit(actor, "reopen_land"))
    return msgspec.structs.replace(offer, causes=causes)


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
            reasons = (*_permit(actor, "propose_release"), *ruling.reasons)
            yield _act(view, "propose_release", work_id, reasons, part_ids)


def _decisions(view: View, actor: Actor, area_id: str) -> Iterator[shape.Act]:
    register = view.register
    for release_id, release in register.releases.items():
        if release.state != "proposed" or _area_of(view, release) != area_id:
            continue
        ruling = _acceptance(view.desk.office, actor, release_id)
        reasons = (*_permit(actor, "accept_release"), *ruling.reasons)
        yield _act(view, "accept_release", release_id, reasons)
        yield _act(view, "reject_release", release_id, _permit(actor, "reject_release"))


def _acceptance(office: Office, actor: Actor, release_id: str) -> Ruling:
    return acceptance_ruling_for(office, actor, release_id)


def _area_of(view: View, release: ReleaseRecord) -> str | None:
    work = view.register.works.get(getattr(release.proposal.fact, "work_id", ""))
    return getattr(work.fact, "area_id", None) if work else None


def _permit(actor: Actor, act: str) -> tuple[Reason, ...]:
    return allow(actor, act).reasons


def _act(
    view: View,
    act: str,
    subject: str,
    against: tuple[Reason, ...],
    part_ids: list[str] | None = None,
) -> shape.Act:
    why = list(dict.fromkeys(told(each.code, each.params, view.lang) for each in against))
    return shape.Act(act, subject, not against, why, part_ids)  # type: ignore[arg-type]
