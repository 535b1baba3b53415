"""Claims: what a text says, clause by clause, each with where, when and whose words it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from rafiqa.study.attribution import Speaker, attribution_of, home_of, interest_of, speakers_of
from rafiqa.study.event import Event, events_of
from rafiqa.study.lexicon import Tag
from rafiqa.study.name import names_of
from rafiqa.study.placelink import place_of
from rafiqa.study.polarity import Said, said_of
from rafiqa.study.reading import HAZARDS, Passage, Reading
from rafiqa.study.record import (
    Attribution,
    Claim,
    ClaimPlace,
    ClaimTime,
    EventType,
    Hazard,
    HazardKind,
    Polarity,
    Span,
)
from rafiqa.study.timelink import time_of

_SET_ASIDE: Final = frozenset({"question", "principle"})
_QUOTE_WORDS: Final = 32
_MARKS: Final = ' \t\n\r،,؛;:.!?؟«»"“”()[]–—-…'


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a text.

    Attributes:
        records: what it says is so, is not so, is denied, planned or doubtful.
        set_aside: what it only asks or wishes for; shown apart, as a question may know something.
    """

    records: tuple[Claim, ...]
    set_aside: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for a whole document: its names, its hazards, for whom its interviewee speaks."""

    names: tuple[Span, ...]
    hazards_spoken_of: bool
    home: frozenset[str]


def context_of(reading: Reading) -> Context:
    """Returns what holds for a whole document."""
    spoken = any(passage.of(*HAZARDS) for passage in reading.passages)
    return Context(names_of(reading), spoken, home_of(reading))


def claims_of(reading: Reading) -> Claims:
    """Returns the claims of a text in the order in which it makes them.

    A clearance that is negated is contamination that is still reported. Nothing here lowers
    suspicion: that is for people, by what they find on the ground.
    """
    context = context_of(reading)
    found = [
        claim for passage in reading.passages for claim in _claims_in(reading, passage, context)
    ]
    return Claims(
        tuple(claim for claim in found if claim.polarity not in _SET_ASIDE),
        tuple(claim for claim in found if claim.polarity in _SET_ASIDE),
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """An event of a sentence before it is written down, with the words that it is quoted by."""

    event: Event
    event_type: EventType
    said: Said
    first: int
    end: int


def _claims_in(reading: Reading, passage: Passage, context: Context) -> Iterator[Claim]:
    drafts = [
        draft
        for number in range(len(passage.clauses))
        for draft in _drafts(passage, number, context)
    ]
    if not drafts:
        return
    names = name_words(reading, passage, context.names)
    speakers = speakers_of(passage, names)
    for draft in _merged(reading, passage, drafts):
        yield _claim(reading, passage, draft, speakers, context)


def _drafts(passage: Passage, number: int, context: Context) -> Iterator[_Draft]:
    start, end = passage.clauses[number]
    cleared = False
    for event in events_of(passage, number, hazards_spoken_of=context.hazards_spoken_of):
        event_type, said = judged(passage, event, said_of(passage, event.trigger))
        own = event.event_type == "clearance_claimed"
        cleared |= own and (said.polarity == "asserted" or event_type != event.event_type)
        if cleared and "presupposed" in event.reasons:
            continue
        yield _Draft(event, event_type, said, min(event.trigger.first, start), end)


def judged(passage: Passage, event: Event, said: Said) -> tuple[EventType, Said]:
    """Returns the event type and polarity of an event once what it means is thought through.

    «Not cleared» is contaminated still; a clearing that is only named, or a blast of which nobody
    says who set it off, is for a person to tell.
    """
    if event.event_type == "clearance_claimed":
        own = any(
            event.trigger.first <= tag.first <= event.trigger.last
            for tag in passage.of("negated_verb")
        )
        if said.polarity == "negated" or (own and said.polarity == "asserted"):
            return "contamination_reported", Said("asserted", "clearance-negated")
        if said.polarity == "asserted" and {"not-said-done", "cleaning"} & set(event.reasons):
            return event.event_type, Said("ambiguous", "not-said-done")
    if said.polarity == "asserted" and {"no-agent", "named-only"} & set(event.reasons):
        return event.event_type, Said("ambiguous", event.reasons[0])
    return event.event_type, said


def _merged(reading: Reading, passage: Passage, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Joins what is said twice on end: «a tunnel was found, and it turned out to be rigged»."""
    kept: list[_Draft] = []
    for draft in drafts:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.event_type == draft.event_type
            and last.said.polarity == draft.said.polarity
            and draft.first - last.end <= 0
            and draft.end - last.first <= _QUOTE_WORDS
            and (
                draft.first == last.first
                or (_adds_kinds(last, draft) and not _place_words(reading, passage, draft))
            )
        ):
            hazards = tuple(dict.fromkeys((*last.event.hazards, *draft.event.hazards)))
            kept[-1] = replace(last, event=replace(last.event, hazards=hazards), end=draft.end)
        else:
            kept.append(draft)
    return kept


def _adds_kinds(last: _Draft, draft: _Draft) -> bool:
    """Hazards of other kinds: the same kind named again is said of something else."""
    kinds = {tag.family for tag in last.event.hazards}
    return bool(draft.event.hazards) and not kinds & {tag.family for tag in draft.event.hazards}


def _place_words(reading: Reading, passage: Passage, draft: _Draft) -> bool:
    span = reading.span(passage, draft.first, draft.end - 1)
    return any(span.start <= place.span.start < span.end for place in reading.places)


def name_words(reading: Reading, passage: Passage, names: Sequence[Span]) -> set[int]:
    """Returns the numbers of the words of a sentence that name a person."""
    own = reading.sentence_span(passage)
    found: set[int] = set()
    for name in names:
        if own.start <= name.start < own.end:
            inside = reading.words_in(passage, name)
            if inside:
                found |= set(range(inside[0], inside[1] + 1))
    return found


def _claim(
    reading: Reading,
    passage: Passage,
    draft: _Draft,
    speakers: Sequence[Speaker],
    context: Context,
) -> Claim:
    first, end = _without_speaker(passage, draft, speakers)
    quote = reading.span(passage, first, end - 1)
    attribution = _attributed(reading, passage, draft, speakers, context)
    place = place_of(reading, passage, (draft.first, draft.end), draft.event.trigger, attribution)
    time = time_of(reading, passage, (draft.first, draft.end), draft.said.polarity)
    hazards = tuple(_hazard(reading, passage, tag) for tag in draft.event.hazards)
    return Claim(
        event_type=draft.event_type,
        polarity=draft.said.polarity,
        quote=reading.text[quote.start : quote.end],
        span=quote,
        sentence=reading.sentence_span(passage),
        language=passage.language,
        hazards=hazards,
        place=place,
        time=time,
        attribution=attribution,
        rank=_rank(draft.said.polarity, hazards, place, time, attribution),
        reasons=reasons_of(draft.event, draft.said, hazards, place, time, attribution),
        flags=flags_of(passage, quote, context.names, draft.event, attribution),
    )


def _without_speaker(
    passage: Passage, draft: _Draft, speakers: Sequence[Speaker]
) -> tuple[int, int]:
    """Takes «X said that» off a quote, unless it denies or doubts what follows."""
    first, end = draft.first, draft.end
    if draft.said.polarity not in {"asserted", "negated", "plan"}:
        return first, end
    trigger = min([draft.event.trigger.first, *(tag.first for tag in draft.event.hazards)])
    for speaker in speakers:
        if first <= speaker.said[0] <= first + 1 and speaker.said[1] < trigger:
            first = speaker.said[1] + 1
            that = {tag.first: tag.last for tag in passage.of("that")}
            if first in that and that[first] < trigger:
                first = that[first] + 1
    return min(first, draft.event.trigger.first), end


def _attributed(
    reading: Reading,
    passage: Passage,
    draft: _Draft,
    speakers: Sequence[Speaker],
    context: Context,
) -> Attribution:
    clause = (draft.first, draft.end)
    found = attribution_of(reading, passage, clause, speakers)
    if draft.event.event_type != "clearance_claimed":
        return found
    keys: frozenset[str] = frozenset()
    if found.organisation_span is not None:
        inside = reading.words_in(passage, found.organisation_span)
        outside = inside is not None and not draft.first <= inside[0] < draft.end
        if inside and outside:
            keys = frozenset(word.key for word in passage.words[inside[0] : inside[1] + 1]) - {
                "the"
            }
    return replace(found, interest=interest_of(passage, clause, found, context.home, keys))


def _hazard(reading: Reading, passage: Passage, tag: Tag) -> Hazard:
    return Hazard(cast("HazardKind", tag.family), reading.span(passage, tag.first, tag.last))


def _rank(
    polarity: Polarity,
    hazards: Sequence[Hazard],
    place: ClaimPlace,
    time: ClaimTime,
    attribution: Attribution,
) -> float:
    rank = 0.4
    rank += 0.15 * (place.basis == "named") + 0.05 * (place.basis == "same_sentence")
    rank += 0.15 * (time.basis in {"explicit", "relative", "event_anchor"})
    rank += 0.1 * any(hazard.kind != "explosive_unspecified" for hazard in hazards)
    rank += 0.1 * (attribution.via == "reported" and attribution.organisation_span is not None)
    rank -= 0.2 * (polarity == "ambiguous")
    return round(min(1.0, max(0.05, rank)), 2)


def reasons_of(
    event: Event,
    said: Said,
    hazards: Sequence[Hazard],
    place: ClaimPlace,
    time: ClaimTime,
    attribution: Attribution,
) -> tuple[str, ...]:
    """Returns what each field of a claim rests on, by code: one reason for each at least."""
    return (
        f"event:{event.trigger.family}",
        *(f"event:{reason}" for reason in event.reasons),
        f"polarity:{said.reason}",
        *sorted({f"hazard:{hazard.kind}" for hazard in hazards}),
        f"place:{place.basis}",
        f"time:{time.basis}",
        f"source:{attribution.speaker_role}",
    )


def flags_of(
    passage: Passage, quote: Span, names: Sequence[Span], event: Event, attribution: Attribution
) -> tuple[str, ...]:
    """Returns what a reviewer must see first."""
    flags: list[str] = []
    if passage.of("imperative"):
        flags.append("imperative")
    if any(name.start < quote.end and quote.start < name.end for name in names):
        flags.append("personal-name")
    if "under-way" in event.reasons:
        flags.append("under-way")
    if attribution.interest == "self_report":
        flags.append("self-report")
    trigger = event.trigger
    if event.hazards == (Tag("explosive_unspecified", trigger.first, trigger.last),):
        flags.append("hazard-unnamed")
    return tuple(flags)
