"""A store that keeps its things in tables: what is the same for SQLite and PostgreSQL.

The statements are those of both. Who derives from this says how rows are read, how a transaction is
held, and what the driver's errors mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256 as hashed
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Final, TypeVar

from rafiqa.errors import CorruptLedger, Fault, RafiqaError, StoreError
from rafiqa.ledger import GENESIS, Draft, Entry, Head, check_chain, n_parts
from rafiqa.store import attachment
from rafiqa.store.batch import SELECT_HEAD, Batch, head_of, put_quarantined, put_together
from rafiqa.store.cloakroom import Cloakroom, OwnCloakroom
from rafiqa.store.database import Database
from rafiqa.store.groupcommit import GroupCommit
from rafiqa.store.port import Progress, Quarantined, Receipt
from rafiqa.store.proof import setting_digest
from rafiqa.store.rows import SELECT_ENTRY, entry_of, quarantined_of
from rafiqa.store.triage import refuse_bad_drafts

PAGE_ENTRIES: Final = 1000
TAIL_ENTRIES: Final = 100
"""So many entries at the end are checked when a store is opened."""
PUT_SETTING: Final = """INSERT INTO settings (name, value, digest) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, digest = excluded.digest"""
LEDGER: Final = "ledger"
"""The turn that appending waits for."""

T = TypeVar("T")


class TableStore(ABC):
    """A store in tables. See ``Store`` for what its methods promise.

    Args:
        entropy: gives that many random bytes; for salts.
        now_us: the clock, microseconds since 1970 UTC.
    """

    def __init__(self, entropy: Callable[[int], bytes], now_us: Callable[[], int]) -> None:
        self._entropy = entropy
        self._now_us = now_us
        self._line: GroupCommit[Batch, Receipt] = GroupCommit(self._append_group)
        self.cloakroom: Cloakroom = OwnCloakroom()
        self._turns: dict[str, RLock] = {}
        self._turns_gate = Lock()
        self._files: GroupCommit[tuple[str, bytes], Progress] = GroupCommit(self._put_attachments)

    @abstractmethod
    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes, every reason; empty where it does."""

    @property
    @abstractmethod
    def path(self) -> Path:
        """The path beside which the keys and the published log lie."""

    @abstractmethod
    def bar(self, fault: Fault) -> None:
        """Nothing; the store takes no writes from now on, in any process.

        Args:
            fault: ``store.rollback`` or ``store.fork``, with the figures that its words name.
        """

    @abstractmethod
    def copy_to(self, path: Path) -> None:
        """Nothing; a whole copy of the store, as a file, lies at a path where nothing was.

        Made from one reading while others go on writing. An empty file may be there.

        Raises:
            StoreError: the disk or the database failed; what was begun is left to the caller.
        """

    @abstractmethod
    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads."""

    @abstractmethod
    def _writing(
        self, n_bytes: int = 0, turns: Sequence[str] = (), /
    ) -> AbstractContextManager[Database]:
        """A transaction: on the disk when the block is left, or never there at all.

        Args:
            n_bytes: about how much is put.
            turns: names of what nobody else may write meanwhile.
        """

    @abstractmethod
    def _noted(self, error: Exception) -> StoreError | CorruptLedger:
        """The error to raise for one of the driver; what has to stop after it has stopped."""

    @property
    def writable(self) -> bool:
        """Whether it still takes writes: False after an I/O error or damage was seen."""
        return not self.stopped()

    def held_still(self) -> AbstractContextManager[Database]:
        """A transaction during which nobody appends: for carrying a whole store elsewhere."""
        return self._writing(0, (LEDGER,))

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads."""
        return self._rows(sql, values)

    def head(self) -> Head:
        """Where the ledger ends."""
        return head_of(self._rows(SELECT_HEAD))

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        """The receipt for a batch, given after it is on the disk; see ``Store.append``."""
        refuse_bad_drafts(drafts)
        return self._line.join(Batch(drafts, expected_head, aside))

    def _append_group(self, batches: Sequence[Batch]) -> list[Receipt | RafiqaError]:
        """One outcome for each batch of a line."""
        return self._append_together(batches)

    def _append_together(self, batches: Sequence[Batch]) -> list[Receipt | RafiqaError]:
        n_bytes = sum(batch.n_bytes for batch in batches)
        with self._writing(n_bytes, (LEDGER,)) as database:
            return put_together(database, batches, self._now_us, self._entropy)

    def read(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[Entry]:
        """The entries of a range in order; see ``Store.read``."""
        last = self.head().seq
        until_seq = last if until_seq is None else min(until_seq, last)
        if after_seq >= until_seq:
            return  # who follows a ledger that has not grown asks once
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
        with self._writing(0, (sha256,)) as database:
            return attachment.begin(database, sha256, n_bytes)

    def put_part(self, sha256: str, number: int, content: bytes) -> Progress:
        """How far an attachment has come with this part; see ``Store.put_part``."""
        with self._writing(len(content), (sha256,)) as database:
            progress = attachment.put(database, sha256, number, content)
        if progress is None:
            raise attachment.not_whole(sha256)
        return progress

    def put_attachment(self, content: bytes) -> Progress:
        """How far an attachment is that came in one piece; see ``Store.put_attachment``."""
        name = hashed(content).hexdigest()
        attachment.refuse_misnamed(name, len(content))
        return self._files.join((name, content))

    def _put_attachments(
        self, files: Sequence[tuple[str, bytes]]
    ) -> Sequence[Progress | RafiqaError]:
        n_bytes = sum(len(content) for _, content in files)
        with self._writing(n_bytes, [name for name, _ in files]) as database:
            return [attachment.put_whole(database, name, content) for name, content in files]

    def progress(self, sha256: str) -> Progress | None:
        """How far an attachment has come, or None where none of that hash is awaited."""
        found = self._rows(attachment.STANDING, (sha256,))
        if not found:
            return None
        sql = "SELECT number FROM attachment_parts WHERE sha256 = ?"
        numbers = [row[0] for row in self._rows(sql, (sha256,))]
        n_bytes, state, shared = found[0]
        return attachment.progress_of(sha256, n_bytes, state, numbers, shared)

    def seal_attachment(self, sha256: str, n_bytes: int, shared: bytes) -> Progress:
        """How far an attachment is that is sealed now; see ``Store.seal_attachment``."""
        name = hashed(shared).hexdigest()
        attachment.refuse_misnamed(sha256, n_bytes)
        attachment.refuse_misnamed(name, len(shared))
        attachment.refuse_itself(sha256, name)
        with self._writing(len(shared), (sha256, name)) as database:
            return attachment.seal(database, sha256, n_bytes, name, shared)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        """The parts of a whole attachment in order; see ``Store.attachment``."""
        progress = self.progress(sha256)
        while progress is not None and progress.shared is not None:
            sha256 = progress.shared
            progress = self.progress(sha256)
        if progress is None or not progress.whole:
            return None
        sql = "SELECT content FROM attachment_parts WHERE sha256 = ? AND number = ?"
        numbers = range(n_parts(progress.n_bytes))
        return (bytes(self._rows(sql, (sha256, number))[0][0]) for number in numbers)

    def put_blob(self, content: bytes) -> str:
        """The SHA-256 of the content in hex, under which it is now kept."""
        name = hashed(content).hexdigest()
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

    def quarantine(self, items: Sequence[Quarantined]) -> int:
        """How many of the items were new; see ``Store.quarantine``."""
        with self._writing() as database:
            return put_quarantined(database, items)

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in the quarantine, in the order in which it came."""
        sql = """SELECT quarantine_id, file_name, "row", original, faults, at_us, actor, number
                   FROM quarantine WHERE number > ? ORDER BY number LIMIT 100"""
        number = 0
        while page := self._rows(sql, (number,)):
            yield from self._made(quarantined_of, page)
            number = page[-1][7]

    def put_setting(self, name: str, value: bytes) -> None:
        """Nothing; keeps a local thing that may change."""
        with self._writing() as database:
            database.execute(PUT_SETTING, (name, bytes(value), setting_digest(name, bytes(value))))

    def put_time(self, name: str, now_us: Callable[[], int]) -> None:
        """Nothing; the time is kept as a local thing, in the turn of those who append.

        Whoever holds that time holds everything that was recorded before it: who appended had
        their turn, and was on the disk, before the clock was looked at.
        """
        with self._writing(0, (LEDGER,)) as database:
            value = str(now_us()).encode()
            database.execute(PUT_SETTING, (name, value, setting_digest(name, value)))

    def change_setting(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Nothing; a local thing was changed, and nothing came in between in any process."""
        with self._writing(0, (f"setting {name}",)) as database:
            rows = list(database.execute("SELECT value FROM settings WHERE name = ?", (name,)))
            made = change(bytes(rows[0][0]) if rows else None)
            if made is not None:
                values = (name, bytes(made), setting_digest(name, bytes(made)))
                database.execute(PUT_SETTING, values)

    def setting(self, name: str) -> bytes | None:
        """The value last put under that name, or None."""
        rows = self._rows("SELECT value FROM settings WHERE name = ?", (name,))
        return bytes(rows[0][0]) if rows else None

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """A block that nobody else of this process who asks for that turn is in."""
        with self._turns_gate:
            turn = self._turns.setdefault(name, RLock())
        with turn:
            yield

    def _entries(self, sql: str, values: tuple[Any, ...]) -> list[Entry]:
        return self._made(entry_of, self._rows(sql, values))

    def _made(self, make: Callable[[tuple[Any, ...]], T], rows: list[tuple[Any, ...]]) -> list[T]:
        try:
            return [make(row) for row in rows]
        except CorruptLedger as error:
            raise self._noted(error) from None

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
            """SELECT log_end.seq, log_end.entry_hash, last.seq, last.entry_hash FROM log_end
                 LEFT JOIN (SELECT seq, entry_hash FROM entries ORDER BY seq DESC LIMIT 1) AS last
                        ON true"""
        )
        if not ends:
            return [Fault("store.end", params={"seq": self.head().seq, "expected": 0})]
        seq, entry_hash, found_seq, found_hash = ends[0]
        if (seq, entry_hash) == (found_seq or 0, found_hash or GENESIS.entry_hash):
            return []
        return [Fault("store.end", params={"seq": found_seq or 0, "expected": seq})]
