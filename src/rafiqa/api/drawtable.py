"""The endpoints of the desk's map: drawing, and the documents of an area."""

from __future__ import annotations

from rafiqa.api import document, drawdesk, drawshape, shape
from rafiqa.api.reply import RAW
from rafiqa.api.route import Endpoint

DRAW_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/api/measure",
        "What an outline measures and lies over, for whoever is signed in; it is written nowhere",
        drawdesk.measure_outline,
        drawshape.Measured,
        drawshape.OutlineDrawn,
        timed=True,
    ),
    Endpoint(
        "POST",
        "/api/areas",
        "Put a drawn hazardous area on record, with the evidence given for it",
        drawdesk.declare,
        shape.Done,
        drawshape.AreaDrawn,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/areas/{area_id:path}/boundary",
        "Give an area a new outline; to leave ground out takes a second person",
        drawdesk.correct,
        shape.Done,
        drawshape.BoundaryDrawn,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/areas/{area_id:path}/documents/{digest}",
        "A file attached to an area, its evidence or its work, for staff",
        document.show_document,
        media_type=RAW,
    ),
    Endpoint(
        "GET",
        "/api/areas/{area_id:path}/documents",
        "The files attached to an area, its evidence and its work, for staff",
        document.show_documents,
        document.Documents,
        timed=True,
    ),
)
