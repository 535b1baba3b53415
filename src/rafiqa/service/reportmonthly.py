"""The monthly report: the account of the period, what was put out, quality, accidents, waiting."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

from rafiqa.land.indicator import DAY_US
from rafiqa.land.reporttable import (
    At,
    Cell,
    Column,
    Figure,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
)
from rafiqa.service.planning import PlanAsked, ask_plan
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reportfigures import (
    account_table,
    areas_table,
    indicators_table,
    items_table,
    method_table,
    output_rows,
    output_table,
)
from rafiqa.service.reportland import tasks_table
from rafiqa.service.reportpeople import accidents_table
from rafiqa.service.reportquality import quality_table, waiting_table
from rafiqa.wire.instant import moment_us, utc_day


def month_start_us(until_us: int) -> int:
    """Returns the start of the month's period that a time is in: its first instant is in it."""
    day = utc_day(until_us)
    return moment_us(datetime(day.year, day.month, 1, tzinfo=UTC)) - 1


def monthly_report(basis: ReportBasis) -> Report:
    """Returns the report of a period: of the month that it ends in where no start was asked."""
    rows = output_rows(basis)
    tables = (
        account_table(basis),
        method_table(basis, rows),
        output_table(basis, rows),
        items_table(basis),
        quality_table(basis),
        accidents_table(basis),
        waiting_table(basis),
        tasks_table(basis),
        indicators_table(basis, basis.figures.indicators),
        areas_table(basis),
        *([] if basis.asked.plan is None else [_forecast(basis, basis.asked.plan)]),
    )
    return Report(
        "monthly",
        (basis.ground_name,),
        basis.figures.statement,
        tables,
        (Words("report.missing.forecast"),) if basis.asked.plan is None else (),
        (Words("report.notice.monthly"),),
    )


def _forecast(basis: ReportBasis, plan: PlanAsked) -> ReportTable:
    """Returns when the hazard on record will be done, district by district, with ranges."""
    shown = ask_plan(basis.office, basis.shelf, plan, basis.as_of)
    origin = basis.origin("forecast", now=True)
    rows = tuple(
        (
            Words("report.total") if each.name is None else Said(each.name),
            # A plan reckons in floats; a thousandth of a square metre is more than it knows.
            Figure(Fraction(round(each.area_m2 * 1_000), 1_000), "m2", origin),
            counted(each.n_sites, "areas", origin),
            counted(each.n_left, "areas", origin),
            *(_day(shown.first_us, day) for day in (each.planned_day, *each.done_days)),
        )
        for each in shown.answer.forecasts
    )
    columns = (
        Column("district"),
        Column("area", "m2"),
        Column("areas_planned", "areas"),
        Column("areas_left", "areas"),
        *map(Column, ("planned_by", "tenth", "half", "nine_tenths")),
    )
    return ReportTable("forecast", columns, rows, origin, None, (Words("report.note.forecast"),))


def _day(first_us: int, day: int | None) -> Cell:
    """Returns the day before which so many days have passed; none where no end is in sight."""
    return Words("report.no-end") if day is None else At(first_us + (day - 1) * DAY_US)
