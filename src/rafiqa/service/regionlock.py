"""The lock of a run's folder: one run fills it, and its workers know that they see the same one.

A lock of the system is let go when its holder dies, however it dies: nobody has to take a stale one
away. What stands in the file is this start's own token. A worker that still writes for a start that
is over, or that has another folder under the same path, does not find it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rafiqa.bulk import house
from rafiqa.errors import Conflict, CorruptLedger, Fault
from rafiqa.service.regionpart import Run

LOCK = ".lock"
_TOKEN_BYTES = 16


@contextmanager
def held(run: Run) -> Iterator[Run]:
    """Yields the run as its workers get it, while no other can fill the same folder.

    Raises:
        Conflict: another one does.
    """
    run.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(run.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            params: dict[str, str | int] = {"folder": run.out}
            raise Conflict(Fault("bulk.out.busy", "OUT", params=params)) from error
        token = run.entropy(_TOKEN_BYTES).hex()
        os.truncate(handle, 0)
        os.pwrite(handle, token.encode(), 0)
        os.fsync(handle)
        try:
            yield replace(run, token=token, house=house())
        finally:
            # Finished folders are the same byte for byte, whoever filled them.
            os.truncate(handle, 0)
    finally:
        os.close(handle)


def refuse_elsewhere(run: Run) -> None:
    """Refuses to work where not the same program is, or not the folder that was begun.

    Raises:
        CorruptLedger: either.
    """
    if run.house and run.house != house():
        params: dict[str, str | int] = {"theirs": house(), "ours": run.house}
        raise CorruptLedger(Fault("bulk.worker.other-version", params=params))
    if run.token and _token_in(run) != run.token:
        raise CorruptLedger(Fault("bulk.worker.other-folder", params={"folder": run.out}))


def _token_in(run: Run) -> str:
    try:
        return (run.root / LOCK).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
