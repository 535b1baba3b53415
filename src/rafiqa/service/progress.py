"""Progress: the land account quarter by quarter, and how fast hazard has come off record.

Each quarter is an account of its own, so that every bar is a figure of the land account and the
closing of one quarter is the opening of the next, to the half mm².
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Account, Statement
from rafiqa.service.figures import root_of
from rafiqa.service.followup import spans_of
from rafiqa.service.office import Office
from rafiqa.service.question import ask_account

METHOD: Final = (
    "the land account of each quarter of UTC; a quarter that is not over is counted until the time"
    " asked about"
)
BOUNDARY: Final = "everything on record"


@dataclass(frozen=True, slots=True)
class QuarterAccount:
    """The land account of one quarter."""

    quarter: str
    until_us: int
    account: Account


@dataclass(frozen=True, slots=True)
class Progress:
    """The quarters of a period, oldest first, and where they come from."""

    statement: Statement
    quarters: tuple[QuarterAccount, ...]


def statement_of(
    office: Office, method: str, from_us: int, until_us: int, known_at_us: int | None
) -> Statement:
    """Returns where figures over everything on record come from."""
    n_entries = len(office.facts(known_at_us))
    known_us = office.now_us() if known_at_us is None else known_at_us
    return Statement(
        office.site.name,
        from_us,
        until_us,
        known_us,
        method,
        BOUNDARY,
        n_entries,
        root_of(office, n_entries),
    )


def period_of(
    office: Office, from_us: int | None, until_us: int | None, known_at_us: int | None
) -> tuple[int, int]:
    """Returns the period asked about; from the first fact and until now where None.

    Raises:
        InvalidInput: it ends before it begins.
    """
    end_us = office.now_us() if until_us is None else until_us
    if from_us is None:
        recorded = (fact.recorded_at_us for fact in office.facts(known_at_us))
        from_us = min(min(recorded, default=end_us), end_us)
    if end_us < from_us:
        raise InvalidInput(Fault("service.account.period", "--to"))
    return from_us, end_us


def ask_progress(
    office: Office,
    *,
    from_us: int | None = None,
    until_us: int | None = None,
    known_at_us: int | None = None,
) -> Progress:
    """Returns the land account of each quarter of a period.

    Raises:
        InvalidInput: the period ends before it begins, or holds more than ``MOST_QUARTERS``.
    """
    start_us, end_us = period_of(office, from_us, until_us, known_at_us)
    spans = spans_of(start_us, end_us)
    found = tuple(
        QuarterAccount(
            name,
            last_us,
            # Changes at the very start of a quarter are its own: it opens an instant before.
            ask_account(office, from_us=first_us - 1, until_us=last_us, known_at_us=known_at_us),
        )
        for name, first_us, last_us in spans
    )
    return Progress(statement_of(office, METHOD, start_us, end_us, known_at_us), found)
