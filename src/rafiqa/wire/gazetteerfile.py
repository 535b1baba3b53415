"""The gazetteer's file: a line that says what it is, and JSON; same places, same bytes.

The line names the SHA-256 of what follows. Nothing in it runs; values of other types are refused.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from sys import intern
from typing import Final

import msgspec

from rafiqa.errors import Fault, InvalidInput
from rafiqa.study.gazetteer import Gazetteer, Place, Source
from rafiqa.study.record import PlaceLevel
from rafiqa.wire.limit import MEBIBYTE

FORMAT: Final = "rafiqa-gazetteer"
VERSION: Final = 1
MOST_BYTES: Final = 256 * MEBIBYTE
_LONGEST_LINE: Final = 4_096


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    version: int
    sha256: str


class _Place(msgspec.Struct, array_like=True):
    place_id: str
    names: tuple[str, ...]
    lon_deg: float
    lat_deg: float
    radius_km: float
    level: PlaceLevel
    country: str
    within: tuple[str, ...]
    residents: int
    refs: tuple[str, ...]
    is_core: bool
    guarded: tuple[str, ...]


class _Source(msgspec.Struct, array_like=True):
    name: str
    licence: str
    credit: str
    sha256: str
    rows: int
    refused: int


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    sources: list[_Source]
    places: list[_Place]
    names: dict[str, tuple[int, ...]]


def gazetteer_bytes(gazetteer: Gazetteer) -> bytes:
    """Returns the file of a gazetteer."""
    body = {
        "sources": [
            [one.name, one.licence, one.credit, one.sha256, one.rows, one.refused]
            for one in gazetteer.sources
        ],
        "places": [_plain(place) for place in gazetteer.places],
        "names": {key: list(gazetteer.at[key]) for key in sorted(gazetteer.at)},
    }
    packed = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    line = {"format": FORMAT, "version": VERSION, "sha256": hashlib.sha256(packed).hexdigest()}
    return json.dumps(line).encode() + b"\n" + packed + b"\n"


def read_gazetteer(path: Path) -> Gazetteer:
    """Returns the gazetteer of a file.

    Raises:
        InvalidInput: ``wire.file.missing``, ``wire.gazetteer.unknown`` (no such file, or of a newer
            version), ``wire.gazetteer.altered`` (its hash is another).
    """
    if not path.is_file():
        raise InvalidInput(Fault("wire.file.missing", "", None, {"path": path.name}))
    if path.stat().st_size > MOST_BYTES:
        raise _unknown(path.name)
    return parse_gazetteer(path.read_bytes(), path.name)


def parse_gazetteer(data: bytes, name: str) -> Gazetteer:
    """Returns the gazetteer that bytes hold; refusals as of ``read_gazetteer``."""
    ended = data.find(b"\n", 0, _LONGEST_LINE)
    packed = memoryview(data)[ended + 1 : len(data) - data.endswith(b"\n")]
    try:
        line = msgspec.json.decode(data[: max(ended, 0)], type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unknown(name) from error
    if (line.format, line.version) != (FORMAT, VERSION):
        raise _unknown(name)
    if hashlib.sha256(packed).hexdigest() != line.sha256:
        raise InvalidInput(Fault("wire.gazetteer.altered", name, None, {"file": name}))
    try:
        body = msgspec.json.decode(packed, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unknown(name) from error
    count = len(body.places)
    if any(not 0 <= number < count for numbers in body.names.values() for number in numbers):
        raise _unknown(name)
    # One at a time, so that a country's villages are never held twice.
    body.places.reverse()
    places = tuple(_place(body.places.pop()) for _ in range(count))
    return Gazetteer(places, body.names, tuple(map(_source, body.sources)), line.sha256)


def _plain(place: Place) -> list[object]:
    return [
        place.place_id,
        place.names,
        place.lon_deg,
        place.lat_deg,
        place.radius_km,
        place.level,
        place.country,
        place.within,
        place.residents,
        place.refs,
        place.is_core,
        place.guarded,
    ]


def _place(one: _Place) -> Place:
    return Place(
        one.place_id,
        one.names,
        one.lon_deg,
        one.lat_deg,
        one.radius_km,
        one.level,
        intern(one.country),
        tuple(map(intern, one.within)),
        one.residents,
        one.refs,
        one.is_core,
        one.guarded,
    )


def _source(one: _Source) -> Source:
    return Source(one.name, one.licence, one.credit, one.sha256, one.rows, one.refused)


def _unknown(name: str) -> InvalidInput:
    return InvalidInput(Fault("wire.gazetteer.unknown", name, None, {"file": name}))
