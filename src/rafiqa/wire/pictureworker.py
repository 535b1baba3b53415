"""The worker that makes a stranger's picture anew from its pixels; it may be killed.

Forked by ``rafiqa.wire.nurse``. On demand it hides faces and number plates: those that it finds by
the cascades of OpenCV (Viola and Jones 2001; the files come with the package), where that is
installed, and those that a person marked. It finds most faces that look at the camera, few others
and few plates: what it found is a proposal, and whether nobody can be known a person says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageFile, ImageFilter, ImageOps

from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE
from rafiqa.wire.picturewhole import is_lossy, refuse_lossy

_TAKEN: Final = ("JPEG", "PNG", "WEBP")
_SHOWN: Final = (*_TAKEN, "TIFF", "GIF", "AVIF")
PIXELS: Final = 50_000_000
LONGEST_PX: Final = 1_600
STAND_IN_PX: Final = 2_560
"""Longest side of what stands for an original that is sealed, and may be gone one day."""
_QUALITY: Final = 78
_STAND_IN_QUALITY: Final = 85
_CPU_S: Final = 15
CASCADES: Final = (
    ("haarcascade_frontalface_default.xml", 1.1, 4),
    ("haarcascade_frontalface_alt2.xml", 1.1, 3),
    ("haarcascade_profileface.xml", 1.1, 3),
    ("haarcascade_russian_plate_number.xml", 1.1, 3),
)
"""File, step between sizes, and how many neighbours agree: few, since a blur too many hurts less
than a face left in."""
_LEAST_PX: Final = 20
_MARGIN: Final = 0.35
"""Of a face's width, on each side: what is found is the middle of it, without ears and hair."""
_BLOCKS: Final = 6
"""A hidden region is drawn of so many blocks: of so few nobody is known, nor a plate read."""

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""
Box = tuple[int, int, int, int]
"""Left, top, width, height, in thousandths of the picture's width and height."""


def remake(
    came: Path,
    made: Path,
    marked: Sequence[Box] = (),
    *,
    hides: bool = False,
    shows: bool = False,
    stands_in: bool = False,
) -> dict[str, Any]:
    """Writes the picture's pixels, upright and no larger than is needed, as a new JPEG.

    Returns what was hidden: ``found`` and ``marked`` boxes, and whether it was ``looked`` at all;
    of what ``shows`` whether it shows ``less`` than what came.
    What ``shows`` is read in more formats; of several pictures in one file the first.

    Raises:
        ValueError: it has more pixels than are looked at, or is to stand for an original and
            would say less than that.
    """
    with Image.open(came, formats=_SHOWN if shows else _TAKEN) as opened:
        if opened.width * opened.height > PIXELS:
            raise ValueError("too many pixels")
        if stands_in:
            refuse_lossy(opened)
        less = shows and is_lossy(opened)
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    longest_px = STAND_IN_PX if stands_in else LONGEST_PX
    upright.thumbnail((longest_px, longest_px))
    found = list(_found(upright)) if hides else None
    for box in (*(found or ()), *marked):
        _hide(upright, box)
    # Only the pixels go over: whatever else the picture carried stays behind.
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    bare.save(made, "JPEG", quality=_STAND_IN_QUALITY if stands_in else _QUALITY)
    looked = hides and _cascades() is not None
    return {
        "found": found or [],
        "marked": [list(box) for box in marked],
        "looked": looked,
        "less": less,
    }


def _cascades() -> Any:
    try:
        import cv2
    except ImportError:
        return None
    return cv2


def _found(picture: Image.Image) -> Iterator[Box]:
    """Yields where faces and plates may be, with a margin; nothing where OpenCV is missing."""
    cv2 = _cascades()
    if cv2 is None:
        return
    import numpy as np

    cv2.setNumThreads(1)
    grey = np.asarray(ImageOps.equalize(picture.convert("L")))
    for name, step, agreeing in CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / name))
        sides = (False, True) if "profile" in name else (False,)
        for mirrored in sides:
            seen = np.ascontiguousarray(grey[:, ::-1]) if mirrored else grey
            for x, y, w, h in cascade.detectMultiScale(
                seen, step, agreeing, minSize=(_LEAST_PX, _LEAST_PX)
            ):
                left = picture.width - x - w if mirrored else x
                yield _within(picture, (int(left), int(y), int(w), int(h)))


def _within(picture: Image.Image, box: Box) -> Box:
    """A box in thousandths, grown by the margin and cut to the picture."""
    x, y, w, h = box
    grown = round(w * _MARGIN)
    left, top = max(0, x - grown), max(0, y - grown)
    right, bottom = min(picture.width, x + w + grown), min(picture.height, y + h + grown)
    across, down = 1_000 / picture.width, 1_000 / picture.height
    # Edges outwards, each by itself: a width rounded alone could end within the face.
    west, north = math.floor(left * across), math.floor(top * down)
    return west, north, math.ceil(right * across) - west, math.ceil(bottom * down) - north


def _hide(picture: Image.Image, box: Box) -> None:
    """Draws a region of a few blocks, and those smoothed: no pixel of it is left."""
    x, y, w, h = box
    area = (
        max(0, x * picture.width // 1_000),
        max(0, y * picture.height // 1_000),
        min(picture.width, -(-(x + w) * picture.width // 1_000)),
        min(picture.height, -(-(y + h) * picture.height // 1_000)),
    )
    width, height = area[2] - area[0], area[3] - area[1]
    if width < 1 or height < 1:
        return
    coarse = picture.crop(area).resize(
        (min(width, _BLOCKS), min(height, _BLOCKS)), Image.Resampling.BOX
    )
    hidden = coarse.resize((width, height), Image.Resampling.NEAREST)
    picture.paste(hidden.filter(ImageFilter.BoxBlur(max(1, width // 12))), area[:2])


def warm() -> None:
    """Makes ready, before there is a picture, what every picture needs."""
    Image.preinit()


def main(order: dict[str, Any]) -> None:
    """Remakes one picture under limits."""
    confine(_CPU_S, 700 * MEBIBYTE, 2_000 * MEBIBYTE)
    boxes = [(box[0], box[1], box[2], box[3]) for box in order.get("marked", ())]
    shows = bool(order.get("shows"))
    stands_in = bool(order.get("stands_in"))
    # Of what came cut short as much is shown as there is; nothing is taken in so, and nothing
    # stands so for what may be gone one day.
    ImageFile.LOAD_TRUNCATED_IMAGES = shows and not stands_in
    told = remake(
        Path(order["came"]),
        Path(order["made"]),
        boxes,
        hides=bool(order.get("hides")),
        shows=shows,
        stands_in=stands_in,
    )
    Path(order["made"]).with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
