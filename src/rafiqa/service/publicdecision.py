"""Four eyes: what is told to everybody was written by one and approved by another.

Taking back needs one person and a reason: a name that slipped through goes at once. It takes no
warning off the ground, whose state no notice ever changed.
"""

from __future__ import annotations

from dataclasses import replace

from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import APPROVED, PublicDecided, lawful
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.areanotice import against_words
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

LONGEST_NOTE = 300


@by_the_newest
def decide_public(office: Office, actor: Actor, fact: PublicDecided, stamp: Stamp = NOW) -> Acted:
    """Returns the act of approving, turning down or withdrawing a notice or an archive entry.

    A decision is dated when it is recorded: none is made to have been before another.
    """
    params: dict[str, str | int] = {"id": fact.item_id[:80], "decision": fact.decision[:20]}
    item = office.recovery().public.items.get(fact.item_id)
    against: list[Reason] = []
    if item is None:
        against.append(Reason("service.public.unknown", params))
    elif fact.decision == APPROVED and item.record.actor.is_one_with(actor):
        against.append(Reason("service.public.own", params))
    elif actor.role == "authority" and not lawful(item, fact.decision, actor):
        against.append(Reason("service.public.no-such-move", {**params, "state": item.state}))
    if fact.decision != APPROVED and not (fact.note or "").strip():
        against.append(Reason("service.public.reason", params))
    against += [
        reason
        for reason in against_words("note", fact.note, LONGEST_NOTE)
        if reason.code == "service.public.long"
    ]
    dated = replace(stamp, valid_at_us=None)
    return carry_out(
        office, actor, "decide_public", fact.item_id, fact, stamp=dated, ruling=rule(against)
    )
