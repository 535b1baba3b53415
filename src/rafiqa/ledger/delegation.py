"""Delegations: a person's role in another's hands until a day, and the end of one.

Who gives is who put it on record, in the role that the entry tells. Persons are pseudonyms, here as
everywhere in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DelegationGiven:
    """Named acts of a role that a colleague may do for its holder.

    Attributes:
        delegation_id: by which it is named.
        taker_id: who stands in.
        acts: the acts by their names in the table of permits.
        area_ids: the only areas in which; every area of the giver's where empty.
        until_us: when it ends of itself, microseconds since 1970 UTC.
    """

    delegation_id: str
    taker_id: str
    acts: tuple[str, ...]
    area_ids: tuple[str, ...]
    until_us: int


@dataclass(frozen=True, slots=True)
class DelegationEnded:
    """A delegation that was ended before its day, by either side or by an administrator."""

    delegation_id: str
