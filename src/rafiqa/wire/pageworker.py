"""The worker that draws one page of a stranger's PDF; it may be killed.

Forked by ``rafiqa.wire.nurse``; leaves a PNG, or nothing where there is no such page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE

WIDTH_PX: Final = 1_000
_HEIGHT_MOST_PX: Final = 4_000
_CPU_S: Final = 15

LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""


def draw(came: Path, made: Path, page: int) -> None:
    """Writes one page, counted from 1, as a picture of a fixed width."""
    paper = pypdfium2.PdfDocument(came)
    if not 1 <= page <= len(paper):
        return
    found = paper[page - 1]
    scale = min(WIDTH_PX / found.get_width(), _HEIGHT_MOST_PX / found.get_height())
    found.render(scale=scale).to_pil().convert("RGB").save(made, "PNG")


def warm() -> None:
    """Makes ready, before there is a page, what every page needs."""
    Image.preinit()


def main(order: dict[str, Any]) -> None:
    """Draws one page under limits."""
    confine(_CPU_S, 700 * MEBIBYTE, 3_072 * MEBIBYTE)
    draw(Path(order["came"]), Path(order["made"]), int(order["page"]))
