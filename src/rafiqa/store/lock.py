"""One writer at a time, across processes: an advisory lock on a file beside the store.

The lock belongs to the open file, so the system lets go of it when its process dies, however
it dies. Readers do not take it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rafiqa.errors import Fault, StoreError

_PAUSE_S: Final = 0.002


class WriterLock:
    """The right to write, held for one transaction.

    Args:
        store_path: the store's file; the lock is on ``<file>-lock`` beside it.
        wait_ms: how long to wait for another writer before giving up.
    """

    def __init__(self, store_path: Path, wait_ms: int) -> None:
        self._path = store_path.with_name(store_path.name + "-lock")
        self._wait_ms = wait_ms
        self._file: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """A block during which no other process or store object writes.

        Raises:
            StoreError: ``store.busy`` with the process id of the other writer.
        """
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._take(self._file)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Nothing; the lock's file is closed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take(self, file: int) -> None:
        give_up_s = time.monotonic() + self._wait_ms / 1000
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up_s:
                    busy = Fault("store.busy", params={"pid": _holder(file)})
                    raise StoreError(busy) from None
                time.sleep(_PAUSE_S)
        with contextlib.suppress(OSError):  # a courtesy for the message; a full disk may refuse it
            os.pwrite(file, f"{os.getpid():<20}".encode(), 0)


def _holder(file: int) -> int:
    text = os.pread(file, 20, 0).strip()
    return int(text) if text.isdigit() else 0
