"""The one path of every act: permit, rules of the land, then the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from rafiqa.land import Actor, Reason, Recorded, Ruling, rule
from rafiqa.service.coding import code_faults
from rafiqa.service.dating import dated
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing, allow
from rafiqa.service.scope import facts_of
from rafiqa.wire.factcode import fact_bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an act was true, the id its author gave it, and how the author proved who they are.

    Time and id are made here where left out.
    """

    valid_at_us: int | None = None
    entry_id: str | None = None
    request_digest: bytes | None = None
    standing: Standing = AT_THE_MACHINE


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


@dataclass(frozen=True, slots=True)
class Meant:
    """An act that is meant: what would be recorded, and what the rules say of it.

    Attributes:
        act: the verb's name in the table of permits.
        subject: id of what the fact is about.
        fact: the fact to record.
        stamp: when it was true and the client's own id for it.
        ruling: what the rules of the land say; allowed where None.
        warnings: what should be looked at, and keeps nothing from being done.
    """

    act: str
    subject: str
    fact: object
    stamp: Stamp = NOW
    ruling: Ruling | None = None
    warnings: tuple[Reason, ...] = ()


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
    meant = Meant(act, subject, fact, stamp, ruling, warnings)
    return carry_out_together(office, actor, [meant])


def against(office: Office, actor: Actor, meant: Meant) -> list[Reason]:
    """Returns every reason against an act that is meant; none where it would be done."""
    known = facts_of(office, actor, meant.act, meant.fact, meant.stamp.standing)
    reasons = [*allow(actor, meant.act, known).reasons, *code_faults(meant.fact)]
    if not on_record(office, meant.stamp):
        reasons += meant.ruling.reasons if meant.ruling is not None else ()
        reasons += dated(meant.fact, meant.stamp.valid_at_us, office.now_us()).against
    return reasons


def carry_out_together(office: Office, actor: Actor, meant: Sequence[Meant]) -> Acted:
    """Returns several acts done in one transaction, or every reason against any of them.

    As for ``carry_out``; where one is refused, none is recorded. ``already`` where all were.
    """
    reasons: list[Reason] = []
    warnings: list[Reason] = []
    sayings: list[Saying] = []
    for each in meant:
        judged = dated(each.fact, each.stamp.valid_at_us, office.now_us())
        reasons += [reason for reason in against(office, actor, each) if reason not in reasons]
        warnings += (*judged.warnings, *each.warnings)
        saying = Saying(
            each.stamp.entry_id or office.new_id(),
            each.subject,
            judged.valid_at_us,
            judged.fact,
            each.stamp.request_digest or _digest(each.fact, judged.fact),
        )
        sayings.append(saying)
    if reasons:
        return Acted(rule(reasons))
    receipt = office.say(actor, sayings)
    if receipt.quarantined:
        conflicts = [Reason("ledger.id-conflict", {"entry": each}) for each in receipt.quarantined]
        return Acted(rule(conflicts))
    ids = tuple(saying.entry_id for saying in sayings)
    already = bool(ids) and set(receipt.already) >= set(ids)
    return Acted(Ruling(allowed=True), ids, already=already, warnings=tuple(warnings))
