"""The table of endpoints: what this door answers, once, for the router and for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable

from rafiqa.api import (
    act,
    area,
    asset,
    certificate,
    figureshape,
    gateshape,
    maplayer,
    page,
    point,
    project,
    quality,
    report,
    reportdesk,
    reportshape,
    search,
    session,
    shape,
    sitepaper,
)
from rafiqa.api.account import SECTIONS, show_account
from rafiqa.api.ask import Ask
from rafiqa.api.catalogue import show_catalogue
from rafiqa.api.health import show_health
from rafiqa.api.openapi import show_openapi
from rafiqa.api.reply import GEOJSON, TILE, Reply
from rafiqa.api.route import Endpoint, Param
from rafiqa.api.site import show_site
from rafiqa.api.tiles import show_tile
from rafiqa.api.verifier import show_verifier
from rafiqa.service import SITE_RECORDS

_TEXT = {"type": "string"}
_LON = Param("lon", {"type": "number", "minimum": -180, "maximum": 180}, "Degrees east.", True)
_LAT = Param("lat", {"type": "number", "minimum": -90, "maximum": 90}, "Degrees north.", True)
_FROM = Param("from", _TEXT, "Start of the period; the beginning where left out.")
_TO = Param("to", _TEXT, "End of the period, included; the time asked about where left out.")
_OPERATOR = Param("operator", _TEXT, "Only areas with a task ordered from this organisation.")
_DONOR = Param("donor", _TEXT, "Only areas with a task paid by this organisation.")
_BY = Param(
    "by", {"type": "string", "enum": ["operator", "donor", "area"]}, "The account of each, too."
)
_SHOW = Param("show", _TEXT, f"Beside the account, with commas between: {', '.join(SECTIONS)}.")
_COMPARE = Param(
    "compare_known_at", _TEXT, "What changed since this was known, and by which facts."
)
_NAME = Param("q", _TEXT, "Name or id, or a part of one.", True)
_OF = Param("of", {"type": "integer", "minimum": 1}, "Bytes of the whole picture.", True)
_RELEASE = "/api/releases/{release_id:path}"


def _act(path: str, summary: str, handler: Callable[[Ask], Reply], takes: type) -> Endpoint:
    return Endpoint("POST", path, summary, handler, shape.Done, takes, status=201)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/health", "Whether the store answers", show_health, shape.Health, timed=True),
    Endpoint("GET", "/api/site", "The site and its marks", show_site, shape.Site, timed=True),
    Endpoint(
        "GET",
        "/api/session",
        "Who is signed in",
        session.show_session,
        shape.Session,
        timed=True,
    ),
    Endpoint(
        "POST",
        "/api/session",
        "Sign in",
        session.sign_in,
        shape.Session,
        shape.Credentials,
    ),
    Endpoint("DELETE", "/api/session", "Sign out", session.sign_out, shape.Session),
    Endpoint(
        "GET",
        "/api/map/{layer}",
        "One map layer: " + ", ".join(maplayer.LAYERS),
        maplayer.show_layer,
        shape.FeatureCollection,
        media_type=GEOJSON,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/tiles/buildings/{z:int}/{x:int}/{y:int}.mvt",
        "One vector tile of buildings with their gate, zoom 12 to 16",
        show_tile,
        media_type=TILE,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/at",
        "What is known of a point",
        point.show_point,
        shape.Point,
        params=(_LON, _LAT),
        timed=True,
    ),
    Endpoint("GET", "/api/areas", "All areas", area.show_areas, shape.Areas, timed=True),
    Endpoint(
        "POST",
        "/api/areas/{area_id:path}/reopenings",
        "Put an area's ground back to hazard",
        act.reopen,
        shape.Done,
        shape.Reopening,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/areas/{area_id:path}",
        "One area with its parts, reasons, releases and history",
        area.show_area,
        shape.Area,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/certificates/{number}/paper",
        "The paper of a certificate in force, as PDF, for staff",
        certificate.show_paper,
        media_type=certificate.PDF,
    ),
    Endpoint(
        "GET",
        "/api/projects",
        "All projects with the outcome of their gates",
        project.show_projects,
        gateshape.Projects,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/projects/{project_id:path}",
        "One project with every gate and reason",
        project.show_project,
        gateshape.Project,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/assets/{asset_id:path}",
        "One building with the gate of its own ground",
        asset.show_asset,
        gateshape.Asset,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/account",
        "The land account of a period",
        show_account,
        figureshape.Account,
        params=(_FROM, _TO, _OPERATOR, _DONOR, _BY, _SHOW, _COMPARE),
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/search",
        "Areas, projects, buildings and places by name or id",
        search.show_results,
        shape.Results,
        params=(_NAME,),
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/catalogue/{lang}.json",
        "The page's words in one language",
        show_catalogue,
        shape.Catalogue,
        timed=True,
    ),
    Endpoint(
        "POST",
        "/api/structures",
        "Put a building or a heap on record with its units",
        act.register,
        shape.Done,
        shape.Structure,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/releases",
        "Propose parts of reported work for release",
        act.propose,
        shape.Done,
        shape.Proposal,
        status=201,
    ),
    Endpoint(
        "POST",
        f"{_RELEASE}/acceptance",
        "Accept a proposed release, as a second person",
        act.accept,
        shape.Done,
        shape.Acceptance,
        status=201,
    ),
    Endpoint(
        "POST",
        f"{_RELEASE}/rejection",
        "Turn a proposed release down",
        act.reject,
        shape.Done,
        shape.Rejection,
        status=201,
    ),
    _act("/api/accreditations", "Accredit an organisation", quality.grant, shape.Grant),
    _act(
        "/api/accreditations/{accreditation_id:path}/end",
        "End an accreditation",
        quality.end,
        shape.End,
    ),
    _act("/api/visits", "Record a visit to work", quality.visit, shape.Visit),
    _act(
        "/api/nonconformities",
        "Raise a nonconformity",
        quality.raise_,
        shape.Nonconformity,
    ),
    _act(
        "/api/nonconformities/{nonconformity_id:path}/answer",
        "Answer a nonconformity with its cause and the corrective action",
        quality.answer,
        shape.Correction,
    ),
    _act(
        "/api/nonconformities/{nonconformity_id:path}/closure",
        "Verify and close a nonconformity",
        quality.close,
        shape.Closure,
    ),
    _act(
        "/api/papers/{kind}",
        "Put a paper of a project or rubble lot on record: " + ", ".join(SITE_RECORDS),
        sitepaper.put,
        gateshape.SitePaper,
    ),
    _act("/api/lots", "Record the inspection of a lot", quality.inspect, shape.LotLook),
    _act(
        "/api/lots/{lot_id:path}/review",
        "Lift what a failed lot stopped, confirmed by a second person",
        quality.review,
        shape.LotReview,
    ),
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
        "/api/reports/{report_id}/pictures/{digest}/{part:int}",
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
    ),
    _act(
        "/api/reports/{report_id}/answer",
        "Answer a report or request",
        reportdesk.answer_resident,
        reportshape.ReportAnswer,
    ),
    Endpoint("GET", "/api/openapi.json", "This description", show_openapi, timed=True),
    Endpoint("GET", "/", "The desk", page.show_page, media_type="text/html", page=True),
    Endpoint(
        "GET",
        "/verify",
        "The verifier of certificates",
        show_verifier,
        media_type="text/html",
        page=True,
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
    Endpoint(
        "GET",
        "/static/{path:path}",
        "A file of the desk",
        page.show_file,
        media_type="application/octet-stream",
        page=True,
    ),
)
"""Longer paths stand before shorter ones that would take them in: ids may hold slashes."""
