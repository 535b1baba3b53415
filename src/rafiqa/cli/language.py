"""The language of the words: what is asked for, else what the machine is set to."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rafiqa.locale import languages

_SET_BY = ("RAFIQA_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts (POSIX 2017, Base Definitions 8.2, with our own before it)."""
_OPTION = "--lang"


def language() -> str:
    """Returns the language that the machine is set to; English where we have no words in it."""
    told = next((os.environ[name] for name in _SET_BY if os.environ.get(name)), "en")
    return told[:2] if told[:2] in languages() else "en"


def language_in(words: Sequence[str]) -> str:
    """Returns the language that a command line asks for, also one that cannot be read."""
    for at, word in enumerate(words):
        following = words[at + 1] if word == _OPTION and at + 1 < len(words) else ""
        asked = following or word.removeprefix(f"{_OPTION}=")
        if word.startswith(_OPTION) and asked in languages():
            return asked
    return language()
