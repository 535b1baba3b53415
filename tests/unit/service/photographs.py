"""Photographs as phones write them, with words beside the pixels in each place that has room."""

from __future__ import annotations

import io
from struct import pack

from PIL import Image

EXIF_WORDS = (0x010E, 0x013B, 0x9C9D, 0xA431)
"""Description, artist, the author of Windows, the serial number of the body."""
_LATITUDE = (35.0, 58.0, 1.6)


def photograph(words: dict[str, str], shade: int = 90, side: int = 64) -> bytes:
    """A JPEG whose EXIF, IPTC, XMP, comment and thumbnail each say the words under their name."""
    picture = Image.new("RGB", (side, side), (shade % 256, shade // 256 % 256, 60))
    exif = picture.getexif()
    exif[0x8825] = {1: "N", 2: _LATITUDE}
    for number, tag in enumerate(EXIF_WORDS):
        exif[tag] = f"{words['exif']}-{number}"
    out = io.BytesIO()
    xmp = f"<x:xmpmeta><dc:creator>{words['xmp']}</dc:creator></x:xmpmeta>".encode()
    picture.save(out, "JPEG", exif=exif, comment=words["comment"].encode(), xmp=xmp)
    made = out.getvalue()
    # Behind the end of the picture stands what some phones hang on: a film, or another picture.
    return made[:2] + _iptc(words["iptc"].encode()) + made[2:] + words["behind"].encode()


def _iptc(words: bytes) -> bytes:
    """A segment APP13 with the words as by-line and caption (IIM 4.2, records 2:80 and 2:120)."""
    told = b"".join(
        b"\x1c\x02" + bytes([number]) + pack(">H", len(words)) + words for number in (80, 120)
    )
    told += b"\0" * (len(told) % 2)
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + pack(">I", len(told)) + told
    return b"\xff\xed" + pack(">H", len(block) + 2) + block
