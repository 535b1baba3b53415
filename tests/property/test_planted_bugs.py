"""The control of the land book's tests: with a rule turned off, one of three hunters must see it.

The first holds random histories against the rules in fifty lines, the second runs the unit tests
of the land room, the third the land machine. Hunters that stay green whatever the program does
would prove nothing.
"""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.landmachine import HindsightMachine
from tests.property.planted import BUGS, LONG, SHY, Planted
from tests.property.test_reference import agree

UNIT = Path(__file__).resolve().parent.parent / "unit" / "land"
UNIT_TESTS = [
    UNIT.parent / "recovery" / "test_gate.py",
    *(
        UNIT / f"test_{name}.py"
        for name in (
            "release_rule",
            "quality",
            "lot",
            "area_rule",
            "effect",
            "completion",
            "output",
            "structure",
            "timeline",
        )
    ),
]
FIRST_HISTORIES, HISTORIES, EXAMPLES, MANY_EXAMPLES = 20, 120, 250, 4_000


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


def unit_tests_fail() -> bool:
    """Whether a unit test of the land room sees something, run here with the bug planted."""
    plain = ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:randomly", "-x", "-q"]
    with redirect_stdout(StringIO()):
        status = pytest.main([*plain, "--no-header", *map(str, UNIT_TESTS)])
    return status == pytest.ExitCode.TESTS_FAILED


def hunt(max_examples: int) -> None:
    """The quickest first: most bugs are seen by few histories, or by a unit test."""
    for seed in range(FIRST_HISTORIES):
        agree(seed)
    assert not unit_tests_fail()
    for seed in range(FIRST_HISTORIES, HISTORIES):
        agree(seed)
    run_state_machine_as_test(HindsightMachine, settings=search(max_examples))


def hunted(bug: Planted, long: frozenset[str]) -> object:
    """The bug as a case; in the long run alone where its hunt takes half a minute."""
    return pytest.param(bug, marks=[pytest.mark.slow] if bug.name in long else [])


@pytest.mark.parametrize(
    "bug", [hunted(each, LONG) for each in BUGS if each.name not in SHY], ids=str
)
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


def test_the_hunters_see_nothing_where_nothing_is_planted() -> None:
    hunt(5)


def test_nearly_every_bug_is_seen_in_every_run() -> None:
    assert len(BUGS) >= 30
    assert len(SHY | LONG) <= len(BUGS) * 0.05
    assert {each.name for each in BUGS} >= SHY | LONG
