"""The endpoints of what everybody is told, and of the desk's work on it."""

from __future__ import annotations

from rafiqa.api import public, publicdesk, publicshape, shape
from rafiqa.api.route import Endpoint

_ITEM = "/api/public-items/{item_id:path}"

PUBLIC_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/area-notices",
        "The notices in force, in words",
        public.show_area_notices,
        publicshape.NoticesTold,
    ),
    Endpoint(
        "POST",
        "/api/area-notices",
        "Write a notice for a neighbourhood; told once a second person has approved it",
        publicdesk.write_area_notice,
        shape.Done,
        publicshape.NoticeAsked,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/archive",
        "Write an entry of the archive of places; told once a second person has approved it",
        publicdesk.write_archive_entry,
        shape.Done,
        publicshape.ArchiveAsked,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/public-items",
        "Notices and the archive with where each stands, for staff",
        publicdesk.show_public_work,
        publicshape.PublicWork,
    ),
    Endpoint(
        "POST",
        f"{_ITEM}/decision",
        "Approve, turn down or withdraw a notice or an entry of the archive",
        publicdesk.decide_on_public,
        shape.Done,
        publicshape.PublicDecisionAsked,
        status=201,
    ),
    Endpoint(
        "GET",
        f"{_ITEM}/picture",
        "The picture of an entry of the archive, for staff",
        publicdesk.show_public_picture,
        media_type="image/jpeg",
    ),
    Endpoint(
        "GET",
        "/public",
        "The danger map and all that everybody is told",
        public.show_public,
        media_type="text/html",
        page=True,
    ),
    Endpoint(
        "GET",
        "/public/{path:path}",
        "A file of what is published",
        public.show_public_file,
        media_type="application/octet-stream",
        page=True,
    ),
)
