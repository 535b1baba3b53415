"""Outlet: where a connection's answers go out, the head of each together with its body."""

from __future__ import annotations

import asyncio
from typing import Any, Final

HELD_BYTES: Final = 16_384
"""What is longer goes out at once; heads are shorter."""


class Outlet:
    """A transport that holds what is written until more is, or until the loop's next turn.

    A head that goes out alone costs a call of the system here, and wakes its reader twice. No more
    than one piece is ever held, so whoever writes much is told to pause as without it.

    Args:
        transport: where it goes out.
        loop: whose turn it waits for.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: bytes = b""
        self._turn: asyncio.Handle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Writes bytes, in order."""
        if not data:
            return
        if self._held:
            self._transport.write(self._taken() + data)
        elif len(data) > HELD_BYTES:
            self._transport.write(data)
        else:
            self._held = data
            self._turn = self._loop.call_soon(self._out)

    def close(self) -> None:
        """Closes the connection when all that was written is out."""
        self._out()
        self._transport.close()

    def abort(self) -> None:
        """Ends the connection now."""
        self._taken()
        self._transport.abort()

    def _out(self) -> None:
        if self._held:
            self._transport.write(self._taken())

    def _taken(self) -> bytes:
        held, self._held = self._held, b""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        return held
