"""Erase what names a person: the words go, the record stays, and the ledger says who did it.

Only free words can go, and all of them do. Places, times, codes and depths stay: they stand
again in the entry that erases, so a report of danger is not lost with the name in it, and the
land is what it was. The chain proves itself without the erased content (``ledger.erasure``).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from rafiqa.errors import Fault, NotFound
from rafiqa.land import Actor, Reason, SiteOpened, rule
from rafiqa.ledger import AttachmentNamed, Erasure, is_erased
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office
from rafiqa.service.originals import original_of
from rafiqa.service.outcome import Acted
from rafiqa.service.submissionsealing import PURPOSE, entry_of
from rafiqa.service.vaulting import erase_identity
from rafiqa.wire.factcode import fact_bytes

FREE_WORDS: Final = frozenset(
    {
        *("text", "note", "name", "place", "justification"),
        *("plan", "statement", "decided_by", "residual_told_to", "destination"),
        *("text_ar", "caption", "caption_ar", "caption_ckb", "caption_kmr", "credit"),
    }
)
"""Fields in which a person may have been named. No rule reads more of them than whether they
are empty, and in their place stands something."""
DROPPED: Final = frozenset({"extra"})
"""Fields that decide nothing and may be left out altogether."""
ERASED_WORDS: Final = "[erased]"
LONGEST_CAUSE: Final = 500
WITH_ITS_WORDS: Final = "words_erased"
"""Why an identity is erased with the words of its form; why these were, stands with them."""
_ALREADY: Final = "service.erasure.already"


def erase_words(
    office: Office,
    actor: Actor,
    entry_id: str,
    cause: str,
    instead: str = ERASED_WORDS,
    stamp: Stamp = NOW,
) -> Acted:
    """Returns the act of erasing the free words of an entry, and its attachment if it names one.

    Args:
        office: the open store.
        actor: who erases; not the one who wrote the entry.
        entry_id: the entry whose words go.
        cause: why, in words that name nobody; stays for ever.
        instead: what stands in place of each text, such as the report without the name.
        stamp: when it was asked for, and the client's own id.

    Raises:
        NotFound: there is no such entry.
    """
    entry = office.store.find(entry_id)
    if entry is None:
        raise NotFound(Fault("service.erasure.unknown", "ENTRY", params={"entry": entry_id}))
    params: dict[str, str | int] = {"entry": entry_id}
    against = [Reason("service.erasure.own", params)] if entry.actor == actor.person_id else []
    if not cause.strip() or len(cause) > LONGEST_CAUSE:
        against.append(Reason("service.erasure.cause", {"most": LONGEST_CAUSE}))
    fact = office.fact_of(entry)
    left = without_words(fact, instead)
    attachment = fact.sha256 if isinstance(fact, AttachmentNamed) else None
    if is_erased(entry):
        against.append(Reason(_ALREADY, params))
    elif isinstance(fact, SiteOpened | Erasure) or (left == fact and attachment is None):
        against.append(Reason("service.erasure.nothing", params))
    erasure = Erasure(entry_id, entry.seq, cause.strip(), fact_bytes(left), attachment)
    if on_record(office, stamp):
        against = []
    return carry_out(
        office, actor, "erase_words", entry.subject, erasure, stamp=stamp, ruling=rule(against)
    )


def erase_with_identities(
    office: Office, actor: Actor, entry_id: str, cause: str, instead: str = ERASED_WORDS
) -> tuple[Acted, tuple[str, ...]]:
    """Returns the act of erasing the words of an entry, and whom it erased from the vault with it.

    A filled form that named somebody lies in the vault too, whole, as it came, and so does the
    original of a picture. Cut between the two, the same asked again erases what is left. Others'
    entries have nobody there.

    Args:
        office: the open store.
        actor: who erases; not the one who wrote the entry.
        entry_id: the entry whose words go.
        cause: why, in words that name nobody; stays for ever.
        instead: what stands in place of each text.

    Raises:
        NotFound: there is no such entry.
    """
    acted = erase_words(office, actor, entry_id, cause, instead)
    names = _beside(office, entry_id)
    if not acted.done and (not names or {reason.code for reason in acted.reasons} != {_ALREADY}):
        return acted, ()
    gone = [erase_identity(office, actor, name, WITH_ITS_WORDS) for name in names]
    refused = next((each for each in gone if not each.done), None)
    done = tuple(name for name, each in zip(names, gone, strict=True) if each.done)
    if refused is not None:
        return refused, done
    return (acted if acted.done else gone[0]), done


def _beside(office: Office, entry_id: str) -> list[str]:
    """Who lies in the vault with an entry: whom a form names, or the original of a picture."""
    entry = office.store.find(entry_id)
    fact = None if entry is None else office.fact_of(entry)
    original = None
    if isinstance(fact, AttachmentNamed):
        original = fact.record_id if fact.made_from else original_of(office, fact.sha256)
    return [
        name
        for name, story in identities(office).items()
        if story.erased is None
        and (
            name == original
            or (story.fact.purpose == PURPOSE and entry_of(story.fact.record_id) == entry_id)
        )
    ]


def without_words(fact: Any, instead: str) -> Any:
    """Returns a fact with every free text in it, also in its parts, replaced."""
    changes: dict[str, Any] = {}
    for item in fields(fact):
        value = getattr(fact, item.name)
        if item.name in DROPPED:
            changes[item.name] = None
        elif item.name in FREE_WORDS and isinstance(value, str) and value:
            changes[item.name] = instead
        elif isinstance(value, tuple):
            changes[item.name] = tuple(
                without_words(inner, instead) if is_dataclass(inner) else inner for inner in value
            )
    return replace(fact, **changes)
