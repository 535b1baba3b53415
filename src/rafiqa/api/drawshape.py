"""The shapes of outlines drawn at the desk: what is sent, what it measures, what it lies over."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from rafiqa.api.shape import Act, Credentials, Id, Ids, Note, Shape

Name = Annotated[str, Meta(max_length=200)]
Code = Annotated[str, Meta(min_length=1, max_length=60)]


class LegWalked(Shape, frozen=True):
    """One leg: a bearing in degrees from the walk's north, clockwise, and metres on the level."""

    bearing_deg: float
    distance_m: float


class WalkTold(Shape, frozen=True):
    """Corners by bearing and distance from the first; magnetic bearings need the declination."""

    lon_deg: float
    lat_deg: float
    legs: Annotated[list[LegWalked], Meta(max_length=500)]
    bearing_reference: Literal["true_north", "magnetic"]
    declination_deg: float | None = None
    returns: bool = False


class OutlineDrawn(Shape, frozen=True):
    """An outline as a GeoJSON polygon, or as a walk from which the server works it out."""

    geometry: dict[str, Any] | None = None
    walk: WalkTold | None = None


class UnderIt(Shape, frozen=True):
    """Ground on record under an outline, all of one state, in words."""

    area_ids: list[str]
    name: str | None
    state: str
    reopened: bool
    in_doubt: bool
    depth_cm: int | None
    area_m2: float
    text: str


class ItemUnder(Shape, frozen=True):
    """An item of evidence whose place lies on the outline; for staff."""

    evidence_id: str
    kind: str
    kind_text: str
    area_class: str = field(name="class")


class Measured(Shape, frozen=True):
    """An outline as registered: its area and length, what it lies over, what its walk missed.

    ``unrecorded_m2`` is ground of which nothing is on record: that is no all-clear. ``declare``
    says whether the asker may put it on record as an area, and ``choices`` the codes for that.
    """

    area_m2: float
    length_m: float
    geometry: dict[str, Any]
    walked_m: float | None
    misclosure_m: float | None
    misclosure_limit_m: float | None
    under: list[UnderIt]
    unrecorded_m2: float
    evidence: list[ItemUnder]
    declare: Act
    choices: dict[str, dict[str, str]]


class ItemSeen(Shape, frozen=True):
    """What an area rests on, put on record with it: its kind, how it is known, and the words."""

    kind: Code
    source_kind: Code
    text: Annotated[str, Meta(min_length=1, max_length=2_000)]


class AreaDrawn(Shape, frozen=True):
    """A hazardous area to be put on record: its class no higher than its evidence."""

    area_id: Id
    outline: OutlineDrawn
    class_: Literal["indication", "sha", "cha"] = field(name="class")
    name: Name = ""
    note: Note = ""
    evidence_ids: Ids = ()
    evidence: ItemSeen | None = None


class BoundaryDrawn(Shape, frozen=True):
    """A new outline of an area, and why; a second person where it leaves ground out."""

    outline: OutlineDrawn
    justification: Annotated[str, Meta(min_length=1, max_length=2_000)]
    second: Credentials | None = None
