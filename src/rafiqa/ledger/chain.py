"""Is this ledger what was written? Every hash computed again, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import get_type_hints

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.entry import GENESIS, Entry, Head, body_commitment, header_bytes, header_hash
from rafiqa.ledger.erasure import ERASURE_KIND, erasure_in


def check_chain(
    entries: Iterable[Entry],
    *,
    after: Head = GENESIS,
    until: Head | None = None,
    erased: Mapping[int, int] | None = None,
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
        erased: where a body and salt are gone on purpose: place of the entry → place of the
            later entry that erased it. That entry is looked at when it comes: a body that is
            missing without one is a fault, and so is one that should be gone and is not.
    """
    gone = erased or {}
    awaited: dict[int, Entry] = {}
    head = after
    for entry in entries:
        faults = _entry_faults(entry, head, gone, awaited)
        if faults:
            return faults
        head = entry.head
    if awaited:
        unsaid = awaited[min(awaited)]
        return [Fault("ledger.chain.erasure", "body", params=_named(unsaid))]
    if until is not None and (head.seq, head.entry_hash) != (until.seq, until.entry_hash):
        return [Fault("ledger.chain.end", params={"seq": head.seq, "expected": until.seq})]
    return []


def _entry_faults(
    entry: Entry, head: Head, gone: Mapping[int, int], awaited: dict[int, Entry]
) -> list[Fault]:
    if not _is_whole(entry):
        params = {key: str(at) for key, at in _named(entry).items()}
        return [Fault("ledger.chain.form", params=params)]
    faults = list(_link_faults(entry, head))
    if entry.seq in gone:
        awaited[gone[entry.seq]] = entry
        if entry.body or entry.salt:
            faults.append(Fault("ledger.chain.not-erased", "body", params=_named(entry)))
    elif entry.body_commitment != body_commitment(entry.salt, entry.body):
        faults.append(Fault("ledger.chain.body", "body", params=_named(entry)))
    if entry.kind == ERASURE_KIND:
        faults += _erasure_faults(entry, gone)
    told = awaited.pop(entry.seq, None)
    if told is not None and _erased_by(entry) != told.seq:
        faults.append(Fault("ledger.chain.erasure", "body", params=_named(told)))
    return faults


def _link_faults(entry: Entry, head: Head) -> Iterator[Fault]:
    if entry.seq != head.seq + 1:
        expected: dict[str, str | int] = {**_named(entry), "expected": head.seq + 1}
        yield Fault("ledger.chain.gap", "seq", params=expected)
    if entry.prev_hash != head.entry_hash:
        yield Fault("ledger.chain.link", "prev_hash", params=_named(entry))
    if not _hash_matches(entry):
        yield Fault("ledger.chain.hash", "entry_hash", params=_named(entry))
    if entry.recorded_at_us <= head.recorded_at_us:
        yield Fault("ledger.chain.time", "recorded_at_us", params=_named(entry))


def _named(entry: Entry) -> dict[str, str | int]:
    return {"seq": entry.seq, "entry_id": entry.entry_id}


def _erased_by(entry: Entry) -> int | None:
    erasure = erasure_in(entry)
    return None if erasure is None else erasure.seq


def _erasure_faults(entry: Entry, gone: Mapping[int, int]) -> Iterator[Fault]:
    """An entry that erases, whose content was left where it was."""
    seq = _erased_by(entry)
    if seq is not None and seq not in gone:
        yield Fault("ledger.chain.erasure-unfinished", "body", params={**_named(entry), "of": seq})


_TYPES = get_type_hints(Entry)
_VALUES = attrgetter(*_TYPES)
_KINDS = tuple(_TYPES.values())


def _is_whole(entry: Entry) -> bool:
    return tuple(map(type, _VALUES(entry))) == _KINDS


def _hash_matches(entry: Entry) -> bool:
    try:
        return header_hash(header_bytes(entry)) == entry.entry_hash
    except InvalidInput:  # a field that cannot be written was never sealed
        return False
