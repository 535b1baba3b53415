"""Packed bodies are read by anybody, are the same each time, and hardly longer in pieces."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import zlib

import numpy as np
import pytest

from rafiqa.api.packing import PIECE_BYTES, packed

SIZES = [0, 1, 5_000, 2 * PIECE_BYTES - 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES + 7, 5 * PIECE_BYTES]


def words(size: int) -> bytes:
    """Bytes in which much comes again, some of it from before the piece that it is in."""
    draws = np.random.default_rng(size)
    known = [draws.bytes(int(n)) for n in draws.integers(3, 900, 40)]
    made = b"".join(known[at] for at in draws.integers(0, 40, size // 300 + 1))
    return (made * (size // max(len(made), 1) + 1))[:size]


@pytest.mark.parametrize("level", [1, 5])
@pytest.mark.parametrize("size", SIZES)
def test_what_is_packed_is_read_by_anybody(size: int, level: int) -> None:
    body = words(size)
    made = packed(body, level)
    assert gzip.decompress(made) == body
    assert zlib.decompress(made, 31) == body
    with gzip.GzipFile(fileobj=io.BytesIO(made)) as stream:
        assert stream.read() == body
    assert packed(body, level) == made
    assert len(made) <= 1.01 * len(gzip.compress(body, level)) + 30


def test_it_is_one_member() -> None:
    reader = zlib.decompressobj(31)
    body = words(4 * PIECE_BYTES)
    assert reader.decompress(packed(body, 5)) == body
    assert reader.eof
    assert reader.unused_data == b""


def _length(size: int) -> int:
    return len(packed(words(size), 5))


def test_a_process_that_was_forked_off_packs_too() -> None:
    size = 3 * PIECE_BYTES
    known = _length(size)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_length, (size,)).get(60) == known
