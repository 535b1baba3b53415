"""Permits and stop-work notices: for staff; issued, ended and acknowledged through this door.

Every act raises ``Unknown`` where nobody is signed in, ``Forbidden`` where the role may not do
it, and ``Refused`` with every reason where a rule forbids it.
"""

from __future__ import annotations

from typing import Any

from rafiqa.api import permitshape as shape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.certificate import PDF
from rafiqa.api.filename import inline
from rafiqa.api.permitshape import gates_of, party_of, reasons_of
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.recovery import Notice, NoticeAcknowledged, Party, PermitEnded, PermitIssued
from rafiqa.service import (
    AsOf,
    Override,
    PermitShown,
    acknowledge_notice,
    allow,
    end_permit,
    issue_permit,
    notices_of,
    paper_of,
    permit_of,
    permits_of,
)
from rafiqa.wire.instant import end_us
from rafiqa.wire.permitjson import notice_json, permit_json
from rafiqa.wire.permitpdf import permit_pdf

_FRESH = {"Cache-Control": "no-store"}
"""A stop that is a minute old must not be hidden by an answer that was kept."""


def show_permits(ask: Ask) -> Reply:
    """Returns every permit with where it stands; of one project where named."""
    _staff_only(ask)
    found = permits_of(ask.desk.office, _as_of(ask), ask.query.get("project"))
    return reply(shape.Permits([_permit(each, ask.lang) for each in found]), _FRESH)


def show_permit(ask: Ask) -> Reply:
    """Returns one permit with where it stands and all that is printed on it.

    Raises:
        NotFound: there was none of that id by then.
    """
    _staff_only(ask)
    permit_id = ask.path["permit_id"]
    found = permit_of(ask.desk.office, permit_id, _as_of(ask))
    if found is None:
        params: dict[str, str | int] = {"permit": permit_id}
        raise NotFound(Fault("gate.permit.unknown", "permit_id", params=params))
    return reply(_permit(found, ask.lang), _FRESH)


def show_permit_paper(ask: Ask) -> Reply:
    """Returns a permit's paper as of now, in force or not, as PDF.

    Raises:
        NotFound: there is none of that id.
        Conflict: it is of no works on record.
    """
    _staff_only(ask)
    permit_id = ask.path["permit_id"]
    headers = _FRESH | inline(f"{permit_id}.pdf")
    return Reply(permit_pdf(paper_of(ask.desk.office, permit_id)), PDF, headers=headers)


def show_notices(ask: Ask) -> Reply:
    """Returns the stop-work notices as known at the time asked about."""
    _staff_only(ask)
    state = ask.query.get("state", "all")
    if state not in {"all", "unacknowledged", "overdue"}:
        raise InvalidInput(Fault("gate.notice.state", "state", params={"state": state}))
    notices = _notices(ask, ask.query.get("project"))
    found = [
        _notice(notice_json(each, ask.lang))
        for each in notices
        if state == "all" or (each.waiting if state == "unacknowledged" else each.level)
    ]
    return reply(shape.Notices(found), _FRESH)


def issue(ask: Ask) -> Reply:
    """Returns the entry that issues a permit."""
    actor, asked = actor_of(ask), ask.taken(shape.PermitAsked)
    fact = PermitIssued(
        asked.permit_id,
        asked.project_id,
        "",
        actor.organisation_id,
        tuple(Party(each.role, each.organisation) for each in asked.told),
        conditions=asked.conditions,
        until_us=None if asked.until is None else end_us(asked.until, "until"),
        override=asked.override,
        authority=asked.authority,
    )
    looked = Override(asked.covers, asked.seen) if asked.covers or asked.seen else None
    return done(issue_permit(ask.desk.office, actor, fact, ask.stamp, looked))


def conclude(ask: Ask) -> Reply:
    """Returns the entry that ends a permit for good."""
    actor, asked = actor_of(ask), ask.taken(shape.PermitEnding)
    fact = PermitEnded(ask.path["permit_id"], asked.reason)
    return done(end_permit(ask.desk.office, actor, fact, ask.stamp))


def acknowledge(ask: Ask) -> Reply:
    """Returns the entry by which one of those concerned has heard of a stop."""
    actor, asked = actor_of(ask), ask.taken(shape.Acknowledgement)
    organisation = asked.organisation or actor.organisation_id
    fact = NoticeAcknowledged(ask.path["notice_id"], asked.role, organisation, asked.note or None)
    return done(acknowledge_notice(ask.desk.office, actor, fact, ask.stamp))


def _staff_only(ask: Ask) -> None:
    """Refuses whoever is not signed in as staff: who builds where is not for everybody.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))


PermitsOn = tuple[list[shape.Permit], list[shape.Notice], list[shape.PermitAct], list[str]]


def permits_on(ask: Ask, project_id: str) -> PermitsOn:
    """Returns the permits and stop-work notices of a project, and what the asker may do about them.

    To who is not of the staff nothing is told.
    """
    if not ask.staff or ask.actor is None:
        return [], [], [], []
    permits = permits_of(ask.desk.office, _as_of(ask), project_id)
    notices = _notices(ask, project_id)
    return (
        [_permit(each, ask.lang) for each in permits],
        [_notice(notice_json(each, ask.lang)) for each in notices],
        [act for act in shape.ACTS if allow(ask.actor, act).allowed],
        list(dictionary().lists["party_role"].names),
    )


def _notices(ask: Ask, project_id: str | None) -> list[Notice]:
    times = [each for name in ("valid_at", "known_at") if (each := ask.time_us(name)) is not None]
    return notices_of(ask.desk.office, min(times, default=None), project_id=project_id)


def _as_of(ask: Ask) -> AsOf:
    return AsOf(ask.time_us("valid_at"), ask.time_us("known_at"))


def _permit(shown: PermitShown, lang: str) -> shape.Permit:
    told = permit_json(shown.case, shown.standing, shown.printed, lang)
    return shape.Permit(
        **told
        | {
            "stopped_by": gates_of(told["stopped_by"]),
            "printed": gates_of(told["printed"]),
            "reasons": reasons_of(told["reasons"]),
            "told": [party_of(each) for each in told["told"]],
        }
    )


def _notice(told: dict[str, Any]) -> shape.Notice:
    return shape.Notice(
        **told
        | {
            "stopped_by": gates_of(told["stopped_by"]),
            "reasons": reasons_of(told["reasons"]),
            "acknowledged": [shape.Heard(**each) for each in told["acknowledged"]],
            "waiting": [party_of(each) for each in told["waiting"]],
            "call": None if told["call"] is None else party_of(told["call"]),
        }
    )
