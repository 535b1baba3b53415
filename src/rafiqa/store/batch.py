"""A batch of drafts put into the tables, within a transaction that somebody else holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rafiqa.errors import CorruptLedger, Fault, RafiqaError
from rafiqa.ledger import ERASURE_KIND, GENESIS, Draft, Entry, Head
from rafiqa.store.database import Database
from rafiqa.store.erasing import erase
from rafiqa.store.port import Quarantined, Receipt
from rafiqa.store.proof import quarantine_digest
from rafiqa.store.rows import INSERT_BODY, INSERT_ENTRY, body_rows, header_rows
from rafiqa.store.triage import (
    contradiction,
    faults_packed,
    item_digest,
    keepable,
    only_aside,
    refuse_moved_head,
    seal_all,
    triage,
)

ASKED_TOGETHER: Final = 500
"""So many ids are looked for in one statement."""

SELECT_HEAD: Final = "SELECT seq, entry_hash, recorded_at_us FROM entries ORDER BY seq DESC LIMIT 1"


def head_of(rows: Iterable[tuple[Any, ...]]) -> Head:
    """Returns where the ledger ends, from what ``SELECT_HEAD`` found.

    Raises:
        CorruptLedger: the last row is half a row, as a power cut leaves it without syncs.
    """
    for row in rows:
        if None in row:
            raise CorruptLedger(Fault("store.damaged", params={"detail": "the last entry"}))
        return Head(*row)
    return GENESIS


@dataclass(frozen=True, slots=True)
class Batch:
    """What one caller asks to append, the head that they expect, and which kinds may follow it."""

    drafts: Sequence[Draft]
    expected_head: Head | None
    aside: Collection[str] = ()

    @property
    def n_bytes(self) -> int:
        """Bytes of its bodies together."""
        return sum(len(draft.body) for draft in self.drafts)


def put_batch(
    database: Database,
    asked: Batch,
    clock: Callable[[], int],
    entropy: Callable[[int], bytes],
) -> Receipt:
    """The receipt that the batch will have once the transaction is on the disk.

    The clock is looked at when the end of the ledger is known: in the turn of who appends.
    """
    drafts = asked.drafts
    head = head_of(database.execute(SELECT_HEAD))
    now_us = clock()
    batch = triage(drafts, _known_digests(database, drafts))
    expected = asked.expected_head
    if batch.fresh and expected is not None and not _only_aside(database, asked):
        refuse_moved_head(expected, head)
    entries = seal_all(batch.fresh, head, now_us, entropy)
    _insert(database, entries)
    erase(database, entries)
    put_quarantined(database, [contradiction(draft, now_us) for draft in batch.conflicting])
    return Receipt(
        entries,
        batch.already,
        tuple(draft.entry_id for draft in batch.conflicting),
        entries[-1].head if entries else head,
    )


def _only_aside(database: Database, asked: Batch) -> bool:
    """Whether all that came after the head that was expected may come between."""
    if asked.expected_head is None or not asked.aside:
        return False
    since = "SELECT seq, entry_hash, kind FROM entries WHERE seq >= ? ORDER BY seq"
    rows = [
        (seq, bytes(entry_hash), kind)
        for seq, entry_hash, kind in database.execute(since, (asked.expected_head.seq,))
    ]
    return only_aside(asked.expected_head, rows, asked.aside)


def put_together(
    database: Database,
    batches: Sequence[Batch],
    clock: Callable[[], int],
    entropy: Callable[[int], bytes],
) -> list[Receipt | RafiqaError]:
    """One outcome for each batch of several, in their order; a refusal leaves the others alone.

    What hangs on what the ones before it wrote is asked for each. Of the others, which are nearly
    all, the database is asked once and told once.
    """
    if len(batches) == 1:  # its refusal undoes the transaction
        return [put_batch(database, batches[0], clock, entropy)]
    if any(_hangs_on_others(batch) for batch in batches):
        return [put_apart(database, batch, clock, entropy) for batch in batches]
    head = head_of(database.execute(SELECT_HEAD))
    known = _known_digests(database, [draft for batch in batches for draft in batch.drafts])
    outcomes: list[Receipt | RafiqaError] = []
    entries: list[Entry] = []
    conflicting: list[Quarantined] = []
    for batch in batches:
        at_us = clock()
        found = triage(batch.drafts, known)
        try:
            sealed = seal_all(found.fresh, head, at_us, entropy)
        except RafiqaError as error:
            outcomes.append(error)
            continue
        known |= {draft.entry_id: draft.request_digest for draft in found.fresh}
        head = sealed[-1].head if sealed else head
        entries += sealed
        conflicting += [contradiction(draft, at_us) for draft in found.conflicting]
        ids = tuple(draft.entry_id for draft in found.conflicting)
        outcomes.append(Receipt(sealed, found.already, ids, head))
    _insert(database, entries)
    put_quarantined(database, conflicting)
    return outcomes


def _hangs_on_others(batch: Batch) -> bool:
    erases = any(draft.kind == ERASURE_KIND for draft in batch.drafts)
    return erases or batch.expected_head is not None


def put_apart(
    database: Database,
    asked: Batch,
    clock: Callable[[], int],
    entropy: Callable[[int], bytes],
) -> Receipt | RafiqaError:
    """The outcome of one batch of several; its refusal leaves the others alone."""
    database.execute("SAVEPOINT batch")
    try:
        outcome: Receipt | RafiqaError = put_batch(database, asked, clock, entropy)
    except RafiqaError as error:
        database.execute("ROLLBACK TO batch")
        outcome = error
    database.execute("RELEASE batch")
    return outcome


def _known_digests(database: Database, drafts: Sequence[Draft]) -> dict[str, bytes]:
    """The request digests of those ids of a batch that are on record, asked in few statements."""
    known: dict[str, bytes] = {}
    for start in range(0, len(drafts), ASKED_TOGETHER):
        ids = [draft.entry_id for draft in drafts[start : start + ASKED_TOGETHER]]
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT entry_id, request_digest FROM entries WHERE entry_id IN ({marks})"  # noqa: S608 - marks only
        known.update(database.execute(sql, ids))
    return known


def _insert(database: Database, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    database.executemany(INSERT_ENTRY, header_rows(entries))
    database.executemany(INSERT_BODY, body_rows(entries))
    end = (entries[-1].seq, entries[-1].entry_hash)
    database.execute("UPDATE log_end SET seq = ?, entry_hash = ?", end)


def put_quarantined(database: Database, items: Sequence[Quarantined]) -> int:
    """How many of the items were new."""
    sql = """INSERT INTO quarantine (digest, quarantine_id, file_name, "row", original, faults,
                                     at_us, actor, time_digest)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (digest) DO NOTHING RETURNING number"""
    n_new = 0
    for item in map(keepable, items):
        name, file_name, row, original = item.quarantine_id, item.file_name, item.row, item.original
        faults = faults_packed(item.faults)
        digest = item_digest(item)
        about = (digest, name, file_name, row, original, faults, item.at_us, item.actor)
        values = (*about, quarantine_digest([digest, item.at_us]))
        n_new += len(list(database.execute(sql, values)))
    return n_new
