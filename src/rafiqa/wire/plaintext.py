"""Plain text of strangers as text: UTF-8, UTF-16 with its mark, or Windows Arabic."""

from __future__ import annotations

import codecs
import re
from typing import Final

from rafiqa.errors import Fault, InvalidInput

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ARABIC: Final = "cp1256"
_MOST_BYTES: Final = 50 * 1024 * 1024
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")


def plain_text(content: bytes) -> str:
    """Returns the text of a plain file, every character of it, line ends as they are.

    A mark of byte order decides and is no part of the text; then what is UTF-8 is UTF-8; the rest
    is Windows Arabic.

    Raises:
        InvalidInput: ``wire.plaintext.empty``, ``wire.plaintext.large`` (more than 50 MiB),
            ``wire.plaintext.encoding`` (it is no text in any of these).
    """
    if len(content) > _MOST_BYTES:
        raise InvalidInput(Fault("wire.plaintext.large", params={"most": _MOST_BYTES >> 20}))
    text = _decoded(content)
    if text is None or _CONTROLS.search(text):
        raise InvalidInput(Fault("wire.plaintext.encoding"))
    if not any(letter.isalpha() for letter in text):
        raise InvalidInput(Fault("wire.plaintext.empty"))
    return text


def _decoded(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as(content[len(mark) :], encoding)
    utf8 = _as(content, "utf-8")
    return utf8 if utf8 is not None else _as(content, _ARABIC)


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
