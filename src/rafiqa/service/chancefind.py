"""A chance find as it was told: never refused for its form, whatever of it cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from rafiqa.errors import Fault
from rafiqa.geo import Spot
from rafiqa.recovery import ChanceFound

UNKNOWN = "unknown"
"""Where it lay, or which works found it, where nobody said so that it could be read."""
_WORDS = 4_000
_MISSING = "dictionary.field.missing"


def find_of(
    told: Mapping[str, object], clean: Mapping[str, object], faults: Iterable[Fault]
) -> ChanceFound:
    """Returns the find that some values tell of; what cannot be read is kept as words beside it.

    Where it lay is unknown then, which counts as in the ground. A find without a number gets
    one that follows from its words, so that it is the same find when it is sent again.

    Args:
        told: the values as they came.
        clean: those of them that the dictionary could read.
        faults: what it could not read.
    """
    unread = {fault.place for fault in faults if fault.code != _MISSING}
    lon_deg, lat_deg = clean.get("lon_deg"), clean.get("lat_deg")
    spot = None
    if lon_deg is not None and lat_deg is not None:
        spot = Spot.of(float(str(lon_deg)), float(str(lat_deg)))
    else:
        # Half a place is none; what was said of it is kept.
        unread |= {"lon_deg", "lat_deg"}
    beside = [f"[{name}={told[name]}]" for name in sorted(unread & set(told))]
    said = [str(clean["note"])] if "note" in clean else []
    note = " ".join([*said, *beside])[:_WORDS]
    category = clean.get("category")
    return ChanceFound(
        str(clean.get("works_id") or UNKNOWN),
        str(clean.get("find_id") or f"find-{_number(told)}"),
        str(clean.get("lay_in") or UNKNOWN),
        spot,
        None if category is None else str(category),
        note or None,
    )


def _number(told: Mapping[str, object]) -> str:
    words = repr(sorted((name, str(value)) for name, value in told.items()))
    return sha256(words.encode()).hexdigest()[:12]
