"""Statement: where figures come from. A figure without one is not published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """Source, as-of, method and boundary of figures, and the place in the ledger they rest on.

    Attributes:
        source: whose record it is: the site's name.
        from_us: start of the period; changes at that very instant belong to the opening.
        valid_at_us: end of the period: the figures are as true at this time.
        known_at_us: nothing recorded later was used.
        method: how areas are computed.
        boundary: which ground counts, in words.
        n_entries: the figures rest on the ledger's entries 1 to this one.
        root: hash of that entry, in hex: it stands for all before it.
    """

    source: str
    from_us: int
    valid_at_us: int
    known_at_us: int
    method: str
    boundary: str
    n_entries: int
    root: str
