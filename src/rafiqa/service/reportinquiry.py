"""What became of accidents, and of help for who was harmed, on paper; counts, and no pseudonym."""

from __future__ import annotations

from rafiqa.dictionary import dictionary
from rafiqa.land import AccidentRecorded
from rafiqa.land.reporttable import Cell, Column, Label, ReportTable, Words, people
from rafiqa.service.inquiry import assistance, inquiries, reopening_of
from rafiqa.service.reportbasis import ReportBasis, day_or, words_or
from rafiqa.service.reportpeople import accidents_in

STEPS = ("detailed_report", "investigation", "lessons_shared")


def inquiries_table(basis: ReportBasis) -> ReportTable:
    """Returns every accident of the period with how far the looking into it has come."""
    origin = basis.origin("inquiries")
    steps: dict[tuple[str, str], int] = {}
    for record, told in inquiries(basis.office, basis.known_us):
        if basis.by_then(record):
            steps[told.accident_id, told.step] = record.valid_at_us
    rows: list[tuple[Cell, ...]] = []
    for record in accidents_in(basis):
        fact = record.fact
        if not isinstance(fact, AccidentRecorded):
            continue
        reopening = reopening_of(basis.office, record, basis.known_us)
        rows.append(
            (
                words_or(fact.accident_id),
                Label("accident_kind", (fact.kind,)),
                day_or(record.valid_at_us),
                *(day_or(steps.get((fact.accident_id, step))) for step in STEPS),
                words_or(reopening),
            )
        )
    names = ("accident", "accident_kind", "happened", *STEPS, "reopening")
    columns = tuple(map(Column, names))
    return ReportTable("inquiries", columns, tuple(rows), origin)


def helped(basis: ReportBasis) -> dict[tuple[str, str], str]:
    """Returns at which state each person's help of each service stood last in the period."""
    last: dict[tuple[str, str], str] = {}
    for record, told in assistance(basis.office, basis.known_us):
        if basis.within(record):
            last[told.person_ref, told.service] = told.state
    return last


def assistance_table(basis: ReportBasis) -> ReportTable:
    """Returns how many persons each service stood last at which state for; never one to four.

    A person is counted once for a service, by the last word of the period. There is no total:
    one person may be helped in several ways.
    """
    origin = basis.origin("assistance")
    last = helped(basis)
    states = dictionary().lists["assistance_state"].names
    services = sorted({service for _, service in last})
    rows: list[tuple[Cell, ...]] = []
    for service in services:
        counts = [
            sum(1 for (_, named), state in last.items() if (named, state) == (service, each))
            for each in states
        ]
        rows.append(
            (
                Label("assistance_service", (service,)),
                *(people(n, origin) for n in counts),
            )
        )
    columns = (
        Column("assistance_service"),
        *(Column(f"assistance_{state}", "people") for state in states),
    )
    notes = (Words("report.note.people"),)
    return ReportTable("assistance", columns, tuple(rows), origin, None, notes)
