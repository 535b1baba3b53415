"""A store that forgets when it is closed: for tests, trials and dry runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from threading import RLock

from rafiqa.errors import Fault, StoreError
from rafiqa.ledger import GENESIS, Draft, Entry, Head
from rafiqa.store.port import Quarantined, Receipt
from rafiqa.store.triage import (
    contradiction,
    item_digest,
    keepable,
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

    @property
    def writable(self) -> bool:
        """Whether it is open."""
        return self._open

    def head(self) -> Head:
        """Where the ledger ends."""
        self._refuse_if_closed()
        return self._entries[-1].head if self._entries else GENESIS

    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        """The receipt for a batch; see ``Store.append``."""
        refuse_bad_drafts(drafts)
        with self._turn:
            head = self.head()
            now_us = self._now_us()
            ids = {draft.entry_id for draft in drafts} & self._by_id.keys()
            batch = triage(drafts, {key: self._by_id[key].request_digest for key in ids})
            if batch.fresh:
                refuse_moved_head(expected_head, head)
            entries = seal_all(batch.fresh, head, now_us, self._entropy)
            self.quarantine([contradiction(draft, now_us) for draft in batch.conflicting])
            for entry in entries:
                self._entries.append(entry)
                self._by_id[entry.entry_id] = entry
                self._by_subject[entry.subject].append(entry)
            conflicting = tuple(draft.entry_id for draft in batch.conflicting)
            return Receipt(entries, batch.already, conflicting, self.head())

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

    def put_blob(self, content: bytes) -> str:
        """The SHA-256 of the content in hex, under which it is now kept."""
        self._refuse_if_closed()
        name = sha256(content).hexdigest()
        self._blobs[name] = bytes(content)
        return name

    def blob(self, sha256: str) -> bytes | None:
        """The content of that SHA-256 (hex), or None."""
        self._refuse_if_closed()
        return self._blobs.get(sha256)

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

    def put_setting(self, name: str, value: bytes) -> None:
        """Nothing; keeps a local thing that may change."""
        self._refuse_if_closed()
        self._settings[name] = bytes(value)

    def setting(self, name: str) -> bytes | None:
        """The value last put under that name, or None."""
        self._refuse_if_closed()
        return self._settings.get(name)

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
