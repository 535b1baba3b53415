"""Take-over: one release of another authority made this one's own, by two persons, and its end.

It is dated by the day that they tell of, so that hazard recorded or dated later stands; what
happened on that ground since reopens it in the same transaction, as when a file tells of it, and
so does hazard that is on record without a day, where it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from rafiqa.geo import GridShape, union_of
from rafiqa.land import (
    Actor,
    LandReopened,
    Reason,
    Recorded,
    ReleaseTransferred,
    rule,
    transfer_ruling,
)
from rafiqa.ledger import BundleTaken, Head, ReleaseTakenOver
from rafiqa.service.act import Meant, Stamp, as_judged, carry_out_together
from rafiqa.service.act import against as against_act
from rafiqa.service.aftermath import IncidentShelf
from rafiqa.service.federationbook import (
    RANKS,
    FederationBook,
    PeerStory,
    federation_book,
    ground_of,
    items_taken,
    name_of,
    source_of,
)
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing, allow
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.theirs import RAISING, left_standing
from rafiqa.wire.exchangeitem import ExchangeItem, day_of
from rafiqa.wire.instant import date_us

_NAMED = 20


@dataclass(frozen=True, slots=True)
class ReleaseNamed:
    """One release of another authority: whose it is, the stream that tells of it, and its id."""

    peer_id: str
    stream: str
    item_id: str


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A release that may be taken over, as far as its bundle goes."""

    story: PeerStory
    taken: BundleTaken
    item: ExchangeItem
    shape: GridShape
    day: date


def take_over(
    office: Office,
    actor: Actor,
    named: ReleaseNamed,
    confirmed_by: Actor | None,
    standing: Standing = AT_THE_MACHINE,
    second: Standing = AT_THE_MACHINE,
) -> Acted:
    """Returns the act by which two persons of this authority take one release of another one over.

    Only what the newest bundle of that stream tells of, with its day, by a key that stands. The
    second person is another than the first, and than who enrolled that key.

    Args:
        office: the open store.
        actor: who takes it over.
        named: which release.
        confirmed_by: the second person of this authority.
        standing: how the actor proved who they are.
        second: how the second person did.
    """
    proven = Stamp(standing=standing, second=second)
    return as_judged(
        office, lambda head: _taken_over(office, actor, named, confirmed_by, proven, head)
    )


def _taken_over(
    office: Office,
    actor: Actor,
    named: ReleaseNamed,
    confirmed_by: Actor | None,
    proven: Stamp,
    head: Head,
) -> Acted:
    book = federation_book(office)
    found, against = _found(office, book, named)
    against += _persons(book, actor, confirmed_by, named.peer_id, found)
    if against or found is None or confirmed_by is None:
        ruling = allow(actor, "take_over_release")
        return Acted(rule([*(ruling.reasons if not ruling.allowed else ()), *against]))
    name = name_of(found.taken)
    fact = _release(name.id_of(named.item_id), found)
    entry_id = name.take_over_of(named.item_id)
    faults = list(transfer_ruling(fact, actor).reasons)
    if fact.part_id in office.register().parts and office.store.find(entry_id) is None:
        faults.append(Reason("land.part.id-twice", {"part": fact.part_id}))
    over = ReleaseTakenOver(
        fact.part_id,
        named.peer_id,
        named.stream,
        found.taken.number,
        named.item_id,
        found.taken.fingerprint,
        confirmed_by.person_id,
    )
    stamp = replace(proven, valid_at_us=date_us(found.day), entry_id=entry_id)
    beside = replace(proven, entry_id=f"{entry_id}:confirmed")
    act = "take_over_release"
    if office.store.find(entry_id) is not None:
        # What it met was reopened then; what came since has reopened what it hit itself.
        done = Acted(rule(against_act(office, actor, Meant(act, fact.part_id, fact, stamp))))
        return replace(done, entry_ids=(entry_id,), already=True) if done.done else done
    meant = [
        Meant(act, fact.part_id, fact, stamp, rule(faults)),
        Meant(act, fact.part_id, over, beside, place_of=fact),
    ]
    valid_us = date_us(found.day)
    met, (stays, unsure) = _aftermath(office, fact, valid_us), _stays(office, fact, valid_us)
    meant[1] = replace(meant[1], warnings=tuple(stays))
    if met is not None:
        opened, since_us, warning = met
        again = Stamp(since_us, f"{entry_id}:reopening", standing=proven.standing)
        meant.append(Meant(act, opened.reopening_id, opened, again, warnings=(warning,)))
    if unsure is not None:
        again = Stamp(valid_us, f"{entry_id}:undated", standing=proven.standing)
        meant.append(Meant(act, unsure.reopening_id, unsure, again))
    return carry_out_together(office, actor, meant, head)


def _found(
    office: Office, book: FederationBook, named: ReleaseNamed
) -> tuple[_Found | None, list[Reason]]:
    """The release in the newest bundle of its stream, with what speaks against taking it over."""
    story, taken = book.peers.get(named.peer_id), book.last_taken(named.peer_id, named.stream)
    item = items_taken(office, taken).get(("released", named.item_id))
    params: dict[str, str | int] = {"peer": named.peer_id[:40], "item": named.item_id[:80]}
    if story is None or taken is None or item is None:
        against = [Reason("service.federation.no-item", params)]
        if story is not None and story.standing is None:
            against.append(Reason("service.federation.revoked-key", params))
        return None, against
    against = []
    shape, day = ground_of(office, item), day_of(item.fields.get("released_on"))
    if shape is None:
        against.append(Reason("service.federation.off-map", params))
    # Dated ahead, it would lower what is put to hazard until then.
    if day is None or date_us(day) > office.now_us():
        against.append(Reason("service.federation.no-day", params))
    if taken.fingerprint in book.revoked:
        against.append(Reason("service.federation.revoked-key", params))
    if shape is None or day is None:
        return None, against
    return _Found(story, taken, item, shape, day), against


def _persons(
    book: FederationBook,
    actor: Actor,
    second: Actor | None,
    peer_id: str,
    found: _Found | None,
) -> Iterator[Reason]:
    """Yields why this is not the act of two persons, of whom the second did not enrol the key."""
    params: dict[str, str | int] = {"peer": peer_id[:40] if peer_id in book.peers else ""}
    if (
        second is None
        or second.role != "authority"
        or second.organisation_id != actor.organisation_id
        or not second.person_id.strip()
    ):
        yield Reason("service.federation.unconfirmed", params)
        return
    if second.is_one_with(actor):
        yield Reason("land.release.same-person", {"part_played": "confirmer"})
    if found and second.persons & set(book.pinned_by.get(found.taken.fingerprint, ())):
        yield Reason("service.federation.enroller", params)


def _release(part_id: str, found: _Found) -> ReleaseTransferred:
    told, taken = found.item.fields, found.taken
    depth_cm = told.get("depth_cm")
    return ReleaseTransferred(
        part_id,
        told["outcome"],  # type: ignore[arg-type]
        found.shape,
        source_of(found.story.authority, found.story.peer_id),
        f"bundle {taken.peer_id} {taken.stream} {taken.number}: {found.item.id}",
        depth_cm=None if depth_cm is None else int(depth_cm),
        method=None if "method" not in told else str(told["method"]),
        surface=None if "surface" not in told else str(told["surface"]),
    )


def _aftermath(
    office: Office, fact: ReleaseTransferred, valid_us: int
) -> tuple[LandReopened, int, Reason] | None:
    """What happened on the ground since its day: the reopening, since when, and the word of it."""
    met = IncidentShelf(office).after(fact, valid_us, undated=False)
    if met is None:
        return None
    names = met.names
    params: dict[str, str | int] = {
        "part": fact.part_id,
        "n": len(names),
        "names": ", ".join(names)[:160],
    }
    return met.reopening, met.since_us, Reason("service.import.release-reopened", params)


def _stays(
    office: Office, fact: ReleaseTransferred, valid_us: int
) -> tuple[list[Reason], LandReopened | None]:
    """Hazard here that the release does not lower: the word of it, and what holds it up.

    What is dated later stands by itself. Of what is of no day, or of the release's own, nobody
    knows which came first: it is reopened where it lies.
    """
    over = federation_book(office).taken_over
    standing = [
        (each, left)
        for each in office.register().raises
        if each.kind in RAISING and each.kind != "implied"
        if each.valid_at_us <= BEGINNING_US or each.valid_at_us >= valid_us
        if not (left := left_standing(office, each, fact.shape, over)).is_empty
    ]
    if not standing:
        return [], None
    names = list(dict.fromkeys(each.area_id or each.subject for each, _ in standing))
    params: dict[str, str | int] = {
        "part": fact.part_id,
        "n": len(names),
        "names": ", ".join(names)[:160],
    }
    told = [Reason("service.federation.stays-hazard", params)]
    unsure = [(each, left) for each, left in standing if each.valid_at_us <= valid_us]
    if not unsure:
        return told, None
    ground = unsure[0][1] if len(unsure) == 1 else union_of([left for _, left in unsure])
    class_ = max((each.class_ for each, _ in unsure), key=RANKS.index)
    note = ", ".join(names[:_NAMED])
    return told, LandReopened(f"{fact.part_id}-undated", ground, "new_evidence", class_, None, note)


def no_longer_told(
    office: Office, part: tuple[ReleaseTransferred, Recorded], item: ExchangeItem | None
) -> GridShape:
    """Returns the ground of a release that was taken over which is told of no more, or as less.

    Args:
        office: the open store.
        part: what was taken over, as it is on record.
        item: what the newest bundle tells of it; None where nothing.
    """
    fact, recorded = part
    if item is None or _is_less(fact, recorded, item):
        return fact.shape
    shape = ground_of(office, item)
    return fact.shape if shape is None else fact.shape.difference(shape)


def _is_less(fact: ReleaseTransferred, recorded: Recorded, item: ExchangeItem) -> bool:
    """Whether an item says less than was taken over: of another outcome, day, depth or way."""
    told = item.fields
    day = day_of(told.get("released_on"))
    if day is None or date_us(day) < recorded.valid_at_us or told["outcome"] != fact.outcome:
        return True
    depth_cm = told.get("depth_cm")
    if fact.depth_cm is not None and (depth_cm is None or int(depth_cm) < fact.depth_cm):
        return True
    method, surface = (
        None if name not in told else str(told[name]) for name in ("method", "surface")
    )
    if fact.method not in {None, method} or fact.surface not in {None, surface}:
        return True
    # What says more now may say that it was never a release of ground.
    now = replace(fact, method=method, surface=surface)
    return not transfer_ruling(now).allowed
