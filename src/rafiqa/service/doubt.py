"""Doubt: released ground about which something newer speaks, the same wherever it is told of.

The ground stays what it is in the account: nobody has decided anything. But no map, list or sheet
may show it as released ground is shown, and whoever stands on it is to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from rafiqa.land import Face, LandBook, LandState, quarantines
from rafiqa.recovery import RecoveryRegister
from rafiqa.service.office import Office
from rafiqa.service.worksfolder import placed_finds


@dataclass(frozen=True, eq=False)
class Doubts:
    """Which released ground is in doubt at a time.

    Attributes:
        book: as known at the time asked about.
        valid_us: the answer is true at this time.
        finds_mm: where works found ordnance and no ordnance team has let them go on.
    """

    book: LandBook
    valid_us: int
    finds_mm: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, office: Office, book: LandBook, register: RecoveryRegister, valid_us: int) -> Self:
        """Returns the doubts of a store, where its papers of works are at hand."""
        finds = placed_finds(office, register)
        return cls(book, valid_us, tuple(at_mm for _, at_mm in finds if at_mm is not None))

    def on(self, face: Face, state: LandState) -> bool:
        """Returns whether a face was released and its release is in doubt.

        It is where its release could not be cut soundly, where it rests on the work of hands
        whose later lot failed, where works found ordnance on it, and where something was seen,
        told or suffered on it since that nothing has answered: then as a whole, so that nobody
        reads out of it where that was.
        """
        if state.is_hazard:
            return False
        if state.unproven or quarantines(self.book.register, state, self.valid_us):
            return True
        return id(face) in self._contradicted

    @cached_property
    def _contradicted(self) -> frozenset[int]:
        found = self.book.witnesses.contradicted(self.valid_us)
        at_finds = {id(face) for at_mm in self.finds_mm for face in self.book.at_mm(*at_mm)}
        return frozenset(id(self.book.faces[number]) for number in found) | at_finds
