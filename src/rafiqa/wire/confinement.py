"""Confinement: the limits that a process puts on itself before it reads what others wrote."""

from __future__ import annotations

import resource

from rafiqa.wire.limit import MEBIBYTE

_START_CPU_S = 5
_FILE_BYTES = 4096 * MEBIBYTE
_OPEN_FILES = 64


def confine(cpu_s: int, data_bytes: int, address_bytes: int) -> None:
    """Sets limits on processor time, memory, file size and open files for this process.

    GDAL and Arrow reserve address space that they never touch, so what is written to has a
    narrower limit of its own.
    """
    for what, most in (
        (resource.RLIMIT_CPU, cpu_s + _START_CPU_S),
        (resource.RLIMIT_DATA, data_bytes),
        (resource.RLIMIT_AS, address_bytes),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (within, within))
