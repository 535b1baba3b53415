"""Protocol buffers' variable-length whole numbers, many at a time in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
_WIDTHS = (7, 14, 21, 28)
"""Bits from which a number needs one byte more; numbers stay below 2**32."""
_LIMITS = np.array([1 << width for width in _WIDTHS])
_FEW = 500
"""Up to so many, one search is quicker than four comparisons."""


def varint_sizes(words: Words) -> Words:
    """Returns how many bytes each number takes, for numbers in 0 … 2**32 - 1."""
    if len(words) < _FEW:
        return np.searchsorted(_LIMITS, words, side="right") + 1
    sizes = np.ones(len(words), dtype=np.int64)
    for width in _WIDTHS:
        sizes += words >= (1 << width)
    return sizes


def varints(words: Words, sizes: Words | None = None) -> bytes:
    """Returns the numbers one after another, base 128, lowest group first.

    Source: Protocol Buffers encoding, "Base 128 Varints" (protobuf.dev).

    Args:
        words: the numbers, 0 … 2**32 - 1.
        sizes: how many bytes each takes, where that is known.
    """
    sizes = varint_sizes(words) if sizes is None else sizes
    ends = np.cumsum(sizes)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    at = ends - sizes
    while len(words):
        longer = np.flatnonzero(sizes > 1)
        group = (words & 0x7F).astype(np.uint8)
        group[longer] |= 0x80
        out[at] = group
        words, sizes, at = words[longer] >> 7, sizes[longer] - 1, at[longer] + 1
    return out.tobytes()


def varint(number: int) -> bytes:
    """Returns one number of any size from 0 up."""
    groups = bytearray()
    while number >= 0x80:
        groups.append((number & 0x7F) | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def zigzag(numbers: Words) -> Words:
    """Returns signed numbers as unsigned, small for small: 0, -1, 1, -2 → 0, 1, 2, 3."""
    return np.asarray((numbers << 1) ^ (numbers >> 63))


def field(key: int, content: bytes) -> bytes:
    """Returns a field of bytes: its key, its length, and what it holds."""
    return varint(key) + varint(len(content)) + content
