"""The public pages and the desk's work on them, through the door."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette

from rafiqa.land import LandReopened, ReportAnswered, ResidentReported
from rafiqa.service import Office, answer_report, reopen_land, report_hazard
from rafiqa.wire.instant import iso
from tests.city import DAY_US, FIRST, RESIDENT, Clock, box, spot
from tests.unit.api.client import Client

NOTICE = {"notice_id": "A1", "kind": "works", "place_id": "cell:3595:1950"}
MEMORY = {
    "archive_id": "M1",
    "subject": "area",
    "subject_id": "H1",
    "moment": "before",
    "taken_on": "2024-05-03",
    "purpose": "remembrance",
    "credit": "City archive",
    "consent_ref": "C-12",
    "caption_ar": "الطاحونة قبل الحرب.",
}


@pytest.fixture
def staff_two(own_app: Starlette) -> tuple[Client, Client]:
    found = Client(own_app), Client(own_app)
    for client, login in zip(found, ("first", "second"), strict=True):
        assert client.sign_in(login).status_code == 200
    return found


def notice(clock: Clock, **more: Any) -> dict[str, Any]:
    times = {"from": iso(clock.at_us - DAY_US), "until": iso(clock.at_us + 5 * DAY_US)}
    return NOTICE | times | more


def test_a_report_on_released_land_is_in_the_next_answer(
    own_app: Starlette, own_city: Office
) -> None:
    client = Client(own_app)

    def doubted() -> bool:
        manifest = client.get("/public/manifest.json").json()
        (name,) = [r["name"] for r in manifest["files"] if r["name"].startswith("data/danger")]
        return b"in_doubt" in client.get(f"/public/{name}").content

    assert not doubted()
    seen = ResidentReported("S9", spot(own_city, 20, 20), "mine")
    assert report_hazard(own_city, RESIDENT, seen).done
    assert doubted()
    assert answer_report(own_city, FIRST, ReportAnswered("S9", "item_removed")).done
    assert not doubted()


def test_the_page_and_its_files_are_one_state(own_app: Starlette) -> None:
    client = Client(own_app)
    page = client.get("/public?lang=ar")
    assert page.headers["content-type"].startswith("text/html")
    assert 'dir="rtl"' in page.text
    assert '<base href="/public/">' in page.text
    manifest = client.get("/public/manifest.json").json()
    for row in manifest["files"]:
        answer = client.get(f"/public/{row['name']}")
        assert answer.status_code == 200, row
        assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
    worker = client.get("/public/worker.js")
    assert worker.headers["service-worker-allowed"] == "/public"
    (name,) = [row["name"] for row in manifest["files"] if row["name"].startswith("data/danger")]
    assert "immutable" in client.get(f"/public/{name}").headers["cache-control"]
    for strange in ("nothing.json", "../app.py", "sheets/N-0000000.pdf", "data/", "%00"):
        assert client.get(f"/public/{strange}").status_code == 404, strange


def test_what_is_put_back_to_hazard_is_told_with_the_next_answer(
    own_app: Starlette, own_city: Office
) -> None:
    """A public product that shows a stale release is the harm that this page must not do."""
    client = Client(own_app)
    before = client.get("/public/manifest.json").json()
    assert "reopened" not in client.get("/public").text.partition('id="list"')[0]
    opened = LandReopened("O9", box(10, 10, 30, 30), "flood", area_id="H1")
    assert reopen_land(own_city, FIRST, opened).done
    after = client.get("/public/manifest.json").json()
    assert after["about"]["known_at"] > before["about"]["known_at"]

    def told(manifest: dict[str, Any], file: str) -> Any:
        name = next(r["name"] for r in manifest["files"] if r["name"].startswith(f"data/{file}"))
        return client.get(f"/public/{name}").json()[file]

    reopened = [row for row in told(after, "danger") if row["status"] == "reopened"]
    assert len(reopened) == 2
    areas = sum(row["area_m2"] for row in told(after, "released"))
    assert areas < 4_974 + 1_593


def test_a_sheet_is_served_and_a_stale_one_is_not(own_app: Starlette) -> None:
    client = Client(own_app)
    page = client.get("/public").text
    href = page.partition('href="sheets/')[2].partition('"')[0]
    answer = client.get(f"/public/sheets/{href}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_notice_from_writing_to_the_end(
    own_app: Starlette, clock: Clock, staff_two: tuple[Client, Client]
) -> None:
    first, second = staff_two
    anybody = Client(own_app)
    sent = first.post("/api/area-notices", notice(clock, text="Follow the flags."))
    assert sent.status_code == 201, sent.text
    (item,) = first.get("/api/public-items").json()["items"]
    assert (item["state"], item["may"]) == ("written", ["rejected"])
    assert anybody.get("/api/area-notices").json()["notices"] == []
    path = "/api/public-items/A1/decision"
    own = first.post(path, {"decision": "approved"})
    assert own.status_code == 422
    assert own.json()["code"] == "service.public.own"
    assert second.post(path, {"decision": "approved"}).status_code == 201
    (told,) = anybody.get("/api/area-notices?lang=kmr").json()["notices"]
    assert told["text"] == "Follow the flags."
    assert told["kind_text"] == "Karên nivîsgeha mayînan"
    assert "Follow the flags." in anybody.get("/public").text
    clock.sleep_days(6)
    assert anybody.get("/api/area-notices").json()["notices"] == []
    assert "Follow the flags." not in anybody.get("/public").text


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_fault_of_a_notice_is_told_in_words(
    clock: Clock, staff_two: tuple[Client, Client], lang: str
) -> None:
    bad = notice(clock, kind="party", place_id="H1", text="Ask Mr Haddad, it is safe")
    answer = staff_two[0].post(f"/api/area-notices?lang={lang}", bad)
    assert answer.status_code == 422
    faults = answer.json()["faults"]
    assert {each["code"] for each in faults} == {
        "service.code.unknown",
        "service.public.place",
        "service.public.names",
        "service.public.promises",
    }
    for each in faults:
        assert each["next"], each
        assert each["detail"] != each["code"]


def test_a_memory_with_its_picture(own_app: Starlette, staff_two: tuple[Client, Client]) -> None:
    first, second = staff_two
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "canary device"
    Image.effect_noise((200, 100), 60).convert("RGB").save(out, "JPEG", exif=exif)
    body = MEMORY | {"picture": base64.b64encode(out.getvalue()).decode(), "faces_hidden": True}
    assert first.post("/api/archive", body).status_code == 201
    (item,) = second.get("/api/public-items").json()["items"]
    shown = second.get("/api/public-items/M1/picture")
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"canary" not in shown.content
    anybody = Client(own_app)
    assert anybody.get("/api/public-items/M1/picture").status_code == 401
    assert item["may"] == ["approved", "rejected"]
    assert item["consent_ref"] == "C-12"
    # Staff that does not work on it sees it once it is told to everybody, and never whose consent.
    operator = Client(own_app)
    assert operator.sign_in("operator").status_code == 200
    assert operator.get("/api/public-items").json()["items"] == []
    assert operator.get("/api/public-items/M1/picture").status_code == 404
    approved = {"decision": "approved"}
    assert second.post("/api/public-items/M1/decision", approved).status_code == 201
    (item,) = operator.get("/api/public-items").json()["items"]
    assert item["consent_ref"] is None
    assert "C-12" not in str(item)
    assert operator.get("/api/public-items/M1/picture").content == shown.content
    page = anybody.get("/public?lang=ar").text
    assert "الطاحونة قبل الحرب." in page
    name = page.partition('src="pictures/')[2].partition('"')[0]
    assert anybody.get(f"/public/pictures/{name}").content == shown.content


@pytest.mark.parametrize("picture", ["not base64!", "AAAA"])
def test_a_picture_that_cannot_be_read_is_refused(
    staff_two: tuple[Client, Client], picture: str
) -> None:
    answer = staff_two[0].post("/api/archive", MEMORY | {"picture": picture, "faces_hidden": True})
    assert answer.status_code == 400
    assert answer.json()["code"] == "wire.picture.unread"


def test_only_staff_sees_the_work_and_only_the_authority_decides(
    own_app: Starlette, clock: Clock, staff_two: tuple[Client, Client]
) -> None:
    anybody, operator = Client(own_app), Client(own_app)
    assert operator.sign_in("operator").status_code == 200
    assert anybody.get("/api/public-items").status_code == 401
    assert anybody.post("/api/area-notices", notice(clock)).status_code == 401
    assert operator.post("/api/area-notices", notice(clock)).status_code == 403
    assert staff_two[0].post("/api/area-notices", notice(clock)).status_code == 201
    decided = operator.post("/api/public-items/A1/decision", {"decision": "approved"})
    assert decided.status_code == 403
    work = operator.get("/api/public-items").json()
    assert work["may_write"] is False
    assert work["items"][0]["may"] == []
    assert work["places"]
