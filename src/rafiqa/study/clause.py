"""Clauses: what of a sentence is said in one breath, and may be quoted alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

from rafiqa.study.lexicon import Tag
from rafiqa.study.record import Language
from rafiqa.study.word import Word

_MARK: Final = re.compile(r"[،,؛;:—–]|\s-\s|\.\.+|[()\[\]«»\"“”]")
_SHORTEST: Final = 2
"""Words: what is shorter is part of the clause before it."""
_VERBS: Final = frozenset(
    {"lay", "clear_verb", "find", "explode", "damage", "return", "rebuild", "live", "casualty"}
)
_OPENING: Final = _VERBS | {"clause_start"}
_EVENTS: Final = frozenset({
    "lay", "clear_verb", "find", "explode", "damage", "return", "rebuild", "live", "casualty",
    "exist",
    "negated_verb", "blow_up", "step_on", "free_of",
})  # fmt: skip
_DEEDS: Final = (
    "ال", "ب", "ازاله", "تطهير", "عوده", "اعاده", "انفجار", "تفكيك", "اضرار", "ترميم", "تاهيل",
    "اصاب", "جرحي", "قتلي", "وجود", "تدمير", "دمار", "تفخيخ", "تلغيم", "زراعه", "مفخخ", "ملغم",
    "متضرر", "اعمار", "تنظيف", "اتلاف", "مقتل",
)  # fmt: skip
"""How Arabic nouns of doing begin, as words are compared: what follows «و» is then no new verb."""
_ANDS: Final = frozenset({"و", "u", "and"})
_ARABIC_AND: Final = ("و", "ف")


def clauses(
    text: str, words: Sequence[Word], tags: Sequence[Tag], language: Language
) -> tuple[tuple[int, int], ...]:
    """Returns the clauses of a sentence as numbers of words, from first to before last.

    They are cut at marks, before words of contrast, and where a new statement begins after «و»:
    in Arabic a sentence may run on for a hundred words without a full stop.
    """
    if not words:
        return ()
    cuts = {0, len(words)}
    for n in range(1, len(words)):
        if _MARK.search(text, words[n - 1].end, words[n].start):
            cuts.add(n)
    casualties = {
        n for tag in tags if tag.family == "casualty" for n in range(tag.first, tag.last + 1)
    }
    for tag in tags:
        opens = tag.family in _OPENING and _joined(words, tag, casualties)
        plain_start = tag.family == "clause_start" and language != "ar"
        if tag.family == "contrast" or plain_start or (opens and language == "ar"):
            cuts.add(_before_and(words, tag.first))
    if language != "ar":
        cuts |= _conjoined(words, tags, cuts)
    return _of(sorted(cuts), len(words))


def _joined(words: Sequence[Word], tag: Tag, casualties: set[int]) -> bool:
    """Whether a statement begins there: written with «و» or after it, or a word that opens one."""
    word = words[tag.first]
    if tag.first == 0:
        return False
    before = words[tag.first - 1].key
    joined = before == "و" or (word.key[0] in _ARABIC_AND and len(word.readings) > 1)
    if tag.family == "casualty" and any(n < tag.first for n in casualties):
        return False
    if tag.family != "clause_start":
        return joined and _is_finite(word)
    return joined or before == "كما"


def _conjoined(words: Sequence[Word], tags: Sequence[Tag], cuts: set[int]) -> set[int]:
    """Where «and» joins two things that happen: each side has a verb of its own.

    Victims go with what befell them: «a mine exploded and injured two» is one.
    """
    found: set[int] = set()
    marks = sorted(cuts)
    for n in range(1, len(words) - 1):
        if words[n].key not in _ANDS:
            continue
        left = max(mark for mark in {*marks, *found} if mark <= n)
        right = min((mark for mark in marks if mark > n), default=len(words))
        before = {tag.family for tag in tags if left <= tag.first < n} & _EVENTS
        after = {tag.family for tag in tags if n < tag.first < right} & _EVENTS
        if before and after and "casualty" not in after:
            found.add(n)
    return found


def _is_finite(word: Word) -> bool:
    """No noun of doing: «وإزالة» goes on with what «لم يتم» denied, «وأزالت» does not."""
    return not word.key[1:].startswith(_DEEDS)


def _before_and(words: Sequence[Word], n: int) -> int:
    return n - 1 if n > 0 and words[n - 1].key in _ANDS else n


def _of(cuts: Sequence[int], n_words: int) -> tuple[tuple[int, int], ...]:
    kept: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(cuts):
        if kept and (end - start < _SHORTEST or kept[-1][1] - kept[-1][0] < _SHORTEST):
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return tuple(kept) if n_words else ()
