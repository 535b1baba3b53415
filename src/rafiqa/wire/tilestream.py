"""A tile's layer as bytes: what each feature says of itself, and its parts' steps after it.

Two ways lead to the same bytes. A few features are written one by one; many are rows of one table
of numbers, written in one step. Tests hold the second to the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from rafiqa.wire.tilecolumn import Column, plain_tags, tags
from rafiqa.wire.tiledrawn import Bytes, Drawn
from rafiqa.wire.tilepart import LINE, POINT, POLYGON, places
from rafiqa.wire.varint import (
    Words,
    field,
    short_varint,
    short_varints,
    varint,
    varint_sizes,
    write_varints,
    zigzag,
)

EXTENT = 4_096
"""Units along a tile's side; at 512 CSS pixels a tile, 8 units are a pixel."""
FEW = 48
"""Up to so many parts are written one by one, which is quicker for them."""
_HEAD_BYTES = b"\x78\x02"
_TAIL_BYTES = b"\x28" + varint(EXTENT)
"""That the layer is of version 2, before its name; and its extent, at its end."""
_HEAD = 4
"""Words before a feature's tags: its key and length, the tags' key and length."""
_MIDDLE = 4
"""Words between tags and geometry: type and its key, the geometry's key and length."""
_MOVE = 3
"""Words of the MoveTo that a part begins with."""
_MOVE_TO = 9
_MOVE_TO_BYTE = b"\x09"
_KIND_BYTES = {kind: bytes([0x18, kind + 1, 0x22]) for kind in (POINT, LINE, POLYGON)}
"""A feature's type, and the key of the geometry after it."""


def layer_bytes(
    name: str,
    columns: Sequence[Column],
    several: Sequence[Drawn],
    *,
    bare: Words | None = None,
    shared: frozenset[str] = frozenset(),
) -> bytes:
    """Returns a layer as a field of a Tile message; nothing where no feature is left.

    Args:
        name: the layer's name.
        columns: attributes of all shapes.
        several: the features' parts in units of the tile.
        bare: shapes whose feature stands for others too, and has only what they share.
        shared: the columns of which that is so.
    """
    if not any(len(each.shape) for each in several):
        return b""
    drawn, source = _together(several)
    opening = _openings(drawn.shape, drawn.kind)
    rows = drawn.shape[opening]
    mask = None if bare is None or not len(bare) else np.isin(rows, bare)
    steps = [each.steps for each in several]
    if len(drawn.shape) <= FEW:
        values, told = plain_tags(columns, rows, mask, shared)
        features = _plainly(drawn, opening, told, _slices(drawn, source, steps))
    else:
        values, pairs = tags(columns, rows, mask, shared)
        features = _table(drawn, opening, pairs, source, steps)
    keys = b"".join([_named(0x1A, column.name) for column in columns])
    head = _HEAD_BYTES + _named(0x0A, name)
    return field(0x1A, b"".join([head, features, keys, values, _TAIL_BYTES]))


@cache
def _named(key: int, name: str) -> bytes:
    return field(key, name.encode())


def _together(several: Sequence[Drawn]) -> tuple[Drawn, Words | None]:
    """Returns all parts, those of one shape together and areas first; and whose each is."""
    if len(several) == 1:
        return several[0], None
    shape = np.concatenate([each.shape for each in several])
    kind = np.concatenate([each.kind for each in several])
    order = np.lexsort((shape, -kind))
    source = np.repeat(np.arange(len(several)), [len(each.shape) for each in several])
    joined = Drawn(
        shape[order],
        kind[order],
        np.concatenate([each.first for each in several])[order],
        np.concatenate([each.last for each in several])[order],
        np.concatenate([each.start for each in several])[order],
        np.concatenate([each.size for each in several])[order],
        several[0].steps,
    )
    return joined, source[order]


def _openings(shape: Words, kind: Words) -> Words:
    """Returns where the parts of another feature begin."""
    new = np.ones(len(shape), dtype=bool)
    np.not_equal(shape[1:], shape[:-1], out=new[1:])
    if kind[0] != kind[-1]:
        new[1:] |= kind[1:] != kind[:-1]
    return np.flatnonzero(new)


def _slices(
    drawn: Drawn, source: Words | None, steps: Sequence[Bytes]
) -> Sequence[bytes | memoryview]:
    """Returns the steps of each part; points alone have none."""
    if drawn.kind[0] == POINT and not drawn.size.any():
        return [b""] * len(drawn.kind)
    views = [each.data for each in steps]
    ends = (drawn.start + drawn.size).tolist()
    of = [0] * len(ends) if source is None else source.tolist()
    spans = zip(of, drawn.start.tolist(), ends, strict=True)
    return [views[at][start:end] for at, start, end in spans]


def _plainly(
    drawn: Drawn, opening: Words, told: Sequence[bytes], steps: Sequence[bytes | memoryview]
) -> bytes:
    """Returns the features, one after the other."""
    turned: list[list[int]] = zigzag(_moves(drawn, opening)).tolist()
    if len(opening) == len(turned):
        made = _singly(turned, drawn.kind.tolist(), told, steps)
        if made is not None:
            return made
    return _one_by_one(turned, drawn.kind.tolist(), opening.tolist(), told, steps)


def _singly(
    turned: Sequence[Sequence[int]],
    kinds: Sequence[int],
    told: Sequence[bytes],
    steps: Sequence[bytes | memoryview],
) -> bytes | None:
    """Returns features of one part each, as most are; None where a number of them is long.

    A point alone begins as a line does: one MoveTo.
    """
    number = short_varints()
    try:
        moves = [
            _MOVE_TO_BYTE + number[x] + number[y] + b
            for (x, y), b in zip(turned, steps, strict=True)
        ]
        messages = [
            b"\x12" + number[len(tagged)] + tagged + _KIND_BYTES[kind] + number[len(move)] + move
            for tagged, kind, move in zip(told, kinds, moves, strict=True)
        ]
        return b"".join([b"\x12" + number[len(each)] + each for each in messages])
    except IndexError:
        return None


def _one_by_one(
    turned: Sequence[Sequence[int]],
    kinds: Sequence[int],
    starts: Sequence[int],
    told: Sequence[bytes],
    steps: Sequence[bytes | memoryview],
) -> bytes:
    """Returns features of any number of parts, as long as they are."""
    number = short_varint
    moves = [number(x) + number(y) + b for (x, y), b in zip(turned, steps, strict=True)]
    made: list[bytes] = []
    for tagged, start, end in zip(told, starts, [*starts[1:], len(kinds)], strict=True):
        kind = kinds[start]
        if kind == POINT:
            geometry = number((end - start) << 3 | 1) + b"".join(moves[start:end])
        else:
            geometry = b"".join([_MOVE_TO_BYTE + move for move in moves[start:end]])
        message = b"\x12" + number(len(tagged)) + tagged + _KIND_BYTES[kind]
        message += number(len(geometry)) + geometry
        made += (b"\x12", number(len(message)), message)
    return b"".join(made)


def _moves(drawn: Drawn, opening: Words) -> Words:
    """Returns the step to where each part begins, from the end of the one before in its feature."""
    if len(opening) == len(drawn.shape):
        return drawn.first
    step = drawn.first.copy()
    follows = np.ones(len(step), dtype=bool)
    follows[opening] = False
    behind = np.flatnonzero(follows)
    step[behind] -= drawn.last[behind - 1]
    return step


def _table(
    drawn: Drawn, opening: Words, pairs: Words, source: Words | None, steps: Sequence[Bytes]
) -> bytes:
    """Returns the features, all their numbers rows of one table: a row for each part.

    The row of a feature's first part tells what the feature is; in others those cells are empty.
    """
    n, n_tags = len(drawn.shape), pairs.shape[1]
    single = n == len(opening)
    head, middle = slice(_HEAD, _HEAD + n_tags), _HEAD + n_tags
    words = np.empty((n, middle + _MIDDLE + _MOVE), dtype=np.int64)
    sizes = np.ones(words.shape, dtype=np.int64)
    words[:, 0] = words[:, 2] = 0x12
    words[:, middle], words[:, middle + 2] = 0x18, 0x22
    words[:, middle + 1] = drawn.kind + 1
    words[:, -_MOVE] = _MOVE_TO
    if not single:
        _several(words, sizes, drawn.kind, opening)
    words[:, -2:] = zigzag(_moves(drawn, opening))
    sizes[:, -2:] = _sizes(words[:, -2:])
    geometry = sizes[:, -3] + sizes[:, -2] + sizes[:, -1] + drawn.size
    if not single:
        geometry = np.add.reduceat(geometry, opening)
    tag_sizes = np.where(pairs < 0, 0, _sizes(pairs))
    tag_bytes = tag_sizes.sum(axis=1)
    lengths = [tag_bytes, geometry]
    wide = [varint_sizes(each) for each in lengths]
    of = slice(None) if single else opening
    words[of, head], sizes[of, head] = pairs, tag_sizes
    words[of, 3], sizes[of, 3] = tag_bytes, wide[0]
    words[of, middle + 3], sizes[of, middle + 3] = geometry, wide[1]
    # Its keys and its type are a byte each.
    whole = 4 + wide[0] + tag_bytes + wide[1] + geometry
    words[of, 1], sizes[of, 1] = whole, varint_sizes(whole)
    return _written(words, sizes, drawn, source, steps)


def _several(words: Words, sizes: Words, kind: Words, opening: Words) -> None:
    """Empties what only a feature's first part says; its points share one MoveTo."""
    behind = np.setdiff1d(np.arange(len(kind)), opening, assume_unique=True)
    sizes[behind, :-_MOVE] = 0
    points = kind == POINT
    if points.any():
        counts = np.diff(np.append(opening, len(kind))) << 3 | 1
        first = points[opening]
        words[opening[first], -_MOVE] = counts[first]
        sizes[opening[first], -_MOVE] = varint_sizes(counts[first])
        sizes[behind[points[behind]], -_MOVE] = 0


def _sizes(words: Words) -> Words:
    return varint_sizes(words.ravel()).reshape(words.shape)


def _written(
    words: Words,
    sizes: Words,
    drawn: Drawn,
    source: Words | None,
    steps: Sequence[Bytes],
) -> bytes:
    """Returns a table's numbers as bytes, after each row the steps of its part."""
    advance = sizes.copy()
    advance[:, -1] += drawn.size
    ends = np.cumsum(advance).reshape(sizes.shape)
    at = ends - advance
    out = np.empty(int(ends[-1, -1]), dtype=np.uint8)
    filled = slice(None) if sizes.all() else np.flatnonzero(sizes)
    write_varints(out, at.ravel()[filled], words.ravel()[filled], sizes.ravel()[filled])
    after = ends[:, -1] - drawn.size
    for number, each in enumerate(steps):
        of = slice(None) if source is None else source == number
        start, size = drawn.start[of], drawn.size[of]
        if size.any():
            taken = places(start, size)
            out[taken + np.repeat(after[of] - start, size)] = each[taken]
    return out.tobytes()
