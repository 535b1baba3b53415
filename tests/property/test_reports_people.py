"""Whom risk education reached: 5W and the people report agree, and neither gives a few away.

Sessions are drawn: many activities, places and counts, small ones above all. What is told is added
and taken away in every way that a reader could, and no number of one to four comes out.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.land import Actor, EoreSessionHeld, Recorded, fold
from rafiqa.land.reporttable import (
    LEAST_PEOPLE,
    NO_NUMBER,
    NOT_RECORDED,
    Cell,
    Figure,
    Label,
    ReportTable,
)
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reporteducation import education_table
from rafiqa.service.reportfivew import activities_table
from rafiqa.service.reportreached import REACHED, reached_by, warned
from tests.property.test_reports import basis

Sum = tuple[int, npt.NDArray[np.float64]]
"""How many, and which counts of which sessions they are the sum of."""
COUNTS = st.none() | st.integers(0, 7) | st.integers(20, 40)
SESSIONS = st.lists(
    st.fixed_dictionaries(
        {
            "organisation_id": st.sampled_from(["warners", "tellers"]),
            "reach": st.sampled_from(["direct", "indirect"]),
            "activity": st.sampled_from(["school_session", "house_visit", "broadcast"]),
            "sessions": st.integers(1, 4),
            "community": st.sampled_from([None, "Mill", "Bridge"]),
            **dict.fromkeys(REACHED, COUNTS),
        }
    ),
    max_size=6,
)


def reported(drawn: list[dict[str, Any]]) -> ReportBasis:
    """What reports are drawn up from, where these sessions are all that is on record."""
    made = basis(fold([]), 0, 10, None)
    actor = Actor("someone", "warners", "operator")
    facts = [EoreSessionHeld(f"S{number}", **each) for number, each in enumerate(drawn)]
    made.__dict__["sessions"] = [
        (Recorded(n, f"E{n}", n, n, actor, fact), fact) for n, fact in enumerate(facts, 1)
    ]
    return made


def figures(table: ReportTable, column: str) -> list[Figure]:
    found = table.column(column)
    return [each for each in found if isinstance(each, Figure)]


@given(SESSIONS)
@settings(max_examples=150, deadline=None)
def test_rows_of_5w_add_up_to_the_people_report(drawn: list[dict[str, Any]]) -> None:
    asked = reported(drawn)
    activities = activities_table(asked)
    people = education_table(asked, asked.sessions)
    assert sum(int(each.value or 0) for each in figures(activities, "sessions")) == sum(
        int(each.value or 0) for each in figures(people, "sessions")
    )
    told = figures(activities, "reached")
    every = [each for name in REACHED for each in figures(people, name)]
    if all(each.why != NO_NUMBER for each in [*told, *every]):
        whole = sum(int(each.value or 0) for each in every)
        assert sum(int(each.value or 0) for each in told) == whole
        assert activities.total is not None
        total = activities.total[-1]
        assert isinstance(total, Figure)
        nothing = reached_by([fact for _, fact in asked.sessions]) is None
        assert total.value == (None if nothing or _few(whole) else whole)
        assert (total.why == NOT_RECORDED) == nothing


@given(SESSIONS)
@settings(max_examples=300, deadline=None)
def test_no_few_people_follow_from_what_is_told(drawn: list[dict[str, Any]]) -> None:
    """No sum of one to four is a sum or a difference of numbers told, in both tables together."""
    asked = reported(drawn)
    facts = [fact for _, fact in asked.sessions]
    at = {
        (fact.session_id, name): number
        for number, (fact, name) in enumerate(product(facts, REACHED))
        if getattr(fact, name) is not None
    }

    def sum_of(some: list[EoreSessionHeld], *names: str) -> Sum:
        parts = np.zeros(len(facts) * len(REACHED))
        known = [
            at[f.session_id, name] for f in some for name in names if (f.session_id, name) in at
        ]
        parts[known] = 1
        return sum(getattr(f, name) or 0 for f in some for name in names), parts

    people = education_table(asked, asked.sessions)
    sums: list[tuple[Figure, Sum]] = []
    for row in people.rows:
        activity, reach = row[0], row[1]
        assert isinstance(activity, Label)
        assert isinstance(reach, Label)
        here = [f for f in facts if (f.activity, f.reach) == (*activity.codes, *reach.codes)]
        sums += [(_figure(row, people, name), sum_of(here, name)) for name in REACHED]
    assert people.total is not None
    sums += [(_figure(people.total, people, name), sum_of(facts, name)) for name in REACHED]
    for each in warned(asked, asked.sessions, asked.origin("education")):
        assert each.reached is not None
        sums.append((each.reached, sum_of(each.facts, *REACHED)))
    activities = activities_table(asked)
    assert activities.total is not None
    sums.append((_figure(activities.total, activities, "reached"), sum_of(facts, *REACHED)))
    told = [parts for figure, (n, parts) in sums if figure.value is not None and figure.value == n]
    assert len(told) == sum(figure.value is not None for figure, _ in sums)
    known = np.array([*told, np.zeros(len(facts) * len(REACHED))])
    rank = np.linalg.matrix_rank(known)
    for _, (n, parts) in sums:
        if 0 < n < LEAST_PEOPLE:
            assert np.linalg.matrix_rank(np.vstack([known, parts])) > rank


def _figure(row: tuple[Cell, ...], table: ReportTable, name: str) -> Figure:
    cell = row[[column.name for column in table.columns].index(name)]
    assert isinstance(cell, Figure)
    return cell


def _few(n: int) -> bool:
    return 0 < n < LEAST_PEOPLE
