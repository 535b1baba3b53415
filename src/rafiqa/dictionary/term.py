"""Term: one word of the trade, with its translations."""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.dictionary.label import Labels


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary.

    Attributes:
        name: code name.
        labels: the word in four languages.
        source: where the Arabic comes from: ``forms`` (Syrian bilingual forms), ``gichd``,
            ``iraq`` (national standards), ``press``, or ``own`` (a native deminer must check).
        variants: words other countries use, Arabic.
        about: the meaning in our own words, English, where the word is not enough.
    """

    name: str
    labels: Labels
    source: str
    variants: tuple[str, ...] = ()
    about: str = ""
