"""Two readings of one page held against each other, letter by letter and without their layout."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import Final

from rafiqa.study.folded import fold

_NEARLY: Final = 0.9
"""Share of letters alike at which what was guessed from a picture bears out a line."""
_NUMBER: Final = re.compile(r"[0-9]+")
_WORD: Final = re.compile(r"\w+")
_BETWEEN_FIGURES: Final = re.compile(r"([0-9])\W+(?=[0-9])")


class Readings:
    """What another reader read of a page.

    Args:
        text: all of it, in whatever order its lines come.
    """

    def __init__(self, text: str) -> None:
        self._lines = [key for line in text.splitlines() if (key := bare(line))]
        # Readers part a page into lines differently; the letters run on.
        self._whole = "".join(self._lines)

    def bear_out(self, line: str) -> bool:
        """Returns whether the letters and figures of a line stand there in the same order."""
        return bare(line) in self._whole

    def nearly_bear_out(self, line: str) -> bool:
        """Returns whether a line stands there with nearly the same letters and the same figures."""
        key = bare(line)
        if key in self._whole:
            return True
        numbers = _NUMBER.findall(key)
        for other in self._lines:
            matcher = SequenceMatcher(None, key, other, autojunk=False)
            if matcher.quick_ratio() >= _NEARLY and matcher.ratio() >= _NEARLY:
                return numbers == _NUMBER.findall(other)
        return False


def bare(text: str) -> str:
    """Returns the letters and figures of a text, as they are searched, without anything between.

    Figures that stand apart are kept apart, so that 10 5 is not 105.
    """
    folded = fold(unicodedata.normalize("NFKC", text)).text.replace("_", " ")
    return "".join(_WORD.findall(_BETWEEN_FIGURES.sub(r"\1_", folded)))


def same_line(line: str, text: str) -> bool:
    """Returns whether a line stands in a text, letter by letter."""
    return bare(line) in bare(text)
