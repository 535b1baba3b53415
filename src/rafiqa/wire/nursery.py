"""The nursery: strangers' bytes are read in a process of their own, forked from one that is warm.

A fresh interpreter spends more time on its imports than most files need for being read. A reader is
forked from the nurse (``rafiqa.wire.nurse``), which has imported what reads and has seen no file.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rafiqa.wire.nurse import COMPLAINT, FORKED, ORDER

# GDAL opens what it recognises: a ".csv" that is a virtual data source would read any file of
# this machine, others would open network connections. Only what is read here stays.
_SKIPPED_DRIVERS: Final = (
    "VRT,OGR_VRT,GDALG,HTTP,WFS,OAPIF,OGCAPI,EEDA,PLSCENES,CSW,NGW,Carto,AmigoCloud,"
    "Elasticsearch,ADBC,GTI,STACIT,STACTA,WMS,WMTS,WCS,GPSBabel,SQLite,OpenFileGDB,PDF,MBTiles,"
    "PMTiles,MVT,S57,DGN,DXF,GML,GeoRSS,ESRIJSON,TopoJSON,JSONFG,GeoJSON,GeoJSONSeq,CSV,XLSX,ODS"
)
_KEPT_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TMPDIR", "HOME")
_COMPLAINT_BYTES: Final = 65_536
_START_S: Final = 120.0
"""A busy machine takes long over the first imports."""
_LEAST_S: Final = 0.001
_KILL_S: Final = 20.0
_END_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a reader ended.

    Attributes:
        status: 0 where it left its answer; a signal as a negative number; None: it took too long.
        complaint: its last words.
    """

    status: int | None
    complaint: bytes = b""


class _GoneError(Exception):
    """The nurse went away before it forked: nothing was read, another one may be asked."""


@dataclass(frozen=True, slots=True)
class _Nurse:
    """A nurse that was started: by which process, and where it takes orders."""

    parent: int
    process: subprocess.Popen[bytes]
    orders: socket.socket

    def dismiss(self) -> None:
        """Ends it, and the readers that it still has."""
        self.orders.close()
        if self.parent != os.getpid():
            return  # of a process that this one was forked from
        self.process.terminate()
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Nursery:
    """A nurse that is started when a reader is first needed, and again when it has gone.

    Args:
        geodatabase: whether GDAL's reader of file geodatabases is let in.
    """

    def __init__(self, *, geodatabase: bool = False) -> None:
        self._skipped = (
            _SKIPPED_DRIVERS.replace("OpenFileGDB,", "") if geodatabase else _SKIPPED_DRIVERS
        )
        self._lock = threading.Lock()
        self._nurse: _Nurse | None = None

    def read(self, job: str, folder: Path, order: Mapping[str, object], wall_s: float) -> Ended:
        """Returns how a reader ended that was given an order; killed when it takes too long.

        Args:
            job: one of ``nurse.JOBS``.
            folder: an empty folder of the reader's own, in which it starts.
            order: what it is to read, as plain JSON values.
            wall_s: how long it may take, in seconds.
        """
        (folder / ORDER).write_text(json.dumps(order), encoding="utf-8")
        try:
            status = self._once(job, folder, wall_s)
        except _GoneError:
            # It may have been idle for long, or been killed by the machine for want of memory.
            try:
                status = self._once(job, folder, wall_s)
            except _GoneError:
                status = 1
        complaint = folder / COMPLAINT
        said = complaint.read_bytes()[-_COMPLAINT_BYTES:] if complaint.is_file() else b""
        return Ended(status, said)

    def begin(self) -> None:
        """Starts the nurse before anything is read: she makes ready while the asker does."""
        with self._lock:
            self._living()

    def close(self) -> None:
        """Sends the nurse away; whoever still waits for a reader is told that it was killed."""
        with self._lock:
            nurse, self._nurse = self._nurse, None
        if nurse is not None:
            nurse.dismiss()

    def _once(self, job: str, folder: Path, wall_s: float) -> int | None:
        message = json.dumps({"job": job, "folder": str(folder)}).encode()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                nurse = self._living()
                try:
                    socket.send_fds(nurse.orders, [message], [theirs.fileno()])
                except OSError as error:
                    self._nurse = None
                    nurse.dismiss()
                    raise _GoneError from error
            try:
                return _awaited(ours, wall_s)
            except _GoneError:
                self._forget(nurse)
                raise

    def _forget(self, nurse: _Nurse) -> None:
        with self._lock:
            if self._nurse is nurse:
                self._nurse = None
        nurse.dismiss()

    def _living(self) -> _Nurse:
        """The nurse of this process, started where there is none."""
        nurse = self._nurse
        if nurse is not None:
            if nurse.parent == os.getpid() and nurse.process.poll() is None:
                return nurse
            nurse.dismiss()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "rafiqa.wire.nurse"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment(),
                cwd="/",
            )
        self._nurse = _Nurse(os.getpid(), process, ours)
        return self._nurse

    def _environment(self) -> dict[str, str]:
        """What readers are told of their surroundings: little, and no way to a network."""
        kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        return kept | {
            "GDAL_SKIP": self._skipped,
            "OGR_SKIP": self._skipped,
            "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
            "PROJ_NETWORK": "OFF",
            "PYTHONSAFEPATH": "1",
            # Only a process of one thread is forked with all it holds in order.
            "OMP_NUM_THREADS": "1",
            "JE_ARROW_MALLOC_CONF": "background_thread:false",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
        }


def nursery(*, geodatabase: bool = False) -> Nursery:
    """Returns the nursery of this process; geodatabases have one of their own."""
    return _nursery(geodatabase)


@cache
def _nursery(geodatabase: bool) -> Nursery:
    made = Nursery(geodatabase=geodatabase)
    atexit.register(made.close)
    return made


def _awaited(line: socket.socket, wall_s: float) -> int | None:
    """The reader's exit status from its line; None where it had to be killed for its time."""
    line.settimeout(_START_S)
    try:
        if line.recv(len(FORKED)) != FORKED:
            raise _GoneError
        line.settimeout(max(wall_s, _LEAST_S))
        status = _rest(line)
    except ConnectionError as error:
        raise _GoneError from error
    except TimeoutError:
        # Once the reader is dead, and not before, its folder may go.
        line.shutdown(socket.SHUT_WR)
        line.settimeout(_KILL_S)
        with contextlib.suppress(OSError):
            _rest(line)
        return None
    # A line that ends without a status: the nurse was killed.
    return int(status) if status else 1


def _rest(line: socket.socket) -> bytes:
    got = b""
    while part := line.recv(64):
        got += part
    return got
