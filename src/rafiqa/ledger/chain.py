"""Is this ledger what was written? Every hash computed again, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_type_hints

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.entry import GENESIS, Entry, Head, body_commitment, header_bytes, header_hash


def check_chain(
    entries: Iterable[Entry], *, after: Head = GENESIS, until: Head | None = None
) -> list[Fault]:
    """The faults of the first entry that does not fit; empty if the chain is whole.

    Stops at the first bad entry: nothing after it can be believed. Holds one entry in
    memory at a time.

    Args:
        entries: in ledger order.
        after: the head they follow; the empty ledger by default. A tail can be checked
            by giving the head before it.
        until: the head they must end at, from another source (a checkpoint). Without it
            entries missing at the end cannot be seen: a shorter chain is a whole chain.
    """
    head = after
    for entry in entries:
        faults = list(_entry_faults(entry, head))
        if faults:
            return faults
        head = entry.head
    if until is not None and (head.seq, head.entry_hash) != (until.seq, until.entry_hash):
        return [Fault("ledger.chain.end", params={"seq": head.seq, "expected": until.seq})]
    return []


def _entry_faults(entry: Entry, head: Head) -> Iterator[Fault]:
    params: dict[str, str | int] = {"seq": entry.seq, "entry_id": entry.entry_id}
    if not _is_whole(entry):
        yield Fault("ledger.chain.form", params={key: str(at) for key, at in params.items()})
        return
    if entry.seq != head.seq + 1:
        expected: dict[str, str | int] = {**params, "expected": head.seq + 1}
        yield Fault("ledger.chain.gap", "seq", params=expected)
    if entry.prev_hash != head.entry_hash:
        yield Fault("ledger.chain.link", "prev_hash", params=params)
    if not _hash_matches(entry):
        yield Fault("ledger.chain.hash", "entry_hash", params=params)
    if entry.body_commitment != body_commitment(entry.salt, entry.body):
        yield Fault("ledger.chain.body", "body", params=params)
    if entry.recorded_at_us <= head.recorded_at_us:
        yield Fault("ledger.chain.time", "recorded_at_us", params=params)


_TYPES = get_type_hints(Entry)


def _is_whole(entry: Entry) -> bool:
    return all(type(getattr(entry, name)) is kind for name, kind in _TYPES.items())


def _hash_matches(entry: Entry) -> bool:
    try:
        return header_hash(header_bytes(entry)) == entry.entry_hash
    except InvalidInput:  # a field that cannot be written was never sealed
        return False
