"""The shapes of answers about assets and layers, and of the acts on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from rafiqa.api.gateshape import Gates, ProjectBrief
from rafiqa.api.shape import Act, Id, Note, PointState, Shape, Time

Words = Annotated[str, Meta(min_length=1, max_length=300)]


class Grade(Shape, frozen=True):
    """Our own grades that a code may mean, the least and the most: a view, in no record."""

    least: str
    most: str


class Damage(Shape, frozen=True):
    """One assessment in the words of its own scale; two are never made one.

    ``hint`` says that it was read from above, or in a scale that nobody knows: it is no tag.
    """

    assessment_id: str
    at: str
    scale: str
    scale_name: str
    as_written: str
    code: str | None
    code_name: str | None
    grade: Grade | None
    grade_text: str
    hint: bool
    how: Literal["stated", "on", "near"]
    sensor: str | None
    reader: str | None
    source: str | None


class Tag(Shape, frozen=True):
    """The newest engineer's tag: whether it stands, and what ended it."""

    tag: str
    tag_name: str
    engineer: str
    at: str
    until: str | None
    stands: bool
    code: str
    text: str
    next: str | None
    ended_at: str | None


class Event(Shape, frozen=True):
    """What may have damaged the asset: by somebody's word, on it, or so near."""

    event_id: str
    kind: str
    kind_name: str
    at: str
    how: Literal["stated", "on", "near"]
    distance_m: float


class Step(Shape, frozen=True):
    """One step between two epochs: what it was called, and who says so."""

    old_ids: list[str]
    new_ids: list[str]
    kind: str
    kind_name: str
    by_person: bool
    common_permille: int | None


class Asset(Shape, frozen=True):
    """An asset: the gate of its ground, its damage by source, its tag, its epochs.

    ``works`` are those that name it, ``acts`` what the asker's role may do about it, and
    ``outline`` its own as GeoJSON, for staff.
    """

    asset_id: str
    kind: str
    name: str | None
    storeys: int | None
    gate: Gates
    at: PointState
    layer: str
    damage: list[Damage]
    tag: Tag | None
    events: list[Event]
    epochs: list[Step]
    remark: str | None
    works: list[ProjectBrief]
    acts: list[Act]
    outline: dict[str, Any] | None


class LayerVersion(Shape, frozen=True):
    """One version of a reference layer; ``content`` tells whether its bytes are its own."""

    layer_id: str
    kind: str
    version: int
    stands: bool
    rows: int
    sha256: str
    source: str | None
    valid_at: str
    recorded_at: str
    content: Literal["whole", "missing", "changed"]


class Layers(Shape, frozen=True):
    """Every version of every layer as true and known at the times asked about."""

    layers: list[LayerVersion]


class Doubt(Shape, frozen=True):
    """A doubtful match that waits for a person."""

    candidate_id: str
    old_ids: list[str]
    new_ids: list[str]
    kind: str
    kind_name: str
    common_permille: int
    doubts: list[str]
    doubts_text: str
    old_shapes: list[dict[str, Any]]
    new_shapes: list[dict[str, Any]]


class Decided(Shape, frozen=True):
    """A doubtful match that a person has decided on: how, of which body, and when."""

    candidate_id: str
    old_ids: list[str]
    new_ids: list[str]
    accepted: bool
    by: str
    role: str
    at: str
    note: str | None


class Matches(Shape, frozen=True):
    """Two versions of layers matched by ground: counts, and the queue of the doubtful."""

    old_sha256: str
    new_sha256: str
    sure: int
    gone: int
    new: int
    shift_east_mm: int
    shift_north_mm: int
    queue: list[Doubt]
    decided: list[Decided]
    may_decide: bool


class Decision(Shape, frozen=True):
    """Decide on a doubtful match: the same assets, or not."""

    old: Id
    new: Id
    candidate_id: Id
    accepted: bool
    note: Note = ""


class Matching(Shape, frozen=True):
    """Record every match of two versions that is without doubt."""

    old: Id
    new: Id


class Assessing(Shape, frozen=True):
    """Record damage to an asset in the code of a scale, as the source writes it."""

    assessment_id: Id
    scale: Id
    as_written: Words
    code: Id | None = None
    observed_at: Time | None = None
    sensor: Annotated[str, Meta(max_length=200)] = ""
    source: Annotated[str, Meta(max_length=200)] = ""
    note: Note = ""


class Tagging(Shape, frozen=True):
    """Tag a structure as an engineer, until a day or until something new happens."""

    tag: Literal["green", "yellow", "red"]
    until: Time | None = None
    note: Note = ""


class Linking(Shape, frozen=True):
    """Say that an event on record damaged an asset."""

    event_id: Id
    note: Note = ""
