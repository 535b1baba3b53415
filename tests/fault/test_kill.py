"""kill -9 in the middle of writing, again and again: what was acknowledged is there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rafiqa.ledger import check_chain
from rafiqa.store import EmbeddedStore
from tests.fault.workload import batch, opened

SCRIPT = Path(__file__).with_name("append_until_killed.py")


Writer = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def writer() -> Iterator[Writer]:
    """Starts writers; none outlives the test."""
    started = []

    def start(folder: Path, prefix: str, n_threads: int = 1) -> subprocess.Popen[str]:
        command = [sys.executable, str(SCRIPT), str(folder / "site.rafiqa"), prefix]
        command.append(str(n_threads))
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def killed_after(process: subprocess.Popen[str], wait_s: float) -> list[str]:
    """The lines that a writer printed before it was killed; only whole lines count."""
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(wait_s)
    process.kill()
    rest = process.stdout.read()
    process.stdout.close()
    process.wait()
    return [line for line in (first + rest).split("\n")[:-1] if line]


def assert_holds(store: EmbeddedStore, told: list[str]) -> None:
    held = {entry.entry_id: entry.entry_hash.hex() for entry in store.read()}
    assert len(held) == store.head().seq
    for line in told:
        entry_id, entry_hash = line.split()
        assert held[entry_id] == entry_hash
    assert check_chain(store.read(), until=store.head()) == []
    assert store.check() == []
    assert store.writable


def kill_again_and_again(writer: Writer, folder: Path, rounds: int, seed: int) -> int:
    """Two writers on one store, one of them with threads that share commits; both are killed."""
    chance = np.random.default_rng(seed)
    opened(folder, create=True).close()
    told: list[str] = []
    for number in range(rounds):
        first = writer(folder, f"a{seed}-{number}", 4)
        second = writer(folder, f"b{seed}-{number}")
        told += killed_after(first, float(chance.uniform(0.0, 0.15)))
        told += killed_after(second, float(chance.uniform(0.0, 0.15)))
        store = opened(folder)
        assert_holds(store, told)
        store.append(batch(2000 + number))
        store.close()
    return len(told)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_acknowledged_is_lost_by_kill_9(writer: Writer, tmp_path: Path, seed: int) -> None:
    assert kill_again_and_again(writer, tmp_path, 4, seed) > 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 15))
def test_nothing_acknowledged_is_lost_by_many_kills(
    writer: Writer, tmp_path: Path, seed: int
) -> None:
    assert kill_again_and_again(writer, tmp_path, 20, seed) > 500


def test_a_killed_writer_leaves_no_lock_behind(writer: Writer, tmp_path: Path) -> None:
    opened(tmp_path, create=True).close()
    killed_after(writer(tmp_path, "x"), 0.02)
    store = opened(tmp_path, wait_ms=0)
    store.append(batch(1))
    store.close()


def test_reading_works_while_another_process_writes(writer: Writer, tmp_path: Path) -> None:
    store = opened(tmp_path, create=True)
    process = writer(tmp_path, "x")
    assert process.stdout is not None
    process.stdout.readline()
    seen = []
    for _ in range(5):
        seen.append(sum(1 for _ in store.read()))
        assert check_chain(store.read()) == []
    receipt = store.append(batch(1))  # a short write waits for its turn
    assert len(receipt.stored) == 3
    told = killed_after(process, 0)
    assert seen == sorted(seen)
    assert_holds(store, told)
    store.close()
