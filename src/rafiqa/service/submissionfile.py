"""Files of submissions: photographs that come whole or in parts, each kept once by its hash."""

from __future__ import annotations

import mimetypes
from hashlib import sha256

from rafiqa.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound, RafiqaError
from rafiqa.land import Actor, Ruling
from rafiqa.ledger import AttachmentNamed
from rafiqa.service.fieldbook import Story
from rafiqa.service.office import Office, Saying
from rafiqa.service.originals import seal_original, seal_whole
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.store import Progress
from rafiqa.wire.picture import picture_kind, shown

RESIDENT_BYTES = 8 * 1024**2
"""Largest file of whoever needs no account: a photograph made small on the phone is a tenth."""


def name_file(
    office: Office, actor: Actor, instance_id: str, name: str, file_sha256: str, n_bytes: int
) -> Acted:
    """Returns the act of naming a file of a submission; its bytes are awaited from now on.

    The same file under the same name again is done already.

    Raises:
        NotFound: no such submission.
        Forbidden: another organisation sent it.
        Conflict: another file came under that name; both are kept, and a person looks.
        InvalidInput: its hash or length cannot be one.
    """
    _own(office, actor, instance_id)
    _refuse_large(actor, n_bytes)
    office.store.await_attachment(file_sha256, n_bytes)
    return _name(office, actor, instance_id, name, file_sha256, n_bytes)


def _refuse_large(actor: Actor, n_bytes: int) -> None:
    if actor.role == "resident" and n_bytes > RESIDENT_BYTES:
        params: dict[str, str | int] = {"limit_mib": RESIDENT_BYTES // 1024**2}
        raise InvalidInput(Fault("service.submission.file-large", "n_bytes", params=params))


def name_file_apart(
    office: Office, actor: Actor, apart_id: str, name: str, file_sha256: str, n_bytes: int
) -> Acted:
    """Returns the act of naming a file of a submission that lies in the quarantine.

    Its bytes are awaited from now on. Files of one name and other bytes are all kept.

    Raises:
        Forbidden: this actor may not submit.
        InvalidInput: its hash or length cannot be one.
    """
    _refuse_stranger(actor)
    _refuse_large(actor, n_bytes)
    office.store.await_attachment(file_sha256, n_bytes)
    return _name_apart(office, actor, apart_id, name, file_sha256, n_bytes)


def _name_apart(
    office: Office, actor: Actor, apart_id: str, name: str, file_sha256: str, n_bytes: int
) -> Acted:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    named = AttachmentNamed(apart_id, file_sha256, n_bytes, media_type, name)
    place = f"{apart_id}/{file_sha256}/{name}"
    entry_id = f"file-{sha256(place.encode()).hexdigest()[:32]}"
    saying = Saying(entry_id, apart_id, office.now_us(), named, bytes.fromhex(file_sha256))
    receipt = office.say(actor, [saying])
    return Acted(Ruling(allowed=True), (entry_id,), already=bool(receipt.already))


def put_file_apart(office: Office, actor: Actor, apart_id: str, name: str, content: bytes) -> bool:
    """Returns whether a whole file of a submission in the quarantine is new.

    Raises:
        Forbidden: this actor may not submit.
    """
    if not content:
        return False
    _refuse_stranger(actor)
    # The bytes first: a name on record whose bytes were never kept would lie.
    _put(office, actor, apart_id, content)
    digest = sha256(content).hexdigest()
    return not _name_apart(office, actor, apart_id, name, digest, len(content)).already


def _refuse_stranger(actor: Actor) -> None:
    permit = allow(actor, "submit")
    if not permit.allowed:
        raise Forbidden([Fault(item.code, "", None, item.params) for item in permit.reasons])


def _name(
    office: Office, actor: Actor, instance_id: str, name: str, file_sha256: str, n_bytes: int
) -> Acted:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    named = AttachmentNamed(instance_id, file_sha256, n_bytes, media_type, name)
    place = f"{instance_id}/{name}"
    entry_id = f"file-{sha256(place.encode()).hexdigest()[:32]}"
    digest = bytes.fromhex(file_sha256)
    saying = Saying(entry_id, instance_id[:200], office.now_us(), named, digest)
    receipt = office.say(actor, [saying])
    if receipt.quarantined:
        raise Conflict(Fault("service.submission.file-other", name[:200], params={"file": name}))
    return Acted(Ruling(allowed=True), (entry_id,), already=bool(receipt.already))


def put_file(office: Office, actor: Actor, instance_id: str, name: str, content: bytes) -> bool:
    """Returns whether a whole file is new; it is on the disk once this returns.

    Raises:
        NotFound: no such submission.
        Forbidden: another organisation sent it.
        Conflict: another file came under that name.
    """
    if not content:
        # An empty file is none: it stays missing, and the phone is not held up by it.
        return False
    digest = sha256(content).hexdigest()
    known = _own(office, actor, instance_id).files.get(name)
    if known is not None and known.sha256 == digest:
        progress = office.store.progress(digest)
        if progress is not None and progress.whole:
            return False
    if known is not None and known.sha256 != digest and _is_remade(office, known, content):
        # What this server gave out, made anew from the pixels of what it has: that is whole here.
        return False
    # The bytes first: a name on record whose bytes were never kept would lie.
    _put(office, actor, instance_id, content)
    acted = _name(office, actor, instance_id, name, digest, len(content))
    return not acted.already


def _put(office: Office, actor: Actor, record_id: str, content: bytes) -> None:
    """Keeps a whole file: the original of a picture in the vault, all else as it came.

    Where sealing fails half done it is kept as it came as well, and sealed later.
    """
    try:
        sealed = seal_original(office, actor, record_id, content)
    except (RafiqaError, OSError):
        sealed = False
    if not sealed:
        office.store.put_attachment(content)


def _is_remade(office: Office, known: AttachmentNamed, content: bytes) -> bool:
    """Whether a file is the picture that lies here, as it is given out to its own or to others."""
    if picture_kind(content) is None:
        return False
    parts = office.store.attachment(known.sha256)
    if parts is None:
        return False
    here = b"".join(parts)
    try:
        return content in {here, shown(here)} or content == shown(here, hides=True)
    except InvalidInput:
        return False


def put_file_part(
    office: Office, actor: Actor, instance_id: str, name: str, number: int, content: bytes
) -> Progress:
    """Returns how far a named file has come with one part more.

    Raises:
        NotFound: no such submission, or nobody has named that file.
        Forbidden: another organisation sent it.
        InvalidInput: no such part, or the whole is not what its hash names.
    """
    named = _own(office, actor, instance_id).files.get(name)
    if named is None:
        raise NotFound(Fault("service.submission.file-unknown", name[:200], params={"file": name}))
    return put_announced_part(office, actor, instance_id, named.sha256, number, content)


def put_announced_part(
    office: Office, actor: Actor, instance_id: str, file_sha256: str, number: int, content: bytes
) -> Progress:
    """Returns how far an announced file has come with one part more; the last seals a picture.

    Raises:
        NotFound: nothing of that hash is awaited.
        InvalidInput: no such part, or the whole is not what its hash names.
    """
    progress = office.store.put_part(file_sha256, number, content)
    if progress.whole:
        seal_whole(office, actor, instance_id, file_sha256)
    return progress


def file_progress(office: Office, story: Story) -> dict[str, Progress]:
    """Returns how far each named file of a submission has come, by name."""
    found: dict[str, Progress] = {}
    for name, named in story.files.items():
        progress = office.store.progress(named.sha256)
        found[name] = progress or Progress(named.sha256, named.n_bytes, ())
    return found


def missing_files(office: Office, story: Story) -> tuple[str, ...]:
    """Returns the files that a submission speaks of and that are not whole here."""
    coming = file_progress(office, story)
    begun = [name for name, progress in coming.items() if not (progress.whole or progress.erased)]
    return (*story.unnamed, *begun)


def _own(office: Office, actor: Actor, instance_id: str) -> Story:
    _refuse_stranger(actor)
    story = office.fieldbook().stories.get(instance_id)
    params: dict[str, str | int] = {"submission": instance_id[:80]}
    if story is None:
        raise NotFound(Fault("service.submission.unknown", params=params))
    if story.received.actor.organisation_id != actor.organisation_id:
        raise Forbidden(Fault("service.submission.not-yours", params=params))
    return story
