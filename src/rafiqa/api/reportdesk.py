"""The desk's list of residents' reports and requests: what waits longest in danger stands first."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reason import point_at, point_state
from rafiqa.api.reply import Reply, reply
from rafiqa.api.reportshape import AnswerGiven, Kind, ReportAnswer, ReportItem, Reports, ReportTold
from rafiqa.api.view import View
from rafiqa.api.whereabouts import neighbourhood_at
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.geo import Spot
from rafiqa.land import Actor, Recorded
from rafiqa.ledger import AttachmentNamed
from rafiqa.recovery import ReporterTold
from rafiqa.service import allow, tell_reporter
from rafiqa.service.caseload import HAZARD, Case, CaseAnswer, answer_case, caseload
from rafiqa.wire.instant import iso

NEAR_MM = 100_000
"""How near to the own organisation's ground a report concerns it: as news has it."""
CHOICES = {
    "state": ("waiting", "answered"),
    "triage": dictionary().lists["report_triage"].names,
    "kind": (HAZARD, *dictionary().lists["request_kind"].names),
}
"""What a list of reports can be cut by, beside words."""


def show_reports(ask: Ask) -> Reply:
    """Returns reports and requests: those that wait first, each by urgency, oldest first.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: the query asks for what there is not.
    """
    actor = _staff(ask)
    view = View.of(ask)
    cases = caseload(ask.desk.office)
    chosen = [case for case in cases if _sees(view, case) and _asked_for(ask, case)]
    skip, limit = _count(ask, "skip", 0), _count(ask, "limit", len(chosen))
    items = [_item(view, case) for case in chosen[skip : skip + limit]]
    waiting = sum(1 for case in cases if not case.heard.answers and _sees(view, case))
    may = allow(actor, "answer_report").allowed
    return reply(Reports(items, waiting, len(chosen), may), {"Cache-Control": "no-store"})


def _count(ask: Ask, name: str, default: int) -> int:
    given = ask.query.get(name, str(default))
    if not (given.isdecimal() and len(given) < 10):
        raise InvalidInput(Fault("api.query.number", name, params={"name": name}))
    return int(given)


def _sees(view: View, case: Case) -> bool:
    """Returns whether a report is for who asks: every one, or those at the own organisation's work.

    Who works there is told of every report within 100 m of their ground.
    """
    if view.staff:
        return True
    if any(view.sees(_area_of(each)) for each in case.heard.answers):
        return True
    at_mm = _at_mm(view, getattr(case.heard.record.fact, "spot", None))
    if at_mm is None:
        return False
    at = shapely.Point(at_mm)
    register = view.register
    outlines = (register.areas[each].outline for each in view.own_areas)
    return any(outline.geometry.dwithin(at, NEAR_MM) for outline in outlines)


def _asked_for(ask: Ask, case: Case) -> bool:
    """Returns whether a report is of the kind, urgency and state asked for, and says the words."""
    fact: Any = case.heard.record.fact
    known = {
        "state": "answered" if case.heard.answers else "waiting",
        "triage": case.triage,
        "kind": case.kind,
    }
    for name, value in known.items():
        wanted = ask.query.get(name)
        if wanted is not None and wanted not in CHOICES[name]:
            params: dict[str, str | int] = {"name": name, "value": wanted[:40]}
            params["known"] = ", ".join(CHOICES[name])
            raise InvalidInput(Fault("api.query.choice", name, params=params))
        if wanted not in {None, value}:
            return False
    words = ask.query.get("q", "").strip().casefold()
    areas = (_area_of(each) for each in case.heard.answers)
    said = (case.heard.heard_id, fact.place, fact.text, *areas)
    return not words or any(words in str(each or "").casefold() for each in said)


def _area_of(answer: Recorded) -> str | None:
    return getattr(answer.fact, "area_id", None)


def _staff(ask: Ask) -> Actor:
    if ask.actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return ask.actor


def _item(view: View, case: Case) -> ReportItem:
    record = case.heard.record
    fact: Any = record.fact
    kind: Kind = case.kind  # type: ignore[assignment]
    report_id = case.heard.heard_id
    at_mm = _at_mm(view, fact.spot)
    answer = None if at_mm is None else point_at(view, *at_mm)
    state = None if at_mm is None or answer is None else point_state(view, answer, at_mm)
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
        _answer(case),
        fact.spot and neighbourhood_at(view, fact.spot.lon_deg, fact.spot.lat_deg),
    )


def _answer(case: Case) -> AnswerGiven | None:
    if not case.heard.answers:
        return None
    last = case.heard.answers[-1]
    fact: Any = last.fact
    return AnswerGiven(
        last.entry_id,
        iso(last.recorded_at_us),
        fact.area_id,
        fact.note,
        fact.text,
        last.actor.organisation_id,
        None if case.told is None else getattr(case.told.fact, "channel", None),
    )


def _at_mm(view: View, spot: Spot | None) -> tuple[int, int] | None:
    """Returns where it was seen on the site's grid, to ask what is on record there."""
    if spot is None:
        return None
    if not view.frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
        # Over 500 km away nothing of this site is on record.
        return None
    return view.frame.spot_mm(spot)


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
    view = View.of(ask)
    cases = () if view.staff else caseload(ask.desk.office)
    seen = view.staff or any(
        case.heard.heard_id == report_id and _sees(view, case) for case in cases
    )
    named = _pictures(view, report_id) if seen else []
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


def tell_resident(ask: Ask) -> Reply:
    """Returns the entry that says by which way whoever reported was told of an answer.

    Raises:
        Forbidden: the actor's role may not do this.
        Refused: that answer is none to this report.
        InvalidInput: there is no such way.
    """
    actor, given = actor_of(ask), ask.taken(ReportTold)
    known = dictionary().lists["report_channel"].names
    if given.channel not in known:
        params: dict[str, str | int] = {"name": "channel", "value": given.channel[:40]}
        params["known"] = ", ".join(known)
        raise InvalidInput(Fault("api.query.choice", "$.channel", params=params))
    fact = ReporterTold(ask.path["report_id"], given.answer_entry_id, given.channel)
    return done(tell_reporter(ask.desk.office, actor, fact, ask.stamp))
