"""A small life of a store, and the question afterwards: is everything acknowledged there?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from rafiqa.errors import CorruptLedger, RafiqaError, StoreError
from rafiqa.ledger import ERASURE_KIND, PART_BYTES, Draft, canonical, check_chain, is_erased, parse
from rafiqa.store import EmbeddedStore, open_store
from tests.contract.drafts import Clock, Salts, make_draft, make_quarantined

STORE_NAME = "site.rafiqa"
BATCHES = 14


def opened(
    folder: Path, vfs: str | None = None, *, create: bool = False, wait_ms: int = 100
) -> EmbeddedStore:
    return open_store(
        folder / STORE_NAME,
        create=create,
        entropy=Salts(),
        now_us=Clock(),
        wait_ms=wait_ms,
        vfs=vfs,
    )


def batch(number: int) -> list[Draft]:
    """Three drafts; every fourth batch brings a long body, which spreads over pages."""
    size = 9000 if number % 4 == 3 else 200
    return [
        make_draft(number * 3 + at, body=sha256(f"{number} {at}".encode()).digest() * (size // 32))
        for at in range(3)
    ]


def act(store: EmbeddedStore, number: int) -> tuple[str, Any]:
    """One write of the life, and what it acknowledged."""
    if number % 5 == 4:
        return "blob", store.put_blob(f"photo {number}".encode() * 300)
    if number % 5 == 3:
        return "part", _put_part(store, number)
    erasure = _erasure(store, number) if number % 12 == 11 else None
    if erasure is not None:
        store.append([erasure])
        return "erased", parse(erasure.body)["seq"]
    if number % 7 == 6:
        item = make_quarantined(number)
        store.quarantine([item])
        return "quarantine", item
    receipt = store.append(batch(number))
    again = receipt.already
    return "entries", [entry.entry_id for entry in receipt.stored] + list(again)


def _put_part(store: EmbeddedStore, number: int) -> tuple[str, int]:
    """A part: of one that is whole with it, or the end of one whose beginning stays away."""
    end = f"photo {number}".encode() * 300
    photo, part = (end, 0) if number % 2 else (bytes(PART_BYTES) + end, 1)
    name = sha256(photo).hexdigest()
    store.await_attachment(name, len(photo))
    store.put_part(name, part, end)
    return name, part


def _erasure(store: EmbeddedStore, number: int) -> Draft | None:
    """What erases the first body that is still there; None where there is none."""
    entry = next((entry for entry in store.read() if not is_erased(entry)), None)
    if entry is None:
        return None
    erasing: dict[str, Any] = {"entry_id": entry.entry_id, "seq": entry.seq, "cause": "asked"}
    body = canonical({**erasing, "remainder": b"\xa0"})
    digest = sha256(body).digest()
    return make_draft(5000 + number, kind=ERASURE_KIND, body=body, request_digest=digest)


@dataclass
class Found:
    """What a check after the fault found: lost acknowledgements, and damage."""

    lost: list[Any] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    entries: int = 0
    writable: bool = True

    @property
    def good(self) -> bool:
        return not self.lost and not self.damage


def examine(folder: Path, told: Iterable[tuple[str, Any]], *, go_on: bool = True) -> Found:
    """Open the store as after a restart, look for all that was told, and go on writing."""
    found = Found()
    try:
        store = opened(folder)
    except (StoreError, CorruptLedger) as error:
        found.lost = list(told)
        found.damage = [str(error)]
        return found
    try:
        _look(store, told, found)
        if go_on and found.writable:
            receipt = store.append(batch(1000))
            found.damage += _codes(store)
            if len(receipt.stored) != 3:
                found.damage.append("what was never sent was known")
    except RafiqaError as error:
        found.damage.append(str(error))
    finally:
        store.close()
    return found


def _look(store: EmbeddedStore, told: Iterable[tuple[str, Any]], found: Found) -> None:
    found.writable = store.writable
    found.damage = _codes(store)
    held = {entry.entry_id: entry for entry in store.read()}
    found.entries = len(held)
    kept = list(store.quarantined())
    for kind, what in told:
        if kind == "entries":
            found.lost += [entry_id for entry_id in what if entry_id not in held]
        elif not _is_there(store, kind, what, kept):
            found.lost.append(what)


def _is_there(store: EmbeddedStore, kind: str, what: Any, kept: list[Any]) -> bool:
    if kind == "quarantine":
        return what in kept
    if kind == "erased":
        return what in store.erased()
    if kind == "part":
        name, part = what
        progress = store.progress(name)
        return progress is not None and part not in progress.missing
    return store.blob(what) is not None


def _codes(store: EmbeddedStore) -> list[str]:
    chain = check_chain(store.read(), until=store.head(), erased=store.erased())
    faults = [*store.check(), *chain]
    return [fault.code for fault in faults if fault.code != "store.halted"]
