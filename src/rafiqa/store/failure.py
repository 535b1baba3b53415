"""What the driver's errors mean for us, and whether writing may go on after them.

After a failed write or fsync the disk's content is unknown, and neither a retry nor a restart
makes it known: in the trials of ``trust.md`` 6.3 both lost acknowledged entries. So the store
stops writing and says so. A full disk is no such error: nothing was changed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from rafiqa.errors import CorruptLedger, Fault, StoreError

DRIVER_ERRORS: Final = (apsw.Error, OSError, UnicodeDecodeError)
"""What may come out of the driver; the last from text that rotted on the disk."""

_BROKEN = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError, UnicodeDecodeError)
_WAITING = (apsw.BusyError, apsw.LockedError)
_REFUSED = (
    apsw.PermissionsError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.AuthError,
    OSError,
)

_BARRING: Final = ("store.rollback", "store.fork", "store.left")
"""Reasons that a restore, or a move elsewhere, leaves in the mark."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

_HARMLESS_IO = frozenset(
    {
        apsw.SQLITE_IOERR_NOMEM,
        apsw.SQLITE_IOERR_SHMOPEN,
        apsw.SQLITE_IOERR_SHMSIZE,
        apsw.SQLITE_IOERR_SHMMAP,
        apsw.SQLITE_IOERR_SHMLOCK,
    }
)
"""I/O errors about memory and the shared index, which is made anew from the log: they say
nothing about what is on the disk."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A driver error judged: the error to raise, and whether writing must stop for good."""

    error: StoreError | CorruptLedger
    stops_writing: bool


def judged(error: Exception) -> Failure:
    """The failure that a driver's or the system's error amounts to (see ``DRIVER_ERRORS``)."""
    if isinstance(error, CorruptLedger):
        return Failure(error, stops_writing=True)
    params: dict[str, str | int] = {"detail": _told(error)}
    if isinstance(error, _BROKEN):
        return Failure(CorruptLedger(Fault("store.damaged", params=params)), stops_writing=True)
    if isinstance(error, apsw.FullError) or getattr(error, "errno", None) in _NO_ROOM:
        return Failure(StoreError(Fault("store.full", params=params)), stops_writing=False)
    if isinstance(error, _WAITING):
        return Failure(StoreError(Fault("store.busy", params={"pid": 0})), stops_writing=False)
    if isinstance(error, apsw.IOError):
        harmless = getattr(error, "extendedresult", 0) in _HARMLESS_IO
        return Failure(StoreError(Fault("store.io", params=params)), stops_writing=not harmless)
    if isinstance(error, _REFUSED):
        return Failure(StoreError(Fault("store.no-access", params=params)), stops_writing=False)
    return Failure(StoreError(Fault("store.driver", params=params)), stops_writing=False)


@contextmanager
def wrapped() -> Iterator[None]:
    """A block from which only our own errors leave, never the driver's."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise judged(error).error from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


class HaltMark:
    """A file beside the store that keeps it from being written after a disk error.

    It outlives the process, for a restart does not make the disk good again. The way out is
    to check the store, copy it to a good disk and go on there; the mark is not copied. A store
    that was restored and is not what its witnesses saw is marked too.

    Args:
        store_path: the store's file.
    """

    def __init__(self, store_path: Path) -> None:
        self.path = store_path.with_name(store_path.name + "-halted")
        self._fault: Fault | None = None

    def fault(self) -> Fault | None:
        """The reason why nothing may be written, or None."""
        if self._fault is None and self.path.exists():
            code, *figures = self._reason().split(" ")
            if code in _BARRING and len(figures) == 2:
                params = dict(zip(("entries", "witnessed"), figures, strict=True))
                self._fault = Fault(code, params=params)
            else:
                self._fault = Fault("store.halted", params={"detail": self._reason()})
        return self._fault

    def bar(self, fault: Fault) -> None:
        """Nothing; a store that is about to be there takes no writes, for this reason.

        Raises:
            OSError: the mark cannot be written.
        """
        figures = f"{fault.params['entries']} {fault.params['witnessed']}"
        self._write(f"{fault.code} {figures}")

    def put(self, failure: Failure) -> None:
        """Nothing; from now on nothing is written, here and after a restart.

        If even the mark cannot be written, this process at least remembers.
        """
        if self._fault is not None:
            return
        detail = f"{failure.error.code} {failure.error.faults[0].params.get('detail', '')}"
        self._fault = Fault("store.halted", params={"detail": detail})
        try:
            self._write(detail)
        except OSError:  # the disk is failing: nothing more can be done here
            return

    def _write(self, text: str) -> None:
        with self.path.open("x", encoding="utf-8") as mark:
            mark.write(text)
            mark.flush()
            os.fsync(mark.fileno())

    def _reason(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")[:300]
        except OSError:
            return ""
