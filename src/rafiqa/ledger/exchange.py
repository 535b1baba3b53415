r"""Bundles of exchange: what one authority shares with another, as one signed file.

A head says whose it is, which of its stream, how far its ledger had grown, and the root over its
items; the head alone is signed, and every item hangs on it by a Merkle tree. It names the hashes
of all heads before it, so that a receiver sees a second history of the same stream, whichever
they missed. The file tells its own length, so that half of it is known as half and not as forged.

    "RFQX1\n" · length of the signed head (8 bytes) · COSE_Sign1 of the head · the items, each
    with its length before it (4 bytes)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rafiqa.ledger import cose
from rafiqa.ledger.canon import canonical
from rafiqa.ledger.merkle import HASH_BYTES, MerkleTree, is_consistent, leaf_hash
from rafiqa.ledger.row import Malformed, Row
from rafiqa.ledger.signing import Signer

TAG: Final = "rafiqa/exchange/1"
MAGIC: Final = b"RFQX1\n"
HEAD_LIMIT_BYTES: Final = 1024 * 1024
ITEM_LIMIT_BYTES: Final = 1024 * 1024
ITEMS_LIMIT: Final = 200_000
FILE_LIMIT_BYTES: Final = 256 * 1024 * 1024
_HEAD_LENGTH, _ITEM_LENGTH = 8, 4


class Partial(Malformed):  # a copy that ends too early, and not a forged one
    """The file is shorter than its signed head says."""

    def __init__(self, n_bytes: int, whole_bytes: int) -> None:
        super().__init__()
        self.n_bytes, self.whole_bytes = n_bytes, whole_bytes


@dataclass(frozen=True, slots=True)
class ExchangeHead:
    """What is signed of a bundle.

    Attributes:
        authority: whose it is.
        stream: the name of what is shared with whom; each is numbered by itself.
        number: its number in the stream, from 1.
        issued_at_s: when, by the sender's clock; told, never used to order.
        entries: how many entries the sender's ledger had.
        root: the root over them.
        path: the proof that the ledger goes on from that of the bundle before; empty of the first.
        before: the digests of all heads before it, the first one first.
        policy: SHA-256 of the policy by which it was made.
        n_items: how many items follow.
        n_bytes: how long they are together, with their lengths.
        items_root: the root over them.
    """

    authority: str
    stream: str
    number: int
    issued_at_s: int
    entries: int
    root: bytes
    path: tuple[bytes, ...]
    before: tuple[bytes, ...]
    policy: bytes
    n_items: int
    n_bytes: int
    items_root: bytes

    @property
    def payload(self) -> bytes:
        """Its canonical bytes."""
        return canonical(
            (
                TAG,
                self.authority,
                self.stream,
                self.number,
                self.issued_at_s,
                self.entries,
                self.root,
                self.path,
                self.before,
                self.policy,
                self.n_items,
                self.n_bytes,
                self.items_root,
            )
        )

    @property
    def digest(self) -> bytes:
        """By which later heads name it."""
        return sha256(self.payload).digest()

    def goes_on_from(self, entries: int, root: bytes) -> bool:
        """Whether its ledger begins with all entries of the one of the bundle before."""
        return is_consistent(entries, root, self.entries, self.root, self.path)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A bundle as it was read: whole and of one piece, and not yet believed."""

    head: ExchangeHead
    signed: cose.Signed
    items: tuple[bytes, ...]


def items_root(items: Sequence[bytes]) -> bytes:
    """The root over the items of a bundle."""
    return MerkleTree(leaf_hash(item) for item in items).root()


def items_bytes(items: Sequence[bytes]) -> int:
    """How long items are in a file, with their lengths."""
    return sum(len(item) + _ITEM_LENGTH for item in items)


def exchange_bytes(head: ExchangeHead, items: Sequence[bytes], signer: Signer) -> bytes:
    """The file of a bundle.

    Raises:
        ValueError: the head is not of these items, or it is larger than any reader takes.
    """
    if (head.n_items, head.n_bytes, head.items_root) != (
        len(items),
        items_bytes(items),
        items_root(items),
    ):
        raise ValueError("the head is of other items")
    signed = cose.signed(head.payload, signer)
    rows = (len(item).to_bytes(_ITEM_LENGTH, "big") + item for item in items)
    data = b"".join((MAGIC, len(signed).to_bytes(_HEAD_LENGTH, "big"), signed, *rows))
    if exchange_of(data).head != head:
        raise ValueError("no reader would take it")
    return data


def exchange_of(data: bytes) -> Exchange:
    """The bundle that a file is, whole, its items those that its head is over; not yet believed.

    Raises:
        Partial: it ends before its end.
        Malformed: it is no bundle, or one of whose bytes some were changed.
    """
    start = len(MAGIC) + _HEAD_LENGTH
    if not data.startswith(MAGIC) and not MAGIC.startswith(data):
        raise Malformed
    if len(data) < start:
        raise Partial(len(data), start)
    n_head = int.from_bytes(data[len(MAGIC) : start], "big")
    if n_head > HEAD_LIMIT_BYTES or len(data) > FILE_LIMIT_BYTES:
        raise Malformed
    if len(data) < start + n_head:
        raise Partial(len(data), start + n_head)
    signed = cose.opened(data[start : start + n_head], HEAD_LIMIT_BYTES)
    head = _head_of(signed.payload)
    whole_bytes = start + n_head + head.n_bytes
    if len(data) < whole_bytes:
        raise Partial(len(data), whole_bytes)
    if len(data) > whole_bytes:
        raise Malformed
    items = _items_of(data, start + n_head)
    if len(items) != head.n_items or items_root(items) != head.items_root:
        raise Malformed
    return Exchange(head, signed, items)


def _items_of(data: bytes, at: int) -> tuple[bytes, ...]:
    items: list[bytes] = []
    while at < len(data):
        end = at + _ITEM_LENGTH + int.from_bytes(data[at : at + _ITEM_LENGTH], "big")
        if end > len(data) or end - at > ITEM_LIMIT_BYTES or len(items) == ITEMS_LIMIT:
            raise Malformed
        items.append(data[at + _ITEM_LENGTH : end])
        at = end
    return tuple(items)


def _head_of(payload: bytes) -> ExchangeHead:
    row = Row.of(payload, 13, HEAD_LIMIT_BYTES)
    row.tag(TAG)
    a_hash = lambda each: each.raw(HASH_BYTES)  # noqa: E731 - of one value
    head = ExchangeHead(
        row.text(),
        row.text(),
        row.whole(),
        row.whole(),
        row.whole(),
        row.raw(HASH_BYTES),
        row.many(a_hash),
        row.many(a_hash),
        row.raw(HASH_BYTES),
        row.whole(ITEMS_LIMIT + 1),
        row.whole(FILE_LIMIT_BYTES),
        row.raw(HASH_BYTES),
    )
    if head.number != len(head.before) + 1:
        raise Malformed
    return head
