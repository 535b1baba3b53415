"""Delegations at this door: see them, hand acts of the own role on, and end that."""

from __future__ import annotations

from rafiqa.api import delegationshape as told_as
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.errors import Fault
from rafiqa.land import Actor
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.locale import text
from rafiqa.service import end_delegation, give_delegation
from rafiqa.service.accounts import accounts
from rafiqa.service.delegable import ENDERS, MOST_DAYS, delegable_by
from rafiqa.service.delegationbook import DelegationStory, delegations, may_stand_in, state_of
from rafiqa.service.permit import strong_enough
from rafiqa.wire.instant import end_us, iso

NO_STORE = {"Cache-Control": "no-store"}


def show_delegations(ask: Ask) -> Reply:
    """Returns the asker's own delegations, and what they may hand on; all to who administers.

    Raises:
        Unknown: nobody is signed in.
    """
    if ask.account is None:
        raise Unknown(Fault("api.session.needed"))
    actor, office = ask.account.actor, ask.desk.office
    known, now_us = accounts(office.store), office.now_us()
    rows = [_told(ask, actor, each) for each in [*delegations(office).values()][::-1]]
    colleagues = [
        login
        for login, each in known.items()
        if each.stands(now_us) and may_stand_in(each.actor.person_id, actor, known, now_us)
    ]
    body = told_as.DelegationsTold(
        [each for each in rows if each.side != "other" or _sees(ask, actor, each)],
        _acts(delegable_by(actor.role), ask.lang),
        sorted(colleagues),
        list(ask.account.area_ids),
        MOST_DAYS,
        strong_enough(ask.standing),
    )
    return reply(body, NO_STORE)


def _sees(ask: Ask, actor: Actor, row: told_as.DelegationTold) -> bool:
    """Whether somebody sees a delegation of others: who administers accounts there."""
    story = delegations(ask.desk.office)[row.delegation_id]
    own = story.giver.organisation_id == actor.organisation_id
    return actor.role in ENDERS and (own or actor.role == "authority")


def _told(ask: Ask, actor: Actor, story: DelegationStory) -> told_as.DelegationTold:
    office, fact, giver = ask.desk.office, story.fact, story.giver
    state = state_of(story, accounts(office.store), office.now_us())
    sides = {giver.person_id: "giver", fact.taker_id: "taker"}
    return told_as.DelegationTold(
        fact.delegation_id,
        sides.get(actor.person_id, "other"),
        giver.person_id,
        fact.taker_id,
        giver.role,
        _acts(fact.acts, ask.lang),
        list(fact.area_ids),
        iso(story.given.recorded_at_us),
        iso(fact.until_us),
        state,
        state == "stands",
        story.ended is None and state != "expired",
    )


def _acts(acts: tuple[str, ...], lang: str) -> list[told_as.DelegableAct]:
    return [told_as.DelegableAct(act, text(f"delegable.{act}", {}, lang)) for act in acts]


def delegate(ask: Ask) -> Reply:
    """Returns the entry by which acts of the own role are in a colleague's hands until a day.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: they act for another themselves, or signed in by too little.
        InvalidInput: the day is none.
        Refused: it is more than they hold, too long, or to who may not stand in for them.
    """
    actor, asked, office = actor_of(ask), ask.taken(told_as.DelegationAsked), ask.desk.office
    colleague = accounts(office.store).get(asked.login)
    fact = DelegationGiven(
        office.new_id(),
        asked.login if colleague is None else colleague.actor.person_id,
        tuple(asked.acts),
        tuple(asked.area_ids),
        end_us(asked.until, "until"),
    )
    return done(give_delegation(office, actor, fact, ask.stamp))


def end_delegation_of(ask: Ask) -> Reply:
    """Returns the entry that ends a delegation before its day.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: it is another organisation's.
        Refused: there is none such, it was ended already, or it is neither by nor to them.
    """
    actor, office = actor_of(ask), ask.desk.office
    ask.taken(told_as.DelegationEndAsked)
    fact = DelegationEnded(ask.path["delegation_id"])
    return done(end_delegation(office, actor, fact, ask.stamp))
