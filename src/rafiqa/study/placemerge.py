"""One gazetteer from the curated places and the rows of several lists: each place once.

Two rows are one place where they are of one level and bear an id in common, or a name in common
and lie beside one another. Whichever came first gives the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.study.gazetteer import Gazetteer, Place, Source, apart_km, gazetteer_of
from rafiqa.study.placecore import core_places, keys_of
from rafiqa.study.placerow import PlaceRow
from rafiqa.study.record import PlaceLevel

_BESIDE_KM: Final = {
    "country": 1_000.0,
    "region": 150.0,
    "governorate": 150.0,
    "district": 60.0,
    "subdistrict": 25.0,
    "town": 6.0,
    "quarter": 2.0,
}
"""How near two rows of one name and level are one place."""
_MOST_NAMES: Final = 8
"""How many names of a place that is not curated are written out; all are looked up."""
_CHAIN: Final = 5


@dataclass(slots=True)
class _Draft:
    """A place on its way: grows with every row that is the same place."""

    place: Place
    names: dict[str, None]
    refs: dict[str, None]
    within: dict[str, None]
    residents: int


class _Merging:
    """Places so far, by id and by name."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self._by_ref: dict[tuple[str, PlaceLevel], _Draft] = {}
        self._by_key: dict[tuple[str, PlaceLevel], list[_Draft]] = {}
        self.ids: dict[str, str] = {}

    def add(self, place: Place, within: Iterable[str]) -> None:
        """Takes a place in: as one more, or into the one that it is."""
        keys = keys_of(place.names)
        draft = self._same(place, keys)
        if draft is None:
            draft = _Draft(place, {}, {}, {}, 0)
            self.drafts.append(draft)
        draft.names.update(dict.fromkeys(place.names))
        draft.refs.update(dict.fromkeys((place.place_id, *place.refs)))
        draft.within.update(dict.fromkeys(within))
        draft.residents = max(draft.residents, place.residents)
        for ref in (place.place_id, *place.refs):
            self._by_ref.setdefault((ref, place.level), draft)
            self.ids.setdefault(ref, draft.place.place_id)
        for key in keys:
            beside = self._by_key.setdefault((key, place.level), [])
            if draft not in beside:
                beside.append(draft)

    def _same(self, place: Place, keys: Sequence[str]) -> _Draft | None:
        for ref in (place.place_id, *place.refs):
            found = self._by_ref.get((ref, place.level))
            if found is not None:
                return found
        reach_km = _BESIDE_KM[place.level]
        for key in keys:
            for draft in self._by_key.get((key, place.level), ()):
                # Two curated places of one name are two, or they would stand there once.
                is_two = draft.place.is_core and place.is_core
                if not is_two and apart_km(draft.place, place) <= reach_km:
                    return draft
        return None


def merged(lists: Iterable[Sequence[PlaceRow]], sources: Iterable[Source]) -> Gazetteer:
    """Returns one gazetteer of the curated places and of lists, in the order in which they come."""
    merging = _Merging()
    for place in core_places():
        merging.add(place, place.within)
    for rows in lists:
        for row in rows:
            merging.add(_place(row), row.within)
    outer = {
        draft.place.place_id: _known(draft.within, merging.ids, draft.place.place_id)
        for draft in merging.drafts
    }
    finished = [(_finished(draft, outer), keys_of(tuple(draft.names))) for draft in merging.drafts]
    finished.sort(key=lambda made: (not made[0].is_core, made[0].place_id))
    return gazetteer_of(finished, sources)


def _place(row: PlaceRow) -> Place:
    return Place(
        row.place_id,
        row.names,
        row.lon_deg,
        row.lat_deg,
        row.reach_km(),
        row.level,
        row.country,
        residents=row.residents,
        refs=row.refs,
    )


def _known(within: Iterable[str], ids: dict[str, str], own: str) -> tuple[str, ...]:
    """Outer places by the ids that they have here; what is not on any list is left out."""
    return tuple(dict.fromkeys(ids[one] for one in within if ids.get(one, own) != own))


def _finished(draft: _Draft, outer: dict[str, tuple[str, ...]]) -> Place:
    place = draft.place
    chain: dict[str, None] = {}
    ring = outer[place.place_id]
    for _ in range(_CHAIN):
        chain.update(dict.fromkeys(one for one in ring if one != place.place_id))
        ring = tuple(further for one in ring for further in outer.get(one, ()))
    return Place(
        place_id=place.place_id,
        names=place.names if place.is_core else tuple(draft.names)[:_MOST_NAMES],
        lon_deg=round(place.lon_deg, 6),
        lat_deg=round(place.lat_deg, 6),
        radius_km=round(place.radius_km, 1),
        level=place.level,
        country=place.country,
        within=tuple(chain),
        residents=draft.residents,
        refs=tuple(ref for ref in draft.refs if ref != place.place_id),
        is_core=place.is_core,
        guarded=place.guarded,
    )
