"""Texts in PostgreSQL, which keeps no zero in one: a zero and the sign that stands for it escaped.

Without a backslash or a zero, which is nearly always, a text lies there as it is.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper, TextLoader

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"\\": "\\", "0": "\0"}


def escaped(text: str) -> str:
    """Returns the text as it is kept."""
    if "\\" in text or "\0" in text:
        return text.replace("\\", "\\\\").replace("\0", "\\0")
    return text


def unescaped(kept: str) -> str:
    """Returns the text of what was kept.

    Raises:
        UnicodeDecodeError: nothing was ever kept like that.
    """
    if "\\" not in kept:
        return kept
    try:
        return _ESCAPED.sub(lambda found: _SIGNS[found[1]], kept)
    except KeyError:
        raw = kept.encode("utf-8", "surrogatepass")
        raise UnicodeDecodeError("utf-8", raw, 0, len(raw), "no text of ours") from None


class _Dumper(StrDumper):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(escaped(obj))


class _Loader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        kept = super().load(data)
        return unescaped(kept) if isinstance(kept, str) else kept


def keep_any_text(link: psycopg.Connection[Any]) -> None:
    """Nothing; from now on the connection takes and gives any text."""
    link.adapters.register_dumper(str, _Dumper)
    link.adapters.register_loader("text", _Loader)
