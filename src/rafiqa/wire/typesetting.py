"""Papers from their sheets: Typst lays them out with our own fonts, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import typst

from rafiqa.errors import Fault, NotFound


def typeset(
    template: str,
    sheet: Mapping[str, Any],
    made_at_s: int,
    format_: Literal["pdf", "png"],
    dpi: float = 150,
) -> bytes | list[bytes]:
    """A paper; the same sheet and time give the same bytes.

    Args:
        template: the file beside this one that lays it out.
        sheet: everything that stands on it.
        made_at_s: the time that stands in the file, seconds since 1970.
        format_: of the file; a PNG is one for each page.
        dpi: of pictures.

    Raises:
        NotFound: the fonts are not there; they are made at setup.
    """
    folder = Path(str(resources.files("rafiqa.wire")))
    compiler = typst.Compiler(
        (folder / template).read_bytes(),
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(sheet, ensure_ascii=False, sort_keys=True)},
    )
    made = compiler.compile(format=format_, ppi=dpi, timestamp=made_at_s)
    assert made is not None  # noqa: S101 - nothing is written to a file
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts of papers, and no others: what a machine has beside them changes no paper.

    Raises:
        NotFound: they have not been made.
    """
    folder = Path(str(resources.files("rafiqa.wire") / "fonts"))
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
    if not {"Paper latin", "Paper arabic"} <= set(fonts.families()):
        raise NotFound(Fault("wire.paper.no-fonts", params={"folder": str(folder)}))
    return fonts
