"""Course: what every piece of ground is at every time, as known at one: its looks with their times.

Whoever moves time over a large site needs the same as the map says at each moment, without asking
at each. What a moment is asked of the land book for and what is told here are the same; a test
holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.land import Face, LandState
from rafiqa.service.doubt import Doubts
from rafiqa.service.doubttimes import DoubtTimes
from rafiqa.service.office import Office

MOST_ASKED: Final = 60_000
"""So often may single faces be asked for doubt before no course is made: about ten seconds."""
UNRECORDED: Final = "unrecorded"
DOUBT: Final = "in_doubt"
REOPENED: Final = "+reopened"
"""Behind the class of hazard that was put back."""


@dataclass(frozen=True, slots=True)
class Course:
    """Every face on record with its looks over time.

    Attributes:
        faces: all ground ever put on record, as known then.
        steps: of each face, from when on (microseconds since 1970 UTC) it looks how; before the
            first nothing of it is on record. A look is a class of hazard, with ``+reopened``
            where it was put back, ``in_doubt`` for released ground in doubt, else an outcome.
    """

    faces: Sequence[Face]
    steps: tuple[tuple[tuple[int, str], ...], ...]


def course(office: Office, known_us: int) -> Course | None:
    """Returns the course of all land as known at a time; None where doubt is too much to ask.

    A face that nothing could ever put in doubt has its own steps alone. Every other is asked at
    each time at which its doubt may change: so often as there are facts that concern it.

    Args:
        office: the open store.
        known_us: nothing recorded later is used.
    """
    book = office.book(known_us)
    times = DoubtTimes(office, book, office.facts(known_us))
    steps = [_steps(face) for face in book.faces]
    asked = 0
    for number, face in enumerate(book.faces):
        if not _released_once(face) or not (_unproven(face) or times.may_doubt(number)):
            continue
        moments = sorted(times.of(number))
        asked += len(moments)
        if asked > MOST_ASKED:
            return None
        steps[number] = [
            (at_us, _look_at(face, at_us, Doubts.at_finds(book, times.finds(number, at_us), at_us)))
            for at_us in moments
        ]
    return Course(book.faces, tuple(tuple(_changes(each)) for each in steps))


def look(state: LandState | None) -> str:
    """Returns how ground looks whose release nothing puts in doubt."""
    if state is None:
        return UNRECORDED
    return state.status + (REOPENED if state.is_hazard and state.reopened else "")


def _look_at(face: Face, at_us: int, doubts: Doubts) -> str:
    state = face.timeline.at(at_us)
    return DOUBT if state is not None and doubts.of_few(face, state) else look(state)


def _steps(face: Face) -> list[tuple[int, str]]:
    return [(step.at_us, look(step.state)) for step in face.timeline.steps]


def _changes(steps: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yields the steps at which the look becomes another."""
    before = UNRECORDED
    for at_us, told in steps:
        if told != before:
            yield at_us, told
        before = told


def _released_once(face: Face) -> bool:
    return any(step.state is not None and not step.state.is_hazard for step in face.timeline.steps)


def _unproven(face: Face) -> bool:
    return any(step.state is not None and step.state.unproven for step in face.timeline.steps)
