"""The federation book: other authorities, what was given to them and taken from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

import shapely

from rafiqa.geo import GridShape, LonLat, Registered
from rafiqa.land import (
    AreaRecorded,
    EvidenceRecorded,
    HazardClass,
    LandReopened,
    Recorded,
    accident_ground,
)
from rafiqa.ledger import BundleGiven, BundleTaken, PeerEnrolled, PeerKeyRevoked, ReleaseTakenOver
from rafiqa.ledger.exchange import exchange_of
from rafiqa.ledger.row import Malformed
from rafiqa.service.foreignid import TAKEN, BundleName, bundle_entry, key_in
from rafiqa.service.office import Office
from rafiqa.service.survey import far_faults
from rafiqa.wire.exchangeitem import ExchangeItem, item_of

Items = Mapping[tuple[str, str], ExchangeItem]
RANKS: Final[tuple[HazardClass, ...]] = ("indication", "sha", "cha")
"""Classes of hazard, the least first."""
_POINT_DEG: Final = 1e-5
"""About a metre: what a hazard that is told of as a point is taken to cover."""


@dataclass(slots=True)
class PeerStory:
    """Another authority: its keys, the newest last, and who enrolled each.

    Attributes:
        peer_id: its name here.
        revoked: the keys of all authorities by which nothing is taken, by fingerprint.
        keys: its own.
        enrolled_by: person, by fingerprint.
    """

    peer_id: str
    revoked: dict[str, PeerKeyRevoked]
    keys: list[PeerEnrolled] = field(default_factory=list)
    enrolled_by: dict[str, str] = field(default_factory=dict)

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
        revoked: keys by which nothing is taken, under whatever name, by fingerprint.
        pinned_by: everybody who ever pinned a key, under whatever name, by fingerprint.
        given: by stream, every bundle made here, the first one first.
        taken: by peer and stream, every bundle taken in, the first one first.
        bundles: the same, by the entry that took it.
        raised: by key of an item, the areas put on record for it.
        signs: keys of accidents that were put on record as a sign.
        taken_over: by part, releases that were taken over.
        reopened: by part, all ground of it that was reopened for its sake.
        written: places of the entries that others' word put on record.
    """

    peers: dict[str, PeerStory] = field(default_factory=dict)
    revoked: dict[str, PeerKeyRevoked] = field(default_factory=dict)
    pinned_by: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, list[BundleGiven]] = field(default_factory=dict)
    taken: dict[tuple[str, str], list[BundleTaken]] = field(default_factory=dict)
    bundles: dict[str, BundleTaken] = field(default_factory=dict)
    raised: dict[str, list[AreaRecorded]] = field(default_factory=dict)
    signs: set[str] = field(default_factory=set)
    taken_over: dict[str, ReleaseTakenOver] = field(default_factory=dict)
    reopened: dict[str, list[GridShape]] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    _foreign: set[str] = field(default_factory=set)

    def add(self, recorded: Recorded) -> None:
        """Takes in one further fact."""
        fact = recorded.fact
        match fact:
            case PeerEnrolled():
                story = self.peers.setdefault(fact.peer_id, PeerStory(fact.peer_id, self.revoked))
                story.keys.append(fact)
                story.enrolled_by[fact.fingerprint] = recorded.actor.person_id
                by = self.pinned_by.setdefault(fact.fingerprint, set())
                by.add(recorded.actor.person_id)
            case PeerKeyRevoked():
                self.revoked.setdefault(fact.fingerprint, fact)
            case BundleGiven():
                self.given.setdefault(fact.stream, []).append(fact)
            case BundleTaken():
                self.taken.setdefault((fact.peer_id, fact.stream), []).append(fact)
                self.bundles[recorded.entry_id] = fact
            case ReleaseTakenOver():
                self.taken_over[fact.part_id] = fact
                self._foreign.add(fact.part_id)
            case LandReopened():
                for part_id in fact.part_ids or ():
                    self.reopened.setdefault(part_id, []).append(fact.shape)
        is_theirs = recorded.entry_id.startswith(TAKEN) and (
            bundle_entry(recorded.entry_id) in self.bundles
        )
        if is_theirs:
            self._add_theirs(recorded)

    def _add_theirs(self, recorded: Recorded) -> None:
        """Takes in what a bundle put on record beside itself."""
        self.written.add(recorded.seq)
        match recorded.fact:
            case AreaRecorded() as fact:
                self.raised.setdefault(key_in(fact.area_id), []).append(fact)
                self._foreign.add(fact.area_id)
            case EvidenceRecorded() as fact:
                self.signs.add(key_in(fact.evidence_id))
                self._foreign.add(fact.evidence_id)
            case LandReopened() as fact:
                self._foreign.add(fact.reopening_id)

    def era_of(self, taken: BundleTaken) -> int:
        """Returns by which key of its authority a bundle was signed: 0 for the first one."""
        keys = [key.fingerprint for key in self.peers[taken.peer_id].keys]
        return keys.index(taken.fingerprint) if taken.fingerprint in keys else -1

    def last_taken(
        self, peer_id: str, stream: str, fingerprint: str | None = None
    ) -> BundleTaken | None:
        """Returns the newest bundle of a stream; None where none was taken.

        By the newest key the one of the highest number, in whatever order they were written.

        Args:
            peer_id: whose stream it is.
            stream: its name.
            fingerprint: of the only key that counts; every one where None.
        """
        found = [
            each
            for each in self.taken.get((peer_id, stream), ())
            if fingerprint in {None, each.fingerprint}
        ]
        return max(found, key=lambda each: (self.era_of(each), each.number), default=None)

    def known_as(self, fingerprint: str) -> str | None:
        """Returns under which name a key is or was known first; None where it never was."""
        for story in self.peers.values():
            if any(key.fingerprint == fingerprint for key in story.keys):
                return story.peer_id
        return None

    def is_foreign(self, id_: str) -> bool:
        """Returns whether an id is of what another authority's word put on record."""
        return id_ in self._foreign

    def left_of(self, part_id: str, shape: GridShape) -> GridShape:
        """Returns the ground of a part that was not reopened for its sake."""
        for reopened in self.reopened.get(part_id, ()):
            shape = shape.difference(reopened)
        return shape


def federation_book(office: Office) -> FederationBook:
    """Returns everything known of exchange now."""
    facts = office.facts()

    def make() -> FederationBook:
        book = FederationBook()
        for recorded in facts:
            book.add(recorded)
        return book

    return office.made(("federation", len(facts)), make)


def name_of(taken: BundleTaken) -> BundleName:
    """Returns the name of a bundle, and of what it puts on record here."""
    return BundleName(taken.peer_id, taken.stream, taken.number, taken.digest)


def items_taken(office: Office, taken: BundleTaken | None) -> dict[tuple[str, str], ExchangeItem]:
    """Returns what a bundle that was taken holds, by kind and id; nothing where there is none.

    What this version cannot read of it is left out; it is kept with the bundle.
    """
    data = None if taken is None else office.store.blob(taken.sha256)
    if data is None:
        return {}
    return read_items(exchange_of(data).items)[0]


def read_items(items: tuple[bytes, ...]) -> tuple[dict[tuple[str, str], ExchangeItem], int]:
    """Returns the items that this version reads, by kind and id, and how many it does not.

    Two hazards or accidents of one id are two, each under an id that says which. Of two releases
    of one id nobody knows which is meant: neither is read.
    """
    read = list(_read(items))
    n_of = Counter((item.kind, item.id) for item in read)
    found: dict[tuple[str, str], ExchangeItem] = {}
    n_unread = len(set(items)) - len(read)
    for item in read:
        if n_of[item.kind, item.id] == 1:
            found[item.kind, item.id] = item
        elif item.kind == "released":
            n_unread += 1
        else:
            told = f"{item.id}~{sha256(item.data).hexdigest()[:16]}"
            found[item.kind, told] = replace(item, id=told)
    return found, n_unread


def _read(items: tuple[bytes, ...]) -> Iterator[ExchangeItem]:
    for data in dict.fromkeys(items):
        try:
            yield item_of(data)
        except Malformed:
            continue


def ground_of(office: Office, item: ExchangeItem) -> GridShape | None:
    """Returns where an item lies on this site's grid; None where it has no ground here.

    Released ground as it is drawn, or not at all. Of a hazard that the grid cannot take so, its
    hull or its box; of one that reaches further than the site, as much as lies within its reach.
    """
    if item.place is None or item.kind == "accident":
        return None
    if item.kind == "released":
        found = office.frame.to_grid(LonLat(item.place))
        drawn = found.shape if isinstance(found, Registered) else None
        return None if drawn is None or any(far_faults(drawn)) else drawn
    place = item.place
    if place.geom_type == "Point":
        place = shapely.buffer(place, _POINT_DEG, quad_segs=2)
    return accident_ground(office.frame, place)


def source_of(authority: str, peer_id: str) -> str:
    """Returns how another authority is named as a source: two may call themselves the same."""
    return f"{authority} ({peer_id})"
