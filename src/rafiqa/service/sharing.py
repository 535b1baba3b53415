"""Share: make the bundle of what a policy lets out, signed, and put on record that it was given.

Only what the policy names leaves: no kind, field or ground beside it. Hazards leave outwards,
released ground inwards. What other authorities told of is theirs to share, and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, Spot, inward, outward, reached_ground
from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import BundleGiven, canonical, parse
from rafiqa.ledger.exchange import ExchangeHead, exchange_bytes, items_bytes, items_root
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Signer
from rafiqa.service.act import Stamp, carry_out
from rafiqa.service.exporting import exported_rows, lonlat_of
from rafiqa.service.federationbook import federation_book
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing, allow
from rafiqa.service.question import NOW, AsOf
from rafiqa.service.theirs import Theirs
from rafiqa.wire.exchangeitem import clean_field, item_bytes, item_of, told_id
from rafiqa.wire.sharingpolicy import SharingPolicy

EXPORTED_AS: Final = {"hazard": "hazards", "released": "land-parts", "accident": "accidents"}
"""Kind of item → the export that its rows are of."""
VERTICES: Final = 1_500
"""Most of one outline, below what any reader refuses; a finer one is made coarser, its own way."""
_COARSER: Final = 16
_TOLD_MAX: Final = 20
_S_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """What became of sharing: the act, and the file where it was done."""

    acted: Acted
    data: bytes = b""
    number: int = 0
    n_items: int = 0


def give_bundle(
    office: Office,
    actor: Actor,
    policy: SharingPolicy,
    signer: Signer,
    *,
    as_of: AsOf = NOW,
    standing: Standing = AT_THE_MACHINE,
) -> Given:
    """Returns the next bundle of a stream, on record before anybody has it.

    Args:
        office: the open store.
        actor: who shares.
        policy: what is let out.
        signer: the key that other authorities know as this one's.
        as_of: the two times.
        standing: how the actor proved who they are.
    """
    permit = allow(actor, "share_bundle")
    if not permit.allowed:
        return Given(Acted(permit))
    book = federation_book(office)
    items = sorted(shared_items(office, policy, as_of))
    unreadable = list(islice(_unreadable(items), _TOLD_MAX))
    if unreadable:
        return Given(Acted(rule(unreadable)))
    before = book.given.get(policy.stream, [])
    tree = MerkleTree(leaf_hash(entry.entry_hash) for entry in office.store.read())
    head = ExchangeHead(
        office.site.authority_id,
        policy.stream,
        len(before) + 1,
        office.now_us() // _S_US,
        tree.size,
        tree.root(),
        tree.consistency(before[-1].entries) if before else (),
        tuple(bytes.fromhex(each.digest) for each in before),
        sha256(policy.data).digest(),
        len(items),
        items_bytes(items),
        items_root(items),
    )
    data = exchange_bytes(head, items, signer)
    fact = BundleGiven(
        policy.stream,
        head.number,
        head.digest.hex(),
        head.entries,
        head.root.hex(),
        office.store.put_blob(policy.data),
        len(items),
    )
    stamp = Stamp(entry_id=f"given:{policy.stream}:{head.number}", standing=standing)
    acted = carry_out(office, actor, "share_bundle", policy.stream, fact, stamp=stamp)
    return Given(acted, data, head.number, len(items)) if acted.done else Given(acted)


def shared_items(office: Office, policy: SharingPolicy, as_of: AsOf = NOW) -> Iterator[bytes]:
    """Yields what a policy lets out, item by item."""
    theirs = Theirs(office, federation_book(office))
    within = None
    if policy.within is not None:
        ground = reached_ground(office.frame, policy.within)
        within = _Within(policy.within, ground or GridShape.empty())
    for kind, shared in policy.kinds.items():
        rows = exported_rows(office, EXPORTED_AS[kind], as_of)
        n_of = Counter(str(told["id"]) for told, _ in rows)
        for told, place in rows:
            id_ = str(told["id"])
            if theirs.holds(kind, id_, place):
                continue
            fields = _fields(kind, told, shared.fields)
            if kind == "released" and "released_on" not in fields:
                # Nobody could say what was found there since: it is told of to nobody.
                continue
            if n_of[id_] > 1:
                id_ = f"{id_}~{sha256(canonical(fields)).hexdigest()[:16]}"
            if kind == "accident":
                # However it is drawn: of an accident one point leaves, and that by the policy.
                met = _met(office, place, within)
                if within is None or met is not None:
                    spot = lonlat_of(office, met) if shared.placed else None
                    yield item_bytes(kind, told_id(id_), fields, spot)
            elif isinstance(place, GridShape):
                shape = place if within is None else place.intersection(within.ground)
                rounded = _rounded(kind, shape, shared.step_mm)
                if not rounded.is_empty:
                    yield item_bytes(kind, told_id(id_), fields, lonlat_of(office, rounded))


def _unreadable(items: Sequence[bytes]) -> Iterator[Reason]:
    """Yields what whoever receives it would not read: there it would be lost without a word."""
    for item in items:
        try:
            item_of(item)
        except Malformed:
            told: Any = parse(item)
            params: dict[str, str | int] = {"kind": told["kind"], "item": told["id"][:80]}
            yield Reason("service.federation.item-unreadable", params)


def _fields(kind: str, told: Mapping[str, Any], names: Iterable[str]) -> dict[str, str | int]:
    """What a policy lets out of a row, as a bundle tells it."""
    values = {name: told.get(name) for name in names}
    if kind == "released":
        # The day of the decision may lie after what was found there since the work.
        decided, worked = told.get("released_on"), told.get("worked_on")
        values["released_on"] = min(decided, worked) if decided and worked else None
    known = {name: _value(value) for name, value in values.items() if value is not None}
    cleaned = {name: clean_field(name, value) for name, value in known.items()}
    return {name: value for name, value in cleaned.items() if value is not None}


def _rounded(kind: str, shape: GridShape, step_mm: int) -> GridShape:
    """An outline that every reader takes: a hazard's covers it, released ground's lies within."""
    rounded = shape
    for _ in range(_COARSER):
        rounded = (outward if kind == "hazard" else inward)(shape, step_mm)
        if rounded.n_vertices <= VERTICES:
            break
        step_mm *= 2
    return rounded


def _met(office: Office, place: GridShape | Spot | None, within: _Within | None) -> Spot | None:
    """Returns a point of a place that lies in a policy's ground; None where there is none.

    Of an outline it is one on what of it lies there.
    """
    if isinstance(place, GridShape):
        ground: BaseGeometry = place.geometry
        if within is not None:
            ground = shapely.intersection(ground, within.ground.geometry)
        point = shapely.point_on_surface(ground)
        return None if point.is_empty else office.frame.mm_spot(point.x, point.y)
    if place is None or within is None:
        return place
    return place if within.box.covers(lonlat_of(office, place)) else None


@dataclass(frozen=True, slots=True)
class _Within:
    """A policy's box in degrees, and what of it the site can hold on its grid."""

    box: BaseGeometry
    ground: GridShape


def _value(value: Any) -> str | int:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value)
    return value if isinstance(value, int) else str(value)
