"""OpenRosa, as Collect speaks it: every header and status that it is particular about."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from hashlib import md5
from uuid import UUID
from xml.etree import ElementTree as ET

import httpx
import numpy as np
import pytest
import shapely
from shapely.affinity import translate
from starlette.applications import Starlette

from rafiqa.geo import GridShape, union_of
from rafiqa.land import BoundaryCorrected
from rafiqa.ledger import AttachmentNamed, DeviceEnrolled, DeviceRevoked, FormPublished
from rafiqa.service import (
    Office,
    correct_boundary,
    enrol_device,
    entity,
    missing_files,
    publish_form,
    reports_waiting,
    revoke_device,
    token_sha256,
)
from rafiqa.wire.fieldplace import place_from
from tests.city import FIRST, START_US
from tests.unit.api.client import Client
from tests.unit.service.field import FORM_XML, filled_form

TOKEN = "k" * 64
KEY = f"/openrosa/key/{TOKEN}"
ROSA = {"X-OpenRosa-Version": "1.0"}
LIST = "{http://openrosa.org/xforms/xformsList}"
FILES = "{http://openrosa.org/xforms/xformsManifest}"
ANSWER = "{http://openrosa.org/http/response}"
PHOTO = np.random.default_rng(3).bytes(300_000)


@pytest.fixture
def phone(field_office: Office, field_app: Starlette) -> Client:
    return set_up(field_office, field_app)


def set_up(office: Office, app: Starlette) -> Client:
    form = FormPublished("", "", "", "", "evidence")
    assert publish_form(office, FIRST, form, FORM_XML, {"kinds.csv": b"name,label\n"}).done
    device = DeviceEnrolled(
        "phone-1", token_sha256(TOKEN), "canary-carrier", "deminers", "surveyor"
    )
    assert enrol_device(office, FIRST, device).done
    return Client(app)


def send(
    phone: Client,
    content: bytes,
    *files: tuple[str, bytes],
    unfinished: bool = False,
    lang: str = "en",
) -> httpx.Response:
    """One request as Collect makes it: the form, its files, and whether more follow."""
    parts: list[tuple[str, tuple[str | None, bytes, str]]] = [
        ("xml_submission_file", ("submission.xml", content, "text/xml"))
    ]
    parts += [(name, (name, data, "image/jpeg")) for name, data in files]
    if unfinished:
        parts.append(("*isIncomplete*", (None, b"yes", "text/plain")))
    headers = {**ROSA, "Accept-Language": lang, "Date": "Thu, 26 Nov 2026 07:59:59 GMT"}
    path = f"{KEY}/submission?deviceID=collect:abc"
    return phone.send("POST", path, files=parts, headers=headers)


def words(answer: httpx.Response) -> str:
    message = ET.fromstring(answer.content).find(f"{ANSWER}message")  # noqa: S314 - our own
    assert message is not None
    return message.text or ""


def test_the_list_of_forms_is_what_collect_takes(phone: Client) -> None:
    answer = phone.get(f"{KEY}/formList?deviceID=collect:abc", **ROSA)
    assert answer.status_code == 200
    assert "text/xml" in answer.headers["content-type"]
    assert answer.headers["x-openrosa-version"] == "1.0"
    (form,) = ET.fromstring(answer.content)  # noqa: S314
    told = {each.tag.removeprefix(LIST): each.text or "" for each in form}
    assert set(told) == {"formID", "name", "version", "hash", "downloadUrl", "manifestUrl"}
    assert (told["formID"], told["name"], told["version"]) == ("sighting", "Sighting", "3")
    got = phone.get(told["downloadUrl"])
    assert got.content == FORM_XML
    assert told["hash"] == f"md5:{md5(got.content).hexdigest()}"  # noqa: S324
    other = phone.get(f"{KEY}/formList?formID=other", **ROSA)
    assert list(ET.fromstring(other.content)) == []  # noqa: S314


def test_the_manifest_gives_each_file_its_hash_and_the_hazards_as_a_list(phone: Client) -> None:
    forms = ET.fromstring(phone.get(f"{KEY}/formList", **ROSA).content)  # noqa: S314
    url = forms[0].findtext(f"{LIST}manifestUrl") or ""
    answer = phone.get(url, **ROSA)
    assert answer.headers["x-openrosa-version"] == "1.0"
    files = {
        each.findtext(f"{FILES}filename"): each
        for each in ET.fromstring(answer.content)  # noqa: S314
    }
    assert set(files) == {"kinds.csv", "hazards.csv"}
    assert files["hazards.csv"].get("type") == "approvalEntityList"
    for file in files.values():
        got = phone.get(file.findtext(f"{FILES}downloadUrl") or "")
        assert got.status_code == 200
        mark = f"md5:{md5(got.content).hexdigest()}"  # noqa: S324
        assert file.findtext(f"{FILES}hash") == mark


def test_a_file_of_any_name_is_fetched_by_its_address(
    field_office: Office, field_app: Starlette
) -> None:
    name = "صور #1 100%.csv"
    form = FormPublished("", "", "", "", "evidence")
    files = {name: b"name,label\n"}
    assert publish_form(field_office, FIRST, form, FORM_XML, files).done
    device = DeviceEnrolled("phone-1", token_sha256(TOKEN), "carrier", "deminers", "surveyor")
    assert enrol_device(field_office, FIRST, device).done
    phone = Client(field_app)
    listed = ET.fromstring(phone.get(f"{KEY}/formList", **ROSA).content)  # noqa: S314
    address = listed.findtext(f"{LIST}xform/{LIST}manifestUrl") or ""
    told = ET.fromstring(phone.get(address.partition("test")[2], **ROSA).content)  # noqa: S314
    urls = {e.findtext(f"{FILES}filename"): e.findtext(f"{FILES}downloadUrl") or "" for e in told}
    assert phone.get(urls[name].partition("test")[2]).content == b"name,label\n"


def test_hazards_go_out_whole_rows_that_cover_what_is_on_record(
    own_city: Office, own_app: Starlette
) -> None:
    phone = set_up(own_city, own_app)
    answer = phone.get(f"{KEY}/entities/hazards.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["area_id"] for row in rows} >= {"H1", "H2"}
    for row in rows:
        assert UUID(row["name"]).version == 4
        assert row["label"]
        assert int(row["__version"]) >= 1
        assert None not in row.values()
        assert (
            row["geometry"].split(";")[0].split()[:2] == row["geometry"].split("; ")[-1].split()[:2]
        )
    assert_drawn(own_city, rows)
    again = phone.get(f"{KEY}/entities/hazards.csv", **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    gone = f"{KEY}/integrity?id={rows[0]['name']},nobody"
    told = ET.fromstring(phone.get(gone, **ROSA).content)  # noqa: S314
    assert [each.findtext("deleted") for each in told.iter("entity")] == ["false", "true"]


def assert_drawn(office: Office, rows: list[dict[str, str]]) -> None:
    """Asserts that rows cover all ground that is hazard."""
    drawn = shapely.union_all([place_from(row["geometry"]) for row in rows])
    for face, state in office.book().states(office.now_us()):
        if state.is_hazard:
            there = office.frame.to_lonlat(face.shape).geometry
            assert there.difference(drawn).is_empty


@pytest.mark.parametrize("limit", [1, 2])
def test_hazards_beyond_what_a_phone_bears_are_drawn_as_one(
    own_city: Office, own_app: Starlette, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(entity, "ROWS_LIMIT", limit)
    phone = set_up(own_city, own_app)
    answer = phone.get(f"{KEY}/entities/hazards.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == limit
    assert rows[-1]["label"].startswith("[!] +")
    assert_drawn(own_city, rows)


def test_an_outline_that_changed_has_a_higher_version(own_city: Office, own_app: Starlette) -> None:
    phone = set_up(own_city, own_app)

    def versions() -> set[int]:
        text = phone.get(f"{KEY}/entities/hazards.csv").text
        return {int(row["__version"]) for row in csv.DictReader(io.StringIO(text))}

    before = versions()
    grown = own_city.register().areas["H1"].outline
    far = GridShape.of(translate(grown.geometry, 2_000, 0))
    fact = BoundaryCorrected("H1", union_of([grown, far]), "measured again")
    assert correct_boundary(own_city, FIRST, fact).done
    assert min(versions()) > max(before), "phones keep what they have until a higher one comes"


def test_head_says_204_and_how_much_to_send(phone: Client) -> None:
    answer = phone.send("HEAD", f"{KEY}/submission?deviceID=x", headers=ROSA)
    assert answer.status_code == 204
    assert answer.headers["x-openrosa-version"] == "1.0"
    assert answer.headers["x-openrosa-accept-content-length"] == "1000000"
    assert "date" in answer.headers
    assert phone.send("GET", f"{KEY}/submission", headers=ROSA).status_code == 204


def test_one_file_then_the_same_again_then_other_content(
    phone: Client, field_office: Office
) -> None:
    content = filled_form("uuid:a", photo="صورة ١.jpg")
    first = send(phone, content, ("صورة ١.jpg", PHOTO), lang="ar")
    assert first.status_code == 201
    assert "وصلنا" in words(first)
    head = field_office.store.head()
    assert send(phone, content, ("صورة ١.jpg", PHOTO)).status_code == 202
    assert field_office.store.head() == head
    story = field_office.fieldbook().stories["uuid:a"]
    assert missing_files(field_office, story) == ()
    parts = field_office.store.attachment(story.files["صورة ١.jpg"].sha256)
    assert parts is not None
    assert b"".join(parts) == PHOTO
    altered = send(phone, content.replace(b"eo_seen", b"crater"), ("صورة ١.jpg", PHOTO[1:]))
    assert altered.status_code == 409
    (named,) = next(iter(field_office.fieldbook().apart.values()))
    assert isinstance(named.fact, AttachmentNamed)
    assert b"".join(field_office.store.attachment(named.fact.sha256) or ()) == PHOTO[1:]
    assert "OpenRosaResponse" in altered.text
    assert words(altered)
    swapped = send(phone, content, ("صورة ١.jpg", PHOTO[::-1]))
    assert swapped.status_code == 409


def test_two_batches_in_any_order(phone: Client, field_office: Office) -> None:
    content = filled_form("uuid:b", photo="a.jpg").replace(
        b"</photo>", b"</photo><photo>b.jpg</photo>"
    )
    assert send(phone, content, ("b.jpg", PHOTO[:9]), unfinished=True).status_code == 201
    assert missing_files(field_office, field_office.fieldbook().stories["uuid:b"]) == ("a.jpg",)
    assert send(phone, content, ("a.jpg", PHOTO[:7])).status_code == 201
    assert missing_files(field_office, field_office.fieldbook().stories["uuid:b"]) == ()
    assert send(phone, content, ("a.jpg", PHOTO[:7]), ("b.jpg", PHOTO[:9])).status_code == 202


def test_an_edit_and_an_edit_of_what_has_not_come(phone: Client, field_office: Office) -> None:
    assert send(phone, filled_form("uuid:2", replaces="uuid:1")).status_code == 201
    assert send(phone, filled_form("uuid:1")).status_code == 201
    assert field_office.fieldbook().stories["uuid:1"].state == "replaced"


def test_a_report_on_a_form_nobody_knows_stands_on_the_map(
    phone: Client, field_office: Office
) -> None:
    before = len(list(reports_waiting(field_office)))
    assert send(phone, filled_form("uuid:c", form='id="old-form"')).status_code == 201
    assert len(list(reports_waiting(field_office))) == before + 1


@pytest.mark.parametrize("path", ["formList", "submission", "integrity", "entities/hazards.csv"])
def test_a_wrong_key_is_403_and_never_401(phone: Client, field_office: Office, path: str) -> None:
    assert phone.get(f"/openrosa/key/{'x' * 64}/{path}", **ROSA).status_code == 403
    assert phone.get(f"/openrosa/{path}", **ROSA).status_code == 403
    assert revoke_device(field_office, FIRST, DeviceRevoked("phone-1", "lost")).done
    answer = phone.get(f"{KEY}/{path}", **ROSA)
    assert answer.status_code == 403
    assert "www-authenticate" not in answer.headers
    assert words(answer)


def test_a_key_ends_on_its_day(phone: Client, field_office: Office) -> None:
    short = DeviceEnrolled(
        "phone-2", token_sha256("s" * 64), "c", "deminers", "surveyor", (), START_US
    )
    assert enrol_device(field_office, FIRST, short).done
    assert phone.get(f"/openrosa/key/{'s' * 64}/formList", **ROSA).status_code == 403


@pytest.mark.parametrize("path", ["formList", "integrity"])
def test_without_the_header_of_the_protocol_it_is_400(phone: Client, path: str) -> None:
    assert phone.get(f"{KEY}/{path}").status_code == 400


def test_what_is_cut_off_or_no_form_is_400_and_kept_where_it_has_content(
    phone: Client, field_office: Office
) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b", **ROSA}
    whole = (
        b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s.xml"'
        b"\r\n\r\n<data id='x'/>\r\n--b--\r\n"
    )
    path = f"{KEY}/submission"
    assert phone.send("POST", path, content=whole[:-6], headers=kind).status_code == 400
    assert phone.send("POST", path, content=whole, headers=kind).status_code == 201
    assert send(phone, b"<data").status_code == 400
    assert b"<data" in [item.original for item in field_office.store.quarantined()]


def test_a_closed_form_is_not_listed_and_still_taken(phone: Client, field_office: Office) -> None:
    form = FormPublished("", "", "", "", "evidence", closed=True)
    files = {"kinds.csv": b"name,label\n"}
    assert publish_form(field_office, FIRST, form, FORM_XML, files).done
    answer = phone.get(f"{KEY}/formList", **ROSA)
    assert list(ET.fromstring(answer.content)) == []  # noqa: S314
    assert send(phone, filled_form("uuid:late")).status_code == 201
    assert field_office.fieldbook().stories["uuid:late"].fact.faults == ()


def test_the_body_has_a_limit(phone: Client) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b", **ROSA}
    big = b"x" * (33 * 1024 * 1024)
    answer = phone.send("POST", f"{KEY}/submission", content=big, headers=kind)
    assert answer.status_code == 413


def test_nothing_is_read_from_whoever_has_no_key(phone: Client) -> None:
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(64):
            read.append(number)
            yield b"x" * 65_536

    headers = {**ROSA, "Content-Type": "multipart/form-data; boundary=b"}
    path = "/submission?deviceID=collect:abc"
    stranger = phone.send(
        "POST", f"/openrosa/key/{'x' * 64}{path}", content=endless(), headers=headers
    )
    assert (stranger.status_code, len(read)) == (403, 0)
    # The control: who has a key is read to the end, and then told that it was no form.
    known = phone.send("POST", f"{KEY}{path}", content=endless(), headers=headers)
    assert (known.status_code, len(read)) == (400, 64)
