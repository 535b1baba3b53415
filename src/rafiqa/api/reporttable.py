"""The endpoints of residents' reports: what their page asks, and what the desk works on."""

from __future__ import annotations

from rafiqa.api import report, reportdesk, reportshape, shape
from rafiqa.api.route import Endpoint, Param

_OF = Param("of", {"type": "integer", "minimum": 1}, "Bytes of the whole picture.", True)

REPORT_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "PUT",
        "/api/reports/{report_id}",
        "Send a report or request without an account; sent again it is taken once",
        report.take_report,
        reportshape.Received,
        reportshape.Message,
        status=201,
        anybody=True,
    ),
    Endpoint(
        "PUT",
        "/api/reports/{report_id}/pictures/{digest}/{part:whole}",
        "Send one part of a report's picture, 256 KiB but for the last",
        report.take_part,
        reportshape.Received,
        params=(_OF,),
        anybody=True,
        raw=True,
    ),
    Endpoint(
        "GET",
        "/api/reports/{report_id}/pictures/{digest}",
        "A report's picture, for staff",
        reportdesk.show_picture,
        media_type="image/jpeg",
    ),
    Endpoint(
        "POST",
        "/api/report-codes",
        "What became of the reports under a code, and that its holder was told",
        report.show_by_code,
        reportshape.ByCode,
        reportshape.CodeAsked,
        anybody=True,
    ),
    Endpoint(
        "GET",
        "/api/report-places",
        "Names of places, to choose from while offline",
        report.show_places,
        reportshape.Places,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/reports",
        "Residents' reports and requests by urgency, for staff",
        reportdesk.show_reports,
        reportshape.Reports,
        params=(
            *(
                Param(name, {"type": "string", "enum": [*known]}, f"Only of this {name}.")
                for name, known in reportdesk.CHOICES.items()
            ),
            Param("q", {"type": "string"}, "Only those with these words, this id or area."),
            Param("skip", {"type": "integer", "minimum": 0}, "How many to leave out."),
            Param("limit", {"type": "integer", "minimum": 0}, "How many at most; all if left out."),
        ),
    ),
    Endpoint(
        "POST",
        "/api/reports/{report_id}/answer",
        "Answer a report or request",
        reportdesk.answer_resident,
        shape.Done,
        reportshape.ReportAnswer,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/reports/{report_id}/told",
        "Record that whoever reported was told of an answer",
        reportdesk.tell_resident,
        shape.Done,
        reportshape.ReportTold,
        status=201,
    ),
    Endpoint(
        "GET",
        "/report",
        "The page on which residents report",
        report.show_report_page,
        media_type="text/html",
        page=True,
    ),
    Endpoint(
        "GET",
        "/report-worker.js",
        "What keeps that page on a phone",
        report.show_worker,
        media_type="text/javascript",
        page=True,
    ),
)
