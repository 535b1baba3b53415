"""The machine and the libraries that the figures were taken with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import apsw
import pyogrio
import shapely

_LIBRARIES = ("numpy", "shapely", "pyogrio", "pyarrow", "apsw", "python-calamine")


def machine() -> str:
    """Returns the machine in one sentence: cores, load, Python, and the libraries' versions."""
    cores = len(os.sched_getaffinity(0))
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    return (
        f"Machine: {_processor()}, {cores} cores, {memory_gib:.0f} GiB, "
        f"load {os.getloadavg()[0]:.1f} at the end; {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}, GDAL {gdal}, "
        f"GEOS {shapely.geos_version_string}, SQLite {apsw.sqlite_lib_version()}."
    )


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
