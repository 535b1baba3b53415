"""Documents at the desk: who reads them, what is shown, and a decision on a candidate."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from rafiqa.api.ask import Ask
from rafiqa.api.deskstudyshape import DocumentSheet, StudyDocuments
from rafiqa.api.queueshape import Queue
from rafiqa.api.upload import KEPT, Uploads
from rafiqa.land import Actor
from rafiqa.ledger import PART_BYTES, n_parts
from rafiqa.service import Office
from rafiqa.service.accounts import put_account
from rafiqa.service.deskstudy import Provenance, document_id_of, keep_document, propose_claims
from rafiqa.service.permit import Standing
from rafiqa.service.studies import Desk, Studied, studies, study_apart
from rafiqa.wire.documentworker import read
from tests.city import FIRST, LOGINS, PASSWORD, Clock, Draws
from tests.unit.api.client import Client
from tests.unit.service.study import INTERVIEW, MINES, claim_in, studied
from tests.unit.wire.documents import pdf_of

READERS = {"authority", "information", "surveyor"}


def signed(app: Starlette, login: str) -> Client:
    client = Client(app)
    assert client.sign_in(login).status_code == 200
    return client


def sheet_of(client: Client, document_id: str, query: str = "") -> DocumentSheet:
    answer = client.get(f"/api/study/{document_id}{query}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=DocumentSheet)


def test_only_who_may_decide_reads_documents(own_app: Starlette, own_city: Office) -> None:
    document_id, _ = studied(own_city, actor=FIRST)
    paths = ["/api/study", f"/api/study/{document_id}", f"/api/study/{document_id}/original"]
    for path in paths:
        answer = Client(own_app).get(path)
        assert answer.status_code == 401
        assert "ألغام" not in answer.text
    for login, actor in LOGINS.items():
        client = signed(own_app, login)
        for path in paths:
            may = actor.role in READERS
            assert client.get(path).status_code == (200 if may else 403), (login, path)


def test_a_document_is_for_who_brought_it_and_for_the_authority(
    own_app: Starlette, own_city: Office
) -> None:
    ours, theirs = (Actor(f"officer-{at}", at, "information") for at in ("ours", "theirs"))
    document_id, ids = studied(own_city, actor=ours)
    for actor in (ours, theirs, Actor("officer-of-office", "office", "information")):
        put_account(own_city.store, actor.person_id, PASSWORD, actor, "O", Draws())
    stranger = signed(own_app, theirs.person_id)
    assert stranger.get("/api/study").json()["documents"] == []
    for path in (document_id, f"{document_id}/original", f"{document_id}/pages/1"):
        assert stranger.get(f"/api/study/{path}").json()["code"] == "service.document.unknown"
    queue = stranger.get("/api/queue").json()["items"]
    assert [item for item in queue if item["kind"] == "document"] == []
    body = {"document_id": document_id, "decision": "accepted"}
    refused = stranger.post(f"/api/claims/{ids[0]}/review", body)
    assert [each["code"] for each in refused.json()["faults"]] == ["service.claim.unknown"]
    for login in (ours.person_id, "first", "officer-of-office"):
        assert sheet_of(signed(own_app, login), document_id).text == INTERVIEW
    # The same bytes brought by another are theirs to read; why and by whom is not.
    placed = {"lon_deg": 38.55, "lat_deg": 34.9, "radius_km": 1, "name": "canary's house"}
    said = {**body, "decision": "edited", "note": "canary in it", "placed": placed}
    own = signed(own_app, ours.person_id)
    assert own.post(f"/api/claims/{ids[0]}/review", said).status_code == 201
    document = read(INTERVIEW.encode(), "never")
    told = Provenance("theirs.txt", "2024-10-21", "their own", "b")
    assert keep_document(own_city, theirs, document, INTERVIEW.encode(), told).done
    seen = sheet_of(stranger, document_id)
    (review,) = next(claim.reviews for claim in seen.claims if claim.id == ids[0])
    assert {review.note, review.person, review.organisation, review.role} == {""}
    (chosen,) = [claim.chosen for claim in seen.claims if claim.id == ids[0]]
    assert chosen is not None
    assert chosen.name == ""
    mine = sheet_of(own, document_id)
    (review,) = next(c.reviews for c in mine.claims if c.id == ids[0])
    assert (review.note, review.organisation) == ("canary in it", "ours")
    assert [c.chosen.name for c in mine.claims if c.chosen is not None] == ["canary's house"]
    # Each knows it by the name and the source that they gave it; the authority by the last word.
    for client, name, source in (
        (own, "interview.txt", "Old Town Radio"),
        (stranger, "theirs.txt", "their own"),
        (signed(own_app, "officer-of-office"), "theirs.txt", "their own"),
    ):
        row = sheet_of(client, document_id).row
        assert (row.name, row.source) == (name, source)
        waits = [i for i in client.get("/api/queue").json()["items"] if i["kind"] == "document"]
        assert name in json.dumps(waits)


def test_a_document_is_shown_beside_its_candidates(own_app: Starlette, own_city: Office) -> None:
    document_id, ids = studied(own_city, actor=FIRST)
    client = signed(own_app, "first")
    listed = msgspec.json.decode(client.get("/api/study").content, type=StudyDocuments)
    assert (listed.total, listed.n_waiting) == (1, 4)
    sheet = sheet_of(client, document_id, "?lang=ar")
    assert sheet.text == INTERVIEW
    assert sheet.rtl
    assert {claim.id for claim in sheet.claims} == set(ids)
    first = sheet.claims[0]
    assert sheet.text[first.start : first.end] == MINES
    assert (first.becomes, first.event_text) == ("evidence", "إبلاغ عن تلوّث")
    assert [place.radius_km for place in first.places] == [0.4]
    assert {claim.becomes for claim in sheet.claims[1:3]} == {"reference"}
    original = client.get(f"/api/study/{document_id}/original")
    assert original.content == INTERVIEW.encode()
    assert "attachment" in original.headers["content-disposition"]
    assert client.get("/api/study/none").status_code == 404
    queue = msgspec.json.decode(client.get("/api/queue").content, type=Queue)
    assert [item.id for item in queue.items if item.kind == "document"] == [document_id]


@pytest.mark.parametrize("decision", ["accepted", "rejected", "cannot_tell", "edited"])
def test_a_decision_is_recorded_with_who_and_why(
    own_app: Starlette, own_city: Office, decision: str
) -> None:
    document_id, ids = studied(own_city, actor=FIRST)
    client = signed(own_app, "first")
    body = {"document_id": document_id, "decision": decision, "note": "said by two"}
    if decision == "edited":
        body["placed"] = {"lon_deg": 38.55, "lat_deg": 34.9, "radius_km": 0.2, "name": "Mill"}  # type: ignore[assignment]
    answer = client.post(f"/api/claims/{ids[0]}/review", body)
    assert answer.status_code == 201, answer.text
    assert client.post(f"/api/claims/{ids[0]}/review", body).status_code == 200
    claim = next(each for each in sheet_of(client, document_id).claims if each.id == ids[0])
    assert claim.state == decision
    (review,) = claim.reviews
    assert (review.person, review.note) == (FIRST.person_id, "said by two")
    assert (review.evidence_id is not None) == (decision in {"accepted", "edited"})
    if decision == "edited":
        assert claim.chosen is not None
        assert claim.chosen.name == "Mill"


def test_what_cannot_be_decided_is_refused_with_every_reason(
    own_app: Starlette, own_city: Office
) -> None:
    document_id, ids = studied(own_city, actor=FIRST)
    client = signed(own_app, "first")
    path = f"/api/claims/{ids[0]}/review"
    answer = client.post(path, {"document_id": document_id, "decision": "rejected"})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == "service.claim.why"
    body = {"document_id": document_id, "decision": "maybe"}
    assert client.post(path, body).status_code == 400
    body = {"document_id": "none", "decision": "accepted"}
    assert client.post(path, body).status_code == 422
    # What became evidence is taken back by a second person, with a password of their own.
    assert (
        client.post(path, {"document_id": document_id, "decision": "accepted"}).status_code == 201
    )
    undo = {"document_id": document_id, "decision": "undone", "note": "the wrong quarter"}
    assert client.post(path, undo).status_code == 422
    both = {**undo, "second": {"login": "second", "password": PASSWORD}}
    answer = client.post(path, both)
    assert answer.status_code == 201, answer.text


def test_the_page_of_a_pdf_is_shown_with_the_box_of_the_quote(
    own_app: Starlette, own_city: Office
) -> None:
    words = "وجد الفلاحون الألغام في الحقل قرب النهر"
    content = pdf_of((words,))
    document = read(content, "never")
    told = Provenance("report.pdf", "2024-10-20", "Radio")
    assert keep_document(own_city, FIRST, document, content, told).done
    document_id = document_id_of(document)
    claim = claim_in(document.text, "الألغام في الحقل")
    assert propose_claims(own_city, FIRST, document_id, [claim], "by-hand").done
    client = signed(own_app, "first")
    sheet = sheet_of(client, document_id)
    assert sheet.claims[0].page == 1
    assert sheet.blocks[0].box_pt is not None
    assert sheet.pages[0].width_pt > 400
    picture = client.get(f"/api/study/{document_id}/pages/1")
    assert picture.status_code == 200
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(f"/api/study/{document_id}/pages/9").status_code == 404


def brought(client: Client, content: bytes, **said: object) -> httpx.Response:
    digest = sha256(content).hexdigest()
    for number in range(n_parts(len(content))):
        part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
        sent = client.send(
            "PUT",
            f"/api/uploads/{digest}/{number}?of={len(content)}",
            content=part,
            headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
        )
        assert sent.status_code == 200, sent.text
    return client.post("/api/documents", {"sha256": digest, "file_name": "notes.txt", **said})


def test_a_document_is_brought_to_the_desk(own_app: Starlette) -> None:
    client = signed(own_app, "first")
    said = {"published_on": "2025-03-10", "source": "Radio", "source_grade": "b"}
    answer = brought(client, INTERVIEW.encode(), **said)
    assert answer.status_code == 201, answer.text
    taken = answer.json()
    assert taken["n_claims"] > 0
    listed = msgspec.json.decode(client.get("/api/study").content, type=StudyDocuments)
    (row,) = listed.documents
    assert (row.id, row.name, row.source, row.n_waiting) == (
        *(taken["id"], "notes.txt", "Radio", taken["n_claims"]),
    )
    assert listed.may_bring
    assert "b" in {grade.code for grade in listed.grades}
    # The same bytes are the same document, and what is said otherwise of it is one word more.
    again = brought(client, INTERVIEW.encode(), **said)
    assert (again.status_code, again.json()["already"]) == (200, True)
    # What is no document at all is kept with what is wrong with it.
    torn = brought(client, b"%PDF-1.7 torn")
    assert torn.status_code == 201
    assert torn.json()["faults"][0]["code"].startswith("wire.document.")
    kept = client.get(f"/api/study/{torn.json()['id']}/original")
    assert kept.content == b"%PDF-1.7 torn"


def test_a_document_that_cannot_be_taken_is_refused_by_name(
    own_app: Starlette, own_city: Office
) -> None:
    client = signed(own_app, "first")
    never = {"sha256": "0" * 64, "file_name": "notes.txt"}
    assert client.post("/api/documents", never).status_code == 404
    day = client.post("/api/documents", {**never, "published_on": "2025-02-31"})
    assert day.status_code == 400
    assert day.json()["faults"][0]["code"] == "service.study.day"
    grade = brought(client, b"words", source_grade="zz")
    assert grade.status_code == 422
    assert grade.json()["faults"][0]["code"] == "service.code.unknown"
    assert not own_city.deskbook().documents
    for login, actor in LOGINS.items():
        answer = signed(own_app, login).post("/api/documents", never)
        may = actor.role in {"authority", "information"}
        assert answer.status_code == (404 if may else 403), login


def test_a_text_that_takes_too_long_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(INTERVIEW, encoding="utf-8")
    found = study_apart(path, Desk(), within_s=0.01)
    assert [fault.code for fault in found.document.faults] == ["wire.document.time"]
    assert found.document.sha256 == sha256(path.read_bytes()).hexdigest()


def while_studied(monkeypatch: pytest.MonkeyPatch, happens: Callable[[Uploads], object]) -> None:
    """Lets something happen after a document was asked for and before it is studied."""
    asked: list[Uploads] = []
    content = Uploads.content

    def taken(self: Uploads, person_id: str, digest: str) -> bytes | None:
        asked.append(self)
        return content(self, person_id, digest)

    def studied_late(path: Path, desk: Desk) -> Studied:
        happens(asked[-1])
        return next(iter(studies([path], desk, 1)))

    monkeypatch.setattr(Uploads, "content", taken)
    monkeypatch.setattr("rafiqa.api.studyintake.study_apart", studied_late)


def test_a_document_is_kept_though_others_push_its_upload_out(
    own_app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pushed_out(uploads: Uploads) -> None:
        for number in range(KEPT):
            other = b"x%d" % number
            assert uploads.put(f"o{number}", sha256(other).hexdigest(), len(other), 0, other)

    while_studied(monkeypatch, pushed_out)
    client = signed(own_app, "first")
    answer = brought(client, INTERVIEW.encode())
    assert answer.status_code == 201, answer.text
    assert client.get(f"/api/study/{answer.json()['id']}/original").content == INTERVIEW.encode()


@pytest.mark.parametrize("ends", ["before", "meanwhile"])
def test_an_account_whose_end_has_come_brings_no_document(
    ends: str, own_app: Starlette, own_city: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = Actor("canary-acting", "office", "information")
    until_us = clock.at_us + 3_600_000_000
    put_account(own_city.store, "acting", PASSWORD, acting, "Office", Draws(), until_us=until_us)
    client = signed(own_app, "acting")
    if ends == "before":
        monkeypatch.setattr(Ask, "standing", Standing(frozenset({"password"}), ended=True))
        # Nobody studies for them, either.
        monkeypatch.setattr("rafiqa.api.studyintake.study_apart", None)
    else:
        while_studied(monkeypatch, lambda _: clock.sleep_days(1))
    answer = brought(client, INTERVIEW.encode())
    assert answer.status_code == 403, answer.text
    assert {each["code"] for each in answer.json()["faults"]} == {"service.permit.ended"}
    assert not own_city.deskbook().documents
