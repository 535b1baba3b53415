"""The commands of the field: forms out, phones in, submissions carried by hand and taken along."""

from __future__ import annotations

import base64
import json
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.dictionary import form_pack
from rafiqa.service import bundle, fieldforms
from rafiqa.wire.xlsx import workbook_bytes
from tests.unit.cli.conftest import ORIGIN, Run
from tests.unit.service.field import FORM_XML, filled_form


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "field.rafiqa"
    assert run("new", path, "--name", "Field", *ORIGIN).status == 0
    return path


def test_a_form_goes_out_once_and_no_other_under_its_version(
    run: Run, store: Path, tmp_path: Path
) -> None:
    form = tmp_path / "form.xml"
    form.write_bytes(FORM_XML)
    first = run("publish-form", store, form, "--record", "evidence", "--json")
    assert first.answer["form_id"] == "sighting"
    assert run("publish-form", store, form, "--record", "evidence", "--json").answer == first.answer
    assert run("publish-form", store, form, "--record", "x", "--json").codes == [
        "service.form.record"
    ]
    form.write_bytes(FORM_XML.replace(b"Sighting", b"Seen"))
    assert run("publish-form", store, form, "--json").codes == ["service.form.version-twice"]
    other = FORM_XML.replace(b'version="3"', b'version="4"').replace(b"hazards.csv", b"own.csv")
    form.write_bytes(other)
    assert run("publish-form", store, form, "--json").codes == ["service.form.file-missing"]


def test_a_workbook_goes_out_as_what_phones_run(run: Run, store: Path, tmp_path: Path) -> None:
    rows = (
        ("type", "name", "label"),
        ("select_one seen", "kind", "What was seen?"),
        ("geopoint", "geometry", "Where?"),
    )
    settings = (("form_id", "form_title", "version"), ("own_form", "Our own", "7"))
    choices = (("list_name", "name", "label"), ("seen", "eo_seen", "Ordnance"))
    form = tmp_path / "own.xlsx"
    form.write_bytes(workbook_bytes({"survey": rows, "choices": choices, "settings": settings}))
    answer = run("publish-form", store, form, "--record", "evidence", "--json").answer
    assert (answer["form_id"], answer["version"], answer["title"]) == ("own_form", "7", "Our own")
    broken = {"survey": (*rows, ("nonsense", "x", "?")), "choices": choices}
    form.write_bytes(workbook_bytes(broken))
    assert run("publish-form", store, form, "--json").status == 1


def test_the_forms_of_the_dictionary_go_out_in_one_go(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = form_pack()
    few = replace(pack, forms={name: pack.forms[name] for name in ("damage", "rubble_lot")})
    monkeypatch.setattr(fieldforms, "form_pack", lambda: few)
    first = run("forms", "--publish", store, "--json").answer["forms"]
    assert [(one["id"], one["already"]) for one in first] == [
        ("rafiqa_damage", False),
        ("rafiqa_rubble_lot", False),
    ]
    again = run("forms", "--publish", store, "--json").answer["forms"]
    assert again == [{**one, "already": True} for one in first]
    assert run("forms", "--publish", store, "--out", store.parent, "--json").codes == [
        "cli.forms.which"
    ]


def test_a_phone_is_let_in_by_a_code_that_is_shown_once(run: Run, store: Path) -> None:
    words = ("--url", "https://mine.example/", "--carrier", "p-7", "--for", "deminers")
    added = run("device", "add", store, "--json", "phone-1", *words).answer
    settings = json.loads(zlib.decompress(base64.b64decode(added["settings"])))
    assert settings["general"]["server_url"] == added["url"]
    assert added["url"] == f"https://mine.example/openrosa/key/{added['key']}"
    assert settings["general"]["form_update_mode"] == "match_exactly"
    assert added["key"].encode() not in store.read_bytes()
    wal = store.with_name(store.name + "-wal")
    assert not wal.exists() or added["key"].encode() not in wal.read_bytes()
    again = run("device", "add", store, "--json", "phone-1", *words)
    assert again.codes == ["service.device.known"]
    assert run("device", "revoke", store, "--json", "phone-1", "--note", "lost").status == 0
    (told,) = run("device", "list", store, "--json").answer["devices"]
    assert told["revoked_at"] is not None
    assert run("device", "revoke", store, "--json", "phone-2").codes == ["service.device.unknown"]
    bad = run("device", "add", store, "--json", "p", "--url", "mine", *words[2:])
    assert bad.codes == ["service.device.address"]


def test_a_bundle_is_taken_once_and_what_came_is_taken_along(
    run: Run, store: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "instances"
    for name in ("a", "b", "broken"):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.xml").write_bytes(filled_form(f"uuid:{name}", photo="p.jpg"))
    (folder / "a" / "p.jpg").write_bytes(b"a photograph")
    (folder / "broken" / "broken.xml").write_bytes(b"<no")
    told = run("bundle", store, folder, "--json")
    assert told.status == 1
    assert told.codes == ["wire.xml.syntax"]
    counts = {name: told.answer[name] for name in ("read", "accepted", "already", "files")}
    assert counts == {"read": 3, "accepted": 2, "already": 0, "files": 1}
    assert run("bundle", store, folder, "--json").answer["already"] == 2
    out = tmp_path / "all.zip"
    known = run("submissions", store, "--out", out, "--json").answer
    assert [item["missing"] for item in known["submissions"]] == [[], ["p.jpg"]]
    other = tmp_path / "other.rafiqa"
    assert run("new", other, "--name", "Other", *ORIGIN).status == 0
    carried = run("bundle", other, out, "--json").answer
    assert (carried["accepted"], carried["files"], carried["refused"]) == (2, 1, [])
    with zipfile.ZipFile(out) as archive:
        assert archive.read("instances/000001/p.jpg") == b"a photograph"
    changed = filled_form("uuid:a", photo="p.jpg", kind="crater")
    (folder / "a" / "a.xml").write_bytes(changed)
    apart = run("bundle", store, folder, "--json")
    assert (apart.codes, apart.answer["files"]) == (["ledger.id-conflict", "wire.xml.syntax"], 1)
    kept = run("quarantine", store, "--out", tmp_path / "kept", "--json").answer["items"]
    (item,) = [item for item in kept if item["files"]]
    assert (tmp_path / "kept" / item["written"]).read_bytes() == changed
    (photo,) = item["files"]
    assert (photo["name"], photo["whole"]) == ("p.jpg", True)
    assert (tmp_path / "kept" / photo["written"]).read_bytes() == b"a photograph"


def test_what_of_a_bundle_cannot_be_taken_is_named_and_the_rest_is_taken(
    run: Run, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "instances"
    for name in ("a", "b", "locked", "z"):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.xml").write_bytes(filled_form(f"uuid:{name}"))
    (folder / "locked" / "locked.xml").rename(folder / "locked" / "submission.xml.enc")
    (folder / "a" / "film.mp4").write_bytes(b"x" * 3_000)
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    (folder / "b" / "photo.jpg").symlink_to(secret)
    monkeypatch.setattr(bundle, "FOLDER_BYTES", 2_000)
    told = run("bundle", store, folder, "--json")
    refused = {item["field"]: item["code"] for item in told.answer["refused"]}
    assert refused == {"a": "service.bundle.too-large", "locked": "service.bundle.no-form"}
    assert (told.status, told.answer["accepted"], told.answer["files"]) == (1, 2, 0)
    monkeypatch.undo()
    assert run("bundle", store, folder, "--json").answer["files"] == 1
    monkeypatch.setattr(bundle, "FOLDERS_LIMIT", 3)
    assert run("bundle", store, folder, "--json").codes == [
        "service.bundle.no-form",
        "service.bundle.too-many",
    ]


def test_a_damaged_archive_gives_what_is_whole(run: Run, store: Path, tmp_path: Path) -> None:
    path = tmp_path / "stick.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a", "b", "c"):
            archive.writestr(f"{name}/{name}.xml", filled_form(f"uuid:{name}"))
            archive.writestr(f"{name}/p.jpg", f"photograph of {name} ".encode() * 9)
    damaged = path.read_bytes().replace(b"photograph of b ph", b"photograph of X ph")
    path.write_bytes(damaged)
    told = run("bundle", store, path, "--json")
    assert (told.answer["accepted"], told.answer["files"]) == (3, 2)
    assert [(item["field"], item["code"]) for item in told.answer["refused"]] == [
        ("b", "service.bundle.file-unreadable")
    ]


def test_what_is_no_bundle_is_told(run: Run, store: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no archive")
    assert run("bundle", store, tmp_path / "x.zip", "--json").codes == ["service.bundle.unreadable"]
    assert run("submissions", store, "--out", tmp_path / "x.pdf", "--json").codes == [
        "api.submission.format"
    ]
