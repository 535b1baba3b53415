"""Where a claim is about: the place its clause names, else one close by, else an honest nothing."""

from __future__ import annotations

from typing import Final

from rafiqa.study.lexicon import Tag
from rafiqa.study.reading import Passage, Reading
from rafiqa.study.record import Attribution, ClaimPlace, PlaceBasis, PlaceMention, Span

_NONE: Final = ClaimPlace(None, "none")
_CARRIED_WORDS: Final = 150
"""Words of the text over which a place is carried to a sentence that names none."""


def place_of(
    reading: Reading,
    passage: Passage,
    clause: tuple[int, int],
    trigger: Tag,
    attribution: Attribution,
) -> ClaimPlace:
    """Returns where a clause is about, and on what that rests.

    In its own words the first place after the trigger, else the last before it; then a work without
    a name; then its sentence; then the last that was named not long before. A place within the name
    of who speaks is none.
    """
    spoken = attribution.organisation_span
    own = reading.span(passage, clause[0], clause[1] - 1)
    sentence = reading.sentence_span(passage)
    at = reading.span(passage, trigger.first, trigger.last).start
    inside = [place for place in _within(reading, own) if not _in(place, spoken)]
    if inside:
        return _chosen(inside, at, "named")
    feature = _feature(reading, passage, clause, trigger)
    if feature is not None:
        return ClaimPlace(feature, "named")
    around = [place for place in _within(reading, sentence) if not _in(place, spoken)]
    if around:
        return _chosen(around, at, "same_sentence")
    before = _carried(reading, passage, sentence)
    return ClaimPlace(before, "carried_over") if before else _NONE


def _feature(
    reading: Reading, passage: Passage, clause: tuple[int, int], trigger: Tag
) -> PlaceMention | None:
    """«In the school»: a place without a name of its own, which no other place may stand in for."""
    found = [tag for tag in passage.of("feature") if clause[0] <= tag.first < clause[1]]
    if not found:
        return None
    tag = next((each for each in found if each.first > trigger.first), found[-1])
    span = reading.span(passage, tag.first, tag.last)
    return PlaceMention(span, reading.text[span.start : span.end], ())


def _chosen(places: list[PlaceMention], at: int, basis: PlaceBasis) -> ClaimPlace:
    after = [place for place in places if place.span.start >= at]
    return ClaimPlace(after[0] if after else places[-1], basis)


def _within(reading: Reading, span: Span) -> list[PlaceMention]:
    return [
        place
        for place in reading.places
        if span.start <= place.span.start and place.span.end <= span.end
    ]


def _in(place: PlaceMention, span: Span | None) -> bool:
    return span is not None and span.start <= place.span.start and place.span.end <= span.end


def _carried(reading: Reading, passage: Passage, sentence: Span) -> PlaceMention | None:
    n_words = 0
    floor = sentence.start
    for other in reversed(reading.passages[: passage.number]):
        n_words += len(other.words)
        if n_words > _CARRIED_WORDS or other.sentence.turn == "heading":
            break
        floor = reading.sentence_span(other).start
    before = [place for place in reading.places if floor <= place.span.start < sentence.start]
    return before[-1] if before else None
