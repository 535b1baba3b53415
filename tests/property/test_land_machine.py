"""The land book holds under any history: 120 histories of up to 30 steps, 1,000 in the long run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.property.landmachine import LandMachine


class CheckedLandMachine(LandMachine):
    """The machine with its checks made after every step."""

    @invariant()
    def holds(self) -> None:
        if self.facts:
            self.check()


STEADY = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CheckedLandMachine.TestCase.settings = STEADY
TestLand = pytest.mark.long(CheckedLandMachine.TestCase)


@pytest.mark.slow
def test_the_long_run() -> None:
    run_state_machine_as_test(CheckedLandMachine, settings=settings(STEADY, max_examples=1_000))
