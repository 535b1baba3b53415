"""Records of two sources that may be of one thing: proposed, decided by a person, never merged.

Whatever is decided, both stay on record with all that they say, and both count on the map: what
one source says less of a hazard takes nothing from the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary.codelist import folded
from rafiqa.land import AccidentRecorded, Actor, AreaRecorded, Reason, Recorded, rule
from rafiqa.ledger import PairDecided
from rafiqa.service.act import Stamp, carry_out
from rafiqa.service.importbook import pair_of
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing
from rafiqa.wire.instant import iso

DECISIONS = ("same", "different")
OVERLAP_SHARE = 0.3
"""From this share of the smaller outline on, two outlines may be of one hazard by themselves."""
NEAR_MM = {"area": 50_000, "accident": 250_000}
"""How far apart two records may lie that something else joins: a name, an id, a day."""
NEAR_DAYS = 3
SHARED_MAX = 20
"""An id that more records than these share names nothing ("N/A", "0"), and joins none of them."""
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """One record as a source tells it."""

    kind: str
    id: str
    source: str
    recorded: Recorded
    place: BaseGeometry
    name: str
    local_ids: frozenset[str]

    @property
    def plain(self) -> dict[str, Any]:
        """What it says, to be set beside what the other says."""
        fact: Any = self.recorded.fact
        said: dict[str, Any] = {
            "id": self.id,
            "source": self.source,
            "name": self.name or None,
            "since": iso(self.recorded.valid_at_us),
            "local_ids": sorted(self.local_ids),
        }
        if isinstance(fact, AreaRecorded):
            return said | {"class": fact.class_, "area_m2": round(fact.shape.area_m2)}
        return said | {"killed": fact.killed, "injured": fact.injured, "device": fact.category}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be of one thing: why, and in what they differ.

    ``decided`` is the last decision on them, if there is one.
    """

    one: Told
    other: Told
    reasons: tuple[Reason, ...]
    decided: Recorded | None = None

    @property
    def differences(self) -> tuple[str, ...]:
        """The names of what they say differently."""
        left, right = self.one.plain, self.other.plain
        return tuple(name for name in left if name != "id" and left[name] != right[name])


def proposed_pairs(office: Office, *, every: bool = False) -> list[Pair]:
    """Returns pairs of records that may be of one thing, those with most to say for it first.

    Args:
        office: the open store.
        every: those that were decided too.
    """
    book = office.importbook()
    found: list[Pair] = []
    for told in map(_named, (list(_areas(office)), list(_accidents(office)))):
        for one, other in _candidates(told):
            decided = book.pairs.get(pair_of(one.id, other.id))
            reasons = tuple(_reasons(one, other))
            if reasons and (every or decided is None):
                found.append(Pair(one, other, reasons, decided))
    return sorted(found, key=lambda pair: (-len(pair.reasons), pair.one.id, pair.other.id))


def decide_pair(
    office: Office, actor: Actor, fact: PairDecided, standing: Standing = AT_THE_MACHINE
) -> Acted:
    """Returns the act of deciding on two records; a later decision counts, and none is erased."""
    register = office.register()
    against = [
        Reason("service.pair.unknown", {"id": id_})
        for id_ in (fact.one, fact.other)
        if id_ not in register.areas and id_ not in register.accidents
    ]
    if fact.one == fact.other:
        against.append(Reason("service.pair.itself", {"id": fact.one}))
    subject = " ".join(pair_of(fact.one, fact.other))
    stamp = Stamp(standing=standing)
    return carry_out(office, actor, "decide_pair", subject, fact, stamp=stamp, ruling=rule(against))


def _sources(office: Office) -> dict[str, str]:
    """Returns which import brought an entry."""
    imports = office.importbook().imports
    return {entry: import_id for import_id, story in imports.items() for entry in story.entry_ids}


def _areas(office: Office) -> Iterator[Told]:
    brought = _sources(office)
    for area_id, record in office.register().areas.items():
        fact = record.fact
        if not record.outline.is_empty:
            source = _source(record.recorded, fact.source, brought)
            names = _local_ids(area_id, fact.extra)
            place = record.outline.geometry
            yield Told("area", area_id, source, record.recorded, place, fact.name or "", names)


def _accidents(office: Office) -> Iterator[Told]:
    brought = _sources(office)
    placed = [
        (recorded, recorded.fact)
        for recorded in office.register().accidents.values()
        if isinstance(recorded.fact, AccidentRecorded) and recorded.fact.spot is not None
    ]
    if not placed:
        return
    lon = np.array([fact.spot.lon_deg for _, fact in placed if fact.spot], dtype=np.float64)
    lat = np.array([fact.spot.lat_deg for _, fact in placed if fact.spot], dtype=np.float64)
    near = office.frame.placeable(lon, lat)
    points = iter(office.frame.to_grid_points(lon[near], lat[near]).tolist())
    for (recorded, fact), there in zip(placed, near.tolist(), strict=True):
        if there:
            source = _source(recorded, fact.source, brought)
            names = _local_ids(fact.accident_id, fact.extra)
            place = shapely.Point(next(points))
            yield Told("accident", fact.accident_id, source, recorded, place, "", names)


def _source(recorded: Recorded, said: str | None, brought: dict[str, str]) -> str:
    import_id = brought.get(recorded.entry_id)
    named = said or recorded.actor.organisation_id
    return named if import_id is None else f"{named} ({import_id})"


def _local_ids(id_: str, extra: str | None) -> frozenset[str]:
    beside = json.loads(extra).get("local_ids") if extra else None
    parts = [str(each) for each in beside] if isinstance(beside, list) else [str(beside or "")]
    listed = (one.strip() for part in parts for one in part.replace(";", ",").split(","))
    return frozenset(one.casefold() for one in (id_, *listed) if one)


def _named(told: list[Told]) -> list[Told]:
    """Returns the records without ids that so many share that they name none of them."""
    counted = Counter(name for item in told for name in item.local_ids)
    empty = {name for name, n_records in counted.items() if n_records > SHARED_MAX}
    return [
        replace(item, local_ids=item.local_ids - empty) if item.local_ids & empty else item
        for item in told
    ]


def _candidates(told: list[Told]) -> Iterator[tuple[Told, Told]]:
    """Yields pairs of different sources that lie near one another or share an id."""
    if not told:
        return
    pairs: set[tuple[int, int]] = set()
    places = np.array([item.place for item in told], dtype=object)
    tree = shapely.STRtree(places)
    reach = NEAR_MM[told[0].kind]
    for left, right in tree.query(places, predicate="dwithin", distance=reach).T.tolist():
        pairs.add((min(left, right), max(left, right)))
    by_id: dict[str, list[int]] = {}
    for number, item in enumerate(told):
        for name in item.local_ids:
            by_id.setdefault(name, []).append(number)
    pairs |= {(left, right) for numbers in by_id.values() for left in numbers for right in numbers}
    for left, right in sorted(pairs):
        if left < right and told[left].source != told[right].source:
            yield told[left], told[right]


def _reasons(one: Told, other: Told) -> Iterator[Reason]:
    """Yields what speaks for one thing; nothing where a place alone is all there is."""
    away_mm = round(float(shapely.distance(one.place, other.place)))
    share = _shared(one.place, other.place)
    joined = list(_joined(one, other))
    if share >= OVERLAP_SHARE:
        yield Reason("service.pair.overlap", {"share_pct": round(share * 100)})
    elif joined and away_mm <= NEAR_MM[one.kind]:
        yield Reason("service.pair.near", {"distance_m": -(-away_mm // 1_000)})
    elif not one.local_ids & other.local_ids:
        return
    else:
        yield Reason("service.pair.far", {"distance_m": -(-away_mm // 1_000)})
    yield from joined


def _shared(one: BaseGeometry, other: BaseGeometry) -> float:
    """Returns the share of the smaller outline that both cover."""
    smaller = min(float(shapely.area(one)), float(shapely.area(other)))
    if not smaller or not shapely.intersects(one, other):
        return 0.0
    return float(shapely.area(shapely.intersection(one, other))) / smaller


def _joined(one: Told, other: Told) -> Iterator[Reason]:
    shared = one.local_ids & other.local_ids
    if shared:
        yield Reason("service.pair.local-id", {"ids": ", ".join(sorted(shared))[:160]})
    if one.name and folded(one.name) == folded(other.name):
        yield Reason("service.pair.name", {"name": one.name[:80]})
    days = abs(one.recorded.valid_at_us - other.recorded.valid_at_us) // _DAY_US
    dated = min(one.recorded.valid_at_us, other.recorded.valid_at_us) > 0
    if dated and days <= NEAR_DAYS:
        yield Reason("service.pair.dates", {"days": days})


def decided_of(recorded: Recorded) -> PairDecided:
    """Returns what a record of a decision says."""
    assert isinstance(recorded.fact, PairDecided)  # noqa: S101 - from the import book
    return recorded.fact
