"""Delegations on record, and what they give at the moment of an act.

Whether one stands is asked anew each time: of its day, of its end, of the giver's account in that
very role, and of every account of who stands in. What cannot be found gives nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rafiqa.land import Actor, Recorded
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.service.accounts import Account, accounts
from rafiqa.service.delegable import STAND_INS
from rafiqa.service.office import Office
from rafiqa.service.permit import Mandate, Standing

State = Literal["stands", "ended", "expired", "giver", "taker", "scope"]
"""Whether a delegation stands; else it was ended, its day is past, the giver's account in that
role is no more, who stands in may not any more, or no area is left in it."""


@dataclass(slots=True)
class DelegationStory:
    """A delegation, and its end where it was ended.

    Attributes:
        given: its entry; who gave it is who put it on record.
        ended: the entry that ended it; None where none did.
    """

    given: Recorded
    ended: Recorded | None = None

    @property
    def fact(self) -> DelegationGiven:
        """What was given."""
        assert isinstance(self.given.fact, DelegationGiven)  # noqa: S101 - from delegations
        return self.given.fact

    @property
    def giver(self) -> Actor:
        """Whose role it is."""
        return self.given.actor

    def actor(self, person_id: str) -> Actor:
        """Returns who acts where somebody stands in by this."""
        giver = self.giver
        return Actor(person_id, giver.organisation_id, giver.role, giver.person_id)


def delegations(office: Office) -> Mapping[str, DelegationStory]:
    """Returns every delegation on record by its id, oldest first."""
    facts = office.facts()

    def fold() -> dict[str, DelegationStory]:
        found: dict[str, DelegationStory] = {}
        for recorded in facts:
            match recorded.fact:
                case DelegationGiven(delegation_id=name):
                    found.setdefault(name, DelegationStory(recorded))
                case DelegationEnded(delegation_id=name) if name in found:
                    found[name].ended = found[name].ended or recorded
        return found

    return office.made(("delegations", len(facts)), fold)


def giving_organisation(office: Office, delegation_id: str) -> frozenset[str] | None:
    """Returns whose role a delegation hands on; None where there is no such delegation."""
    story = delegations(office).get(delegation_id)
    return None if story is None else frozenset({story.giver.organisation_id})


def mandated(
    office: Office, actor: Actor, act: str, standing: Standing
) -> tuple[Standing, Mandate | None]:
    """Returns how far somebody reaches in an act, and what delegations say of it.

    Who acts in their own right reaches as far as their account; who acts for another as far as
    the delegations that name the act, and each of these no further than the giver's own account.
    """
    if actor.acting_for is None:
        return standing, None
    mine = [story for story in delegations(office).values() if _is_by(story, actor)]
    if not mine:
        return standing, None
    known, now_us = accounts(office.store), office.now_us()
    alive = [story for story in mine if state_of(story, known, now_us) == "stands"]
    reaches = [areas_in(story, known, now_us) for story in alive if act in story.fact.acts]
    everywhere = any(each is None for each in reaches)
    area_ids = frozenset[str]().union(*(each for each in reaches if each is not None))
    named = frozenset(each for story in alive for each in story.fact.acts)
    mandate = Mandate(named, frozenset() if everywhere else area_ids)
    return replace(standing, area_ids=mandate.area_ids), mandate


def _is_by(story: DelegationStory, actor: Actor) -> bool:
    return story.fact.taker_id == actor.person_id and story.actor(actor.person_id) == actor


def state_of(story: DelegationStory, known: Mapping[str, Account], now_us: int) -> State:
    """Returns whether a delegation stands, or the first that speaks against it.

    Args:
        story: the delegation.
        known: the store's accounts.
        now_us: the moment of the act, microseconds since 1970 UTC.
    """
    if story.ended is not None:
        return "ended"
    if now_us >= story.fact.until_us:
        return "expired"
    if not accounts_of(story.giver, known, now_us):
        return "giver"
    if not may_stand_in(story.fact.taker_id, story.giver, known, now_us):
        return "taker"
    reach = areas_in(story, known, now_us)
    return "scope" if reach is not None and not reach else "stands"


def accounts_of(actor: Actor, known: Mapping[str, Account], now_us: int) -> list[Account]:
    """Returns the accounts by which somebody holds a role themselves now."""
    return [each for each in known.values() if each.actor == actor and each.stands(now_us)]


def may_stand_in(person_id: str, giver: Actor, known: Mapping[str, Account], now_us: int) -> bool:
    """Returns whether somebody may stand in for a role, by every account that they have.

    One account at another organisation, or in a role of another duty, is one too many: who works,
    who inspects and who decides stay three.
    """
    held = [each for each in known.values() if each.actor.person_id == person_id]
    alike = all(
        each.actor.organisation_id == giver.organisation_id
        and each.actor.role in STAND_INS[giver.role]
        for each in held
    )
    return person_id != giver.person_id and alike and any(each.stands(now_us) for each in held)


def limits_of(actor: Actor, known: Mapping[str, Account], now_us: int) -> frozenset[str] | None:
    """Returns the only areas in which somebody holds a role themselves; None where in all."""
    held = accounts_of(actor, known, now_us)
    if any(not each.area_ids for each in held):
        return None
    return frozenset(area_id for each in held for area_id in each.area_ids)


def areas_in(
    story: DelegationStory, known: Mapping[str, Account], now_us: int
) -> frozenset[str] | None:
    """Returns the areas in which a delegation holds, within the giver's own; None where in all."""
    limits = limits_of(story.giver, known, now_us)
    named = frozenset(story.fact.area_ids)
    if limits is None:
        return named or None
    return limits & named if named else limits


def one_with(office: Office, person_id: str) -> frozenset[str]:
    """Returns everybody who counts as one with a person by a delegation that stands now."""
    known, now_us = accounts(office.store), office.now_us()
    found: set[str] = {person_id}
    for story in delegations(office).values():
        pair = {story.giver.person_id, story.fact.taker_id}
        if person_id in pair and state_of(story, known, now_us) == "stands":
            found |= pair
    return frozenset(found)
