"""Residents' reports at the door: once each, never refused for form, told back by code alone."""

from __future__ import annotations

import io
import json
import os
from hashlib import sha256
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from rafiqa.api.incoming import KEPT, Incoming
from rafiqa.errors import Fault, StoreError
from rafiqa.geo import Spot
from rafiqa.land import ResidentReported
from rafiqa.ledger import PART_BYTES
from rafiqa.service import Office
from rafiqa.service.reportcode import check_digit
from rafiqa.store import OwnCloakroom
from rafiqa.wire.picture import from_pixels
from tests.city import Clock
from tests.unit.api.client import Client

CODE = "20000000001" + check_digit("20000000001")
OTHER = "20000000002" + check_digit("20000000002")
R1 = "/api/reports/R-0123456789abcdef"
SEEN = {
    "kind": "hazard",
    "code": CODE,
    "seen": "mine",
    "lon_deg": 39.0101,
    "lat_deg": 35.9501,
    "geo_precision": "exact",
    "text": "canary words",
    "children_near": "yes",
}
PLACE = b"canary place"


@pytest.fixture
def phone(own_app: Starlette) -> Client:
    return Client(own_app)


@pytest.fixture
def office_desk(own_app: Starlette) -> Client:
    client = Client(own_app, address="192.0.2.99")
    assert client.sign_in("first").status_code == 200
    return client


def put(client: Client, path: str, body: Any) -> httpx.Response:
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    # In ASCII, so that half a letter can be sent too.
    return client.send("PUT", path, content=json.dumps(body).encode(), headers=headers)


def put_part(client: Client, path: str, content: bytes) -> httpx.Response:
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"}
    return client.send("PUT", path, content=content, headers=headers)


def codes(answer: httpx.Response) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def photograph(width: int = 640) -> bytes:
    """A picture with a place, a device and a comment in it."""
    noise = Image.effect_noise((width, width * 3 // 4), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "canary device"
    exif.get_ifd(0x8825)[0x1D] = "canary place"
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95, exif=exif, comment=PLACE)
    return out.getvalue()


def test_sent_twice_it_is_stored_once(phone: Client, own_city: Office) -> None:
    first = put(phone, R1, SEEN)
    assert first.status_code == 201
    assert first.json()["missing"] == []
    head = own_city.store.head()
    again = put(phone, R1, SEEN)
    assert (again.status_code, again.json()) == (200, first.json())
    assert own_city.store.head() == head
    record = own_city.register().reports["R-0123456789abcdef"]
    assert isinstance(record.fact, ResidentReported)
    assert record.fact.triage == "immediate"
    # Another message under the id is kept apart, and its sender does not hear "received".
    other = put(phone, R1, SEEN | {"text": "else"})
    assert (other.status_code, codes(other)) == (409, ["ledger.id-conflict"])
    assert len(list(own_city.store.quarantined())) == 1


@pytest.mark.parametrize(
    ("odd", "spot", "kept"),
    [
        ({"lat_deg": 359501.0}, None, "359501"),
        ({"lat_deg": None}, None, "39.0101"),
        ({"lat_deg": 95}, None, "39.0101"),
        ({"geo_precision": ...}, Spot.of(39.0101, 35.9501), "canary words"),
    ],
)
def test_a_place_that_was_sent_is_not_lost_over_how_it_is_told(
    phone: Client, own_city: Office, odd: dict[str, Any], spot: Spot | None, kept: str
) -> None:
    picture = {"sha256": "0" * 64, "n_bytes": 9}
    body = {
        name: value
        for name, value in (SEEN | odd | {"picture": picture}).items()
        if value is not ...
    }
    told = put(phone, R1, body)
    assert told.status_code == 201
    assert told.json()["missing"], "its picture is waited for"
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert (fact.spot, fact.triage) == (spot, "immediate")
    assert kept in (fact.text or "")


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"hazard","kind":"hazard","code":"CANARY-CODE","text":"canary words"}',
        b'{"kind":"hazard","code":"CANARY-CODE","lon_deg":NaN,"text":"canary words"}',
        b'{"kind":"hazard","code":"CANARY-CODE","text":"canary words \xe9"}',
        b'[{"kind":"hazard","code":"CANARY-CODE","text":"canary words"}]',
        b'{"kind":"hazard","code":"CANARY-CODE","text":"canary words"}\0',
        b'{"kind":"hazard","text":"canary words","code":"CANARY-CODE',
    ],
)
def test_what_is_no_report_at_all_is_refused_and_lies_in_the_quarantine(
    phone: Client, own_city: Office, body: bytes
) -> None:
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    for _ in range(2):
        assert phone.send("PUT", R1, content=body, headers=headers).status_code == 400
    (item,) = own_city.store.quarantined()
    assert b"canary words" in item.original
    assert b"CANARY-CODE" not in item.original


@pytest.mark.parametrize(
    "odd",
    [
        {"seen": "x" * 100},
        {"lon_deg": "east"},
        {"a field": "of a later version"},
        {"accuracy_m": -1},
        {"kind": "danger"},
        {"kind": None},
        {"kind": ["hazard"]},
        {"half a letter \ud800": 1},
        {"seen": "x" * 100, "text": "canary words \ud800"},
        {"accuracy_m": 10**4_200},
        {"lon_deg": 10**400},
        {"lat_deg": -(10**3_000), "lon_deg": 10**3_000},
    ],
)
def test_danger_of_an_unknown_form_is_taken_as_it_came(
    phone: Client, own_city: Office, odd: dict[str, Any]
) -> None:
    assert put(phone, R1, SEEN | odd).status_code == 201
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert fact.triage == "immediate", "children go there: that can be read of it"
    assert "canary words" in (fact.text or "")
    assert "code" not in json.loads(fact.text or ""), "the ledger holds a digest of it alone"
    if "lon_deg" not in odd:
        assert fact.spot == Spot.of(39.0101, 35.9501), "unknown is hazard: it stands on the map"
    told = phone.send(
        "POST", "/api/report-codes", json={"code": CODE}, headers={"X-Rafiqa": "desk"}
    )
    assert [each["report_id"] for each in told.json()["found"]] == ["R-0123456789abcdef"]
    # The control: a request of that form has time to be put right.
    asked = SEEN | odd | {"kind": "survey", "accuracy_m": -1}
    assert put(phone, f"{R1}-b", asked).status_code == 400


def test_half_a_letter_costs_a_report_neither_its_urgency_nor_its_picture(
    phone: Client, own_city: Office
) -> None:
    odd = SEEN | {"moved": "yes", "text": "canary words \ud83d", "place": "\ude00 the well"}
    named = {"picture": {"sha256": "a" * 64, "n_bytes": 1_000}}
    answer = put(phone, R1, odd | named)
    assert (answer.status_code, answer.json()["missing"]) == (201, [0])
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert (fact.triage, fact.seen, fact.spot) == ("immediate", "mine", Spot.of(39.0101, 35.9501))
    assert (fact.text, fact.place) == ("canary words ?", "? the well")
    asked = put(phone, f"{R1}-b", SEEN | {"kind": "clearance", "text": "fields \ud83d"})
    assert asked.status_code == 201


def test_a_number_that_no_machine_reckons_with_turns_no_report_away(
    phone: Client, own_city: Office
) -> None:
    digits = b"9" * 5_000
    body = json.dumps(SEEN | {"n": 0}).encode().replace(b'"n": 0', b'"n": -' + digits)
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    assert phone.send("PUT", R1, content=body, headers=headers).status_code == 201
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert fact.spot == Spot.of(39.0101, 35.9501)
    assert "canary words" in (fact.text or "")


def test_long_words_of_an_unknown_form_are_kept_to_the_last(
    phone: Client, own_city: Office
) -> None:
    long = SEEN | {"text": "x" * 20_000 + "canary end"}
    assert put(phone, R1, long).status_code == 201
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert "canary end" in (fact.text or "")
    assert put(phone, f"{R1}-b", SEEN | {"text": "x" * 200_000}).status_code == 413


def test_a_place_to_be_withheld_is_in_no_words_either(phone: Client, own_city: Office) -> None:
    odd = SEEN | {"geo_precision": "withheld", "a field": "of a later version"}
    assert put(phone, R1, odd).status_code == 201
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert fact.spot is None
    assert "39.0101" not in (fact.text or "")


@pytest.mark.parametrize("place", [{"lon_deg": 200.0}, {"lon_deg": None}, {"lat_deg": -89.0}])
def test_a_place_that_cannot_be_leaves_the_report(
    phone: Client, office_desk: Client, place: dict[str, Any]
) -> None:
    assert put(phone, R1, SEEN | place).status_code == 201
    assert office_desk.get("/api/reports").json()["reports"][0]["seen"] == "mine"


def test_what_is_withheld_never_comes_to_the_ledger(phone: Client, own_city: Office) -> None:
    put(phone, R1, SEEN | {"geo_precision": "withheld"})
    fact = own_city.register().reports["R-0123456789abcdef"].fact
    assert isinstance(fact, ResidentReported)
    assert fact.spot is None


def test_the_desk_sees_danger_first_with_its_ground_and_its_twins(
    phone: Client, office_desk: Client
) -> None:
    put(phone, f"{R1}-late", SEEN | {"children_near": "no", "seen": "sign", "code": OTHER})
    put(phone, f"{R1}-ask", SEEN | {"kind": "clearance"})
    put(phone, R1, SEEN)
    listed = office_desk.get("/api/reports").json()
    ours = [each for each in listed["reports"] if each["report_id"].startswith("R-0123")]
    assert [each["triage"] for each in ours] == ["immediate", "routine", "routine"]
    assert ours[0]["likely_same"] == ["R-0123456789abcdef-late"]
    assert ours[0]["state"] in {"cleared", "cha", "sha", "unrecorded"}
    assert ours[0]["reasons"]
    assert listed["waiting"] >= 3


def test_the_list_is_cut_and_paged_and_who_was_told_otherwise_is_put_on_record(
    phone: Client, office_desk: Client
) -> None:
    put(phone, R1, SEEN)
    put(phone, f"{R1}-ask", SEEN | {"kind": "clearance", "place": "Mill Street"})

    def listed(query: str) -> list[str]:
        answer = office_desk.get(f"/api/reports?{query}").json()
        return [each["report_id"] for each in answer["reports"] if "R-0123" in each["report_id"]]

    assert listed("kind=clearance") == listed("q=mill") == [f"{R1[13:]}-ask"]
    assert listed("triage=immediate&state=waiting") == [R1[13:]]
    first = office_desk.get("/api/reports?limit=1").json()
    assert (len(first["reports"]), first["may_answer"]) == (1, True)
    assert first["total"] > 1
    assert codes(office_desk.get("/api/reports?kind=dog")) == ["api.query.choice"]
    assert codes(office_desk.get("/api/reports?limit=-1")) == ["api.query.number"]
    office_desk.post(f"{R1}/answer", {"outcome": "joined", "area_id": "H1", "text": "We come."})
    (item,) = office_desk.get("/api/reports?q=h1&state=answered").json()["reports"]
    entry = item["answer"]["entry_id"]
    assert (item["answer"]["text"], item["answer"]["told_by"]) == ("We come.", None)
    said = {"answer_entry_id": entry, "channel": "phone"}
    assert codes(office_desk.post(f"{R1}/told", said | {"channel": "smoke"})) == [
        "api.query.choice"
    ]
    assert office_desk.post(f"{R1}-ask/told", said).status_code == 422
    assert phone.post(f"{R1}/told", said).status_code == 401
    assert office_desk.post(f"{R1}/told", said).status_code == 201
    (item,) = office_desk.get("/api/reports?q=h1&state=answered").json()["reports"]
    assert (item["answer"]["told_by"], item["told_at"] is None) == ("phone", False)


def test_nobody_else_sees_the_list_or_a_picture(phone: Client) -> None:
    put(phone, R1, SEEN)
    for path in ("/api/reports", f"{R1}/pictures/{'a' * 64}"):
        assert phone.get(path).status_code == 401
    assert phone.post(f"{R1}/answer", {"outcome": "marked"}).status_code == 401


def test_what_became_of_it_is_told_by_code_and_that_it_was_told_is_kept(
    phone: Client, office_desk: Client
) -> None:
    put(phone, R1, SEEN)
    waiting = phone.post("/api/report-codes", {"code": CODE}).json()["found"]
    assert [(each["kind"], each["outcome"]) for each in waiting] == [("hazard", None)]
    answer = {"outcome": "item_removed", "note": "canary note", "text": "Thank you."}
    assert office_desk.post(f"{R1}/answer", answer).status_code == 201
    assert office_desk.get("/api/reports").json()["reports"][-1]["told_at"] is None
    spaced = f"{CODE[:4]} {CODE[4:8]} {CODE[8:]}"
    told = phone.post("/api/report-codes?lang=ckb", {"code": spaced})
    found = told.json()["found"][0]
    assert (found["outcome"], found["text"]) == ("item_removed", "Thank you.")
    assert found["outcome_label"].startswith("تەقەمەنی")
    # Neither the place, the words nor the note of the office goes out under a code.
    assert "canary" not in told.text
    assert "39.01" not in told.text
    ours = [
        each
        for each in office_desk.get("/api/reports").json()["reports"]
        if each["report_id"] == "R-0123456789abcdef"
    ]
    assert ours[0]["told_at"] is not None
    assert phone.post("/api/report-codes", {"code": OTHER}).json() == {"found": []}


def test_a_store_that_takes_no_writes_still_tells(
    phone: Client, office_desk: Client, own_city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(phone, R1, SEEN)
    assert office_desk.post(f"{R1}/answer", {"outcome": "marked"}).status_code == 201

    def full(*_: object, **__: object) -> None:
        raise StoreError(Fault("store.full", params={"detail": ""}))

    monkeypatch.setattr(own_city.store, "append", full)
    told = phone.post("/api/report-codes", {"code": CODE})
    assert (told.status_code, told.json()["found"][0]["outcome"]) == (200, "marked")
    assert own_city.recovery().residents.told == {}
    # And a report is not called received there.
    assert put(phone, f"{R1}-b", SEEN).status_code == 503


def test_a_wrong_digit_is_told_and_codes_cannot_be_tried_for_long(
    phone: Client, clock: Clock
) -> None:
    clock.tick_us = 1
    wrong = CODE[:-1] + str((int(CODE[-1]) + 1) % 10)
    answer = phone.post("/api/report-codes", {"code": wrong})
    assert (answer.status_code, codes(answer)) == (400, ["api.report.code"])
    tried = [phone.post("/api/report-codes", {"code": CODE}).status_code for _ in range(25)]
    assert tried[-1] == 429
    assert put(phone, R1, SEEN).status_code == 201


def test_requests_wait_before_danger_does(phone: Client, clock: Clock) -> None:
    clock.tick_us = 1
    asked = [
        put(phone, f"{R1}-{number}", SEEN | {"kind": "survey"}).status_code for number in range(32)
    ]
    assert asked[-1] == 429
    assert put(phone, R1, SEEN).status_code == 201


def test_a_picture_comes_in_parts_and_keeps_only_its_pixels(
    phone: Client, office_desk: Client, own_city: Office
) -> None:
    whole = photograph()
    assert len(whole) > PART_BYTES
    for canary in (PLACE, b"canary device"):
        assert canary in whole
    digest = sha256(whole).hexdigest()
    named = SEEN | {"picture": {"sha256": digest, "n_bytes": len(whole)}}
    # The report counts before its picture has come.
    received = put(phone, R1, named).json()
    assert received["missing"] == list(range(-(-len(whole) // PART_BYTES)))
    for number in reversed(received["missing"]):
        path = f"{R1}/pictures/{digest}/{number}?of={len(whole)}"
        part = whole[number * PART_BYTES : (number + 1) * PART_BYTES]
        assert put_part(phone, path, part[1:]).status_code == 400
        assert put_part(phone, path, part).status_code == 200
    assert put(phone, R1, named).json()["missing"] == []
    item = office_desk.get("/api/reports").json()["reports"][0]
    shown = office_desk.get(f"{R1}/pictures/{item['pictures'][0]}").content
    assert Image.open(io.BytesIO(shown)).size == (640, 480)
    for kept in (shown, *(entry.body for entry in own_city.store.read())):
        assert b"canary device" not in kept
        assert PLACE not in kept
    assert len(Image.open(io.BytesIO(shown)).getexif()) == 0


@pytest.mark.parametrize("n_bytes", [0, -1, 4 * 1024**2 + 1, 10**13])
def test_no_picture_is_longer_than_a_picture(phone: Client, n_bytes: int) -> None:
    assert put(phone, R1, SEEN).status_code == 201
    path = f"{R1}/pictures/{'0' * 64}/0?of={n_bytes}"
    assert codes(put_part(phone, path, b"x")) == ["api.report.part"]


@pytest.mark.parametrize(
    "path", [f"{R1}/pictures/x/{{}}?of=9", "/api/uploads/x/{}?of=9", "/v1/projects/{}"]
)
def test_a_number_that_no_machine_reads_is_no_path(path: str, phone: Client) -> None:
    method = "GET" if path.startswith("/v1") else "PUT"
    answer = phone.send(method, path.format("1" * 5_000), headers={"X-Rafiqa": "desk"})
    assert answer.status_code == 404


def test_what_is_no_picture_leaves_the_report(phone: Client) -> None:
    body = b"\xff\xd8\xff" + b"x" * 1_000
    digest = sha256(body).hexdigest()
    put(phone, R1, SEEN | {"picture": {"sha256": digest, "n_bytes": len(body)}})
    answer = put_part(phone, f"{R1}/pictures/{digest}/0?of={len(body)}", body)
    assert (answer.status_code, codes(answer)) == (400, ["wire.picture.unread"])
    unknown = put_part(phone, f"{R1}-x/pictures/{digest}/0?of={len(body)}", body)
    assert unknown.status_code == 404


def test_pixels_are_kept_upright_and_made_smaller() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4_000, 1_000), "red").save(out, "JPEG", exif=exif)
    made = Image.open(io.BytesIO(from_pixels(out.getvalue())))
    assert made.size == (400, 1_600)


def test_pictures_on_their_way_have_their_bound() -> None:
    room = OwnCloakroom()
    shelf = Incoming(room, lambda: 0, os.urandom, bytes(32))
    for number in range(KEPT + 1):
        assert shelf.put(f"R{number}", 10, 0, b"0123456789")
    assert shelf.missing("R0", 10) == [0]
    assert shelf.missing(f"R{KEPT}", 10) == []
    # What lies there says nothing to whoever has not the key of this start.
    assert all(b"0123456789" not in left.value for left in room.of("picture", None, 0))
    stranger = Incoming(room, lambda: 0, os.urandom, bytes([1]) * 32)
    assert stranger.take("R5", sha256(b"0123456789").hexdigest()) is None
    assert shelf.take("R7", sha256(b"0123456789").hexdigest()) == b"0123456789"
    assert shelf.take(f"R{KEPT}", "0" * 64) is None
    assert shelf.missing(f"R{KEPT}", 10) == [0]
