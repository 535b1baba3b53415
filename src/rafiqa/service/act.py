"""The one path of every act: permit, rules of the land, then the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from rafiqa.land import Actor, Reason, Recorded, Ruling, rule
from rafiqa.service.coding import code_faults
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an act was true, and the id its author gave it; made here where left out."""

    valid_at_us: int | None = None
    entry_id: str | None = None
    request_digest: bytes | None = None


NOW = Stamp()


def on_record(office: Office, stamp: Stamp) -> bool:
    """Returns whether the ledger holds the entry that a stamp names."""
    return stamp.entry_id is not None and office.store.find(stamp.entry_id) is not None


def about_to_be(office: Office, actor: Actor, fact: object, valid_at_us: int | None) -> Recorded:
    """Returns the record that this act would be if it were written next; dated now where None."""
    now_us = office.now_us()
    at_us = now_us if valid_at_us is None else valid_at_us
    return Recorded(len(office.facts()) + 1, "", at_us, now_us, actor, fact)


def carry_out(
    office: Office,
    actor: Actor,
    act: str,
    subject: str,
    fact: object,
    *,
    stamp: Stamp = NOW,
    ruling: Ruling | None = None,
) -> Acted:
    """Returns the act done, or every reason against it; nothing is recorded where refused.

    An id that is on record was ruled on when it was written, and is not ruled on again by what
    has happened since: the same message sent again is done already, another message under it
    goes to the quarantine.

    Args:
        office: the open store.
        actor: who acts.
        act: the verb's name in the table of permits.
        subject: id of what the fact is about.
        fact: the fact to record.
        stamp: when it was true and the client's own id for it.
        ruling: what the rules of the land say; allowed where None.
    """
    permit = allow(actor, act)
    reasons: list[Reason] = [*permit.reasons, *code_faults(fact)]
    if ruling is not None and not on_record(office, stamp):
        reasons += ruling.reasons
    if reasons:
        return Acted(rule(reasons))
    saying = Saying(
        stamp.entry_id or office.new_id(),
        subject,
        office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us,
        fact,
        stamp.request_digest,
    )
    receipt = office.say(actor, [saying])
    if receipt.quarantined:
        params: dict[str, str | int] = {"entry": saying.entry_id}
        return Acted(rule([Reason("ledger.id-conflict", params)]))
    return Acted(Ruling(allowed=True), (saying.entry_id,), already=bool(receipt.already))
