"""Originals of pictures: what a phone wrote lies sealed in the vault, and its pixels stand for it.

Three things in this order, and whoever is cut between two of them goes on from there: the original
is on the vault's disk; the ledger names it and what stands for it; what stands for it is kept and
the original's bytes go, in one transaction of the store. So of a picture of a hazard the original
or what stands for it is here at any time, and no secret is needed to take one in. Where the vault
cannot be had now, a picture is kept as it came, and sealed later: losing it is the greater harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from rafiqa.errors import Fault, Forbidden, InvalidInput, RafiqaError, StoreError
from rafiqa.land import Actor
from rafiqa.ledger import AttachmentNamed, DocumentKept, IdentityKept
from rafiqa.recovery import ArchiveWritten
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office, Saying
from rafiqa.service.permit import allow
from rafiqa.service.vaultdoor import vault_now, vault_of
from rafiqa.service.vaulting import is_erased, keep_until
from rafiqa.store.vault import Vault
from rafiqa.wire.picture import ORIGINAL_BYTES, is_picture, standing_in

ORIGINAL: Final = "picture_original"
"""What a picture as it came is kept for."""
_REMADE: Final = "picture-"
"""How the ids of entries begin that name pictures of residents: their originals are not kept."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What became of the originals that lay in the store.

    Attributes:
        sealed: how many lie in the vault now and did not before.
        unread: SHA-256, in hex, of those that begin like a picture and cannot be made anew: they
            stay as they came.
    """

    sealed: int
    unread: tuple[str, ...]


def seal_original(office: Office, actor: Actor, record_id: str, content: bytes) -> bool:
    """Returns whether nothing of a file is left to be kept: it is a picture, and sealed.

    False of what is no picture that can be made anew, and where there is no vault or it cannot be
    had now: it is to be kept as it came then. ``alarm`` tells of a vault that is missed.

    Args:
        office: the open store.
        actor: who sent it.
        record_id: the record that it belongs to.
        content: the file as it came.

    Raises:
        StoreError: the store itself failed; what came is in the vault, and is to be sent again.
    """
    name = sha256(content).hexdigest()
    progress = office.store.progress(name)
    if progress is not None and (progress.erased or progress.shared is not None):
        return True
    if not is_picture(content) or len(content) > ORIGINAL_BYTES or name in _held(office):
        return False
    try:
        vault = vault_now(office)
        made = None if vault is None else standing_in(content)
    except (StoreError, InvalidInput):
        return False
    if vault is None or made is None or made == content:
        return False
    try:
        pseudonym = _kept(office, vault, content, name)
    except RafiqaError:
        return False
    _say(office, actor, vault, _Original(record_id, name, pseudonym, content, made))
    office.store.seal_attachment(name, len(content), made)
    return True


def seal_whole(office: Office, actor: Actor, record_id: str, file_sha256: str) -> bool:
    """Returns whether a file that came in parts is sealed, where all of it is here.

    Raises:
        StoreError: the store itself failed.
    """
    progress = office.store.progress(file_sha256)
    if progress is None or not progress.whole or progress.n_bytes > ORIGINAL_BYTES:
        return False
    content = _content(office, file_sha256)
    return content is not None and seal_original(office, actor, record_id, content)


def seal_waiting(office: Office, actor: Actor) -> Sealing:
    """Returns what became of the originals that lie in the store as they came.

    Those of before there was a vault, and those that came while it could not be had. Cut anywhere,
    the same again goes on.

    Args:
        office: the open store.
        actor: who has them sealed; whoever sent them stands beside their files.

    Raises:
        Forbidden: this actor may not keep identities.
        NotFound: there is no vault.
        StoreError: it cannot be opened, or a disk failed; what was sealed until then is.
    """
    permit = allow(actor, "keep_identity")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "--role", None, item.params) for item in permit.reasons])
    vault_of(office)
    sealed, unread = 0, list[str]()
    for fact in waiting(office):
        content = _content(office, fact.sha256)
        if content is None:
            continue
        if seal_original(office, actor, fact.record_id, content):
            sealed += 1
        else:
            # Where the vault cannot be had any more this says so.
            vault_of(office)
            unread.append(fact.sha256)
    return Sealing(sealed, tuple(unread))


def waiting(office: Office) -> Iterator[AttachmentNamed]:
    """Yields the pictures on record that lie in the store as they came, each once."""
    seen = set(_held(office))
    for recorded in list(office.facts()):
        fact = recorded.fact
        if not isinstance(fact, AttachmentNamed) or fact.made_from is not None:
            continue
        if fact.sha256 in seen or recorded.entry_id.startswith(_REMADE):
            continue
        seen.add(fact.sha256)
        progress = office.store.progress(fact.sha256)
        if progress is None or not progress.whole or progress.shared is not None:
            continue
        if progress.n_bytes <= ORIGINAL_BYTES and is_picture(_beginning(office, fact.sha256)):
            yield fact


def original_of(office: Office, file_sha256: str) -> str | None:
    """Returns the pseudonym under which a picture's original was kept; None where it never was."""
    for recorded in office.facts():
        fact = recorded.fact
        if isinstance(fact, AttachmentNamed) and fact.made_from == file_sha256:
            return fact.record_id
    return None


@dataclass(frozen=True, slots=True)
class _Original:
    record_id: str
    sha256: str
    pseudonym: str
    content: bytes
    made: bytes


def _kept(office: Office, vault: Vault, content: bytes, name: str) -> str:
    return vault.keep(content, f"{ORIGINAL}-{name}", erased=lambda known: is_erased(office, known))


def _say(office: Office, actor: Actor, vault: Vault, original: _Original) -> None:
    """Says that an original lies in the vault and what stands for it, each once, together."""
    now_us, pseudonym = office.now_us(), original.pseudonym
    shared = sha256(original.made).hexdigest()
    made = AttachmentNamed(
        pseudonym, shared, len(original.made), "image/jpeg", made_from=original.sha256
    )
    said = [Saying(f"made:{pseudonym}:{shared[:16]}", pseudonym, now_us, made)]
    if pseudonym not in identities(office):
        kept = IdentityKept(pseudonym, original.record_id, ORIGINAL, keep_until(ORIGINAL, now_us))
        digest = vault.digest(pseudonym, original.content)
        said.insert(0, Saying(f"kept:{pseudonym}", pseudonym, now_us, kept, digest))
    office.say(actor, said)


def _held(office: Office) -> frozenset[str]:
    """The files that are what they are by their bytes: told pictures of the archive, documents."""
    facts = office.facts()

    def fold() -> frozenset[str]:
        found: set[str | None] = set()
        for recorded in facts:
            match recorded.fact:
                case ArchiveWritten(picture_sha256=name):
                    found.add(name)
                case DocumentKept(sha256=name, text_sha256=text):
                    found |= {name, text}
        return frozenset(each for each in found if each is not None)

    return office.made(("held files", len(facts)), fold)


def _content(office: Office, file_sha256: str) -> bytes | None:
    parts = office.store.attachment(file_sha256)
    return None if parts is None else b"".join(parts)


def _beginning(office: Office, file_sha256: str) -> bytes:
    parts = office.store.attachment(file_sha256)
    return b"" if parts is None else next(parts, b"")
