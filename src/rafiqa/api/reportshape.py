"""The shapes of what residents send and of what they and the desk are told."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from rafiqa.api.shape import Id, Note, Reason, Shape, State

YesNo = Literal["yes", "no", "unknown"]
Kind = Literal["hazard", "survey", "clearance", "feeling", "knowledge"]
Precision = Literal["exact", "block", "community", "withheld"]
Code = Annotated[str, Meta(min_length=12, max_length=40)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
PICTURE_BYTES = 4 * 1024 * 1024
"""Largest picture of a resident; the phone makes it small first."""
SEEN_LETTERS = 60
Short = Annotated[str, Meta(max_length=300)]


class PictureNamed(Shape, frozen=True):
    """A picture that comes after its report, known by its hash."""

    sha256: Sha256
    n_bytes: Annotated[int, Meta(ge=1, le=PICTURE_BYTES)]


class Message(Shape, frozen=True):
    """What a resident's phone sends: a report or a request, as it was frozen there."""

    kind: Kind
    code: Code
    language: Annotated[str, Meta(max_length=20)] = ""
    written_at: Annotated[str, Meta(max_length=40)] = ""
    seen: Annotated[str, Meta(max_length=SEEN_LETTERS)] = "other"
    lon_deg: float | None = None
    lat_deg: float | None = None
    geo_precision: Precision = "withheld"
    accuracy_m: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    place: Short = ""
    text: Annotated[str, Meta(max_length=10_000)] = ""
    children_near: YesNo = "unknown"
    moved: YesNo = "unknown"
    marked: YesNo = "unknown"
    urgent: bool = False
    feels_at_ease: YesNo = "unknown"
    picture: PictureNamed | None = None


class Received(Shape, frozen=True):
    """The office's receipt: the report is in the ledger. ``missing`` are parts of its picture."""

    report_id: str
    entry_id: str
    received_at: str
    missing: list[int]


class CodeAsked(Shape, frozen=True):
    """The code under which somebody asks what became of their report."""

    code: Code


class Became(Shape, frozen=True):
    """What became of one report or request, without its place and its words."""

    report_id: str
    kind: Kind
    received_at: str
    outcome: str | None
    outcome_label: str | None
    answered_at: str | None
    text: str | None


class ByCode(Shape, frozen=True):
    """Everything under one code, oldest first."""

    found: list[Became]


class Place(Shape, frozen=True):
    """A name that people here use for a place, and its middle."""

    name: str
    name_ar: str | None
    lon_deg: float
    lat_deg: float
    name_ckb: str | None = None
    name_kmr: str | None = None


class Places(Shape, frozen=True):
    """The names of places that a page may look in while it is offline."""

    places: list[Place]


class AnswerGiven(Shape, frozen=True):
    """The last answer to a report; ``text`` is what its sender reads, ``note`` is the office's."""

    entry_id: str
    at: str
    area_id: str | None
    note: str | None
    text: str | None
    organisation: str
    told_by: str | None


class ReportItem(Shape, frozen=True):
    """One report or request as the desk works on it; ``neighbourhood`` is in which it lies."""

    report_id: str
    kind: Kind
    triage: str
    received_at: str
    written_at: str | None
    seen: str | None
    lon_deg: float | None
    lat_deg: float | None
    geo_precision: str
    accuracy_m: int | None
    place: str | None
    text: str | None
    language: str | None
    children_near: str | None
    moved: str | None
    marked: str | None
    feels_at_ease: str | None
    state: State | None
    area_ids: list[str]
    reasons: list[Reason]
    likely_same: list[str]
    pictures: list[str]
    outcome: str | None
    told_at: str | None
    answer: AnswerGiven | None
    neighbourhood: str | None = None


class Reports(Shape, frozen=True):
    """Reports and requests, those that wait first, each by urgency and then by age.

    ``waiting`` counts all that wait, ``total`` all that the query asks for, of which
    ``reports`` may be a page.
    """

    reports: list[ReportItem]
    waiting: int
    total: int
    may_answer: bool


class ReportTold(Shape, frozen=True):
    """That whoever reported was told of an answer, and by which way."""

    answer_entry_id: Id
    channel: Id


class ReportAnswer(Shape, frozen=True):
    """What became of a report or request; ``text`` is what whoever sent it will read."""

    outcome: Id
    area_id: Id | None = None
    note: Note = ""
    text: Note = ""
