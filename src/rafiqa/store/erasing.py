"""Bodies that go, in the same transaction as the entry that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger import ERASURE_KIND, Entry, Erasure, erasure_in
from rafiqa.store import attachment
from rafiqa.store.database import Database

Found = Callable[[str], "tuple[int, str] | None"]
"""Place and kind of the entry of an id."""


def erasures(entries: Sequence[Entry], found: Found) -> list[tuple[Entry, Erasure]]:
    """The entries of a batch that erase, each with what it erases.

    Raises:
        InvalidInput: ``ledger.erasure.target``: it names no earlier entry, or one that is
            itself an erasure; every such entry is listed.
    """
    good, faults = [], []
    for entry in entries:
        if entry.kind != ERASURE_KIND:
            continue
        erasure = erasure_in(entry)
        target = None if erasure is None else found(erasure.entry_id)
        if erasure is None or target is None or not _fits(erasure, target, entry):
            params: dict[str, str | int] = {"entry_id": entry.entry_id}
            faults.append(Fault("ledger.erasure.target", "body", params=params))
        else:
            good.append((entry, erasure))
    if faults:
        raise InvalidInput(faults)
    return good


def _fits(erasure: Erasure, target: tuple[int, str], entry: Entry) -> bool:
    seq, kind = target
    return seq == erasure.seq < entry.seq and kind != ERASURE_KIND


def erase(database: Database, entries: Sequence[Entry]) -> bool:
    """Whether anything was erased: the bodies, salts and attachments that the entries name.

    Raises:
        InvalidInput: see ``erasures``.
    """

    def found(entry_id: str) -> tuple[int, str] | None:
        sql = "SELECT seq, kind FROM entries WHERE entry_id = ?"
        return next(iter(database.execute(sql, (entry_id,))), None)

    todo = erasures(entries, found)
    for entry, erasure in todo:
        database.execute(
            "INSERT INTO erased VALUES (?, ?) ON CONFLICT (seq) DO NOTHING",
            (erasure.seq, entry.seq),
        )
        database.execute("DELETE FROM bodies WHERE seq = ?", (erasure.seq,))
        if erasure.attachment is not None:
            attachment.erase(database, erasure.attachment)
    return bool(todo)
