"""The table of endpoints: what this door answers, once, for the router and for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable

from rafiqa.api import (
    accessshape,
    act,
    area,
    asset,
    assetshape,
    certificate,
    damage,
    figureshape,
    gateshape,
    layer,
    maplayer,
    page,
    permit,
    permitshape,
    planshape,
    point,
    project,
    quality,
    residual,
    residualshape,
    search,
    session,
    shape,
    sitepaper,
    works,
)
from rafiqa.api.access import show_access
from rafiqa.api.account import SECTIONS, show_account
from rafiqa.api.ask import Ask
from rafiqa.api.catalogue import show_catalogue
from rafiqa.api.deskstudytable import STUDY_ENDPOINTS
from rafiqa.api.drawtable import DRAW_ENDPOINTS
from rafiqa.api.federationtable import FEDERATION_ENDPOINTS
from rafiqa.api.followup import show_followup
from rafiqa.api.health import show_health
from rafiqa.api.healthshape import Health
from rafiqa.api.minerow import MINE_ROW_ENDPOINTS
from rafiqa.api.openapi import show_openapi
from rafiqa.api.papertable import PAPER_ENDPOINTS
from rafiqa.api.peopletable import PEOPLE_ENDPOINTS
from rafiqa.api.persontable import PERSON_ENDPOINTS
from rafiqa.api.plan import show_plan
from rafiqa.api.publictable import PUBLIC_ENDPOINTS
from rafiqa.api.queuetable import QUEUE_ENDPOINTS
from rafiqa.api.reply import GEOJSON, Reply
from rafiqa.api.reporttable import REPORT_ENDPOINTS
from rafiqa.api.route import Endpoint, Param
from rafiqa.api.site import show_site
from rafiqa.api.tiletable import TILE_ENDPOINTS
from rafiqa.api.verifier import show_verifier
from rafiqa.api.worktable import WORK_ENDPOINTS
from rafiqa.api.worth import show_worth
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
_BOUNDARY = Param("boundary", _TEXT, "Only ground within this outline: lon,lat;lon,lat;…")
_SHOW = Param("show", _TEXT, f"Beside the account, with commas between: {', '.join(SECTIONS)}.")
_COMPARE = Param(
    "compare_known_at", _TEXT, "What changed since this was known, and by which facts."
)
_NAME = Param("q", _TEXT, "Name or id, or a part of one.", True)
_OLD = Param("old", _TEXT, "A layer's id, or the beginning of a version's hash.", True)
_NEW = Param("new", _TEXT, "Likewise, of the newer version.", True)
_ASSET = "/api/assets/{asset_id:path}"
_PROJECT = Param("project", _TEXT, "Only those of this project.")
_NOTICE_STATE = Param(
    "state",
    {"type": "string", "enum": ["all", "unacknowledged", "overdue"]},
    "All, those that somebody has not answered, or those for which a call is due.",
)
_COST = {"type": "number", "exclusiveMinimum": 0}
_CHANCE = {"type": "number", "minimum": 0, "maximum": 1}
_WORTH = (
    Param("clear", _COST, "Cost of clearing a hectare, in any unit.", True),
    Param("survey", _COST, "Cost of surveying it, in the same unit.", True),
    Param("leave", _COST, "Harm of leaving it as it is where it is contaminated.", True),
    Param("sensitivity", _CHANCE, "Chance that survey shows what is there; 0.9 where left out."),
    Param("specificity", _CHANCE, "Chance that it shows none where none is; 0.95 likewise."),
)
_RELEASE = "/api/releases/{release_id:path}"


def _act(path: str, summary: str, handler: Callable[[Ask], Reply], takes: type) -> Endpoint:
    return Endpoint("POST", path, summary, handler, shape.Done, takes, status=201)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/health", "Whether the store answers", show_health, Health, timed=True),
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
    *PERSON_ENDPOINTS,
    *FEDERATION_ENDPOINTS,
    *PEOPLE_ENDPOINTS,
    Endpoint(
        "GET",
        "/api/map/{layer}",
        "One map layer: " + ", ".join(maplayer.LAYERS),
        maplayer.show_layer,
        shape.FeatureCollection,
        media_type=GEOJSON,
        timed=True,
    ),
    *TILE_ENDPOINTS,
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
    *DRAW_ENDPOINTS,
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
        "/api/areas/{area_id:path}/residual",
        "What is judged to be left in its cleared ground, for staff; it releases nothing",
        residual.show_residual,
        residualshape.Residual,
        timed=True,
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
        "POST",
        "/api/projects",
        "Register works, to ask whether they may start",
        works.ask_for,
        gateshape.PaperDone,
        gateshape.WorksAsked,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/projects/{project_id:path}",
        "One project with every gate and reason",
        project.show_project,
        permitshape.ProjectSheet,
        timed=True,
    ),
    _act(f"{_ASSET}/damage", "Record damage to an asset", damage.assess, assetshape.Assessing),
    _act(f"{_ASSET}/tag", "Tag a structure, as an engineer", damage.tag, assetshape.Tagging),
    _act(
        f"{_ASSET}/events",
        "Say that an event on record damaged an asset",
        damage.link,
        assetshape.Linking,
    ),
    Endpoint(
        "GET",
        _ASSET,
        "One asset with the gate of its ground, its damage by source, its tag and its epochs",
        asset.show_asset,
        assetshape.Asset,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/layers",
        "Every version of every reference layer, with its hash",
        layer.show_layers,
        assetshape.Layers,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/access",
        "Who can be come to over roads, and which clearance would open the most",
        show_access,
        accessshape.Access,
        timed=True,
    ),
    Endpoint(
        "POST",
        "/api/plan",
        "What to do first, by whom and when, for who plans; it is written nowhere",
        show_plan,
        planshape.Plan,
        planshape.PlanQuestion,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/worth",
        "Survey, clear or watch: what to do next in each area, for staff; it releases nothing",
        show_worth,
        residualshape.NextVisits,
        params=_WORTH,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/matches",
        "How two versions of layers match, and the queue of the doubtful, for staff",
        layer.show_matches,
        assetshape.Matches,
        params=(_OLD, _NEW),
    ),
    _act(
        "/api/matches",
        "Record every match of two versions that is without doubt",
        layer.record,
        assetshape.Matching,
    ),
    _act(
        "/api/matches/decisions",
        "Decide on a doubtful match",
        layer.decide,
        assetshape.Decision,
    ),
    Endpoint(
        "GET",
        "/api/account",
        "The land account of a period",
        show_account,
        figureshape.Account,
        params=(_FROM, _TO, _BOUNDARY, _OPERATOR, _DONOR, _BY, _SHOW, _COMPARE),
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/followup",
        "What came of it, quarter by quarter, for staff",
        show_followup,
        figureshape.FollowUp,
        params=(_FROM, _TO),
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
    Endpoint(
        "POST",
        "/api/papers/{kind}",
        "Put a paper of a project or rubble lot on record: " + ", ".join(SITE_RECORDS),
        sitepaper.put,
        gateshape.PaperDone,
        gateshape.SitePaper,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/finds",
        "Every chance find of works and what was answered to it, for staff",
        sitepaper.show_finds,
        gateshape.Finds,
        timed=True,
    ),
    _act(
        "/api/rubble-lots/{lot_id}/state",
        "Say where the work on a rubble lot stands: begun, stopped, going on, done",
        sitepaper.move_lot,
        gateshape.LotMoved,
    ),
    _act("/api/lots", "Record the inspection of a lot", quality.inspect, shape.LotLook),
    _act(
        "/api/lots/{lot_id:path}/review",
        "Lift what a failed lot stopped, confirmed by a second person",
        quality.review,
        shape.LotReview,
    ),
    Endpoint(
        "GET",
        "/api/permits",
        "Permits and where each stands, for staff",
        permit.show_permits,
        permitshape.Permits,
        params=(_PROJECT,),
        timed=True,
    ),
    _act("/api/permits", "Issue a permit for works", permit.issue, permitshape.PermitAsked),
    _act(
        "/api/permits/{permit_id:path}/end",
        "End a permit for good",
        permit.conclude,
        permitshape.PermitEnding,
    ),
    Endpoint(
        "GET",
        "/api/permits/{permit_id:path}/paper",
        "The paper of a permit as of now, in force or not, as PDF, for staff",
        permit.show_permit_paper,
        media_type=certificate.PDF,
    ),
    Endpoint(
        "GET",
        "/api/permits/{permit_id:path}",
        "One permit with all that is printed on it, for staff",
        permit.show_permit,
        permitshape.Permit,
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/notices",
        "Stop-work notices, who has heard, and whom to call next, for staff",
        permit.show_notices,
        permitshape.Notices,
        params=(_PROJECT, _NOTICE_STATE),
        timed=True,
    ),
    _act(
        "/api/notices/{notice_id}/acknowledgements",
        "Record that one of those concerned has heard of a stop",
        permit.acknowledge,
        permitshape.Acknowledgement,
    ),
    *PAPER_ENDPOINTS,
    *REPORT_ENDPOINTS,
    *PUBLIC_ENDPOINTS,
    *WORK_ENDPOINTS,
    *MINE_ROW_ENDPOINTS,
    *QUEUE_ENDPOINTS,
    *STUDY_ENDPOINTS,
    Endpoint("GET", "/api/openapi.json", "This description", show_openapi, timed=True),
    Endpoint("GET", "/", "The desk", page.show_page, media_type="text/html", page=True),
    Endpoint(
        "GET",
        "/desk-worker.js",
        "What keeps the desk for reading without a network",
        page.show_copy_worker,
        media_type="text/javascript",
        page=True,
    ),
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
        "/static/{path:path}",
        "A file of the desk",
        page.show_file,
        media_type="application/octet-stream",
        page=True,
    ),
)
"""Longer paths stand before shorter ones that would take them in: ids may hold slashes."""
