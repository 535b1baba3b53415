"""Originals of pictures: what a phone wrote lies sealed in the vault, and its pixels stand for it.

Three things in this order, and whoever is cut between two of them goes on from there: the original
is on the vault's disk; the ledger names it and what stands for it; what stands for it is kept and
the original's bytes go, in one transaction of the store. So of a picture of a hazard the original
or what stands for it is here at any time, and no secret is needed to take one in. Where the vault
cannot be had now, a picture is kept as it came, and sealed later: losing it is the greater harm.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import pyrage

from rafiqa.errors import Fault, Forbidden, NotFound, RafiqaError, StoreError
from rafiqa.land import Actor
from rafiqa.ledger import AttachmentNamed, DocumentKept, IdentityKept
from rafiqa.recovery import ArchiveWritten
from rafiqa.service.act import NOW, Stamp
from rafiqa.service.fieldbook import APART
from rafiqa.service.identitybook import identities
from rafiqa.service.office import Office, Saying
from rafiqa.service.permit import allow
from rafiqa.service.vaultdoor import vault_now, vault_of
from rafiqa.service.vaulting import Looked, is_erased, keep_until, look_at_identity
from rafiqa.store import Progress
from rafiqa.wire.picture import ORIGINAL_BYTES, is_picture, signed_for, standing_in

ORIGINAL: Final = "picture_original"
"""What a picture as it came is kept for."""
_UNREAD: Final = "originals_unread"
"""The setting that lists the pictures of which somebody was told that they stay as they came."""


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


@dataclass(frozen=True, slots=True)
class Astray:
    """Originals that are not where they should be.

    Attributes:
        n_open: lie in the store as they came, and nobody was told that they stay so.
        missing: pseudonyms of those that are on record, not erased, and not in the vault.
    """

    n_open: int
    missing: tuple[str, ...]


def seal_original(
    office: Office, actor: Actor, record_id: str, content: bytes, *, asked: bool = False
) -> bool:
    """Returns whether nothing of a file is left to be kept: it is a picture, and sealed.

    False of what is no picture that can be made anew, and where there is no vault or it cannot be
    had now: it is to be kept as it came then. ``alarm`` tells of a vault that is missed.

    Args:
        office: the open store.
        actor: who sent it.
        record_id: the record that it belongs to.
        content: the file as it came.
        asked: whether somebody asked for it, of a document that else stays what it is.

    Raises:
        StoreError: the store itself failed; what came is in the vault, and is to be sent again.
    """
    name = sha256(content).hexdigest()
    progress = office.store.progress(name)
    if progress is not None and (progress.erased or progress.shared is not None):
        return True
    if not is_picture(content) or len(content) > ORIGINAL_BYTES or stays(office, name, asked=asked):
        return False
    try:
        original = _taken_in(office, record_id, name, content)
    except (RafiqaError, OSError):
        # A picture that is kept open can be sealed later; one that is refused is deleted.
        return False
    if original is None:
        return False
    _say(office, actor, original)
    office.store.seal_attachment(name, len(content), original.made)
    return True


def seal_whole(
    office: Office, actor: Actor, record_id: str, file_sha256: str, *, asked: bool = False
) -> bool:
    """Returns whether a file that came in parts is sealed, where all of it is here.

    It is kept already: whatever fails now keeps nobody from sending it. It waits to be sealed.

    Args:
        office: the open store.
        actor: who sent it.
        record_id: the record that it belongs to.
        file_sha256: SHA-256 of the file, in hex.
        asked: whether somebody asked for it, of a document that else stays what it is.
    """
    try:
        progress = office.store.progress(file_sha256)
        if progress is None or not progress.whole or progress.n_bytes > ORIGINAL_BYTES:
            return False
        if progress.shared is not None:
            # What would be read here is what stands for it.
            return True
        content = _content(office, file_sha256)
        return content is not None and seal_original(office, actor, record_id, content, asked=asked)
    except (RafiqaError, OSError):
        return False


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
    if set(unread) != _told_unread(office):
        office.store.put_setting(_UNREAD, json.dumps(sorted(unread)).encode())
    return Sealing(sealed, tuple(unread))


def _told_unread(office: Office) -> set[str]:
    """The pictures of which somebody was told that they stay as they came."""
    said = office.store.setting(_UNREAD)
    return set() if said is None else set(json.loads(said))


def astray(office: Office) -> Astray | None:
    """Returns which originals are not where they should be; None where there never was a vault.

    A vault that cannot be had is told of by itself: what is missing from it nobody can say then.
    """
    alive = None
    try:
        vault = vault_now(office)
        if vault is None:
            return None
        alive = vault.alive()
    except RafiqaError:
        pass
    told = _told_unread(office)
    n_open = sum(fact.sha256 not in told for fact in waiting(office))
    stories = identities(office).items()
    missing = [
        name
        for name, story in stories
        if alive is not None and story.fact.purpose == ORIGINAL and story.erased is None
        if name not in alive
    ]
    return Astray(n_open, tuple(missing))


def waiting(office: Office) -> Iterator[AttachmentNamed]:
    """Yields the pictures of forms that lie in the store as they came, each once."""
    seen, stories = set[str]().union(*_kept_whole(office)), office.fieldbook().stories
    # What is sealed, erased or no picture once is so for ever, and is asked for once.
    done: set[str] = office.made("files that wait for nothing", set)
    for recorded in list(office.facts()):
        fact = recorded.fact
        if not isinstance(fact, AttachmentNamed) or not _is_of_form(fact, stories):
            continue
        if fact.sha256 in seen or fact.sha256 in done:
            continue
        seen.add(fact.sha256)
        progress = office.store.progress(fact.sha256)
        if progress is None or not (progress.whole or progress.erased):
            continue
        if _waits(office, progress):
            yield fact
        else:
            done.add(fact.sha256)


def _waits(office: Office, progress: Progress) -> bool:
    return (
        not progress.erased
        and progress.shared is None
        and progress.n_bytes <= ORIGINAL_BYTES
        and is_picture(_beginning(office, progress.sha256))
    )


def unseal_attachment(
    office: Office,
    actor: Actor,
    file_sha256: str,
    reason: str,
    secret: pyrage.x25519.Identity,
    stamp: Stamp = NOW,
) -> Looked:
    """Returns a file as it came, byte for byte, after the ledger has it who took it out, and why.

    Whoever may look at who somebody is may have it: a look like any other. What stands for it
    stays in the store.

    Args:
        office: the open store.
        actor: who takes it out.
        file_sha256: SHA-256 of the file as it came, in hex.
        reason: why, one of ``look_reason``.
        secret: the vault's key.
        stamp: the client's own id.

    Raises:
        NotFound: there is no vault, no such file was sealed, or it is not in the vault any more.
        StoreError: the key is another one's, or what lies there is not what the hash names.
    """
    pseudonym = original_of(office, file_sha256)
    if pseudonym is None:
        params: dict[str, str | int] = {"sha256": file_sha256[:64]}
        raise NotFound(Fault("service.vault.no-original", "SHA256", params=params))
    looked = look_at_identity(office, actor, pseudonym, reason, secret, stamp)
    if looked.acted.done and sha256(looked.picture or b"").hexdigest() != file_sha256:
        raise StoreError(Fault("store.vault.damaged", params={"pseudonym": pseudonym}))
    return looked


def original_of(office: Office, file_sha256: str) -> str | None:
    """Returns the pseudonym under which a picture's original was kept; None where it never was."""
    for recorded in office.facts():
        fact = recorded.fact
        if isinstance(fact, AttachmentNamed) and fact.made_from == file_sha256:
            return fact.record_id
    return None


def stays(office: Office, file_sha256: str, *, asked: bool = False) -> bool:
    """Returns whether a file is what it is by its bytes, which others name: it is sealed never.

    Told pictures of the archive, documents of the desk study, and what stands for an original.
    Evidence and papers that somebody attached as well, but where they are asked for.
    """
    never, unasked = _kept_whole(office)
    return file_sha256 in never or (not asked and file_sha256 in unasked)


@dataclass(frozen=True, slots=True)
class _Original:
    record_id: str
    sha256: str
    pseudonym: str
    digest: bytes | None
    n_bytes: int
    made: bytes


def _taken_in(office: Office, record_id: str, name: str, content: bytes) -> _Original | None:
    """A picture that lies in the vault now, with what stands for it alone; None of what stays."""
    vault = vault_now(office)
    made = None if vault is None else standing_in(content)
    if vault is None or made is None:
        return None
    pseudonym = vault.keep(
        content, f"{ORIGINAL}-{name}", erased=lambda known: is_erased(office, known)
    )
    # Two originals of the same pixels would be shown, and erased, as one.
    made = signed_for(made, pseudonym)
    known = office.store.progress(sha256(made).hexdigest())
    if known is not None and known.erased:
        return None
    digest = vault.digest(pseudonym, content)
    return _Original(record_id, name, pseudonym, digest, len(content), made)


def _say(office: Office, actor: Actor, original: _Original) -> None:
    """Says that an original lies in the vault and what stands for it, each once, together."""
    now_us, pseudonym = office.now_us(), original.pseudonym
    shared = sha256(original.made).hexdigest()
    made = AttachmentNamed(
        pseudonym, shared, len(original.made), "image/jpeg", made_from=original.sha256
    )
    said = [Saying(f"made:{pseudonym}:{shared[:16]}", pseudonym, now_us, made)]
    if pseudonym not in identities(office):
        kept = IdentityKept(pseudonym, original.record_id, ORIGINAL, keep_until(ORIGINAL, now_us))
        said.insert(0, Saying(f"kept:{pseudonym}", pseudonym, now_us, kept, original.digest))
    office.say(actor, said)


def _is_of_form(fact: AttachmentNamed, stories: Container[str]) -> bool:
    """Whether a file came with a filled form: those are sealed by themselves."""
    return fact.record_id.startswith(APART) or fact.record_id in stories


def _kept_whole(office: Office) -> tuple[frozenset[str], frozenset[str]]:
    """The files that stay what they are always, and those that do unless it is asked for."""
    facts, stories = office.facts(), office.fieldbook().stories

    def fold() -> tuple[frozenset[str], frozenset[str]]:
        never, unasked = set[str | None](), set[str | None]()
        for recorded in facts:
            match recorded.fact:
                case ArchiveWritten(picture_sha256=name):
                    never.add(name)
                case DocumentKept(sha256=name, text_sha256=text):
                    never |= {name, text}
                case AttachmentNamed(sha256=name, made_from=str()):
                    never.add(name)
                case AttachmentNamed() as fact if not _is_of_form(fact, stories):
                    unasked.add(fact.sha256)
        return frozenset(filter(None, never)), frozenset(filter(None, unasked))

    return office.made(("files kept whole", len(facts)), fold)


def _content(office: Office, file_sha256: str) -> bytes | None:
    parts = office.store.attachment(file_sha256)
    return None if parts is None else b"".join(parts)


def _beginning(office: Office, file_sha256: str) -> bytes:
    parts = office.store.attachment(file_sha256)
    return b"" if parts is None else next(parts, b"")
