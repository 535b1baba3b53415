"""Packing: bodies under gzip; a long one by several hands at once, the same bytes on any machine.

A long body is packed in pieces, each with the end of the one before it as its dictionary, so that
it is hardly longer than in one piece; together they are one member (RFC 1952), read as any other.
"""

from __future__ import annotations

import gzip
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

PIECE_BYTES: Final = 256 * 1024
_WINDOW_BYTES: Final = 32 * 1024
"""How far back what is packed may point (RFC 1951)."""
_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Deflated, no name, no time, from no system in particular."""


def packed(body: bytes, level: int) -> bytes:
    """Returns a body under gzip.

    Args:
        body: any bytes.
        level: how hard it is packed, 1 to 9.
    """
    if len(body) < 2 * PIECE_BYTES:
        return gzip.compress(body, level, mtime=0)
    whole = memoryview(body)
    starts = range(0, len(body), PIECE_BYTES)

    def piece(start: int) -> bytes:
        end = start + PIECE_BYTES
        # The first piece has an empty dictionary, which is none.
        before = whole[max(start - _WINDOW_BYTES, 0) : start]
        packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before)
        made = packer.compress(whole[start:end])
        return made + packer.flush(zlib.Z_FINISH if end >= len(body) else zlib.Z_SYNC_FLUSH)

    pieces = list(_hands(os.getpid()).map(piece, starts))
    tail = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFF_FFFF).to_bytes(4, "little")
    return b"".join([_HEAD, *pieces, tail])


@cache
def _hands(_process: int) -> ThreadPoolExecutor:
    """Returns the threads that pack; a process that was forked off has its own."""
    return ThreadPoolExecutor(os.cpu_count() or 1, "packing")
