"""Documents studied: one of 30 KB from the command to its records, and ten thousand in a row.

Documents are drawn from the project's own sentences in four languages. The peer of several
processes is one process on the same documents.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

import numpy as np

from bench.table import Table
from bench.timing import Timing
from rafiqa.service.studies import Desk, studies

ROOT: Final = Path(__file__).resolve().parent.parent
SENTENCES: Final = ROOT / "tests" / "unit" / "study" / "adversarial.tsv"
ONE_BYTES: Final = 30_000
GOAL_S, GOAL_MIB = 1.0, 200
SEED: Final = 20261127
REPEATS: Final = 5
_EVERY_S: Final = 0.1


def sentences() -> list[str]:
    """Returns the project's own sentences, all languages among each other."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[2] for line in lines if line and not line.startswith("#")]


def text_of(drawn: np.random.Generator, n_bytes: int) -> str:
    """Returns a text of drawn sentences in paragraphs, as long as said."""
    said, parts, size = sentences(), [], 0
    while size < n_bytes:
        part = " ".join(drawn.choice(said, 3, replace=False))
        parts.append(part)
        size += len(part.encode()) + 2
    return "\n\n".join(parts)


def pss_mib(root: int) -> float:
    """Returns the proportional memory of a process and all below it, in MiB."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(entry.name))
    waiting, kib = [root], 0
    while waiting:
        pid = waiting.pop()
        waiting += below.get(pid, [])
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        kib += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kib / 1024


@contextmanager
def watched(root: int) -> Iterator[list[float]]:
    """Gives the most memory that was seen of a process and all below it, in MiB."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_S):
            most[0] = max(most[0], pss_mib(root))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def measure(quick: bool) -> list[Table]:
    """The table of one document, then that of many."""
    with tempfile.TemporaryDirectory(prefix="rafiqa-bench-") as folder:
        return [_one(Path(folder)), _many(Path(folder), quick)]


def _one(folder: Path) -> Table:
    path = folder / "one.txt"
    path.write_text(text_of(np.random.default_rng(SEED), ONE_BYTES), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def whole(*words: str, watch: bool = False) -> tuple[float, float, float]:
        before = os.times()
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "rafiqa", *words], stdout=subprocess.DEVNULL, env=environment
        )
        # Who watches the memory takes from the time: each is measured in runs of its own.
        with watched(process.pid) if watch else nullcontext([0.0]) as most:
            assert process.wait() == 0  # noqa: S101 - a bench of what failed measures nothing
        took_s = time.perf_counter() - begun
        after = os.times()
        spent = (after.children_user - before.children_user) + (
            after.children_system - before.children_system
        )
        return took_s, spent, most[0]

    asked = ("desk-study", str(path), "--json")
    peak = max(whole(*asked, watch=True)[2] for _ in range(REPEATS))
    runs = [whole(*asked) for _ in range(REPEATS)]
    bare = [whole("--version") for _ in range(REPEATS)]
    wall = Timing(tuple(run[0] for run in runs))
    spent_s = Timing(tuple(run[1] for run in runs)).median_s
    start_s = Timing(tuple(run[0] for run in bare)).median_s
    return Table(
        "A document of 30 KB, from the command to its records",
        (
            f"Goals: {GOAL_S:.0f} s, {GOAL_MIB} MiB. Memory is the proportional share (PSS) of the",
            "command and of the process that reads. `start`: `rafiqa --version`, beside it.",
        ),
        (
            *("repeats", "wall, s", "spread", "÷ goal", "processor, s", "start, s"),
            *("memory, MiB", "÷ goal"),
        ),
        [
            (
                str(REPEATS),
                f"{wall.median_s:.2f}",
                wall.spread,
                f"{wall.median_s / GOAL_S:.2f}",
                f"{spent_s:.2f}",
                f"{start_s:.2f}",
                f"{peak:.0f}",
                f"{peak / GOAL_MIB:.2f}",
            )
        ],
    )


def _many(folder: Path, quick: bool) -> Table:
    sizes, repeats = ((60, 1),) if quick else ((1_000, 5), (10_000, 1)), 1 if quick else REPEATS
    rows: list[tuple[str, ...]] = []
    drawn = np.random.default_rng(SEED)
    made = folder / "documents"
    made.mkdir()
    for count, times in sizes:
        for number in range(len(list(made.iterdir())), count):
            text = text_of(drawn, int(drawn.choice((400, 1_000, 3_000))))
            (made / f"{number:06}.txt").write_text(text, encoding="utf-8")
        paths = sorted(made.iterdir())
        found: dict[int, tuple[Timing, float, int]] = {}
        for processes in (1, 2):
            found[processes] = _studied(paths, processes, min(times, repeats))
        alone_s = found[1][0].median_s
        for processes, (timing, most, records) in found.items():
            rows.append(
                (
                    f"{count:,}",
                    str(processes),
                    str(len(timing.seconds)),
                    f"{timing.median_s:.1f}",
                    timing.spread,
                    f"{count / timing.median_s:.0f}",
                    f"{alone_s / timing.median_s:.2f}",
                    f"{most:.0f}",
                    f"{records:,}",
                )
            )
    return Table(
        "Many documents in a row",
        (
            "Each of 0.4, 1 or 3 KB, read by a process of its own, studied, and let go.",
            "Memory is the proportional share of all processes: bounded by those in hand.",
        ),
        (
            *("documents", "processes", "repeats", "wall, s", "spread", "documents a second"),
            *("one process ÷ it", "memory, MiB", "records"),
        ),
        rows,
    )


def _studied(paths: list[Path], processes: int, repeats: int) -> tuple[Timing, float, int]:
    taken, peak, records = [], 0.0, 0
    for _ in range(repeats):
        with watched(os.getpid()) as most:
            begun = time.perf_counter()
            records = sum(len(one.claims) for one in studies(paths, Desk(), processes))
            taken.append(time.perf_counter() - begun)
        peak = max(peak, most[0])
    return Timing(tuple(taken)), peak, records
