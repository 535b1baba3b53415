"""Tables of Article 7 of the two conventions, on mines and on cluster munitions.

Only what a clearance record can hold is filled in: areas known and suspected, what was released
and by which method, ordnance found and destroyed, warnings, risk education, accidents, and help for
victims. Stocks, what is retained, conversion, budgets and laws are not recorded here, nor are
victims by sex and age, and the report says so: they are never nought.
"""

from __future__ import annotations

from rafiqa.land.reporttable import (
    NO_NUMBER,
    NOT_RECORDED,
    Column,
    Figure,
    Label,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
    number_or_none,
    people,
    people_total,
)
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reporteducation import education_table
from rafiqa.service.reportfigures import (
    account_table,
    areas_table,
    method_table,
    output_rows,
    unit_cell,
)
from rafiqa.service.reportinquiry import assistance_table, helped
from rafiqa.service.reportland import DESTROYED, finds_in, ordnance_table
from rafiqa.service.reportpeople import accidents_table, harmed_by_kind
from rafiqa.service.reportwarning import notices_told, warnings_table

_FORMS = (
    ("a", "measures"),
    ("b", "stockpiles"),
    ("d", "retained"),
    ("e", "conversion"),
    ("f", "destruction"),
    ("h", "characteristics"),
    ("i", "warning"),
    ("i", "education"),
    ("j", "harmed"),
    ("j", "victims"),
    ("j", "assistance"),
)
"""The forms of the two conventions' reports beside those of ground and ordnance."""


def treaty_tables(basis: ReportBasis) -> Report:
    """Returns what Article 7 asks for, with what the record does not hold named as such."""
    rows = output_rows(basis)
    others = _others(basis)
    tables = (
        areas_table(basis),
        account_table(basis),
        method_table(basis, rows),
        ordnance_table(basis),
        _submunitions(basis),
        warnings_table(basis),
        education_table(basis, basis.sessions),
        accidents_table(basis),
        assistance_table(basis),
        others,
    )
    missing = tuple(
        told
        for told, figure in zip(others.column("what"), others.column("number"), strict=True)
        if isinstance(told, Words) and isinstance(figure, Figure) and figure.why == NOT_RECORDED
    )
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
    """Returns every other form of the report: in figures what is on record, of all else that none.

    What is on record stands in tables of its own; here is how much of it there is.
    """
    held = {
        "warning": _warnings(basis),
        "education": _sessions(basis),
        "harmed": _harmed(basis),
        "assistance": _helped(basis),
    }
    none = Figure(None, "items", basis.origin("not-held", now=True), NOT_RECORDED)
    rows = []
    for form, name in _FORMS:
        figure = held.get(name, none)
        unit = unit_cell(figure.unit) if figure.value is not None else Said("")
        rows.append((Words(f"report.form.{form}"), Words(f"report.treaty.{name}"), figure, unit))
    columns = tuple(map(Column, ("form", "what", "number", "unit")))
    return ReportTable(
        "other_forms", columns, tuple(rows), none.origin, None, (Words("report.note.people"),)
    )


def _warnings(basis: ReportBasis) -> Figure:
    n = len(notices_told(basis))
    return number_or_none(n or None, "notices", basis.origin("notices"))


def _sessions(basis: ReportBasis) -> Figure:
    n = sum(fact.sessions for _, fact in basis.sessions)
    return number_or_none(n or None, "sessions", basis.origin("education"))


def _harmed(basis: ReportBasis) -> Figure:
    """Returns how many were killed and injured, where that gives away none withheld by kind."""
    counts = harmed_by_kind(basis)
    return people_total([n for each in counts.values() for n in each], basis.origin("accidents"))


def _helped(basis: ReportBasis) -> Figure:
    """Returns how many persons were helped; no number where one of some service is withheld."""
    origin = basis.origin("assistance")
    told = helped(basis)
    if any(figure.why == NO_NUMBER for figure in assistance_table(basis).figures()):
        return Figure(None, "people", origin, NO_NUMBER)
    return people(len({person for person, _ in told}) or None, origin)
