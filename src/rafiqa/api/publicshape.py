"""The shapes of what is told to everybody, and of the desk's work on it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from rafiqa.api.importshape import Labelled
from rafiqa.api.shape import Id, Note, Shape

Free = Annotated[str, Meta(max_length=1_000)]
Day = Annotated[str, Meta(max_length=40)]
Region = Annotated[list[Annotated[int, Meta(ge=0, le=1_000)]], Meta(min_length=4, max_length=4)]
"""Left, top, width and height of what is hidden, in thousandths of the picture."""
PICTURE_LETTERS = 950_000
"""Largest picture as Base64, within the largest body that is taken."""


class NoticeTold(Shape, frozen=True):
    """A notice in force, in words of one language."""

    ref: str
    kind: str
    kind_text: str
    place: str | None
    from_: str = field(name="from")
    until: str
    says: str
    text: str | None


class NoticesTold(Shape, frozen=True):
    """Every notice in force, and what a notice that ended does not do."""

    notices: list[NoticeTold]
    limit: str


class NoticeAsked(Shape, frozen=True):
    """A notice to be written."""

    notice_id: Id
    kind: Day
    place_id: Id
    from_: Day = field(name="from")
    until: Day
    text: Free = ""
    text_ar: Free = ""


class ArchiveAsked(Shape, frozen=True):
    """An entry of the archive to be written; its picture as Base64."""

    archive_id: Id
    subject: Day
    subject_id: Id
    moment: Day
    taken_on: Day
    purpose: Day
    credit: Free
    consent_ref: Free
    caption: Free = ""
    caption_ar: Free = ""
    caption_ckb: Free = ""
    caption_kmr: Free = ""
    picture: Annotated[str, Meta(max_length=PICTURE_LETTERS)] = ""
    blur: Annotated[tuple[Region, ...], Meta(max_length=200)] = ()
    faces_hidden: bool = False


class PublicDecisionAsked(Shape, frozen=True):
    """What is decided on a notice or an entry of the archive."""

    decision: Day
    note: Note = ""


class PublicRow(Shape, frozen=True):
    """A notice or an entry of the archive as the desk works on it."""

    item_id: str
    what: str
    state: str
    state_text: str
    title: str
    place: str | None
    lines: list[str]
    begins: str | None
    ends: str | None
    taken_on: str | None
    consent_ref: str | None
    at: str
    in_force: bool
    picture: str | None
    may: list[str]


class PublicWork(Shape, frozen=True):
    """What waits, what is told, what was: and what it can be written with."""

    items: list[PublicRow]
    waiting: int
    places: list[Labelled]
    kinds: list[Labelled]
    subjects: list[Labelled]
    moments: list[Labelled]
    purposes: list[Labelled]
    may_write: bool
