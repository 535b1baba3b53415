"""The shapes of reports at this door: their tables, with the origin of every figure."""

from __future__ import annotations

from typing import Any

from msgspec import field

from rafiqa.api.figureshape import Statement
from rafiqa.api.shape import Shape


class PaperKind(Shape, frozen=True):
    """A report that can be drawn up."""

    kind: str
    title: str


class Papers(Shape, frozen=True):
    """Which reports there are, and what they can be asked of."""

    kinds: list[PaperKind]
    areas: list[str]
    projects: list[str]
    donors: list[str]


class PaperColumn(Shape, frozen=True):
    """A column: its code, its head, and the unit of its figures."""

    name: str
    label: str
    unit: str | None


class DrawnTable(Shape, frozen=True):
    """A table; ``origin`` is the place in ``origins`` of where its figures are from.

    A cell with ``value`` is a figure, with its unit and its own origin; any other has a text.
    """

    name: str
    title: str
    columns: list[PaperColumn]
    rows: list[list[dict[str, Any]]]
    total: list[dict[str, Any]] | None
    origin: int
    notes: list[str]


class PaperOrigin(Shape, frozen=True):
    """Where figures come from; ``from`` is null where they are as of a moment."""

    source: str
    method: str
    boundary: str
    period: str
    from_: str | None = field(name="from")
    valid_at: str
    known_at: str


class Lacking(Shape, frozen=True):
    """Something that such a report should say, and the record does not."""

    code: str
    text: str


class DrawnUp(Shape, frozen=True):
    """A report, drawn up from the ledger as of two times."""

    kind: str
    title: str
    about: list[str]
    statement: Statement
    tables: list[DrawnTable]
    origins: list[PaperOrigin]
    missing: list[Lacking]
    notices: list[str]
    signatures: list[str]
