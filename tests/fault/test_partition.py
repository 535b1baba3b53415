"""A wire cut between phone and server, each way: what was reported is on record exactly once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rafiqa.service import open_office
from tests.city import Clock, Draws, small_city
from tests.fault.network import SERVER, Wire, wire

ROOT = Path(__file__).parents[2]
SENDER = "tests.fault.send_through_cuts"
PORT = 8321


@contextmanager
def served(store: Path, on: Wire) -> Iterator[None]:
    inside = ["ip", "netns", "exec", on.server, sys.executable, "-m", "rafiqa"]
    with subprocess.Popen(
        [*inside, "serve", str(store), "--host", SERVER, "--port", str(PORT)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        try:
            assert SERVER in process.stdout.readline()
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def reported(folder: Path, n_reports: int, seed: int, *, keys: bool) -> tuple[Any, list[str]]:
    """What the phone says of its reports, and the notes that the ledger holds after."""
    small_city(folder).store.close()
    store = folder / "small.rafiqa"
    with wire() as on, served(store, on):
        words = [on.server, on.phone, str(PORT), str(n_reports), str(seed)]
        command = ["ip", "netns", "exec", on.phone, sys.executable, "-m", SENDER, *words]
        command.append("keys" if keys else "bare")
        ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    office = open_office(str(store), now_us=Clock().now_us, entropy=Draws())
    assert office.store.check() == []
    facts = [record.fact for record in office.facts()]
    office.store.close()
    notes = [note for fact in facts if (note := getattr(fact, "note", None) or "")]
    return json.loads(ran.stdout), [note for note in notes if note.startswith("report ")]


def assert_once_each(folder: Path, n_reports: int, seed: int) -> None:
    told, notes = reported(folder, n_reports, seed, keys=True)
    assert sum(told["cuts"].values()) == n_reports * 7 // 15
    assert min(told["cuts"].values()) > 0
    assert told["unanswered"] >= n_reports * 7 // 15, "the cuts cut nothing"
    assert Counter(notes) == {f"report {number}": 1 for number in range(n_reports)}
    statuses = Counter(status for status, _ in told["answers"])
    assert set(statuses) == {200, 201}, "some were done before their sender knew, and none twice"
    assert len({entry_id for _, entry_id in told["answers"]}) == n_reports


def test_reports_over_a_wire_that_is_cut_are_stored_exactly_once(tmp_path: Path) -> None:
    assert_once_each(tmp_path, 30, seed=1)


def test_the_control_without_keys_reports_are_stored_twice(tmp_path: Path) -> None:
    _, notes = reported(tmp_path, 30, 1, keys=False)
    assert len(notes) > 30
    assert len(set(notes)) == 30


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_seventy_cuts_in_a_hundred_and_fifty_reports(tmp_path: Path, seed: int) -> None:
    assert_once_each(tmp_path, 150, seed)
