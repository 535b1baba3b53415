"""``rafiqa account`` with all that is asked beside it; no figure without its statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.city import small_city
from tests.unit.cli.conftest import Run

STATEMENT = {"source", "from", "valid_at", "known_at", "method", "boundary", "ledger"}
EVERYTHING = ("--details", "--indicators", "--by", "operator", "--compare-known-at", "2026-01-20")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("figures")
    small_city(folder).store.close()
    return str(folder / "small.rafiqa")


def unstated(answer: Any, *, under: bool = False, place: str = "$") -> Iterator[str]:
    """Where a figure stands with no statement beside or above it."""
    if isinstance(answer, dict):
        told = answer.get("statement")
        assert told is None or (set(told) == STATEMENT and all(told.values())), place
        under = under or told is not None
        for key, value in answer.items():
            if key.endswith("_m2") and isinstance(value, int | float) and not under:
                yield f"{place}.{key}"
            yield from unstated(value, under=under, place=f"{place}.{key}")
    if isinstance(answer, list):
        for at, value in enumerate(answer):
            yield from unstated(value, under=under, place=f"{place}[{at}]")


def test_no_figure_without_where_it_comes_from(run: Run, store: str) -> None:
    answer = run("account", store, *EVERYTHING, "--json").answer
    assert list(unstated(answer)) == []
    for section in ("by", "indicators"):
        assert answer[section]
        assert all(set(row["statement"]) == STATEMENT for row in answer[section])
    assert set(answer["difference"]["statement"]) == STATEMENT
    assert set(answer["difference"]["earlier"]) == STATEMENT
    assert list(unstated({"a": {"x_m2": 1.0}})) == ["$.a.x_m2"]  # the check itself can fail


def test_the_text_says_where_its_figures_come_from(run: Run, store: str) -> None:
    for lang in ("en", "ar"):
        said = run("account", store, *EVERYTHING, "--lang", lang).out
        entries = run("account", store, "--json").answer["statement"]["ledger"]["entries"]
        assert f"1–{entries}" in said
        assert "Small" in said


def test_the_contract_keys_are_as_they_were(run: Run, store: str) -> None:
    plain = run("account", store, "--to", "2026-06-01", "--json").answer
    more = run("account", store, "--to", "2026-06-01", *EVERYTHING, "--json").answer
    assert plain["classes"] == more["classes"]
    assert set(plain["classes"]) == {"sha", "cha"}
    assert plain["indication"] == {"opening_m2": 0, "closing_m2": 0}
    assert "by" not in plain
    assert "indicators" not in plain
    assert "difference" not in plain
    row = more["by"][0]
    assert {"operator", "classes", "balance_error_m2", "statement"} <= set(row)
    assert list(row["classes"]["sha"]) == list(plain["classes"]["sha"])


def test_an_operator_alone(run: Run, store: str) -> None:
    answer = run("account", store, "--operator", "deminers", "--json").answer
    assert answer["operator"] == "deminers"
    assert answer["classes"]["cha"]["new_m2"] == 10_000
    assert answer["balance_error_m2"] == 0
    assert "deminers" in run("account", store, "--operator", "deminers").out


def test_output_in_words_with_its_two_dates(run: Run, store: str) -> None:
    answer = run("account", store, "--json").answer["output"]
    assert answer["rework_m2"] == 0
    assert [(row["organisation"], row["decided_m2"]) for row in answer["rows"]] == [
        (None, 1_600),
        ("deminers", 8_600),
    ]
    said = run("account", store, "--details").out
    assert "deminers" in said
    assert "stated 10,500.0, computed 10,000.0, difference 500.0" in said


def test_the_difference_in_words_names_the_fact(run: Run, store: str) -> None:
    said = run("account", store, "--compare-known-at", "2026-02-10").out
    assert "Land reopened" in said
    assert "CHA reopened: +3,600.0 m²" in said
    ran = run(
        "account", store, "--known-at", "2026-01-20", "--compare-known-at", "2026-01-21", "--json"
    )
    assert ran.status == 1
    assert ran.codes == ["service.account.compared-later"]


def test_what_is_no_time_is_refused(run: Run, store: str) -> None:
    assert run("account", store, "--compare-known-at", "soon", "--json").status == 1
    assert run("account", store, "--by", "moon", "--json").status == 2
