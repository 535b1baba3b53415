"""The worker: a process of its own that may be killed, reading one file under limits.

Started as ``python -m rafiqa.wire.worker`` with one JSON object on standard input; leaves an
Arrow file. It has no access to the store and is given none.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.passing import Parcel, write_parcel


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
