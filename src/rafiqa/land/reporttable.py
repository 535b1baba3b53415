"""Reports as values: tables of cells, where every figure says what it is and where it is from.

Nothing here is worded or laid out: words are codes, and whoever prints a report chooses language
and paper. A figure without a value says why it has none; it is never nought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from rafiqa.geo import GridShape
from rafiqa.land.statement import Statement

M2_HALF_MM2 = 2_000_000
"""Twice the area of a square metre in mm²."""
LEAST_PEOPLE = 5
"""Of fewer people no number is told: who they are could be known (trust study, section 3.6)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the catalogue: its code, and the figures that it names."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """Codes of one of the dictionary's lists."""

    list_name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An id or a name, as it is on record."""

    text: str


@dataclass(frozen=True, slots=True)
class At:
    """A moment, microseconds since 1970 UTC; told to the day or to the second."""

    at_us: int
    by_day: bool = True


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure comes from: whose record, by which method, of which ground, as of when.

    ``from_us`` is the start of the period that the figure is of; None where it is as of a moment.
    """

    source: Said | Words
    method: Words
    boundary: Said | Words
    from_us: int | None
    valid_at_us: int
    known_at_us: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a unit, and where it comes from; without a value it says why."""

    value: int | Fraction | Decimal | None
    unit: str
    origin: Origin
    why: Words | None = None


Cell = Words | Label | Said | At | Figure
NOT_RECORDED = Words("report.not-recorded")
NO_NUMBER = Words("report.fewer-than-five")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and the unit that all its figures are in, if it has any."""

    name: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of a report.

    Attributes:
        name: what it is of.
        columns: in order.
        rows: a cell for each column.
        origin: where its figures come from, unless a figure says otherwise.
        total: the sum of its rows, where their sum means something.
        notes: what must be known to read it.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    origin: Origin
    total: tuple[Cell, ...] | None = None
    notes: tuple[Words, ...] = ()

    def figures(self) -> Iterator[Figure]:
        """Yields every figure of its rows."""
        yield from (cell for row in self.rows for cell in row if isinstance(cell, Figure))

    def column(self, name: str) -> list[Cell]:
        """Returns the cells of a column, from the first row down."""
        at = [column.name for column in self.columns].index(name)
        return [row[at] for row in self.rows]


@dataclass(frozen=True, slots=True)
class ReportMap:
    """What a report draws: outlines by id, and ground by what it is."""

    outlines: tuple[tuple[str, GridShape], ...]
    ground: tuple[tuple[str, GridShape], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report.

    Attributes:
        kind: which one.
        about: of what: an area, a project, a donor, or all on record.
        statement: where its figures come from, with the place in the ledger.
        tables: in order.
        missing: what such a report should say, and the record does not.
        notices: what whoever reads it must know, each a text.
        signatures: who signs it by hand.
        picture: its map, where it has one.
    """

    kind: str
    about: tuple[Words | Said, ...]
    statement: Statement
    tables: tuple[ReportTable, ...]
    missing: tuple[Words, ...] = ()
    notices: tuple[Words | Said, ...] = ()
    signatures: tuple[str, ...] = ()
    picture: ReportMap | None = None

    def table(self, name: str) -> ReportTable:
        """Returns the table of a name.

        Raises:
            KeyError: it has none.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def square_metres(size2_mm2: int, origin: Origin) -> Figure:
    """Returns twice an area in mm² as exact square metres."""
    return Figure(Fraction(size2_mm2, M2_HALF_MM2), "m2", origin)


def hectares(size2_mm2: int, origin: Origin) -> Figure:
    """Returns twice an area in mm² as exact hectares."""
    return Figure(Fraction(size2_mm2, M2_HALF_MM2 * 10_000), "ha", origin)


def counted(value: int, unit: str, origin: Origin) -> Figure:
    """Returns a count of what is on record."""
    return Figure(value, unit, origin)


def number_or_none(value: int | None, unit: str, origin: Origin) -> Figure:
    """Returns a number in a unit, or that none is on record."""
    return Figure(value, unit, origin, NOT_RECORDED if value is None else None)


def people(n: int | None, origin: Origin) -> Figure:
    """Returns how many people; without a number of one to four, and where none is on record."""
    if n is None:
        return Figure(None, "people", origin, NOT_RECORDED)
    if 0 < n < LEAST_PEOPLE:
        return Figure(None, "people", origin, NO_NUMBER)
    return Figure(n, "people", origin)


def people_total(counts: Sequence[int | None], origin: Origin) -> Figure:
    """Returns the sum of counts told beside one another, where it gives away none withheld.

    One count withheld is the total less the others; so is a sum of several that is itself small,
    and one that can only come about where all are the least or all the most that is withheld.
    """
    known = [n for n in counts if n is not None]
    withheld = [n for n in known if 0 < n < LEAST_PEOPLE]
    if not known:
        return people(None, origin)
    bounds = {len(withheld), len(withheld) * (LEAST_PEOPLE - 1)}
    told = sum(withheld)
    if withheld and (len(withheld) == 1 or told < LEAST_PEOPLE or told in bounds):
        return Figure(None, "people", origin, NO_NUMBER)
    return people(sum(known), origin)
