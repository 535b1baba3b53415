"""Submissions over JSON: sent by the phone's own page, resumed in parts, read back, taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.routing import Mount

from rafiqa.api.desk import Desk
from rafiqa.api.fielddoor import Call, account_of, field_route, sender_of
from rafiqa.api.filename import attachment
from rafiqa.api.problem import TooLarge, TooMany, faults_of
from rafiqa.api.reply import JSON, Reply
from rafiqa.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from rafiqa.land import Actor
from rafiqa.ledger import PART_BYTES
from rafiqa.locale import text
from rafiqa.service import (
    Office,
    Sent,
    file_progress,
    missing_files,
    name_file,
    name_file_apart,
    put_file_part,
    receive,
)
from rafiqa.service.fieldbook import Story
from rafiqa.service.scope import reviews_all
from rafiqa.service.submissionfile import put_announced_part
from rafiqa.service.submissionview import MEDIA_TYPES, export, summary, visible
from rafiqa.wire.filled import CONTENT_BYTES, plain_text
from rafiqa.wire.strictjson import strict_json

ANONYMOUS_A_MINUTE = 120
ANONYMOUS_BYTES = 256 * 1024
"""Largest content from whoever needs no account: the ledger grows by it for good."""
_ID = re.compile(r"[\x21-\x2e\x30-\x7e]{8,200}")


def submissions(desk: Desk) -> Mount:
    """Returns everything under ``/api/submissions``."""
    file = "/{id}/attachments/{name}"
    return Mount(
        "/api/submissions",
        routes=[
            field_route(desk, "/", {"GET": show_all}),
            field_route(desk, "/{id}", {"GET": show, "PUT": put}, body_bytes=CONTENT_BYTES),
            field_route(desk, file, {"GET": show_file, "PUT": put_part}, body_bytes=PART_BYTES),
        ],
    )


def _sender(call: Call) -> tuple[Actor, str | None]:
    actor, device = sender_of(call)
    if actor.role == "resident" and device is None:
        taken = call.desk.attempts.take(("field", call.address), ANONYMOUS_A_MINUTE)
        if not taken:
            raise TooMany(Fault("api.session.too-many"))
    return actor, device.device_id if device else None


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(msgspec.json.encode(value), JSON, status)


def _told(call: Call, story: Story) -> dict[str, Any]:
    office = call.desk.office
    files = file_progress(office, story)
    return {
        **summary(story, call.lang),
        "missing": list(missing_files(office, story)),
        "attachments": {
            name: {"sha256": one.sha256, "missing": list(one.missing), "whole": one.whole}
            for name, one in files.items()
        },
    }


def put(call: Call) -> Reply:
    """Returns what became of a submission: 201 where new, 200 where it was here already.

    Raises:
        InvalidInput: its id or its JSON cannot be read.
        Conflict: that id came with other content; both are kept.
        TooLarge: it is larger than what anybody may send without an account.
    """
    actor, device_id = _sender(call)
    if device_id is None and actor.role == "resident" and len(call.body) > ANONYMOUS_BYTES:
        limit: dict[str, str | int] = {"limit_kib": ANONYMOUS_BYTES // 1024}
        raise TooLarge(Fault("api.body.too-large", params=limit))
    instance_id = call.path["id"]
    if _ID.fullmatch(instance_id) is None:
        raise InvalidInput(Fault("api.submission.id", "id"))
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent = Sent(call.body, "application/json", instance_id, device_id)
    if media_type != "application/json":
        raise InvalidInput(Fault("api.body.type", "Content-Type"))
    office = call.desk.office
    unnamed: tuple[Fault, ...] = ()
    submitted = receive(office, actor, sent)
    if submitted.apart_id is not None:
        apart_id = submitted.apart_id
        unnamed = _name_all(call, lambda *named: name_file_apart(office, actor, apart_id, *named))
    if not submitted.acted.done:
        faults = (*faults_of(submitted.acted.reasons), *unnamed)
        denied = any(fault.code == "service.permit.denied" for fault in faults)
        raise (Forbidden if denied else Conflict)(faults)
    unnamed = _name_all(call, lambda *named: name_file(office, actor, instance_id, *named))
    story = office.fieldbook().stories[instance_id]
    if not visible(office, story, actor):
        # Whoever else holds the same bytes hears that it is here, and not what became of it.
        return _json({"id": instance_id})
    told = _told(call, story)
    # It is on record, whatever is wrong with its files: a refusal would say that it is not.
    told["faults"] += [
        {"code": fault.code, "detail": text(fault.code, fault.params, call.lang)}
        for fault in unnamed
    ]
    return _json(told, 200 if submitted.acted.already else 201)


def _name_all(call: Call, name: Callable[[str, str, int], object]) -> tuple[Fault, ...]:
    """Returns what is wrong with files that could not be named: what they go with is on record."""
    faults: list[Fault] = []
    for named in _named(call.body):
        try:
            name(*named)
        except (InvalidInput, Conflict) as error:
            faults += error.faults
    return tuple(faults)


def _named(body: bytes) -> list[tuple[str, str, int]]:
    """Returns name, hash and length of the files that a submission announces in full."""
    sent: Any = strict_json(body, most_bytes=CONTENT_BYTES, danger=True)
    listed = sent.get("attachments")
    return [
        (plain_text(each["name"])[:200], each["sha256"], each["n_bytes"])
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict)
        and isinstance(each.get("name"), str)
        and isinstance(each.get("sha256"), str)
        and type(each.get("n_bytes")) is int
    ]


def _story(call: Call, actor: Actor) -> Story:
    story = call.desk.office.fieldbook().stories.get(call.path["id"])
    if story is None or not visible(call.desk.office, story, actor):
        params: dict[str, str | int] = {"submission": call.path["id"][:80]}
        raise NotFound(Fault("service.submission.unknown", params=params))
    return story


def show(call: Call) -> Reply:
    """Returns where a submission stands: its state, what was written back, what is missing."""
    actor, _ = _sender(call)
    return _json(_told(call, _story(call, actor)))


def show_file(call: Call) -> Reply:
    """Returns how far a file has come, so that it goes on where it was broken off."""
    actor, _ = _sender(call)
    files = _told(call, _story(call, actor))["attachments"]
    if call.path["name"] not in files:
        params: dict[str, str | int] = {"file": call.path["name"][:80]}
        raise NotFound(Fault("service.submission.file-unknown", params=params))
    return _json(files[call.path["name"]])


def put_part(call: Call) -> Reply:
    """Returns how far a file has come with one part of 256 KiB more; a part again does no harm.

    The query names it: ``sha256`` and ``n_bytes`` of the whole, and ``part``, from 0.
    """
    actor, _ = _sender(call)
    query = call.query
    numbers = [query.get("n_bytes", ""), query.get("part", "0")]
    if not all(each.isdecimal() and len(each) < 12 for each in numbers):
        raise InvalidInput(Fault("api.query.number", "part", params={"name": "part, n_bytes"}))
    office, instance_id, name = call.desk.office, call.path["id"], call.path["name"][:200]
    n_bytes, number = map(int, numbers)
    digest = query.get("sha256", "")
    if _is_apart(office, actor, instance_id, name, digest):
        found = put_announced_part(office, actor, instance_id, digest, number, call.body)
    else:
        name_file(office, actor, instance_id, name, digest, n_bytes)
        found = put_file_part(office, actor, instance_id, name, number, call.body)
    told = {"sha256": found.sha256, "missing": list(found.missing), "whole": found.whole}
    return _json(told, 201 if found.whole else 200)


def _is_apart(office: Office, actor: Actor, instance_id: str, name: str, file_sha256: str) -> bool:
    """Returns whether a file is one of the other content that came under an id.

    It was announced there by its hash, and not in what stands under the id.
    """
    book = office.fieldbook()
    story = book.stories.get(instance_id)
    known = story.files.get(name) if story is not None else None
    own = known is not None and known.sha256 == file_sha256
    return not own and book.awaits_apart(actor.organisation_id, file_sha256)


def show_all(call: Call) -> Reply:
    """Returns what the asker's organisation sent, or all for who reviews; also to take along.

    ``format`` is ``json``, ``csv``, ``geojson`` or ``zip``.
    """
    account = account_of(call)
    actor = account.actor
    office, kind = call.desk.office, call.query.get("format", "json")
    whole = reviews_all(office, actor)
    stories = list(office.fieldbook().of_organisation(None if whole else actor.organisation_id))
    if kind == "json":
        return _json({"submissions": [summary(story, call.lang) for story in stories]})
    if kind not in MEDIA_TYPES:
        raise InvalidInput(Fault("api.submission.format", "format"))
    call.desk.reads.took_along(office.store, account.login, len(stories))
    made = export(office, stories, kind, call.lang, actor.organisation_id)
    return Reply(made, MEDIA_TYPES[kind], headers=attachment(f"submissions.{kind}"))
