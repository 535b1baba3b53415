"""Names: of a name that a source gives in two languages at once, the half of the asker."""

from __future__ import annotations

import re

from rafiqa.locale.catalogue import direction

PAIR = " · "
_ARABIC = re.compile(r"[\u0600-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]")


def is_arabic(words: str) -> bool:
    """Returns whether a text has a letter of the Arabic script."""
    return _ARABIC.search(words) is not None


def own_name(name: str, lang: str) -> str:
    """Returns the name in a language where it is a pair such as "School · مدرسة", else as it is."""
    head, cut, tail = name.partition(PAIR)
    if not cut or is_arabic(head) or not is_arabic(tail):
        return name
    return tail if direction(lang) == "rtl" else head
