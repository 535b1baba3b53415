"""A small OpenStreetMap extract in PBF, written by hand: GDAL reads the format only.

Source: the OSM PBF format (wiki.openstreetmap.org/wiki/PBF_Format): a blob header and a blob,
each with its length before it; nodes, ways and tags as protocol buffers, uncompressed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_GRANULES = 10_000_000  # granules of 100 nanodegrees in a degree
Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Way:
    """A way: its number, its places in degrees, its tags."""

    number: int
    places: Ring
    tags: dict[str, str]


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _whole(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _packed(field: int, numbers: Sequence[int]) -> bytes:
    return _bytes(field, b"".join(map(_varint, numbers)))


def _steps(numbers: Sequence[int]) -> list[int]:
    return [_zigzag(here - before) for before, here in zip([0, *numbers], numbers, strict=False)]


def _blob(kind: bytes, content: bytes) -> bytes:
    blob = _bytes(1, content) + _whole(2, len(content))
    header = _bytes(1, kind) + _whole(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def write_extract(path: Path, ways: Sequence[Way]) -> Path:
    """Writes the ways with their places as nodes; equal places are one node."""
    places = list(dict.fromkeys(place for way in ways for place in way.places))
    words = [b""]

    def word(text: str) -> int:
        if text.encode() not in words:
            words.append(text.encode())
        return words.index(text.encode())

    nodes = _packed(1, _steps(range(1, len(places) + 1)))
    nodes += _packed(8, _steps([round(lat * _GRANULES) for _, lat in places]))
    nodes += _packed(9, _steps([round(lon * _GRANULES) for lon, _ in places]))
    listed = b"".join(
        _bytes(
            3,
            _whole(1, way.number)
            + _packed(2, [word(key) for key in way.tags])
            + _packed(3, [word(value) for value in way.tags.values()])
            + _packed(8, _steps([places.index(place) + 1 for place in way.places])),
        )
        for way in ways
    )
    table = _bytes(1, b"".join(_bytes(1, text) for text in words))
    block = table + _bytes(2, _bytes(2, nodes)) + _bytes(2, listed)
    header = _bytes(4, b"OsmSchema-V0.6") + _bytes(4, b"DenseNodes")
    path.write_bytes(_blob(b"OSMHeader", header) + _blob(b"OSMData", block))
    return path
