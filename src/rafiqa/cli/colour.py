"""Colours on a terminal, and nowhere else: what a colour says, the words say too."""

from __future__ import annotations

import os
from typing import Final, TextIO

_STYLES: Final = {"bad": "1;31", "quiet": "2"}


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at a stream that can be drawn on."""
    return os.environ.get("TERM", "") != "dumb" and stream.isatty()


def painted(words: str, style: str, stream: TextIO) -> str:
    """Returns words in a style; as they are where no terminal is, or NO_COLOR is set.

    Args:
        words: what is written.
        style: ``bad`` or ``quiet``.
        stream: where it is written to. See https://no-color.org for the variable.
    """
    if os.environ.get("NO_COLOR") or not is_terminal(stream):
        return words
    return f"\x1b[{_STYLES[style]}m{words}\x1b[0m"
