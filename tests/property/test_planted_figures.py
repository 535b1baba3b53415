"""The control of the machine of figures: with a count turned wrong, it must fail."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.property.figuremachine import FigureMachine
from tests.property.planted import Planted
from tests.property.plantedfigures import BUGS
from tests.property.test_planted_bugs import SEARCH


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_seen(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name, wrong in bug.changes:
        monkeypatch.setattr(place, name, wrong)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(FigureMachine, settings=SEARCH)
