"""Which of the places that bear a name a text means; where it does not say, all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.study.gazetteer import Place, apart_km
from rafiqa.study.placename import name_key

MOST: Final = 25
"""How many candidates are told."""
_SEAT_KM: Final = 60.0
_BESIDE_KM: Final = 25.0
_LEVELS: Final = {
    "country": ("country",),
    "region": ("region",),
    "governorate": ("governorate",),
    "district": ("district", "town"),
    "subdistrict": ("subdistrict", "town"),
    "seat": ("town", "district", "subdistrict"),
    "town": ("town",),
    "village": ("town",),
}
"""By word before a name, the levels that it can mean."""
_ORDER: Final = ("country", "region", "town", "governorate", "district", "subdistrict", "quarter")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a text says of a name: the level that the word before it speaks of, or empty."""

    level: str
    key: str


def chosen(
    places: Sequence[Place],
    hint: Hint,
    around: Sequence[Place],
    near: Iterable[Place],
) -> tuple[Place, ...]:
    """Returns the places that a name may mean, best first.

    Args:
        places: all that bear it.
        hint: what the words before it say.
        around: what the text says that it lies in.
        near: curated places that the text names; they order, they decide nothing.
    """
    kept = list(places)
    if hint.level == "quarter":
        # «أحياء حلب» are those of a town; «حي المنصور» is no village of that name.
        quarters = [place for place in kept if place.level == "quarter"]
        kept = quarters or [place for place in kept if place.is_core]
    elif hint.level in _LEVELS:
        wanted = _LEVELS[hint.level]
        kept = [place for place in kept if place.level in wanted] or kept
    elif hint.level in {"", "around"}:
        kept = _without_seats(kept)
    if around:
        kept = [place for place in kept if _is_within(place, around)] or kept
    beside = [place for place in near if place not in kept]
    ordered = sorted(
        kept,
        key=lambda place: (
            not place.is_core,
            _ORDER.index(place.level) if place.is_core else 0,
            -place.residents,
            name_key(place.names[0]) != hint.key,
            min((apart_km(place, other) for other in beside), default=0.0),
            place.place_id,
        ),
    )
    return tuple(ordered[:MOST])


def _without_seats(places: list[Place]) -> list[Place]:
    """A town and the district that is called after it: the town, unless the text says which."""
    towns = [place for place in places if place.level in {"town", "governorate"}]
    return [
        place
        for place in places
        if place.level not in {"district", "subdistrict"}
        or not any(apart_km(place, town) <= _SEAT_KM + place.radius_km for town in towns)
    ]


def _is_within(place: Place, around: Sequence[Place]) -> bool:
    return any(
        other.place_id in place.within
        or (other.place_id != place.place_id and apart_km(place, other) <= _reach_km(other))
        for other in around
    )


def _reach_km(place: Place) -> float:
    # «ريف حلب» names the land around a town: as far as its governorate, and not only the town.
    return max(place.radius_km + _BESIDE_KM, _SEAT_KM if place.level == "town" else 0.0)
