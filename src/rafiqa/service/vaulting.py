"""Identities: kept in the vault, looked at for a reason, told of to the person, and erased.

Two stores that no transaction spans. An identity goes into the vault first and into the ledger
then; cut in between, it is found again under the same request, or dropped after a day, since nobody
was told that it was kept. An erasure goes into the ledger first: whatever vault is put back later,
what the ledger says is erased is erased there too, before anything is asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyrage

from rafiqa.dictionary import check_row, dictionary, retention
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.land import Actor, Reason, Recorded, rule
from rafiqa.ledger import IdentityErased, IdentityKept, IdentityLookedAt
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.store.vault import Vault
from rafiqa.wire.instant import iso_date, utc_day

ORPHAN_US: Final = 86_400_000_000
"""After a day what no entry of the ledger names was never acknowledged, and is dropped."""
LOOKS_AN_HOUR: Final = 20
"""Of one person: whoever looks at more reads a list, and not somebody's case (trust study 3.8)."""
_HOUR_US: Final = 3_600_000_000
RECORDS: Final = ("reporter_identity", "victim_identity")
"""Records of the dictionary that say who somebody is."""


@dataclass(slots=True)
class IdentityStory:
    """What the ledger says of one identity: that it is kept, every look, and its erasure."""

    kept: Recorded
    looks: list[Recorded] = field(default_factory=list)
    erased: Recorded | None = None

    @property
    def fact(self) -> IdentityKept:
        """That it is kept."""
        assert isinstance(self.kept.fact, IdentityKept)  # noqa: S101 - from identities
        return self.kept.fact


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at an identity: the act, and what is kept; nothing where the act was refused.

    ``content`` are fields or a form; ``picture`` one as it came.
    """

    acted: Acted
    content: dict[str, Any] | None = None
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What was put in order between ledger and vault.

    Attributes:
        erased: erased in the vault now, since the ledger says that they are.
        dropped: put in and never named by the ledger.
        lost: named by the ledger, not erased, and not in the vault.
    """

    erased: tuple[str, ...]
    dropped: tuple[str, ...]
    lost: tuple[str, ...]


def vault_place(place: Path) -> Path:
    """Returns where the vault of a store lies, by the store's place."""
    return place.with_name(place.name + ".vault")


def vault_key_place(place: Path) -> Path:
    """Returns where a vault's new key is written; it is to be taken elsewhere from there."""
    return place.with_name(place.name + ".vault-key")


def vault_of(office: Office) -> Vault:
    """Returns the office's vault, in which nothing lies that the ledger says is erased.

    Raises:
        NotFound: it has none.
    """
    if office.vault is None:
        raise NotFound(Fault("store.vault.none", "STORE", params={"path": "–"}))
    return office.vault


def identities(office: Office) -> Mapping[str, IdentityStory]:
    """Returns every identity that the ledger names, by its pseudonym, in the ledger's order."""
    facts = office.facts()

    def fold() -> dict[str, IdentityStory]:
        found: dict[str, IdentityStory] = {}
        for recorded in facts:
            match recorded.fact:
                case IdentityKept(pseudonym=name):
                    found.setdefault(name, IdentityStory(recorded))
                case IdentityLookedAt(pseudonym=name) if name in found:
                    found[name].looks.append(recorded)
                case IdentityErased(pseudonym=name) if name in found:
                    found[name].erased = found[name].erased or recorded
        return found

    return office.made(("identities", len(facts)), fold)


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
    named = {name: value for name, value in told.items() if value not in {None, ""}}
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
    try:
        asked = date.fromisoformat(asked_on or "")
    except ValueError:
        return last.isoformat()
    return min(last, max(asked, utc_day(now_us))).isoformat()


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
    pseudonym = vault.keep(content, entry_id)
    fact = IdentityKept(pseudonym, record_id, purpose, last_on)
    named = Stamp(stamp.valid_at_us, entry_id, vault.digest(content), stamp.standing)
    acted = carry_out(office, actor, "keep_identity", pseudonym, fact, stamp=named)
    if not acted.done:
        vault.erase(pseudonym)
    return acted, pseudonym if acted.done else None


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
    acted = carry_out(
        office, actor, "erase_identity", pseudonym, fact, stamp=stamp, ruling=rule(against)
    )
    if acted.done and office.vault is not None:
        office.vault.erase(pseudonym)
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
    """Returns the acts of erasing every identity whose time of keeping is over."""
    return [erase_identity(office, actor, name, "time_over") for name in due(office, on)]


def settle(office: Office) -> Settled:
    """Returns what had to be put in order between ledger and vault, after it was.

    Raises:
        NotFound: there is no vault.
    """
    vault, stories = vault_of(office), identities(office)
    oldest_us = office.now_us() - ORPHAN_US
    erased, dropped = [], []
    alive = {item.pseudonym: item for item in vault.items() if not item.erased}
    for name, item in alive.items():
        story = stories.get(name)
        if story is not None and story.erased is not None:
            vault.erase(name)
            erased.append(name)
        elif story is None and item.kept_at_us < oldest_us:
            vault.erase(name)
            dropped.append(name)
    lost = [name for name, story in stories.items() if story.erased is None and name not in alive]
    return Settled(tuple(erased), tuple(dropped), tuple(lost))
