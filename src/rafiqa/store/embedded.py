"""The embedded store: one SQLite file through APSW, one writer at a time, any readers.

Two connections: one writes, one only reads, so that reading goes on while a write waits for the
disk and after writing had to stop. Entries are read in pages, never through a cursor left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

import apsw

from rafiqa.errors import CorruptLedger, Fault, RafiqaError, StoreError
from rafiqa.ledger import ERASURE_KIND, n_parts
from rafiqa.store.ballast import Ballast
from rafiqa.store.batch import Batch
from rafiqa.store.database import Database
from rafiqa.store.failure import DRIVER_ERRORS, HaltMark, judged, wrapped
from rafiqa.store.lock import WriterLock
from rafiqa.store.port import Progress, Receipt
from rafiqa.store.proof import kept_faults
from rafiqa.store.settings import configure
from rafiqa.store.tables import TableStore

CHECKPOINT_PAGES: Final = 4000
"""The log is copied into the file when it has grown to so many pages (4 KiB each)."""

COPY_WAIT_MS: Final = 10_000
BLOB_PART_BYTES: Final = 4 << 20
"""How much of a long content is read at once."""


class EmbeddedStore(TableStore):
    """A store in one file. See ``Store`` for what its methods promise; made by ``open_store``.

    Args:
        path: the file.
        writer: connection for writing, configured.
        reader: connection for reading, configured.
        lock: the right to write among processes.
        entropy: gives that many random bytes; for salts.
        now_us: the clock, microseconds since 1970 UTC.
        ballast: room that is given back when the disk is full.
        barred: why nothing may be written, whatever the disk says; None where it may.
    """

    def __init__(
        self,
        path: Path,
        writer: apsw.Connection,
        reader: apsw.Connection,
        lock: WriterLock,
        *,
        entropy: Callable[[int], bytes],
        now_us: Callable[[], int],
        ballast: Ballast,
        barred: Fault | None = None,
    ) -> None:
        super().__init__(entropy, now_us)
        self._path = path
        self._identity = _identity(path)
        self._writer = writer
        self._reader = reader
        self._lock = lock
        self._halt = HaltMark(path)
        self._ballast = ballast
        self._barred = barred
        self._write_turn = RLock()
        self._read_turn = RLock()
        self._log_pages = 0
        self._was_full = False
        self._made_room = False
        self._open = True
        self._damage: tuple[Fault, ...] = ()
        writer.set_wal_hook(self._note_log_size)
        self._damage = tuple(self._tail_faults())

    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes: closed, damaged, barred, or halted after an error."""
        if not self._open:
            return (Fault("store.closed"),)
        reason = self.reason()
        return self._damage if reason is None else (*self._damage, reason)

    def bar(self, fault: Fault) -> None:
        """Nothing; the store takes no writes from now on, here and after a restart.

        Args:
            fault: ``store.rollback`` or ``store.fork``, with the figures that its words name.

        Raises:
            StoreError: the mark cannot be written; this process at least remembers.
        """
        if self.reason() is None:
            self._barred = fault
            with wrapped():
                self._halt.bar(fault)

    def reason(self) -> Fault | None:
        """Why it takes no writes, beside damage: barred, or halted after an error; or None."""
        return self._barred or self._halt.fault()

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._path

    def _append_group(self, batches: Sequence[Batch]) -> list[Receipt | RafiqaError]:
        """One outcome for each batch; those that a full disk refused together, one by one."""
        try:
            return self._append_together(batches)
        except StoreError as error:
            made_room = self._made_room
            self._made_room = False
            if error.code != "store.full" or not (made_room or len(batches) > 1):
                raise
        return [self._append_alone(batch) for batch in batches]

    def _append_alone(self, batch: Batch) -> Receipt | RafiqaError:
        try:
            return self._append_together([batch])[0]
        except RafiqaError as error:
            return error

    def _append_together(self, batches: Sequence[Batch]) -> list[Receipt | RafiqaError]:
        outcomes = super()._append_together(batches)
        if any(draft.kind == ERASURE_KIND for batch in batches for draft in batch.drafts):
            self._forget_log()
        return outcomes

    def seal_attachment(self, sha256: str, n_bytes: int, shared: bytes) -> Progress:
        """How far an attachment is that is sealed now; see ``Store.seal_attachment``."""
        before = self.progress(sha256)
        sealed = super().seal_attachment(sha256, n_bytes, shared)
        if before and before.shared is None and len(before.missing) < n_parts(n_bytes):
            # What lay open here stood in the log too.
            self._forget_log()
        return sealed

    def _forget_log(self) -> None:
        """Copy the log into the file and empty it: what was erased stood in it too.

        Where another process reads just now this waits for the next copying of the log.
        """
        with self._write_turn:
            try:
                with self._lock.held():
                    self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except DRIVER_ERRORS as error:
                self._noted(error)
            except StoreError:
                return

    def blob_parts(self, sha256: str) -> Iterator[bytes] | None:
        """The content of that SHA-256 in order and in parts, or None; never in memory whole."""
        rows = self._rows("SELECT rowid, length(content) FROM blobs WHERE sha256 = ?", (sha256,))
        if not rows:
            return None
        row, n_bytes = rows[0]
        starts = range(0, n_bytes, BLOB_PART_BYTES)
        return (self._blob_part(row, at, min(BLOB_PART_BYTES, n_bytes - at)) for at in starts)

    def _blob_part(self, row: int, at: int, n_bytes: int) -> bytes:
        with self._read_turn:
            if not self._open:
                raise StoreError(Fault("store.closed"))
            try:
                opened = self._reader.blob_open("main", "blobs", "content", row, False)
                with closing(opened):
                    opened.seek(at)
                    return opened.read(n_bytes)
            except DRIVER_ERRORS as error:
                raise self._noted(error) from error

    def check(self) -> list[Fault]:
        """What is wrong with the file, its end, and what lies beside the ledger.

        SQLite's own check does not see a changed byte inside a row; ``check_chain`` and the
        hashes of ``store.proof`` do.
        """
        halted = self._halt.fault()
        faults = [halted] if halted else []
        for (line,) in self._rows("PRAGMA integrity_check"):
            if line != "ok":
                faults.append(Fault("store.integrity", params={"detail": str(line)[:300]}))
        for table, *_ in self._rows("PRAGMA foreign_key_check"):
            faults.append(Fault("store.integrity", params={"detail": f"foreign key: {table}"}))
        return [*faults, *self._end_faults(), *kept_faults(self._rows)]

    def copy_to(self, path: Path) -> None:
        """Nothing; a whole copy of the store lies at a path where nothing was, or an empty file.

        Made from one reading of the database while others go on writing; what was erased or
        let go is not in it. A copy of the files themselves would miss what stands in the log.

        Raises:
            StoreError: the disk failed or is full; what was begun is left to the caller.
        """
        with wrapped():
            own = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                configure(own, wait_ms=COPY_WAIT_MS)
                own.execute("VACUUM INTO ?", (str(path),))
            finally:
                own.close()
            made = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            try:
                made.pragma("journal_mode", "wal")
            finally:
                made.close()

    def close(self) -> None:
        """Nothing; copies the log into the file if it wrote, and lets go of both."""
        with self._write_turn, self._read_turn:
            if not self._open:
                return
            if self.writable:
                self._tidy_log()
            self._open = False
            for connection in (self._reader, self._writer):
                try:
                    connection.close()
                except DRIVER_ERRORS as error:  # told to the next who opens it, by the mark
                    self._noted(error)
            self._lock.close()

    def _tidy_log(self) -> None:
        """Copy the log into the file if we wrote; if that cannot be now, the log just stays."""
        try:
            if self._log_pages:
                with self._lock.held():
                    self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            elif log_bytes(self._path):
                return  # another process's, perhaps a dead one's: left to the next who writes
            self._writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        except DRIVER_ERRORS as error:
            self._noted(error)
        except StoreError:  # another process is writing: it will copy the log
            return

    @contextmanager
    def _writing(self, n_bytes: int = 0, _turns: Sequence[str] = (), /) -> Iterator[Database]:
        """A transaction; there is one turn for everything."""
        with self._write_turn:
            self._refuse_if_not_writable()
            try:
                with self._lock.held():
                    self._refuse_if_not_writable()
                    self._ballast.refuse_large(n_bytes)
                    self._copy_log_if_due()
                    yield from self._transaction()
            except DRIVER_ERRORS as error:
                raise self._noted(error) from error

    def _transaction(self) -> Iterator[apsw.Connection]:
        database = self._writer
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._read_turn:
            if not self._open:
                raise StoreError(Fault("store.closed"))
            try:
                return list(self._reader.execute(sql, values))
            except DRIVER_ERRORS as error:
                raise self._noted(error) from error

    def _noted(self, error: Exception) -> StoreError | CorruptLedger:
        failure = judged(error)
        if failure.error.code == "store.full":
            self._was_full = True
            self._made_room |= self._ballast.give_way()
        if failure.stops_writing:
            self._halt.put(failure)
        return failure.error

    def _refuse_if_not_writable(self) -> None:
        if not self._open:
            raise StoreError(Fault("store.closed"))
        if self._damage:
            raise CorruptLedger(self._damage)
        reason = self.reason()
        if reason is not None:
            raise StoreError(reason)
        if _identity(self._path) != self._identity:
            raise StoreError(Fault("store.moved", params={"path": str(self._path)}))

    def _note_log_size(self, _database: apsw.Connection, _name: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _copy_log_if_due(self) -> None:
        """Copy the log into the file, so that its room is used again.

        SQLite's automatic checkpoint ignores errors, a failed fsync among them; here it keeps
        the next entry from being written.
        """
        if not self._was_full and self._log_pages < CHECKPOINT_PAGES:
            return
        try:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._was_full = False
        except apsw.Error as error:
            self._noted(error)
            self._refuse_if_not_writable()


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells this file from another put in its place, or None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def log_bytes(path: Path) -> int:
    """The size of the log beside a store's file, in bytes; 0 if there is none."""
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0
