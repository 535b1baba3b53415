"""Running the worker: started, given an order, killed when it takes too long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rafiqa.errors import Fault
from rafiqa.wire.kind import KINDS
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.part import holds_geodatabase
from rafiqa.wire.passing import Parcel, read_parcel

# GDAL opens what it recognises: a ".csv" that is a virtual data source would read any file of
# this machine, others would open network connections. Only what is read here stays.
_SKIPPED_DRIVERS = (
    "VRT,OGR_VRT,GDALG,HTTP,WFS,OAPIF,OGCAPI,EEDA,PLSCENES,CSW,NGW,Carto,AmigoCloud,"
    "Elasticsearch,ADBC,GTI,STACIT,STACTA,WMS,WMTS,WCS,GPSBabel,SQLite,OpenFileGDB,PDF,MBTiles,"
    "PMTiles,MVT,S57,DGN,DXF,GML,GeoRSS,ESRIJSON,TopoJSON,JSONFG,GeoJSON,GeoJSONSeq,CSV,XLSX,ODS"
)
_KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TMPDIR", "HOME")


def worker_environment(folder: str, *, geodatabase: bool = False) -> dict[str, str]:
    """What a worker is told of its surroundings: little, and no way to a network.

    The reader of file geodatabases is left in only for a file that says it is one.
    """
    skipped = _SKIPPED_DRIVERS.replace("OpenFileGDB,", "") if geodatabase else _SKIPPED_DRIVERS
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return kept | {
        "GDAL_SKIP": skipped,
        "OGR_SKIP": skipped,
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "PROJ_NETWORK": "OFF",
        "CPL_TMPDIR": folder,
        "PYTHONSAFEPATH": "1",
        "OMP_NUM_THREADS": "1",
    }


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
    command = [sys.executable, "-m", "rafiqa.wire.worker"]
    with subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=worker_environment(folder, geodatabase=_is_geodatabase(Path(order["path"]))),
        cwd=folder,
    ) as process:
        try:
            _, complaint = process.communicate(
                json.dumps(order).encode(), timeout=cpu_s * wall_factor
            )
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return _refused("wire.worker.time", {"limit_s": cpu_s})
    if process.returncode == 0:
        try:
            return read_parcel(answer.read_bytes())
        except (OSError, ValueError):
            return _refused("wire.worker.crashed", {"signal": "answer"})
    return worker_death(process.returncode, complaint, cpu_s, int(order["data_bytes"]))


def _is_geodatabase(path: Path) -> bool:
    return path.suffix.casefold() == ".zip" and holds_geodatabase(path.read_bytes())


def worker_death(status: int, complaint: bytes, cpu_s: int, data_bytes: int) -> Parcel:
    """Why the worker died, from its exit status and its last words."""
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
