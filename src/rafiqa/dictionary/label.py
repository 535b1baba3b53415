"""Labels: the words people read for a field, a code or a record, in four languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LANGUAGES = ("en", "ar", "ckb", "kmr")


@dataclass(frozen=True, slots=True)
class Labels:
    """One meaning in English, Arabic, Sorani (``ckb``) and Kurmanji (``kmr``, Latin script)."""

    en: str
    ar: str
    ckb: str
    kmr: str

    def of(self, lang: str) -> str:
        """The label in a language; English for a language without labels."""
        return dict(self.pairs()).get(lang, self.en)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each language with its label, English first."""
        return zip(LANGUAGES, (self.en, self.ar, self.ckb, self.kmr), strict=True)


@dataclass(frozen=True, slots=True)
class LabelSource:
    """Who wrote the labels of one file in one language, and whether a person checked them.

    Attributes:
        by: ``authors``, ``glossary`` (terms found in published bilingual papers) or ``machine``.
        reviewed: True only after a native speaker of the trade has read them.
    """

    by: str
    reviewed: bool
