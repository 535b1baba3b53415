"""Pictures of strangers, made anew from their pixels: what was written beside those is gone.

They are read in a process of their own, under limits, by ``rafiqa.wire.pictureworker``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.nursery import nursery

PICTURE_BYTES: Final = 4 * 1024 * 1024
"""Largest picture taken: a page that made it small on the phone sends less than a quarter."""
ORIGINAL_BYTES: Final = 32 * 1024 * 1024
"""Largest picture that is shown of those that came with forms: as a phone's camera writes it."""
_WALL_S: Final = 30
_KINDS: Final = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
}
_MAGIC: Final = tuple(_KINDS)
_SHOWN_TOO: Final = (b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a")
"""How TIFF and GIF begin: nobody is asked for them, and what came so is made anew all the same."""
_JFIF: Final = b"\xff\xd8\xff\xe0"
"""Start of image and the segment that has to come first."""
_JPEG: Final = b"\xff\xd8\xff"
_VIEWS: Final = b"MPF\0"
"""What the index of several pictures in one JPEG begins with (CIPA DC-007)."""
_HEAD_BYTES: Final = 131_072
_COMMENT: Final = b"\xff\xfe"
_BOX: Final = slice(4, 8)
_AVIF: Final = (b"ftypavif", b"ftypavis")
Box = tuple[int, int, int, int]
"""Left, top, width, height, in thousandths of a picture's width and height."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A picture that may be shared once a person has said that nobody can be known in it.

    Attributes:
        jpeg: its pixels, with what was found and what was marked hidden, and nothing else.
        found: where faces or number plates were found: left, top, width and height, in
            thousandths of the picture's own.
        looked: whether anybody looked for any: not where OpenCV is not installed.
    """

    jpeg: bytes
    found: tuple[Box, ...]
    looked: bool


def picture_kind(content: bytes) -> str | None:
    """Returns the media type of a picture by how it begins; None where it is none of ours."""
    if content.startswith(b"RIFF") and content[8:12] != b"WEBP":
        return None
    return next((kind for magic, kind in _KINDS.items() if content.startswith(magic)), None)


def from_pixels(content: bytes) -> bytes:
    """Returns a picture as JPEG with its pixels and nothing else: no place, no device, no day.

    Raises:
        InvalidInput: it is no JPEG, PNG or WebP that can be read within the limits.
    """
    return _remade(content, {}, PICTURE_BYTES)[0]


def shown(content: bytes, *, hides: bool = False) -> bytes | None:
    """Returns a picture as it is shown or given out: made anew; None of what is no picture.

    With ``hides`` the faces and number plates that are found in it are hidden, as far as anybody
    looks for them: see ``Hidden.looked``.

    One that ends too early is shown as far as it goes: a transfer that was cut hides no hazard.

    Raises:
        InvalidInput: it begins like a picture and cannot be read within the limits.
    """
    if not is_picture(content):
        return None
    return _remade(content, {"shows": True, "hides": hides}, ORIGINAL_BYTES)[0]


def shows_less(content: bytes) -> bool:
    """Returns whether a picture that is shown shows less than came: pages, glass, depth.

    Raises:
        InvalidInput: it begins like a picture and cannot be read within the limits.
    """
    if not is_picture(content):
        return False
    if content.startswith(_JPEG) and _VIEWS not in content[:_HEAD_BYTES]:
        # Of a plain JPEG that is known without reading it.
        return False
    return bool(_remade(content, {"shows": True}, ORIGINAL_BYTES)[1]["less"])


def standing_in(content: bytes) -> bytes | None:
    """Returns what stands for a picture whose original is sealed; None of what is no picture.

    Its pixels as JPEG and nothing else, at most 2,560 a side: it is what remains to be worked
    with when the original's time is over, so faces are not hidden in it. They are when it is
    given to others.

    Raises:
        InvalidInput: it begins like a picture and cannot be read within the limits, it ends too
            early, or a JPEG would not show all that it shows.
    """
    if not is_picture(content):
        return None
    return _remade(content, {"shows": True, "stands_in": True}, ORIGINAL_BYTES)[0]


def signed_for(jpeg: bytes, name: str) -> bytes:
    """Returns a JPEG that says in a comment whose place it holds: no two originals have the same.

    Raises:
        InvalidInput: it does not begin as a JPEG file does (ITU-T T.871).
    """
    start, length = jpeg[:4], int.from_bytes(jpeg[4:6], "big")
    if start != _JFIF or len(jpeg) < 4 + length:
        raise InvalidInput(Fault("wire.picture.unread"))
    words = name.encode()
    comment = _COMMENT + (len(words) + 2).to_bytes(2, "big") + words
    return jpeg[: 4 + length] + comment + jpeg[4 + length :]


def is_picture(content: bytes) -> bool:
    """Returns whether a file begins like a picture that can be made anew."""
    too = content.startswith(_SHOWN_TOO) or content[4:12] in _AVIF
    return too or picture_kind(content) is not None


def carries_more(content: bytes) -> bool:
    """Returns whether a file is of a kind that carries place and day and cannot be made anew.

    HEIC, MP4, 3GP and M4A: a box named ``ftyp`` is at their beginning (ISO/IEC 14496-12, 4.3).
    """
    return content[_BOX] == b"ftyp" and not is_picture(content)


def hidden(content: bytes, marked: Sequence[Box] = ()) -> Hidden:
    """Returns a picture with faces and number plates hidden: those found and those marked.

    Raises:
        InvalidInput: it is no JPEG, PNG or WebP that can be read within the limits, or a marked
            region lies outside of it.
    """
    for box in marked:
        x, y, w, h = box
        if not (0 <= x < x + w <= 1_000 and 0 <= y < y + h <= 1_000):
            raise InvalidInput(Fault("wire.picture.region", "blur"))
    jpeg, told = _remade(
        content, {"hides": True, "marked": [list(box) for box in marked]}, PICTURE_BYTES
    )
    found = tuple((box[0], box[1], box[2], box[3]) for box in told["found"])
    return Hidden(jpeg, found, bool(told["looked"]))


def _remade(content: bytes, asked: dict[str, Any], most_bytes: int) -> tuple[bytes, dict[str, Any]]:
    fits = is_picture(content) if asked.get("shows") else content.startswith(_MAGIC)
    if len(content) > most_bytes or not fits:
        raise InvalidInput(Fault("wire.picture.unread"))
    with tempfile.TemporaryDirectory(prefix="rafiqa-picture-") as folder:
        came, made = Path(folder) / "came", Path(folder) / "made.jpg"
        came.write_bytes(content)
        order = {"came": str(came), "made": str(made), **asked}
        ended = nursery().read("picture", Path(folder), order, _WALL_S)
        if ended.status != 0 or not made.is_file():
            raise InvalidInput(Fault("wire.picture.unread"))
        told: dict[str, Any] = json.loads(made.with_suffix(".json").read_bytes())
        return made.read_bytes(), told
