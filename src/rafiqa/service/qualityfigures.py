"""Quality in figures: what was looked at, what failed, what was worked again, what passed wrongly.

A pass that turned out wrong is counted where an item was missed, something went off, or the same
work failed later, on ground that the look had passed. That no more are known proves nothing of the
others: what a pass proves at most stands with each pass (``rafiqa.land.proof``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rafiqa.geo import GridShape
from rafiqa.land import (
    LandBook,
    LandReopened,
    LotInspected,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
    Recorded,
    Statement,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.quality_rule import lot_fails
from rafiqa.land.rule import unsound
from rafiqa.service.figures import Question, ask_figures
from rafiqa.service.followup import Span, spans_of
from rafiqa.service.office import Office
from rafiqa.service.progress import period_of, statement_of

METHOD: Final = (
    "facts of quality by the day on which they were true; rework as the land account's output"
    " counts it; a pass was wrong where an item was missed, an accident happened, or the same work"
    " failed, on its ground afterwards"
)
CAUSES: Final = frozenset({"missed_item", "accident", "failed_inspection"})
"""Causes of a reopening that say of work that it had left something."""


@dataclass(slots=True)
class QualityQuarter:
    """What was looked at in one quarter, and what became of it; ``rework2_mm2`` is twice mm²."""

    quarter: str
    passed: int = 0
    failed: int = 0
    visits: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    rework2_mm2: int = 0


@dataclass(frozen=True, slots=True)
class WrongPass:
    """A look that passed ground on which something was left: what looked, and what showed it."""

    look_id: str
    work_id: str
    shown_by: str
    at_us: int


@dataclass(frozen=True, slots=True)
class QualityFigures:
    """Quarter by quarter and in all, and where it comes from.

    Attributes:
        n_passed: looks that passed, of the whole period.
        wrong: those of them known to have been wrong.
        open_by_severity: nonconformities that nobody has closed, at the end.
        seeds: blind seeds laid and found, in all visits of the period.
    """

    statement: Statement
    quarters: tuple[QualityQuarter, ...]
    n_passed: int
    n_failed: int
    wrong: tuple[WrongPass, ...]
    open_by_severity: Counter[str]
    seeds: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Look:
    """An inspection or a lot, by id, with the works and parts that it is of."""

    look_id: str
    record: Recorded
    passed: bool
    work_ids: tuple[str, ...]
    part_ids: tuple[str, ...]


def ask_quality(
    office: Office,
    *,
    from_us: int | None = None,
    until_us: int | None = None,
    known_at_us: int | None = None,
) -> QualityFigures:
    """Returns the figures of quality of a period.

    Raises:
        InvalidInput: the period ends before it begins, or holds more than ``MOST_QUARTERS``.
    """
    start_us, end_us = period_of(office, from_us, until_us, known_at_us)
    spans = spans_of(start_us, end_us)
    first_us = spans[0][1]
    book = office.book(known_at_us)
    looks = [look for look in _looks(book) if first_us <= look.record.valid_at_us <= end_us]
    counted = [_quarter(office, book, looks, span, known_at_us) for span in spans]
    passed = [look for look in looks if look.passed]
    return QualityFigures(
        statement_of(office, METHOD, start_us, end_us, known_at_us),
        tuple(counted),
        len(passed),
        len(looks) - len(passed),
        tuple(_wrong(book, passed, end_us)),
        _open(book, end_us),
        _seeds(book, first_us, end_us),
    )


def _looks(book: LandBook) -> Iterator[_Look]:
    for said in book.register.inspections.values():
        for record in said:
            fact = record.fact
            if isinstance(fact, WorkInspected):
                works = (fact.work_id,)
                yield _Look(fact.inspection_id, record, not unsound(fact), works, ())
    for said in book.register.lots_said.values():
        for record in said[:1]:
            lot = record.fact
            if isinstance(lot, LotInspected):
                yield _Look(lot.lot_id, record, not lot_fails(lot), lot.work_ids, lot.part_ids)


def _quarter(
    office: Office, book: LandBook, looks: Sequence[_Look], span: Span, known_at_us: int | None
) -> QualityQuarter:
    name, first_us, last_us = span
    found = QualityQuarter(name)
    for look in looks:
        if first_us <= look.record.valid_at_us <= last_us:
            found.passed += look.passed
            found.failed += not look.passed
    found.visits = sum(
        first_us <= record.valid_at_us <= last_us
        for said in book.register.visits.values()
        for record in said[:1]
    )
    for record in _raised(book):
        if first_us <= record.valid_at_us <= last_us:
            found.raised[str(getattr(record.fact, "severity", ""))] += 1
    asked = Question(first_us - 1, last_us, known_at_us)
    rows = ask_figures(office, asked).output
    found.rework2_mm2 = sum(row.decided for row in rows if row.maker.heading == "rework")
    return found


def _raised(book: LandBook) -> Iterator[Recorded]:
    for acts in book.register.nonconformity_acts.values():
        yield from (each for each in acts[:1] if isinstance(each.fact, NonconformityRaised))


def _open(book: LandBook, until_us: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for acts in book.register.nonconformity_acts.values():
        known = [each for each in acts if each.valid_at_us <= until_us]
        raised = known[0].fact if known else None
        closed = any(isinstance(each.fact, NonconformityClosed) for each in known)
        if isinstance(raised, NonconformityRaised) and not closed:
            found[raised.severity] += 1
    return found


def _seeds(book: LandBook, first_us: int, until_us: int) -> tuple[int, int]:
    visits = [
        record.fact
        for said in book.register.visits.values()
        for record in said[:1]
        if isinstance(record.fact, QaVisited) and first_us <= record.valid_at_us <= until_us
    ]
    return sum(each.seeds_laid or 0 for each in visits), sum(
        each.seeds_found or 0 for each in visits
    )


def _wrong(book: LandBook, passed: Sequence[_Look], until_us: int) -> Iterator[WrongPass]:
    """Yields each look that passed ground on which something was left, by what showed it first."""
    shown = list(_shown(book, until_us))
    failed = [look for look in _looks(book) if not look.passed]
    for look in passed:
        after = (look.record.valid_at_us, look.record.seq)
        for work_id, parts in _ground(book, look):
            found = [
                (at_us, seq, by)
                for at_us, seq, by, shape in shown
                if (at_us, seq) > after
                and any(part.shape.intersection(shape).area2_mm2 for part in parts)
            ]
            found += [
                (later.record.valid_at_us, later.record.seq, later.look_id)
                for later in failed
                if after < (later.record.valid_at_us, later.record.seq)
                and later.record.valid_at_us <= until_us
                and _same_ground(later, work_id, parts)
            ]
            if found:
                at_us, _, by = min(found)
                yield WrongPass(look.look_id, work_id, by, at_us)
                break


def _shown(book: LandBook, until_us: int) -> Iterator[tuple[int, int, str, GridShape]]:
    """Yields what put released ground back to hazard and says that something had been left."""
    for raised in book.register.raises:
        record = book.register.reopenings.get(raised.subject)
        fact = None if record is None else record.fact
        other = isinstance(fact, LandReopened) and fact.cause not in CAUSES
        if raised.kind == "reopened" and raised.valid_at_us <= until_us and not other:
            yield raised.valid_at_us, raised.seq, raised.subject, raised.shape


def _same_ground(look: _Look, work_id: str, parts: Sequence[WorkedPart]) -> bool:
    if look.part_ids:
        return not {part.part_id for part in parts}.isdisjoint(look.part_ids)
    return work_id in look.work_ids


def _ground(book: LandBook, look: _Look) -> Iterator[tuple[str, list[WorkedPart]]]:
    """Yields the works that a look is of, with the searched parts that it is of."""
    register = book.register
    works = dict.fromkeys(look.work_ids)
    for part_id in look.part_ids:
        known = register.parts.get(part_id)
        owner = known[1].fact if known else None
        works |= {owner.work_id: None} if isinstance(owner, WorkReported) else {}
    for work_id in works:
        record = register.works.get(work_id)
        if record is None or not isinstance(record.fact, WorkReported):
            continue
        parts = [
            part
            for part in record.fact.parts
            if part.outcome in {"cleared", "reduced"}
            and (not look.part_ids or part.part_id in look.part_ids)
        ]
        if parts:
            yield work_id, parts
