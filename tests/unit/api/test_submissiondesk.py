"""Submissions at the desk: the queue, one in words with its file, and the review of it."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from PIL import Image
from starlette.applications import Starlette

from rafiqa.api.submissionshape import Submissions, SubmissionSheet
from rafiqa.land import Actor
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service import Office, enrol_device, put_file, receive, token_sha256
from rafiqa.service.accounts import put_account
from rafiqa.service.submissionsealing import Sent
from tests.city import FIRST, LOGINS, PASSWORD, Draws
from tests.unit.api.client import Client


def _photograph() -> bytes:
    """A picture as a phone writes it: with what it knows beside the pixels."""
    picture, out = Image.new("RGB", (40, 30), (120, 110, 100)), io.BytesIO()
    exif = picture.getexif()
    exif[0x010F] = "canary maker"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


JPEG = _photograph()
PAGE = b"<script>alert(1)</script>"
FORM = b"""<data id="resident_visit" version="1"><meta><instanceID>uuid:a/b 1</instanceID></meta>
<seen>shell</seen><children_near>yes</children_near><full_name>0770 123</full_name>
<geometry>35.95 39.01 0 4</geometry><ordnance_item><category>mortar</category></ordnance_item>
<ordnance_item><category>grenade</category></ordnance_item><photo>a.jpg</photo>
<note>c.svg</note></data>"""
QUIET = b"""<data id="eore" version="1"><meta><instanceID>uuid:quiet-1</instanceID></meta>
<n_items>4</n_items></data>"""
ID = "uuid:a/b 1"


@pytest.fixture
def sent(field_office: Office, field_app: Starlette) -> Starlette:
    for login in ("first", "operator", "planner"):
        actor = LOGINS[login]
        put_account(field_office.store, login, PASSWORD, actor, actor.organisation_id, Draws())
    device = DeviceEnrolled("phone-1", token_sha256("t" * 64), "carrier", "deminers", "surveyor")
    assert enrol_device(field_office, FIRST, device).done
    carrier = LOGINS["operator"]
    for content in (QUIET, FORM):
        assert receive(field_office, carrier, Sent(content, device_id="phone-1")).acted.done
    for name, content in (("a.jpg", JPEG), ("c.svg", PAGE)):
        put_file(field_office, carrier, ID, name, content)
    return field_app


def signed(app: Starlette, login: str) -> Client:
    client = Client(app)
    assert client.sign_in(login).status_code == 200
    return client


def test_the_queue_tells_danger_first_and_strangers_nothing(sent: Starlette) -> None:
    assert Client(sent).get("/api/reviews").status_code == 401
    told = msgspec.json.decode(signed(sent, "first").get("/api/reviews").content, type=Submissions)
    assert [row.id for row in told.submissions] == [ID, "uuid:quiet-1"]
    assert [row.dangerous for row in told.submissions] == [True, False]
    assert told.counts["waiting"] == told.total == 2
    assert told.may_review
    planner = signed(sent, "planner")
    assert planner.get("/api/reviews").json()["submissions"] == []
    assert planner.get(f"/api/reviews/{ID}").status_code == 404
    assert planner.get(f"/api/reviews/{ID}/files/a.jpg").status_code == 404


def test_the_queue_is_cut_by_form_state_and_day_and_what_cannot_be_is_refused(
    sent: Starlette,
) -> None:
    client = signed(sent, "first")
    cuts = {
        "form=eore": 1,
        "state=accepted": 0,
        "from=2027-01-01": 0,
        "to=2027-01-01": 2,
        "skip=1": 1,
    }
    for query, n in cuts.items():
        assert len(client.get(f"/api/reviews?{query}").json()["submissions"]) == n, query
    for query in ("state=lost", "skip=-1", "form=a&form=b", "from=yesterday"):
        answer = client.get(f"/api/reviews?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["faults"][0]["code"].startswith(("api.query", "wire."))


def test_answers_stand_in_words_and_what_names_persons_with_their_own_alone(
    sent: Starlette,
) -> None:
    def answers(login: str, lang: str = "en") -> tuple[SubmissionSheet, dict[str, str]]:
        content = signed(sent, login).get(f"/api/reviews/{ID}?lang={lang}").content
        sheet = msgspec.json.decode(content, type=SubmissionSheet)
        return sheet, {f"{one.label} {one.number}": one.words for one in sheet.answers}

    sheet, words = answers("first")
    assert words["Children near? 0"] == "Yes"
    assert "0770 123" not in words.values()
    assert [one.words for one in sheet.answers if one.question.startswith("ordnance_item/")] == [
        "Mortar bomb",
        "Grenade",
    ]
    assert [one.number for one in sheet.answers if one.question.startswith("ordnance")] == [1, 2]
    assert sheet.places == [{"type": "Point", "coordinates": [39.01, 35.95]}]
    assert [one.placed for one in sheet.answers].count(True) == 1
    assert sheet.sign is not None
    assert sheet.sign.waits is True
    assert [(one.name, one.whole, one.picture) for one in sheet.files] == [
        ("a.jpg", True, True),
        ("c.svg", True, False),
    ]
    own, own_words = answers("operator", "ar")
    assert "0770 123" in own_words.values()
    assert own.row.state_text == "بانتظار المراجعة"
    assert not own.may_review
    assert own.why_not[0].code == "service.permit.denied"


def test_a_picture_is_shown_and_a_page_only_handed_out(sent: Starlette) -> None:
    client = signed(sent, "first")
    picture = client.get(f"/api/reviews/{ID}/files/a.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert b"canary" in JPEG
    assert b"canary" not in picture.content, "made anew from its pixels"
    page = client.get(f"/api/reviews/{ID}/files/c.svg")
    assert page.content == PAGE
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"] == "attachment"
    assert client.get(f"/api/reviews/{ID}/files/none.jpg").status_code == 404


def test_a_review_sent_again_is_done_once_and_tells_what_became_of_it(sent: Starlette) -> None:
    client = signed(sent, "first")
    path, said = f"/api/submissions/{ID}/review", {"state": "returned", "note": "which side?"}
    refused = client.post(path, {"state": "returned"})
    assert refused.json()["code"] == "service.submission.note-missing"
    assert client.post(path, {"state": "lost"}).status_code == 400
    assert signed(sent, "planner").post(path, said).status_code == 403
    key = {"Idempotency-Key": "review-of-a-1"}
    answers: list[Any] = [client.post(path, said, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    (review,) = client.get(f"/api/reviews/{ID}").json()["reviews"]
    assert (review["note"], review["organisation"]) == ("which side?", "office")


def test_what_is_kept_apart_names_nobody_to_another_organisation(
    sent: Starlette, field_office: Office
) -> None:
    """Its place is told all the same; who sent it gets the form as it came."""
    altered = FORM.replace(b"shell", b"mine")
    apart = receive(field_office, LOGINS["operator"], Sent(altered)).apart_id
    path = f"/api/quarantine/{apart}/original"
    told = signed(sent, "first").get(path)
    assert told.status_code == 200
    assert b"35.95 39.01 0 4" in told.content
    assert b"0770 123" not in told.content
    own = Actor("their-own", LOGINS["operator"].organisation_id, "information")
    put_account(field_office.store, "own", PASSWORD, own, own.organisation_id, Draws())
    assert signed(sent, "own").get(path).content == altered
