"""A text as it was read: sentences with their words, clauses and families, places and times."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from rafiqa.study.clause import clauses
from rafiqa.study.folded import Folded, fold
from rafiqa.study.language import language_of
from rafiqa.study.lexicon import Tag, lexicon
from rafiqa.study.record import HazardKind, Language, PlaceMention, Span
from rafiqa.study.sentence import Sentence, sentences
from rafiqa.study.timephrase import TimePhrase, publication_of, time_phrases
from rafiqa.study.when import Published
from rafiqa.study.word import Word, shadow, words

HAZARDS: Final[tuple[HazardKind, ...]] = (
    "ied", "booby_trap", "cluster", "uxo", "mine", "tunnel", "explosive_unspecified",
)  # fmt: skip
"""Of two that share words the first is taken: a car bomb is no bomb that failed to go off."""
_NEGATING: Final = frozenset({"negation", "negated_verb", "not_yet"})
_MASKS: Final = {
    "not_hazard": frozenset({*HAZARDS, "explode", "blow_up", "lay", "damage"}),
    "not_clear": frozenset({"clear_verb", "clear_noun", "clean"}),
    "not_return": frozenset({"return"}),
    "no_negation": _NEGATING,
    "no_plan": frozenset({"plan"}),
    "no_condition": frozenset({"condition"}),
}
"""What each family of look-alikes takes away from the words that it covers."""
_OF_TIME: Final = frozenset({*_NEGATING, "contrast"})


class PlaceReader(Protocol):
    """Finds the places that a text names; spans are of the original text."""

    def __call__(self, text: Folded, /) -> tuple[PlaceMention, ...]:
        """Returns the places in order, none over another."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with what stands in it; tags and clauses count its words.

    Attributes:
        number: of the sentence in the text, from 0.
        tags: every family found; look-alikes already taken away.
        clauses: from the first word to before the last.
        placed: the words that name a place.
    """

    number: int
    sentence: Sentence
    language: Language
    words: tuple[Word, ...]
    tags: tuple[Tag, ...]
    clauses: tuple[tuple[int, int], ...]
    placed: frozenset[int]

    def of(self, *families: str) -> tuple[Tag, ...]:
        """Returns the tags of these families, in order."""
        wanted = set(families)
        return tuple(tag for tag in self.tags if tag.family in wanted)

    def clause_of(self, word: int) -> int:
        """Returns the number of the clause that a word is in."""
        return next(n for n, (_, end) in enumerate(self.clauses) if word < end)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole text as it was read."""

    folded: Folded
    passages: tuple[Passage, ...]
    places: tuple[PlaceMention, ...]
    times: tuple[TimePhrase, ...]
    published: Published | None

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self.folded.original

    def span(self, passage: Passage, first: int, last: int) -> Span:
        """Returns where words of a sentence stand in the original, both inclusive."""
        start, end = self.folded.span(passage.words[first].start, passage.words[last].end)
        return Span(start, end)

    def sentence_span(self, passage: Passage) -> Span:
        """Returns where a sentence stands in the original."""
        start, end = self.folded.span(passage.sentence.start, passage.sentence.end)
        return Span(start, end)

    def words_in(self, passage: Passage, span: Span) -> tuple[int, int] | None:
        """Returns the words of a sentence that a span of the original covers, or None."""
        start, end = self.folded.at(span.start), self.folded.at(span.end)
        inside = [
            n for n, word in enumerate(passage.words) if word.start < end and start < word.end
        ]
        return (inside[0], inside[-1]) if inside else None


def read(text: str, places: PlaceReader, published: Published | None = None) -> Reading:
    """Returns a text as it was read.

    Args:
        text: the document.
        places: what finds places in it.
        published: when it was published, where the reader knows; else what the text says of it.
    """
    folded = fold(text)
    seen = shadow(folded.text)
    times = time_phrases(seen)
    cut = [
        (sentence, words(seen, sentence.start, sentence.end, folded.text))
        for sentence in sentences(folded.text)
    ]
    usual = _usual_language(folded, cut)
    named = places(folded)
    covered = [(folded.at(each.span.start), folded.at(each.span.end)) for each in named]
    passages = tuple(
        _passage(number, sentence, found, folded, usual, times, covered)
        for number, (sentence, found) in enumerate(cut)
    )
    return Reading(folded, passages, named, times, published or publication_of(seen, times))


def _usual_language(folded: Folded, cut: Sequence[tuple[Sentence, tuple[Word, ...]]]) -> Language:
    counted: Counter[Language] = Counter()
    for sentence, found in cut:
        spoken = language_of(folded.text[sentence.start : sentence.end], found)
        counted[spoken] += len(found)
    counted.pop("unknown", None)
    return max(counted, key=lambda each: counted[each]) if counted else "unknown"


def _passage(
    number: int,
    sentence: Sentence,
    found: tuple[Word, ...],
    folded: Folded,
    usual: Language,
    times: Sequence[TimePhrase],
    covered: Sequence[tuple[int, int]],
) -> Passage:
    language = language_of(folded.text[sentence.start : sentence.end], found, usual)
    timed = _covered(found, [(phrase.start, phrase.end) for phrase in times])
    tags = _unmasked(found, lexicon(language).tags(found), timed)
    cut = clauses(folded.text, found, tags, language)
    placed = frozenset(_covered(found, covered))
    return Passage(number, sentence, language, found, tags, cut, placed)


def _covered(found: Sequence[Word], spans: Sequence[tuple[int, int]]) -> set[int]:
    """The words within spans: «قبل سبع سنوات» is a time and puts nothing off."""
    inside: set[int] = set()
    if not found:
        return inside
    for start, end in spans[max(0, bisect_left(spans, (found[0].start, 0)) - 1) :]:
        if start >= found[-1].end:
            break
        inside |= {n for n, word in enumerate(found) if word.start < end and start < word.end}
    return inside


def _unmasked(found: Sequence[Word], tags: Sequence[Tag], timed: set[int]) -> tuple[Tag, ...]:
    covered: dict[str, set[int]] = {}
    for tag in tags:
        for family in _MASKS.get(tag.family, ()):
            covered.setdefault(family, set()).update(range(tag.first, tag.last + 1))
    for family in _OF_TIME:
        covered.setdefault(family, set()).update(timed)
    _cover_bodies(found, tags, covered)
    kept = [tag for tag in tags if not _touches(tag, covered.get(tag.family, set()))]
    hazards = _one_kind_each([tag for tag in kept if tag.family in HAZARDS])
    in_hazard = {n for tag in hazards for n in range(tag.first, tag.last + 1)}
    rest = [
        tag
        for tag in kept
        if tag.family not in HAZARDS
        and not (tag.family in {"negation", "explode"} and _touches(tag, in_hazard))
    ]
    return tuple(sorted([*rest, *hazards], key=lambda tag: (tag.first, tag.last, tag.family)))


def _cover_bodies(words: Sequence[Word], tags: Sequence[Tag], covered: dict[str, set[int]]) -> None:
    """Takes «clearance» and what is cleared out of the name of a body that clears.

    In Arabic such a name has no article: «فرق إزالة الألغام», but «رفضت الفرق إزالة الألغام».
    """
    for body in (tag for tag in tags if tag.family == "clearing_body"):
        inner = [tag for tag in tags if tag.family == "clear_noun"]
        if words[body.first].key.startswith(("ال", "وال", "لل", "بال", "فال")):
            continue
        after = [tag for tag in inner if body.first <= tag.first <= body.last + 1]
        for noun in after:
            last = max(noun.last, body.last)
            for family in ("clear_noun", "clear_verb"):
                covered.setdefault(family, set()).update(range(noun.first, last + 1))
            for family in HAZARDS:
                covered.setdefault(family, set()).update(range(body.first - 1, last + 2))


def _touches(tag: Tag, covered: set[int]) -> bool:
    return any(n in covered for n in range(tag.first, tag.last + 1))


def _one_kind_each(hazards: Iterable[Tag]) -> list[Tag]:
    """The longest, then the more telling kind, where two hazards share a word."""
    kept: list[Tag] = []
    for tag in sorted(
        hazards, key=lambda each: (each.first - each.last, HAZARDS.index(_kind(each)), each.first)
    ):
        if not any(tag.first <= other.last and other.first <= tag.last for other in kept):
            kept.append(tag)
    return sorted(kept, key=lambda each: each.first)


def _kind(tag: Tag) -> HazardKind:
    return next(kind for kind in HAZARDS if kind == tag.family)
