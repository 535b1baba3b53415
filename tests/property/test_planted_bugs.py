"""The control of the land machine: with a rule of the book turned off, it must fail.

A machine that stays green whatever the program does would prove nothing.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.landmachine import HindsightMachine
from tests.property.planted import BUGS, Planted

SEARCH = settings(
    max_examples=1_500,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    database=None,
    derandomize=True,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_seen(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name, wrong in bug.changes:
        monkeypatch.setattr(place, name, wrong)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(HindsightMachine, settings=SEARCH)
