"""The worker that looks for codes in a stranger's picture or PDF; it may be killed.

Forked by ``rafiqa.wire.nurse``; leaves the texts of all codes as a JSON array.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image

from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE

PIXELS: Final = 50_000_000
PAGES: Final = 10
DOTS_PER_INCH: Final = 200
CPU_S: Final = 30
_POINTS_PER_INCH = 72
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""


def pictures(path: Path, kind: str) -> Iterator[Image.Image]:
    """Yields the pictures of a file in grey: itself, or the pages of a PDF.

    Raises:
        ValueError: it has more pixels than are looked at.
    """
    if kind != "pdf":
        with Image.open(path, formats=[_FORMATS[kind]]) as found:
            if found.width * found.height > PIXELS:
                raise ValueError("too many pixels")
            yield found.convert("L")
        return
    paper = pypdfium2.PdfDocument(path)
    for page in list(paper)[:PAGES]:
        scale = DOTS_PER_INCH / _POINTS_PER_INCH
        if page.get_width() * page.get_height() * scale**2 > PIXELS:
            raise ValueError("too many pixels")
        yield page.render(scale=scale, grayscale=True).to_pil()


def codes(path: Path, kind: str) -> list[str]:
    """Returns the texts of all QR codes in a file, in the order in which they are found."""
    texts: dict[str, None] = {}
    for picture in pictures(path, kind):
        for found in zxingcpp.read_barcodes(picture, formats=_QR):
            texts[found.text] = None
    return list(texts)


def warm() -> None:
    """Makes ready, before there is a paper, what every paper needs."""
    Image.preinit()


def main(order: dict[str, Any]) -> None:
    """Works under its limits and leaves what was found where the order says."""
    confine(CPU_S, 1024 * MEBIBYTE, 3072 * MEBIBYTE)
    found = codes(Path(order["path"]), str(order["kind"]))
    Path(order["answer"]).write_text(json.dumps(found), encoding="utf-8")
