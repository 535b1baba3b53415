"""Code list: the values that a field may take, with their labels."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rafiqa.dictionary.label import Labels, LabelSource

_MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u200b-\u200f\u2066-\u2069]")
_BREAKS = re.compile(r"[\s\-_/.]+")
_ONE_LETTER = str.maketrans("أإآٱىيةكەھہ", "ااااییهکههه")


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a list.

    Attributes:
        code: stable, never used again for anything else.
        labels: what people read.
        aliases: foreign spellings known to mean this value.
        about: one English sentence where the label is not enough.
    """

    code: str
    labels: Labels
    aliases: tuple[str, ...] = ()
    about: str = ""

    def spellings(self) -> tuple[str, ...]:
        """Everything that people may have written for this value."""
        return (self.code, *(label for _, label in self.labels.pairs()), *self.aliases)


@dataclass(frozen=True, slots=True, eq=False)
class CodeList:
    """A closed list of values.

    Attributes:
        name: canonical name.
        labels: what people read.
        about: one English sentence saying what the list tells apart.
        codes: in the order of a form.
        imas: number of the mine action standard, or empty.
        label_sources: per language, who wrote the labels.
    """

    name: str
    labels: Labels
    about: str
    codes: tuple[Code, ...]
    imas: str
    label_sources: Mapping[str, LabelSource]
    _index: dict[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.codes:
            for spelling in code.spellings():
                self._index.setdefault(folded(spelling), code.code)

    @property
    def names(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(code.code for code in self.codes)

    def match(self, written: str) -> str | None:
        """The code for what was written: the code itself, a label in any language, an alias."""
        return self._index.get(written) or self._index.get(folded(written))

    def label(self, code: str, lang: str) -> str:
        """The label of a code in a language; the code itself where it is not in the list."""
        return next((one.labels.of(lang) for one in self.codes if one.code == code), code)

    def clashes(self) -> tuple[tuple[str, str, str], ...]:
        """Each spelling that two codes share, with both codes."""
        return tuple(
            (spelling, self._index[folded(spelling)], code.code)
            for code in self.codes
            for spelling in code.spellings()
            if self._index[folded(spelling)] != code.code
        )


def folded(written: str) -> str:
    """The spelling with everything taken off that writers vary.

    Case, breaks between words, vowel marks, stretched letters, and the Arabic letters that
    keyboards exchange (alef forms, final ya, ta marbuta, kaf, and the Kurdish vowel that older
    ones write as ha with a joiner behind it).
    """
    plain = unicodedata.normalize("NFKC", written).casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", plain).translate(_ONE_LETTER)
    return _BREAKS.sub("_", plain.strip())
