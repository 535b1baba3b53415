"""The endpoints of reports that are drawn up for paper: in JSON, as PDF and as a spreadsheet."""

from __future__ import annotations

from rafiqa.api import paperdesk, papershape
from rafiqa.api.route import Endpoint, Param
from rafiqa.service.reporting import REPORTS

_TEXT = {"type": "string"}
_PARAMS = (
    Param("from", _TEXT, "Start of the period; monthly: of the month that it ends in."),
    Param("to", _TEXT, "End of the period, included; now where left out."),
    Param("known_at", _TEXT, "As known at this time; now where left out."),
    Param("area", _TEXT, "Of this area alone."),
    Param("project", _TEXT, "Of this project and its ground alone."),
    Param("donor", _TEXT, "Of areas with a task that this organisation pays for."),
)

PAPER_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/papers",
        "The reports that can be drawn up, and of which areas, projects and donors, for staff",
        paperdesk.show_papers,
        papershape.Papers,
    ),
    Endpoint(
        "GET",
        "/api/papers/{kind}",
        f"A report drawn up, for staff: {', '.join(REPORTS)}",
        paperdesk.show_paper_tables,
        papershape.DrawnUp,
        params=_PARAMS,
    ),
    Endpoint(
        "GET",
        "/api/papers/{kind}/pdf",
        "The same as PDF, in the language asked for",
        paperdesk.show_paper_pdf,
        media_type=paperdesk.MEDIA_TYPES["pdf"],
        params=_PARAMS,
    ),
    Endpoint(
        "GET",
        "/api/papers/{kind}/xlsx",
        "The same as a spreadsheet, in the language asked for",
        paperdesk.show_paper_xlsx,
        media_type=paperdesk.MEDIA_TYPES["xlsx"],
        params=_PARAMS,
    ),
)
