"""Processor: how long some processes, and all that they started, have kept one busy."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS_S = os.sysconf("SC_CLK_TCK")


def processor_s(roots: Iterable[int]) -> float:
    """Returns the seconds of processor that processes and their descendants took so far.

    Of those that ended it counts what whoever started them was told (`proc(5)`, cutime).
    """
    parent, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parent[int(stat.parent.name)] = int(told[1])
        ticks[int(stat.parent.name)] = sum(map(int, told[11:15]))
    found = set(roots)
    while more := {pid for pid, of in parent.items() if of in found} - found:
        found |= more
    return sum(ticks.get(pid, 0) for pid in found) / _TICKS_S
