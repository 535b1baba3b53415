"""The guard: what every claim must pass, whoever made it, before a person is asked about it.

Off-the-shelf grounding accepts a quote with its negation cut off, or mends one in silence (desk
study, section 6). Here nothing is mended: a claim stands as it is or is refused, with every reason.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rafiqa.study.claim import Context, judged, name_words
from rafiqa.study.event import events_of
from rafiqa.study.lexicon import Tag
from rafiqa.study.placelink import place_of
from rafiqa.study.polarity import said_of
from rafiqa.study.reading import HAZARDS, Passage, Reading
from rafiqa.study.record import Claim, EventType, Polarity, Span
from rafiqa.study.timelink import time_of

REASONS: Final = ("event:", "polarity:", "place:", "time:", "source:")
"""What a claim must give a reason for."""
WHOLE: Final = "clause"
"""The family of the words of a clause in which the rules find no event."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the rules find where a claim is: an event and whether it is said to be so."""

    event_type: EventType
    polarity: Polarity
    trigger: Tag


def refusals(reading: Reading, context: Context, claim: Claim) -> tuple[str, ...]:
    """Returns every reason against a claim, by code; none where it may be shown to a person.

    ``quote-other``: the quote is not what stands there, to the letter. ``quote-cut``: it begins or
    ends within a word. ``sentence-other``: the sentence is none of the text, or not around it.
    ``polarity-other``: the whole sentence says otherwise. ``clearance-unfounded``: no word of the
    clause tells of a clearance. ``hazard-unfounded``, ``place-unfounded``, ``time-unfounded``,
    ``source-unfounded``: a field that does not rest on words, or on other ones.
    ``reason-missing``. ``flag-missing``: an order or a personal name, not flagged.
    """
    passage = _passage(reading, claim)
    if passage is None:
        return ("sentence-other", *quote_faults(reading.text, claim.quote, claim.span))
    quoted = quote_faults(reading.text, claim.quote, claim.span)
    if quoted:
        return quoted
    covered = reading.words_in(passage, claim.span)
    if covered is None:
        return ("sentence-other",)
    return tuple(dict.fromkeys(_field_faults(reading, context, claim, passage, covered)))


def quote_faults(text: str, quote: str, span: Span) -> tuple[str, ...]:
    """Returns what is wrong with a quote: that it is not there to the letter, or cuts a word."""
    if not quote.strip() or text[span.start : span.end] != quote or span.start < 0:
        return ("quote-other",)
    before = text[span.start - 1] if span.start else " "
    after = text[span.end] if span.end < len(text) else " "
    if (_of_word(before) and _of_word(quote[0])) or (_of_word(quote[-1]) and _of_word(after)):
        return ("quote-cut",)
    return ()


def located(text: str, quote: str, start: int | None = None) -> Span | None:
    """Returns where a quote stands; None where it does not, or twice and nobody says which."""
    if not quote:
        return None
    if start is not None:
        return Span(start, start + len(quote)) if text.startswith(quote, start) else None
    first = text.find(quote)
    if first < 0 or text.find(quote, first + 1) >= 0:
        return None
    return Span(first, first + len(quote))


def _of_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter) in {"Mn", "Cf"} or letter == "\u0640"


def _passage(reading: Reading, claim: Claim) -> Passage | None:
    for passage in reading.passages:
        span = reading.sentence_span(passage)
        if span == claim.sentence:
            inside = span.start <= claim.span.start and claim.span.end <= span.end
            return passage if inside else None
    return None


def meanings(
    passage: Passage, first: int, last: int, *, hazards_spoken_of: bool
) -> tuple[Meant, ...]:
    """Returns what the rules find in the clauses that words of a sentence touch."""
    found: list[Meant] = []
    for number, (start, end) in enumerate(passage.clauses):
        if start > last or end <= first:
            continue
        for event in events_of(passage, number, hazards_spoken_of=hazards_spoken_of):
            event_type, said = judged(passage, event, said_of(passage, event.trigger))
            found.append(Meant(event_type, said.polarity, event.trigger))
    return tuple(found)


def _field_faults(
    reading: Reading, context: Context, claim: Claim, passage: Passage, covered: tuple[int, int]
) -> Iterator[str]:
    meant = meanings(passage, *covered, hazards_spoken_of=context.hazards_spoken_of)
    same = [each for each in meant if each.event_type == claim.event_type]
    triggers = [each.trigger for each in same if each.polarity == claim.polarity]
    if same and not triggers:
        yield "polarity-other"
    if not same:
        yield from _stronger(passage, claim, covered)
        triggers = [Tag(WHOLE, covered[0], covered[1])]
    yield from _hazard_faults(reading, claim, passage)
    yield from _place_faults(
        reading, claim, passage, covered, triggers or [each.trigger for each in same]
    )
    yield from _time_faults(reading, claim, passage, covered)
    yield from _source_faults(reading, context, claim, passage)
    if not all(any(each.startswith(lead) for each in claim.reasons) for lead in REASONS):
        yield "reason-missing"
    yield from _flag_faults(context, claim, passage)


def _stronger(passage: Passage, claim: Claim, covered: tuple[int, int]) -> Iterator[str]:
    """An event the rules do not find: as its sentence says or less sure, and no clearance."""
    said = said_of(passage, Tag(WHOLE, covered[0], covered[1]))
    inside = [
        tag
        for tag in passage.of(
            "negation", "negated_verb", "not_yet", "plan", "principle", "maybe", "deny"
        )
        if covered[0] <= tag.first <= covered[1]
    ]
    against = claim.polarity == "asserted" and inside
    if against or claim.polarity not in {said.polarity, "ambiguous"}:
        yield "polarity-other"
    if claim.event_type == "clearance_claimed" and claim.polarity == "asserted":
        yield "clearance-unfounded"


def _hazard_faults(reading: Reading, claim: Claim, passage: Passage) -> Iterator[str]:
    tags = {
        (tag.family, reading.span(passage, tag.first, tag.last)) for tag in passage.of(*HAZARDS)
    }
    own = {
        ("explosive_unspecified", reading.span(passage, tag.first, tag.last))
        for tag in passage.of("clear_verb", "clear_noun", "explode")
    }
    for hazard in claim.hazards:
        if (hazard.kind, hazard.span) not in tags | own:
            yield "hazard-unfounded"


def clause_around(passage: Passage, covered: tuple[int, int]) -> tuple[int, int]:
    """Returns the whole clauses around words of a sentence: first word, and before last."""
    first = passage.clauses[passage.clause_of(covered[0])][0]
    return first, passage.clauses[passage.clause_of(covered[1])][1]


def _place_faults(
    reading: Reading,
    claim: Claim,
    passage: Passage,
    covered: tuple[int, int],
    triggers: list[Tag],
) -> Iterator[str]:
    around = clause_around(passage, covered)
    told = [place_of(reading, passage, around, trigger, claim.attribution) for trigger in triggers]
    mention = claim.place.mention
    if claim.place not in told or (
        mention and reading.text[mention.span.start : mention.span.end] != mention.surface
    ):
        yield "place-unfounded"


def _time_faults(
    reading: Reading, claim: Claim, passage: Passage, covered: tuple[int, int]
) -> Iterator[str]:
    if claim.time != time_of(reading, passage, clause_around(passage, covered), claim.polarity):
        yield "time-unfounded"


def _source_faults(
    reading: Reading, context: Context, claim: Claim, passage: Passage
) -> Iterator[str]:
    span = claim.attribution.organisation_span
    if span is None:
        return
    if not claim.sentence.start <= span.start < span.end <= claim.sentence.end:
        yield "source-unfounded"
        return
    words = reading.words_in(passage, span)
    named = name_words(reading, passage, context.names)
    if words is None or named & set(range(words[0], words[1] + 1)):
        yield "source-unfounded"


def _flag_faults(context: Context, claim: Claim, passage: Passage) -> Iterator[str]:
    if passage.of("imperative") and "imperative" not in claim.flags:
        yield "flag-missing"
    if passage.of("imperative") and claim.polarity == "asserted":
        yield "polarity-other"
    held = any(
        name.start < claim.span.end and claim.span.start < name.end for name in context.names
    )
    if held and "personal-name" not in claim.flags:
        yield "flag-missing"
