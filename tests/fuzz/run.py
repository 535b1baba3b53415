"""Runs of one door in a process that may die: what kills or hangs it is a finding, told by number.

Every input follows from the seed and its number alone, so that one that killed the process is made
again by whoever looks for why.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import signal
import struct
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251 - a test draws, from a seed that it tells
from typing import Final, Never

from rafiqa.errors import RafiqaError
from tests.docs.page import ROOT
from tests.fuzz.bend import bytes_bent
from tests.fuzz.target import TARGETS

KEPT: Final = ROOT / "build" / "fuzz"
SLOW_S: Final = 2.0
"""Of processor time: another process beside it is no fault of the reader."""
HUNG_S: Final = 120.0
DATA_BYTES: Final = 1024 * 1024 * 1024
FINDINGS_MOST: Final = 20
_HEAD: Final = struct.Struct("<qqqqq")
"""Number of the run, accepted, refused, raised in a worker, slowest in microseconds."""


@dataclass(slots=True)
class Told:
    """What came of the runs of a door; ``raised`` are those that a worker would have died of.

    Its file is refused then, by a code that says no more: not the reader's own word.
    """

    door: str
    runs: int = 0
    accepted: int = 0
    refused: int = 0
    raised: int = 0
    slowest_s: float = 0.0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for a person."""
        return (
            f"{self.door:<12} {self.runs:>9,} runs  {self.accepted:>9,} read"
            f"  {self.refused:>9,} refused  {self.raised:>7,} raised"
            f"  {len(self.findings)} findings  slowest {self.slowest_s * 1000:,.0f} ms"
            f"  {self.seconds:,.0f} s"
        )


def bent(name: str, seed: int, number: int, seeds: list[bytes]) -> bytes:
    """The input of one run."""
    draw = Random(f"{name}/{seed}/{number}")
    data = draw.choice(seeds)
    for _ in range(draw.choice((1, 1, 2))):
        try:
            data = TARGETS[name].bend(data, draw, seeds)
        except Exception:  # noqa: BLE001 - bent so far already that its structure is gone
            data = bytes_bent(data, draw, seeds)
    return data


def fuzz(name: str, runs: int, seed: int, first: int = 0) -> Told:
    """Runs a door that often, in as many processes as it takes."""
    told, began = Told(name), time.monotonic()
    seeds = [*TARGETS[name].seeds()]
    number, end = first, first + runs
    while number < end and len(told.findings) < FINDINGS_MOST:
        with mmap.mmap(-1, 1 << 16) as board:
            # Made here: who dies clears nothing away.
            with tempfile.TemporaryDirectory(prefix="rafiqa-fuzz-") as folder:
                status = _child(name, seed, (number, end), seeds, (board, Path(folder)))
            at, accepted, refused, raised, slowest_us = _HEAD.unpack_from(board)
            words = bytes(board[_HEAD.size :]).split(b"\0", 1)[0].decode("utf-8", "replace")
        told.runs += at - number + (status != "")
        told.accepted += accepted
        told.refused += refused
        told.raised += raised
        told.slowest_s = max(told.slowest_s, slowest_us / 1e6)
        number = at + 1
        if status:
            told.findings.append(f"run {at}, seed {seed}: {status} {words}")
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / f"{name}-{seed}-{at}").write_bytes(bent(name, seed, at, seeds))
    told.seconds = time.monotonic() - began
    return told


def _child(
    name: str,
    seed: int,
    numbers: tuple[int, int],
    seeds: list[bytes],
    where: tuple[mmap.mmap, Path],
) -> str:
    """Why the process that ran these ended early; empty where it did them all."""
    board = where[0]
    _HEAD.pack_into(board, 0, numbers[0], 0, 0, 0, 0)
    pid = os.fork()
    if pid == 0:
        _work(name, seed, numbers, seeds, where)
    last, since = numbers[0], time.monotonic()
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return {0: "", 7: "raised", 8: "slow", 9: "memory"}.get(code, f"died of {code}")
        at = _HEAD.unpack_from(board)[0]
        if at != last:
            last, since = at, time.monotonic()
        elif time.monotonic() - since > HUNG_S:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return "hung"
        time.sleep(0.02)


def _work(
    name: str,
    seed: int,
    numbers: tuple[int, int],
    seeds: list[bytes],
    where: tuple[mmap.mmap, Path],
) -> Never:
    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        status = _loop(name, seed, numbers, seeds, where)
    finally:
        os._exit(status)


def _loop(
    name: str,
    seed: int,
    numbers: tuple[int, int],
    seeds: list[bytes],
    where: tuple[mmap.mmap, Path],
) -> int:
    board, folder = where
    target = TARGETS[name]
    accepted = refused = raised = slowest_us = 0
    for data in seeds:
        # What it loads is no time of a run.
        with contextlib.suppress(Exception):
            target.read(data, folder)
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_BYTES, hard))
    for number in range(*numbers):
        _HEAD.pack_into(board, 0, number, accepted, refused, raised, slowest_us)
        data = bent(name, seed, number, seeds)
        began = time.process_time()
        try:
            target.read(data, folder)
            accepted += 1
        except RafiqaError:
            refused += 1
        except MemoryError:
            if not target.own:
                return 9
            refused += 1  # its worker has the same limit, and refuses the file
        except Exception as error:  # noqa: BLE001 - the finding itself
            if not target.own:
                words = f"{type(error).__name__}: {error}"[:400].encode("utf-8", "replace")
                board[_HEAD.size : _HEAD.size + len(words) + 1] = words + b"\0"
                return 7
            raised += 1
        took_s = time.process_time() - began
        slowest_us = max(slowest_us, int(took_s * 1e6))
        _HEAD.pack_into(board, 0, number, accepted, refused, raised, slowest_us)
        if took_s > SLOW_S:
            return 8
    _HEAD.pack_into(board, 0, numbers[1], accepted, refused, raised, slowest_us)
    return 0
