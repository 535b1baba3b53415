"""Other authorities: enrol one by its key's fingerprint, revoke its key, take its bundles in.

What a bundle tells of is that authority's claim. A hazard shows as a hazard at once; what it calls
released lowers nothing here until somebody of this authority takes that very release over, by
name; and one that is no longer told of, or told of as less, takes it back at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import shapely

from rafiqa.geo import GridShape, LonLat, Registered, Spot
from rafiqa.land import (
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    LandReopened,
    Reason,
    ReleaseTransferred,
    Ruling,
    rule,
    transfer_ruling,
)
from rafiqa.ledger import BundleTaken, PeerEnrolled, PeerKeyRevoked
from rafiqa.ledger.cose import key_id
from rafiqa.ledger.exchange import Exchange, ExchangeHead, Partial, exchange_of
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm
from rafiqa.service.act import Meant, Stamp, carry_out, carry_out_together
from rafiqa.service.federationbook import (
    SEPARATOR,
    PeerStory,
    federation_book,
    items_taken,
    read_items,
)
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing, allow
from rafiqa.service.survey import far_faults
from rafiqa.wire.exchangeitem import ExchangeItem

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_CLOCK_FIRST_S: Final = 1_704_067_200
"""2024-01-01: no bundle was made before this format was; an earlier clock was not set."""
_CLOCK_AHEAD_S: Final = 48 * 3_600
_TOLD: Final = 20
_RANKS: Final = ("indication", "sha", "cha")
Items = Mapping[tuple[str, str], ExchangeItem]


def fingerprint_of(public_key: bytes) -> str:
    """Returns how a key is read out over a telephone: its SHA-256 in hex, in groups of four."""
    digest = sha256(public_key).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def enrol_peer(
    office: Office,
    actor: Actor,
    peer_id: str,
    authority: str,
    public_key: bytes,
    fingerprint: str,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the act of pinning another authority's key.

    Args:
        office: the open store.
        actor: who enrols it.
        peer_id: the name under which it is known here.
        authority: as its bundles name it.
        public_key: raw bytes of its Ed25519 key, from its card.
        fingerprint: of that key, as it was heard from them, not as the card has it.
        standing: how the actor proved who they are.
    """
    known = federation_book(office).peers.get(peer_id)
    params: dict[str, str | int] = {"peer": peer_id[:40]}
    against = []
    if not _NAME.fullmatch(peer_id):
        against.append(Reason("service.federation.name", params))
    if len(public_key) != Algorithm.ED25519.public_key_bytes:
        against.append(Reason("service.federation.no-key", params))
    if _plain(fingerprint) != sha256(public_key).hexdigest():
        against.append(Reason("service.federation.fingerprint", params))
    if known is not None and known.standing is not None:
        against.append(Reason("service.federation.enrolled", params))
    if known is not None and sha256(public_key).hexdigest() in known.revoked:
        against.append(Reason("service.federation.revoked-key", params))
    if known is not None and known.authority != authority:
        against.append(Reason("service.federation.other-authority", params))
    replaces = None if known is None else known.keys[-1].fingerprint
    fact = PeerEnrolled(
        peer_id, authority, public_key.hex(), sha256(public_key).hexdigest(), replaces
    )
    stamp = Stamp(standing=standing)
    return carry_out(office, actor, "enrol_peer", peer_id, fact, stamp=stamp, ruling=rule(against))


def revoke_peer(office: Office, actor: Actor, peer_id: str, note: str) -> Acted:
    """Returns the act of taking nothing more by the key of another authority.

    What was taken by it stays on record: hazards stand, and releases taken over are told of.
    """
    story = federation_book(office).peers.get(peer_id)
    standing = None if story is None else story.standing
    params: dict[str, str | int] = {"peer": peer_id[:40]}
    against = [] if standing else [Reason("service.federation.no-peer", params)]
    if not note.strip():
        against.append(Reason("service.federation.why", params))
    fact = PeerKeyRevoked(peer_id, standing.fingerprint if standing else "", note.strip())
    return carry_out(office, actor, "revoke_peer", peer_id, fact, ruling=rule(against))


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
    """What a bundle would put on record."""

    meant: list[Meant] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)


def take_bundle(office: Office, actor: Actor, data: bytes) -> Taken:
    """Returns what became of a bundle; one that was taken before changes nothing.

    A bundle that is not whole, not theirs, older than what is here or of another history is
    refused, told, and changes nothing: what was known before goes on to be known.

    Args:
        office: the open store.
        actor: who takes it in.
        data: the file's bytes, as they came.
    """
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
    story, against = _sender(office, exchange)
    if story is None or against:
        return Taken(Acted(rule(against)))
    head = exchange.head
    last = federation_book(office).last_taken(story.peer_id, head.stream)
    if last is not None and (last.number, last.digest) == (head.number, head.digest.hex()):
        entry_id = _entry_id(story.peer_id, head)
        acted = Acted(Ruling(allowed=True), (entry_id,), already=True)
        return Taken(acted, story.peer_id, head.number, n_items=head.n_items)
    against = list(_order_faults(head, last, story.peer_id))
    if against:
        return Taken(Acted(rule(against)), story.peer_id, head.number)
    return _taken(office, actor, story.peer_id, exchange, data, last)


def _sender(office: Office, exchange: Exchange) -> tuple[PeerStory | None, list[Reason]]:
    """Returns who signed a bundle, by a key that was pinned, with what speaks against them."""
    params: dict[str, str | int] = {"authority": exchange.head.authority[:80]}
    for story in federation_book(office).peers.values():
        for key in story.keys:
            public_key = bytes.fromhex(key.public_key)
            if exchange.signed.key_id != key_id(public_key):
                continue
            params["peer"] = story.peer_id
            if not exchange.signed.is_by(public_key):
                return story, [Reason("service.federation.altered", {})]
            if key.fingerprint in story.revoked:
                return story, [Reason("service.federation.revoked-key", params)]
            if key.authority != exchange.head.authority:
                return story, [Reason("service.federation.other-authority", params)]
            return story, []
    return None, [Reason("service.federation.unknown-key", params)]


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


def _entry_id(peer_id: str, head: ExchangeHead, what: str = "") -> str:
    named = f"bundle:{peer_id}:{head.stream}:{head.number}"
    return f"{named}:{what}" if what else named


def _taken(
    office: Office,
    actor: Actor,
    peer_id: str,
    exchange: Exchange,
    data: bytes,
    last: BundleTaken | None,
) -> Taken:
    head = exchange.head
    items, n_unread = read_items(exchange.items)
    meaning = _Meaning(warnings=list(_clock_warnings(office, head)))
    if n_unread:
        meaning.warnings.append(Reason("service.federation.unread", {"n": n_unread}))
    before = items_taken(office, last)
    for key, item in items.items():
        if not _says_no_more(office, before.get(key), item):
            _raise(office, peer_id, head, item, meaning)
    _take_back(office, peer_id, head, items, meaning)
    fact = BundleTaken(
        peer_id,
        head.stream,
        head.number,
        head.digest.hex(),
        head.entries,
        head.root.hex(),
        head.issued_at_s,
        office.store.put_blob(data),
        head.n_items,
    )
    stamp = Stamp(entry_id=_entry_id(peer_id, head))
    first = Meant("take_bundle", peer_id, fact, stamp, warnings=tuple(meaning.warnings))
    acted = carry_out_together(office, actor, [first, *meaning.meant])
    if not acted.done:
        return Taken(acted, peer_id, head.number)
    raised, reopened = tuple(meaning.raised), tuple(meaning.reopened)
    return Taken(acted, peer_id, head.number, raised, reopened, head.n_items)


def _says_no_more(office: Office, known: ExchangeItem | None, item: ExchangeItem) -> bool:
    """Whether the bundle before told of at least this: the same, or of more ground and no less.

    What was answered here meanwhile is not raised again by a hazard that became smaller there.
    """
    if known is None or known.data == item.data:
        return known is not None
    old, new = ground_of(office, known), ground_of(office, item)
    if item.kind != "hazard" or old is None or new is None:
        return False
    ranks = [
        _RANKS.index(str(each.fields["class"]))
        for each in (known, item)
        if each.fields["class"] in _RANKS
    ]
    return len(ranks) == 2 and ranks[1] <= ranks[0] and old.covers(new)


def _clock_warnings(office: Office, head: ExchangeHead) -> Iterator[Reason]:
    """Yields that the sender's clock is not set, or ours is: no order hangs on it."""
    now_s = office.now_us() // 1_000_000
    if head.issued_at_s < _CLOCK_FIRST_S or head.issued_at_s > now_s + _CLOCK_AHEAD_S:
        yield Reason("service.federation.clock", {"issued_s": head.issued_at_s})


def _raise(
    office: Office, peer_id: str, head: ExchangeHead, item: ExchangeItem, meaning: _Meaning
) -> None:
    """Puts a hazard that is new or told of otherwise on record, and an accident as a sign.

    Where an outline was made smaller, the ground beside it stays hazard here: what one source
    says less of a hazard takes nothing away.
    """
    if item.kind == "released":
        return
    stamp = Stamp(entry_id=_entry_id(peer_id, head, f"{item.kind}:{item.id}"))
    id_ = f"{peer_id}{SEPARATOR}{item.id.replace('+', '&').replace('/', '.')}@{head.number}"
    if item.kind == "accident":
        if item.place is not None:
            (place,) = shapely.get_coordinates(item.place).tolist()
            spot = Spot.of(*place)
            fact = EvidenceRecorded(
                id_, "accident", "former_record", spot, source=source_of(head.authority, peer_id)
            )
            meaning.meant.append(Meant("take_bundle", id_, fact, stamp))
        return
    shape = ground_of(office, item)
    class_ = item.fields["class"]
    if shape is None or class_ not in _RANKS:
        if len(meaning.warnings) < _TOLD:
            named: dict[str, str | int] = {"item": item.id[:80]}
            meaning.warnings.append(Reason("service.federation.off-map", named))
        return
    called, name = source_of(head.authority, peer_id), item.fields.get("name")
    area = AreaRecorded(
        id_,
        class_,  # type: ignore[arg-type]
        shape,
        None if name is None else str(name),
        source=called,
    )
    meaning.raised.append(id_)
    meaning.meant.append(Meant("take_bundle", id_, area, stamp))


def ground_of(office: Office, item: ExchangeItem) -> GridShape | None:
    """Returns where an item lies on this site's grid; None where it has no ground here."""
    if item.place is None or item.place.geom_type == "Point":
        return None
    found = office.frame.to_grid(LonLat(item.place))
    if not isinstance(found, Registered) or any(far_faults(found.shape)):
        return None
    return found.shape


def source_of(authority: str, peer_id: str) -> str:
    """Returns how another authority is named as a source: two may call themselves the same."""
    return f"{authority} ({peer_id})"


def _source(peer_id: str, stream: str) -> str:
    """How a release that was taken over names the stream that told of it."""
    return f"bundle {peer_id}/{stream}/"


def _take_back(
    office: Office, peer_id: str, head: ExchangeHead, items: Items, meaning: _Meaning
) -> None:
    """Reopens what was taken over of this stream and is told of no more, or as less."""
    register = office.register()
    prefix = _source(peer_id, head.stream)
    for part_id, (fact, _) in register.parts.items():
        if not isinstance(fact, ReleaseTransferred) or not fact.source.startswith(prefix):
            continue
        item = items.get(("released", fact.source.removeprefix(prefix).partition("/")[2]))
        left = fact.shape if item is None else _no_longer(office, fact, item)
        if left.is_empty or _is_hazard(office, left):
            continue
        reopening_id = _entry_id(peer_id, head, f"reopened:{part_id}")
        again = LandReopened(
            reopening_id,
            left,
            "new_evidence",
            area_id=fact.area_id,
            note=f"{head.authority} {head.stream} {head.number}",
            part_ids=(part_id,),
        )
        meaning.reopened.append(part_id)
        meaning.meant.append(
            Meant("take_bundle", reopening_id, again, Stamp(entry_id=reopening_id))
        )


def _no_longer(office: Office, fact: ReleaseTransferred, item: ExchangeItem) -> GridShape:
    """The ground of a release that was taken over which its authority no longer tells of so."""
    depth_cm = item.fields.get("depth_cm")
    less = item.fields["outcome"] != fact.outcome or (
        fact.depth_cm is not None and (depth_cm is None or int(depth_cm) < fact.depth_cm)
    )
    shape = None if less else ground_of(office, item)
    return fact.shape if shape is None else fact.shape.difference(shape)


def _is_hazard(office: Office, ground: GridShape) -> bool:
    """Whether all of some ground is hazard now: what was put back is not put back again."""
    now_us = office.now_us()
    for face in office.book().near(ground):
        state = face.timeline.at(now_us)
        if state is None or state.is_hazard:
            continue
        if face.shape.intersection(ground).area2_mm2:
            return False
    return True


def take_over(
    office: Office,
    actor: Actor,
    peer_id: str,
    stream: str,
    item_id: str,
    standing: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the named act by which this authority takes one release of another one over.

    Only what the newest bundle of that stream tells of, by a key that stands. The rules of the
    land hold: hazard recorded or dated later stands.

    Args:
        office: the open store.
        actor: who takes it over.
        peer_id: whose release it is.
        stream: the stream that tells of it.
        item_id: the id by which they know it.
        standing: how the actor proved who they are.
    """
    book = federation_book(office)
    story, last = book.peers.get(peer_id), book.last_taken(peer_id, stream)
    item = items_taken(office, last).get(("released", item_id))
    params: dict[str, str | int] = {"peer": peer_id[:40], "item": item_id[:80]}
    shape = None if item is None else ground_of(office, item)
    against = []
    if story is None or last is None or item is None:
        against.append(Reason("service.federation.no-item", params))
    elif shape is None:
        against.append(Reason("service.federation.off-map", params))
    if story is not None and story.standing is None:
        against.append(Reason("service.federation.revoked-key", params))
    if against or story is None or last is None or item is None or shape is None:
        ruling = allow(actor, "take_over_release")
        return Acted(rule([*(ruling.reasons if not ruling.allowed else ()), *against]))
    fact = _release(peer_id, story.authority, last, item, shape)
    faults = list(transfer_ruling(fact, actor).reasons)
    entry_id = f"take-over:{peer_id}:{stream}:{last.number}:{item_id}"
    if fact.part_id in office.register().parts and office.store.find(entry_id) is None:
        faults.append(Reason("land.part.id-twice", {"part": fact.part_id}))
    return carry_out(
        office,
        actor,
        "take_over_release",
        fact.part_id,
        fact,
        stamp=Stamp(entry_id=entry_id, standing=standing),
        ruling=rule(faults),
    )


def _release(
    peer_id: str, authority: str, last: BundleTaken, item: ExchangeItem, shape: GridShape
) -> ReleaseTransferred:
    told = item.fields
    depth_cm = told.get("depth_cm")
    return ReleaseTransferred(
        f"{peer_id}{SEPARATOR}{item.id.replace('+', '&').replace('/', '.')}@{last.number}",
        told["outcome"],  # type: ignore[arg-type]
        shape,
        source_of(authority, peer_id),
        f"{_source(peer_id, last.stream)}{last.number}/{item.id}",
        depth_cm=None if depth_cm is None else int(depth_cm),
        method=None if "method" not in told else str(told["method"]),
        surface=None if "surface" not in told else str(told["surface"]),
    )
