"""Dashboards: every figure is the land account's, to the half mm², and open cases are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rafiqa.errors import InvalidInput
from rafiqa.land import LandReopened, ReleaseAccepted, TaskOrdered
from rafiqa.recovery import LayerRegistered
from rafiqa.service import (
    AsOf,
    AssetShelf,
    Office,
    accept_release,
    ask_account,
    order_work,
    register_layer,
)
from rafiqa.service.equity import ask_equity
from rafiqa.service.progress import ask_progress
from rafiqa.service.qualityfigures import ask_quality
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.reopening import reopen_land
from rafiqa.service.waits import ask_waits
from tests.city import DAY_US, FIRST, SECOND, START_US, box, small_city

NOW = AsOf(None, None)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = small_city(tmp_path_factory.mktemp("dash"))
    yield made
    made.store.close()


def peopled(office: Office) -> Office:
    cells = [box(0, 0, 150, 150), box(150, 0, 400, 150)]
    lonlat = np.array([office.frame.to_lonlat(each).geometry for each in cells], dtype=object)
    columns: dict[str, Sequence[Any]] = {
        "population": [200, 100],
        "district": ["West", "East"],
    }
    fact = LayerRegistered("people", "population", "", 0, "test")
    assert register_layer(office, FIRST, fact, (["k1", "k2"], lonlat, columns)).done
    return office


def test_the_quarters_are_the_land_account_and_follow_on_one_another(office: Office) -> None:
    found = ask_progress(office)
    whole = ask_account(office, from_us=BEGINNING_US - 1, until_us=office.now_us())
    last = found.quarters[-1].account
    for name, item in whole.classes.items():
        assert last.classes[name].closing == item.closing
        for flow, size in item.flows.items():
            assert sum(each.account.classes[name].flows[flow] for each in found.quarters) == size
    for before, after in zip(found.quarters, found.quarters[1:], strict=False):
        for name in whole.classes:
            assert before.account.classes[name].closing == after.account.classes[name].opening
    assert all(each.account.balance_error == 0 for each in found.quarters)
    assert found.statement.n_entries == len(office.facts())
    assert found.statement.method
    with pytest.raises(InvalidInput):
        ask_progress(office, from_us=START_US, until_us=START_US - 1)
    with pytest.raises(InvalidInput):
        ask_progress(office, from_us=START_US - 40_000 * DAY_US)


def test_the_districts_add_up_to_the_account_to_the_half_square_millimetre(tmp_path: Path) -> None:
    office = peopled(small_city(tmp_path))
    found = ask_equity(office, AssetShelf(), NOW)
    until_us = office.now_us()
    whole = ask_account(office, from_us=BEGINNING_US - 1, until_us=until_us)
    assert sum(each.hazard2 for each in found.districts) == sum(
        item.closing for item in whole.classes.values()
    )
    by = {each.name: each for each in found.districts}
    assert list(by) == ["East", "West"]
    # H1 less its released half, and H3, which lies nearer to the west; H2 lies in the east.
    assert by["West"].hazard2 == 2 * (5_000 + 3_600) * 1_000_000
    assert by["East"].hazard2 == 2 * 2_500 * 1_000_000
    assert by["West"].per_resident_m2 == pytest.approx(8_600 / 200)
    assert list(by["West"].area_ids) == ["H1", "H3"]
    assert by["East"].released2 == 2 * 1_600 * 1_000_000
    office.store.close()


def test_without_people_there_is_no_figure_for_each_of_them(office: Office) -> None:
    (nobody,) = ask_equity(office, AssetShelf(), NOW).districts
    assert (nobody.name, nobody.residents, nobody.per_resident_m2) == (None, 0, None)


def test_each_step_counts_what_is_over_and_what_waits(office: Office) -> None:
    steps = {step.name: step for step in ask_waits(office, NOW).steps}
    assert list(steps) == ["survey", "task", "work", "release", "permit"]
    said = {
        name: (step.time.n_over, step.time.n_open, step.left_out) for name, step in steps.items()
    }
    # Three areas of evidence; only H1 has a task, which was ordered without a report that names it.
    assert said["survey"] == (3, 0, 0)
    assert said["task"] == (1, 2, 0)
    assert said["work"] == (0, 1, 0)
    # W1 and W3 were released in part; W2 failed, and waits as its rework will.
    assert said["release"] == (2, 0, 1)
    # Only the well stands on released ground alone, and nobody has permitted it.
    assert said["permit"][1] == len(steps["permit"].longest)
    assert "J-open" in [case.subject for case in steps["permit"].longest]
    assert "J-school" not in [case.subject for case in steps["permit"].longest]
    assert [case.subject for case in steps["task"].longest] == ["H2", "H3"]
    assert steps["task"].time.p90_days is None


def test_ground_put_back_to_hazard_waits_anew_for_a_task(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    again = LandReopened("O1", box(0, 0, 50, 100), "missed_item", "cha", "H1")
    assert reopen_land(office, FIRST, again).done
    step = next(step for step in ask_waits(office, NOW).steps if step.name == "task")
    assert (step.time.n_over, step.time.n_open) == (1, 3)
    assert sorted(case.subject for case in step.longest) == ["H1", "H2", "H3"]
    order = TaskOrdered("T-again", "H1", "deminers", ("manual",), 20)
    assert order_work(office, FIRST, order).done
    step = next(step for step in ask_waits(office, NOW).steps if step.name == "task")
    assert (step.time.n_over, step.time.n_open) == (2, 2)
    office.store.close()


def test_waits_are_told_as_true_and_known_then(office: Office) -> None:
    first = min(fact.recorded_at_us for fact in office.facts())
    early = {step.name: step.time for step in ask_waits(office, AsOf(first, first)).steps}
    assert all(time.n_over + time.n_open == 0 for time in early.values())


def test_quality_counts_looks_failures_and_passes_that_were_wrong(office: Office) -> None:
    found = ask_quality(office)
    assert (found.n_passed, found.n_failed) == (2, 1)
    # The accident on H3 showed that something had been left there.
    assert [(each.look_id, each.work_id) for each in found.wrong] == [("I-W3", "W3")]
    assert sum(each.passed for each in found.quarters) == found.n_passed
    rework = sum(each.rework2_mm2 for each in found.quarters)
    assert rework == 0


def test_a_release_more_moves_the_figures_by_its_ground(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    before = ask_progress(office).quarters[-1].account
    accepted = accept_release(office, SECOND, ReleaseAccepted("R2"))
    after = ask_progress(office).quarters[-1].account
    moved = 2 * 4_000 * 1_000_000 if accepted.done else 0
    assert accepted.done, accepted.reasons
    assert before.classes["cha"].closing - after.classes["cha"].closing == moved
    office.store.close()
