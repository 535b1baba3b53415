"""Repeats of one piece of work: their median and their spread."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall seconds of every repeat, in the order they were run."""

    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """The shortest and the longest as shares of the median, such as ``-3 % … +8 %``."""
        median_s = self.median_s
        low, high = min(self.seconds) / median_s - 1, max(self.seconds) / median_s - 1
        return f"{low:+.0%} … {high:+.0%}".replace("%", " %")

    def quantile_s(self, share: float) -> float:
        """Returns the value that a share of the repeats does not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def one(work: Callable[[], object]) -> float:
    """Returns the wall seconds of one run; the garbage of the run before is taken out first."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def repeated(work: Callable[[], object], n_repeats: int) -> Timing:
    """Returns the timing of a piece of work run so many times."""
    return Timing(tuple(one(work) for _ in range(n_repeats)))


def in_turn(works: Sequence[Callable[[], object]], n_repeats: int) -> list[Timing]:
    """Returns timings of several pieces of work run in turn, so that noise meets all alike."""
    rounds = [[one(work) for work in works] for _ in range(n_repeats)]
    return [Timing(tuple(column)) for column in zip(*rounds, strict=True)]


def each(works: Sequence[Callable[[], object]]) -> Timing:
    """Returns the timing of many short pieces of work, one run each, without pauses between."""
    seconds = []
    for work in works:
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return Timing(tuple(seconds))


def share(part_s: float, whole_s: float) -> str:
    """Returns how many times the second figure the first one is."""
    return f"{part_s / whole_s:,.2f}" if part_s < 10 * whole_s else f"{part_s / whole_s:,.0f}"


def milliseconds(seconds: float) -> str:
    """Returns seconds as milliseconds with three figures that count."""
    value = seconds * 1_000
    return f"{value:,.3f}" if value < 1 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
