"""Opening a store: what must be true of file, disk and driver before anything is read."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import apsw

from rafiqa.errors import Fault, StoreError
from rafiqa.store.ballast import Ballast
from rafiqa.store.embedded import EmbeddedStore, log_bytes
from rafiqa.store.failure import HaltMark, wrapped
from rafiqa.store.lock import WriterLock
from rafiqa.store.migrations import (
    Migration,
    apply,
    is_blank,
    is_rafiqa,
    migrations,
    newer,
    pending,
)
from rafiqa.store.olderform import seen_as_newest
from rafiqa.store.settings import configure, refuse_network_disk, refuse_old_sqlite

WAIT_MS: Final = 10_000
"""How long a write waits for another process's write."""

INDEX_ROOM_BYTES: Final = 256 * 1024
"""Room for SQLite's index of the log, of several thousand pages."""

_READ_WRITE = apsw.SQLITE_OPEN_READWRITE
_CREATE = _READ_WRITE | apsw.SQLITE_OPEN_CREATE


def open_store(
    path: Path | str,
    *,
    create: bool = False,
    entropy: Callable[[int], bytes],
    now_us: Callable[[], int],
    wait_ms: int = WAIT_MS,
    ballast_bytes: int = 0,
    vfs: str | None = None,
) -> EmbeddedStore:
    """The store in a file, ready for reading and, unless ``writable`` says no, for writing.

    Beside the file lie SQLite's ``-wal`` and ``-shm``, the writers' ``-lock``, and after a disk
    error ``-halted``. Several processes may open it; each write takes its turn. One that a newer
    version has made is opened all the same, for reading only; so is a halted one of an older form,
    which is read as it is. Any other is brought to the newest form, once and for good: an older
    version opens it for reading only from then on.

    Args:
        path: the file.
        create: make a new store; there must be none yet.
        entropy: gives that many random bytes (``os.urandom``); for salts.
        now_us: the clock, microseconds since 1970 UTC.
        wait_ms: how long a write waits for another process before ``store.busy``.
        ballast_bytes: size of the file that gives its room back when the disk is full; 0 for
            none (see ``Ballast``).
        vfs: name of a SQLite VFS, for the tests that make disks fail.

    Raises:
        StoreError: there is no such file, it is no store, it lies on a network disk, or a
            setting that keeps entries did not take.
        CorruptLedger: the file is damaged so that it cannot be opened at all.
    """
    path = Path(path)
    refuse_old_sqlite(apsw.sqlite_lib_version())
    with wrapped():
        refuse_network_disk(path.parent)
        lock = WriterLock(path, wait_ms)
        if create:
            _create(path, lock, now_us, wait_ms, vfs)
        elif not path.is_file():
            raise StoreError(Fault("store.missing", params={"path": str(path)}))
        ballast = Ballast(path, ballast_bytes)
        _refuse_without_room(path, ballast)
        with ExitStack() as undo:
            undo.callback(lock.close)
            writer = _connected(path, wait_ms, vfs, undo)
            barred = newer(writer, migrations())
            older = [] if barred is not None else pending(writer, migrations())
            halted = HaltMark(path).fault() if older else None
            if barred is not None:
                writer.execute("PRAGMA query_only = 1")
            elif halted is not None:
                _refuse_unread(writer, older, halted)
            elif older:
                _migrate(writer, lock, now_us)
            reader = _connected(path, wait_ms, vfs, undo)
            if halted is not None:
                _refuse_unread(reader, older, halted)
            reader.execute("PRAGMA query_only = 1")
            store = EmbeddedStore(
                path,
                writer,
                reader,
                lock,
                entropy=entropy,
                now_us=now_us,
                ballast=ballast,
                barred=barred or halted,
            )
            ballast.lay()
            undo.pop_all()
            return store


def _create(
    path: Path, lock: WriterLock, now_us: Callable[[], int], wait_ms: int, vfs: str | None
) -> None:
    """Make the file; a creation that was cut off is taken up again, a store never."""
    if not path.parent.is_dir():
        raise StoreError(Fault("store.no-folder", params={"path": str(path.parent)}))
    with lock.held():
        _refuse_stray_log(path)
        connection = apsw.Connection(str(path), flags=_CREATE, vfs=vfs)
        try:
            if not _is_blank(connection):
                raise StoreError(Fault("store.exists", params={"path": str(path)}))
            connection.pragma("journal_mode", "wal")
            configure(connection, wait_ms=wait_ms)
            apply(connection, migrations(), now_us())
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        finally:
            connection.close()
        sync_folder(path.parent)


def _refuse_without_room(path: Path, ballast: Ballast) -> None:
    """Nothing, or ``StoreError`` where opening would end the process instead of failing.

    SQLite maps a small index of the log into memory. On a full disk whose blocks are smaller
    than a page of memory the system cannot fill the page, and kills whoever touches it
    (SIGBUS). With larger blocks SQLite itself sees that there is no room.
    """
    disk = os.statvfs(path.parent)
    if disk.f_bavail * disk.f_frsize >= INDEX_ROOM_BYTES or ballast.give_way():
        return
    if disk.f_frsize < mmap.PAGESIZE:
        detail = f"{disk.f_bavail * disk.f_frsize} bytes free, blocks of {disk.f_frsize}"
        raise StoreError(Fault("store.full", params={"detail": detail}))


def _refuse_stray_log(path: Path) -> None:
    """A log without its file may hold acknowledged entries; SQLite would throw it away."""
    if log_bytes(path) and not (path.exists() and path.stat().st_size):
        raise StoreError(Fault("store.stray-log", params={"path": f"{path}-wal"}))


def _is_blank(connection: apsw.Connection) -> bool:
    try:
        return is_blank(connection)
    except apsw.NotADBError:
        return False


def _connected(path: Path, wait_ms: int, vfs: str | None, undo: ExitStack) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=_READ_WRITE, vfs=vfs)
    undo.callback(connection.close)
    try:
        ours = is_rafiqa(connection)
    except apsw.NotADBError:
        ours = False
    if not ours:
        raise StoreError(Fault("store.not-a-store", params={"path": str(path)}))
    configure(connection, wait_ms=wait_ms)
    return connection


def _migrate(writer: apsw.Connection, lock: WriterLock, now_us: Callable[[], int]) -> None:
    with lock.held():
        apply(writer, migrations(), now_us())


def _refuse_unread(connection: apsw.Connection, older: Sequence[Migration], halted: Fault) -> None:
    """Nothing, or ``StoreError`` where a halted store is of a form that cannot be read as it is."""
    if not seen_as_newest(connection, older):
        raise StoreError(halted)


def sync_folder(folder: Path) -> None:
    """Nothing; the names in the folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
