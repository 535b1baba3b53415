"""The figures add up under any history: 300 histories of up to 30 steps."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.property.figuremachine import FigureMachine

FigureMachine.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFigures = FigureMachine.TestCase
