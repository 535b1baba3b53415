"""One writer at a time, across processes: advisory locks on two files beside the store.

The locks belong to the open files, so the system lets go of them when their process dies,
however it dies. Readers do not take them. Who writes holds ``-lock``; who is next holds
``-queue`` while waiting, and everybody goes through it: so a process that writes without a pause
cannot keep another one out.
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

_PAUSE_S: Final = 0.001


class WriterLock:
    """The right to write, held for one transaction.

    Args:
        store_path: the store's file; the locks are on files beside it.
        wait_ms: how long to wait for another writer before giving up.
    """

    def __init__(self, store_path: Path, wait_ms: int) -> None:
        self._paths = [store_path.with_name(store_path.name + end) for end in ("-lock", "-queue")]
        self._wait_ms = wait_ms
        self._files: list[int] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        """A block during which no other process or store object writes.

        Raises:
            StoreError: ``store.busy`` with the process id of the other writer.
        """
        for path in self._paths[len(self._files) :]:
            self._files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666))
        lock, queue = self._files
        self._take(lock, queue)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Nothing; the locks' files are closed."""
        while self._files:
            os.close(self._files.pop())

    def _take(self, lock: int, queue: int) -> None:
        give_up_s = time.monotonic() + self._wait_ms / 1000
        if _taken(queue, give_up_s):
            try:
                if _taken(lock, give_up_s):
                    _sign(lock)
                    return
            finally:
                fcntl.flock(queue, fcntl.LOCK_UN)
        raise StoreError(Fault("store.busy", params={"pid": _signature(lock)}))


def _taken(file: int, give_up_s: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_s:
                return False
            time.sleep(_PAUSE_S)
        else:
            return True


def _sign(file: int) -> None:
    """Leave our process id for the message; a courtesy that a full disk may refuse."""
    with contextlib.suppress(OSError):
        os.pwrite(file, f"{os.getpid():<20}".encode(), 0)


def _signature(file: int) -> int:
    text = os.pread(file, 20, 0).strip()
    return int(text) if text.isdigit() else 0
