"""The attribute table of a shapefile: which encoding its text really is in.

Without a ``.cpg`` GDAL assumes Latin-1 and turns UTF-8 into nonsense without a word; the
Amsterdam test files are such a case.
"""

from __future__ import annotations

import struct

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import file_fault
from rafiqa.wire.mapping import ENCODINGS

# Language driver bytes of dBASE that name one code page; 0x00 and 0x57 ("ANSI") do not.
_DRIVERS = {0x03: "cp1252", 0x7D: "cp1255", 0x7E: "cp1256", 0xC9: "cp1251"}
_CPG = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "65001": "utf-8",
    "iso-8859-1": "latin-1",
    "iso88591": "latin-1",
    "88591": "latin-1",
    "latin1": "latin-1",
    "ansi 1252": "cp1252",
    "1252": "cp1252",
    "cp1252": "cp1252",
    "windows-1252": "cp1252",
    "1256": "cp1256",
    "cp1256": "cp1256",
    "ansi 1256": "cp1256",
    "windows-1256": "cp1256",
    "1251": "cp1251",
    "cp1251": "cp1251",
    "ansi 1251": "cp1251",
    "iso-8859-6": "iso8859-6",
}
_LONGEST_UTF8 = 3


def record_count(dbf: bytes) -> int:
    """Returns how many records the table says it has, once they are all there.

    Raises:
        InvalidInput: ``wire.shp.truncated``: fewer bytes than its header promises.
    """
    if len(dbf) < 32:
        raise InvalidInput(file_fault("wire.shp.truncated", ".dbf", {"part": ".dbf"}))
    count, header, length = struct.unpack_from("<IHH", dbf, 4)
    if len(dbf) < header + count * length:
        raise InvalidInput(file_fault("wire.shp.truncated", ".dbf", {"part": ".dbf"}))
    return int(count)


def dbf_encoding(dbf: bytes, cpg: str | None, declared: str | None) -> tuple[str, bool]:
    """Returns the encoding to read the table's text in, and whether it was only recognised.

    The mapping's word counts first, then the ``.cpg``, then the table's driver byte; where
    nobody says, text that is wholly UTF-8 is read so.

    Raises:
        InvalidInput: ``wire.encoding.undeclared``: nobody says and it is not UTF-8;
            ``wire.encoding.wrong``: the text does not fit what is said.
    """
    texts = [text for text in _texts(dbf) if not text.isascii()]
    said = declared or (_CPG.get(cpg.strip().casefold()) if cpg else None)
    said = ENCODINGS.get(said, said) if said else _DRIVERS.get(dbf[29])
    if cpg and not said:
        raise InvalidInput(file_fault("wire.encoding.undeclared", ".cpg", {"encoding": cpg[:40]}))
    if not texts:
        return said or "utf-8", False
    encoding = (said or "utf-8").replace("utf-8-sig", "utf-8")
    if encoding != "utf-8" and all(_fits(text, "utf-8") for text in texts):
        # A one-byte encoding fits any bytes; Arabic that is wholly UTF-8 by chance does not exist.
        lie: dict[str, str | int] = {"encoding": encoding, "offset": 0, "line": 0}
        raise InvalidInput(file_fault("wire.encoding.wrong", ".dbf", lie))
    bad = next((text for text in texts if not _fits(text, encoding)), None)
    if bad is None:
        return encoding, said is None
    if said is None:
        raise InvalidInput(file_fault("wire.encoding.undeclared", ".dbf", {"encoding": ""}))
    params: dict[str, str | int] = {"encoding": encoding, "offset": dbf.find(bad), "line": 0}
    raise InvalidInput(file_fault("wire.encoding.wrong", ".dbf", params))


def _texts(dbf: bytes) -> set[bytes]:
    """The different texts in the table's character fields."""
    count, header, length = struct.unpack_from("<IHH", dbf, 4)
    if not length or dbf[header:].isascii():
        return set()
    spans: list[tuple[int, int]] = []
    at = 1
    for start in range(32, header - 1, 32):
        if dbf[start] == 0x0D or start + 32 > len(dbf):
            break
        width = dbf[start + 16]
        if dbf[start + 11 : start + 12] == b"C":
            spans.append((at, at + width))
        at += width
    body = [dbf[header + i * length : header + (i + 1) * length] for i in range(count)]
    return {row[a:b].rstrip(b"\0 ") for row in body for a, b in spans}


def _fits(text: bytes, encoding: str) -> bool:
    """Whether the text can be read so; its last sign may be cut by the field's width."""
    for cut in range(_LONGEST_UTF8 + 1):
        try:
            (text[:-cut] if cut else text).decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8" or error.end < len(text) - cut:
                return False
        else:
            return True
    return False
