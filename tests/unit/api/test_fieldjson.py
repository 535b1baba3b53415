"""Submissions over JSON: sent, resumed in parts, read back, reviewed, taken along."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette

from rafiqa.ledger import PART_BYTES, AttachmentNamed, DeviceEnrolled
from rafiqa.service import Office, enrol_device, reports_waiting, token_sha256
from rafiqa.service.accounts import put_account
from rafiqa.service.submissionvalue import nested_answers
from tests.city import FIRST, LOGINS, PASSWORD, Draws
from tests.unit.api.client import Client

PHOTO = np.random.default_rng(4).bytes(PART_BYTES + 1000)
DIGEST = sha256(PHOTO).hexdigest()
ID = "uuid:6f2c1f5e"
PATH = f"/api/submissions/{ID}"
FILE = f"{PATH}/attachments/a.jpg"
DEVICE = {"Authorization": f"Bearer {'t' * 64}"}
BODY: dict[str, Any] = {
    "form_id": "resident_report",
    "values": {
        "seen": "shell",
        "geometry": {"type": "Point", "coordinates": [39.01, 35.95]},
        "statement": "=HYPERLINK(1)",
    },
    "attachments": [{"name": "a.jpg", "sha256": DIGEST, "n_bytes": len(PHOTO)}],
    "number": 4,
}


@pytest.fixture
def phone(field_office: Office, field_app: Starlette) -> Client:
    for login in ("first", "operator", "planner"):
        actor = LOGINS[login]
        put_account(field_office.store, login, PASSWORD, actor, actor.organisation_id, Draws())
    device = DeviceEnrolled("phone-1", token_sha256("t" * 64), "carrier", "deminers", "surveyor")
    assert enrol_device(field_office, FIRST, device).done
    return Client(field_app)


def put(phone: Client, body: Any = BODY, **headers: str) -> Any:
    return phone.send("PUT", PATH, json=body, headers=headers or DEVICE)


def test_sent_again_is_the_same_and_other_content_is_a_conflict(
    phone: Client, field_office: Office
) -> None:
    before = len(list(reports_waiting(field_office)))
    first = put(phone)
    assert first.status_code == 201
    assert first.json()["missing"] == ["a.jpg"]
    assert [each["code"] for each in first.json()["faults"]] == ["service.submission.form-unknown"]
    assert put(phone).status_code == 200
    turned = PHOTO[::-1]
    named = {"name": "a.jpg", "sha256": sha256(turned).hexdigest(), "n_bytes": len(turned)}
    assert put(phone, {**BODY, "number": 5, "attachments": [named]}).status_code == 409
    asked = f"{FILE}?sha256={named['sha256']}&n_bytes={len(turned)}"
    halves = turned[:PART_BYTES], turned[PART_BYTES:]
    sent = [
        phone.send("PUT", f"{asked}&part={number}", content=content, headers=DEVICE)
        for number, content in enumerate(halves)
    ]
    assert [each.json()["whole"] for each in sent] == [False, True]
    assert phone.send("GET", FILE, headers=DEVICE).json()["sha256"] == DIGEST
    ((kept,),) = field_office.fieldbook().apart.values()
    assert isinstance(kept.fact, AttachmentNamed)
    assert b"".join(field_office.store.attachment(kept.fact.sha256) or ()) == turned
    assert len(list(reports_waiting(field_office))) == before + 2
    assert field_office.fieldbook().holes("phone-1") == ((1, 3),)


def test_a_photograph_goes_on_where_it_was_broken_off(phone: Client) -> None:
    put(phone)
    asked = f"{FILE}?sha256={DIGEST}&n_bytes={len(PHOTO)}"
    one = phone.send("PUT", f"{asked}&part=1", content=PHOTO[PART_BYTES:], headers=DEVICE)
    assert (one.status_code, one.json()["missing"]) == (200, [0])
    assert phone.send("GET", FILE, headers=DEVICE).json()["missing"] == [0]
    for status in (201, 201):
        two = phone.send("PUT", f"{asked}&part=0", content=PHOTO[:PART_BYTES], headers=DEVICE)
        assert (two.status_code, two.json()["whole"]) == (status, True)
    assert phone.send("GET", PATH, headers=DEVICE).json()["missing"] == []


def test_a_resident_needs_no_account_but_our_page(phone: Client, field_office: Office) -> None:
    assert put(phone, Accept="*/*").status_code == 403
    assert put(phone, **{"X-Rafiqa": "desk", "Origin": "https://evil.test"}).status_code == 403
    assert put(phone, **{"X-Rafiqa": "desk"}).status_code == 201
    assert field_office.fieldbook().stories[ID].received.actor.role == "resident"
    assert put(phone, Authorization="Bearer wrong").status_code == 403


def test_an_operator_sees_all_that_it_sent_and_takes_it_along(
    phone: Client, field_app: Starlette
) -> None:
    put(phone)
    phone.send(
        "PUT", f"{FILE}?sha256={DIGEST}&n_bytes={len(PHOTO)}&part=0",
        content=PHOTO[:PART_BYTES], headers=DEVICE,
    )  # fmt: skip
    phone.send(
        "PUT", f"{FILE}?sha256={DIGEST}&n_bytes={len(PHOTO)}&part=1",
        content=PHOTO[PART_BYTES:], headers=DEVICE,
    )  # fmt: skip
    operator, planner = Client(field_app), Client(field_app)
    assert operator.get("/api/submissions/").status_code == 401
    operator.sign_in("operator")
    planner.sign_in("planner")
    assert planner.get("/api/submissions/").json()["submissions"] == []
    assert planner.get(PATH, **{"X-Rafiqa": "desk"}).status_code == 404
    (row,) = operator.get("/api/submissions/").json()["submissions"]
    assert (row["id"], row["state"]) == (ID, "waiting")
    text = operator.get("/api/submissions/?format=csv").content.decode("utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(text))
    assert (cells["seen"], cells["statement"]) == ("shell", "'=HYPERLINK(1)")
    features = operator.get("/api/submissions/?format=geojson").json()["features"]
    assert features[0]["geometry"]["coordinates"] == [39.01, 35.95]
    packed = operator.get("/api/submissions/?format=zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("instances/000001/a.jpg") == PHOTO


def test_a_reviewer_sends_back_and_its_sender_reads_why(
    phone: Client, field_app: Starlette
) -> None:
    put(phone)
    reviewer = Client(field_app)
    assert reviewer.post(f"{PATH}/review", {"state": "returned"}).status_code == 401
    reviewer.sign_in("first")
    assert reviewer.post(f"{PATH}/review", {"state": "returned"}).status_code == 422
    said = {"state": "returned", "note": "which side of the wall?"}
    assert reviewer.post(f"{PATH}/review", said).status_code == 201
    told = phone.send("GET", PATH, headers=DEVICE).json()
    assert (told["state"], told["note"]) == ("returned", "which side of the wall?")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"form_id":"x","form_id":"y","values":{}}', 400),
        (b'{"form_id":"x","values":[]}', 400),
        (b'{"form_id":"x","values":{"a":NaN}}', 400),
        (b"[]", 400),
    ],
)
def test_what_is_no_submission_is_refused_and_kept(
    phone: Client, field_office: Office, content: bytes, status: int
) -> None:
    headers = {**DEVICE, "Content-Type": "application/json"}
    assert phone.send("PUT", PATH, content=content, headers=headers).status_code == status
    assert content in [item.original for item in field_office.store.quarantined()]


@pytest.mark.parametrize("number", ["²", "①", "-1", "1" * 12])
def test_what_is_no_number_of_a_part_is_refused(phone: Client, number: str) -> None:
    put(phone, **{"X-Rafiqa": "desk"})
    asked = f"{FILE}?sha256={DIGEST}&n_bytes={number}&part=0"
    answer = phone.send("PUT", asked, content=b"x", headers={"X-Rafiqa": "desk"})
    assert (answer.status_code, answer.json()["code"]) == (400, "api.query.number")


def test_a_resident_fills_no_disk(phone: Client, field_office: Office) -> None:
    put(phone, **{"X-Rafiqa": "desk"})
    asked = f"{FILE}2?sha256={DIGEST}&n_bytes={9 * 1024**2}&part=0"
    answer = phone.send("PUT", asked, content=b"x", headers={"X-Rafiqa": "desk"})
    assert (answer.status_code, answer.json()["code"]) == (400, "service.submission.file-large")
    junk = b"x" * (300 * 1024)
    headers = {"X-Rafiqa": "desk", "Content-Type": "application/json"}
    assert phone.send("PUT", PATH, content=junk, headers=headers).status_code == 413
    assert list(field_office.store.quarantined()) == []


def test_who_needs_no_account_sends_no_more_than_a_report_takes(phone: Client) -> None:
    large = {**BODY, "values": {"statement": "x" * 300_000}}
    assert put(phone, large, **{"X-Rafiqa": "desk"}).status_code == 413
    assert put(phone, large).status_code == 201


NAMED: dict[str, Any] = {
    "form_id": "rafiqa_accident",
    "values": {
        "kind": "mine",
        "victim_part": [
            {
                "victim_outcome": "injured",
                "victim_identity_part": {"victim_identity_full_name": "canary name"},
            }
        ],
        "phone": "canary 0999",
        "informant": "canary informant",
    },
}


@pytest.mark.parametrize("kind", ["csv", "geojson", "zip"])
def test_who_was_hurt_is_told_to_nobody_beyond_who_sent_it(
    phone: Client, field_office: Office, kind: str
) -> None:
    assert put(phone, NAMED).status_code == 201

    def taken(login: str) -> str:
        assert phone.sign_in(login).status_code == 200
        content = phone.get(f"/api/submissions/?format={kind}").content
        if kind != "zip":
            return content.decode()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())

    assert taken("operator").count("canary") >= 2, "their own, whole"
    others = taken("first")
    assert "mine" in others
    assert "canary" not in others
    story = field_office.fieldbook().stories[ID]
    assert "canary" not in str(nested_answers(field_office, story, reader="office"))
    assert "canary name" in str(nested_answers(field_office, story, reader="deminers"))


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"sha256": "half \ud800"}, "store.attachment-name"),
        ({"n_bytes": -1}, "store.attachment-length"),
        ({"n_bytes": 10**40}, "store.attachment-length"),
    ],
)
def test_what_is_on_record_is_told_so_whatever_is_wrong_with_its_files(
    phone: Client, field_office: Office, named: dict[str, Any], code: str
) -> None:
    odd = {**BODY["attachments"][0], **named}
    good = {**BODY["attachments"][0], "name": "b.jpg"}
    content = json.dumps({**BODY, "attachments": [odd, good]}).encode()
    headers = {**DEVICE, "Content-Type": "application/json"}
    answer = phone.send("PUT", PATH, content=content, headers=headers)
    assert answer.status_code == 201
    assert ID in field_office.fieldbook().stories
    assert code in [each["code"] for each in answer.json()["faults"]]
    assert [*answer.json()["attachments"]] == ["b.jpg"], "the others are named all the same"
    assert phone.send("PUT", PATH, content=content, headers=headers).status_code == 200


def test_half_a_letter_in_the_name_of_a_question_breaks_no_list(phone: Client) -> None:
    content = json.dumps({**BODY, "values": {**BODY["values"], "\ud800": "mine"}}).encode()
    headers = {**DEVICE, "Content-Type": "application/json"}
    assert phone.send("PUT", PATH, content=content, headers=headers).status_code == 201
    assert phone.sign_in("first").status_code == 200
    for kind in ("csv", "geojson", "zip", "json"):
        assert phone.get(f"/api/submissions/?format={kind}").status_code == 200
    assert phone.get(f"/api/reviews/{ID}").status_code == 200


def test_who_holds_the_same_bytes_hears_that_it_is_here_and_no_more(
    phone: Client, field_app: Starlette
) -> None:
    body = {name: value for name, value in BODY.items() if name != "attachments"}
    assert put(phone, body).status_code == 201
    reviewer = Client(field_app)
    reviewer.sign_in("first")
    said = {"state": "returned", "note": "only for its sender"}
    assert reviewer.post(f"{PATH}/review", said).status_code == 201
    assert put(phone, body).json()["state"] == "returned"
    anybody = put(Client(field_app), body, **{"X-Rafiqa": "desk"})
    assert (anybody.status_code, anybody.json()) == (200, {"id": ID})
