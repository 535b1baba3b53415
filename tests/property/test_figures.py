"""The figures add up under any history: 60 of up to 30 steps, 300 in the long run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.figuremachine import FigureMachine

STEADY = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
FigureMachine.TestCase.settings = STEADY
TestFigures = FigureMachine.TestCase


@pytest.mark.slow
def test_the_long_run() -> None:
    run_state_machine_as_test(FigureMachine, settings=settings(STEADY, max_examples=300))
