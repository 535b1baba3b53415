"""When a claim is about: the time its clause or sentence names, else an honest nothing."""

from __future__ import annotations

from typing import Final

from rafiqa.study.reading import Passage, Reading
from rafiqa.study.record import ClaimTime, Polarity, Span
from rafiqa.study.timephrase import TimePhrase
from rafiqa.study.when import days_of

_SHORT: Final = 45
"""Words up to which a time named in one clause of a sentence holds for all of it."""
_AFTER_SAYING: Final = 2
_PAST: Final = frozenset({"asserted", "negated", "denied", "ambiguous"})
_HAPPENS: Final = (
    "clear_verb", "clear_noun", "find", "lay", "explode", "blow_up", "damage", "rebuild", "return",
    "casualty", "say",
)  # fmt: skip


def time_of(
    reading: Reading, passage: Passage, clause: tuple[int, int], polarity: Polarity
) -> ClaimTime:
    """Returns when a clause is about, and on what that rests.

    The time in its own words; else one that stands alone in its sentence («in May, …»), which
    belongs to nothing else that happens there. When somebody said so is not when it was. Where no
    words say it the day stays unknown: at the latest it is that of the publication, where that is
    known and the claim is of what was.
    """
    own = _phrases(reading, passage, *clause)
    around = [] if own or len(passage.words) > _SHORT else _around(reading, passage)
    for phrase in (*own, *around):
        found = days_of(phrase.when, reading.published)
        if found is None:
            continue
        start, end = reading.folded.span(phrase.start, phrase.end)
        return ClaimTime(
            Span(start, end),
            found.first.isoformat() if found.first else None,
            found.last.isoformat() if found.last else None,
            found.precision,
            found.basis,
        )
    return _unsaid(reading, polarity)


def _unsaid(reading: Reading, polarity: Polarity) -> ClaimTime:
    last = reading.published.last.isoformat() if reading.published and polarity in _PAST else None
    return ClaimTime(None, None, last, "open", "none")


def _around(reading: Reading, passage: Passage) -> list[TimePhrase]:
    busy = {passage.clause_of(tag.first) for tag in passage.of(*_HAPPENS)}
    found = [
        phrase
        for number, clause in enumerate(passage.clauses)
        if number not in busy
        for phrase in _phrases(reading, passage, *clause)
    ]
    return found if len(found) == 1 else []


def _phrases(reading: Reading, passage: Passage, first: int, end: int) -> list[TimePhrase]:
    begin, stop = passage.words[first].start, passage.words[end - 1].end
    inside = [
        phrase
        for phrase in reading.times
        if begin <= phrase.start
        and phrase.end <= stop
        and phrase.when.said not in {"none", "elapsed"}
        and not _of_saying(passage, phrase, first, end)
    ]
    return sorted(inside, key=lambda phrase: (phrase.when.said in {"since", "until"}, phrase.start))


def _of_saying(passage: Passage, phrase: TimePhrase, first: int, end: int) -> bool:
    """«Said on Tuesday that …», «…, the council said on Tuesday»."""
    at = next((n for n in range(first, end) if passage.words[n].end > phrase.start), end)
    for tag in passage.of("say"):
        if not first <= tag.first < at:
            continue
        relatives = [each.first for each in passage.of("that") if tag.last < each.first < end]
        if at - tag.last <= _AFTER_SAYING or (relatives and at < relatives[0]):
            return True
    return False
