"""What is new in a batch, what is there already, and what contradicts what is there.

Shared by all stores, so that they cannot come to different answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from rafiqa.errors import Conflict, Fault, InvalidInput
from rafiqa.ledger import SALT_BYTES, Draft, Entry, Head, canonical, draft_faults, packed, parse
from rafiqa.ledger import seal as seal_one
from rafiqa.store.port import Quarantined
from rafiqa.store.proof import quarantine_digest


@dataclass(frozen=True, slots=True)
class Triage:
    """A batch sorted: new drafts, ids known with the same digest, drafts that contradict."""

    fresh: tuple[Draft, ...]
    already: tuple[str, ...]
    conflicting: tuple[Draft, ...]


def refuse_bad_drafts(drafts: Sequence[Draft]) -> None:
    """Nothing, or ``InvalidInput`` with every fault of every draft, by its row in the batch."""
    faults = [fault for row, draft in enumerate(drafts, 1) for fault in draft_faults(draft, row)]
    if faults:
        raise InvalidInput(faults)


def triage(drafts: Sequence[Draft], known: Mapping[str, bytes]) -> Triage:
    """The batch sorted; an id twice in one batch is judged as if sent in two batches.

    Args:
        drafts: the batch.
        known: request digests by entry id, at least for those ids of the batch that the
            ledger holds.
    """
    digests = dict(known)
    fresh, already, conflicting = [], [], []
    for draft in drafts:
        digest = digests.get(draft.entry_id)
        if digest is None:
            digests[draft.entry_id] = draft.request_digest
            fresh.append(draft)
        elif digest == draft.request_digest:
            already.append(draft.entry_id)
        else:
            conflicting.append(draft)
    return Triage(tuple(fresh), tuple(already), tuple(conflicting))


def refuse_moved_head(expected: Head | None, head: Head) -> None:
    """Nothing, or ``Conflict`` if a head was expected and the ledger ends elsewhere."""
    if expected is not None and (expected.seq, expected.entry_hash) != (head.seq, head.entry_hash):
        params = {"expected": expected.seq, "found": head.seq}
        raise Conflict(Fault("ledger.head-moved", "expected_head", params=params))


def only_aside(
    expected: Head | None, since: Sequence[tuple[int, bytes, str]], aside: Collection[str]
) -> bool:
    """Whether nothing came after an expected head but entries of kinds that may.

    Args:
        expected: where the ledger was expected to end.
        since: place, hash and kind of the entries from that one on, in order; that one first.
        aside: the kinds.
    """
    if expected is None or not aside:
        return False
    first = since[: 1 if expected.seq else 0]
    stands = [(seq, entry_hash) for seq, entry_hash, _ in first]
    own = [(expected.seq, expected.entry_hash)] if expected.seq else []
    return stands == own and all(kind in aside for _, _, kind in since[len(first) :])


def seal_all(
    drafts: Sequence[Draft], head: Head, now_us: int, entropy: Callable[[int], bytes]
) -> tuple[Entry, ...]:
    """The drafts as the entries that follow ``head``, all recorded from ``now_us`` on."""
    entries = []
    salts = entropy(SALT_BYTES * len(drafts)) if drafts else b""
    for index, draft in enumerate(drafts):
        salt = salts[index * SALT_BYTES : (index + 1) * SALT_BYTES]
        entry = seal_one(draft, head, now_us, salt)
        head = entry.head
        entries.append(entry)
    return tuple(entries)


def contradiction(draft: Draft, now_us: int) -> Quarantined:
    """The quarantine item for a draft whose id is taken by another content.

    Its original is the draft as a canonical map (``ledger.packed``); the same draft sent
    again makes the same item.
    """
    original = packed(draft)
    return Quarantined(
        f"conflict-{sha256(original).hexdigest()[:32]}",
        "",
        None,
        original,
        (Fault("ledger.id-conflict", "entry_id", params={"entry_id": draft.entry_id}),),
        now_us,
        draft.actor,
    )


def item_digest(item: Quarantined) -> bytes:
    """SHA-256 of everything in a quarantine item but its time: what makes two items one."""
    parts = [item.quarantine_id, item.file_name, item.row, item.original, item.actor]
    return quarantine_digest([*parts, faults_packed(item.faults)])


def keepable(item: Quarantined) -> Quarantined:
    """The item with every text in a form that UTF-8 can carry.

    What is refused is often what is broken; the quarantine must take it all the same.
    """
    return Quarantined(
        _clean(item.quarantine_id),
        _clean(item.file_name),
        item.row,
        item.original,
        tuple(
            Fault(
                _clean(fault.code),
                _clean(fault.place),
                fault.row,
                {_clean(name): _clean_param(value) for name, value in fault.params.items()},
            )
            for fault in item.faults
        ),
        item.at_us,
        _clean(item.actor),
    )


def _clean(text: str) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode()


def _clean_param(value: str | int) -> str | int:
    if type(value) is int and -(1 << 63) <= value < 1 << 63:
        return value
    return _clean(str(value))


def faults_packed(faults: Sequence[Fault]) -> bytes:
    """The faults as canonical bytes."""
    return canonical([(fault.code, fault.place, fault.row, dict(fault.params)) for fault in faults])


def faults_unpacked(data: bytes) -> tuple[Fault, ...]:
    """The faults that ``faults_packed`` wrote."""
    return tuple(Fault(code, place, row, params) for code, place, row, params in parse(data))
