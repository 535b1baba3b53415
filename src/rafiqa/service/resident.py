"""Residents: what they ask is taken in, answered, and told back to them by their code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from rafiqa.errors import Fault
from rafiqa.land import Actor, Reason, Recorded, ReportAnswered, ResidentReported, rule
from rafiqa.ledger import PART_BYTES, AttachmentNamed
from rafiqa.recovery import ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.reportcode import digest_of
from rafiqa.store import Quarantined

ANYBODY = Actor("resident", "residents", "resident")
"""Whoever sends a report without an account: the ledger holds no more of them than this."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A report or a request, and the answers to it, oldest first."""

    record: Recorded
    answers: tuple[Recorded, ...]

    @property
    def heard_id(self) -> str:
        """The id of the report or request."""
        fact = self.record.fact
        return str(getattr(fact, "report_id", "") or getattr(fact, "request_id", ""))


def keep_unread(office: Office, actor: Actor, data: bytes, faults: tuple[Fault, ...]) -> None:
    """Keeps what was sent as a report and cannot be read, once, for a person to look at."""
    name = f"report-{sha256(data).hexdigest()[:26]}"
    kept = Quarantined(name, "report", None, data, faults, office.now_us(), actor.person_id)
    office.store.quarantine([kept])


def ask_office(office: Office, actor: Actor, fact: ResidentAsked, stamp: Stamp = NOW) -> Acted:
    """Returns the act of taking in what a resident asks for; it moves no ground."""
    return carry_out(office, actor, "ask_office", fact.request_id, fact, stamp=stamp)


def answer_request(
    office: Office, actor: Actor, fact: RequestAnswered, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of answering a request."""
    known = fact.request_id in office.recovery().residents.requests
    against = [] if known else [Reason("service.request.unknown", {"request": fact.request_id})]
    return carry_out(
        office, actor, "answer_request", fact.request_id, fact, stamp=stamp, ruling=rule(against)
    )


def tell_reporter(office: Office, actor: Actor, fact: ReporterTold, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording that whoever reported was told of an answer."""
    answer = office.store.find(fact.answer_entry_id)
    told = None if answer is None else office.fact_of(answer)
    about = isinstance(told, ReportAnswered) and told.report_id == fact.report_id
    about = about or (isinstance(told, RequestAnswered) and told.request_id == fact.report_id)
    params: dict[str, str | int] = {"report": fact.report_id, "answer": fact.answer_entry_id}
    against = [] if about else [Reason("service.report.no-such-answer", params)]
    return carry_out(
        office, actor, "tell_reporter", fact.report_id, fact, stamp=stamp, ruling=rule(against)
    )


def attach_picture(
    office: Office, actor: Actor, report_id: str, picture: bytes, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of putting a picture, made anew from its pixels, to a report or request."""
    permit = allow(actor, "attach_picture")
    if not permit.allowed:
        return Acted(permit)
    if not office.store.of_subject(report_id):
        return Acted(rule([Reason("service.report.unknown", {"report": report_id})]))
    digest = sha256(picture).hexdigest()
    office.store.await_attachment(digest, len(picture))
    for number, start in enumerate(range(0, len(picture), PART_BYTES)):
        office.store.put_part(digest, number, picture[start : start + PART_BYTES])
    named = AttachmentNamed(report_id, digest, len(picture), "image/jpeg")
    return carry_out(office, actor, "attach_picture", report_id, named, stamp=stamp)


def heard_by_code(office: Office, code: str) -> Iterator[Heard]:
    """Yields every report and request under a code, oldest first."""
    digest = digest_of(code)
    for heard in heard_all(office):
        fact = heard.record.fact
        known = isinstance(fact, ResidentReported | ResidentAsked)
        if known and getattr(fact, "code_digest", None) == digest:
            yield heard


def heard_all(office: Office) -> Iterator[Heard]:
    """Yields every report, then every request, with its answers, each oldest first."""
    land, residents = office.register(), office.recovery().residents
    for report_id, record in land.reports.items():
        yield Heard(record, tuple(land.answers.get(report_id, ())))
    for request_id, record in residents.requests.items():
        yield Heard(record, tuple(residents.answers.get(request_id, ())))
