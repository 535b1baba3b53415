"""The name under which a browser keeps what it is given: in a header, as RFC 6266 asks.

A name may be somebody's: it can end no header, name no folder and no ending of its own choosing by
signs that readers of headers take apart differently.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

NAME_CHARS_MOST: Final = 120
_ODD: Final = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|;%\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that end a header or a path, and those that turn the direction of writing round."""


def attachment(name: str) -> dict[str, str]:
    """Returns the header of what is taken along under a name, never shown in place."""
    return _header("attachment", name)


def inline(name: str) -> dict[str, str]:
    """Returns the header of what a browser may show, and keeps under a name."""
    return _header("inline", name)


def _header(manner: str, name: str) -> dict[str, str]:
    whole = _ODD.sub("_", name.encode("utf-8", "replace").decode()).strip(". ")[-NAME_CHARS_MOST:]
    whole = whole.lstrip(". ") or "file"
    plain = "".join(letter if letter.isascii() else "_" for letter in whole)
    told = f'{manner}; filename="{plain}"'
    if plain != whole:
        told += f"; filename*=UTF-8''{quote(whole, safe='')}"
    return {"Content-Disposition": told}
