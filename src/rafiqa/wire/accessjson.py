"""Ways in and what would open the most, as plain JSON values with their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rafiqa.dictionary import dictionary
from rafiqa.land import Reason
from rafiqa.locale import direction
from rafiqa.recovery.access import AccessAnswer, Opening, Place
from rafiqa.recovery.areaset import FREE, AreaSets
from rafiqa.recovery.voice import COUNTED_MOST, Asked
from rafiqa.recovery.waygate import way_answer
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso_date

METHOD = (
    "roads in pieces of at most 50 m, joined where they meet; ground of each piece over the road's"
    " width; smallest sets of at most two areas, exact; requests that wait: each phone and"
    f" place once, at most {COUNTED_MOST}"
)


def access_json(answer: AccessAnswer, lang: str) -> dict[str, Any]:
    """Returns who can be come to, and which releases would open the most."""
    return {
        "n_pieces": answer.n_pieces,
        "entries_named": answer.entries_named,
        "reasons": [reason_json(reason, lang) for reason in _reasons(answer)],
        "openings": [opening_json(opening, lang) for opening in answer.openings],
        "places": [place_json(place, lang) for place in answer.places],
        "method": METHOD,
    }


def place_json(place: Place, lang: str) -> dict[str, Any]:
    """Returns one project or service with its way in, why, and what it waits for."""
    gate = way_answer(place.way)
    return {
        "id": place.place_id,
        "kind": place.kind,
        "name": (place.name_ar if direction(lang) == "rtl" else None) or place.name,
        "outcome": gate.outcome if place.ground == FREE else "closed",
        "way": place.way.state,
        "reason": reason_json(gate.reason, lang),
        "roads": list(place.way.roads),
        "area_ids": list(place.way.area_ids),
        "off_record_m": place.way.off_record_mm / 1_000,
        "ground_waits_for": _sets(place.ground),
        "waits_for": _sets(place.waits_for),
    }


def opening_json(opening: Opening, lang: str) -> dict[str, Any]:
    """Returns what the release of one area, or of two together, would open, and who asks for it."""
    return {
        "area_ids": list(opening.area_ids),
        "n": opening.n,
        "projects": list(opening.projects),
        "services": list(opening.services),
        "requests": _asked_json(opening.asked, lang),
    }


def _asked_json(asked: Asked, lang: str) -> dict[str, Any]:
    """Returns how many residents ask for a clearance and wait, with the reason in words."""
    since = None if asked.oldest_us is None else iso_date(asked.oldest_us)
    code = "access.requests-more" if asked.more else "access.requests"
    reason = Reason(code, {"n": asked.n, "since": since or ""})
    return {
        "n": asked.n,
        "more": asked.more,
        "oldest_on": since,
        "reasons": [reason_json(reason, lang)] if asked.n else [],
    }


def _reasons(answer: AccessAnswer) -> Iterator[Reason]:
    """Yields what has to be known of the whole answer."""
    if answer.n_pieces is None:
        yield Reason("access.no-roads")
        return
    yield Reason("access.ranks-only")
    if any(opening.asked.n for opening in answer.openings):
        yield Reason("access.requests-rank")
    yield Reason("access.entries-named" if answer.entries_named else "access.entries-assumed")
    if answer.left_out:
        named = ", ".join(answer.left_out[:6])
        yield Reason("access.left-out", {"n": len(answer.left_out), "roads": named})


def kind_label(kind: str, lang: str) -> str:
    """Returns the word for a kind of asset, or the kind itself."""
    known = dictionary().lists["asset_kind"]
    return known.label(kind, lang) if kind in known.names else kind


def _sets(sets: AreaSets) -> list[list[str]]:
    return [sorted(areas) for areas in sets if areas]
