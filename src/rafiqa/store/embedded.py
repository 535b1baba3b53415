"""The embedded store: one SQLite file through APSW, one writer at a time, any readers.

Two connections: one writes, one only reads, so that reading goes on while a write waits for the
disk and after writing had to stop. Entries are read in pages, never through a cursor left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import apsw

from rafiqa.errors import CorruptLedger, Fault, RafiqaError, StoreError
from rafiqa.ledger import ERASURE_KIND, GENESIS, Draft, Entry, Head, check_chain, n_parts
from rafiqa.store import attachment
from rafiqa.store.ballast import Ballast
from rafiqa.store.batch import SELECT_HEAD, Batch, put_apart, put_batch, put_quarantined
from rafiqa.store.failure import DRIVER_ERRORS, HaltMark, judged, wrapped
from rafiqa.store.groupcommit import GroupCommit
from rafiqa.store.lock import WriterLock
from rafiqa.store.port import Progress, Quarantined, Receipt
from rafiqa.store.proof import kept_faults, setting_digest
from rafiqa.store.rows import SELECT_ENTRY, entry_of, quarantined_of
from rafiqa.store.settings import configure
from rafiqa.store.triage import refuse_bad_drafts

CHECKPOINT_PAGES: Final = 4000
"""The log is copied into the file when it has grown to so many pages (4 KiB each)."""

COPY_WAIT_MS: Final = 10_000
PAGE_ENTRIES: Final = 1000
TAIL_ENTRIES: Final = 100
"""So many entries at the end are checked when a store is opened."""

T = TypeVar("T")
BLOB_PART_BYTES: Final = 4 << 20
"""How much of a long content is read at once."""


class EmbeddedStore:
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
        self._path = path
        self._identity = _identity(path)
        self._writer = writer
        self._reader = reader
        self._lock = lock
        self._entropy = entropy
        self._now_us = now_us
        self._halt = HaltMark(path)
        self._ballast = ballast
        self._barred = barred
        self._line: GroupCommit[Batch, Receipt] = GroupCommit(self._append_group)
        self._files: GroupCommit[tuple[str, bytes], Progress] = GroupCommit(self._put_attachments)
        self._write_turn = RLock()
        self._read_turn = RLock()
        self._log_pages = 0
        self._was_full = False
        self._made_room = False
        self._open = True
        self._damage: tuple[Fault, ...] = ()
        writer.set_wal_hook(self._note_log_size)
        self._damage = tuple(self._tail_faults())

    @property
    def writable(self) -> bool:
        """Whether it still takes writes: False after an I/O error or damage was seen."""
        return not self.stopped()

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

    def head(self) -> Head:
        """Where the ledger ends."""
        rows = self._rows(SELECT_HEAD)
        return Head(*rows[0]) if rows else GENESIS

    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        """The receipt for a batch, given after it is on the disk; see ``Store.append``."""
        refuse_bad_drafts(drafts)
        return self._line.join(Batch(drafts, expected_head))

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
        with self._writing(sum(batch.n_bytes for batch in batches)) as database:
            # One alone needs no savepoint: its refusal undoes the transaction.
            put = put_batch if len(batches) == 1 else put_apart
            outcomes: list[Receipt | RafiqaError] = [
                put(database, batch, self._now_us(), self._entropy) for batch in batches
            ]
        if any(draft.kind == ERASURE_KIND for batch in batches for draft in batch.drafts):
            self._forget_log()
        return outcomes

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

    def read(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[Entry]:
        """The entries of a range in order; see ``Store.read``."""
        last = self.head().seq
        until_seq = last if until_seq is None else min(until_seq, last)
        sql = f"{SELECT_ENTRY} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT {PAGE_ENTRIES}"
        while page := self._entries(sql, (after_seq, until_seq)):
            yield from page
            after_seq = page[-1].seq

    def find(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        found = self._entries(f"{SELECT_ENTRY} WHERE entry_id = ?", (entry_id,))
        return found[0] if found else None

    def of_subject(self, subject: str) -> tuple[Entry, ...]:
        """All entries about one subject, in order."""
        return tuple(self._entries(f"{SELECT_ENTRY} WHERE subject = ? ORDER BY seq", (subject,)))

    def erased(self) -> dict[int, int]:
        """Places of erased entries → places of those that erased them."""
        return dict(self._rows("SELECT seq, by_seq FROM erased"))

    def erasure_of(self, seq: int) -> Entry | None:
        """The entry that erased the content of another one, or None."""
        found = self._rows("SELECT by_seq FROM erased WHERE seq = ?", (seq,))
        return next(self.read(found[0][0] - 1, found[0][0]), None) if found else None

    def await_attachment(self, sha256: str, n_bytes: int) -> Progress:
        """How far an attachment has come; see ``Store.await_attachment``."""
        attachment.refuse_misnamed(sha256, n_bytes)
        with self._writing() as database:
            return attachment.begin(database, sha256, n_bytes)

    def put_part(self, sha256: str, number: int, content: bytes) -> Progress:
        """How far an attachment has come with this part; see ``Store.put_part``."""
        with self._writing(len(content)) as database:
            progress = attachment.put(database, sha256, number, content)
        if progress is None:
            raise attachment.not_whole(sha256)
        return progress

    def put_attachment(self, content: bytes) -> Progress:
        """How far an attachment is that came in one piece; see ``Store.put_attachment``."""
        name = sha256(content).hexdigest()
        attachment.refuse_misnamed(name, len(content))
        return self._files.join((name, content))

    def _put_attachments(
        self, files: Sequence[tuple[str, bytes]]
    ) -> Sequence[Progress | RafiqaError]:
        with self._writing(sum(len(content) for _, content in files)) as database:
            return [attachment.put_whole(database, name, content) for name, content in files]

    def progress(self, sha256: str) -> Progress | None:
        """How far an attachment has come, or None where none of that hash is awaited."""
        found = self._rows("SELECT n_bytes, state FROM attachments WHERE sha256 = ?", (sha256,))
        if not found:
            return None
        sql = "SELECT number FROM attachment_parts WHERE sha256 = ?"
        numbers = [row[0] for row in self._rows(sql, (sha256,))]
        return attachment.progress_of(sha256, found[0][0], found[0][1], numbers)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        """The parts of a whole attachment in order, or None where it is not whole."""
        progress = self.progress(sha256)
        if progress is None or not progress.whole:
            return None
        sql = "SELECT content FROM attachment_parts WHERE sha256 = ? AND number = ?"
        numbers = range(n_parts(progress.n_bytes))
        return (bytes(self._rows(sql, (sha256, number))[0][0]) for number in numbers)

    def put_blob(self, content: bytes) -> str:
        """The SHA-256 of the content in hex, under which it is now kept."""
        name = sha256(content).hexdigest()
        with self._writing(len(content)) as database:
            database.execute(
                "INSERT INTO blobs VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
                (name, bytes(content)),
            )
        return name

    def blob(self, sha256: str) -> bytes | None:
        """The content of that SHA-256 (hex), or None."""
        rows = self._rows("SELECT content FROM blobs WHERE sha256 = ?", (sha256,))
        return bytes(rows[0][0]) if rows else None

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

    def quarantine(self, items: Sequence[Quarantined]) -> int:
        """How many of the items were new; see ``Store.quarantine``."""
        with self._writing() as database:
            return put_quarantined(database, items)

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in the quarantine, in the order in which it came."""
        sql = """SELECT quarantine_id, file_name, row, original, faults, at_us, actor, number
                   FROM quarantine WHERE number > ? ORDER BY number LIMIT 100"""
        number = 0
        while page := self._rows(sql, (number,)):
            yield from self._made(quarantined_of, page)
            number = page[-1][7]

    def put_setting(self, name: str, value: bytes) -> None:
        """Nothing; keeps a local thing that may change."""
        sql = """INSERT INTO settings VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET value = excluded.value, digest = excluded.digest"""
        with self._writing() as database:
            database.execute(sql, (name, bytes(value), setting_digest(name, bytes(value))))

    def setting(self, name: str) -> bytes | None:
        """The value last put under that name, or None."""
        rows = self._rows("SELECT value FROM settings WHERE name = ?", (name,))
        return bytes(rows[0][0]) if rows else None

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
    def _writing(self, n_bytes: int = 0) -> Iterator[apsw.Connection]:
        """A transaction: on the disk when the block is left, or never there at all."""
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

    def _entries(self, sql: str, values: tuple[Any, ...]) -> list[Entry]:
        return self._made(entry_of, self._rows(sql, values))

    def _made(self, make: Callable[[tuple[Any, ...]], T], rows: list[tuple[Any, ...]]) -> list[T]:
        try:
            return [make(row) for row in rows]
        except CorruptLedger as error:
            raise self._noted(error) from None

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

    def _tail_faults(self) -> list[Fault]:
        try:
            first = max(self.head().seq - TAIL_ENTRIES, 0)
            before = next(self.read(first - 1, first), None) if first else None
            after = before.head if before else GENESIS
            tail = check_chain(self.read(first), after=after, erased=self.erased())
            return tail + self._end_faults()
        except CorruptLedger as error:
            return list(error.faults)

    def _end_faults(self) -> list[Fault]:
        """Entries missing at the end, or added past the store."""
        ends = self._rows(
            """SELECT log_end.seq, log_end.entry_hash, coalesce(last.seq, 0),
                      coalesce(last.entry_hash, zeroblob(32))
                 FROM log_end LEFT JOIN (SELECT seq, entry_hash FROM entries
                                          ORDER BY seq DESC LIMIT 1) AS last"""
        )
        if not ends:
            return [Fault("store.end", params={"seq": self.head().seq, "expected": 0})]
        seq, entry_hash, found_seq, found_hash = ends[0]
        if (seq, entry_hash) == (found_seq, found_hash):
            return []
        return [Fault("store.end", params={"seq": found_seq, "expected": seq})]


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
