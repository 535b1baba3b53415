"""What residents send, without an account: taken in, with a receipt, and told back by code.

A report of danger is the last thing to be turned away: what cannot be read of it is kept as it
came, requests wait before it, and it is called received only when the ledger has it. What is no
JSON object at all is refused, and lies in the quarantine for a person to read.
"""

from __future__ import annotations

import json
import math
import re
from hashlib import sha256
from typing import Any, Final

import msgspec

from rafiqa.api import page
from rafiqa.api.ask import JSON_DEPTH, Ask
from rafiqa.api.problem import TooLarge, TooMany, faults_of
from rafiqa.api.reply import JSON, Reply, reply
from rafiqa.api.reportshape import (
    PICTURE_BYTES,
    SEEN_LETTERS,
    Became,
    ByCode,
    CodeAsked,
    Message,
    PictureNamed,
    Place,
    Places,
    Received,
)
from rafiqa.api.verifier import policy_of
from rafiqa.api.view import PLACE_NAMES, View
from rafiqa.dictionary import dictionary
from rafiqa.errors import Conflict, Fault, InvalidInput, NotFound, RafiqaError, Refused
from rafiqa.geo import Spot
from rafiqa.land import ReportAnswered, ResidentReported
from rafiqa.ledger import canonical
from rafiqa.recovery import ReporterTold, RequestAnswered, ResidentAsked
from rafiqa.service import (
    ANYBODY,
    Acted,
    Stamp,
    ask_office,
    attach_picture,
    heard_by_code,
    report_hazard,
    tell_reporter,
)
from rafiqa.service.reportcode import digest_of, read_code
from rafiqa.service.resident import Heard, keep_unread
from rafiqa.service.triage import Danger, rank, triage_of
from rafiqa.wire.filled import plain_text
from rafiqa.wire.instant import iso
from rafiqa.wire.picture import from_pixels
from rafiqa.wire.strictjson import parse_json

HAZARDS_A_MINUTE: Final = 600
"""Of one address, behind which a whole town may be; the phone keeps what had to wait."""
REQUESTS_A_MINUTE: Final = 30
PARTS_A_MINUTE: Final = 240
CODES_A_MINUTE: Final = 20
_ALL_CODES_A_MINUTE: Final = 600
PLACES_AT_MOST: Final = 3_000
_FARTHEST_M: Final = 10_000
REPORT_BYTES: Final = 128 * 1024
"""Twice what the longest words of a report take; what is within it is kept to the last letter."""
_REQUESTS: Final = ("survey", "clearance", "feeling", "knowledge")
_WORDS: Final = ("seen", "text", "place", "language", "written_at")
_CODE: Final = re.compile(rb'("code"\s*:\s*)"[^"]*"?')
_ID: Final = re.compile(r"[A-Za-z0-9-]{16,80}")
_PERMISSIONS: Final = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"


def take_report(ask: Ask) -> Reply:
    """Returns the receipt of a report or request; one sent again gets its first receipt.

    Raises:
        InvalidInput: its id cannot be one, or it is no JSON.
        TooLarge: no report that a person writes is that long.
        TooMany: far too many came from this address within a minute; the phone tries again.
        Conflict: another message came under this id before; this one lies in the quarantine.
    """
    report_id = _id(ask)
    if len(ask.body) > REPORT_BYTES:
        raise TooLarge(Fault("api.body.too-large", params={"limit_kib": REPORT_BYTES // 1024}))
    try:
        message = _read(ask)
    except InvalidInput as error:
        _keep_unread(ask, error)
        raise
    hazard = isinstance(message, dict) or message.kind == "hazard"
    limit = HAZARDS_A_MINUTE if hazard else REQUESTS_A_MINUTE
    if not ask.desk.attempts.take(("report", hazard, ask.address), limit):
        raise TooMany(Fault("api.report.too-many"))
    stamp = Stamp(entry_id=f"resident-{report_id}", request_digest=sha256(ask.body).digest())
    office = ask.desk.office
    if isinstance(message, dict):
        acted = report_hazard(office, ANYBODY, _unread(report_id, message), stamp)
    elif hazard:
        acted = report_hazard(office, ANYBODY, _hazard(report_id, message), stamp)
    else:
        acted = ask_office(office, ANYBODY, _request(report_id, message), stamp)
    picture = _picture(message) if isinstance(message, dict) else message.picture
    return _receipt(ask, report_id, acted, picture)


def _id(ask: Ask) -> str:
    report_id = ask.path["report_id"]
    if _ID.fullmatch(report_id) is None:
        raise InvalidInput(Fault("api.report.id", "report_id"))
    return report_id


def _read(ask: Ask) -> Message | dict[str, Any]:
    """Returns the message, or what it holds where it may be of danger and is of no form we know.

    So also where it says where something is, and that cannot be read, or not how exactly: then
    its own words are kept, with the place in them.
    """
    try:
        message = ask.taken(Message, danger=True)
    except InvalidInput:
        value: Any = parse_json(ask.body, levels=JSON_DEPTH, danger=True)
        # Of a kind that nobody knows it may be danger; only a request is turned back to its page.
        if not isinstance(value, dict) or value.get("kind") in _REQUESTS:
            raise
        return value
    if message.kind == "hazard" and not (message.lon_deg is None and message.lat_deg is None):
        value = parse_json(ask.body, levels=JSON_DEPTH, danger=True)
        unread = _spot(message) is None and message.geo_precision != "withheld"
        if unread or "geo_precision" not in value:
            return dict(value)
    told = {name: plain_text(getattr(message, name)) for name in _WORDS}
    return msgspec.structs.replace(message, **told)


def _keep_unread(ask: Ask, error: InvalidInput) -> None:
    """Keeps what may be a report of danger and is no JSON object; without its code."""
    try:
        value: Any = parse_json(ask.body, levels=JSON_DEPTH, danger=True)
    except InvalidInput:
        value = None
    if isinstance(value, dict) or not ask.body:
        return  # a request of no form: its page asks again
    if not ask.desk.attempts.take(("unread", ask.address), REQUESTS_A_MINUTE):
        raise TooMany(Fault("api.report.too-many")) from error
    keep_unread(ask.desk.office, ANYBODY, _CODE.sub(rb"\1", ask.body), error.faults)


def _unread(report_id: str, told: dict[str, Any]) -> ResidentReported:
    """Returns a report whose form is not known: all its words, and what of it can be read.

    Its place keeps people away, and by its code whoever sent it hears of it. The code itself, and
    a place that was to be withheld, are not kept.
    """
    withheld = told.get("geo_precision") == "withheld"
    left_out = {"code", *(("lon_deg", "lat_deg") if withheld else ())}
    words = {name: value for name, value in told.items() if name not in left_out}
    spot = None if withheld else _spot_at(told.get("lon_deg"), told.get("lat_deg"))
    precision = told.get("geo_precision")
    if spot is None:
        precision = "withheld"
    elif precision not in dictionary().lists["geo_precision"].names:
        precision = "community"
    code = read_code(str(told.get("code", "")))
    return ResidentReported(
        report_id,
        spot,
        _seen(told),
        precision,
        _urgency(told),
        plain_text(json.dumps(words, ensure_ascii=False)),
        accuracy_m=None if spot is None else _reach_m(told.get("accuracy_m")),
        channel="web",
        code_digest=None if code is None else digest_of(code),
    )


def _picture(told: dict[str, Any]) -> PictureNamed | None:
    """Returns the picture that is to come, where that can be read."""
    try:
        return msgspec.convert(told.get("picture"), PictureNamed)
    except (msgspec.ValidationError, UnicodeError):
        return None


def _seen(told: dict[str, Any]) -> str:
    seen = told.get("seen")
    return plain_text(seen) if isinstance(seen, str) and 0 < len(seen) <= SEEN_LETTERS else "other"


def _urgency(told: dict[str, Any]) -> str:
    """Returns that it is urgent where what can be read says so; else that nobody could judge it."""
    near, moved = (str(told.get(each)) for each in ("children_near", "moved"))
    found = triage_of(Danger(_seen(told), near, moved, told.get("urgent") is True))
    return found if rank(found) < rank("untriaged") else "untriaged"


def _reach_m(told: object) -> int:
    """Returns how far off a place may be; as far as can be told where that cannot be read."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _FARTHEST_M:
        return _FARTHEST_M
    return math.ceil(told)


def _hazard(report_id: str, sent: Message) -> ResidentReported:
    danger = Danger(sent.seen, sent.children_near, sent.moved, sent.urgent)
    return ResidentReported(
        report_id,
        _spot(sent),
        sent.seen,
        sent.geo_precision,
        triage_of(danger),
        sent.text or None,
        sent.place or None,
        sent.accuracy_m,
        sent.children_near,
        sent.moved,
        sent.marked,
        sent.language or None,
        sent.written_at or None,
        "web",
        _digest(sent),
    )


def _request(report_id: str, sent: Message) -> ResidentAsked:
    return ResidentAsked(
        report_id,
        sent.kind,
        _spot(sent),
        sent.geo_precision,
        sent.accuracy_m,
        sent.place or None,
        sent.text or None,
        sent.feels_at_ease if sent.kind == "feeling" else None,
        sent.language or None,
        sent.written_at or None,
        "web",
        _digest(sent),
    )


def _spot(sent: Message) -> Spot | None:
    return None if sent.geo_precision == "withheld" else _spot_at(sent.lon_deg, sent.lat_deg)


def _spot_at(lon_deg: Any, lat_deg: Any) -> Spot | None:
    if not (type(lon_deg) in {int, float} and type(lat_deg) in {int, float}):
        return None
    try:
        return Spot.of(lon_deg, lat_deg)
    except (InvalidInput, OverflowError):
        # Of hundreds of digits, which no fraction holds: its words are kept all the same.
        return None


def _digest(sent: Message) -> str | None:
    code = read_code(sent.code)
    return None if code is None else digest_of(code)


def _receipt(ask: Ask, report_id: str, acted: Acted, picture: PictureNamed | None) -> Reply:
    if not acted.done:
        faults = faults_of(acted.reasons)
        apart = any(fault.code == "ledger.id-conflict" for fault in faults)
        raise (Conflict if apart else Refused)(faults)
    entry = ask.desk.office.store.find(acted.entry_ids[0])
    if entry is None:
        # Not in the ledger: then nobody is told that it was received.
        raise Conflict(Fault("store.io"))
    missing = [] if picture is None else _missing(ask, report_id, picture)
    told = Received(report_id, entry.entry_id, iso(entry.recorded_at_us), missing)
    made = reply(told, {"Cache-Control": "no-store"})
    return Reply(made.body, JSON, 200 if acted.already else 201, made.headers)


def _missing(ask: Ask, report_id: str, picture: PictureNamed) -> list[int]:
    if ask.desk.office.store.find(_picture_entry(report_id, picture.sha256)) is not None:
        return []
    return ask.desk.incoming.missing(report_id, picture.n_bytes)


def _picture_entry(report_id: str, digest: str) -> str:
    name = sha256(canonical((report_id, digest))).hexdigest()
    return f"picture-{name[:32]}"


def take_part(ask: Ask) -> Reply:
    """Returns which parts of a picture are still missing; the last one puts it on record.

    Raises:
        InvalidInput: the part has another length, or all together are no picture of that hash.
        NotFound: no report of that id is on record.
        TooMany: too many parts came from this address within a minute.
    """
    report_id, digest, number = _id(ask), ask.path["digest"], int(ask.path["part"])
    if not ask.desk.attempts.take(("part", ask.address), PARTS_A_MINUTE):
        raise TooMany(Fault("api.report.too-many"))
    office, incoming = ask.desk.office, ask.desk.incoming
    n_bytes = int(ask.number("of"))
    if not 1 <= n_bytes <= PICTURE_BYTES:
        raise InvalidInput(Fault("api.report.part", "of", params={"number": number}))
    entry = office.store.find(f"resident-{report_id}")
    if entry is None:
        raise NotFound(Fault("service.report.unknown", params={"report": report_id}))
    picture = PictureNamed(digest, n_bytes)
    if _missing(ask, report_id, picture):
        if not incoming.put(report_id, n_bytes, number, ask.body):
            raise InvalidInput(Fault("api.report.part", "number", params={"number": number}))
        if not incoming.missing(report_id, n_bytes):
            _keep(ask, report_id, digest)
    told = Received(
        report_id, entry.entry_id, iso(entry.recorded_at_us), _missing(ask, report_id, picture)
    )
    return reply(told, {"Cache-Control": "no-store"})


def _keep(ask: Ask, report_id: str, digest: str) -> None:
    whole = ask.desk.incoming.take(report_id, digest)
    if whole is None:
        raise InvalidInput(Fault("api.report.picture-hash", "sha256"))
    stamp = Stamp(entry_id=_picture_entry(report_id, digest), request_digest=bytes.fromhex(digest))
    acted = attach_picture(ask.desk.office, ANYBODY, report_id, from_pixels(whole), stamp)
    if not acted.done:
        raise Refused(faults_of(acted.reasons))


def show_by_code(ask: Ask) -> Reply:
    """Returns what became of everything under a code, and records that its holder was told.

    By POST, so that the code stands in no address that a browser or a log keeps.

    Raises:
        InvalidInput: it cannot be a code; a digit is wrong.
        TooMany: too many codes were tried within a minute.
    """
    attempts = ask.desk.attempts
    allowed = attempts.take(("code", ask.address), CODES_A_MINUTE)
    if not (allowed and attempts.take("codes", _ALL_CODES_A_MINUTE)):
        raise TooMany(Fault("api.report.too-many"))
    code = read_code(ask.taken(CodeAsked).code)
    if code is None:
        raise InvalidInput(Fault("api.report.code", "code"))
    office = ask.desk.office
    heard = list(heard_by_code(office, code))
    for each in heard:
        _tell(ask, each)
    return reply(ByCode([_became(ask, each) for each in heard]), {"Cache-Control": "no-store"})


def _tell(ask: Ask, heard: Heard) -> None:
    if not heard.answers:
        return
    answer = heard.answers[-1]
    entry_id = f"told-{answer.entry_id}"
    if ask.desk.office.store.find(entry_id) is None:
        fact = ReporterTold(heard.heard_id, answer.entry_id, "web")
        try:
            tell_reporter(ask.desk.office, ANYBODY, fact, Stamp(entry_id=entry_id))
        except RafiqaError:
            # A store that takes no writes still tells; that it told is then not on record.
            ask.desk.journal.tell("report.told-unrecorded", "warning")


def _became(ask: Ask, heard: Heard) -> Became:
    answer = heard.answers[-1] if heard.answers else None
    fact = answer.fact if answer else None
    outcome = fact.outcome if isinstance(fact, ReportAnswered | RequestAnswered) else None
    asked = heard.record.fact
    hazard = isinstance(asked, ResidentReported)
    return Became(
        heard.heard_id,
        "hazard" if hazard else getattr(asked, "kind", "knowledge"),
        iso(heard.record.recorded_at_us),
        outcome,
        None
        if outcome is None
        else _label("report_outcome" if hazard else "request_outcome", outcome, ask.query),
        iso(answer.recorded_at_us) if answer else None,
        getattr(fact, "text", None),
    )


def _label(name: str, code: str, query: Any) -> str:
    """Returns a code's label, in all languages of residents and not of the desk alone."""
    return dictionary().lists[name].label(code, str(query.get("lang", "en")).lower()) or code


def show_places(ask: Ask) -> Reply:
    """Returns the names of places, for a page that looks in them while it is offline."""
    view = View.of(ask)
    return view.kept("report-places", lambda: reply(Places(_places(view))))


def _places(view: View) -> list[Place]:
    moment, found = view.moment, []
    layers = view.desk.shelf.layers(view.desk.office, "places", moment.valid_us, moment.known_us)
    for layer in layers:
        columns = [layer.table.values(name) for name in ("name", *PLACE_NAMES)]
        for row, geometry in enumerate(layer.shapes_lonlat[:PLACES_AT_MOST]):
            middle = geometry.centroid
            name, name_ar, *kurdish = (column[row] or None for column in columns)
            if name and not middle.is_empty:
                at = round(middle.x, 5), round(middle.y, 5)
                found.append(Place(str(name), name_ar, *at, *kurdish))
    return found[:PLACES_AT_MOST]


def show_report_page(ask: Ask) -> Reply:
    """Returns the residents' page; the only one beside the verifier that asks for a position."""
    file = page.static_folder() / "report.html"
    if not file.is_file():
        return page.unbuilt(ask.lang)
    body = file.read_bytes()
    headers = {
        "Cache-Control": page.ASK_AGAIN,
        "Content-Security-Policy": _policy(body),
        "Permissions-Policy": _PERMISSIONS,
    }
    return Reply(body, "text/html", headers=headers)


def _policy(body: bytes) -> str:
    """Returns the page's policy: its own script and style, and of this host what the map needs."""
    own = policy_of(body)
    own = own.replace("script-src ", "script-src 'self' ").replace("img-src ", "img-src 'self' ")
    return own + "; connect-src 'self'; worker-src 'self'; manifest-src 'self'; font-src 'self'"


def show_worker(ask: Ask) -> Reply:
    """Returns the script that keeps the residents' page on a phone, at the scope it needs.

    Raises:
        NotFound: the web build is missing.
    """
    del ask
    file = page.static_folder() / "report-worker.js"
    if not file.is_file():
        raise NotFound(Fault("api.route.unknown", "path"))
    headers = {"Cache-Control": page.ASK_AGAIN}
    return Reply(file.read_bytes(), "text/javascript", headers=headers)
