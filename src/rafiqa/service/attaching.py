"""Attach photographs and files to a record: the name first, the bytes in parts when they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.land import Actor
from rafiqa.ledger import PART_BYTES, AttachmentNamed
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.store import Progress


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment as the ledger names it, how much of it is here, and whose it is."""

    named: AttachmentNamed
    progress: Progress
    organisation_id: str


def attach(office: Office, actor: Actor, named: AttachmentNamed, stamp: Stamp = NOW) -> Acted:
    """Returns the act of naming an attachment; its bytes are awaited from now on.

    Raises:
        NotFound: nothing on record has the id that it belongs to.
        InvalidInput: its hash or length cannot be one.
        Conflict: another length is known for that hash.
    """
    permit = allow(actor, "attach")
    if not permit.allowed:
        # Before it is awaited: who may not attach leaves nothing in the store.
        return Acted(permit)
    if not office.store.of_subject(named.record_id):
        params: dict[str, str | int] = {"record": named.record_id}
        raise NotFound(Fault("service.attachment.record", "RECORD", params=params))
    office.store.await_attachment(named.sha256, named.n_bytes)
    return carry_out(office, actor, "attach", named.record_id, named, stamp=stamp)


def attachments_of(office: Office, record_id: str | None = None) -> Iterator[Attached]:
    """Yields the attachments of one record, or of all, in the order of the ledger.

    What is missing is told with them: a report whose photograph is still on its way counts.
    """
    for recorded in office.facts():
        named = recorded.fact
        if not isinstance(named, AttachmentNamed) or record_id not in {None, named.record_id}:
            continue
        progress = office.store.progress(named.sha256)
        here = progress or Progress(named.sha256, named.n_bytes, ())
        yield Attached(named, here, recorded.actor.organisation_id)


def named_after(path: Path, record_id: str, media_type: str) -> AttachmentNamed:
    """Returns the name of a file as an attachment of a record; reads it once, in pieces.

    Raises:
        InvalidInput: it cannot be read.
    """
    found, n_bytes = sha256(), 0
    for piece in _pieces(path):
        found.update(piece)
        n_bytes += len(piece)
    return AttachmentNamed(record_id, found.hexdigest(), n_bytes, media_type)


def bring_parts(office: Office, path: Path, sha256: str) -> Progress:
    """Returns how far an attachment has come after the parts that were missing were brought.

    Raises:
        NotFound: nothing of that hash is awaited.
        InvalidInput: the file cannot be read, or is not what was named.
    """
    progress = office.store.progress(sha256)
    if progress is None:
        raise NotFound(Fault("store.attachment-unknown", "FILE", params={"sha256": sha256}))
    for number, piece in enumerate(_pieces(path)):
        if number in progress.missing:
            progress = office.store.put_part(sha256, number, piece)
    return progress


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PART_BYTES):
                yield piece
    except OSError as error:
        params: dict[str, str | int] = {"path": str(path)}
        raise InvalidInput(Fault("service.attachment.file", "FILE", params=params)) from error
