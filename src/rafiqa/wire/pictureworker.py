"""The worker that makes a stranger's picture anew from its pixels; it may be killed.

Forked by ``rafiqa.wire.nurse``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps

from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE

PIXELS: Final = 50_000_000
LONGEST_PX: Final = 1_600
_QUALITY: Final = 78
_CPU_S: Final = 15

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""


def remake(came: Path, made: Path) -> None:
    """Writes the picture's pixels, upright and no larger than is needed, as a new JPEG.

    Raises:
        ValueError: it has more pixels than are looked at.
    """
    with Image.open(came, formats=["JPEG", "PNG", "WEBP"]) as found:
        if found.width * found.height > PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(found).convert("RGB")
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    # Only the pixels go over: whatever else the picture carried stays behind.
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    bare.save(made, "JPEG", quality=_QUALITY)


def warm() -> None:
    """Makes ready, before there is a picture, what every picture needs."""
    Image.preinit()


def main(order: dict[str, Any]) -> None:
    """Remakes one picture under limits."""
    confine(_CPU_S, 700 * MEBIBYTE, 2_000 * MEBIBYTE)
    remake(Path(order["came"]), Path(order["made"]))
