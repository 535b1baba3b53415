"""The words that promise what no record can: that ground will do nobody harm.

A text says "released to 20 cm on 3 May", never that a place carries no danger. The ban is
held by a test over all catalogues and the data dictionary.
"""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = re.compile(r"\b(?:un)?safe\w*", re.IGNORECASE)
# With and without the article and the particles written onto the word.
_ARABIC = re.compile(r"\b(?:[وفبكل]?(?:ال|ل)?)(?:آمن|مأمون|أمان)\w*")
_SORANI = re.compile(r"\b\w*(?:ئارام|سەلامەت|بێ ?مەترسی)\w*")
_KURMANJI = re.compile(r"\b\w*ewle\w*", re.IGNORECASE)
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")


def assuring_words(text: str) -> tuple[str, ...]:
    """Every word of the text that promises the absence of danger, in any of our languages.

    Vowel marks and stretched letters do not hide a word.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFC", text))
    return tuple(
        found.group(0)
        for pattern in (_ENGLISH, _ARABIC, _SORANI, _KURMANJI)
        for found in pattern.finditer(plain)
    )
