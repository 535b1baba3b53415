"""A standing account: one that is kept, and follows each new fact by what it touched alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.geo import GridShape
from rafiqa.land.account import Account, plain_account
from rafiqa.land.history import LandHistory

_NEVER_US = 2**62


@dataclass(slots=True, eq=False)
class StandingAccount:
    """The account of everything since a start, inside a boundary, as the ledger grows.

    Args:
        history: the land's facts.
        from_us: start of the period.
        boundary: count only ground inside it; everything on record where None.
    """

    history: LandHistory
    from_us: int
    boundary: GridShape | None = None
    _sum: Account | None = None
    _n_log: int = 0
    _until_us: int = 0
    _next_us: int = _NEVER_US
    _by_row: dict[int, Account] = field(default_factory=dict)

    def at(self, until_us: int) -> Account:
        """Returns the account until a time, as known now; equal to ``account`` of the same."""
        with self.history.lock:
            if self._sum is None or not self._until_us <= until_us < self._next_us:
                self._begin(until_us)
            self._follow()
            if not self._until_us <= until_us < self._next_us:
                # A fact that has just come is true only within the time now passed.
                self._begin(until_us)
                self._follow()
            assert self._sum is not None  # noqa: S101 - begun above
            result = Account.empty(self.from_us, until_us)
            result.add(self._sum)
            return result

    def _begin(self, until_us: int) -> None:
        self._until_us, self._next_us = until_us, _NEVER_US
        self._sum = Account.empty(self.from_us, until_us)
        self._by_row = {}
        self._n_log = len(self.history.log)
        for row in self.history.rows(self.history.seq):
            self._put(row)

    def _follow(self) -> None:
        """Takes out the versions of grounds that ended since, and puts in those that began."""
        log = self.history.log
        for began, row in log[self._n_log :]:
            if began:
                self._put(row)
            elif row in self._by_row and self._sum is not None:
                self._sum.add(self._by_row.pop(row), -1)
        self._n_log = len(log)

    def _put(self, row: int) -> None:
        if self.history.ended(row):
            return
        faces = self.history.version(row).faces
        part = plain_account(
            faces, from_us=self.from_us, until_us=self._until_us, boundary=self.boundary
        )
        later = [
            step.at_us
            for face in faces
            for step in face.timeline.steps
            if step.at_us > self._until_us
        ]
        self._next_us = min([self._next_us, *later])
        self._by_row[row] = part
        assert self._sum is not None  # noqa: S101 - callers begin first
        self._sum.add(part)
