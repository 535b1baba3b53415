"""Common passwords: those that thieves try first, and those made of what they know already.

The first are the commonest of collections of leaked passwords, kept as marks
(``data/commonpasswords.txt``). The second are made of nothing but words that anybody knows who
knows the login: it, the organisation, the pseudonym, the role, the name of this program.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

MARK_CHARS: Final = 10
WORDS: Final = frozenset({"rafiqa", "الرافقة", "password", "admin", "secret", "passkey", "login"})
"""Words of the context that hold for everybody; docs/how-to/accounts.md names them."""
LEAST_OWN_LETTERS: Final = 4
"""So many letters must be left of a password once the words of the context are taken out."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LEAST_WORD: Final = 3


def is_common(password: str) -> bool:
    """Returns whether a password is one of the commonest of those that leaked, in any case."""
    return _mark(_folded(password)) in _marks()


def is_of_the_context(password: str, context: tuple[str, ...]) -> bool:
    """Returns whether a password has words of the context and hardly a letter beside them.

    Digits and signs count for nothing: they are what is put behind such a word.

    Args:
        password: what somebody wants to sign in with.
        context: what is known of them: login, organisation and the like.
    """
    left = _folded(password)
    known = {word for each in context for word in _LETTERS.findall(_folded(each))}
    words = known | {_folded(word) for word in WORDS}
    found = False
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if len(word) >= _LEAST_WORD and word in left:
            left, found = left.replace(word, " "), True
    return found and sum(map(len, _LETTERS.findall(left))) < LEAST_OWN_LETTERS


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _mark(word: str) -> str:
    return sha256(word.encode("utf-8", "backslashreplace")).hexdigest()[:MARK_CHARS]


@cache
def _marks() -> frozenset[str]:
    folder = resources.files("rafiqa.service") / "data"
    lines = (folder / "commonpasswords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
