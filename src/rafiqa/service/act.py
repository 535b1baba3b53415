"""The one path of every act: permit, rules of the land, then the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from rafiqa.land import Actor, Reason, Recorded, Ruling, rule
from rafiqa.service.coding import code_faults
from rafiqa.service.dating import dated
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.wire.factcode import fact_bytes


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


def _digest(sent: object, kept: object) -> bytes | None:
    """Returns what names a fact as it was sent, where it is kept otherwise; None where not."""
    return None if kept is sent else sha256(fact_bytes(sent)).digest()


def carry_out(
    office: Office,
    actor: Actor,
    act: str,
    subject: str,
    fact: object,
    *,
    stamp: Stamp = NOW,
    ruling: Ruling | None = None,
    warnings: tuple[Reason, ...] = (),
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
        warnings: what should be looked at, and keeps nothing from being done.
    """
    permit = allow(actor, act)
    reasons: list[Reason] = [*permit.reasons, *code_faults(fact)]
    judged = dated(fact, stamp.valid_at_us, office.now_us())
    if not on_record(office, stamp):
        reasons += ruling.reasons if ruling is not None else ()
        reasons += judged.against
    if reasons:
        return Acted(rule(reasons))
    saying = Saying(
        stamp.entry_id or office.new_id(),
        subject,
        judged.valid_at_us,
        judged.fact,
        stamp.request_digest or _digest(fact, judged.fact),
    )
    receipt = office.say(actor, [saying])
    if receipt.quarantined:
        params: dict[str, str | int] = {"entry": saying.entry_id}
        return Acted(rule([Reason("ledger.id-conflict", params)]))
    return Acted(
        Ruling(allowed=True),
        (saying.entry_id,),
        already=bool(receipt.already),
        warnings=(*judged.warnings, *warnings),
    )
