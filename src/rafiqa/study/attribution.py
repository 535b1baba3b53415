"""Attribution: whose claim a clause is. A role or an organisation; a person never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rafiqa.study.lexicon import Tag
from rafiqa.study.reading import Passage, Reading
from rafiqa.study.record import Attribution

Interest = Literal["none", "self_report", "party", "unknown"]
_LONGEST: Final = 8
"""Words of the name of an organisation."""
_ROLES: Final = {
    "interviewer": "interviewer",
    "interviewee": "interviewee",
    "heading": "author",
    "author": "author",
}
_STOPS: Final = frozenset({
    "that", "say", "according", "contrast", "clear_verb", "find", "explode", "casualty",
    "negation", "because",
    "negated_verb", "return", "clause_start", "plan", "principle", "by", "damage", "deny", "exist",
    "lay", "rebuild",
    "clear_noun", "not_yet", "question", "mine", "uxo", "ied", "booby_trap",
    "explosive_unspecified", "cluster",
})  # fmt: skip
_LEADING: Final = frozenset({"the", "a", "an"})
_LITTLE: Final = frozenset(
    [
        "ان",
        "انه",
        "في",
        "من",
        "الي",
        "علي",
        "عن",
        "مع",
        "today",
        "on",
        "in",
        "at",
        "to",
        "of",
        "for",
        "li",
        "ji",
        "ku",
        "di",
        "bi",
        "له",
        "که",
        "yesterday",
        "also",
        "has",
        "have",
        "had",
        "امس",
        "اليوم",
        "هذا",
        "the",
        "was",
        "were",
        "it",
        "they",
        "he",
        "she",
        "who",
        "which",
        "whose",
        "there",
    ]
)
_OURS: Final = frozenset({"interviewee", "author"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is said to have said it: words of a sentence, or a role without a name.

    Attributes:
        role: ``organisation``, ``witness``, ``official`` or ``person``.
        words: first and last word of the organisation or role; None where only a person is named.
        said: from the first to the last word of what leads to the speaker, for quotes to leave out.
    """

    role: str
    words: tuple[int, int] | None
    said: tuple[int, int]


def speakers_of(passage: Passage, names: set[int]) -> tuple[Speaker, ...]:
    """Returns who is said to speak in a sentence, in order; ``names`` are words of persons."""
    found: list[Speaker] = []
    for tag in passage.of("according"):
        found += _after(passage, tag, names)
    for tag in passage.of("say"):
        if any(each.said[0] <= tag.first <= each.said[1] for each in found):
            continue
        if passage.language == "ar":
            found += _after(passage, tag, names) or _before(passage, tag, names)
        else:
            found += _before(passage, tag, names) or _after(passage, tag, names)
    return tuple(found)


def _after(passage: Passage, tag: Tag, names: set[int]) -> list[Speaker]:
    first = tag.last + 1
    last = first
    stops = {each.first for each in passage.tags if each.family in _STOPS}
    for n in range(first, min(first + _LONGEST, len(passage.words))):
        if (n in stops and n > first) or _broken(passage, n, first):
            break
        if passage.words[n].key in _LITTLE and n > first and not _within(passage, first, n):
            break
        last = n
    if last < first or first >= len(passage.words):
        return []
    return _speaker(passage, first, last, (tag.first, last), names)


def _before(passage: Passage, tag: Tag, names: set[int]) -> list[Speaker]:
    last = tag.first - 1
    stops = {each.last for each in passage.tags if each.family in _STOPS}
    first = tag.first
    for n in range(last, max(-1, last - _LONGEST), -1):
        if (
            n in stops
            or _broken(passage, n + 1, tag.first)
            or passage.words[n].key in _LITTLE - {"the", "of"}
        ):
            break
        first = n
    if first > last:
        return []
    return _speaker(passage, first, last, (first, tag.last), names)


def _broken(passage: Passage, n: int, first: int) -> bool:
    """Whether a clause begins at a word: no name of an organisation goes over a comma."""
    return n != first and any(start == n for start, _ in passage.clauses)


def _within(passage: Passage, first: int, n: int) -> bool:
    """«of» within a name, as in «directorate of health»."""
    return passage.words[n].key in {"of", "for", "the", "ji", "di"} and n > first


def _speaker(
    passage: Passage, first: int, last: int, said: tuple[int, int], names: set[int]
) -> list[Speaker]:
    bodies = [tag for tag in passage.of("organisation") if first <= tag.first <= last]
    witnesses = [tag for tag in passage.of("witness") if first <= tag.first <= last]
    offices = [tag for tag in passage.of("office") if first <= tag.first <= last]
    if bodies:
        begin = bodies[0].first
        if begin - 1 >= first and passage.words[begin - 1].key in _LEADING:
            begin -= 1
        if passage.language == "en":
            begin = _english_begin(passage, first, begin, names)
        end = next((n - 1 for n in range(begin, last + 1) if n in names), last)
        role = "official" if offices and offices[0].first < begin else "organisation"
        return [Speaker(role, (begin, max(begin, end)), said)]
    if witnesses:
        begin = witnesses[0].first
        end = next((n - 1 for n in range(begin, last + 1) if n in names), last)
        return [Speaker("witness", (begin, max(begin, end)), said)]
    if offices:
        return [Speaker("official", None, said)]
    if any(n in names for n in range(first, last + 1)):
        return [Speaker("person", None, said)]
    return []


def _english_begin(passage: Passage, first: int, begin: int, names: set[int]) -> int:
    """«The civil defence», «Raqqa municipality»: what stands before the head belongs to it."""
    while begin > first and begin - 1 not in names:
        key = passage.words[begin - 1].key
        if any(tag.first <= begin - 1 <= tag.last for tag in passage.of("office")) or key == "of":
            break
        begin -= 1
        if key in _LEADING:
            break
    return begin


def attribution_of(
    reading: Reading, passage: Passage, clause: tuple[int, int], speakers: Sequence[Speaker]
) -> Attribution:
    """Returns whose claim a clause is: of who speaks in its sentence, else of the turn."""
    role = _ROLES[passage.sentence.turn]
    if not speakers:
        return Attribution(role)
    start, end = clause
    speaker = min(speakers, key=lambda each: _away(each, start, end))
    span = reading.span(passage, *speaker.words) if speaker.words else None
    return Attribution(speaker.role, span, "reported")


def _away(speaker: Speaker, start: int, end: int) -> int:
    first, last = speaker.said
    return max(0, start - last, first - end + 1)


def interest_of(
    passage: Passage,
    clause: tuple[int, int],
    attribution: Attribution,
    home: frozenset[str],
    keys: frozenset[str],
) -> Interest:
    """Returns what interest a claim of clearance serves: a report of the speaker's own work?

    Args:
        passage: the sentence.
        clause: its words from first to before last.
        attribution: who speaks.
        home: words of the organisation that the interviewee of the document speaks for.
        keys: words of the organisation that the sentence lets speak.
    """
    start, end = clause
    told = {word.key for word in passage.words[start:end]}
    readings = {reading for word in passage.words[start:end] for reading in word.readings}
    if any(start <= tag.first < end for tag in passage.of("ours")):
        return "self_report"
    own = home if attribution.speaker_role == "interviewee" else keys
    if own and len(own & (told | readings)) >= min(2, len(own)):
        return "self_report"
    return "unknown"


def home_of(reading: Reading) -> frozenset[str]:
    """Returns words of the organisation for which the interviewee speaks, as the lead has it.

    «Member of the council of X, NAME» in the first sentences; empty where there is no interview.
    """
    if not any(passage.sentence.turn == "interviewee" for passage in reading.passages):
        return frozenset()
    for passage in reading.passages:
        if passage.sentence.turn in {"interviewer", "interviewee"}:
            break
        offices = passage.of("office")
        for office in offices:
            bodies = [
                tag
                for tag in passage.of("organisation")
                if 0 < tag.first - office.last <= _NEAR_OFFICE
            ]
            if bodies:
                body = bodies[-1]
                words = passage.words[body.first : body.first + 3]
                return frozenset(_bare(word.readings) for word in words)
    return frozenset()


_NEAR_OFFICE: Final = 4


def _bare(readings: frozenset[str]) -> str:
    return min(readings, key=lambda each: (len(each), each))
