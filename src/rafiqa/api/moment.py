"""Moment: a true-at and a known-at pinned down, so that an answer can be kept and shared."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

from rafiqa.api.kept import Kept
from rafiqa.land import LandBook
from rafiqa.ledger import GENESIS
from rafiqa.recovery import GatePolicy, RecoveryRegister
from rafiqa.service import AsOf, Office

MOMENTS_KEPT = 64


@dataclass(frozen=True, eq=False)
class Moment:
    """The facts known by one time and true by another.

    An answer depends on the two times only through which facts they let in, and which papers of
    works have run out, so two moments with the same ``key`` have the same answers, whatever the
    clock says.

    Attributes:
        valid_us: the answer is true at this time.
        known_us: nothing recorded later is used; never later than the newest fact.
        n_known: how many facts are known.
        n_valid: how many of those are true by then.
        n_due: how many ratings, briefings and agreements have run out by then.
        recovery: layers, projects and lots at this moment.
    """

    office: Office
    valid_us: int
    known_us: int
    n_known: int
    n_valid: int
    n_due: int
    recovery: RecoveryRegister

    @property
    def key(self) -> tuple[int, int, int]:
        """What an answer at this moment is kept under."""
        return (self.n_known, self.n_valid, self.n_due)

    @cached_property
    def land_key(self) -> Hashable:
        """What an answer is kept under that hangs on land and works alone; see ``StillBook``.

        It says nothing of what was seen near by: an answer that tells of witnesses, on released
        ground or not, names those beside it. What released ground is in doubt is part of it.
        """
        still, book = self.office.still, self.book
        loud = still.loud(self.n_known, self.valid_us)
        return (loud, self.n_due, still.contradicted(book, self.valid_us))

    @property
    def as_of(self) -> AsOf:
        """The two times for a question to the services."""
        return AsOf(self.valid_us, self.known_us)

    @property
    def book(self) -> LandBook:
        """The land book as known at this moment."""
        return self.office.book(self.known_us)

    @property
    def root(self) -> str:
        """The ledger's hash where this moment's knowledge ends, in hex."""
        entries = self.office.store.read(after_seq=self.n_known - 1, until_seq=self.n_known)
        return next((entry.entry_hash for entry in entries), GENESIS.entry_hash).hex()


class Moments:
    """Makes moments of one office, keeping what they share.

    Args:
        office: the open store.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._registers: Kept[RecoveryRegister] = Kept(MOMENTS_KEPT)

    def at(self, as_of: AsOf) -> Moment:
        """Returns the moment of two times; the present where they are None."""
        office = self._office
        facts = office.facts()
        valid_us = as_of.valid_us(office)
        known_us = as_of.known_at_us
        n_known = len(facts)
        if known_us is not None:
            n_known = bisect_right(facts, known_us, key=lambda item: item.recorded_at_us)
        if n_known and (known_us is None or n_known == len(facts)):
            # Facts recorded while the answer is made are not to slip into it.
            known_us = facts[n_known - 1].recorded_at_us
        known_us = 0 if known_us is None else known_us
        n_valid = office.still.n_valid(n_known, valid_us)
        register = self._registers.get(
            (n_known, n_valid), lambda: office.recovery(valid_us, known_us)
        )
        n_due = bisect_left(register.deadlines_us(GatePolicy()), valid_us)
        return Moment(office, valid_us, known_us, n_known, n_valid, n_due, register)
