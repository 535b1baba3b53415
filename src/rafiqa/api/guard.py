"""Guard: the headers that every answer carries, whatever it is, and the line that tells of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rafiqa.api.journal import Journal
from rafiqa.api.pattern import pattern_of, person_of_scope

INTERNAL: Final = 500
"""What is told where no answer began."""

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing from another host, no inline script; inline style only because the map needs it."""

OWN = frozenset({"Content-Security-Policy", "Permissions-Policy"})
"""What an answer may set itself: the verifier's page has a policy and a camera of its own."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_LINES = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_HTTPS = (b"strict-transport-security", b"max-age=31536000")
_NAMES = {name for name, _ in (*_LINES, _HTTPS)} - {name.lower().encode() for name in OWN}


def _guarded(scope: Scope, said: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Returns the headers of an answer with ours, which stand in place of any other of the name."""
    found = [each for each in said if each[0].lower() not in _NAMES]
    named = {name for name, _ in found}
    found += [each for each in _LINES if each[0] not in named]
    if scope.get("scheme") == "https":
        found.append(_HTTPS)
    return found


class Guard:
    """Passes every request on, puts the headers on its answer and tells the journal of it.

    Args:
        app: what answers.
        journal: where it is told; of every door, and of what leads to none.
    """

    def __init__(self, app: ASGIApp, journal: Journal) -> None:
        self._app, self._journal = app, journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        began_s, status = time.monotonic(), INTERNAL

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _guarded(scope, message["headers"])}
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        finally:
            if scope["type"] == "http":
                took_ms = (time.monotonic() - began_s) * 1000
                self._journal.answered(
                    scope["method"], pattern_of(scope), status, took_ms, person_of_scope(scope)
                )
