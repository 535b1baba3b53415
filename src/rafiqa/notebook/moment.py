"""The two times of a question as people write them, and where an answer comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.service import AsOf, Office
from rafiqa.service.figures import root_of
from rafiqa.wire.answer import METHOD
from rafiqa.wire.instant import date_us, end_us, iso, moment_us

Time = str | date | None
"""ISO 8601 text, a day (its last instant) or an aware time; the present where None."""
_DAY_US = 86_400_000_000


def time_us(told: Time, place: str) -> int | None:
    """Returns the last instant that a time names, in microseconds since 1970 UTC; None of None.

    Raises:
        InvalidInput: it is no time.
    """
    if told is None:
        return None
    if isinstance(told, datetime):
        return moment_us(told if told.tzinfo else told.replace(tzinfo=UTC))
    if isinstance(told, date):
        return date_us(told) + _DAY_US - 1
    if not isinstance(told, str):
        params = {"text": str(told)[:40]}
        raise InvalidInput(Fault("wire.time.malformed", place, params=params))
    return end_us(told, place)


@dataclass(frozen=True, slots=True)
class Asked:
    """The two times of one question, both as instants: asked with them again it is answered alike.

    Attributes:
        valid_us: as true at.
        known_us: as known at; everything on record where the present was asked about, whatever
            this machine's clock says: a hazard that seems to be of tomorrow is no less a hazard.
    """

    valid_us: int
    known_us: int

    @classmethod
    def of(cls, office: Office, valid_at: Time, known_at: Time) -> Asked:
        """Returns the times of a question.

        Raises:
            InvalidInput: one of them is no time.
        """
        valid_us, known_us = time_us(valid_at, "valid_at"), time_us(known_at, "known_at")
        now_us = office.now_us()
        if known_us is None:
            known = office.facts()
            known_us = max(now_us, known[-1].recorded_at_us if known else now_us)
        return cls(now_us if valid_us is None else valid_us, known_us)

    @property
    def as_of(self) -> AsOf:
        """The times as the services take them."""
        return AsOf(self.valid_us, self.known_us)

    def attrs(self, office: Office, method: str = METHOD) -> dict[str, Any]:
        """Returns where an answer comes from: whose it is, both times, how, from what ledger."""
        n_entries = len(office.facts(self.known_us))
        return {
            "source": office.site.name,
            "valid_at": iso(self.valid_us),
            "known_at": iso(self.known_us),
            "method": method,
            "ledger_entries": n_entries,
            "ledger_root": root_of(office, n_entries),
        }
