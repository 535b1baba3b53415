"""The one path of every act: permit, rules of the land, then the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from hashlib import sha256
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from rafiqa.errors import Conflict
from rafiqa.land import Actor, Reason, Recorded, Ruling, rule
from rafiqa.ledger import Head
from rafiqa.service.coding import code_faults
from rafiqa.service.dating import dated
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import AT_THE_MACHINE, Standing, allow, second_beyond
from rafiqa.service.scope import facts_of
from rafiqa.wire.factcode import fact_bytes

T = TypeVar("T")
P = ParamSpec("P")
_JUDGED_TIMES: Final = 20
"""How often an act is judged again before somebody is told that the ledger does not hold still."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an act was true, the id its author gave it, and how the author proved who they are.

    Time and id are made here where left out. ``second`` is how the second person proved who they
    are, of an act that two persons do.
    """

    valid_at_us: int | None = None
    entry_id: str | None = None
    request_digest: bytes | None = None
    standing: Standing = AT_THE_MACHINE
    second: Standing = AT_THE_MACHINE


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
        place_of: the fact that says where it lies, where its own does not.
    """

    act: str
    subject: str
    fact: object
    stamp: Stamp = NOW
    ruling: Ruling | None = None
    warnings: tuple[Reason, ...] = ()
    place_of: object = None


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
    act, fact, stamp = meant.act, meant.fact, meant.stamp
    known = facts_of(office, actor, act, fact, stamp.standing, meant.place_of)
    reasons = [*allow(actor, act, known).reasons]
    # The second person signs in their own right, whoever the first stands in for.
    own = replace(actor, acting_for=None)
    reasons += second_beyond(act, facts_of(office, own, act, fact, stamp.second, meant.place_of))
    reasons += code_faults(fact)
    if not on_record(office, meant.stamp):
        reasons += meant.ruling.reasons if meant.ruling is not None else ()
        reasons += dated(meant.fact, meant.stamp.valid_at_us, office.now_us()).against
    return reasons


def carry_out_together(
    office: Office, actor: Actor, meant: Sequence[Meant], expected_head: Head | None = None
) -> Acted:
    """Returns several acts done in one transaction, or every reason against any of them.

    As for ``carry_out``; where one is refused, or the id of one of several is on record with
    another content, none is recorded. ``already`` where all were.

    Args:
        office: the open store.
        actor: who acts.
        meant: the acts.
        expected_head: where the ledger ended when they were judged; anywhere where None.

    Raises:
        Conflict: the ledger ends elsewhere than it was expected to.
    """
    if actor.acting_for is not None and expected_head is None and not office.is_judged:
        # The delegation may end meanwhile, by another process: it has to stand as this is written.
        return as_judged(office, lambda head: carry_out_together(office, actor, meant, head))
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
    if len(sayings) > 1:
        reasons += _taken_ids(office, sayings)
    if reasons:
        return Acted(rule(reasons))
    receipt = office.say(actor, sayings, expected_head)
    if receipt.quarantined:
        conflicts = [Reason("ledger.id-conflict", {"entry": each}) for each in receipt.quarantined]
        return Acted(rule(conflicts))
    ids = tuple(saying.entry_id for saying in sayings)
    already = bool(ids) and set(receipt.already) >= set(ids)
    return Acted(Ruling(allowed=True), ids, already=already, warnings=tuple(warnings))


def _taken_ids(office: Office, sayings: Sequence[Saying]) -> Iterator[Reason]:
    """Yields the ids that stand for something else, on record or beside: half an act is none."""
    said: dict[str, bytes] = {}
    for each in sayings:
        digest = each.request_digest or sha256(fact_bytes(each.fact)).digest()
        entry = office.store.find(each.entry_id)
        known = said.setdefault(each.entry_id, digest if entry is None else entry.request_digest)
        if known != digest:
            yield Reason("ledger.id-conflict", {"entry": each.entry_id})


def as_judged(office: Office, act: Callable[[Head], T]) -> T:
    """Returns an act that was judged by all that is on record as it is written.

    Where something else came meanwhile it is judged again.

    Args:
        office: the open store.
        act: judges and writes, expecting the ledger to end where it is given.

    Raises:
        Conflict: something else came each time.
    """
    for _ in range(_JUDGED_TIMES - 1):
        try:
            return act(office.store.head())
        except Conflict:
            continue
    return act(office.store.head())


def by_the_newest(
    verb: Callable[Concatenate[Office, P], T],
) -> Callable[Concatenate[Office, P], T]:
    """Returns a verb that is judged by all that is on record as it is written; see ``as_judged``.

    For what lowers land, lets works begin or speaks for it on paper, and for each second
    signature: another process may take back meanwhile what it rests on. The verb says once.
    """

    @wraps(verb)
    def judged(office: Office, *args: P.args, **more: P.kwargs) -> T:
        def act(head: Head) -> T:
            with office.judged_by(head):
                return verb(office, *args, **more)

        return verb(office, *args, **more) if office.is_judged else as_judged(office, act)

    return cast("Callable[Concatenate[Office, P], T]", judged)
