"""What a certificate says, as plain JSON values with labels in the asker's language."""

from __future__ import annotations

from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.ledger.claims import Claims, NotCleared, Part
from rafiqa.ledger.outline import Outline
from rafiqa.wire.instant import iso, iso_date

_DAY_US = 86_400_000_000
_S_US = 1_000_000


def claims_json(claims: Claims, lang: str) -> dict[str, Any]:
    """Returns the claims: codes beside their labels, times in ISO 8601, outlines in GeoJSON."""
    return {
        "number": claims.number,
        "kind": claims.kind,
        "authority": claims.authority,
        "place": claims.place,
        "decided_on": iso_date(claims.decided_on * _DAY_US),
        "logged_at": iso(claims.logged_at_s * _S_US),
        "methods": [_coded("method", code, lang) for code in claims.methods],
        "parts": [_part(part, lang) for part in claims.parts],
        "not_cleared": [_left(left, lang) for left in claims.not_cleared],
        "found": [{"kind": found.kind, "count": found.count} for found in claims.found],
        "area_m2": claims.area_m2,
        "received_by": claims.received_by,
        "supersedes": claims.supersedes,
        "survey_sha256": claims.survey_sha256.hex(),
        "list_version": claims.list_version,
    }


def _part(part: Part, lang: str) -> dict[str, Any]:
    return {
        "part_id": part.part_id,
        "outcome": part.outcome,
        "outcome_label": _coded("outcome", part.outcome, lang)["label"],
        "unit": part.unit,
        "depth_cm": part.depth_cm,
        "area_m2": part.area_m2,
        "not_dug": [_coded("surface", code, lang)["label"] for code in part.not_dug],
        "geometry": _geometry(part.outline),
    }


def _left(left: NotCleared, lang: str) -> dict[str, Any]:
    label = _coded("not_cleared_reason", left.reason, lang)["label"]
    return {
        "unit": left.unit,
        "reason": left.reason,
        "reason_label": label,
        "geometry": _geometry(left.outline),
    }


def _coded(list_name: str, code: str, lang: str) -> dict[str, str]:
    """The code with its label; a code that this version does not know is its own label."""
    listed = dictionary().lists[list_name]
    return {"code": code, "label": listed.label(code, lang) if code in listed.names else code}


def _geometry(outline: Outline) -> dict[str, Any]:
    polygons = [
        [[[lon / 1e6, lat / 1e6] for lon, lat in (*ring, ring[0])] for ring in polygon]
        for polygon in outline
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}
