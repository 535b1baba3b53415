"""Identities: kept in the vault, looked at for a reason, told of to the person, and erased.

Two stores that no transaction spans. An identity goes into the vault first and into the ledger
then; cut in between, it is found again under the same request. An erasure goes into the ledger
first: whatever vault is put back later, what the ledger says is erased is erased there too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyrage

from rafiqa.dictionary import check_row, dictionary, retention
from rafiqa.errors import Fault, InvalidInput, NotFound, StoreError
from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import IdentityErased, IdentityKept, IdentityLookedAt
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.vaultdoor import vault_now, vault_of
from rafiqa.wire.instant import iso_date, utc_day

LOOKS_AN_HOUR: Final = 20
"""Of one person: whoever looks at more reads a list, and not somebody's case (trust study 3.8)."""
_HOUR_US: Final = 3_600_000_000
RECORDS: Final = ("reporter_identity", "victim_identity")
"""Records of the dictionary that say who somebody is."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at an identity: the act, and what is kept; nothing where the act was refused.

    ``content`` are fields or a form; ``picture`` one as it came.
    """

    acted: Acted
    content: dict[str, Any] | None = None
    picture: bytes | None = None


def identity_content(record: str, told: Mapping[str, Any]) -> bytes:
    """Returns an identity as the vault keeps it, read by the dictionary.

    Args:
        record: one of ``RECORDS``.
        told: its fields by their names; what it belongs to may be left out.

    Raises:
        InvalidInput: an unknown field, a value that its field cannot hold, or no word that says
            who it is; every fault is listed.
    """
    known = dictionary().records[record]
    link = {name: "-" for name in ("report_id", "victim_id") if known.field(name) is not None}
    named = {name: value for name, value in told.items() if value not in (None, "")}
    faults = [
        Fault("service.vault.field", name, params={"field": name[:60], "record": record})
        for name in named
        if known.field(name) is None
    ]
    consent = {} if "consent" in named or known.field("consent") is None else {"consent": True}
    _, wrong = check_row(known, {**link, **consent, **named})
    faults += wrong
    if not any(name in named for name in ("full_name", "phone", "guardian_name")):
        faults.append(Fault("service.vault.nobody", record))
    if faults:
        raise InvalidInput(faults)
    return json.dumps(
        {"record": record, "fields": named}, ensure_ascii=False, sort_keys=True
    ).encode()


def keep_until(purpose: str, now_us: int, asked_on: str | None = None) -> str:
    """Returns the last day on which something is kept for a purpose: the person's own, if earlier.

    Raises:
        InvalidInput: no such purpose.
    """
    days = retention().get(purpose)
    if days is None:
        params: dict[str, str | int] = {
            "field": "purpose",
            "value": purpose[:60],
            "known": " ".join(retention()),
        }
        raise InvalidInput(Fault("service.code.unknown", "purpose", params=params))
    last = utc_day(now_us) + timedelta(days=days.days)
    if asked_on is None or not is_day(asked_on):
        return last.isoformat()
    asked = date.fromisoformat(asked_on)
    return min(last, max(asked, utc_day(now_us))).isoformat()


def is_day(text: str) -> bool:
    """Returns whether a text is a day as ISO 8601 writes it whole: 2026-04-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def keep_identity(
    office: Office,
    actor: Actor,
    record_id: str,
    purpose: str,
    content: bytes,
    *,
    until_on: str | None = None,
    stamp: Stamp = NOW,
) -> tuple[Acted, str | None]:
    """Returns the act of keeping an identity, and its pseudonym; None where it was refused.

    Args:
        office: the open store, with a vault.
        actor: who keeps it.
        record_id: the record on file that it belongs to.
        purpose: a code of the list ``identity_purpose``.
        content: see ``identity_content``.
        until_on: a day after which the person wants it gone, ISO 8601.
        stamp: the client's own id.

    Raises:
        NotFound: there is no vault, or nothing on record has that id.
        InvalidInput: no such purpose, or too much content.
    """
    permit = allow(actor, "keep_identity")
    if not permit.allowed:
        # Before anything lies in the vault.
        return Acted(permit), None
    if not office.store.of_subject(record_id):
        params: dict[str, str | int] = {"record": record_id[:80]}
        raise NotFound(Fault("service.attachment.record", "RECORD", params=params))
    vault, entry_id = vault_of(office), stamp.entry_id or office.new_id()
    last_on = keep_until(purpose, office.now_us(), until_on)
    pseudonym = vault.keep(content, entry_id, erased=lambda name: is_erased(office, name))
    fact = IdentityKept(pseudonym, record_id, purpose, last_on)
    digest = vault.digest(pseudonym, content) or first_digest(office, entry_id, fact)
    named = Stamp(stamp.valid_at_us, entry_id, digest, stamp.standing)
    acted = carry_out(office, actor, "keep_identity", pseudonym, fact, stamp=named)
    if not acted.done and pseudonym not in identities(office):
        # Never where one is on record by that name: another message came under its id.
        vault.drop(pseudonym)
    return acted, pseudonym if acted.done else None


def is_erased(office: Office, pseudonym: str) -> bool:
    """Returns whether the ledger says that an identity is erased."""
    story = identities(office).get(pseudonym)
    return story is not None and story.erased is not None


def first_digest(office: Office, entry_id: str, fact: IdentityKept) -> bytes | None:
    """Returns what names the message that an entry keeps, where that said the same; else None.

    For an identity that is erased: nothing in the vault names it any more.
    """
    first = office.store.find(entry_id)
    known = None if first is None else office.fact_of(first)
    same = isinstance(known, IdentityKept) and (
        known.pseudonym,
        known.record_id,
        known.purpose,
    ) == (
        fact.pseudonym,
        fact.record_id,
        fact.purpose,
    )
    return first.request_digest if same and first is not None else None


def look_at_identity(
    office: Office,
    actor: Actor,
    pseudonym: str,
    reason: str,
    secret: pyrage.x25519.Identity,
    stamp: Stamp = NOW,
) -> Looked:
    """Returns what is kept of somebody, after the ledger has it that this actor looked, and why.

    Raises:
        NotFound: there is no vault, or the identity is not in it any more.
        StoreError: the key is another one's, or somebody changed what lies in the vault.
    """
    vault = vault_of(office)
    # With a key that opens nothing nobody has looked.
    vault.refuse_other(secret)
    fact = IdentityLookedAt(pseudonym, reason)
    if on_record(office, stamp):
        # A look that is on record was that look; what is shown now would be another.
        return Looked(Acted(rule([Reason("service.vault.look-twice", {})])))
    ruling = rule([*_not_there(office, pseudonym), *_too_many(office, actor)])
    acted = carry_out(
        office, actor, "look_at_identity", pseudonym, fact, stamp=stamp, ruling=ruling
    )
    if not acted.done:
        return Looked(acted)
    kept = vault.opened(pseudonym, secret)
    if not kept.startswith(b"{"):
        return Looked(acted, picture=kept)
    content: dict[str, Any] = json.loads(kept)
    return Looked(acted, content)


def _too_many(office: Office, actor: Actor) -> Iterator[Reason]:
    since_us = office.now_us() - _HOUR_US
    looks = sum(
        look.actor.person_id == actor.person_id and look.recorded_at_us > since_us
        for story in identities(office).values()
        for look in story.looks
    )
    if looks >= LOOKS_AN_HOUR:
        yield Reason("service.vault.many", {"looks": looks})


def erase_identity(
    office: Office, actor: Actor, pseudonym: str, cause: str, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of erasing an identity: on record first, then gone from the vault.

    It is gone for good also where the vault is lost or put back later: the ledger says so.
    """
    against = [] if on_record(office, stamp) else list(_not_there(office, pseudonym))
    fact = IdentityErased(pseudonym, cause)
    vault = None
    # Where it cannot be opened now it is settled once it can.
    with suppress(StoreError):
        vault = vault_now(office)
    acted = carry_out(
        office, actor, "erase_identity", pseudonym, fact, stamp=stamp, ruling=rule(against)
    )
    if acted.done and vault is not None:
        # Where the disk fails now, it is done when the vault is asked for next, here or elsewhere:
        # the ledger has one erasure more than it was held against.
        vault.settled_with = None
        vault.erase(pseudonym)
    return acted


def _not_there(office: Office, pseudonym: str) -> Iterator[Reason]:
    story = identities(office).get(pseudonym)
    params: dict[str, str | int] = {"pseudonym": pseudonym[:64]}
    if story is None:
        yield Reason("service.vault.unknown", params)
    elif story.erased is not None:
        yield Reason("service.vault.erased", params)


def due(office: Office, on: date | None = None) -> list[str]:
    """Returns the pseudonyms of identities whose time of keeping is over, the longest first.

    Args:
        office: the open store.
        on: as of this day; today where None.
    """
    today = on.isoformat() if on is not None else iso_date(office.now_us())
    over = [
        (story.fact.keep_until_on, name)
        for name, story in identities(office).items()
        if story.erased is None and story.fact.keep_until_on < today
    ]
    return [name for _, name in sorted(over)]


def erase_due(office: Office, actor: Actor, on: date | None = None) -> list[Acted]:
    """Returns the acts of erasing every identity whose time of keeping is over.

    Args:
        office: the open store.
        actor: who erases.
        on: as of this day; today where None.

    Raises:
        InvalidInput: the day is to come: what is listed for it is not over yet.
    """
    if on is not None and on > utc_day(office.now_us()):
        params: dict[str, str | int] = {"day": on.isoformat()}
        raise InvalidInput(Fault("service.vault.future", "--on", params=params))
    return [erase_identity(office, actor, name, "time_over") for name in due(office, on)]
