"""Delegating: to hand acts of one's own role to a colleague until a day, and to end that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import DelegationEnded, DelegationGiven
from rafiqa.service.accounts import accounts
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.delegable import ENDERS, MOST_DAYS, delegable_by
from rafiqa.service.delegationbook import (
    accounts_of,
    delegations,
    limits_of,
    may_stand_in,
)
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

_DAY_US: Final = 86_400_000_000


@by_the_newest
def give_delegation(
    office: Office, actor: Actor, fact: DelegationGiven, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of handing named acts of one's own role to a colleague until a day."""
    ruling = rule(list(_against_giving(office, actor, fact, stamp)))
    return carry_out(
        office, actor, "give_delegation", fact.delegation_id, fact, stamp=stamp, ruling=ruling
    )


def _against_giving(
    office: Office, actor: Actor, fact: DelegationGiven, stamp: Stamp
) -> Iterator[Reason]:
    known, now_us = accounts(office.store), office.now_us()
    params: dict[str, str | int] = {"role": actor.role, "person": fact.taker_id[:80]}
    if fact.delegation_id in delegations(office):
        yield Reason("service.delegation.taken", {"delegation": fact.delegation_id[:80]})
    if not accounts_of(actor, known, now_us):
        yield Reason("service.delegation.giver", params)
    if not any(each.actor.person_id == fact.taker_id for each in known.values()):
        yield Reason("service.delegation.taker", params)
    elif fact.taker_id == actor.person_id:
        yield Reason("service.delegation.self", params)
    elif not may_stand_in(fact.taker_id, actor, known, now_us):
        yield Reason("service.delegation.duties", params)
    own = delegable_by(actor.role)
    wrong = sorted({act[:40] for act in fact.acts if act not in own})
    if wrong or not fact.acts:
        yield Reason("service.delegation.acts", {**params, "acts": ", ".join(wrong) or "—"})
    if not now_us < fact.until_us <= now_us + MOST_DAYS * _DAY_US:
        yield Reason("service.delegation.length", {"most": MOST_DAYS})
    areas, limits = frozenset(fact.area_ids), limits_of(actor, known, now_us)
    reach = office.register().areas if limits is None else limits
    beyond = sorted(each[:80] for each in areas if each not in reach)
    if beyond:
        yield Reason("service.delegation.areas", {"areas": ", ".join(beyond)})
    if stamp.valid_at_us is not None and stamp.valid_at_us != now_us:
        yield Reason("service.delegation.dated")


@by_the_newest
def end_delegation(
    office: Office, actor: Actor, fact: DelegationEnded, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of ending a delegation before its day; all that was done by it stays."""
    story = delegations(office).get(fact.delegation_id)
    params: dict[str, str | int] = {"delegation": fact.delegation_id[:80]}
    against: list[Reason] = []
    if story is None:
        against.append(Reason("service.delegation.unknown", params))
    elif story.ended is not None:
        against.append(Reason("service.delegation.ended", params))
    elif actor.role not in ENDERS and actor.person_id not in {
        story.giver.person_id,
        story.fact.taker_id,
    }:
        against.append(Reason("service.delegation.not-yours", params))
    return carry_out(
        office,
        actor,
        "end_delegation",
        fact.delegation_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )
