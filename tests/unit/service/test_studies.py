"""Many documents studied by several processes: in order, each once, whatever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.service import studies as module
from rafiqa.service.studies import Desk, Studied, studies, study_one, study_read
from rafiqa.wire.document import Document

ROOT = Path(__file__).resolve().parents[3]
N_DOCUMENTS = 40
DEADLY = "deadly.txt"


def written(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        path = folder / f"{number:03}.txt"
        path.write_text(f"وجد الأهالي {number + 2} ألغام في الرقة.\n", encoding="utf-8")
        paths.append(path)
    return paths


def dies_of_one(path: Path, document: Document | None = None) -> Studied:
    """What a process of the pool runs in the fault test: one document ends the process."""
    if path.name == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return study_one(path) if document is None else study_read(path, document)


def told(found: Studied) -> tuple[Path, str, int, tuple[object, ...]]:
    return (found.path, found.document.sha256, len(found.claims), found.claims)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents are few: what processes do is seen with little."""
    monkeypatch.setattr(module, "FEW", 2)


def test_several_processes_give_what_one_gives_and_ask_for_little_ahead(tmp_path: Path) -> None:
    paths, asked = written(tmp_path, N_DOCUMENTS), []

    def listed() -> Iterator[Path]:
        for path in paths:
            asked.append(path)
            yield path

    alone = [told(found) for found in studies(paths, Desk(), n_processes=1)]
    assert [found[0] for found in alone] == paths
    assert all(found[2] for found in alone)
    together, ahead = [], 0
    for found in studies(listed(), Desk(), n_processes=2):
        together.append(told(found))
        ahead = max(ahead, len(asked) - len(together))
    assert together == alone
    # The list may be endless: what is in hand does not grow with it.
    assert ahead < N_DOCUMENTS / 2


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"service\.study\.day"):
        list(studies(written(tmp_path, 1), Desk(published="soon")))


@pytest.mark.slow
def test_a_process_that_is_killed_loses_no_document(tmp_path: Path) -> None:
    paths = written(tmp_path, N_DOCUMENTS)
    taking = studies(paths, Desk(), n_processes=2)
    came = [next(taking)]
    for process in active_children()[:1]:
        process.kill()
    came += taking
    assert [found.path for found in came] == paths
    assert all(found.claims for found in came)


@pytest.mark.slow
def test_a_document_that_ends_its_process_is_told_of_and_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "study_one", dies_of_one)
    monkeypatch.setattr(module, "study_read", dies_of_one)
    monkeypatch.syspath_prepend(str(ROOT))
    paths = written(tmp_path, 6)
    deadly = tmp_path / DEADLY
    deadly.write_text("وجد الأهالي ألغاماً في الرقة.", encoding="utf-8")
    paths.insert(1, deadly)
    came = list(studies(paths, Desk(), n_processes=2))
    assert [found.path for found in came] == paths
    unread = [found for found in came if found.document.faults]
    assert [found.path for found in unread] == [deadly]
    assert [fault.code for fault in unread[0].document.faults] == ["wire.document.crashed"]
    # Named by its hash, so that it is kept and a person can look.
    assert len(unread[0].document.sha256) == 64
    assert all(found.claims for found in came if found.path != deadly)


@pytest.mark.parametrize("n_broken", [2, 3, 99])
def test_processes_that_die_again_and_again_lose_no_document(
    n_broken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is then asked alone, for as long as it takes: in the pool it had no limit either."""
    left, limits = [n_broken], []

    def begun(_: ProcessPoolExecutor, one: Callable[[Path], Studied], path: Path) -> object:
        del one
        if left[0]:
            left[0] -= 1
            raise BrokenProcessPool
        return alone(path)

    def alone(path: Path) -> Future[Studied]:
        studied: Future[Studied] = Future()
        studied.set_result(next(iter(studies([path], Desk(), 1))))
        return studied

    def apart(path: Path, desk: Desk, within_s: float | None = module.WITHIN_S) -> Studied:
        limits.append(within_s)
        return next(iter(studies([path], desk, 1)))

    monkeypatch.setattr(ProcessPoolExecutor, "submit", begun)
    monkeypatch.setattr(module, "study_apart", apart)
    paths = written(tmp_path, 5)
    came = list(studies(paths, Desk(), n_processes=2))
    assert [found.path for found in came] == paths
    assert all(found.claims for found in came)
    assert set(limits) <= {None}
    assert limits or n_broken == 3, "the fourth time the processes live"
