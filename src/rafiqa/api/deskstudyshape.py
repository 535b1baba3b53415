"""The shapes of documents at the desk: what was kept, what was proposed, what was said of it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from rafiqa.api.accessshape import Told
from rafiqa.api.importshape import Labelled
from rafiqa.api.problem import ProblemFault
from rafiqa.api.reportshape import Sha256
from rafiqa.api.shape import Credentials, Id, Note, Shape

Decision = Literal["accepted", "edited", "rejected", "cannot_tell", "undone"]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class DocumentRow(Shape, frozen=True):
    """A document: what it is, who published it and when, and how much of it waits."""

    id: str
    name: str | None
    kind: str
    kind_text: str
    kept_at: str
    published_on: str | None
    source: str | None
    source_grade_text: str | None
    n_bytes: int
    n_claims: int
    n_waiting: int
    n_doubtful: int
    n_copies: int
    faults: list[ProblemFault]


class StudyDocuments(Shape, frozen=True):
    """Documents, those with something that waits first; ``total`` of them all."""

    documents: list[DocumentRow]
    total: int
    n_waiting: int
    may_review: bool
    may_bring: bool
    grades: list[Labelled]


class DocumentBrought(Shape, frozen=True):
    """A document that was sent in parts, and what is said of it.

    ``source`` is an organisation; no person is named as one.
    """

    sha256: Sha256
    file_name: Annotated[str, Meta(min_length=1, max_length=200)]
    published_on: Day | None = None
    source: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    source_grade: Id | None = None


class DocumentTaken(Shape, frozen=True):
    """What came of a document: how many candidates wait, or why nothing could be read of it."""

    id: str
    n_claims: int
    already: bool
    faults: list[ProblemFault]


class BlockTold(Shape, frozen=True):
    """A piece of the text: code points from ``start`` to before ``end``, and where it stands.

    ``box_pt`` is left, bottom, right, top in points from the lower left corner of its page.
    """

    start: int
    end: int
    kind: str
    page: int | None
    box_pt: list[float] | None
    doubtful: bool


class PageTold(Shape, frozen=True):
    """The size of a page in points."""

    width_pt: float
    height_pt: float


class HazardTold(Shape, frozen=True):
    """A kind of hazard, and the words that name it."""

    kind: str
    kind_text: str
    start: int
    end: int


class PlaceTold(Shape, frozen=True):
    """A place that may be meant: a point and how far it may reach, no outline."""

    name: str
    place_id: str | None
    level_text: str | None
    lon_deg: float
    lat_deg: float
    radius_km: float


class ReviewSaid(Shape, frozen=True):
    """What somebody said of a candidate, when and why."""

    at: str
    decision: str
    decision_text: str
    note: str | None
    person: str
    organisation: str
    role: str
    evidence_id: str | None


class ClaimTold(Shape, frozen=True):
    """A candidate: what a clause says, with every field a place in the text, and what became of it.

    Places in the text are code points. ``becomes`` is ``evidence`` or ``reference``: what follows
    from accepting it. ``n_agree`` counts other voices that were accepted; copies are one voice.
    """

    id: str
    event: str
    event_text: str
    polarity: str
    polarity_text: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    page: int | None
    hazards: list[HazardTold]
    place_start: int | None
    place_end: int | None
    places: list[PlaceTold]
    place_basis_text: str
    time_start: int | None
    time_end: int | None
    from_on: str | None
    until_on: str | None
    time_basis_text: str
    said_by_text: str
    flags: list[Told]
    producer: str
    state: str
    state_text: str
    becomes: str
    n_agree: int
    chosen: PlaceTold | None
    reviews: list[ReviewSaid]


class DocumentSheet(Shape, frozen=True):
    """A document beside its candidates; ``erased`` where its words are gone."""

    row: DocumentRow
    text: str
    erased: bool
    rtl: bool
    blocks: list[BlockTold]
    pages: list[PageTold]
    readers: list[str]
    warnings: list[ProblemFault]
    claims: list[ClaimTold]
    copies: list[DocumentRow]
    may_review: bool
    why_not: list[Told]


class PlaceGiven(Shape, frozen=True):
    """A place that a reviewer gives: a point and how far it may reach."""

    lon_deg: Annotated[float, Meta(ge=-180, le=180)]
    lat_deg: Annotated[float, Meta(ge=-90, le=90)]
    radius_km: Annotated[float, Meta(ge=0, le=1_000)]
    name: Annotated[str, Meta(max_length=200)] = ""


class ClaimReview(Shape, frozen=True):
    """What somebody decides of a candidate, why, and what they say otherwise than was proposed.

    ``place`` is the number, from 0, of the candidate place that is meant. ``second`` is a second
    person of the authority, where evidence is to be taken back.
    """

    document_id: Id
    decision: Decision
    note: Note = ""
    event: str | None = None
    hazards: Annotated[tuple[Id, ...], Meta(max_length=10)] | None = None
    place: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    placed: PlaceGiven | None = None
    from_on: Day | None = None
    until_on: Day | None = None
    second: Credentials | None = None
