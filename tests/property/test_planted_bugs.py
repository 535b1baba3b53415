"""The control of the land book's tests: with a rule turned off, one of two hunters must see it.

The first holds random histories against the rules in fifty lines, the second runs the land
machine. Hunters that stay green whatever the program does would prove nothing.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.landmachine import HindsightMachine
from tests.property.planted import BUGS, SHY, Planted
from tests.property.test_reference import agree

HISTORIES, EXAMPLES, MANY_EXAMPLES = 120, 250, 4_000


def search(max_examples: int) -> settings:
    return settings(
        max_examples=max_examples,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )


def plant(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name, wrong in bug.changes:
        monkeypatch.setattr(place, name, wrong)


def hunt(max_examples: int) -> None:
    for seed in range(HISTORIES):
        agree(seed)
    run_state_machine_as_test(HindsightMachine, settings=search(max_examples))


@pytest.mark.parametrize("bug", [each for each in BUGS if each.name not in SHY], ids=str)
def test_a_planted_bug_is_seen(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(bug, monkeypatch)
    with pytest.raises(AssertionError):
        hunt(EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("bug", [each for each in BUGS if each.name in SHY], ids=str)
def test_a_shy_bug_is_seen_by_a_longer_hunt(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(bug, monkeypatch)
    with pytest.raises(AssertionError):
        hunt(MANY_EXAMPLES)


def test_nearly_every_bug_is_seen_in_every_run() -> None:
    assert len(BUGS) >= 30
    assert len(SHY) <= len(BUGS) * 0.05
    assert {each.name for each in BUGS} >= SHY
