"""Running the worker: forked, given an order, killed when it takes too long."""

from __future__ import annotations

import signal
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.kind import KINDS
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.nursery import Ended, nursery
from rafiqa.wire.part import holds_geodatabase
from rafiqa.wire.passing import Parcel, read_parcel


def run_worker(path: Path, kind_name: str, mapping: Mapping | None, limits: Limits) -> Parcel:
    """Returns what the worker made of a file; a worker that dies refuses the whole file.

    Faults of its own: ``wire.worker.time``, ``wire.worker.memory``, ``wire.worker.crashed``,
    ``wire.file.missing``.
    """
    if not path.is_file():
        return _refused("wire.file.missing", {"path": path.name})
    kind = KINDS.get(kind_name)
    cpu_s = kind.cpu_s(limits) if kind else limits.hazard_cpu_s
    data_bytes = kind.data_bytes(limits) if kind else limits.hazard_data_bytes
    with tempfile.TemporaryDirectory(prefix="rafiqa-wire-") as folder:
        answer = Path(folder) / "answer.arrow"
        order: dict[str, object] = {
            "path": str(path.resolve()),
            "folder": folder,
            "answer": str(answer),
            "kind": kind_name,
            "mapping": None if mapping is None else mapping.plain,
            "mapping_name": None if mapping is None else mapping.name,
            "limits": asdict(limits),
            "cpu_s": cpu_s,
            "data_bytes": min(data_bytes, limits.worker_bytes),
        }
        return _answered(order, folder, answer)


def _answered(order: dict[str, Any], folder: str, answer: Path) -> Parcel:
    cpu_s, wall_factor = int(order["cpu_s"]), int(order["limits"]["wall_factor"])
    # GDAL chooses its drivers once in a process, so those files have a nursery of their own.
    nurses = nursery(geodatabase=_is_geodatabase(Path(order["path"])))
    ended = nurses.read("file", Path(folder), order, cpu_s * wall_factor)
    if ended.status == 0:
        try:
            return read_parcel(answer.read_bytes())
        except (OSError, ValueError):
            return _refused("wire.worker.crashed", {"signal": "answer"})
    return worker_death(ended, cpu_s, int(order["data_bytes"]))


def _is_geodatabase(path: Path) -> bool:
    return path.suffix.casefold() == ".zip" and holds_geodatabase(path.read_bytes())


def worker_death(ended: Ended, cpu_s: int, data_bytes: int) -> Parcel:
    """Why the worker died, from its exit status and its last words."""
    status, complaint = ended.status, ended.complaint
    if status is None:
        return _refused("wire.worker.time", {"limit_s": cpu_s})
    if status in {-signal.SIGXCPU, -signal.SIGKILL} and b"MemoryError" not in complaint:
        return _refused("wire.worker.time", {"limit_s": cpu_s})
    out_of_memory = (
        b"MemoryError",
        b"bad_alloc",
        b"malloc of size",
        b"Out of memory",
        b"memory allocation of",
    )
    if any(words in complaint for words in out_of_memory):
        return _refused("wire.worker.memory", {"limit_mib": data_bytes // MEBIBYTE})
    name = signal.Signals(-status).name if status < 0 else f"exit {status}"
    return _refused("wire.worker.crashed", {"signal": name})


def _refused(code: str, params: dict[str, str | int]) -> Parcel:
    return Parcel(faults=[Fault(code, "", None, params)], whole=True)
