"""Protocol buffers' variable-length whole numbers, many at a time in numpy."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
_WIDTHS = (7, 14, 21, 28)
"""Bits from which a number needs one byte more; numbers stay below 2**32."""
_LIMITS = np.array([1 << width for width in _WIDTHS])
_SHORT = 1 << 14
"""Numbers below take two bytes at most; all steps within a tile are among them."""
_FEW = 500
"""Up to so many, one search is quicker than four comparisons."""


def varint_sizes(words: Words) -> Words:
    """Returns how many bytes each number takes, for numbers in 0 … 2**32 - 1."""
    if len(words) < _FEW:
        return np.searchsorted(_LIMITS, words, side="right") + 1
    sizes = np.ones(len(words), dtype=np.int64)
    most = int(words.max())
    for width in _WIDTHS:
        if most < 1 << width:
            break
        sizes += words >= (1 << width)
    return sizes


def varints(words: Words, sizes: Words | None = None) -> npt.NDArray[np.uint8]:
    """Returns the bytes of the numbers one after another, base 128, lowest group first.

    Source: Protocol Buffers encoding, "Base 128 Varints" (protobuf.dev).

    Args:
        words: the numbers, 0 … 2**32 - 1.
        sizes: how many bytes each takes, where that is known.
    """
    sizes = varint_sizes(words) if sizes is None else sizes
    ends = np.cumsum(sizes)
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    write_varints(out, ends - sizes, words, sizes)
    return out


def write_varints(out: npt.NDArray[np.uint8], at: Words, words: Words, sizes: Words) -> None:
    """Writes numbers into bytes, each from its own place on, as ``varints`` does.

    Args:
        out: the bytes.
        at: where each number begins.
        words: the numbers, 0 … 2**32 - 1.
        sizes: how many bytes each takes.
    """
    while len(words):
        longer = np.flatnonzero(sizes > 1)
        group = words.astype(np.uint8)
        if not len(longer):
            out[at] = group
            return
        group[longer] |= 0x80
        out[at] = group
        words, sizes, at = words[longer] >> 7, sizes[longer] - 1, at[longer] + 1


def varint(number: int) -> bytes:
    """Returns one number of any size from 0 up."""
    groups = bytearray()
    while number >= 0x80:
        groups.append((number & 0x7F) | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def short_varint(number: int) -> bytes:
    """Returns what ``varint`` does, quicker for numbers that take two bytes at most."""
    return short_varints()[number] if number < _SHORT else varint(number)


@cache
def short_varints() -> list[bytes]:
    """Returns every number that takes two bytes at most, by its value."""
    return [varint(number) for number in range(_SHORT)]


def zigzag(numbers: Words) -> Words:
    """Returns signed numbers as unsigned, small for small: 0, -1, 1, -2 → 0, 1, 2, 3."""
    return np.asarray((numbers << 1) ^ (numbers >> 63))


def field(key: int, content: bytes) -> bytes:
    """Returns a field of bytes: its key, its length, and what it holds."""
    return varint(key) + varint(len(content)) + content
