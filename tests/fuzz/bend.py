"""Bending: valid seeds made wrong, as the structure that they are and as bytes."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random  # noqa: TID251 - a test draws, from a seed that it tells
from typing import Any

MOST_BYTES = 200_000
NUMBERS = (
    *(b"0", b"-1", b"1", b"255", b"256", b"65535", b"65536", b"2147483647", b"2147483648"),
    *(b"4294967295", b"9223372036854775807", b"9223372036854775808", b"1e308", b"1e309"),
    *(b"-0.0", b"NaN", b"Infinity", b"0.1", b"1e-320", b"9" * 400, b"90", b"180.0001"),
)
TOKENS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\\ud800"),
    *(b"{", b"}", b"[", b"]", b'"', b"'", b",", b":", b"<", b">", b"&", b";", b"\r\n", b"\t"),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<![CDATA[", b"]]>", b"<?xml version='1.0'?>"),
    *(b"../", b"..\\", b"/etc/passwd", b"C:\\", b"=1+1", b"@SUM(A1)", b"%00", b"%s%n", b"{0}"),
    *(b"null", b"true", b"[" * 200, b"(" * 200, b"<a>" * 60, b"POLYGON((", b"GEOMETRYCOLLECTION("),
    *(b"\xe2\x80\xae", "ﷺ".encode(), "١٢٣".encode(), "İı".encode(), b"AND", b"OR", b"NOT", b"LIKE"),
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        2**63,
        10**400,
        1e308,
        "",
        "\ud800",
        "x" * 5_000,
        [],
        {},
        [[]],
        [None] * 300,
    ),
    *([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]], [181, 91], ["38", "35"], {"type": "Point"}),
)
Bend = Callable[[bytes, Random, Sequence[bytes]], bytes]


def bytes_bent(data: bytes, draw: Random, others: Sequence[bytes]) -> bytes:
    """Returns the bytes with one to five changes that know nothing of their form."""
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        at = draw.randrange(len(made) + 1)
        end = min(len(made), at + draw.choice((1, 2, 4, 8, 64, 512)))
        match draw.randrange(9):
            case 0 if at < len(made):
                made[at] ^= 1 << draw.randrange(8)
            case 1 if at < len(made):
                made[at] = draw.choice((0, 1, 127, 128, 255, 34, 60, 92))
            case 2:
                del made[at:end]
            case 3:
                made[at:at] = made[at:end] * draw.choice((1, 2, 20))
            case 4:
                made[at:at] = draw.choice(TOKENS)
            case 5 if found := [*_NUMBER.finditer(made[:20_000])]:
                number = draw.choice(found)
                made[number.start() : number.end()] = draw.choice(NUMBERS)
            case 6:
                other = draw.choice(others)
                start = draw.randrange(len(other) + 1)
                made[at:end] = other[start : start + draw.choice((4, 32, 256))]
            case 7:
                del made[at:]
            case _:
                size = draw.choice((1, 2, 4, 8))
                value = draw.choice((0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1))
                order = draw.choice(("little", "big"))
                low = value % (1 << 8 * size)
                made[at : at + size] = low.to_bytes(size, order)  # type: ignore[arg-type]
    return bytes(made[:MOST_BYTES])


def json_bent(data: bytes, draw: Random, others: Sequence[bytes]) -> bytes:
    """Returns JSON with nodes replaced, removed, doubled or nested; sometimes bytes too."""
    try:
        tree = json.loads(data)
    except ValueError:
        return bytes_bent(data, draw, others)
    for _ in range(draw.choice((1, 1, 2, 3))):
        places = [*_places(tree)]
        if not places:
            break
        holder, key = draw.choice(places)
        match draw.randrange(6):
            case 0:
                # A copy: what is put in is bent further, and the next run begins with these too.
                holder[key] = deepcopy(draw.choice(_VALUES))
            case 1 if isinstance(holder, list):
                holder *= draw.choice((2, 40))
            case 2:
                del holder[key]
            case 3:
                for _ in range(draw.choice((1, 5, 25))):
                    holder[key] = [holder[key]] if draw.random() < 0.5 else {"a": holder[key]}
            case 4 if isinstance(holder, dict):
                holder[draw.choice(("", "type", "id", "\ud800", "coordinates", "x" * 300))] = (
                    holder[key]
                )
            case _:
                other, there = draw.choice(places)
                holder[key] = json.loads(json.dumps(other.get(there) if isinstance(other, dict)
                                                    else None))  # fmt: skip
    written = json.dumps(tree, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")
    if draw.random() < 0.1:
        written = written.replace(b'"type"', b'"type":1,"type"', 1)
    return bytes_bent(written, draw, others) if draw.random() < 0.3 else written[:MOST_BYTES]


def _places(tree: Any) -> Any:
    """Every holder and key below a value, at most some thousands."""
    waiting, n = [tree], 0
    while waiting and n < 2_000:
        node = waiting.pop()
        keys = (
            range(len(node)) if isinstance(node, list) else node if isinstance(node, dict) else ()
        )
        for key in keys:
            n += 1
            yield node, key
            waiting.append(node[key])


def zip_bent(data: bytes, draw: Random, others: Sequence[bytes]) -> bytes:
    """Returns an archive made anew with a member bent, renamed or added; or its bytes bent."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return bytes_bent(data, draw, others)
    if draw.random() < 0.3 or not members:
        return bytes_bent(data, draw, others)
    at = draw.randrange(len(members))
    name, content = members[at]
    match draw.randrange(6):
        case 0:
            name = draw.choice(("../a", "/a", "a\\b", "", "x" * 300, name.upper(), "a/../../b"))
            members[at] = (name, content)
        case 1:
            members.append((name, b"0" * draw.choice((10, 100_000, 3_000_000))))
        case 2:
            del members[at]
        case _:
            members[at] = (name, bytes_bent(content, draw, others))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name or "a")
            info.compress_type = zipfile.ZIP_DEFLATED
            if draw.random() < 0.02:
                info.external_attr = 0o120777 << 16
            archive.writestr(info, content)
    return held.getvalue()


def png_bent(data: bytes, draw: Random, others: Sequence[bytes]) -> bytes:
    """Returns a PNG whose head tells other sizes, with its checksum mended; or its bytes bent."""
    if not data.startswith(b"\x89PNG") or draw.random() < 0.6:
        return bytes_bent(data, draw, others)
    made = bytearray(data)
    made[16:24] = struct.pack(
        ">II", draw.choice((0, 1, 30_000, 2**31)), draw.choice((0, 7, 60_000))
    )
    made[24 + draw.randrange(5)] = draw.randrange(256)
    made[29:33] = struct.pack(">I", zlib.crc32(made[12:29]))
    return bytes(made)
