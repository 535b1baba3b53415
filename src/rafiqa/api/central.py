"""A reading of submissions as ODK Central's API gives them, for pyODK, ruODK and tables.

A thin front: nothing of the core is shaped after it, and nothing is written through it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import md5, sha256
from typing import Any

import msgspec
from starlette.routing import Mount

from rafiqa.api.desk import Desk
from rafiqa.api.fielddoor import Call, field_route
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import JSON, Reply
from rafiqa.api.route import WHOLE
from rafiqa.api.session import counted
from rafiqa.api.signedin import LIFE_US
from rafiqa.errors import Fault, InvalidInput, NotFound, RafiqaError
from rafiqa.land import Actor
from rafiqa.ledger import FormPublished
from rafiqa.locale import text
from rafiqa.service import missing_files
from rafiqa.service.accounts import Account, signed_in
from rafiqa.service.fieldbook import Story
from rafiqa.service.submissionvalue import nested_answers
from rafiqa.service.submissionview import visible
from rafiqa.wire.instant import iso
from rafiqa.wire.odatafilter import odata_filter
from rafiqa.wire.strictjson import strict_json

PROJECT = 1
"""A store is about one site, and is the one project."""
_REVIEWS = {
    "waiting": None,
    "accepted": "approved",
    "returned": "hasIssues",
    "refused": "rejected",
    "replaced": "edited",
}


class Login(msgspec.Struct, frozen=True):
    """What a client signs in with."""

    email: str
    password: str


def central(desk: Desk) -> Mount:
    """Returns everything under ``/v1``."""
    one = f"/projects/{{project:{WHOLE}}}"
    forms = f"{one}/forms"
    questions: dict[str, Callable[[Call], Reply]] = {
        "/users/current": current,
        "/projects": projects,
        one: project,
        forms: form_list,
        f"{forms}/{{form}}.xml": form_xml,
        f"{forms}/{{form}}.svc/{{table}}": table,
        f"{forms}/{{form}}/submissions": submission_list,
        f"{forms}/{{form}}/submissions/{{id}}": one_submission,
        f"{forms}/{{form}}/submissions/{{id}}/attachments": attachments,
        f"{forms}/{{form}}": one_form,
    }
    routes = [
        field_route(desk, path, {"GET": handler}, refused=refusal)
        for path, handler in questions.items()
    ]
    signing_in = {"POST": sign_in, "GET": current}
    routes.append(field_route(desk, "/sessions", signing_in, body_bytes=4_096, refused=refusal))
    return Mount("/v1", routes=routes)


def refusal(error: RafiqaError, lang: str) -> Reply:
    """Returns an error as Central's clients read it."""
    words = " ".join(text(fault.code, fault.params, lang) for fault in error.faults)
    return _json({"message": words, "code": f"{error.status}.1"}, error.status)


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(msgspec.json.encode(value), JSON, status)


def _actor(call: Call) -> Actor:
    return _account(call).actor


def _account(call: Call) -> Account:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    found = call.desk.sessions.account(token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise Unknown(Fault("api.session.needed"))
    if call.path.get("project", PROJECT) != PROJECT:
        raise NotFound(Fault("api.openrosa.none"))
    return found


def sign_in(call: Call) -> Reply:
    """Returns a session's token; it ends as every session does.

    Raises:
        TooMany: too many attempts from that address.
        Unknown: login or password is wrong.
    """
    try:
        asked = msgspec.convert(strict_json(call.body), Login, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidInput(Fault("api.body.shape", "$")) from error
    counted(call.desk.attempts, call.address, asked.email)
    now_us = call.desk.office.now_us()
    account = signed_in(call.desk.office.store, asked.email, asked.password)
    if account is None or not account.stands(now_us):
        raise Unknown(Fault("api.session.wrong"))
    if account.code_maker is not None:
        # This door knows no codes: let in by the password alone, the code would be worth nothing.
        raise Unknown(Fault("api.session.code-needed"))
    token = call.desk.sessions.open(account, frozenset({"password"}))
    call.desk.journal.entered(account.actor.person_id)
    times = {"createdAt": iso(now_us), "expiresAt": iso(now_us + LIFE_US)}
    return _json({"token": token, "csrf": "", **times})


def current(call: Call) -> Reply:
    """Returns who is signed in, without a name."""
    actor = _actor(call)
    return _json({"id": _number(actor.person_id), "displayName": actor.organisation_id})


def _number(name: str) -> int:
    """Returns a number for a pseudonym: Central's people are numbered."""
    return int(sha256(name.encode()).hexdigest()[:7], 16)


def _project(call: Call) -> dict[str, Any]:
    site = call.desk.office.site
    opened_us = call.desk.office.facts()[0].recorded_at_us
    book = call.desk.office.fieldbook()
    return {
        "id": PROJECT,
        "name": site.name,
        "createdAt": iso(opened_us),
        "forms": len(book.forms),
        "appUsers": len(book.devices),
        "archived": None,
    }


def projects(call: Call) -> Reply:
    """Returns the one project."""
    _actor(call)
    return _json([_project(call)])


def project(call: Call) -> Reply:
    """Returns the one project."""
    _actor(call)
    return _json(_project(call))


def _form_row(call: Call, form: FormPublished) -> dict[str, Any]:
    at = iso(call.desk.office.fieldbook().published_us[form.xml_sha256])
    content = call.desk.office.store.blob(form.xml_sha256) or b""
    return {
        "projectId": PROJECT,
        "xmlFormId": form.form_id,
        "version": form.version,
        "hash": md5(content, usedforsecurity=False).hexdigest(),
        "state": "open",
        "createdAt": at,
        "publishedAt": at,
        "updatedAt": None,
        "name": form.title,
        "enketoId": None,
        "keyId": None,
    }


def form_list(call: Call) -> Reply:
    """Returns the forms in use."""
    _actor(call)
    return _json([_form_row(call, form) for form in call.desk.office.fieldbook().current()])


def _form(call: Call) -> FormPublished:
    form = call.desk.office.fieldbook().form(call.path["form"])
    if form is None:
        raise NotFound(Fault("api.openrosa.none"))
    return form


def one_form(call: Call) -> Reply:
    """Returns one form."""
    _actor(call)
    return _json(_form_row(call, _form(call)))


def form_xml(call: Call) -> Reply:
    """Returns the bytes of a form."""
    _actor(call)
    return Reply(call.desk.office.store.blob(_form(call).xml_sha256) or b"", "application/xml")


def _stories(call: Call) -> list[Story]:
    """Returns what the asker may see of a form's submissions, the newest first, as Central."""
    actor, form = _actor(call), _form(call)
    stories = call.desk.office.fieldbook().of_organisation(None)
    found = [
        one
        for one in stories
        if one.fact.form_id == form.form_id and visible(call.desk.office, one, actor)
    ]
    return found[::-1]


def _system(call: Call, story: Story) -> dict[str, Any]:
    missing = missing_files(call.desk.office, story)
    expected = len({*story.fact.awaits, *story.files})
    return {
        "submissionDate": iso(story.received.recorded_at_us),
        "updatedAt": None,
        "submitterId": str(_number(story.received.actor.person_id)),
        "submitterName": story.received.actor.organisation_id,
        "attachmentsPresent": expected - len(missing),
        "attachmentsExpected": expected,
        "status": None,
        "reviewState": _REVIEWS[story.state],
        "deviceId": story.fact.device_id,
        "edits": 0,
        "formVersion": story.fact.form_version or "",
    }


def table(call: Call) -> Reply:
    """Returns submissions with their answers as OData gives them; the table is ``Submissions``.

    Raises:
        NotFound: another table.
        InvalidInput: a filter that is not understood; what is not understood is not passed over.
    """
    stories, reader = _stories(call), _actor(call).organisation_id
    if call.path["table"] != "Submissions":
        raise NotFound(Fault("api.openrosa.none"))
    kept = odata_filter(call.query.get("$filter"))
    rows = [(one, _system(call, one)) for one in stories]
    rows = [(one, system) for one, system in rows if kept(system)]
    n, first = len(rows), _whole(call, "$skip", 0)
    rows = rows[first : first + _whole(call, "$top", n)]
    desk = call.desk
    desk.reads.took_along(desk.office.store, _account(call).login, len(rows))
    wkt = call.query.get("$wkt", "").lower() == "true"
    answer: dict[str, Any] = {
        "@odata.context": f"{call.base_url}/v1/projects/{PROJECT}/forms/{call.path['form']}.svc"
        "/$metadata#Submissions",
        "value": [
            {
                "__id": one.fact.instance_id,
                "__system": system,
                **nested_answers(call.desk.office, one, reader=reader, wkt=wkt),
            }
            for one, system in rows
        ],
    }
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = n
    return _json(answer)


def _whole(call: Call, name: str, otherwise: int) -> int:
    given = call.query.get(name, str(otherwise))
    if not given.isdecimal():
        raise InvalidInput(Fault("api.query.number", name, params={"name": name}))
    return int(given)


def _row(story: Story) -> dict[str, Any]:
    return {
        "instanceId": story.fact.instance_id,
        "submitterId": _number(story.received.actor.person_id),
        "deviceId": story.fact.device_id,
        "createdAt": iso(story.received.recorded_at_us),
        "reviewState": _REVIEWS[story.state],
        "updatedAt": None,
        "instanceName": None,
        "userAgent": None,
    }


def submission_list(call: Call) -> Reply:
    """Returns a form's submissions without their answers."""
    return _json([_row(story) for story in _stories(call)])


def _one(call: Call) -> Story:
    for story in _stories(call):
        if story.fact.instance_id == call.path["id"]:
            return story
    params: dict[str, str | int] = {"submission": call.path["id"][:80]}
    raise NotFound(Fault("service.submission.unknown", params=params))


def one_submission(call: Call) -> Reply:
    """Returns one submission without its answers."""
    return _json(_row(_one(call)))


def attachments(call: Call) -> Reply:
    """Returns the files of a submission, and which of them are here."""
    story = _one(call)
    missing = set(missing_files(call.desk.office, story))
    names = dict.fromkeys((*story.fact.awaits, *story.files))
    return _json([{"name": name, "exists": name not in missing} for name in names])
