"""Reports at this door, for staff: drawn up as of two times, as JSON, PDF or a spreadsheet."""

from __future__ import annotations

import msgspec

from rafiqa.api import papershape
from rafiqa.api.ask import Ask
from rafiqa.api.filename import attachment
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, Forbidden
from rafiqa.land.reporttable import Report
from rafiqa.service.reportbasis import ReportAsked, donors
from rafiqa.service.reporting import REPORTS, ask_report
from rafiqa.wire.reportfile import MEDIA_TYPES, report_bytes
from rafiqa.wire.reportjson import report_json
from rafiqa.wire.reporttext import title_of

__all__ = [
    "MEDIA_TYPES",
    "show_paper_pdf",
    "show_paper_tables",
    "show_paper_xlsx",
    "show_papers",
]

OF_ONE_AREA = frozenset({"completion", "handover", "dossier"})
"""Reports that can be of one area alone."""
OF_WORKS = frozenset({"municipality"})
"""Reports of works and permits, which all of the staff see alike."""
_FRESH = {"Cache-Control": "no-store"}
"""What is restricted is kept by no browser."""


def show_papers(ask: Ask) -> Reply:
    """Returns which reports there are, and the areas, projects and donors on record.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    _staff_only(ask)
    office = ask.desk.office
    register, recovery = office.register(), office.recovery()
    kinds = [papershape.PaperKind(kind, title_of(kind, ask.lang)) for kind in REPORTS]
    view = View.of(ask)
    if not view.staff:
        kinds = [kind for kind in kinds if kind.kind in OF_ONE_AREA | OF_WORKS]
    found = papershape.Papers(
        kinds,
        sorted(area_id for area_id in register.areas if view.sees(area_id)),
        sorted(recovery.projects),
        sorted(donors(register, office.now_us())),
    )
    return reply(found, _FRESH)


def show_paper_tables(ask: Ask) -> Reply:
    """Returns a report with the origin of every figure.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: no such report, or times that cannot be.
        NotFound: no such area, project or donor, or nothing that the report is of.
    """
    told = report_json(_drawn_up(ask), ask.lang)
    return reply(msgspec.convert(told, papershape.DrawnUp), _FRESH)


def show_paper_pdf(ask: Ask) -> Reply:
    """Returns a report as PDF; raises as ``show_paper_tables``."""
    return _file(ask, "pdf")


def show_paper_xlsx(ask: Ask) -> Reply:
    """Returns a report as a spreadsheet; raises as ``show_paper_tables``."""
    return _file(ask, "xlsx")


def _file(ask: Ask, suffix: str) -> Reply:
    report = _drawn_up(ask)
    data = report_bytes(report, ask.desk.office.frame, f".{suffix}", ask.lang)
    headers = _FRESH | attachment(f"{report.kind}-{ask.lang}.{suffix}")
    return Reply(data, MEDIA_TYPES[suffix], headers=headers)


def _drawn_up(ask: Ask) -> Report:
    _staff_only(ask)
    _refuse_others(ask)
    asked = ReportAsked(
        ask.path["kind"],
        ask.time_us("from", last=False),
        ask.time_us("to"),
        ask.time_us("known_at"),
        area_id=ask.query.get("area") or None,
        project_id=ask.query.get("project") or None,
        donor_id=ask.query.get("donor") or None,
    )
    return ask_report(ask.desk.office, ask.desk.shelf, asked)


def _refuse_others(ask: Ask) -> None:
    """Refuses a report of what others do to who sees their own organisation's work alone.

    Raises:
        Forbidden: it is none of one area of theirs.
    """
    view, area_id = View.of(ask), ask.query.get("area")
    others = ask.query.get("project") or ask.query.get("donor")
    kind = ask.path["kind"]
    own = kind in OF_ONE_AREA and view.sees(area_id) and not others
    own = own or kind in OF_WORKS or kind not in REPORTS
    if not (view.staff or own) and ask.actor is not None:
        params: dict[str, str | int] = {"role": ask.actor.role, "act": "see_work"}
        raise Forbidden(Fault("service.permit.organisation", "area", params=params))


def _staff_only(ask: Ask) -> None:
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
