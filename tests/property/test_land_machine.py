"""The land book holds under any history: 500 histories of up to 30 steps."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant

from tests.property.landmachine import LandMachine


class CheckedLandMachine(LandMachine):
    """The machine with its checks made after every step."""

    @invariant()
    def holds(self) -> None:
        if self.facts:
            self.check()


CheckedLandMachine.TestCase.settings = settings(
    max_examples=500,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLand = pytest.mark.long(CheckedLandMachine.TestCase)
