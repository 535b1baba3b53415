"""The archive of places: before, during and after, with day, source, consent and a picture.

An entry is told to nobody before a second person has approved it, and to nobody any more once it
is withdrawn. A picture is made anew from its pixels before it is kept at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Final

from rafiqa.dictionary import LANGUAGES
from rafiqa.land import Actor, Reason, rule
from rafiqa.ledger import PART_BYTES, AttachmentNamed, IdentityKept
from rafiqa.recovery import ArchiveWritten
from rafiqa.service.act import NOW, Meant, Stamp, carry_out_together
from rafiqa.service.act import against as reasons_against
from rafiqa.service.areanotice import against_words
from rafiqa.service.assets import AssetShelf, asset_at
from rafiqa.service.neighbourhood import Neighbourhood, Neighbourhoods
from rafiqa.service.office import Office
from rafiqa.service.originals import ORIGINAL
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.question import NOW as AT_PRESENT
from rafiqa.service.question import AsOf
from rafiqa.service.vaultdoor import vault_now
from rafiqa.service.vaulting import first_digest, is_erased, keep_until
from rafiqa.wire.instant import iso_date
from rafiqa.wire.picture import Box, hidden

LONGEST_CAPTION: Final = 400
LONGEST_CREDIT: Final = 120
_EARLIEST: Final = date(1850, 1, 1)


def write_archive(
    office: Office,
    actor: Actor,
    fact: ArchiveWritten,
    shelf: AssetShelf,
    picture: bytes | None = None,
    stamp: Stamp = NOW,
    marked: Sequence[Box] = (),
) -> Acted:
    """Returns the act of writing an entry of the archive, with its picture where there is one.

    Faces and number plates that are found in the picture are hidden, and what was marked. Whether
    nobody can be known in it its writer says, and a second person who has looked at it so.

    Args:
        office: the open store.
        actor: who writes it.
        fact: the entry; the hash of its picture is filled in here.
        shelf: reference layers.
        picture: JPEG, PNG or WebP as it came; only its pixels are kept.
        stamp: the client's own id.
        marked: regions of the picture that its writer hides.

    Raises:
        InvalidInput: the picture cannot be read, or a region lies outside of it.
    """
    permit = allow(actor, "write_archive")
    if not permit.allowed:
        # Before anything is read or kept: who may not write leaves nothing in the store.
        return Acted(permit)
    remade = None if picture is None else hidden(picture, marked).jpeg
    if remade is not None:
        fact = replace(fact, picture_sha256=sha256(remade).hexdigest())
    against = [*_against(office, shelf, fact)]
    known = office.recovery().public.items.get(fact.archive_id)
    if known is not None and known.record.entry_id != stamp.entry_id:
        against.append(Reason("service.public.id-twice", {"id": fact.archive_id[:80]}))
    if remade is None and fact.picture_sha256 is not None:
        against.append(Reason("service.archive.picture-missing", {}))
    written = Meant("write_archive", fact.archive_id, fact, stamp, rule(against))
    meant = [written]
    # Ruled on before anything is kept: what is refused leaves no picture in vault or store.
    if remade is not None and not reasons_against(office, actor, written):
        originals = list(_original(office, actor, fact.archive_id, picture, stamp))
        digest = _keep(office, remade)
        named = AttachmentNamed(fact.archive_id, digest, len(remade), "image/jpeg")
        beside = Stamp(entry_id=f"{stamp.entry_id}-picture") if stamp.entry_id else NOW
        meant.append(Meant("write_archive", fact.archive_id, named, beside))
        meant += originals
    return carry_out_together(office, actor, meant)


def _original(
    office: Office, actor: Actor, archive_id: str, picture: bytes | None, stamp: Stamp
) -> Iterator[Meant]:
    """What is meant with the picture as it came: it lies in the vault, where there is one.

    Of whoever may keep identities: of others the picture made anew is all that is kept.
    """
    if picture is None or not allow(actor, "keep_identity").allowed:
        return
    vault = vault_now(office)
    if vault is None:
        return
    entry_id = f"{stamp.entry_id or office.new_id()}-original"
    pseudonym = vault.keep(picture, entry_id, erased=lambda name: is_erased(office, name))
    fact = IdentityKept(pseudonym, archive_id, ORIGINAL, keep_until(ORIGINAL, office.now_us()))
    digest = vault.digest(pseudonym, picture) or first_digest(office, entry_id, fact)
    named = Stamp(entry_id=entry_id, request_digest=digest)
    yield Meant("keep_identity", pseudonym, fact, named)


def _keep(office: Office, remade: bytes) -> str:
    digest = sha256(remade).hexdigest()
    office.store.await_attachment(digest, len(remade))
    for number, start in enumerate(range(0, len(remade), PART_BYTES)):
        office.store.put_part(digest, number, remade[start : start + PART_BYTES])
    return digest


def _against(office: Office, shelf: AssetShelf, fact: ArchiveWritten) -> Iterator[Reason]:
    yield from _against_day(office, fact.taken_on)
    if not fact.captions:
        yield Reason("service.archive.caption", {})
    for lang in LANGUAGES:
        name = "caption" if lang == "en" else f"caption_{lang}"
        yield from against_words(name, getattr(fact, name), LONGEST_CAPTION)
    for name in ("credit", "consent_ref"):
        if not getattr(fact, name).strip():
            yield Reason("service.public.empty", {"field": name})
    yield from against_words("credit", fact.credit or None, LONGEST_CREDIT)
    if fact.picture_sha256 is not None and not fact.faces_hidden:
        yield Reason("service.archive.faces", {})
    if not places_shown(office, Neighbourhoods(office, shelf), shelf, fact):
        params: dict[str, str | int] = {"subject": fact.subject, "id": fact.subject_id[:80]}
        yield Reason("service.archive.subject", params)


def _against_day(office: Office, told: str) -> Iterator[Reason]:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        yield Reason("service.archive.day", {"day": told[:20]})
        return
    today = date.fromisoformat(iso_date(office.now_us()))
    if not (_EARLIEST <= day <= today and day.isoformat() == told):
        yield Reason("service.archive.day", {"day": told[:20]})


def places_shown(
    office: Office,
    places: Neighbourhoods,
    shelf: AssetShelf,
    fact: ArchiveWritten,
    as_of: AsOf = AT_PRESENT,
) -> list[Neighbourhood]:
    """Returns the neighbourhoods that an entry shows something of; none where nothing is known."""
    if fact.subject == "place":
        place = places.get(fact.subject_id)
        return [] if place is None else [place]
    if fact.subject == "area":
        area = office.book(as_of.known_at_us).register.areas.get(fact.subject_id)
        if area is None or area.outline.is_empty:
            return []
        return places.of(office.frame.to_lonlat(area.outline).geometry)
    if fact.subject == "asset":
        valid_us = as_of.valid_us(office)
        found = asset_at(office, shelf, fact.subject_id, valid_us, as_of.known_at_us)
        shape = None if found is None else found[0].shapes_lonlat[found[1]]
        return [] if shape is None else places.of(shape)
    return []
