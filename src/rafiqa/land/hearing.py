"""Hearing: facts that concern many dockets without joining them, and who hears them.

An accreditation concerns every work of an organisation, a failed lot every work of the same
hands. Joining all of those would make one docket of a country. So such a fact *speaks to* names,
a docket *hears* the names that stand in its facts, and is walked together with what it hears.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land.fact import WorkReported
from rafiqa.land.quality import (
    AccreditationEnded,
    AccreditationGranted,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
)
from rafiqa.land.quality_rule import lot_fails

Name = tuple[str, str]
"""A kind of name and the name: an organisation's, a team's or asset's, a lot's."""


def spoken_to(fact: object) -> Iterator[Name]:
    """Yields the names that a fact speaks to, beside those that it hangs together with."""
    match fact:
        case AccreditationGranted() | AccreditationEnded():
            yield "organisation", fact.organisation_id
        case LotInspected():
            if lot_fails(fact):
                hands = (*fact.team_ids, *fact.asset_ids, fact.inspected_id)
                yield from (("hand", hand) for hand in hands if hand)
        case LotReviewed():
            yield "lot", fact.lot_id
        case NonconformityRaised():
            if fact.team_id:
                yield "hand", fact.team_id
        case NonconformityAnswered() | NonconformityClosed():
            yield "nonconformity", fact.nonconformity_id


def heard_by(fact: object) -> Iterator[Name]:
    """Yields the names that a docket hears from when a fact stands in it, or is heard by it."""
    match fact:
        case WorkReported():
            yield "organisation", fact.organisation_id
            hands = (fact.team_id, *(fact.asset_ids or ()), fact.organisation_id)
            yield from (("hand", hand) for hand in hands if hand)
        case LotInspected():
            yield "lot", fact.lot_id
        case NonconformityRaised():
            yield "nonconformity", fact.nonconformity_id


def changes_what_was(fact: object) -> bool:
    """Returns whether a fact that is heard can change what was made of facts on record before.

    A grant speaks for acts recorded after it, and for no other.
    """
    return not isinstance(fact, AccreditationGranted)
