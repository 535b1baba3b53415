"""OpenRosa: what ODK Collect and KoboCollect ask of a server, under the key of each device.

Headers and types are exact, because a client that misses one says "not an OpenRosa server" and
sends nothing (OpenRosa 1.0; what clients really do with it is told in the reference).
"""

from __future__ import annotations

from email.utils import formatdate
from hashlib import md5, sha256
from typing import NoReturn
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from starlette.routing import Mount

from rafiqa.api.desk import Desk
from rafiqa.api.fielddoor import Call, carrier, device_of, field_route
from rafiqa.api.name import told
from rafiqa.api.reply import Reply
from rafiqa.dictionary import dictionary
from rafiqa.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound, RafiqaError
from rafiqa.ledger import DeviceEnrolled, FormPublished
from rafiqa.locale import languages, text
from rafiqa.service import Sent, put_file, put_file_apart, receive
from rafiqa.service.entity import HazardList, hazard_list
from rafiqa.service.fieldkit import HAZARDS_LIST
from rafiqa.wire.multipart import FormPart, form_parts

XML = "text/xml"
VERSION_HEADER = "x-openrosa-version"
BATCH_BYTES = 1_000_000
"""What clients are told to send at most in one go: about one photograph, so that a line that
breaks loses little. More is taken."""
BODY_BYTES = 32 * 1024 * 1024
_FORMS = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_RESPONSE = "http://openrosa.org/http/response"
_PROLOGUE = "<?xml version='1.0' encoding='UTF-8'?>\n"


def openrosa(desk: Desk) -> Mount:
    """Returns everything under ``/openrosa``.

    The dictionary and the words of every language are read here, once: read with the first
    request they held up five hundred phones for seconds.
    """
    dictionary()
    for lang in languages():
        text("api.openrosa.received", {"code": ""}, lang)
    key = "/key/{token}"
    questions = {
        "formList": form_list,
        "form/{sha256}": form_file,
        "manifest/{sha256}": manifest,
        "media/{sha256}/{name}": media_file,
        f"entities/{HAZARDS_LIST}.csv": entities,
        "integrity": integrity,
    }
    routes = [
        field_route(desk, f"{key}/{path}", {"GET": handler}, refused=refusal)
        for path, handler in questions.items()
    ]
    sending = {"GET": submission_head, "HEAD": submission_head, "POST": submission}
    routes += [
        field_route(
            desk,
            f"{key}/submission",
            sending,
            body_bytes=BODY_BYTES,
            let_in=lambda call: device_of(call, call.path["token"]),
            refused=refusal,
        ),
        field_route(desk, "/{path:path}", {"GET": keyless, "POST": keyless}, refused=refusal),
    ]
    return Mount("/openrosa", routes=routes)


def _headers(lang: str) -> dict[str, str]:
    return {
        "X-OpenRosa-Version": "1.0",
        "X-OpenRosa-Accept-Content-Length": str(BATCH_BYTES),
        "Content-Language": lang,
    }


def _dated(call: Call) -> dict[str, str]:
    seconds = call.desk.office.now_us() / 1_000_000
    return {**_headers(call.lang), "Date": formatdate(seconds, usegmt=True)}


def _xml(call: Call, body: str, status: int = 200) -> Reply:
    return Reply((_PROLOGUE + body).encode(), XML, status, _headers(call.lang))


def _message(lang: str, words: str, status: int, nature: str) -> Reply:
    body = (
        f'{_PROLOGUE}<OpenRosaResponse xmlns="{_RESPONSE}">'
        f"<message nature={quoteattr(nature)}>{escape(words)}</message></OpenRosaResponse>"
    )
    return Reply(body.encode(), XML, status, _headers(lang))


def refusal(error: RafiqaError, lang: str) -> Reply:
    """Returns an error as clients show it: its words reach the screen of whoever sends."""
    words = " ".join(told(fault.code, fault.params, lang) for fault in error.faults)
    return _message(lang, words, error.status, error.code)


def _device(call: Call) -> DeviceEnrolled:
    device = device_of(call, call.path["token"])
    if call.headers.get(VERSION_HEADER) != "1.0":
        raise InvalidInput(Fault("api.openrosa.version", "X-OpenRosa-Version"))
    return device


def _at(call: Call) -> str:
    return f"{call.base_url}/openrosa/key/{call.path['token']}"


def keyless(_call: Call) -> NoReturn:
    """Returns nothing: without a device's key nobody is let in.

    Raises:
        Forbidden: always.
    """
    raise Forbidden(Fault("api.device.unknown"))


def form_list(call: Call) -> Reply:
    """Returns the forms in use, each with the hash of exactly the bytes that phones fetch."""
    _device(call)
    wanted = call.query.get("formID")
    book = call.desk.office.fieldbook()
    forms = [
        form
        for known in book.current()
        for form in (
            book.forms[known.form_id] if call.query.get("listAllVersions") == "true" else [known]
        )
        if wanted in {None, form.form_id}
    ]
    rows = "".join(_form_row(call, form) for form in forms)
    return _xml(call, f'<xforms xmlns="{_FORMS}">{rows}</xforms>')


def _form_row(call: Call, form: FormPublished) -> str:
    content = _bytes(call, form.xml_sha256)
    lines = {
        "formID": form.form_id,
        "name": form.title,
        "version": form.version,
        "hash": _md5(content),
        "downloadUrl": f"{_at(call)}/form/{form.xml_sha256}",
    }
    if form.media or _wanted(call, form):
        lines["manifestUrl"] = f"{_at(call)}/manifest/{form.xml_sha256}"
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in lines.items())
    return f"<xform>{inner}</xform>"


def _wanted(call: Call, form: FormPublished) -> tuple[str, ...]:
    office = call.desk.office
    head = office.fieldbook().head(form, office.store.blob)
    return head.wanted if head else ()


def _md5(content: bytes) -> str:
    # The protocol's own mark of change; nothing is proven by it.
    return f"md5:{md5(content, usedforsecurity=False).hexdigest()}"


def _bytes(call: Call, name: str) -> bytes:
    content = call.desk.layers.get(("blob", name), lambda: call.desk.office.store.blob(name))
    if content is None:
        raise NotFound(Fault("api.openrosa.none"))
    found: bytes = content
    return found


def _form(call: Call) -> FormPublished:
    form = call.desk.office.fieldbook().forms_xml.get(call.path["sha256"])
    if form is None:
        raise NotFound(Fault("api.openrosa.none"))
    return form


def form_file(call: Call) -> Reply:
    """Returns the bytes of a form as they were published."""
    device_of(call, call.path["token"])
    return Reply(_bytes(call, _form(call).xml_sha256), XML, headers=_headers(call.lang))


def manifest(call: Call) -> Reply:
    """Returns the files of a form; the list of hazards is of this device's tasks alone."""
    device = _device(call)
    form = _form(call)
    rows = [
        _media_row(
            file.name, _md5(_bytes(call, file.sha256)), f"media/{file.sha256}/{quote(file.name)}"
        )
        for file in form.media
    ]
    known = {file.name for file in form.media}
    name = f"{HAZARDS_LIST}.csv"
    if name in _wanted(call, form) and name not in known:
        made = _hazards(call, device)
        urls = f"entities/{name}", "integrity"
        rows.append(_media_row(name, f"md5:{made.mark}", *urls))
    at = escape(_at(call))
    inner = "".join(row.replace("{at}", at) for row in rows)
    return _xml(call, f'<manifest xmlns="{_MANIFEST}">{inner}</manifest>')


def _hazards(call: Call, device: DeviceEnrolled) -> HazardList:
    """Returns the list of a device, worked out once for every moment of the ledger and minute."""
    office = call.desk.office
    minute = office.now_us() // 60_000_000
    asked = (device.organisation_id, device.task_ids)
    key = ("hazards", office.store.head().seq, minute, asked)
    made: HazardList = call.desk.layers.get(key, lambda: hazard_list(office, device))
    return made


def _media_row(name: str, mark: str, url: str, checked: str = "") -> str:
    # What a phone proposes is shown to nobody else before the office has taken it.
    kind = ' type="approvalEntityList"' if checked else ""
    integrity_url = f"<integrityUrl>{{at}}/{checked}</integrityUrl>" if checked else ""
    return (
        f"<mediaFile{kind}><filename>{escape(name)}</filename><hash>{mark}</hash>"
        f"<downloadUrl>{{at}}/{escape(url)}</downloadUrl>{integrity_url}</mediaFile>"
    )


def media_file(call: Call) -> Reply:
    """Returns a file of a form."""
    device_of(call, call.path["token"])
    forms = call.desk.office.fieldbook().forms_xml.values()
    if not any(file.sha256 == call.path["sha256"] for form in forms for file in form.media):
        raise NotFound(Fault("api.openrosa.none"))
    content = _bytes(call, call.path["sha256"])
    return Reply(content, "application/octet-stream", headers=_headers(call.lang))


def entities(call: Call) -> Reply:
    """Returns the hazards near this device's tasks, for drawing under what is drawn."""
    device = device_of(call, call.path["token"])
    made = _hazards(call, device)
    headers = {**_headers(call.lang), "ETag": f'"{made.mark}"'}
    if call.headers.get("if-none-match") == headers["ETag"]:
        return Reply(b"", "text/csv", 304, headers)
    return Reply(made.csv, "text/csv", headers=headers)


def integrity(call: Call) -> Reply:
    """Returns which entities are gone: all that are not in this device's list as it is now."""
    device = _device(call)
    known = _hazards(call, device).names
    asked = [name for name in call.query.get("id", "").split(",") if name]
    rows = "".join(
        f"<entity id={quoteattr(name)}><deleted>{str(name not in known).lower()}</deleted></entity>"
        for name in asked
    )
    return _xml(call, f"<data><entities>{rows}</entities></data>")


def submission_head(call: Call) -> Reply:
    """Returns that submissions are taken here, and how much at once."""
    _device(call)
    return Reply(b"", "", 204, _dated(call))


def submission(call: Call) -> Reply:
    """Returns 201 where anything of a submission was new, 202 where all of it was here.

    The form itself goes on record before its files: a report without its photograph counts.

    Raises:
        Conflict: that id came with other content, which lies in the quarantine with its files;
            or a file's name did, and both files are kept. The phone keeps all of it too.
        InvalidInput: it cannot be read.
    """
    device = _device(call)
    parts = form_parts(call.headers.get("content-type", ""), call.body)
    forms = [part for part in parts if part.name == "xml_submission_file"]
    if len(forms) != 1:
        raise InvalidInput(Fault("api.openrosa.one-form", "xml_submission_file"))
    office, actor = call.desk.office, carrier(device)
    sent = Sent(forms[0].content, device_id=device.device_id)
    submitted = receive(office, actor, sent)
    if submitted.apart_id is not None:
        for part in parts:
            if part is not forms[0] and _is_file(part):
                name = part.file_name or part.name
                put_file_apart(office, actor, submitted.apart_id, name, part.content)
    if not submitted.acted.done:
        raise Conflict([Fault(r.code, "", None, r.params) for r in submitted.acted.reasons])
    new = not submitted.acted.already
    others: list[Fault] = []
    for part in parts:
        if part is not forms[0] and _is_file(part):
            try:
                name = part.file_name or part.name
                new |= put_file(office, actor, submitted.instance_id, name, part.content)
            except Conflict as error:
                others += error.faults
    if others:
        raise Conflict(others)
    code = sha256(submitted.instance_id.encode()).hexdigest()[:6]
    words = text("api.openrosa.received", {"code": code}, call.lang)
    return _message(call.lang, words, 201 if new else 202, "submit_success")


def _is_file(part: FormPart) -> bool:
    return part.name != "*isIncomplete*" and part.file_name is not None
