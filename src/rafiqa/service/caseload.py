"""The caseload: every report and request of residents, in the order in which the desk works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rafiqa.dictionary import dictionary
from rafiqa.land import Actor, Reason, Recorded, ReportAnswered, ResidentReported, rule
from rafiqa.recovery import ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.service.act import NOW, Stamp
from rafiqa.service.incident import answer_report
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.question import AsOf, placed_reports
from rafiqa.service.resident import Heard, answer_request, heard_all, tell_reporter
from rafiqa.service.triage import likely_same, rank, reach_mm
from rafiqa.service.waitingreport import PlacedReport

HAZARD = "hazard"
"""What a report is called where requests are called by their kind."""


@dataclass(frozen=True, slots=True)
class Case:
    """A report or a request with where it stands.

    Attributes:
        heard: what came, and the answers to it.
        same: reports that may be about one thing with it; proposed, never merged.
        told: the record that whoever sent it was told of the last answer.
    """

    heard: Heard
    same: tuple[str, ...] = ()
    told: Recorded | None = None

    @property
    def kind(self) -> str:
        """``hazard``, or the kind of request."""
        fact = self.heard.record.fact
        return fact.kind if isinstance(fact, ResidentAsked) else HAZARD

    @property
    def triage(self) -> str:
        """The urgency; a request to look at a place is no report of danger and can wait."""
        fact = self.heard.record.fact
        return fact.triage if isinstance(fact, ResidentReported) else "routine"

    @property
    def outcome(self) -> str | None:
        """What the last answer says."""
        last = self.heard.answers[-1].fact if self.heard.answers else None
        return last.outcome if isinstance(last, ReportAnswered | RequestAnswered) else None


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What became of a report or a request; ``text`` is what whoever sent it reads."""

    outcome: str
    area_id: str | None = None
    note: str | None = None
    text: str | None = None


def caseload(office: Office) -> list[Case]:
    """Returns all reports and requests: those that wait first, each by urgency, oldest first."""
    told = office.recovery().residents.told
    placed = _Placed(placed_reports(office, AsOf()))
    cases = [
        Case(
            heard,
            placed.same(heard.record.seq),
            told.get(heard.answers[-1].entry_id) if heard.answers else None,
        )
        for heard in heard_all(office)
    ]
    return sorted(cases, key=_place_in_list)


def _place_in_list(case: Case) -> tuple[bool, int, int]:
    return bool(case.heard.answers), rank(case.triage), case.heard.record.seq


class _Placed:
    """The reports that wait, found by place."""

    def __init__(self, reports: Sequence[PlacedReport]) -> None:
        self._reports = reports
        self._by_seq = {record.seq: at for at, (record, _) in enumerate(reports)}
        self._places_mm = np.array([place for _, place in reports], dtype=np.float64)
        self._reach_mm = np.array([reach_mm(record) for record, _ in reports], dtype=np.float64)

    def same(self, seq: int) -> tuple[str, ...]:
        """Returns the ids of the reports that may be about the same thing as one."""
        at = self._by_seq.get(seq)
        if at is None:
            return ()
        # First who is near at all, a millimetre more for what floats round: few are.
        away_mm = np.hypot(*(self._places_mm - self._places_mm[at]).T)
        near = np.flatnonzero(away_mm <= self._reach_mm + self._reach_mm[at] + 1.0)
        return tuple(
            likely_same(self._reports[at], [self._reports[other] for other in near.tolist()])
        )


def answer_case(
    office: Office, actor: Actor, case_id: str, answer: CaseAnswer, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of answering a report or a request, by its id."""
    said = answer.outcome, answer.area_id, answer.note, answer.text
    if case_id in office.recovery().residents.requests:
        return answer_request(office, actor, RequestAnswered(case_id, *said), stamp)
    return answer_report(office, actor, ReportAnswered(case_id, *said), stamp)


def tell_case(
    office: Office, actor: Actor, case_id: str, channel: str, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of recording that whoever sent it was told of the last answer, and how."""
    permit = allow(actor, "tell_reporter")
    if not permit.allowed:
        return Acted(permit)
    params: dict[str, str | int] = {"report": case_id}
    heard = next((each for each in heard_all(office) if each.heard_id == case_id), None)
    if heard is None:
        return Acted(rule([Reason("service.report.unknown", params)]))
    if not heard.answers:
        return Acted(rule([Reason("service.report.unanswered", params)]))
    known = dictionary().lists["report_channel"].names
    if channel not in known:
        told: dict[str, str | int] = {
            "field": "channel",
            "value": channel[:60],
            "known": " ".join(known),
        }
        return Acted(rule([Reason("service.code.unknown", told)]))
    fact = ReporterTold(case_id, heard.answers[-1].entry_id, channel)
    return tell_reporter(office, actor, fact, stamp)
