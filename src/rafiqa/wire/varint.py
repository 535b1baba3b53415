"""Protocol buffers' variable-length whole numbers, many at a time in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
_WIDTHS = (7, 14, 21, 28)
"""Bits from which a number needs one byte more; numbers stay below 2**32."""


def varint_sizes(words: Words) -> Words:
    """Returns how many bytes each number takes, for numbers in 0 … 2**32 - 1."""
    sizes = np.ones(len(words), dtype=np.int64)
    for width in _WIDTHS:
        sizes += words >= (1 << width)
    return sizes


def varints(words: Words) -> bytes:
    """Returns the numbers one after another, base 128, lowest group first.

    Source: Protocol Buffers encoding, "Base 128 Varints" (protobuf.dev).
    """
    sizes = varint_sizes(words)
    ends = np.cumsum(sizes)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    starts = ends - sizes
    for index in range(len(_WIDTHS) + 1):
        long_enough = sizes > index
        group = (words[long_enough] >> (7 * index)) & 0x7F
        more = (sizes[long_enough] > index + 1) * 0x80
        out[starts[long_enough] + index] = group | more
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
