"""Refusals of an endpoint: which it can give and an example of each, for the description."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.api.ask import BODY_BYTES
from rafiqa.api.problem import Problem, described
from rafiqa.api.route import Endpoint
from rafiqa.api.tilelayer import BUILDINGS_LAYER
from rafiqa.errors import Fault
from rafiqa.locale.catalogue import FALLBACK

_UNKNOWN = {
    "layer": "api.layer.unknown",
    "z": "api.tile.unknown",
    "area_id": "land.area.unknown",
    "project_id": "service.project.unknown",
    "asset_id": "api.asset.unknown",
    "lang": "api.catalogue.unknown",
    "number": "service.certificate.unknown",
    "permit_id": "gate.permit.unknown",
    "task_id": "land.task.unknown",
    "path": "api.route.unknown",
}
"""What is said where the thing that a path names is not on record."""
_NAMED: dict[str, str | int] = {
    "layer": "x",
    "first": BUILDINGS_LAYER.first_zoom,
    "last": BUILDINGS_LAYER.last_zoom,
    "area": "H-9",
    "project": "P-9",
    "asset": "B-9",
    "number": "RFQ-9",
    "permit": "M-9",
    "task": "T-9",
    "release": "R-9",
    "notice": "N-9",
    "party": "crew_lead",
    "lang": "xx",
}


def examples(row: Endpoint) -> dict[int, Problem]:
    """Returns an example by status, for every status that an endpoint refuses with."""
    found: dict[int, Problem] = {}
    for status, fault in _faults(row):
        found.setdefault(status, described(status, (fault,), FALLBACK))
    return found


def _about_session(row: Endpoint) -> Iterator[tuple[int, Fault]]:
    """Yields how an act is refused for who asks, or how often."""
    of_session = row.open_path.startswith("/api/session")
    if row.open_path == "/api/session/ticket":
        yield 401, Fault("api.session.ticket", "ticket")
    elif not row.anybody:
        yield 401, Fault("api.session.wrong" if of_session else "api.session.needed")
    if row.anybody or of_session:
        yield 429, Fault("api.session.too-many" if of_session else "api.report.too-many")


def _faults(row: Endpoint) -> Iterator[tuple[int, Fault]]:
    if not row.page:
        name = "valid"
        yield 400, Fault("api.query.unknown", name, params={"name": name})
    if row.method != "GET":
        yield 403, Fault("api.request.header-missing", "X-Rafiqa")
    if row.takes is not None:
        yield from _about_session(row)
        yield 413, Fault("api.body.too-large", params={"limit_kib": BODY_BYTES // 1024})
        yield 415, Fault("api.body.type", "Content-Type")
    for placeholder in row.placeholders:
        # Damage is taken of an asset that no layer holds: it is not to be lost for that. An act
        # on a permit is refused for what it names with every other reason against it.
        told_of = row.method == "GET" or placeholder not in {"asset_id", "permit_id"}
        if placeholder in _UNKNOWN and told_of:
            yield 404, Fault(_UNKNOWN[placeholder], placeholder, params=_NAMED)
    if row.open_path.startswith(("/api/permits", "/api/notices")):
        yield 401, Fault("api.session.needed")
        if row.placeholders and row.takes is not None:
            about = "notice" if "notice_id" in row.placeholders else "permit"
            yield 422, Fault(f"gate.{about}.unknown", params=_NAMED)
        elif row.takes is not None:
            yield 404, Fault("service.project.unknown", "PROJECT", params=_NAMED)
    if "number" in row.placeholders:
        yield 401, Fault("api.session.needed")
        yield 409, Fault("api.certificate.not-in-force", params=_NAMED)
    if {"release_id", "task_id"} & {*row.placeholders} and row.method == "GET":
        yield 401, Fault("api.session.needed")
    if "release_id" in row.placeholders:
        unknown = Fault("land.release.unknown", params=_NAMED)
        yield 404 if row.method == "GET" else 422, unknown
    if row.open_path.endswith("/acceptance"):
        yield 409, Fault("api.release.changed", "$.seen", params=_NAMED)
    if row.takes is not None and row.open_path != "/api/session":
        yield 503, Fault("store.full", params={"detail": ""})
    yield 500, Fault("api.internal")
