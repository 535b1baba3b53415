"""The federation book: other authorities, what was given to them and taken from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rafiqa.ledger import BundleGiven, BundleTaken, PeerEnrolled, PeerKeyRevoked
from rafiqa.ledger.exchange import exchange_of
from rafiqa.ledger.row import Malformed
from rafiqa.service.office import Office
from rafiqa.wire.exchangeitem import ExchangeItem, item_of

SEPARATOR: Final = ":"
"""Between the name of another authority and the id by which it knows a thing."""


@dataclass(slots=True)
class PeerStory:
    """Another authority: its keys, the newest last, and those by which nothing is taken."""

    peer_id: str
    keys: list[PeerEnrolled] = field(default_factory=list)
    revoked: dict[str, PeerKeyRevoked] = field(default_factory=dict)

    @property
    def authority(self) -> str:
        """As its bundles name it."""
        return self.keys[-1].authority

    @property
    def standing(self) -> PeerEnrolled | None:
        """The key that counts; None where it was revoked and no other was enrolled."""
        newest = self.keys[-1]
        return None if newest.fingerprint in self.revoked else newest


@dataclass(slots=True)
class FederationBook:
    """Everything known of exchange.

    Attributes:
        peers: by name.
        given: by stream, every bundle made here, the first one first.
        taken: by peer and stream, every bundle taken in, the first one first.
    """

    peers: dict[str, PeerStory] = field(default_factory=dict)
    given: dict[str, list[BundleGiven]] = field(default_factory=dict)
    taken: dict[tuple[str, str], list[BundleTaken]] = field(default_factory=dict)

    def add(self, fact: object) -> None:
        """Takes in one further fact."""
        match fact:
            case PeerEnrolled():
                self.peers.setdefault(fact.peer_id, PeerStory(fact.peer_id)).keys.append(fact)
            case PeerKeyRevoked() if fact.peer_id in self.peers:
                self.peers[fact.peer_id].revoked.setdefault(fact.fingerprint, fact)
            case BundleGiven():
                self.given.setdefault(fact.stream, []).append(fact)
            case BundleTaken():
                self.taken.setdefault((fact.peer_id, fact.stream), []).append(fact)

    def last_taken(self, peer_id: str, stream: str) -> BundleTaken | None:
        """Returns the newest bundle of a stream; None where none was taken."""
        found = self.taken.get((peer_id, stream))
        return found[-1] if found else None

    def is_foreign(self, id_: str) -> bool:
        """Returns whether an id is of what another authority told of."""
        name, found, _ = id_.partition(SEPARATOR)
        return bool(found) and name in self.peers


def federation_book(office: Office) -> FederationBook:
    """Returns everything known of exchange now."""
    facts = office.facts()

    def make() -> FederationBook:
        book = FederationBook()
        for recorded in facts:
            book.add(recorded.fact)
        return book

    return office.made(("federation", len(facts)), make)


def items_taken(office: Office, taken: BundleTaken | None) -> dict[tuple[str, str], ExchangeItem]:
    """Returns what a bundle that was taken holds, by kind and id; nothing where there is none.

    What this version cannot read of it is left out; it is kept with the bundle.
    """
    data = None if taken is None else office.store.blob(taken.sha256)
    if data is None:
        return {}
    return read_items(exchange_of(data).items)[0]


def read_items(items: tuple[bytes, ...]) -> tuple[dict[tuple[str, str], ExchangeItem], int]:
    """Returns the items that this version reads, by kind and id, and how many it does not."""
    found: dict[tuple[str, str], ExchangeItem] = {}
    n_unread = 0
    for data in items:
        try:
            item = item_of(data)
        except Malformed:
            n_unread += 1
            continue
        n_unread += (item.kind, item.id) in found
        found.setdefault((item.kind, item.id), item)
    return found, n_unread
