"""The desk's list of residents' reports and requests: what waits longest in danger stands first."""

from __future__ import annotations

from typing import Any

import numpy as np

from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reason import point_at, point_state
from rafiqa.api.reply import Reply, reply
from rafiqa.api.reportshape import ReportAnswer, ReportItem, Reports
from rafiqa.api.view import View
from rafiqa.errors import Fault, NotFound
from rafiqa.geo import Spot
from rafiqa.land import PointAnswer
from rafiqa.ledger import AttachmentNamed
from rafiqa.service.caseload import Case, CaseAnswer, answer_case, caseload
from rafiqa.wire.instant import iso


def show_reports(ask: Ask) -> Reply:
    """Returns all reports and requests: those that wait first, each by urgency, oldest first.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    _staff(ask)
    view = View.of(ask)
    items = [_item(view, case) for case in caseload(ask.desk.office)]
    waiting = sum(1 for item in items if item.outcome is None)
    return reply(Reports(items, waiting), {"Cache-Control": "no-store"})


def _staff(ask: Ask) -> None:
    if ask.actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))


def _item(view: View, case: Case) -> ReportItem:
    record = case.heard.record
    fact: Any = record.fact
    kind: Any = case.kind
    report_id = case.heard.heard_id
    answer = _ground(view, fact.spot)
    state = None if answer is None else point_state(view, answer)
    return ReportItem(
        report_id,
        kind,
        case.triage,
        iso(record.recorded_at_us),
        fact.written_at,
        getattr(fact, "seen", None),
        None if fact.spot is None else fact.spot.lon_deg,
        None if fact.spot is None else fact.spot.lat_deg,
        fact.geo_precision,
        fact.accuracy_m,
        fact.place,
        fact.text,
        fact.language,
        getattr(fact, "children_near", None),
        getattr(fact, "moved", None),
        getattr(fact, "marked", None),
        getattr(fact, "feels_at_ease", None),
        None if state is None else state.state,
        [] if answer is None else list(answer.area_ids),
        [] if state is None else list(state.reasons),
        list(case.same),
        _pictures(view, report_id),
        case.outcome,
        None if case.told is None else iso(case.told.recorded_at_us),
    )


def _ground(view: View, spot: Spot | None) -> PointAnswer | None:
    """Returns what is on record where it was seen: the area it lies in, and its release."""
    if spot is None:
        return None
    if not view.frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
        # Over 500 km away nothing of this site is on record.
        return None
    x_mm, y_mm = view.frame.spot_mm(spot)
    return point_at(view, x_mm, y_mm)


def _pictures(view: View, report_id: str) -> list[str]:
    office = view.desk.office
    entries = office.store.of_subject(report_id)
    facts = [office.fact_of(entry) for entry in entries]
    return [fact.sha256 for fact in facts if isinstance(fact, AttachmentNamed)]


def show_picture(ask: Ask) -> Reply:
    """Returns the picture of a report, as it was made anew from its pixels.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: the report has no such picture.
    """
    _staff(ask)
    report_id, digest = ask.path["report_id"], ask.path["digest"]
    named = _pictures(View.of(ask), report_id)
    parts = ask.desk.office.store.attachment(digest) if digest in named else None
    if parts is None:
        raise NotFound(Fault("service.report.unknown", params={"report": report_id}))
    return Reply(b"".join(parts), "image/jpeg", headers={"Cache-Control": "no-store"})


def answer_resident(ask: Ask) -> Reply:
    """Returns the entry that answers a report or a request.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: nothing of that id is on record, or the outcome is not known.
    """
    actor, given = actor_of(ask), ask.taken(ReportAnswer)
    office, report_id = ask.desk.office, ask.path["report_id"]
    words = given.note.strip() or None, given.text.strip() or None
    answer = CaseAnswer(given.outcome, given.area_id, *words)
    return done(answer_case(office, actor, report_id, answer, ask.stamp))
