"""Sentences, their clauses, and whose turn it is to speak: where each stands in a folded text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Turn = Literal["author", "interviewer", "interviewee", "heading"]
_BLANK: Final = re.compile(r"\n[ \t\r]*\n\s*")
_LINE: Final = re.compile(r"[^\n]+")
_STOP: Final = re.compile(r"[.!?؟۔…]+[\"'”’»)\]]*(?=\s|$)|(?<=[؟!])[\"”»]?(?=\w)")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|vs|approx|gen|col|[a-z]|د|أ|م|ا))$"
)
_ITEM: Final = re.compile(r"^\s*(?:[-–—•*●▪]|\d{1,2}[.)-])\s+")
_ASKS: Final = re.compile(
    r"^\s*(?:س|سؤال|سوال|q|question|interviewer|پرسیار|پرس|pirs)\s*\d*\s*[:：–-]"
)
_ANSWERS: Final = re.compile(r"^\s*(?:ج|جواب|الجواب|a|answer|وەڵام|bersiv)\s*\d*\s*[:：–-]")
_WRAPPED_FROM: Final = 20
"""Characters from which a line without a full stop may run on in the next one."""
_WRAPPED_SHARE: Final = 0.5
"""Of the longest line of its block: a line as wide as the others was broken by its width, and what
it negates may stand in the next."""
_HEADING_TO: Final = 110
_QUESTIONS_OF_AN_INTERVIEW: Final = 2
_ENDS: Final = '.!?؟۔…:؛;"”»'


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a folded text.

    Attributes:
        start, end: where it stands in the folded text.
        asked: it ends as a question does.
        turn: whose words it is.
        paragraph: the number of its paragraph, from 0.
    """

    start: int
    end: int
    asked: bool
    turn: Turn
    paragraph: int


def sentences(text: str) -> tuple[Sentence, ...]:
    """Returns the sentences of a folded text, in order; between them stands only white space."""
    blocks = list(_blocks(text))
    turns = _turns([text[start:end] for start, end in blocks])
    return tuple(
        Sentence(first, last, _asks(text[first:last]), turn, number)
        for number, ((start, end), turn) in enumerate(zip(blocks, turns, strict=True))
        for first, last in _stops(text, start, end)
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs: apart by a blank line, or by the end of a line that is no wrapped one."""
    at = 0
    for gap in [*_BLANK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _lines(text, at, end)
        at = gap.end() if gap else end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    longest = max((len(line) for line in text[start:end].split("\n")), default=0)
    begun: int | None = None
    last: tuple[int, int] | None = None
    for found in _LINE.finditer(text, start, end):
        line = found.group()
        if not line.strip():
            continue
        if begun is not None and last and not _runs_on(text[slice(*last)], line, longest):
            yield from _trimmed(text, begun, last[1])
            begun = None
        begun = found.start() if begun is None else begun
        last = found.span()
    if begun is not None and last is not None:
        yield from _trimmed(text, begun, last[1])


def _runs_on(line: str, following: str, longest: int) -> bool:
    bare = line.strip()
    return (
        len(bare) >= max(_WRAPPED_FROM, longest * _WRAPPED_SHARE)
        and bare[-1] not in _ENDS
        and not _ITEM.match(following)
        and not _ASKS.match(following)
        and not _ANSWERS.match(following)
    )


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for found in _STOP.finditer(text, start, end):
        before = text[at : found.start()]
        if found.group().startswith(".") and _ABBREVIATION.search(before[-8:].lower()):
            continue
        yield from _trimmed(text, at, found.end())
        at = found.end()
    yield from _trimmed(text, at, end)


def _asks(sentence: str) -> bool:
    tail = sentence.rstrip("\"'”’»)] ")
    return tail.endswith(("?", "؟"))


def _turns(blocks: Sequence[str]) -> list[Turn]:
    asking = [
        bool(_ASKS.match(block)) or (_asks(block) and not _ANSWERS.match(block)) for block in blocks
    ]
    labelled = any(_ANSWERS.match(block) for block in blocks)
    interview = labelled or _is_interview(asking)
    turns: list[Turn] = []
    begun = False
    for number, block in enumerate(blocks):
        if interview and asking[number]:
            turns.append("interviewer")
            begun = True
        elif interview and begun:
            turns.append("interviewee")
        elif number < 2 and len(block) <= _HEADING_TO and block[-1] not in ".!؟?۔…":
            turns.append("heading")
        else:
            turns.append("author")
    return turns


def _is_interview(asking: Sequence[bool]) -> bool:
    """Two questions each with an answer: one alone is a figure of speech."""
    answered = sum(asked and not following for asked, following in itertools.pairwise(asking))
    return answered >= _QUESTIONS_OF_AN_INTERVIEW
