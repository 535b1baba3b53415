"""HTTP/1.1 as uvicorn speaks it, with a problem where a request cannot be read."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from rafiqa.api.outlet import Outlet
from rafiqa.api.problem import MEDIA_TYPE, described
from rafiqa.errors import Fault
from rafiqa.locale.catalogue import FALLBACK

HEAD_BYTES: Final = 65_536
"""Longest head of a request, its address and headers together."""
LINGER_S: Final = 5
"""How long the rest of what is too long is heard and thrown away: who is still sending when the
connection is closed never reads the answer."""
LINGER_BYTES: Final = 64 * 1024 * 1024


class Protocol(H11Protocol):
    """One connection."""

    _left_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins a connection, on which the head of an answer goes out with its body."""
        super().connection_made(cast("asyncio.Transport", Outlet(transport, self.loop)))

    def data_received(self, data: bytes) -> None:
        """Takes bytes in; those after a refusal are thrown away."""
        if self._left_bytes is None:
            super().data_received(data)
            return
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as uvicorn calls it
        """Answers what is no HTTP, or longer than is read."""
        given, _ = self.conn.trailing_data
        limit_kib = HEAD_BYTES // 1024
        status, fault = 400, Fault("api.request.not-http")
        if len(given) > HEAD_BYTES and b"\n" not in given:
            status, fault = 414, Fault("api.ogc.too-long", params={"limit_kib": limit_kib})
        elif len(given) > HEAD_BYTES:
            status = 431
            fault = Fault("api.request.head-too-long", params={"limit_kib": limit_kib})
        self._answer_once(status, fault)

    def _answer_once(self, status: int, fault: Fault) -> None:
        """Answers with a problem and hears no further request on this connection."""
        body = msgspec.json.encode(described(status, [fault], FALLBACK))
        headers = [
            ("content-type", MEDIA_TYPE),
            ("content-length", str(len(body))),
            ("x-content-type-options", "nosniff"),
            ("connection", "close"),
        ]
        for event in (
            h11.Response(status_code=status, headers=headers),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self._left_bytes = LINGER_BYTES
        self.loop.call_later(LINGER_S, self.transport.close)
