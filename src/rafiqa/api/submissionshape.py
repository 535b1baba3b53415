"""The shapes of submissions at the desk: the queue, one of them, and what a reviewer says."""

from __future__ import annotations

from typing import Any, Literal

from rafiqa.api.accessshape import Told
from rafiqa.api.shape import Note, Shape

ReviewState = Literal["accepted", "returned", "refused"]


class SubmissionRow(Shape, frozen=True):
    """One submission in the queue; ``dangerous`` says that it put a sign on the map."""

    id: str
    form_id: str
    form_title: str
    received_at: str
    told_at: str | None
    state: str
    state_text: str
    note: str | None
    organisation: str
    device_id: str | None
    mine: bool
    dangerous: bool
    n_files: int
    n_missing: int
    n_faults: int


class FormCount(Shape, frozen=True):
    """How many submissions of a form the asker may see."""

    form_id: str
    title: str
    n: int


class Submissions(Shape, frozen=True):
    """A page of the queue: what waits stands first, danger before all, the oldest first."""

    submissions: list[SubmissionRow]
    total: int
    counts: dict[str, int]
    forms: list[FormCount]
    may_review: bool


class AnswerTold(Shape, frozen=True):
    """One answer in words; a place is drawn instead (``placed``)."""

    part: str
    number: int
    question: str
    label: str
    words: str
    placed: bool


class FileTold(Shape, frozen=True):
    """A file of a submission and whether it is here; ``picture`` can be shown."""

    name: str
    n_bytes: int | None
    whole: bool
    erased: bool
    picture: bool


class ReviewTold(Shape, frozen=True):
    """What a reviewer said, for which organisation, and the facts that came of it."""

    at: str
    state_text: str
    note: str | None
    organisation: str
    role: str


class MadeTold(Shape, frozen=True):
    """A fact that came of a submission."""

    entry_id: str
    subject_id: str
    title: str
    text: str


class SignTold(Shape, frozen=True):
    """The sign on the map that a submission put there; ``waits`` is null where it is evidence."""

    report_id: str
    waits: bool | None


class SubmissionSheet(Shape, frozen=True):
    """One submission with its answers in words, its places, its files, and what became of it."""

    row: SubmissionRow
    erased: bool
    answers: list[AnswerTold]
    places: list[dict[str, Any]]
    files: list[FileTold]
    faults: list[Told]
    replaces: str | None
    replaced_by: str | None
    reviews: list[ReviewTold]
    made: list[MadeTold]
    sign: SignTold | None
    may_review: bool
    why_not: list[Told]


class Review(Shape, frozen=True):
    """What a reviewer says of a submission; sending back and refusing need a reason."""

    state: ReviewState
    note: Note = ""
