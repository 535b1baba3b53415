"""Reports: each kind drawn up from the land book as of two times. They say; they move nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land.reporttable import Report, Words
from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.reportbasis import ReportAsked, ReportBasis, basis_of
from rafiqa.service.reportcompletion import completion_report
from rafiqa.service.reportdonor import donor_page
from rafiqa.service.reportdossier import dossier
from rafiqa.service.reporteducation import people_report
from rafiqa.service.reportfivew import five_w
from rafiqa.service.reporthandover import handover_dossier
from rafiqa.service.reportmonthly import month_start_us, monthly_report
from rafiqa.service.reportmunicipality import municipality_brief
from rafiqa.service.reporttreaty import treaty_tables

REPORTS: Final[Mapping[str, Callable[[ReportBasis], Report]]] = {
    "completion": completion_report,
    "handover": handover_dossier,
    "article7": treaty_tables,
    "5w": five_w,
    "dossier": dossier,
    "monthly": monthly_report,
    "municipality": municipality_brief,
    "donor": donor_page,
    "people": people_report,
}
"""Every kind of report, and what draws it up."""


def ask_report(office: Office, shelf: AssetShelf, asked: ReportAsked) -> Report:
    """Returns a report; of the same ledger and times it is the same for ever.

    Raises:
        InvalidInput: no such kind; the period ends before it begins, or later than now.
        NotFound: no such area, project or donor by then, or nothing that the report is of.
    """
    draw_up = REPORTS.get(asked.kind)
    if draw_up is None:
        params: dict[str, str | int] = {"kind": asked.kind, "known": ", ".join(REPORTS)}
        raise InvalidInput(Fault("service.reporting.kind", "KIND", params=params))
    if asked.kind == "monthly" and asked.from_us is None:
        until_us = office.now_us() if asked.until_us is None else asked.until_us
        asked = replace(asked, from_us=month_start_us(min(until_us, office.now_us())))
    basis = basis_of(office, shelf, asked)
    report = draw_up(basis)
    # Said first and on every kind: the figures of a period do not tell what came after them.
    doubt = [Words("report.notice.doubt", {"area_m2": basis.doubted_m2})]
    told = doubt if basis.doubted_m2 else []
    return replace(report, notices=(*told, *report.notices))
