"""Two authorities that exchange bundles: a receiver, a sender, and bundles item by item."""

from __future__ import annotations

import json
from typing import Any

import shapely

from rafiqa.geo import GridShape
from rafiqa.land import Actor, SiteOpened
from rafiqa.ledger.exchange import ExchangeHead, exchange_bytes, items_bytes, items_root
from rafiqa.ledger.merkle import EMPTY_ROOT, MerkleTree, leaf_hash
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.service import Acted, Office, open_site
from rafiqa.service.peers import enrol_peer, fingerprint_of
from rafiqa.service.sharing import Given, give_bundle
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.wire.exchangeitem import item_bytes
from rafiqa.wire.sharingpolicy import sharing_policy
from tests.unit.service.ground import AUTHORITY, FIRST, ORIGIN, Clock, bare_office

SECOND = Actor("north-9", "north-office", "authority")
TODAY = "2026-02-01"
NORTH = Actor("north-1", "north-office", "authority")
SIGNER = MemorySigner("Office of exchange", Algorithm.ED25519, bytes(range(32)))
OTHER_SIGNER = MemorySigner("Somebody", Algorithm.ED25519, bytes(reversed(range(32))))
EVERYTHING: dict[str, Any] = {
    "stream": "national",
    "hazard": {"fields": ["class", "name"]},
    "released": {"fields": ["outcome", "depth_cm", "method", "released_on"]},
    "accident": {"fields": ["kind", "happened_on", "killed", "injured"]},
}


def share(office: Office, policy: dict[str, Any] | None = None, **more: Any) -> Given:
    read = sharing_policy(json.dumps(policy or EVERYTHING).encode())
    given = give_bundle(office, FIRST, read, more.pop("signer", SIGNER), **more)
    assert given.acted.done, given.acted.reasons
    return given


def receiver(*, pinned: bool = True) -> Office:
    office = bare_office(Clock())
    assert open_site(office, NORTH, SiteOpened("North", ORIGIN, "north-office")).done
    if pinned:
        key = SIGNER.public_key
        acted = enrol_peer(office, NORTH, "south", AUTHORITY, key, fingerprint_of(key))
        assert acted.done, acted.reasons
    return office


def codes(acted: Any) -> list[str]:
    return [reason.code.removeprefix("service.federation.") for reason in acted.reasons]


def over(
    office: Office, item: str, stream: str = "national", second: Actor | None = SECOND
) -> Acted:
    return take_over(office, NORTH, ReleaseNamed("south", stream, item), second)


class Peer:
    """An authority that signs what it is told to, bundle after bundle of one stream."""

    def __init__(self, stream: str = "s", signer: MemorySigner = SIGNER) -> None:
        self.before: list[bytes] = []
        self.stream, self.signer = stream, signer
        self.frame = receiver(pinned=False).frame

    def bundle(self, *items: bytes) -> bytes:
        number = len(self.before) + 1
        tree = MerkleTree([leaf_hash(str(each).encode()) for each in range(number - 1)])
        path = tree.consistency(number - 2) if number > 2 else ()
        head = ExchangeHead(
            *(AUTHORITY, self.stream, number, 1_770_000_000, number - 1),
            *(EMPTY_ROOT if number == 1 else tree.root(), path, tuple(self.before), bytes(32)),
            *(len(items), items_bytes(items), items_root(items)),
        )
        self.before.append(head.digest)
        return exchange_bytes(head, items, self.signer)

    def hazard(self, id_: str, shape: GridShape, class_: str = "cha", **more: Any) -> bytes:
        place = self.frame.to_lonlat(shape).geometry
        return item_bytes("hazard", id_, {"class": class_, **more}, place)

    def release(self, id_: str, shape: GridShape, day: str | None = TODAY, **more: Any) -> bytes:
        told = {"outcome": "cleared", "depth_cm": 30, "released_on": day, **more}
        fields = {name: value for name, value in told.items() if value is not None}
        return item_bytes("released", id_, fields, self.frame.to_lonlat(shape).geometry)

    def accident(self, id_: str, x_m: float, y_m: float, **more: Any) -> bytes:
        spot = self.frame.mm_spot(round(x_m * 1_000), round(y_m * 1_000))
        return item_bytes("accident", id_, more, shapely.Point(spot.lon_deg, spot.lat_deg))
