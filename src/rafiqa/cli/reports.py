"""``rafiqa reports``: what residents reported and asked for; answer one, say who was told."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, Forbidden, InvalidInput
from rafiqa.land import Actor
from rafiqa.locale import text
from rafiqa.service import Acted, AssetShelf, Office, allow
from rafiqa.service.caseload import HAZARD, Case, CaseAnswer, answer_case, caseload, tell_case
from rafiqa.service.neighbourhood import Neighbourhoods
from rafiqa.wire.instant import iso

_DAY_US = 86_400_000_000


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    parser.add_argument("--all", action="store_true", help="those that were answered too")
    parser.add_argument("--answer", metavar="ID", help="answer this report or request")
    parser.add_argument(
        "--outcome", metavar="CODE", help="of report_outcome for danger, of request_outcome else"
    )
    parser.add_argument("--area", metavar="AREA", help="the area that it is left to")
    parser.add_argument("--text", metavar="WORDS", help="what whoever sent it reads")
    parser.add_argument("--note", metavar="WORDS", help="for the office alone")
    parser.add_argument("--told", metavar="ID", help="record that whoever sent it was told")
    parser.add_argument(
        "--channel",
        choices=dictionary().lists["report_channel"].names,
        default="phone",
        help="how they were told",
    )
    add_actor(parser, "information")


def run(args: argparse.Namespace) -> int:
    """Returns 0 after listing what waits, or recording an answer or that somebody was told."""
    office = office_of(args)
    actor = actor_of(args, office)
    if args.answer is None and args.told is None:
        return _list(args, office, actor)
    entries: dict[str, list[str]] = {}
    lines = []
    if args.answer is not None:
        acted = _answered(args, office, actor)
        entries["answered"] = list(acted.entry_ids)
        lines.append(text("cli.reports.answered", {"report": args.answer}, args.lang))
    if args.told is not None:
        acted = tell_case(office, actor, args.told, args.channel)
        refuse_acted(acted)
        entries["told"] = list(acted.entry_ids)
        lines.append(text("cli.reports.told", {"report": args.told}, args.lang))
    output_of(args).show({"entries": entries}, lines)
    return DONE


def _answered(args: argparse.Namespace, office: Office, actor: Actor) -> Acted:
    if args.outcome is None:
        raise InvalidInput(Fault("cli.reports.outcome-missing", "--outcome"))
    answer = CaseAnswer(args.outcome, args.area, args.note or None, args.text or None)
    acted = answer_case(office, actor, args.answer, answer)
    refuse_acted(acted)
    return acted


def _list(args: argparse.Namespace, office: Office, actor: Actor) -> int:
    permit = allow(actor, "see_restricted")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    now_us = office.now_us()
    cases = caseload(office)
    waiting = sum(not case.heard.answers for case in cases)
    places = Neighbourhoods(office, AssetShelf())
    shown = [case for case in cases if args.all or not case.heard.answers]
    rows = [_plain(case, now_us) | _where(case, places, args.lang) for case in shown]
    lines = [text("cli.reports.n", {"n": waiting}, args.lang)]
    lines += [line for row in rows for line in _lines(row, args.lang)]
    output_of(args).show({"waiting": waiting, "reports": rows}, lines)
    return DONE


def _where(case: Case, places: Neighbourhoods, lang: str) -> dict[str, str | None]:
    """Returns the neighbourhood that a report lies in by its name; None where it lies in none."""
    spot = getattr(case.heard.record.fact, "spot", None)
    found = spot and places.at(spot.lon_deg, spot.lat_deg)
    return {"neighbourhood": found.called(lang) if found else None}


def _plain(case: Case, now_us: int) -> dict[str, Any]:
    record = case.heard.record
    fact: Any = record.fact
    return {
        "id": case.heard.heard_id,
        "kind": case.kind,
        "triage": case.triage,
        "received_at": iso(record.recorded_at_us),
        "age_days": max(0, now_us - record.recorded_at_us) // _DAY_US,
        "seen": getattr(fact, "seen", None),
        "lon_deg": None if fact.spot is None else fact.spot.lon_deg,
        "lat_deg": None if fact.spot is None else fact.spot.lat_deg,
        "accuracy_m": fact.accuracy_m,
        "place": fact.place,
        "text": fact.text,
        "feels_at_ease": getattr(fact, "feels_at_ease", None),
        "likely_same": list(case.same),
        "outcome": case.outcome,
        "told_at": None if case.told is None else iso(case.told.recorded_at_us),
    }


def _lines(row: dict[str, Any], lang: str) -> Iterator[str]:
    triage = _label("report_triage", row["triage"], lang)
    kind = row["kind"]
    about = _label("report_seen", row["seen"], lang) if kind == HAZARD else kind
    about = about if kind == HAZARD else _label("request_kind", kind, lang)
    age = text("cli.reports.age", {"n": row["age_days"]}, lang)
    yield f"{row['id']}  {triage}  {about}  {age}"
    place = row["place"]
    if row["lon_deg"] is not None:
        named = (place, row["neighbourhood"], f"{row['lon_deg']:.5f} {row['lat_deg']:.5f}")
        place = " · ".join(each for each in named if each)
    for words in (place, row["text"]):
        if words:
            yield f"  {_one_line(words)}"
    if row["likely_same"]:
        yield "  " + text("cli.reports.same", {"reports": ", ".join(row["likely_same"])}, lang)
    if row["outcome"]:
        codes = "report_outcome" if kind == HAZARD else "request_outcome"
        told = "cli.reports.heard" if row["told_at"] else "cli.reports.not-told"
        outcome = {"outcome": _label(codes, row["outcome"], lang), "at": row["told_at"] or ""}
        yield "  " + text(told, outcome, lang)


def _label(codes: str, code: str | None, lang: str) -> str:
    known = dictionary().lists[codes]
    return known.label(code, lang) if code in known.names else str(code or "")


def _one_line(words: str) -> str:
    """The words without what would move a terminal's cursor: anybody may have written them."""
    return "".join(letter if letter.isprintable() else "·" for letter in words)
