"""Bundles of other authorities: checked, and taken in as their claims.

A hazard shows as a hazard at once; what they call released lowers nothing here until two persons
of this authority take that very release over; and one that is no longer told of, or told of as
less, is taken back at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import shapely

from rafiqa.geo import Spot, union_of
from rafiqa.land import (
    AccidentRecorded,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    HazardClass,
    LandReopened,
    Reason,
    ReleaseTransferred,
    Ruling,
    rule,
)
from rafiqa.ledger import BundleTaken, Head, PeerEnrolled
from rafiqa.ledger.cose import key_id
from rafiqa.ledger.exchange import Exchange, ExchangeHead, Partial, exchange_of
from rafiqa.ledger.row import Malformed
from rafiqa.service.act import Meant, Stamp, as_judged, carry_out_together
from rafiqa.service.federationbook import (
    RANKS,
    FederationBook,
    Items,
    PeerStory,
    federation_book,
    ground_of,
    items_taken,
    read_items,
    source_of,
)
from rafiqa.service.foreignid import BundleName
from rafiqa.service.incident import accident_reopening
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.takeover import no_longer_told
from rafiqa.wire.exchangeitem import ExchangeItem, day_of
from rafiqa.wire.instant import date_us

_CLOCK_FIRST_S: Final = 1_704_067_200
"""2024-01-01: no bundle was made before this format was; an earlier clock was not set."""
_CLOCK_AHEAD_S: Final = 48 * 3_600
_TOLD: Final = 20
_UNKNOWN_CLASS: Final[HazardClass] = "sha"
"""What counts as a class that this version does not know: suspected, of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a bundle.

    Attributes:
        acted: the act, or every reason against it.
        peer_id: whose it is; empty where nobody knows.
        number: its number in its stream.
        raised: areas put on record for its hazards.
        reopened: parts taken over before that it no longer bears out.
        n_items: how many things it tells of.
    """

    acted: Acted
    peer_id: str = ""
    number: int = 0
    raised: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    n_items: int = 0


@dataclass(slots=True)
class _Meaning:
    """What a bundle would put on record, item by item."""

    office: Office
    book: FederationBook
    name: BundleName
    head: ExchangeHead
    meant: list[Meant] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    n_off_map: int = 0


def take_bundle(office: Office, actor: Actor, data: bytes) -> Taken:
    """Returns what became of a bundle; one that was taken before changes nothing.

    A bundle that is not whole, not theirs, older than what is here or of another history is
    refused, told, and changes nothing: what was known before goes on to be known.

    Args:
        office: the open store.
        actor: who takes it in.
        data: the file's bytes, as they came.
    """
    return as_judged(office, lambda at: _take(office, actor, data, at))


def _take(office: Office, actor: Actor, data: bytes, at: Head) -> Taken:
    permit = allow(actor, "take_bundle")
    if not permit.allowed:
        return Taken(Acted(permit))
    try:
        exchange = exchange_of(data)
    except Partial as error:
        params: dict[str, str | int] = {"n": error.n_bytes, "whole": error.whole_bytes}
        return Taken(Acted(rule([Reason("service.federation.partial", params)])))
    except Malformed:
        return Taken(Acted(rule([Reason("service.federation.altered", {})])))
    book = federation_book(office)
    story, key, against = _sender(book, exchange)
    if story is None or key is None or against:
        return Taken(Acted(rule(against)))
    head = exchange.head
    name = BundleName(story.peer_id, head.stream, head.number, head.digest.hex())
    # By a new key a stream may begin anew: what a thief put into it binds its owner to nothing.
    last = book.last_taken(story.peer_id, head.stream, key.fingerprint)
    if last is not None and (last.number, last.digest) == (head.number, name.digest):
        acted = Acted(Ruling(allowed=True), (name.entry_id,), already=True)
        return Taken(acted, story.peer_id, head.number, n_items=head.n_items)
    against = list(_order_faults(head, last, story.peer_id))
    if against:
        return Taken(Acted(rule(against)), story.peer_id, head.number)
    meaning = _Meaning(office, book, name, head, warnings=list(_clock_warnings(office, head)))
    return _taken(actor, meaning, exchange, _Source(data, key, at))


@dataclass(frozen=True, slots=True)
class _Source:
    """The file of a bundle, the key that signed it, and where the ledger ended when it was read."""

    data: bytes
    key: PeerEnrolled
    at: Head


def _sender(
    book: FederationBook, exchange: Exchange
) -> tuple[PeerStory | None, PeerEnrolled | None, list[Reason]]:
    """Returns who signed a bundle, by a key that was pinned, with what speaks against them."""
    params: dict[str, str | int] = {"authority": exchange.head.authority[:80]}
    for story in book.peers.values():
        for key in story.keys:
            public_key = bytes.fromhex(key.public_key)
            if exchange.signed.key_id != key_id(public_key):
                continue
            params["peer"] = story.peer_id
            if not exchange.signed.is_by(public_key):
                return story, key, [Reason("service.federation.altered", {})]
            if key.fingerprint in book.revoked:
                return story, key, [Reason("service.federation.revoked-key", params)]
            if key.authority != exchange.head.authority:
                return story, key, [Reason("service.federation.other-authority", params)]
            return story, key, []
    return None, None, [Reason("service.federation.unknown-key", params)]


def _order_faults(head: ExchangeHead, last: BundleTaken | None, peer_id: str) -> Iterator[Reason]:
    """Yields why a bundle does not follow on the last one that was taken of its stream."""
    if last is None:
        return
    params: dict[str, str | int] = {
        "peer": peer_id,
        "number": head.number,
        "known": last.number,
    }
    digest = bytes.fromhex(last.digest)
    if head.number == last.number:
        yield Reason("service.federation.fork", params)
    elif head.number < last.number:
        yield Reason("service.federation.older", params)
    elif head.before[last.number - 1] != digest:
        yield Reason("service.federation.fork", params)
    elif head.entries < last.entries:
        yield Reason("service.federation.rollback", params)
    else:
        root = bytes.fromhex(last.root)
        same_size = head.entries == last.entries
        follows = head.number == last.number + 1
        if (same_size and head.root != root) or (
            follows and not head.goes_on_from(last.entries, root)
        ):
            yield Reason("service.federation.fork", params)


def _taken(actor: Actor, meaning: _Meaning, exchange: Exchange, source: _Source) -> Taken:
    office, head, name = meaning.office, exchange.head, meaning.name
    items, n_unread = read_items(exchange.items)
    if n_unread:
        meaning.warnings.append(Reason("service.federation.unread", {"n": n_unread}))
    before = items_taken(office, meaning.book.last_taken(name.peer_id, name.stream))
    for key, item in items.items():
        if item.kind == "hazard" and not _says_no_more(meaning, before.get(key), item):
            _raise_hazard(meaning, item)
        if item.kind == "accident" and not _is_known_accident(meaning, before.get(key), item):
            _raise_accident(meaning, item)
    _take_back(meaning, items)
    if meaning.n_off_map > _TOLD:
        more: dict[str, str | int] = {"n": meaning.n_off_map - _TOLD}
        meaning.warnings.append(Reason("service.federation.off-map-more", more))
    fact = BundleTaken(
        name.peer_id,
        head.stream,
        head.number,
        name.digest,
        head.entries,
        head.root.hex(),
        head.issued_at_s,
        office.store.put_blob(source.data),
        head.n_items,
        source.key.fingerprint,
    )
    stamp = Stamp(entry_id=name.entry_id)
    first = Meant("take_bundle", name.peer_id, fact, stamp, warnings=tuple(meaning.warnings))
    acted = carry_out_together(office, actor, [first, *meaning.meant], source.at)
    if not acted.done:
        return Taken(acted, name.peer_id, head.number)
    raised, reopened = tuple(meaning.raised), tuple(meaning.reopened)
    return Taken(acted, name.peer_id, head.number, raised, reopened, head.n_items)


def class_of(item: ExchangeItem) -> HazardClass:
    """Returns the class of a hazard that others tell of; of an unknown one, suspected."""
    told = item.fields.get("class")
    return next((rank for rank in RANKS if rank == told), _UNKNOWN_CLASS)


def _says_no_more(meaning: _Meaning, known: ExchangeItem | None, item: ExchangeItem) -> bool:
    """Whether the bundle before told of at least this hazard, and all that it told is on record.

    What was answered here meanwhile is not raised again by a hazard that became smaller there;
    what could not be put on record then is tried again.
    """
    if known is None:
        return False
    old, new = ground_of(meaning.office, known), ground_of(meaning.office, item)
    if old is None or new is None:
        return False
    rank, old_rank = (RANKS.index(class_of(each)) for each in (item, known))
    if rank > old_rank or not old.covers(new):
        return False
    raised = [
        area.shape
        for area in meaning.book.raised.get(meaning.name.key_of(item.id), ())
        if RANKS.index(area.class_) >= rank
    ]
    return any(shape.covers(new) for shape in raised) or (
        len(raised) > 1 and union_of(raised).covers(new)
    )


def _is_known_accident(meaning: _Meaning, known: ExchangeItem | None, item: ExchangeItem) -> bool:
    """Whether an accident was told of at that place and on that day before, and is on record."""
    if known is None or meaning.name.key_of(item.id) not in meaning.book.signs:
        return False
    days = [each.fields.get("happened_on") for each in (known, item)]
    return days[0] == days[1] and known.place == item.place


def _clock_warnings(office: Office, head: ExchangeHead) -> Iterator[Reason]:
    """Yields that the sender's clock is not set, or ours is: no order hangs on it."""
    now_s = office.now_us() // 1_000_000
    if head.issued_at_s < _CLOCK_FIRST_S or head.issued_at_s > now_s + _CLOCK_AHEAD_S:
        yield Reason("service.federation.clock", {"issued_s": head.issued_at_s})


def _raise_hazard(meaning: _Meaning, item: ExchangeItem) -> None:
    """Puts a hazard that is new or told of otherwise on record.

    Where an outline was made smaller, the ground beside it stays hazard here: what one source
    says less of a hazard takes nothing away.
    """
    shape = ground_of(meaning.office, item)
    if shape is None or shape.is_empty:
        meaning.n_off_map += 1
        if meaning.n_off_map <= _TOLD:
            named: dict[str, str | int] = {"item": item.id[:80]}
            meaning.warnings.append(Reason("service.federation.off-map", named))
        return
    id_ = meaning.name.id_of(item.id)
    name = item.fields.get("name")
    area = AreaRecorded(
        id_,
        class_of(item),
        shape,
        None if name is None else str(name),
        source=source_of(meaning.head.authority, meaning.name.peer_id),
    )
    stamp = Stamp(entry_id=meaning.name.entry_of(item.kind, item.id))
    meaning.raised.append(id_)
    meaning.meant.append(Meant("take_bundle", id_, area, stamp))


def _raise_accident(meaning: _Meaning, item: ExchangeItem) -> None:
    """Puts an accident on record as a sign; on ground released here it reopens what it hit.

    As one of our own would. It counts from its day, where that is told and has come.
    """
    if item.place is None:
        return
    office, name = meaning.office, meaning.name
    (place,) = shapely.get_coordinates(item.place).tolist()
    spot, id_ = Spot.of(*place), name.id_of(item.id)
    day, now_us = day_of(item.fields.get("happened_on")), office.now_us()
    valid_us = now_us if day is None else min(date_us(day), now_us)
    fact = EvidenceRecorded(
        id_,
        "accident",
        "former_record",
        spot,
        source=source_of(meaning.head.authority, name.peer_id),
    )
    stamp = Stamp(valid_us, name.entry_of(item.kind, item.id))
    meaning.meant.append(Meant("take_bundle", id_, fact, stamp))
    opened = accident_reopening(office, AccidentRecorded(id_, "unknown", spot), valid_us)
    if opened is None:
        return
    again = Stamp(valid_us, name.entry_of("accident-reopened", item.id))
    told: dict[str, str | int] = {"item": item.id[:80]}
    warning = Reason("service.federation.accident-reopened", told)
    meaning.meant.append(
        Meant("take_bundle", opened.reopening_id, opened, again, warnings=(warning,))
    )


def _take_back(meaning: _Meaning, items: Items) -> None:
    """Reopens what was taken over of this stream and is told of no more, or as less.

    Whether that was done is asked of what is on record of that very part, not of how its ground
    stands: a hazard over it may be taken away, and its own release may come later.
    """
    office, book, name = meaning.office, meaning.book, meaning.name
    parts = office.register().parts
    for part_id, over in book.taken_over.items():
        if (over.peer_id, over.stream) != (name.peer_id, name.stream) or part_id not in parts:
            continue
        fact, recorded = parts[part_id]
        if not isinstance(fact, ReleaseTransferred):
            continue
        item = items.get(("released", over.item_id))
        left = no_longer_told(office, (fact, recorded), item)
        left = book.left_of(part_id, left)
        if left.is_empty:
            continue
        reopening_id = name.entry_of("reopened", part_id)
        again = LandReopened(
            reopening_id,
            left,
            "new_evidence",
            area_id=fact.area_id,
            note=f"{meaning.head.authority} {name.stream} {name.number}",
            part_ids=(part_id,),
        )
        meaning.reopened.append(part_id)
        meaning.meant.append(
            Meant("take_bundle", reopening_id, again, Stamp(entry_id=reopening_id))
        )
