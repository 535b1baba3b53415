"""Pictures of strangers, made anew from their pixels: what was written beside those is gone.

They are read in a process of their own, under limits, by ``rafiqa.wire.pictureworker``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.nursery import nursery

PICTURE_BYTES: Final = 4 * 1024 * 1024
"""Largest picture taken: a page that made it small on the phone sends less than a quarter."""
_WALL_S: Final = 30
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def from_pixels(content: bytes) -> bytes:
    """Returns a picture as JPEG with its pixels and nothing else: no place, no device, no day.

    Raises:
        InvalidInput: it is no JPEG, PNG or WebP that can be read within the limits.
    """
    if len(content) > PICTURE_BYTES or not content.startswith(_MAGIC):
        raise InvalidInput(Fault("wire.picture.unread"))
    with tempfile.TemporaryDirectory(prefix="rafiqa-picture-") as folder:
        came, made = Path(folder) / "came", Path(folder) / "made.jpg"
        came.write_bytes(content)
        order = {"came": str(came), "made": str(made)}
        ended = nursery().read("picture", Path(folder), order, _WALL_S)
        if ended.status != 0 or not made.is_file():
            raise InvalidInput(Fault("wire.picture.unread"))
        return made.read_bytes()
