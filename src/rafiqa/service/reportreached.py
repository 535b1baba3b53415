"""Who was reached: sessions of risk education as rows of who does what, where, when, for whom.

How many a row reached is told only where no number of the same activity is withheld, neither by
sex and age nor in another place: from a row that is told, what is withheld would follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rafiqa.land import AUDIENCE, EoreSessionHeld, Recorded
from rafiqa.land.reporttable import (
    LEAST_PEOPLE,
    NO_NUMBER,
    NOT_RECORDED,
    Cell,
    Figure,
    Label,
    Origin,
    Said,
    people,
)
from rafiqa.service.reportbasis import ReportBasis

REACHED = (*AUDIENCE, "people_estimated")
"""What people reached are the sum of: those counted by sex and age, and those estimated."""
Told = Sequence[tuple[Recorded, EoreSessionHeld]]


@dataclass(slots=True)
class Warned:
    """Sessions of one kind that one organisation held in one place, paid by one donor."""

    organisation: str
    donor: str | None
    activity: str
    codes: tuple[str, ...]
    name: Cell
    facts: list[EoreSessionHeld] = field(default_factory=list)
    at_us: list[int] = field(default_factory=list)
    reached: Figure | None = None

    @property
    def sessions(self) -> int:
        """How many were held."""
        return sum(fact.sessions for fact in self.facts)

    @property
    def label(self) -> Label:
        """What was done, in words."""
        return Label("eore_activity", (self.activity,))


def sessions_of(basis: ReportBasis) -> Told:
    """Returns the sessions of the period on the ground asked about; a donor's where one is."""
    donor = basis.asked.donor_id
    return [each for each in basis.sessions if donor in (None, each[1].donor)]


def warned(basis: ReportBasis, told: Told, origin: Origin) -> list[Warned]:
    """Returns a row for each organisation, donor, activity and place, and whom it reached."""
    found: dict[tuple[str, ...], Warned] = {}
    for record, fact in told:
        codes = basis.places.codes_at(fact.spot)
        name = fact.neighbourhood or fact.community
        said = Said(name) if name else basis.places.name(codes[0]) if codes else NOT_RECORDED
        key = (fact.organisation_id, fact.donor or "", fact.activity, *codes, repr(said))
        row = found.setdefault(
            key, Warned(fact.organisation_id, fact.donor, fact.activity, codes, said)
        )
        row.facts.append(fact)
        row.at_us.append(record.valid_at_us)
    rows = [found[key] for key in sorted(found)]
    shut = _withheld(told, rows)
    for row in rows:
        n = reached_by(row.facts)
        row.reached = (
            Figure(None, "people", origin, NO_NUMBER)
            if n and row.activity in shut
            else people(n, origin)
        )
    return rows


def reached_total(rows: Sequence[Warned], told: Told, origin: Origin) -> Figure:
    """Returns how many all rows reached; no number where that of a single row is withheld."""
    if any(row.reached is not None and row.reached.why == NO_NUMBER for row in rows):
        return Figure(None, "people", origin, NO_NUMBER)
    return people(reached_by([fact for _, fact in told]), origin)


def reached_by(facts: Sequence[EoreSessionHeld]) -> int | None:
    """Returns how many people sessions reached, counted or estimated; None where nobody did."""
    known = [n for fact in facts for name in REACHED if (n := getattr(fact, name)) is not None]
    return sum(known) if known else None


def _withheld(told: Told, rows: Sequence[Warned]) -> set[str]:
    """Returns the activities of which some number is withheld here or by sex and age."""
    by_cell: dict[tuple[str, str, str], int] = {}
    for _, fact in told:
        for name in REACHED:
            key = (fact.activity, fact.reach, name)
            by_cell[key] = by_cell.get(key, 0) + (getattr(fact, name) or 0)
    small = {activity for (activity, _, _), n in by_cell.items() if _is_small(n)}
    return small | {row.activity for row in rows if _is_small(reached_by(row.facts) or 0)}


def _is_small(n: int) -> bool:
    return 0 < n < LEAST_PEOPLE


def counted_by_sex_and_age(told: Told) -> bool:
    """Returns whether somebody counted by sex and age whom a session reached."""
    return any(fact.n_counted is not None for _, fact in told)


def impairments_counted(told: Told) -> bool:
    """Returns whether somebody counted how many live with an impairment."""
    return any(fact.with_impairment is not None for _, fact in told)
