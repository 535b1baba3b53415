"""Figures asked of a store: every one has its statement; the same question has the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.land import LandReopened
from rafiqa.service import (
    Office,
    Question,
    Stamp,
    ask_account,
    ask_figures,
    compare,
    reopen_land,
    split,
)
from rafiqa.wire.figurejson import difference_json, split_json
from tests.city import DAY_US, FIRST, START_US, box, small_city

WEEK_US = 7 * DAY_US


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = small_city(tmp_path_factory.mktemp("figures"))
    yield office
    office.store.close()


def test_the_account_asked_either_way_is_the_same(office: Office) -> None:
    now_us = office.now_us()
    one = ask_account(office, until_us=now_us)
    figures = ask_figures(office, Question(until_us=now_us))
    assert figures.account == one
    assert figures.statement.n_entries == len(office.facts())


def test_the_statement_names_the_place_in_the_ledger(office: Office) -> None:
    half_us = office.facts()[8].recorded_at_us
    statement = ask_figures(office, Question(known_at_us=half_us)).statement
    [entry] = office.store.read(after_seq=8, until_seq=9)
    assert (statement.n_entries, statement.root) == (9, entry.entry_hash.hex())
    before = ask_figures(office, Question(known_at_us=START_US - 1)).statement
    assert (before.n_entries, before.root) == (0, "00" * 32)


def test_an_operators_figures_are_its_areas_alone(office: Office) -> None:
    figures = ask_figures(office, Question(operator_id="deminers"))
    assert figures.account.balance_error == 0
    assert figures.account.classes["cha"].flows["new"] / 2_000_000 == 10_000
    assert {row.subject for row in figures.reported[0]} == {"H1"}
    assert ask_figures(office, Question(donor_id="nobody")).account.classes["cha"].closing == 0


def test_each_row_of_a_split_balances_and_names_what_has_none(office: Office) -> None:
    figures = ask_figures(office, Question())
    rows = dict(split(figures, "operator"))
    assert list(rows) == ["deminers", None]
    for flow in ("new", "cleared", "reopened"):
        parts = [sum(c.flows[flow] for c in row.classes.values()) for row in rows.values()]
        whole = sum(c.flows[flow] for c in figures.account.classes.values())
        assert sum(parts) == whole
    assert all(row.balance_error == 0 for row in rows.values())
    told = split_json("operator", rows.items(), figures.statement)
    assert all(row["statement"]["ledger"]["root"] == figures.statement.root for row in told)
    assert [name for name, _ in split(figures, "area")] == ["H1", "H2", "H3", None]
    assert [name for name, _ in split(figures, "donor")] == [None]


def test_what_changed_in_last_weeks_figures_and_which_fact_did_it(office: Office) -> None:
    """The accident's reopening of H3 (3,600 m²) came in the last weeks."""
    figures = ask_figures(office, Question())
    accident = next(
        record for record in office.facts() if type(record.fact).__name__ == "LandReopened"
    )
    earlier, found = compare(office, figures, accident.recorded_at_us - 1)
    told = difference_json(found, earlier.statement, figures.statement, "en")
    [fact] = told["facts"]
    assert (fact["kind"], fact["entry_id"]) == ("land.reopened", accident.entry_id)
    assert fact["area_m2"]["cha"]["reopened_m2"] == 3_600
    assert told["together"] == []
    assert told["classes"] == fact["area_m2"]
    assert told["earlier"]["ledger"]["entries"] == accident.seq - 1


def test_a_knowing_is_compared_with_an_earlier_one(office: Office) -> None:
    figures = ask_figures(office, Question(known_at_us=START_US + WEEK_US))
    with pytest.raises(InvalidInput, match=r"service\.account\.compared-later"):
        compare(office, figures, START_US + 2 * WEEK_US)


def test_the_same_question_has_the_same_answer_for_ever(tmp_path: Path) -> None:
    """What is written later changes nothing of what was known before."""
    office = small_city(tmp_path)
    facts = office.facts()
    question = Question(None, facts[-1].valid_at_us, facts[len(facts) // 2].recorded_at_us)

    def answer() -> list[Any]:
        figures = ask_figures(office, question)
        _, found = compare(office, figures, facts[3].recorded_at_us)
        return [
            *(figures.statement, figures.account, figures.output, figures.items),
            *(figures.reported, figures.disagreements, figures.indicators, found),
        ]

    then = answer()
    late = LandReopened("late", box(0, 0, 30, 30), "flood")
    assert reopen_land(office, FIRST, late, Stamp(START_US + DAY_US)).done
    assert answer() == then
    office.store.close()
