"""No bent input crashes a door, hangs it, or gets anything but a refusal out of it."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from rafiqa.wire import filled
from tests.fuzz import bend, run
from tests.fuzz.bend import bytes_bent
from tests.fuzz.doortable import DOORS
from tests.fuzz.run import bent, fuzz
from tests.fuzz.target import TARGETS, UNBENT, Target

LIGHT = ("json", "drawn", "xml", "parts", "filter", "place", "archive", "certificate", "mapping")
RUNS = int(os.environ.get("RAFIQA_FUZZ_RUNS", "20000"))
SEED = int(os.environ.get("RAFIQA_FUZZ_SEED", "2"))


def test_every_door_is_bent_or_says_why_not() -> None:
    assert set(TARGETS) | set(UNBENT) == set(DOORS)
    assert not set(TARGETS) & set(UNBENT)


@pytest.mark.parametrize("name", LIGHT)
def test_a_few_bent_inputs_are_read_or_refused(name: str) -> None:
    told = fuzz(name, 150, seed=1)
    assert not told.findings, told.findings
    assert told.runs == 150
    assert told.refused or name == "certificate"
    assert told.accepted, "a door at which all is refused reads nothing"


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_bent_inputs_are_read_or_refused(name: str) -> None:
    told = fuzz(name, RUNS, SEED)
    assert not told.findings, told.findings
    assert told.runs == RUNS
    assert told.accepted


def _raises(_data: bytes, _folder: Path) -> object:
    raise KeyError("planted")


def _dies(_data: bytes, _folder: Path) -> object:
    os.kill(os.getpid(), signal.SIGKILL)
    return None


def _is_slow(_data: bytes, _folder: Path) -> object:
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    return None


@pytest.mark.parametrize(
    ("read", "says"), [(_raises, "raised KeyError"), (_dies, "died of -9"), (_is_slow, "slow")]
)
def test_a_planted_fault_is_found(
    read: object, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The control: a fuzzer that sees nothing would be green for ever."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    planted = Target(lambda: [b"seed"], bytes_bent, read)  # type: ignore[arg-type]
    monkeypatch.setitem(TARGETS, "planted", planted)
    monkeypatch.setattr(run, "SLOW_S", 0.05)
    monkeypatch.setattr(run, "FINDINGS_MOST", 2)
    # What dies while its seeds are read dies before the first run.
    told = fuzz("planted", 3, seed=1)
    assert told.findings
    assert says in told.findings[0]
    assert not list(tmp_path.iterdir()), "who died has left its folder"


def test_what_a_worker_would_die_of_is_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = Target(lambda: [b"seed"], bytes_bent, _raises, own=True)
    monkeypatch.setitem(TARGETS, "planted", planted)
    told = fuzz("planted", 3, seed=1)
    assert (told.findings, told.accepted, told.refused, told.raised) == ([], 0, 0, 3)


@pytest.mark.parametrize("hides", ["half a letter", "a name"])
def test_a_fault_where_danger_is_read_is_not_hidden_by_a_refusal(
    hides: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the strict reader refuses too is seen in the reader of reports."""
    read = filled.filled_json

    def planted(content: bytes, instance_id: str) -> object:
        if b"\\ud800" in content:
            raise KeyError("planted")
        return read(content, instance_id)

    if hides == "a name":
        monkeypatch.setattr(filled, "plain_text", lambda text: text)
    else:
        monkeypatch.setattr(filled, "filled_json", planted)
    monkeypatch.setattr(run, "FINDINGS_MOST", 1)
    told = fuzz("json", 1500, seed=1)
    assert told.findings
    assert ("UnicodeEncodeError" if hides == "a name" else "planted") in told.findings[0]


def test_the_same_seed_bends_alike() -> None:
    seeds = [*TARGETS["json"].seeds()]
    assert bent("json", 1, 7, seeds) == bent("json", 1, 7, seeds)
    alone = bent("json", 1, 7, seeds)
    assert len({bent("json", 1, number, seeds) for number in range(400)}) > 300
    assert bent("json", 1, 7, seeds) == alone, "whatever was bent before it"
    before = repr(bend._VALUES)
    for number in range(400):
        bent("json", 2, number, seeds)
    assert repr(bend._VALUES) == before
