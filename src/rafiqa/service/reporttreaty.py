"""Tables of Article 7 of the two conventions, on mines and on cluster munitions.

Only what a clearance record can hold is filled in: areas known and suspected, what was released
and by which method, ordnance found and destroyed, accidents. Stocks, what is retained, conversion,
budgets and laws are not recorded here, and say so: they are never nought.
"""

from __future__ import annotations

from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Column,
    Figure,
    Label,
    Report,
    ReportTable,
    Words,
    counted,
    number_or_none,
)
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reportfigures import account_table, areas_table, method_table, output_rows
from rafiqa.service.reportland import DESTROYED, finds_in, ordnance_table
from rafiqa.service.reportpeople import accidents_table

_UNKNOWN = (
    ("a", "measures"),
    ("b", "stockpiles"),
    ("d", "retained"),
    ("e", "conversion"),
    ("f", "destruction"),
    ("h", "characteristics"),
    ("i", "warning"),
    ("i", "education"),
    ("j", "victims"),
    ("j", "assistance"),
)
"""The forms of the two conventions' reports that no clearance record can fill in."""


def treaty_tables(basis: ReportBasis) -> Report:
    """Returns what Article 7 asks for, with what the record does not hold named as such."""
    rows = output_rows(basis)
    tables = (
        areas_table(basis),
        account_table(basis),
        method_table(basis, rows),
        ordnance_table(basis),
        _submunitions(basis),
        accidents_table(basis),
        _others(basis),
    )
    missing = tuple(Words(f"report.treaty.{name}") for _, name in _UNKNOWN)
    return Report(
        "article7",
        (basis.ground_name,),
        basis.figures.statement,
        tables,
        missing,
        (Words("report.notice.article7"), Words("report.notice.national")),
    )


def _submunitions(basis: ReportBasis) -> ReportTable:
    """Returns submunitions found and gone, for the Convention on Cluster Munitions."""
    origin = basis.origin("items")
    finds = [find for _, find in finds_in(basis) if find.category == "submunition"]
    known = [find for find in finds if find.action not in (None, "unknown")]
    gone = sum(find.count for find in known if find.action in DESTROYED)
    row = (
        Label("ordnance_category", ("submunition",)),
        counted(sum(find.count for find in finds), "items", origin),
        number_or_none(gone if known else None, "items", origin),
    )
    columns = (Column("ordnance"), Column("items_found", "items"), Column("items_gone", "items"))
    notes = (Words("report.note.destroyed"),)
    return ReportTable("submunitions", columns, (row,), origin, None, notes)


def _others(basis: ReportBasis) -> ReportTable:
    """Returns every other form of the report: none of them is filled in from this record."""
    origin = basis.origin("not-held", now=True)
    rows = tuple(
        (
            Words(f"report.form.{form}"),
            Words(f"report.treaty.{name}"),
            Figure(None, "items", origin, NOT_RECORDED),
        )
        for form, name in _UNKNOWN
    )
    columns = (Column("form"), Column("what"), Column("number"))
    return ReportTable("other_forms", columns, rows, origin)
