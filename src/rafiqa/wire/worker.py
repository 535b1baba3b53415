"""The worker: a process of its own that may be killed, reading one file under limits.

Forked by ``rafiqa.wire.nurse``; leaves an Arrow file. It is given no access to the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault
from rafiqa.wire.confinement import confine
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import mapping_of
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.passing import Parcel, write_parcel

LATER: Final[tuple[str, ...]] = (
    "rafiqa.wire.ogr",
    "rafiqa.wire.osm",
    "rafiqa.wire.parquet",
    "rafiqa.wire.tabletext",
)
"""Modules that not every reading needs, imported while the first goes on."""


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


def warm() -> None:
    """Makes ready, before there is a file, what every file needs."""
    dictionary()
    pa.array([""], pa.string())  # the first one looks for pandas, which takes long to come


def main(order: dict[str, Any]) -> None:
    """Works under its limits and leaves the parcel where the order says."""
    limits = order["limits"]
    confine(int(order["cpu_s"]), int(order["data_bytes"]), int(limits["worker_bytes"]))
    write_parcel(work(order), Path(order["answer"]))
