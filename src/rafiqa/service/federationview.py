"""What other authorities say beside what is on record here: kept side by side, never merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rafiqa.geo import GridShape
from rafiqa.land import SLIVER_MM2, AccidentRecorded, Reason
from rafiqa.ledger import BundleTaken, ReleaseTakenOver
from rafiqa.service.federation import class_of
from rafiqa.service.federationbook import (
    FederationBook,
    federation_book,
    ground_of,
    items_taken,
    source_of,
)
from rafiqa.service.office import Office
from rafiqa.wire.exchangeitem import ExchangeItem

_SLIVER2: Final = 2 * SLIVER_MM2


@dataclass(frozen=True, slots=True)
class Totals:
    """Persons harmed as one source counts them, and in how many accidents; never added up.

    Attributes:
        source: whose figures they are.
        accidents: how many it tells of.
        killed, injured: over those in which it says how many.
        n_unsaid: accidents of which it does not say.
    """

    source: str
    accidents: int
    killed: int
    injured: int
    n_unsaid: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the newest bundle of one stream says, beside what is on record here.

    Attributes:
        peer_id: whose it is.
        taken: the bundle.
        n_of: how many items it holds of each kind.
        differences: what it says otherwise, one by one.
        releases: ids of released ground that may be taken over, and were not.
    """

    peer_id: str
    taken: BundleTaken
    n_of: dict[str, int] = field(default_factory=dict)
    differences: tuple[Reason, ...] = ()
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A release that was taken over.

    Attributes:
        fact: which, and from which bundle.
        key_stands: whether the key that signed that bundle still counts.
        newest: the number of the newest bundle of that stream, by which it was last judged.
        withdrawn: whether all of its ground was taken back since.
    """

    fact: ReleaseTakenOver
    key_stands: bool
    newest: int
    withdrawn: bool


def releases_taken_over(office: Office) -> list[Opened]:
    """Returns every release that was taken over, and on whose word it still stands."""
    book = federation_book(office)
    found = []
    for fact in book.taken_over.values():
        newest = book.last_taken(fact.peer_id, fact.stream)
        found.append(
            Opened(
                fact,
                fact.fingerprint not in book.revoked,
                fact.number if newest is None else newest.number,
                _is_withdrawn(office, book, fact),
            )
        )
    return found


def _is_withdrawn(office: Office, book: FederationBook, fact: ReleaseTakenOver) -> bool:
    part = office.register().parts.get(fact.part_id)
    return part is None or book.left_of(fact.part_id, part[0].shape).is_empty


def told_by_others(office: Office) -> list[Told]:
    """Returns what every stream of every other authority says, with where it differs from here."""
    book = federation_book(office)
    found = []
    for peer_id, stream in book.taken:
        taken = book.last_taken(peer_id, stream)
        if taken is None:
            continue
        items = list(items_taken(office, taken).values())
        n_of = dict.fromkeys(("hazard", "released", "accident"), 0)
        for item in items:
            n_of[item.kind] += 1
        differences = tuple(
            reason for item in items for reason in _differences(office, book, peer_id, item)
        )
        open_ = tuple(
            item.id
            for item in items
            if item.kind == "released" and not _is_taken_over(office, peer_id, taken, item)
        )
        found.append(Told(peer_id, taken, n_of, differences, open_))
    return found


def _is_taken_over(office: Office, peer_id: str, taken: BundleTaken, item: ExchangeItem) -> bool:
    """Whether it was, and not all of it was taken back: what is told of again can be again."""
    book = federation_book(office)
    return any(
        (over.peer_id, over.stream, over.item_id) == (peer_id, taken.stream, item.id)
        and not _is_withdrawn(office, book, over)
        for over in book.taken_over.values()
    )


def _differences(
    office: Office, book: FederationBook, peer_id: str, item: ExchangeItem
) -> Iterator[Reason]:
    """Yields in what an item differs from what is on record here, each told by its area."""
    shape = ground_of(office, item)
    if shape is None:
        return
    params: dict[str, str | int] = {"peer": peer_id, "item": item.id[:80]}
    if item.kind == "released":
        hazard_m2 = _m2(shape, _hazard_on(office, shape))
        if hazard_m2:
            yield Reason("service.federation.differ-hazard-here", {**params, "area_m2": hazard_m2})
        return
    released_m2 = _m2(shape, _released_on(office, shape))
    if released_m2:
        yield Reason("service.federation.differ-released-here", {**params, "area_m2": released_m2})
    for area_id, record in office.register().areas.items():
        if book.is_foreign(area_id) or record.fact.class_ == class_of(item):
            continue
        if record.outline.intersection(shape).area2_mm2 > _SLIVER2:
            named = {**params, "area": area_id, "class": record.fact.class_}
            yield Reason("service.federation.differ-class", named)


def _hazard_on(office: Office, shape: GridShape) -> list[GridShape]:
    now_us = office.now_us()
    return [
        face.shape
        for face in office.book().near(shape)
        if (state := face.timeline.at(now_us)) is not None and state.is_hazard
    ]


def _released_on(office: Office, shape: GridShape) -> list[GridShape]:
    """Ground that this authority released, and that is hazard again by what others say."""
    return [item.shape for item in office.book().lowers_near(shape.geometry)]


def _m2(shape: GridShape, others: list[GridShape]) -> int:
    shared2 = sum(shape.intersection(other).area2_mm2 for other in others)
    return -(-shared2 // 2_000_000) if shared2 > _SLIVER2 else 0


def casualty_totals(office: Office) -> list[Totals]:
    """Returns persons harmed by source: this store's own count, and each other authority's.

    Two sources are two totals: they may tell of the same accidents, and nothing here says which.
    """
    own = [
        (record.fact.killed, record.fact.injured)
        for record in office.register().accidents.values()
        if isinstance(record.fact, AccidentRecorded)
    ]
    found = [_total(office.site.authority_id, own)]
    book = federation_book(office)
    for peer_id, stream in book.taken:
        told = [
            (_count(item, "killed"), _count(item, "injured"))
            for item in items_taken(office, book.last_taken(peer_id, stream)).values()
            if item.kind == "accident"
        ]
        if told:
            found.append(
                _total(
                    source_of(book.peers[peer_id].authority, f"{peer_id}/{stream}"),
                    told,
                )
            )
    return found


def _count(item: ExchangeItem, name: str) -> int | None:
    value = item.fields.get(name)
    return value if isinstance(value, int) else None


def _total(source: str, told: list[tuple[int | None, int | None]]) -> Totals:
    return Totals(
        source,
        len(told),
        sum(killed or 0 for killed, _ in told),
        sum(injured or 0 for _, injured in told),
        sum(killed is None or injured is None for killed, injured in told),
    )
