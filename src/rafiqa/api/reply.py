"""Reply: what a handler gives back, and how it goes out: packed, and told apart by its hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec
from starlette.responses import Response

from rafiqa.api.packing import packed

JSON = "application/json"
RAW = "application/octet-stream"
GEOJSON = "application/geo+json"
TILE = "application/vnd.mapbox-vector-tile"
PACK_FROM_BYTES = 1_024
_PACKED_TYPES = ("application/", "text/", "image/svg")
REVALIDATE = "private, no-cache"
"""Answers may be kept by the browser of one person and are asked about again each time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A body with its type, status and headers of its own.

    ``packed`` is the body under gzip, where it was made before.
    """

    body: bytes
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    packed: bytes | None = None


def reply(value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """Returns a reply that says a value in JSON."""
    return Reply(msgspec.json.encode(value), headers=headers or {})


def pack(body: bytes) -> bytes | None:
    """Returns the body under gzip, or None where that is not worth it."""
    if len(body) < PACK_FROM_BYTES:
        return None
    return packed(body, 5)


def response(answer: Reply, asked: Mapping[str, str]) -> Response:
    """Returns the answer as it goes out to whoever asked with these headers.

    A tag that the answer brings along is taken as it is.
    """
    headers = {"Vary": "Accept-Encoding, Accept-Language, Cookie", "Cache-Control": REVALIDATE}
    headers |= dict(answer.headers)
    if answer.status == 200 and headers["Cache-Control"] != "no-store":
        tag = headers.get("ETag") or f'W/"{blake2b(answer.body, digest_size=12).hexdigest()}"'
        headers["ETag"] = tag
        if headers["ETag"] in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    body = answer.body
    if answer.media_type.startswith(_PACKED_TYPES) and "gzip" in asked.get("accept-encoding", ""):
        packed = answer.packed or pack(body)
        if packed is not None:
            body = packed
            headers["Content-Encoding"] = "gzip"
    return Response(body, answer.status, headers, _media_type(answer.media_type))


def _media_type(media_type: str) -> str:
    if media_type.startswith("text/"):
        return f"{media_type}; charset=utf-8"
    return media_type
