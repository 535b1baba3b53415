"""The shapes of imports at the desk: what was brought, a look before, pairs, and the quarantine."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from rafiqa.api.accessshape import Told
from rafiqa.api.problem import ProblemFault
from rafiqa.api.reportshape import Sha256
from rafiqa.api.shape import Credentials, Id, Note, Shape


class UploadHere(Shape, frozen=True):
    """Which parts of a file have not come, from 0."""

    sha256: str
    missing: list[int]


class Labelled(Shape, frozen=True):
    """A code and its words."""

    code: str
    label: str


class MappingKnown(Shape, frozen=True):
    """A mapping that can be named: one that comes along, or one saved for a source."""

    name: str
    kind: str | None
    saved: bool


class ImportRow(Shape, frozen=True):
    """One import: what it brought, and how much of that was taken back."""

    import_id: str
    at: str
    file: str
    kind: str
    kind_text: str
    mapping: str | None
    rows: int
    withdrawn: int
    organisation: str


class Imports(Shape, frozen=True):
    """Every import, the newest first, and what the asker may do here."""

    imports: list[ImportRow]
    kinds: list[Labelled]
    mappings: list[MappingKnown]
    encodings: list[str]
    may_undo: bool
    may_save: bool
    may_decide: bool
    may_see_quarantine: bool


class ImportAsked(Shape, frozen=True):
    """What to take in, as what, and how.

    ``mapping`` is the name of one that comes along or was saved; ``columns`` says of single
    columns which field they mean, ``""`` to keep one beside the record. ``crs`` and ``encoding``
    say what the file does not. Released land is taken in only where ``second`` confirms it.
    """

    sha256: Sha256
    file_name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Id
    dry_run: bool
    mapping: Id | None = None
    columns: dict[str, str] | None = None
    crs: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    encoding: Annotated[str, Meta(max_length=20)] | None = None
    save_as: Id | None = None
    second: Credentials | None = None


class ColumnTold(Shape, frozen=True):
    """A column of the file, and what it becomes."""

    column: str
    field: str | None
    becomes: list[str]


class ValueTold(Shape, frozen=True):
    """A value under the label of its field."""

    label: str
    words: str


class RowTold(Shape, frozen=True):
    """One of the first rows as it will be."""

    row: int
    fields: list[ValueTold]
    beside: list[ValueTold]
    placed: bool


class ImportTold(Shape, frozen=True):
    """What became of a file, or would; of many faults the first are told."""

    says: str
    dry_run: bool
    read: int
    accepted: int
    already: int
    quarantined: int
    import_id: str | None
    n_refused: int
    refused: list[ProblemFault]
    n_warnings: int
    warnings: list[ProblemFault]
    columns: list[ColumnTold]
    fields: list[Labelled]
    rows: list[RowTold]
    mapping_named: bool


class UndoAsked(Shape, frozen=True):
    """Take an import back, or say what that would do; the second person confirms by password."""

    dry_run: bool
    note: Note = ""
    second: Credentials | None = None


class Staying(Shape, frozen=True):
    """A row that stays, and why."""

    entry_id: str
    reasons: list[Told]


class UndoTold(Shape, frozen=True):
    """What was taken back, or would be; of many rows that stay the first are told."""

    says: str
    dry_run: bool
    taken_back: int
    already: int
    n_staying: int
    staying: list[Staying]


class Difference(Shape, frozen=True):
    """What two records say differently."""

    name: str
    one: str | None
    other: str | None


class PairTold(Shape, frozen=True):
    """Two records that may be of one thing: why, in what they differ, and where each lies."""

    kind: str
    one: str
    other: str
    one_source: str
    other_source: str
    reasons: list[Told]
    differences: list[Difference]
    one_place: dict[str, Any]
    other_place: dict[str, Any]
    decided: str | None


class Pairs(Shape, frozen=True):
    """Pairs that may be one thing; both of a pair stay on record, whatever is decided."""

    pairs: list[PairTold]
    total: int
    may_decide: bool


class PairAsked(Shape, frozen=True):
    """Whether two records are of one thing."""

    one: Id
    other: Id
    decision: Literal["same", "different"]
    note: Note = ""


class Refused(Shape, frozen=True):
    """One thing in the quarantine, and every fault found in it."""

    quarantine_id: str
    at: str
    file: str | None
    row: int | None
    n_bytes: int
    faults: list[ProblemFault]


class Quarantine(Shape, frozen=True):
    """A page of the quarantine, the newest first."""

    items: list[Refused]
    total: int
