"""The shapes of parts drawn at completion: what is sent, what they measure, what bars them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from rafiqa.api.drawshape import Code
from rafiqa.api.problem import ProblemFault
from rafiqa.api.queueshape import EvidenceTold
from rafiqa.api.shape import Act, Id, Note, Shape, Time

Centimetres = Annotated[int, Meta(ge=-10_000, le=10_000)]
Corner = tuple[float, float]
Line = Annotated[list[Corner], Meta(max_length=500)]


class HowAnswered(Shape, frozen=True):
    """An item of evidence that a survey answered, and how."""

    evidence_id: Id
    how: Note = ""


class PartOutlined(Shape, frozen=True):
    """A part: its outline as a GeoJSON polygon, and what is said of it."""

    part_id: Id
    geometry: dict[str, Any]
    outcome: Literal["cancelled", "reduced", "cleared", "not_cleared"]
    method: Code
    depth_cm: Centimetres | None = None
    depth_from_cm: Centimetres | None = None
    surface: Code | None = None
    reason: Code | None = None
    answers: Annotated[tuple[HowAnswered, ...], Meta(max_length=200)] = ()
    unit_id: Id | None = None


class WorkOutlined(Shape, frozen=True):
    """Work on an area by parts, as it would be reported; days, not hours."""

    work_id: Id
    area_id: Id
    parts: Annotated[list[PartOutlined], Meta(max_length=200)]
    began: Time
    ended: Time
    task_id: Id | None = None
    team_id: Id | None = None
    finds_complete: bool | None = None
    note: Note = ""


class OverlapTold(Shape, frozen=True):
    """Land that a part shares with another."""

    part_id: str
    area_m2: float
    geometry: dict[str, Any]


class UnitUnder(Shape, frozen=True):
    """A unit of a structure under a part, which gets an outcome of its own."""

    unit_id: str
    text: str


class PartTold(Shape, frozen=True):
    """A part as registered, and every fault of it; of one that is no outline the area is 0."""

    part_id: str
    area_m2: float
    outside_m2: float
    over_released_m2: float
    overlaps: list[OverlapTold]
    units: list[UnitUnder]
    faults: list[ProblemFault]


class FoundHere(Shape, frozen=True):
    """Ordnance found on the ground, in which of the parts it lay, and whether works stand for it.

    ``subject`` is the work in which it was found, or the find by chance itself; ``category_text``
    is null where nobody said what it was.
    """

    subject: str
    category_text: str | None
    count: int
    depth_cm: int | None
    at: str
    lon_deg: float
    lat_deg: float
    part_ids: list[str]
    open: bool


class PartsTold(Shape, frozen=True):
    """Parts beside the ground they are of, in m².

    ``released_m2`` + the parts − ``twice_m2`` − ``outside_m2`` − ``over_released_m2`` +
    ``left_m2`` is ``ground_m2``. What is left is hazard as before. ``report`` says whether the
    asker may report work, ``faults`` what is against the report that is of no single part, and
    ``choices`` the codes of its fields.
    """

    area_id: str
    area_name: str | None
    ground: dict[str, Any]
    ground_m2: float
    released_m2: float
    twice_m2: float
    outside_m2: float
    over_released_m2: float
    left_m2: float
    left: dict[str, Any] | None
    parts: list[PartTold]
    faults: list[ProblemFault]
    evidence: list[EvidenceTold]
    finds: list[FoundHere]
    report: Act
    choices: dict[str, dict[str, str]]


class Cut(Shape, frozen=True):
    """An outline as a GeoJSON polygon, and the line that cuts it; longitude first."""

    geometry: dict[str, Any]
    line: Line


class Piece(Shape, frozen=True):
    """A piece of what was cut."""

    geometry: dict[str, Any]
    area_m2: float


class Pieces(Shape, frozen=True):
    """The pieces of an outline that a line cut, the largest first."""

    pieces: list[Piece]
