"""Documents of an area: what was attached to its evidence, its work and itself; for staff.

Who sees the work of every organisation sees all of them, everybody else those that their own
organisation attached.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.api.ask import Ask
from rafiqa.api.ground import Ground, ground
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.shape import Shape
from rafiqa.api.submissiondesk import file_reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, NotFound
from rafiqa.land import WorkInspected, WorkReported
from rafiqa.service import Attached, attachments_of
from rafiqa.service.scope import sees_everything

_NO_STORE = {"Cache-Control": "no-store"}


class Document(Shape, frozen=True):
    """A file by its hash, what it belongs to, what it shows, and whether all of it is here."""

    sha256: str
    record_id: str
    media_type: str
    n_bytes: int
    note: str | None
    whole: bool


class Documents(Shape, frozen=True):
    """The files that hang on an area, in the order they were named."""

    documents: list[Document]


def show_documents(ask: Ask) -> Reply:
    """Returns the files attached to an area, its evidence and its work.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such area.
    """
    listed = [
        Document(
            each.named.sha256,
            each.named.record_id,
            each.named.media_type,
            each.named.n_bytes,
            each.named.note,
            not each.progress.missing,
        )
        for each in _attached(ask)
    ]
    return reply(Documents(listed), _NO_STORE)


def show_document(ask: Ask) -> Reply:
    """Returns one file of an area: a picture as such, anything else only to be taken along.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such area or file, it is another organisation's, or it is not whole here.
        InvalidInput: it begins like a picture and cannot be read as one.
    """
    digest = ask.path["digest"]
    known = {each.named.sha256 for each in _attached(ask)}
    parts = ask.desk.office.store.attachment(digest) if digest in known else None
    if parts is None:
        params: dict[str, str | int] = {"sha256": digest[:64]}
        raise NotFound(Fault("store.attachment-unknown", "sha256", params=params))
    return file_reply(b"".join(parts))


def _attached(ask: Ask) -> Iterator[Attached]:
    actor = ask.actor
    if actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    view = View.of(ask)
    ids = _record_ids(view, ground(view, ask.path["area_id"]))
    # Pictures show people and ways of working.
    whole = sees_everything(ask.desk.office, actor)
    return (
        each
        for each in attachments_of(ask.desk.office)
        if each.named.record_id in ids and (whole or each.organisation_id == actor.organisation_id)
    )


def _record_ids(view: View, on: Ground) -> set[str]:
    """Returns the ids of the area's own records; those of residents and submissions are apart."""
    ids = {on.claim_id}
    for evidence_id, record in view.register.evidence.items():
        if getattr(record.fact, "area_id", None) == on.claim_id:
            ids.add(evidence_id)
    ids.update(on.record.fact.evidence_ids if on.record else ())
    for record in on.facts:
        if isinstance(record.fact, WorkReported):
            ids.add(record.fact.work_id)
        if isinstance(record.fact, WorkInspected):
            ids.add(record.fact.inspection_id)
    return ids
