"""The language of a sentence: by its script first, then by its small words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rafiqa.study.lexicon import lexicon
from rafiqa.study.record import Language
from rafiqa.study.word import Word

_SORANI_LETTERS: Final = frozenset("ێۆڕڵڤە")
_KURMANJI_LETTERS: Final = frozenset("êîûçş")
_TURKISH_LETTERS: Final = frozenset("ğıöü")
_SMALL: Final[dict[Language, frozenset[str]]] = {
    "ar": frozenset(
        [
            "في",
            "من",
            "علي",
            "الي",
            "ان",
            "التي",
            "الذي",
            "عن",
            "هذا",
            "هذه",
            "مع",
            "كان",
            "بعد",
            "قبل",
            "تم",
            "لم",
            "لا",
            "ما",
            "هل",
            "قد",
        ]
    ),
    "ckb": frozenset(
        [
            "له",
            "بو",
            "كه",
            "لهگهل",
            "بهلام",
            "ئهو",
            "يهك",
            "دوو",
            "سي",
            "بوون",
            "كرا",
            "كران",
            "ههيه",
            "نييه",
            "كرد",
        ]
    ),
    "kmr": frozenset(
        [
            "li",
            "ji",
            "bi",
            "di",
            "de",
            "ku",
            "u",
            "ne",
            "hat",
            "hatin",
            "bu",
            "bun",
            "ye",
            "in",
            "en",
            "e",
            "ji",
            "re",
            "ve",
            "gunde",
            "bajar",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "of",
            "in",
            "to",
            "and",
            "a",
            "is",
            "was",
            "were",
            "are",
            "on",
            "for",
            "that",
            "by",
            "from",
            "with",
            "has",
            "have",
            "been",
            "not",
            "no",
            "it",
            "at",
            "an",
            "as",
            "be",
            "this",
            "there",
        ]
    ),
}
"""Words so common that a sentence of any length has some; as words are compared (``plain``)."""
_LEAST_SCRIPT: Final = 0.5
_LATIN: Final[tuple[Language, Language]] = ("kmr", "en")


def language_of(text: str, words: Sequence[Word], usual: Language = "unknown") -> Language:
    """Returns the language of a sentence.

    Args:
        text: the sentence, as it was written.
        words: its words.
        usual: that of the document, for a sentence too short to tell.
    """
    letters = [letter for letter in text.lower() if letter.isalpha()]
    if not letters:
        return usual
    n_arabic = sum("\u0620" <= letter <= "\u06ff" for letter in letters)
    if n_arabic >= len(letters) * _LEAST_SCRIPT:
        return _of_arabic_script(letters, words)
    if any(not letter.isascii() and not "\u00c0" <= letter <= "\u024f" for letter in letters[:40]):
        return usual
    return _of_latin_script(letters, words, usual)


def _of_arabic_script(letters: Sequence[str], words: Sequence[Word]) -> Language:
    if _SORANI_LETTERS & set(letters):
        return "ckb"
    keys = {word.key for word in words}
    if len(keys & _SMALL["ckb"]) > len(keys & _SMALL["ar"]) and set("چگپژ") & set(letters):
        return "ckb"
    return "ar"


def _of_latin_script(letters: Sequence[str], words: Sequence[Word], usual: Language) -> Language:
    keys = [word.key for word in words]
    n_english = sum(len(word.readings) == 1 and word.key in _SMALL["en"] for word in words)
    n_kurmanji = sum(key in _SMALL["kmr"] for key in keys)
    own = _KURMANJI_LETTERS & set(letters)
    if own and not _TURKISH_LETTERS & set(letters) and n_kurmanji + 1 >= n_english:
        return "kmr"
    if n_kurmanji > n_english + 1:
        return "kmr"
    if n_english > n_kurmanji:
        return "en"
    n_known = {spoken: len(lexicon(spoken).tags(words)) for spoken in _LATIN}
    if n_known["kmr"] != n_known["en"]:
        return "kmr" if n_known["kmr"] > n_known["en"] else "en"
    return usual if usual in _LATIN else "en"
