"""The control of the figures' tests: with a count turned wrong, unit tests or the machine fail."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.property.figuremachine import FigureMachine
from tests.property.planted import Planted
from tests.property.plantedfigures import BUGS
from tests.property.test_planted_bugs import hunted, search, unit_tests_fail

LONG = frozenset({"the difference misses a fact"})


def hunt() -> None:
    assert not unit_tests_fail()
    run_state_machine_as_test(FigureMachine, settings=search(1_500))


@pytest.mark.parametrize("bug", [hunted(each, LONG) for each in BUGS], ids=str)
def test_a_planted_bug_is_seen(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name, wrong in bug.changes:
        monkeypatch.setattr(place, name, wrong)
    with pytest.raises(AssertionError):
        hunt()
