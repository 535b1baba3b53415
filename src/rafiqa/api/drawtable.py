"""The endpoints of the desk's map: drawing, and the documents of an area."""

from __future__ import annotations

from rafiqa.api import document, drawdesk, drawshape, partdesk, partshape, shape
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
        "POST",
        "/api/measure-parts",
        "What drawn parts of an area measure and leave, and every fault; it is written nowhere",
        partdesk.measure_drawn_parts,
        partshape.PartsTold,
        partshape.WorkOutlined,
    ),
    Endpoint(
        "POST",
        "/api/cut",
        "The pieces into which a line cuts an outline, for staff; it is written nowhere",
        partdesk.cut_drawn,
        partshape.Pieces,
        partshape.Cut,
    ),
    Endpoint(
        "POST",
        "/api/works",
        "Report work by drawn parts, for its operator; nothing is released by it",
        partdesk.report_parts,
        shape.Done,
        partshape.WorkOutlined,
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
