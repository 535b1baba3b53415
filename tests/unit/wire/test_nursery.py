"""Readers of strangers' bytes: each in a process of its own, forked from one that is in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from rafiqa.wire.nurse import JOBS
from rafiqa.wire.nursery import Ended, Nursery

PATIENCE_S = 60.0
T = TypeVar("T")


@pytest.fixture
def nurses() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def picture(folder: Path) -> dict[str, object]:
    """An order to remake a small picture."""
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8), "red").save(folder / "came", "PNG")
    return {"came": str(folder / "came"), "made": str(folder / "made.jpg")}


def endless(folder: Path) -> dict[str, object]:
    """An order to read what never comes: a pipe into which nobody writes."""
    folder.mkdir(exist_ok=True)
    os.mkfifo(folder / "came")
    return {"came": str(folder / "came"), "made": str(folder / "made.jpg")}


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def waited(what: Callable[[], T]) -> T:
    """What there is once there is something."""
    until = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def nurse_pid(nurses: Nursery) -> int:
    assert nurses._nurse is not None
    return nurses._nurse.process.pid


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Reading:
    """A reader that waits for ever, and how it ended."""

    def __init__(self, nurses: Nursery, folder: Path) -> None:
        self.ended: list[Ended] = []
        order = endless(folder)
        self._thread = threading.Thread(
            target=lambda: self.ended.append(nurses.read("picture", folder, order, PATIENCE_S))
        )
        self._thread.start()
        self.pid = waited(lambda: children(nurse_pid(nurses)) if nurses._nurse else [])[0]

    def outcome(self) -> Ended:
        self._thread.join(PATIENCE_S)
        return self.ended[0]


@pytest.mark.parametrize("job", JOBS)
def test_a_reader_is_forked_from_a_process_of_one_thread(
    nurses: Nursery, tmp_path: Path, job: str
) -> None:
    first = nurses.read(job, tmp_path, {}, PATIENCE_S)
    # The order says nothing, which is told by the reader and not by the nurse.
    assert first.status == 1
    assert b"KeyError" in first.complaint
    # Another order is taken once all that comes by and by has been imported.
    assert nurses.read(job, tmp_path, {}, PATIENCE_S).status == 1
    assert len(list(Path(f"/proc/{nurse_pid(nurses)}/task").iterdir())) == 1


def test_readers_run_side_by_side_and_each_leaves_its_own_answer(
    nurses: Nursery, tmp_path: Path
) -> None:
    def one(n: int) -> Ended:
        folder = tmp_path / str(n)
        return nurses.read("picture", folder, picture(folder), PATIENCE_S)

    with ThreadPoolExecutor(8) as pool:
        assert [each.status for each in pool.map(one, range(40))] == [0] * 40
    assert all((tmp_path / str(n) / "made.jpg").is_file() for n in range(40))
    assert children(nurse_pid(nurses)) == []


def test_a_reader_that_takes_too_long_is_dead_when_it_is_told(
    nurses: Nursery, tmp_path: Path
) -> None:
    assert nurses.read("picture", tmp_path, endless(tmp_path), 0.2) == Ended(None)
    assert children(nurse_pid(nurses)) == []
    assert nurses.read("picture", tmp_path / "b", picture(tmp_path / "b"), PATIENCE_S).status == 0


def test_a_reader_that_dies_takes_no_other_along(nurses: Nursery, tmp_path: Path) -> None:
    long = Reading(nurses, tmp_path / "a")
    before = nurse_pid(nurses)
    os.kill(long.pid, signal.SIGSEGV)
    assert long.outcome().status == -signal.SIGSEGV
    assert nurses.read("picture", tmp_path / "b", picture(tmp_path / "b"), PATIENCE_S).status == 0
    assert nurse_pid(nurses) == before


def test_a_nurse_that_was_killed_is_followed_by_another(nurses: Nursery, tmp_path: Path) -> None:
    long = Reading(nurses, tmp_path / "a")
    before = nurse_pid(nurses)
    os.kill(before, signal.SIGKILL)
    # Its reader may have half an answer: it is not read, and what came is refused.
    assert long.outcome().status == 1
    os.kill(long.pid, signal.SIGKILL)
    assert nurses.read("picture", tmp_path / "b", picture(tmp_path / "b"), PATIENCE_S).status == 0
    assert nurse_pid(nurses) != before


def test_an_idle_nurse_that_went_is_asked_for_anew(nurses: Nursery, tmp_path: Path) -> None:
    for n in range(3):
        folder = tmp_path / str(n)
        assert nurses.read("picture", folder, picture(folder), PATIENCE_S).status == 0
        os.kill(nurse_pid(nurses), signal.SIGTERM)


def test_a_reader_holds_nothing_of_the_nurse_and_little_of_its_surroundings(
    monkeypatch: pytest.MonkeyPatch, nurses: Nursery, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAFIQA_SECRET", "not for readers")
    long = Reading(nurses, tmp_path / "a")
    waited(lambda: Path(f"/proc/{long.pid}/cwd").readlink() == tmp_path / "a")
    waited(lambda: Path(f"/proc/{long.pid}/fd/2").readlink().name == "complaint")
    held = [str(each.readlink()) for each in Path(f"/proc/{long.pid}/fd").iterdir()]
    assert not [each for each in held if each.startswith("socket:")]
    assert b"RAFIQA_SECRET" not in Path(f"/proc/{long.pid}/environ").read_bytes()
    os.kill(long.pid, signal.SIGKILL)
    assert long.outcome().status == -signal.SIGKILL


def test_nothing_outlives_the_process_that_ordered(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "came")
    code = (
        "import sys; from pathlib import Path; from rafiqa.wire.nursery import nursery\n"
        "folder = Path(sys.argv[1]); order = {'came': str(folder / 'came'), 'made': 'made'}\n"
        "nursery().read('picture', folder, order, 600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) as ordering:
        nurse = waited(lambda: children(ordering.pid))[0]
        reader = waited(lambda: children(nurse))[0]
        ordering.kill()
    waited(lambda: not alive(nurse) and not alive(reader))
