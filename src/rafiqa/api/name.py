"""Names in the parameters of a text: of a pair in two languages, the half of the asker."""

from __future__ import annotations

from collections.abc import Mapping

from rafiqa.locale import own_name, text
from rafiqa.wire.answer import worded

__all__ = ["own_name", "own_names", "told"]


def own_names(params: Mapping[str, str | int], lang: str) -> dict[str, str | int]:
    """Returns the parameters of a text with every name in its language."""
    return {
        key: own_name(value, lang) if isinstance(value, str) else value
        for key, value in params.items()
    }


def told(code: str, params: Mapping[str, str | int], lang: str) -> str:
    """Returns the text of a code, with its names and codes in the words of the language."""
    return text(code, own_names(worded(params, lang), lang), lang)
