"""The donor page: what was put out for whom, rework apart, and its cost where that is on record."""

from __future__ import annotations

from rafiqa.errors import Fault, NotFound
from rafiqa.land import Case
from rafiqa.land.indicator import cost
from rafiqa.land.output import donor_of
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Report,
    ReportTable,
    Said,
    Words,
    hectares,
    square_metres,
)
from rafiqa.service.reportbasis import ReportBasis, donors, words_or
from rafiqa.service.reportfigures import (
    items_table,
    method_table,
    output_rows,
    output_table,
    unit_cell,
)
from rafiqa.service.reportland import tasks_on


def donor_page(basis: ReportBasis) -> Report:
    """Returns the page of one donor, or of all with what nobody is on record as paying for.

    Raises:
        NotFound: no donor is on record.
    """
    if not donors(basis.register, basis.until_us):
        raise NotFound(Fault("service.reporting.no-donor"))
    rows = output_rows(basis)
    tables = (
        _by_donor(basis),
        method_table(basis, rows),
        output_table(basis, rows),
        items_table(basis),
        _costs(basis),
        _tasks(basis),
    )
    told = basis.asked.donor_id
    about = (basis.ground_name,) if told is None else (Said(told), basis.ground_name)
    notices = (Words("report.notice.donor"),)
    return Report("donor", about, basis.figures.statement, tables, (), notices)


def _by_donor(basis: ReportBasis) -> ReportTable:
    """Returns what was released for each donor: output by outcome, and rework apart."""
    origin = basis.origin("output")
    sizes: dict[tuple[str | None, str, str], int] = {}
    for row in output_rows(basis):
        key = (row.maker.donor_id, row.maker.outcome, row.maker.heading)
        sizes[key] = sizes.get(key, 0) + row.decided
    ordered = sorted(sizes.items(), key=lambda item: tuple(each or "" for each in item[0]))
    rows = tuple(
        (
            words_or(donor),
            Label("outcome", (outcome,)),
            Words(f"account.heading.{heading}"),
            square_metres(size, origin),
            hectares(size, origin),
        )
        for (donor, outcome, heading), size in ordered
        if size
    )
    whole = sum(sizes.values())
    total: tuple[Cell, ...] = (
        Words("report.total"),
        Said(""),
        Said(""),
        square_metres(whole, origin),
        hectares(whole, origin),
    )
    columns = (
        *(Column(name) for name in ("donor", "outcome", "heading")),
        Column("area", "m2"),
        Column("area_hectares", "ha"),
    )
    return ReportTable("donors", columns, rows, origin, total, (Words("report.note.decided"),))


def _costs(basis: ReportBasis) -> ReportTable:
    """Returns, donor by donor, cost per m² and per item, of tasks whose cost is on record."""
    origin = basis.origin("cost")
    register, figures = basis.register, basis.figures
    rows: list[tuple[Cell, ...]] = []
    for donor_id in sorted(donors(register, basis.until_us)):
        if basis.asked.donor_id not in (None, donor_id):
            continue
        works = [work for work in basis.work_facts() if donor_of(register, work) == donor_id]
        case = Case(figures.book, figures.ground, works, figures.account)
        for found in cost(case):
            why = None if found.reason is None else Words(found.reason.code, found.reason.params)
            rows.append(
                (
                    Said(donor_id),
                    Words(f"account.indicator.{found.name}"),
                    Figure(found.value, found.unit, origin, why),
                    unit_cell(found.unit),
                    words_or(found.of),
                )
            )
    columns = tuple(map(Column, ("donor", "indicator", "value", "unit", "currency")))
    return ReportTable("costs", columns, tuple(rows), origin, None, (Words("report.note.cost"),))


def _tasks(basis: ReportBasis) -> ReportTable:
    """Returns every task that a donor pays for, and its cost where it is on record."""
    origin = basis.origin("tasks", now=True)
    rows = []
    for task_id, _, order in tasks_on(basis):
        if order.donor_id is None:
            continue
        known = order.cost if order.cost is not None and order.cost.is_finite() else None
        unit = order.currency or "currency-unknown"
        rows.append(
            (
                Said(order.donor_id),
                Said(task_id),
                Said(order.area_id),
                Said(order.organisation_id),
                Figure(known, unit, origin, NOT_RECORDED if known is None else None),
                words_or(order.currency),
            )
        )
    rows.sort(key=repr)
    columns = ("donor", "task_id", "area_id", "organisation", "cost", "currency")
    return ReportTable("donor_tasks", tuple(map(Column, columns)), tuple(rows), origin)
