"""What comes before what: the one pair of comparisons that every rule of the land asks.

What speaks for an act must be older than it both in truth and on record; what speaks against
it counts where it is older in either. So nothing written or dated afterwards can make an act
lawful, and nothing adverse is lost for being late.
"""

from __future__ import annotations

from typing import Protocol


class Dated(Protocol):
    """Anything that stands in the ledger: true when, and its place on record."""

    @property
    def valid_at_us(self) -> int:
        """When it was true, microseconds since 1970 UTC."""

    @property
    def seq(self) -> int:
        """Its place on record."""


def supports(earlier: Dated, act: Dated | None) -> bool:
    """Returns whether something may carry an act: older in truth and on record; None is now."""
    if act is None:
        return True
    return earlier.valid_at_us <= act.valid_at_us and earlier.seq < act.seq


def counts_against(earlier: Dated, act: Dated | None) -> bool:
    """Returns whether something adverse bars an act: older in truth or on record; None is now."""
    if act is None:
        return True
    return earlier.valid_at_us < act.valid_at_us or earlier.seq < act.seq
