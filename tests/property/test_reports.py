"""The tables of reports are the land account under any history, cut anywhere, as known any time.

Histories are those of the machine of figures. Rows are added up and held against the account; what
is known half-way is asked as well as what is known at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import cast

from hypothesis import HealthCheck, settings

from rafiqa.geo import GridShape
from rafiqa.land import Account, LandBook, Statement, account, fold
from rafiqa.land.reporttable import M2_HALF_MM2, Figure, Label, ReportTable, Words
from rafiqa.service import AssetShelf, Figures, Office, Question
from rafiqa.service.doubt import Doubts
from rafiqa.service.reportbasis import ReportAsked, ReportBasis
from rafiqa.service.reportfigures import (
    account_table,
    areas_table,
    method_table,
    output_rows,
    output_table,
    standing_table,
)
from rafiqa.service.reportfivew import activities_table
from rafiqa.service.reportland import released_table
from rafiqa.service.reportplace import ReportPlaces
from tests.property.figuremachine import CUT, LOWERED, PERIODS_US, FigureMachine


def basis(book: LandBook, from_us: int, until_us: int, boundary: GridShape | None) -> ReportBasis:
    """What reports are drawn up from, of a book without a store: no table here asks for one."""
    whole = account(book, from_us=from_us, until_us=until_us, boundary=boundary)
    question = Question(from_us, until_us, None, boundary)
    statement = Statement("here", from_us, until_us, until_us, "", "", book.seq, "")
    made = ReportBasis(
        cast("Office", None),
        cast("AssetShelf", None),
        ReportAsked("monthly"),
        Figures(statement, book, whole, question),
        Words("report.boundary.everything"),
    )
    # Of the book alone: without a store there are no works that found anything.
    made.__dict__["in_doubt"] = Doubts(book, until_us)
    made.__dict__["sessions"] = []
    made.__dict__["places"] = ReportPlaces()
    return made


def sum2(table: ReportTable, *names: str) -> int:
    """The sum of some columns of square metres, in half mm²."""
    found = Fraction(0)
    for name in names:
        for cell in table.column(name):
            assert isinstance(cell, Figure)
            found += Fraction(cell.value or 0)
    whole = found * M2_HALF_MM2
    assert whole.denominator == 1
    return int(whole)


class ReportMachine(FigureMachine):
    """Writes histories, and draws up tables when each is over."""

    def teardown(self) -> None:
        if not self.facts:
            return
        n = len(self.facts)
        for known in (self.facts, self.facts[: n // 2]):
            book = fold(known)
            for (from_us, until_us), boundary in product(PERIODS_US, (None, CUT)):
                self.check_tables(basis(book, from_us, until_us, boundary))

    def check_tables(self, asked: ReportBasis) -> None:
        whole = asked.figures.account
        told = account_table(asked)
        for name in ("opening", "closing"):
            expected = sum(getattr(item, name) for item in whole.classes.values())
            assert sum2(told, f"account_{name}") == expected, name
        for name, size in flows2(whole):
            assert sum2(told, f"account_{name}") == size, name
        lowered = sum(size for name, size in flows2(whole) if name in LOWERED)
        rows = output_rows(asked)
        assert sum2(method_table(asked, rows), "area") == lowered
        assert sum2(output_table(asked, rows), "decided") == lowered
        assert sum2(activities_table(asked), "area", "rework") == lowered
        for class_, item in whole.classes.items():
            assert sum2(_of(areas_table(asked), class_), "area") == item.closing, class_
        closing = sum(item.closing for item in whole.classes.values())
        indicated = asked.figures.indication[1]
        assert sum2(areas_table(asked), "area") == closing + indicated
        released = sum(whole.released.values())
        doubted = sum(
            item.size for item, state in asked.states if asked.in_doubt.on(item.face, state)
        )
        assert sum2(released_table(asked), "area") == released - doubted
        assert sum2(standing_table(asked), "area") == closing + indicated + released


def _of(table: ReportTable, class_: str) -> ReportTable:
    """The rows of a table that are of one class."""
    at = [column.name for column in table.columns].index("class")
    rows = [row for row in table.rows if row[at] == Label("class", (class_,))]
    return replace(table, rows=tuple(rows))


def flows2(whole: Account) -> Iterator[tuple[str, int]]:
    names = next(iter(whole.classes.values())).flows
    yield from ((name, sum(item.flows[name] for item in whole.classes.values())) for name in names)


ReportMachine.TestCase.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestReports = ReportMachine.TestCase
