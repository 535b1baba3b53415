"""The queue: what waits for somebody at the desk, of every kind, in one order.

Danger stands first, then whatever has waited longest. What a kind is, whom it waits for, and how
dangerous it is, stands in one table: a further kind is a further row. Nothing here may be done by
being listed: each act is ruled on by its own verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.land import (
    Actor,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    Reason,
    Recorded,
    ReleaseProposed,
    WorkReported,
)
from rafiqa.ledger import DocumentKept
from rafiqa.service.caseload import caseload
from rafiqa.service.deskmark import DeskMark
from rafiqa.service.duplicates import proposed_pairs
from rafiqa.service.fieldbook import APART
from rafiqa.service.office import Office
from rafiqa.service.permit import Facts, allow
from rafiqa.service.permitting import notices_of
from rafiqa.service.release import acceptance_ruling_for
from rafiqa.service.scope import (
    brought_of,
    permitted,
    reads_document,
    refused_seen,
    reviews,
    reviews_all,
    sees_everything,
)
from rafiqa.service.submission import may_review

Danger = Literal["immediate", "urgent", "routine"]
DANGERS: Final[tuple[Danger, ...]] = ("immediate", "urgent", "routine")
_OF_TRIAGE: Final[dict[str, Danger]] = {
    "immediate": "immediate",
    "untriaged": "urgent",
    "soon": "urgent",
}
_FROM_FIELD: Final = (APART, "field-")
"""What the quarantine's names of submissions begin with: they may tell of danger."""
OWN_PART: Final = frozenset(
    {
        "land.release.same-person",
        "land.release.own-organisation",
        "land.release.own-work",
        "land.release.not-authority",
        "land.release.inspector-approves",
        "land.release.inspector-did-work",
    }
)
"""Reasons against a release that lie in who asks: another person may be the second one."""
_CALLED_TWICE: Final = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits.

    Attributes:
        kind: what it is, by which page it is opened.
        id: by which it is opened.
        since_us: since when it waits.
        danger: how little it can wait.
        says: what it is, in words by code.
        area_ids: areas that it is about.
        why_not: why it is not for whoever asks but for somebody else; empty where it is theirs.
        n_aside: how many a group is of that can be set aside; None where it cannot.
    """

    kind: str
    id: str
    since_us: int
    danger: Danger
    says: Reason
    area_ids: tuple[str, ...] = ()
    why_not: tuple[Reason, ...] = ()
    n_aside: int | None = None

    @property
    def mine(self) -> bool:
        """Whether whoever asks may do something about it."""
        return not self.why_not


def queue_of(office: Office, actor: Actor, mark: DeskMark) -> list[Waiting]:
    """Returns what waits for somebody, and below it what they see waiting for others.

    Args:
        office: the open store.
        actor: who asks.
        mark: what they set aside.
    """
    found = [
        waiting
        for gather in GATHERED.values()
        for waiting in gather(office, actor)
        if not _is_aside(waiting, mark)
    ]
    return sorted(found, key=_place)


def _place(waiting: Waiting) -> tuple[bool, int, int, str, str]:
    rank = DANGERS.index(waiting.danger)
    return not waiting.mine, rank, waiting.since_us, waiting.kind, waiting.id


def _is_aside(waiting: Waiting, mark: DeskMark) -> bool:
    # By number and not by time: a clock that was set back must hide nothing that came since.
    return waiting.n_aside is not None and mark.aside.get(group_of(waiting)) == waiting.n_aside


def group_of(waiting: Waiting) -> str:
    """Returns the name under which something is set aside."""
    return f"{waiting.kind}:{waiting.id}"


def _submissions(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields submissions to review, and those of the own organisation that were sent back."""
    reviewer = reviews(office, actor, actor.organisation_id).allowed
    whole = reviews_all(office, actor)
    for story in office.fieldbook().of_organisation(None if whole else actor.organisation_id):
        own = story.received.actor.organisation_id == actor.organisation_id
        danger: Danger = "routine" if story.fact.sign_id is None else "urgent"
        params: dict[str, str | int] = {
            "form": story.fact.form_id,
            "organisation": story.received.actor.organisation_id,
        }
        at_us, instance_id = story.received.recorded_at_us, story.fact.instance_id
        if story.state == "waiting" and reviewer:
            against = may_review(office, actor, story).reasons
            says = Reason("queue.submission", params)
            yield Waiting("submission", instance_id, at_us, danger, says, why_not=against)
        elif story.state == "returned" and own:
            params |= {"note": story.note or ""}
            since_us = story.reviews[-1].recorded_at_us
            says = Reason("queue.returned", params)
            yield Waiting("returned", instance_id, since_us, danger, says)


def _pairs(office: Office, actor: Actor) -> Iterator[Waiting]:
    if not (allow(actor, "decide_pair").allowed and sees_everything(office, actor)):
        return
    for pair in proposed_pairs(office):
        both = pair.one, pair.other
        params: dict[str, str | int] = {"one": pair.one.id, "other": pair.other.id}
        yield Waiting(
            "pair",
            f"{pair.one.id} {pair.other.id}",
            max(each.recorded.recorded_at_us for each in both),
            "routine",
            Reason(f"queue.pair-{pair.one.kind}", params),
            tuple(each.id for each in both) if pair.one.kind == "area" else (),
        )


def _releases(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields proposals that wait for the second person, with why somebody cannot be that one."""
    if not permitted(office, actor, "accept_release").allowed:
        return
    register = office.register()
    for release_id, release in register.releases.items():
        proposal = release.proposal.fact
        if release.state != "proposed" or not isinstance(proposal, ReleaseProposed):
            continue
        work = register.works.get(proposal.work_id)
        fact = work.fact if work is not None else None
        parts = fact.parts if isinstance(fact, WorkReported) else ()
        chosen = [part for part in parts if part.part_id in proposal.part_ids]
        area_id = fact.area_id if isinstance(fact, WorkReported) else ""
        against = acceptance_ruling_for(office, actor, release_id).reasons
        params: dict[str, str | int] = {
            "area": area_id,
            "n": len(chosen),
            # Told as what would be released, never as more than it is.
            "area_m2": sum(part.shape.area2_mm2 for part in chosen) // 2_000_000,
            "person": release.proposal.actor.person_id,
        }
        yield Waiting(
            "release",
            release_id,
            release.proposal.recorded_at_us,
            "routine",
            Reason("queue.release", params),
            (area_id,) if area_id else (),
            tuple(reason for reason in against if reason.code in OWN_PART),
        )


def _quarantine(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields what was refused and kept: a submission by itself, rows of a file together."""
    is_seen = refused_seen(office, actor)
    if is_seen is None:
        return
    groups: dict[str, list[int]] = {}
    field = set()
    for item in filter(is_seen, office.store.quarantined()):
        from_field = item.quarantine_id.startswith(_FROM_FIELD)
        name = item.quarantine_id if from_field else item.file_name or item.quarantine_id
        groups.setdefault(name, []).append(item.at_us)
        field |= {name} if from_field else set()
    for name, times_us in groups.items():
        code = "queue.quarantine-field" if name in field else "queue.quarantine-file"
        params: dict[str, str | int] = {"n": len(times_us), "file": name[:80]}
        danger: Danger = "urgent" if name in field else "routine"
        says, n_aside = Reason(code, params), len(times_us)
        yield Waiting("quarantine", name, min(times_us), danger, says, n_aside=n_aside)


def _reports(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields reports and requests to answer, and answers that nobody told back yet."""
    if not allow(actor, "answer_report").allowed:
        return
    for case in caseload(office):
        if case.kind == "feeling":
            # How somebody feels is counted with others'; it asks nobody to come.
            continue
        report_id = case.heard.heard_id
        seen = str(getattr(case.heard.record.fact, "seen", ""))
        params: dict[str, str | int] = {"about": case.kind, "triage": case.triage, "seen": seen}
        if not case.heard.answers:
            danger = _OF_TRIAGE.get(case.triage, "routine")
            at_us = case.heard.record.recorded_at_us
            says = Reason("queue.report", params)
            yield Waiting("report", report_id, at_us, danger, says)
        elif case.told is None:
            params |= {"outcome": case.outcome or ""}
            at_us = case.heard.answers[-1].recorded_at_us
            yield Waiting("tell", report_id, at_us, "routine", Reason("queue.tell", params))


def _notices(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields stops that the own organisation has not acknowledged, and those to be chased."""
    if not allow(actor, "acknowledge_notice").allowed:
        return
    for notice in notices_of(office):
        stop = notice.stop
        if not notice.waiting or stop.stands:
            continue
        params: dict[str, str | int] = {
            "permit": stop.permit.permit_id,
            "project": stop.permit.project_id,
        }
        concerned = {party.organisation for party in notice.waiting}
        if actor.organisation_id in concerned:
            says = Reason("queue.notice", params)
            yield Waiting("notice", stop.notice_id, stop.at_us, "immediate", says)
        elif notice.call is not None and _answers_for(actor, stop.permit.issued_by):
            names = ", ".join(dict.fromkeys(each.organisation for each in notice.waiting))
            params |= {"party": notice.call.role, "organisation": notice.call.organisation}
            params |= {"waiting": names}
            late: Danger = "immediate" if notice.level >= _CALLED_TWICE else "urgent"
            own = notice.call.organisation == actor.organisation_id
            says = Reason("queue.chase-last" if own else "queue.chase", params)
            yield Waiting("chase", stop.notice_id, stop.at_us, late, says)


def _answers_for(actor: Actor, issuer: str) -> bool:
    """Returns whether somebody has to chase those whom a permit of that office concerns."""
    return actor.organisation_id == issuer and allow(actor, "issue_permit").allowed


def _nonconformities(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields nonconformities that the own organisation has to answer, or that wait to be closed."""
    register = office.register()
    for nonconformity_id, acts in register.nonconformity_acts.items():
        raised = next((each for each in acts if isinstance(each.fact, NonconformityRaised)), None)
        fact = None if raised is None else raised.fact
        closed = any(isinstance(each.fact, NonconformityClosed) for each in acts)
        if raised is None or not isinstance(fact, NonconformityRaised) or closed:
            continue
        answers = [each for each in acts if isinstance(each.fact, NonconformityAnswered)]
        params: dict[str, str | int] = {
            "severity": fact.severity,
            "organisation": fact.organisation_id,
            "note": fact.note,
        }
        danger: Danger = "urgent" if fact.severity == "critical" else "routine"
        own = fact.organisation_id == actor.organisation_id
        theirs = Facts(frozenset({fact.organisation_id}))
        if own and not answers and allow(actor, "answer_nonconformity", theirs).allowed:
            says, at_us = Reason("queue.nonconformity", params), raised.recorded_at_us
            yield Waiting("nonconformity", nonconformity_id, at_us, danger, says)
        elif not own and answers and allow(actor, "close_nonconformity").allowed:
            says, at_us = Reason("queue.closing", params), answers[-1].recorded_at_us
            yield Waiting("closing", nonconformity_id, at_us, danger, says)


def _inspections(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields reported work that no inspection and no lot has looked at."""
    if not allow(actor, "inspect_work").allowed:
        return
    register = office.register()
    for work_id, record in register.works.items():
        fact = record.fact
        if not isinstance(fact, WorkReported) or fact.organisation_id == actor.organisation_id:
            continue
        searched = [part for part in fact.parts if part.outcome in {"cleared", "reduced"}]
        if not searched or register.inspections.get(work_id) or _in_a_lot(office, record):
            continue
        params: dict[str, str | int] = {
            "work": work_id,
            "organisation": fact.organisation_id,
            "area": fact.area_id,
        }
        says, at_us = Reason("queue.inspection", params), record.recorded_at_us
        yield Waiting("inspection", work_id, at_us, "routine", says, (fact.area_id,))


def _in_a_lot(office: Office, work: Recorded) -> bool:
    assert isinstance(work.fact, WorkReported)  # noqa: S101 - callers pass works only
    ids = [part.part_id for part in work.fact.parts]
    return any(office.register().lots_on(work, ids))


def _documents(office: Office, actor: Actor) -> Iterator[Waiting]:
    """Yields documents with candidates that nobody has decided on."""
    for document_id, story in office.deskbook().documents.items():
        n_waiting = story.n_waiting
        if not n_waiting or not reads_document(office, actor, story):
            continue
        params: dict[str, str | int] = {
            "n": n_waiting,
            "document": (_name(brought_of(office, actor, story)) or document_id)[:80],
        }
        danger: Danger = "urgent" if story.is_dangerous else "routine"
        at_us = story.proposed[-1].recorded_at_us
        yield Waiting("document", document_id, at_us, danger, Reason("queue.document", params))


def _name(kept: Recorded) -> str | None:
    return kept.fact.name if isinstance(kept.fact, DocumentKept) else None


GATHERED: Final[dict[str, Callable[[Office, Actor], Iterator[Waiting]]]] = {
    "reports": _reports,
    "notices": _notices,
    "submissions": _submissions,
    "releases": _releases,
    "nonconformities": _nonconformities,
    "inspections": _inspections,
    "pairs": _pairs,
    "documents": _documents,
    "quarantine": _quarantine,
}
"""What gathers each kind."""
