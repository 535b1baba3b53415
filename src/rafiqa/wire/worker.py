"""The worker: a process of its own that may be killed, reading one file under limits.

Started as ``python -m rafiqa.wire.worker`` with one JSON object on standard input; leaves an
Arrow file. It has no access to the store and is given none.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.passing import Parcel, write_parcel

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


def work(order: dict[str, Any]) -> Parcel:
    """Returns the parcel for one order: path, folder, kind, mapping and limits."""
    limits = Limits(**order["limits"])
    plain = order["mapping"]
    mapping = None if plain is None else mapping_of(plain, str(order["mapping_name"]))
    try:
        return parse_file(
            Path(order["path"]), Path(order["folder"]), str(order["kind"]), mapping, limits
        )
    except MemoryError:
        most = int(order["data_bytes"]) // MEBIBYTE
        return Parcel(faults=[Fault("wire.worker.memory", params={"limit_mib": most})], whole=True)


def main() -> None:
    """Reads the order, works under its limits, leaves the parcel where it says."""
    gc.disable()  # nothing here lives longer than the process
    order = json.load(sys.stdin)
    limits = order["limits"]
    confine(int(order["cpu_s"]), int(order["data_bytes"]), int(limits["worker_bytes"]))
    write_parcel(work(order), Path(order["answer"]))
    # The answer is whole and closed. Arrow's threads now and then abort the process when it is
    # taken down in order (about once in a thousand), and a good answer would be thrown away.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
