"""Quality and waiting on paper: what was inspected, what was wrong, how long things took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median

from rafiqa.land import (
    LotInspected,
    NonconformityClosed,
    NonconformityRaised,
    QaVisited,
    Recorded,
    ReleaseProposed,
    WorkInspected,
    settled,
)
from rafiqa.land.indicator import DAY_US
from rafiqa.land.reporttable import (
    LEAST_PEOPLE,
    NO_NUMBER,
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Origin,
    ReportTable,
    Said,
    Words,
    counted,
    number_or_none,
)
from rafiqa.service.reportbasis import ReportBasis, day_or, words_or

_WAITED = ("times", "days", "days")
SEVERITIES = ("critical", "major", "minor", "observation")


def inspections_of(basis: ReportBasis) -> list[Recorded]:
    """Returns every inspection of the works asked about that was true by the end of the period."""
    register = basis.register
    return [
        record
        for fact in basis.work_facts()
        for record in register.inspections.get(fact.work_id, ())
        if basis.by_then(record)
    ]


def lots_of(basis: ReportBasis) -> list[Recorded]:
    """Returns the inspections of lots that look at works asked about, by the period's end."""
    work_ids = {fact.work_id for fact in basis.work_facts()}
    part_ids = {part.part_id for fact in basis.work_facts() for part in fact.parts}
    found = []
    for said in basis.register.lots_said.values():
        for record in said:
            fact = record.fact
            if not isinstance(fact, LotInspected) or not basis.by_then(record):
                continue
            names = {*fact.work_ids} & work_ids or {*fact.part_ids} & part_ids
            if names or basis.outline is None:
                found.append(record)
    return found


def _raised(basis: ReportBasis) -> Iterator[tuple[Recorded, NonconformityRaised, Recorded | None]]:
    """Yields every nonconformity that concerns what is asked about, with what closed it by then."""
    work_ids = {fact.work_id for fact in basis.work_facts()}
    task_ids = {fact.task_id for fact in basis.work_facts() if fact.task_id}
    for acts in basis.register.nonconformity_acts.values():
        raised = next((act for act in acts if isinstance(act.fact, NonconformityRaised)), None)
        if raised is None or not basis.by_then(raised):
            continue
        fact = raised.fact
        assert isinstance(fact, NonconformityRaised)  # noqa: S101 - chosen above
        about = fact.work_id in work_ids or fact.task_id in task_ids
        if not about and basis.outline is not None:
            continue
        closing = (act for act in acts if isinstance(act.fact, NonconformityClosed))
        yield raised, fact, next((act for act in closing if basis.by_then(act)), None)


def quality_table(basis: ReportBasis) -> ReportTable:
    """Returns what quality management did in the period, and what is open at its end."""
    origin = basis.origin("quality")
    rows: list[tuple[Cell, ...]] = []

    def row(code: str, detail: Cell, n: int) -> None:
        rows.append((Words(f"report.quality.{code}"), detail, counted(n, "times", origin)))

    inspected = [item.fact for item in inspections_of(basis) if basis.within(item)]
    results = Counter(fact.passed for fact in inspected if isinstance(fact, WorkInspected))
    lots = [item.fact for item in lots_of(basis) if basis.within(item)]
    lot_results = Counter(fact.passed for fact in lots if isinstance(fact, LotInspected))
    for code, told in (("inspections", results), ("lots", lot_results)):
        for passed in (True, False):
            result = Label("inspection_result", ("passed" if passed else "failed",))
            row(code, result, told[passed])
    row("visits", Said(""), len(visits_of(basis)))
    known = list(_raised(basis))
    for severity in SEVERITIES:
        raised = sum(each[1].severity == severity and basis.within(each[0]) for each in known)
        row("raised", Label("severity", (severity,)), raised)
    row("closed", Said(""), sum(c is not None and basis.within(c) for _, _, c in known))
    for severity in SEVERITIES:
        still = sum(each[1].severity == severity and each[2] is None for each in known)
        row("open", Label("severity", (severity,)), still)
    columns = (Column("what"), Column("detail"), Column("number", "times"))
    return ReportTable("quality", columns, tuple(rows), origin)


def visits_of(basis: ReportBasis) -> list[Recorded]:
    """Returns the visits of the period to the works asked about; all of them where all is asked."""
    work_ids = {fact.work_id for fact in basis.work_facts()}
    task_ids = {fact.task_id for fact in basis.work_facts() if fact.task_id}
    return [
        record
        for said in basis.register.visits.values()
        for record in said[:1]
        if isinstance(fact := record.fact, QaVisited)
        and basis.within(record)
        and (basis.outline is None or fact.work_id in work_ids or fact.task_id in task_ids)
    ]


def inspections_table(basis: ReportBasis) -> ReportTable:
    """Returns every inspection of works and lots: who, when, how much, and with which result."""
    origin = basis.origin("quality")
    rows: list[tuple[Cell, ...]] = []
    for record in (*inspections_of(basis), *lots_of(basis)):
        fact = record.fact
        if isinstance(fact, WorkInspected):
            id_, of, items = fact.inspection_id, fact.work_id, None
        elif isinstance(fact, LotInspected):
            id_, of, items = fact.lot_id, " ".join(fact.work_ids or fact.part_ids), fact.items_found
        else:
            continue
        share = fact.inspected_share
        rows.append(
            (
                Said(id_),
                Said(of),
                Said(fact.organisation_id),
                day_or(record.valid_at_us),
                Label("inspection_result", ("passed" if fact.passed else "failed",)),
                _share(None if share is None else Fraction(share), origin),
                number_or_none(items, "items", origin),
                counted(len(fact.findings), "findings", origin),
            )
        )
    columns = (
        *(Column(name) for name in ("inspection_id", "inspected", "organisation", "day", "result")),
        Column("inspected_share", "%"),
        Column("items", "items"),
        Column("findings", "findings"),
    )
    notes = (Words("report.note.inspection"),)
    return ReportTable("inspections", columns, tuple(rows), origin, None, notes)


def _share(value: Fraction | None, origin: Origin) -> Figure:
    why = NOT_RECORDED if value is None else None
    return Figure(None if value is None else value * 100, "%", origin, why)


def open_nonconformities(basis: ReportBasis) -> ReportTable:
    """Returns every nonconformity that is open at the end of the period, without its words."""
    origin = basis.origin("quality", now=True)
    rows = tuple(
        (
            Said(fact.nonconformity_id),
            Label("severity", (fact.severity,)),
            Label("nonconformity_kind", (fact.kind,)),
            Said(fact.organisation_id),
            words_or(fact.work_id or fact.task_id),
            day_or(record.valid_at_us),
            day_or(fact.due_us),
        )
        for record, fact, closed in _raised(basis)
        if closed is None
    )
    names = ("nonconformity_id", "severity", "kind", "organisation", "about", "day", "due")
    return ReportTable("nonconformities", tuple(map(Column, names)), rows, origin)


def waiting_table(basis: ReportBasis) -> ReportTable:
    """Returns how long things waited that were decided in the period, and what waits at its end."""
    origin = basis.origin("waiting")
    spans: dict[str, list[int]] = {name: [] for name in ("inspection", "proposal", "decision")}
    waits: list[int] = []
    for proposal, decision in _releases(basis):
        fact = proposal.fact
        assert isinstance(fact, ReleaseProposed)  # noqa: S101 - of a release
        if decision is None:
            waits.append(basis.until_us - proposal.valid_at_us)
            continue
        if not basis.within(decision):
            continue
        work = basis.register.works.get(fact.work_id)
        seen = [
            record
            for record in basis.register.inspections.get(fact.work_id, ())
            if record.valid_at_us <= proposal.valid_at_us
        ]
        if work is not None and seen:
            first = min(record.valid_at_us for record in seen)
            spans["inspection"].append(first - work.valid_at_us)
            spans["proposal"].append(proposal.valid_at_us - first)
        spans["decision"].append(decision.valid_at_us - proposal.valid_at_us)
    answered, unanswered = _reports(basis)
    rows = [_waited(f"report.waiting.{name}", each, origin) for name, each in spans.items()]
    rows.append(_waited("report.waiting.open-decision", waits, origin))
    for name, each in (("answer", answered), ("open-answer", unanswered)):
        code = f"report.waiting.{name}"
        # Of a part of the site: when a few there reported may say who they are.
        few = basis.outline is not None and 0 < len(each) < LEAST_PEOPLE
        rows.append(_few(code, origin) if few else _waited(code, each, origin))
    columns = (
        Column("what"),
        Column("number", "times"),
        Column("median", "days"),
        Column("longest", "days"),
    )
    return ReportTable("waiting", columns, tuple(rows), origin)


def _few(code: str, origin: Origin) -> tuple[Cell, ...]:
    return (Words(code), *(Figure(None, unit, origin, NO_NUMBER) for unit in _WAITED))


def _releases(basis: ReportBasis) -> Iterator[tuple[Recorded, Recorded | None]]:
    work_ids = {fact.work_id for fact in basis.work_facts()}
    for release in basis.register.releases.values():
        proposal = release.proposal
        if not isinstance(proposal.fact, ReleaseProposed) or not basis.by_then(proposal):
            continue
        if proposal.fact.work_id in work_ids:
            decision = release.decision
            known = decision is not None and basis.by_then(decision)
            yield proposal, decision if known else None


def _reports(basis: ReportBasis) -> tuple[list[int], list[int]]:
    """Returns how long residents' reports waited for a first answer, and how long others wait."""
    answered, waiting = [], []
    for report_id, record in basis.register.reports.items():
        if not basis.by_then(record) or not basis.holds(getattr(record.fact, "spot", None)):
            continue
        answers = basis.register.answers.get(report_id, ())
        first = min((item.valid_at_us for item in answers if basis.by_then(item)), default=None)
        if first is not None and basis.from_us < first:
            answered.append(first - record.valid_at_us)
        if not settled(answers, basis.until_us):
            waiting.append(basis.until_us - record.valid_at_us)
    return answered, waiting


def _waited(code: str, spans_us: Sequence[int], origin: Origin) -> tuple[Cell, ...]:
    values: tuple[Fraction | None, ...] = (None, None)
    if spans_us:
        # A thing put on record late may be dated before what it followed: it waited for nothing.
        spans = [Fraction(max(0, span), DAY_US) for span in spans_us]
        values = (Fraction(median(spans)), max(spans))
    why = None if spans_us else Words("report.none")
    return (
        Words(code),
        counted(len(spans_us), "times", origin),
        *(Figure(value, "days", origin, why) for value in values),
    )
