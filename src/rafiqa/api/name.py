"""Names: of a name that a source gives in two languages at once, the half of the asker."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rafiqa.locale import direction, text
from rafiqa.wire.answer import worded

PAIR = " · "
_ARABIC = re.compile(r"[\u0600-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]")


def own_name(name: str, lang: str) -> str:
    """Returns the name in a language where it is a pair such as "School · مدرسة", else as it is."""
    head, cut, tail = name.partition(PAIR)
    if not cut or _ARABIC.search(head) or not _ARABIC.search(tail):
        return name
    return tail if direction(lang) == "rtl" else head


def own_names(params: Mapping[str, str | int], lang: str) -> dict[str, str | int]:
    """Returns the parameters of a text with every name in its language."""
    return {
        key: own_name(value, lang) if isinstance(value, str) else value
        for key, value in params.items()
    }


def told(code: str, params: Mapping[str, str | int], lang: str) -> str:
    """Returns the text of a code, with its names and codes in the words of the language."""
    return text(code, own_names(worded(params, lang), lang), lang)
