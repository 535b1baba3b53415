"""Papers in: the texts of a certificate's codes, from a text, a picture or a PDF.

Pictures and PDFs come from strangers, so they are read in a process of their own, under limits, by
`rafiqa.wire.paperworker`. Only the codes count: what is printed beside them may be painted.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, STATUS_LIST, TRUST_LIST
from rafiqa.wire.nursery import nursery

PREFIXES: Final = (CERTIFICATE, PROOF, STATUS_LIST, TRUST_LIST)
TEXT_BYTES: Final = 4 * 1024 * 1024
FILE_BYTES: Final = 64 * 1024 * 1024
WALL_S: Final = 60
_MAGIC: Final = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
    "webp": b"RIFF",
}


def codes_of_text(text: str) -> tuple[str, ...]:
    """Returns the texts of the codes in a text: each begins a line, and may go on over lines."""
    codes: list[str] = []
    for line in text.splitlines():
        if line.startswith(PREFIXES):
            codes.append(line)
        elif codes:
            codes[-1] += line
    return tuple(codes)


def codes_of_file(path: Path) -> tuple[str, ...]:
    """Returns the texts of the codes in a file: a text, a PNG, JPEG or WebP picture, or a PDF.

    Raises:
        InvalidInput: it is missing, too large, of another kind, cannot be read, or holds none.
    """
    if not path.is_file():
        raise InvalidInput(Fault("wire.file.missing", params={"path": path.name}))
    size = path.stat().st_size
    if size > FILE_BYTES:
        params: dict[str, str | int] = {"limit_mib": FILE_BYTES // 1024**2}
        raise InvalidInput(Fault("wire.paper.too-large", params=params))
    with path.open("rb") as stream:
        head = stream.read(16)
    kind = next((name for name, magic in _MAGIC.items() if head.startswith(magic)), None)
    codes = _of_text_file(path, size) if kind is None else _of_picture(path, kind)
    if not codes:
        raise InvalidInput(Fault("wire.paper.no-code", params={"path": path.name}))
    return codes


def _of_text_file(path: Path, size: int) -> tuple[str, ...]:
    if size > TEXT_BYTES:
        params: dict[str, str | int] = {"limit_mib": TEXT_BYTES // 1024**2}
        raise InvalidInput(Fault("wire.paper.too-large", params=params))
    try:
        return codes_of_text(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise InvalidInput(Fault("wire.paper.kind", params={"path": path.name})) from None


def _of_picture(path: Path, kind: str) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="rafiqa-paper-") as folder:
        answer = Path(folder) / "answer.json"
        order = {"path": str(path.resolve()), "kind": kind, "answer": str(answer)}
        if nursery().read("paper", Path(folder), order, WALL_S).status != 0:
            raise InvalidInput(Fault("wire.paper.unreadable", params={"path": path.name}))
        codes: list[str] = json.loads(answer.read_text("utf-8"))
    return tuple(code for code in codes if code.startswith(PREFIXES))
