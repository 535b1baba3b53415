"""A document brought to the desk: sent in parts, read, kept, its candidates waiting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.deskstudyshape import DocumentBrought, DocumentTaken
from rafiqa.api.problem import faults_of, told_fault
from rafiqa.api.reply import Reply
from rafiqa.api.upload import plain_name
from rafiqa.errors import Fault, Forbidden, NotFound
from rafiqa.service import allow
from rafiqa.service.deskstudy import Provenance, document_id_of, keep_study
from rafiqa.service.permit import Facts
from rafiqa.service.studies import Desk, study_apart
from rafiqa.service.studying import PRODUCER, published_on


def take_document(ask: Ask) -> Reply:
    """Returns what came of a document that was sent; it is kept, its candidates wait for a person.

    One that cannot be read is kept all the same, with what is wrong with it.

    Raises:
        Unknown: nobody is signed in.
        Forbidden: the actor's role brings no documents.
        NotFound: that file has not come, or not whole; send it again.
        InvalidInput: the day of publication is none.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked = actor_of(ask), ask.taken(DocumentBrought)
    permit = allow(actor, "keep_document", Facts(standing=ask.standing))
    if not permit.allowed:
        raise Forbidden(faults_of(permit.reasons))
    published_on(asked.published_on)
    uploads = ask.desk.uploads
    content = uploads.content(actor.person_id, asked.sha256)
    if content is None:
        raise NotFound(Fault("api.upload.unknown", "sha256", params={"file": asked.file_name[:80]}))
    # Study takes minutes, in which what was sent may be dropped for others: it has its own copy.
    with TemporaryDirectory(prefix="rafiqa-study-") as folder:
        path = Path(folder, plain_name(asked.file_name))
        path.write_bytes(content)
        found = study_apart(path, Desk(ask.desk.places, asked.published_on))
    told = Provenance(asked.file_name, asked.published_on, asked.source, asked.source_grade)
    office, document = ask.desk.office, found.document
    # Asked again: the account's time may have ended meanwhile.
    acted = keep_study(office, actor, document, content, told, found.claims, PRODUCER, ask.standing)
    answer = done(acted)
    uploads.drop(actor.person_id, asked.sha256)
    faults = [told_fault(fault, ask.lang) for fault in document.faults]
    taken = DocumentTaken(document_id_of(document), len(found.claims), acted.already, faults)
    return replace(answer, body=msgspec.json.encode(taken))
