"""Every system call on the store's files fails in turn, or the process is killed at it.

By strace, from outside: what the kernel says to a real process, not what a VFS of ours says. One
life is traced; then it is lived again with the n-th call killed, or answered with EIO or ENOSPC.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.ledger import check_chain
from tests.fault.conftest import folder_like
from tests.fault.workload import STORE_NAME, batch, opened

SCRIPT = Path(__file__).with_name("append_one.py")
CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "pread64", "openat", "unlink")
FAULTS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
WITHIN_CI = 4
"""So many of the points of each call and fault are tried in a default run; all in a slow one."""
STARTS_S = (0, 0.1, 0.5, 2, 5, 10)
"""How long each further start of strace is waited for: a full machine refuses a few in a row."""

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed: apt-get install strace"
)


def lived(folder: Path, prefix: str, *options: str) -> tuple[int, list[str], str]:
    """How one life under strace ended, what it was told, and the trace of the store's files."""
    trace = folder / "trace"
    command = ["strace", "-f", "-qq", "-o", str(trace), *options]
    command += [sys.executable, str(SCRIPT), str(folder / STORE_NAME), prefix]
    said: list[str] = []
    for wait_s in STARTS_S:
        time.sleep(wait_s)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if trace.exists():
            told = [line for line in done.stdout.split("\n")[:-1] if line.startswith(prefix)]
            return done.returncode, told, trace.read_text(encoding="utf-8", errors="replace")
        # Now and then strace does not get as far as its own file; then nothing was begun at all.
        assert done.stdout == "", done.stdout
        said.append(f"{done.returncode}: {done.stderr.strip()}")
    raise AssertionError(f"strace did not start: {said}")


def ours(folder: Path) -> list[str]:
    """Only calls on the store's files are counted, traced and made to fail."""
    names = [STORE_NAME, *(f"{STORE_NAME}{end}" for end in ("-wal", "-shm", "-lock", "-queue"))]
    return [word for name in names for word in ("-P", str(folder / name))]


def points(blank: Path) -> dict[str, int]:
    """How often each call is made in one life."""
    with folder_like(blank) as folder:
        status, told, trace = lived(folder, "x", *ours(folder), "-e", f"trace={','.join(CALLS)}")
        assert (status, len(told)) == (0, 3), trace[-500:]
    return Counter(re.findall(r"\b(\w+)\(", trace))


def chosen(total: int, most: int) -> Iterator[int]:
    step = max(1, total // most)
    yield from range(1, total + 1, step)


def assert_holds(folder: Path, told: list[str], where: object) -> None:
    (folder / f"{STORE_NAME}-halted").unlink(missing_ok=True)
    store = opened(folder)
    held = {entry.entry_id: entry.entry_hash.hex() for entry in store.read()}
    for line in told:
        entry_id, entry_hash = line.split()
        assert held[entry_id] == entry_hash, where
    assert len(held) <= len(told) + 1, where  # at most one that nobody was told of
    assert check_chain(store.read(), until=store.head()) == [], where
    assert store.check() == [], where
    assert len(store.append(batch(50)).stored) == 3, where
    store.close()


def try_all(blank: Path, most: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for call, total in points(blank).items():
        for fault, inject in FAULTS.items():
            if fault == "ENOSPC" and call not in {"pwrite64", "ftruncate", "openat"}:
                continue
            for at in chosen(total, most):
                with folder_like(blank) as folder:
                    injected = f"inject={call}:{inject}:when={at}"
                    trace = ("-e", f"trace={call}", "-e", injected)
                    status, told, seen = lived(folder, "x", *ours(folder), *trace)
                    where = (call, fault, at, status)
                    assert status in {0, 7, -9, 137}, (where, seen[-300:])
                    halted = (folder / f"{STORE_NAME}-halted").exists()
                    if call in {"fdatasync", "fsync"} and fault == "EIO":
                        outcomes["halted by a failed sync"] += halted
                        outcomes["failed syncs"] += 1
                    assert_holds(folder, told, where)
                    outcomes["points"] += 1
                    outcomes[f"{fault}: {_ended(status)}"] += 1
    return outcomes


def _ended(status: int) -> str:
    return {0: "done", 7: "refused"}.get(status, "killed")


def test_the_process_fails_at_system_calls_and_nothing_told_is_lost(blank: Path) -> None:
    outcomes = try_all(blank, WITHIN_CI)
    assert outcomes["points"] >= 30
    assert outcomes["KILL: killed"] >= 8
    assert outcomes["EIO: refused"] >= 5
    assert outcomes["ENOSPC: refused"] >= 2
    assert outcomes["halted by a failed sync"] == outcomes["failed syncs"] > 0


@pytest.mark.slow
def test_the_process_fails_at_every_system_call(blank: Path) -> None:
    outcomes = try_all(blank, 10_000)
    assert outcomes["points"] >= 70
    assert outcomes["halted by a failed sync"] == outcomes["failed syncs"] > 0


def test_control_a_life_that_tells_before_it_keeps_is_seen_to_lose(blank: Path) -> None:
    """The same questions put to what was told of entries that were never kept."""
    with folder_like(blank) as folder:
        _, told, _ = lived(folder, "x", *ours(folder), "-e", "trace=fdatasync")
        with pytest.raises(KeyError):
            assert_holds(folder, [*told, "x-9 00"], "planted")
