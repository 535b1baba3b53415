"""A store that forgets when it is closed: for tests, trials and dry runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256 as hashed
from threading import RLock

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import GENESIS, PART_BYTES, Draft, Entry, Head, n_parts
from rafiqa.store import attachment
from rafiqa.store.cloakroom import Cloakroom, OwnCloakroom
from rafiqa.store.erasing import erasures
from rafiqa.store.port import Progress, Quarantined, Receipt
from rafiqa.store.triage import (
    contradiction,
    item_digest,
    keepable,
    only_aside,
    refuse_bad_drafts,
    refuse_moved_head,
    seal_all,
    triage,
)


class MemoryStore:
    """A store in the memory of one process. See ``Store`` for what its methods promise.

    Args:
        entropy: gives that many random bytes; for salts.
        now_us: the clock, microseconds since 1970 UTC.
    """

    def __init__(self, *, entropy: Callable[[int], bytes], now_us: Callable[[], int]) -> None:
        self._entropy = entropy
        self._now_us = now_us
        self._turn = RLock()
        self._open = True
        self._entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._by_subject: defaultdict[str, list[Entry]] = defaultdict(list)
        self._blobs: dict[str, bytes] = {}
        self._quarantine: dict[bytes, Quarantined] = {}
        self._settings: dict[str, bytes] = {}
        self._erased: dict[int, int] = {}
        self._awaited: dict[str, Progress] = {}
        self._parts: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
        self.cloakroom: Cloakroom = OwnCloakroom()
        self._turns: dict[str, RLock] = {}

    @property
    def writable(self) -> bool:
        """Whether it is open."""
        return self._open

    def stopped(self) -> Sequence[Fault]:
        """Why it takes no writes: it is closed."""
        return () if self._open else (Fault("store.closed"),)

    def head(self) -> Head:
        """Where the ledger ends."""
        self._refuse_if_closed()
        return self._entries[-1].head if self._entries else GENESIS

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        """The receipt for a batch; see ``Store.append``."""
        refuse_bad_drafts(drafts)
        with self._turn:
            head = self.head()
            now_us = self._now_us()
            ids = {draft.entry_id for draft in drafts} & self._by_id.keys()
            batch = triage(drafts, {key: self._by_id[key].request_digest for key in ids})
            if batch.fresh:
                self._refuse_moved_head(expected_head, aside)
            entries = seal_all(batch.fresh, head, now_us, self._entropy)
            todo = erasures(entries, self._place_of)
            self.quarantine([contradiction(draft, now_us) for draft in batch.conflicting])
            for entry in entries:
                self._entries.append(entry)
                self._by_id[entry.entry_id] = entry
                self._by_subject[entry.subject].append(entry)
            for entry, erasure in todo:
                self._erase(erasure.seq, entry.seq, erasure.attachment)
            conflicting = tuple(draft.entry_id for draft in batch.conflicting)
            return Receipt(entries, batch.already, conflicting, self.head())

    def _refuse_moved_head(self, expected: Head | None, aside: Collection[str]) -> None:
        since = self._entries[max((expected.seq if expected else 0) - 1, 0) :]
        told = [(entry.seq, entry.entry_hash, entry.kind) for entry in since]
        if not only_aside(expected, told, aside):
            refuse_moved_head(expected, self.head())

    def read(self, after_seq: int = 0, until_seq: int | None = None) -> Iterator[Entry]:
        """The entries of a range in order; see ``Store.read``."""
        last = self.head().seq
        until_seq = last if until_seq is None else min(until_seq, last)
        for index in range(max(after_seq, 0), until_seq):
            yield self._entries[index]

    def find(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        self._refuse_if_closed()
        return self._by_id.get(entry_id)

    def of_subject(self, subject: str) -> tuple[Entry, ...]:
        """All entries about one subject, in order."""
        self._refuse_if_closed()
        return tuple(self._by_subject.get(subject, ()))

    def _place_of(self, entry_id: str) -> tuple[int, str] | None:
        found = self._by_id.get(entry_id)
        return None if found is None else (found.seq, found.kind)

    def _erase(self, seq: int, by_seq: int, sha256: str | None) -> None:
        self._erased.setdefault(seq, by_seq)
        old = self._entries[seq - 1]
        new = replace(old, body=b"", salt=b"")
        about = self._by_subject[old.subject]
        about[about.index(old)] = self._entries[seq - 1] = self._by_id[old.entry_id] = new
        if sha256 in self._awaited:
            shared = self._let_go(sha256)
            if shared is not None and not self._stands_in(shared):
                self._let_go(shared)

    def _stands_in(self, sha256: str) -> bool:
        return any(each.shared == sha256 for each in self._awaited.values())

    def _let_go(self, sha256: str) -> str | None:
        awaited = self._awaited[sha256]
        self._parts.pop(sha256, None)
        self._awaited[sha256] = replace(awaited, missing=(), whole=False, erased=True, shared=None)
        return awaited.shared

    def erased(self) -> dict[int, int]:
        """Places of erased entries → places of those that erased them."""
        self._refuse_if_closed()
        return dict(self._erased)

    def erasure_of(self, seq: int) -> Entry | None:
        """The entry that erased the content of another one, or None."""
        self._refuse_if_closed()
        by_seq = self._erased.get(seq)
        return None if by_seq is None else self._entries[by_seq - 1]

    def await_attachment(self, sha256: str, n_bytes: int) -> Progress:
        """How far an attachment has come; see ``Store.await_attachment``."""
        self._refuse_if_closed()
        attachment.refuse_misnamed(sha256, n_bytes)
        new = attachment.progress_of(sha256, n_bytes, attachment.MISSING, ())
        progress = self._awaited.setdefault(sha256, new)
        attachment.refuse_other_length(progress, n_bytes)
        return progress

    def put_part(self, sha256: str, number: int, content: bytes) -> Progress:
        """How far an attachment has come with this part; see ``Store.put_part``."""
        self._refuse_if_closed()
        with self._turn:
            progress = self._awaited.get(sha256)
            attachment.refuse_bad_part(progress, sha256, number, content)
            if progress is None or progress.whole:
                return self._awaited[sha256]
            parts = self._parts[sha256]
            parts[number] = bytes(content)
            whole = b"".join(parts[at] for at in sorted(parts))
            state = attachment.MISSING
            good = True
            if len(whole) == progress.n_bytes:
                good = hashed(whole).hexdigest() == sha256
                state = attachment.WHOLE if good else attachment.MISSING
            if not good:
                parts.clear()
            made = attachment.progress_of(sha256, progress.n_bytes, state, list(parts))
            self._awaited[sha256] = made
            if not good:
                raise attachment.not_whole(sha256)
            return made

    def put_attachment(self, content: bytes) -> Progress:
        """How far an attachment is that came in one piece; see ``Store.put_attachment``."""
        with self._turn:
            progress = self.await_attachment(hashed(content).hexdigest(), len(content))
            if not (progress.whole or progress.erased):
                self._parts[progress.sha256].clear()
                progress = replace(progress, missing=tuple(range(n_parts(len(content)))))
            for number in progress.missing:
                part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
                progress = self.put_part(progress.sha256, number, part)
            return progress

    def seal_attachment(self, sha256: str, n_bytes: int, shared: bytes) -> Progress:
        """How far an attachment is that is sealed now; see ``Store.seal_attachment``."""
        name = hashed(shared).hexdigest()
        attachment.refuse_itself(sha256, name)
        with self._turn:
            progress = self.await_attachment(sha256, n_bytes)
            if progress.erased or progress.shared is not None or self._stands_in(sha256):
                return progress
            self.put_attachment(shared)
            self._parts.pop(sha256, None)
            sealed = Progress(sha256, n_bytes, (), whole=True, shared=name)
            self._awaited[sha256] = sealed
            return sealed

    def progress(self, sha256: str) -> Progress | None:
        """How far an attachment has come, or None where none of that hash is awaited."""
        self._refuse_if_closed()
        return self._awaited.get(sha256)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        """The parts of a whole attachment in order; see ``Store.attachment``."""
        progress = self.progress(sha256)
        while progress is not None and progress.shared is not None:
            sha256 = progress.shared
            progress = self.progress(sha256)
        if progress is None or not progress.whole:
            return None
        return iter([self._parts[sha256][at] for at in range(n_parts(progress.n_bytes))])

    def put_blob(self, content: bytes) -> str:
        """The SHA-256 of the content in hex, under which it is now kept."""
        self._refuse_if_closed()
        name = hashed(content).hexdigest()
        self._blobs[name] = bytes(content)
        return name

    def blob(self, sha256: str) -> bytes | None:
        """The content of that SHA-256 (hex), or None."""
        self._refuse_if_closed()
        return self._blobs.get(sha256)

    def blob_parts(self, sha256: str) -> Iterator[bytes] | None:
        """The content of that SHA-256 in order and in parts, or None."""
        content = self.blob(sha256)
        return None if content is None else iter([content])

    def quarantine(self, items: Sequence[Quarantined]) -> int:
        """How many of the items were new; see ``Store.quarantine``."""
        self._refuse_if_closed()
        with self._turn:
            before = len(self._quarantine)
            for item in map(keepable, items):
                self._quarantine.setdefault(item_digest(item), item)
            return len(self._quarantine) - before

    def quarantined(self) -> Iterator[Quarantined]:
        """Everything in the quarantine, in the order in which it came."""
        self._refuse_if_closed()
        yield from tuple(self._quarantine.values())

    def put_time(self, name: str, now_us: Callable[[], int]) -> None:
        """Nothing; keeps the time, looked at while nobody appends."""
        with self._turn:
            self.put_setting(name, str(now_us()).encode())

    def put_setting(self, name: str, value: bytes) -> None:
        """Nothing; keeps a local thing that may change."""
        self._refuse_if_closed()
        self._settings[name] = bytes(value)

    def change_setting(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Nothing; a local thing was changed, and nothing came in between."""
        with self._turn:
            made = change(self.setting(name))
            if made is not None:
                self.put_setting(name, made)

    def setting(self, name: str) -> bytes | None:
        """The value last put under that name, or None."""
        self._refuse_if_closed()
        return self._settings.get(name)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """A block that nobody else who asks for that turn is in."""
        with self._turn:
            turn = self._turns.setdefault(name, RLock())
        with turn:
            yield

    def check(self) -> list[Fault]:
        """Nothing to find: memory has no file that could be damaged."""
        self._refuse_if_closed()
        return []

    def close(self) -> None:
        """Nothing; the store takes and gives nothing any more."""
        self._open = False

    def _refuse_if_closed(self) -> None:
        if not self._open:
            raise StoreError(Fault("store.closed"))
