"""Outlines in few bytes: millionths of a degree, each point as its step from the one before.

Numbers are zig-zag varints (as Protocol Buffers write ``sint64``), each in its shortest form, so
that one outline has one spelling: how many polygons; in each how many rings, the outer first; in
each ring how many points (the first is not repeated), then each as two steps, east and north; the
first point of an outline is a step from 0, 0. Whoever makes the millionths rounds inwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rafiqa.ledger.row import Malformed

PointE6 = tuple[int, int]
"""A position in millionths of a degree: longitude, latitude."""
Ring = tuple[PointE6, ...]
Polygon = tuple[Ring, ...]
Outline = tuple[Polygon, ...]

LON_END_E6: Final = 180_000_000
LAT_END_E6: Final = 90_000_000
POINTS_LIMIT: Final = 2_000
_FEWEST_POINTS = 3
_STEP_END = 1 << 30
"""More than any step on Earth needs."""


def outline_bytes(outline: Sequence[Sequence[Sequence[PointE6]]]) -> bytes:
    """The bytes of an outline; `outline_of` reads them back.

    Raises:
        ValueError: a ring has fewer than three points or one off the Earth, or there are more
            than 2,000 points.
    """
    if not _is_sound(outline):
        raise ValueError("no such outline can be written")
    out = bytearray(_varint(len(outline)))
    lon_e6 = lat_e6 = 0
    for polygon in outline:
        out += _varint(len(polygon))
        for ring in polygon:
            out += _varint(len(ring))
            for next_lon_e6, next_lat_e6 in ring:
                out += _varint(_zigzag(next_lon_e6 - lon_e6))
                out += _varint(_zigzag(next_lat_e6 - lat_e6))
                lon_e6, lat_e6 = next_lon_e6, next_lat_e6
    return bytes(out)


def outline_of(data: bytes) -> Outline:
    """The outline that bytes are.

    Raises:
        Malformed: they are none, or not in the shortest form.
    """
    numbers = _numbers(data)
    try:
        outline = _read(numbers)
    except StopIteration:
        raise Malformed from None
    if next(numbers, None) is not None or not _is_sound(outline):
        raise Malformed
    return outline


def _read(numbers: Iterator[int]) -> Outline:
    lon_e6 = lat_e6 = 0
    polygons: list[Polygon] = []
    for _ in range(_count(numbers)):
        rings: list[Ring] = []
        for _ in range(_count(numbers)):
            ring: list[PointE6] = []
            for _ in range(_count(numbers)):
                lon_e6 += _unzigzag(next(numbers))
                lat_e6 += _unzigzag(next(numbers))
                ring.append((lon_e6, lat_e6))
            rings.append(tuple(ring))
        polygons.append(tuple(rings))
    return tuple(polygons)


def _count(numbers: Iterator[int]) -> int:
    count = next(numbers)
    if count > POINTS_LIMIT:
        raise Malformed
    return count


def _is_sound(outline: Sequence[Sequence[Sequence[PointE6]]]) -> bool:
    points = [point for polygon in outline for ring in polygon for point in ring]
    return (
        len(outline) > 0
        and len(points) <= POINTS_LIMIT
        and all(len(polygon) > 0 for polygon in outline)
        and all(len(ring) >= _FEWEST_POINTS for polygon in outline for ring in polygon)
        and all(abs(lon) <= LON_END_E6 and abs(lat) <= LAT_END_E6 for lon, lat in points)
    )


def _numbers(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        if byte == 0 and shift:
            raise Malformed  # not the shortest form
        value |= (byte & 0x7F) << shift
        shift += 7
        if value >= _STEP_END:
            raise Malformed
        if byte < 0x80:
            yield value
            value = shift = 0
    if shift:
        raise Malformed


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _unzigzag(value: int) -> int:
    return value >> 1 if not value & 1 else -((value + 1) >> 1)
