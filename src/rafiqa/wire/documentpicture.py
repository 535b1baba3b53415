"""The picture of one page of a stranger's PDF, for whoever wants to see what a line stood like.

It is drawn in a process of its own, under limits, by ``rafiqa.wire.pageworker``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from rafiqa.wire.document import DOCUMENT_BYTES
from rafiqa.wire.nursery import nursery

_WALL_S: Final = 30


def page_picture(content: bytes, page: int) -> bytes | None:
    """Returns a page of a PDF as PNG; None where it has no such page or it cannot be drawn.

    Args:
        content: the bytes of the PDF.
        page: its number, from 1.
    """
    if not content.startswith(b"%PDF-") or len(content) > DOCUMENT_BYTES or page < 1:
        return None
    with tempfile.TemporaryDirectory(prefix="rafiqa-page-") as folder:
        came, made = Path(folder) / "came", Path(folder) / "made.png"
        came.write_bytes(content)
        order: dict[str, object] = {"came": str(came), "made": str(made), "page": page}
        ended = nursery().read("page", Path(folder), order, _WALL_S)
        return made.read_bytes() if ended.status == 0 and made.is_file() else None
