"""The vault by command: made, filled, looked into, told of, erased, put back, given a new key."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from rafiqa.cli import main
from rafiqa.cli.machine import now_us
from rafiqa.service import Sent, open_office, put_file, receive
from rafiqa.service.submissionsealing import entry_of
from rafiqa.store.vault import open_vault
from rafiqa.wire.picture import PICTURE_BYTES
from tests.unit.cli.conftest import EXAMPLE, ORIGIN
from tests.unit.service.ground import OPERATOR
from tests.unit.service.safes import NAMELESS


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "city.rafiqa"
    assert main(["new", str(path), "--name", "Old Town", *ORIGIN]) == 0
    assert main(["import", str(path), str(EXAMPLE), "--as", "hazard-areas"]) == 0
    return path


def test_the_walk_of_the_page(run, store, tmp_path):
    made = run("vault", "new", store, "--json").answer
    key = Path(made["key"])
    assert key.stat().st_mode & 0o077 == 0
    assert run("vault", "new", store, "--json").status == 1
    (tmp_path / "person.json").write_text(json.dumps({"full_name": "N N", "phone": "0770"}))
    asked = ("--of", "old-orchard", "--for", "reporter_contact")
    kept = run("vault", "keep", store, tmp_path / "person.json", *asked, "--json").answer
    name = kept["pseudonym"]
    shown = run("vault", "show", store, name, "--reason", "call_back", "--key", key, "--json")
    assert shown.answer["fields"] == {"full_name": "N N", "phone": "0770"}
    (look,) = run("vault", "looks", store, name, "--json").answer["looks"]
    assert (look["reason"], look["role"]) == ("call_back", "authority")
    assert run("vault", "copy", store, tmp_path / "old", "--json").status == 0
    due = run("vault", "due", store, "--on", "2099-01-01", "--json").answer
    assert (due["erased"], due["identities"][0]["pseudonym"]) == (0, name)
    # What will be over one day is not over: nothing is erased as of a day to come.
    early = run("vault", "due", store, "--on", "2099-01-01", "--erase", "--json")
    assert (early.status, early.answer["error"]) == (1, "service.vault.future")
    assert run("vault", "due", store, "--erase", "--json").answer["erased"] == 0
    cause = ("--cause", "time_over")
    assert run("vault", "erase", store, name, *cause, "--json").status == 0
    shutil.copy(tmp_path / "old", made["vault"])
    again = run("vault", "show", store, name, "--reason", "call_back", "--json")
    assert (again.status, again.answer["error"]) == (1, "service.vault.erased")
    checked = run("vault", "check", store, "--json").answer
    assert checked.pop("open_originals") == 0
    assert checked == {"kept": 0, "lost": [], "orphans": [], "dropped": [], "intact": True}
    assert run("check", store, "--json").answer["intact"]
    moved = run("vault", "rekey", store, "--new-key", tmp_path / "new", "--json").answer
    assert moved["resealed"] == 0
    assert run("vault", "list", store, "--json").answer["identities"][0]["erased_at"] is not None
    assert "0770" not in run("vault", "list", store).out


def test_erase_and_a_vault_that_is_lost(run, store, tmp_path):
    made = run("vault", "new", store, "--json").answer
    (tmp_path / "person.json").write_text('{"full_name": "N N"}')
    asked = (tmp_path / "person.json", "--of", "old-orchard", "--for", "ownership", "--json")
    first, second = (run("vault", "keep", store, *asked).answer["pseudonym"] for _ in range(2))
    assert first != second
    gone = run("vault", "erase", store, first, "--cause", "asked_by_person", "--json")
    assert gone.answer == {"erased": first}
    Path(made["vault"]).unlink()
    assert run("vault", "show", store, second, "--reason", "inquiry", "--json").status == 1
    other = run("vault", "new", store, "--key", tmp_path / "k2", "--json")
    assert other.status == 0
    lost = run("vault", "check", store, "--json")
    assert (lost.status, lost.answer["lost"]) == (1, [second])


def test_a_day_that_cannot_be_read_and_a_name_that_is_a_list_are_refused(run, store, tmp_path):
    run("vault", "new", store)
    for told, more in (({"full_name": "N"}, ("--until", "2026-1-5")), ({"full_name": ["N"]}, ())):
        (tmp_path / "person.json").write_text(json.dumps(told))
        asked = ("--of", "old-orchard", "--for", "ownership", *more, "--json")
        refused = run("vault", "keep", store, tmp_path / "person.json", *asked)
        assert refused.status == 1, told
    assert run("vault", "list", store, "--json").answer["identities"] == []


def test_what_no_entry_names_is_told_and_goes_by_a_persons_word_alone(run, store):
    made = run("vault", "new", store, "--json").answer
    ago_us = now_us() - 2 * 86_400_000_000
    vault = open_vault(Path(made["vault"]), os.urandom, lambda: ago_us)
    name = vault.keep(b"{}", "never-said")
    for act in ("list", "check"):
        assert run("vault", act, store, "--role", "operator", "--json").status == 0
    told = run("vault", "check", store, "--json")
    assert (told.status, told.answer["orphans"]) == (0, [name])
    assert name in run("vault", "check", store).out
    assert run("vault", "check", store, "--drop", "--role", "operator", "--json").status == 1
    assert [item.pseudonym for item in vault.items()] == [name]
    assert run("vault", "check", store, "--drop", "--json").answer["dropped"] == [name]
    assert list(vault.items()) == []
    vault.close()


def test_who_erases_a_form_takes_it_out_of_the_vault_too(run, store, tmp_path):
    run("vault", "new", store)
    folder = tmp_path / "bundle" / "one"
    folder.mkdir(parents=True)
    form = '<data id="rafiqa_accident"><accident_note>words</accident_note><phone>0770</phone>'
    form += "<meta><instanceID>uuid:one</instanceID></meta></data>"
    (folder / "submission.xml").write_text(form)
    who = ("--person", "carrier", "--role", "operator", "--organisation", "co", "--json")
    assert run("bundle", store, folder.parent, *who).status == 0
    (kept,) = run("vault", "list", store, "--json").answer["identities"]
    asked = (entry_of("uuid:one"), "--cause", "asked", "--person", "other", "--json")
    gone = run("erase", store, *asked)
    assert gone.answer["from_vault"] == [kept["pseudonym"]]
    (left,) = run("vault", "list", store, "--json").answer["identities"]
    assert left["erased_at"] is not None
    again = run("erase", store, *asked)
    assert (again.status, again.answer["error"]) == (1, "service.erasure.already")


def test_a_picture_is_not_written_over_itself_and_one_too_large_says_so(run, tmp_path):
    came, large = tmp_path / "a.png", tmp_path / "large.jpg"
    Image.new("RGB", (8, 8)).save(came)
    before = came.read_bytes()
    (tmp_path / "link.png").symlink_to(came)
    for out in (came, tmp_path / "link.png"):
        same = run("picture", came, "--out", out, "--json")
        assert (same.status, same.answer["error"]) == (1, "cli.picture.same")
    assert came.read_bytes() == before
    large.write_bytes(b"\xff\xd8\xff" + bytes(PICTURE_BYTES))
    refused = run("picture", large, "--out", tmp_path / "b.jpg", "--json")
    assert (refused.status, refused.answer["error"]) == (1, "wire.picture.large")


def test_an_erasure_says_where_the_vault_could_not_be_reached(run, store, tmp_path):
    made = run("vault", "new", store, "--json").answer
    vault = Path(made["vault"])
    (tmp_path / "person.json").write_text('{"full_name": "N N"}')
    asked = (tmp_path / "person.json", "--of", "old-orchard", "--for", "ownership", "--json")
    names = [run("vault", "keep", store, *asked).answer["pseudonym"] for _ in range(3)]
    away = vault.rename(tmp_path / "away")
    gone = run("vault", "erase", store, names[0], "--cause", "asked_by_person", "--json")
    assert gone.status == 1
    assert gone.answer["erased"] == names[0]
    assert gone.answer["vault_not_reached"]["path"] == str(vault)
    assert gone.answer["vault_not_reached"]["error"] == "store.vault.missing"
    said = run("vault", "erase", store, names[1], "--cause", "asked_by_person")
    assert said.status == 1
    assert str(vault) in said.out
    # Put back, what is erased on record is erased in it, and nothing more is told.
    away.rename(vault)
    assert run("vault", "check", store, "--json").answer["kept"] == 1
    last = run("vault", "erase", store, names[2], "--cause", "asked_by_person", "--json")
    assert (last.status, last.answer) == (0, {"erased": names[2]})


def sent_with_a_form(store: Path, picture: Path) -> None:
    office = open_office(str(store), now_us=now_us, entropy=os.urandom)
    assert receive(office, OPERATOR, Sent(NAMELESS)).acted.done
    assert put_file(office, OPERATOR, "uuid:nameless", picture.name, picture.read_bytes())
    office.store.close()


def test_old_pictures_of_forms_are_counted_and_sealed(run, store, tmp_path):
    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8), (ord(name[0]), 0, 0)).save(tmp_path / name)
    sent_with_a_form(store, tmp_path / "a.png")
    run("vault", "new", store)
    checked = run("vault", "check", store, "--json")
    assert checked.answer["open_originals"] == 1
    assert "rafiqa vault seal" in run("vault", "check", store).out
    denied = run("vault", "seal", store, "--role", "planner", "--json")
    assert (denied.status, denied.answer["error"]) == (1, "service.permit.denied")
    assert run("vault", "seal", store, "--json").answer == {"sealed": 1, "as_they_came": []}
    assert run("vault", "seal", store, "--json").answer == {"sealed": 0, "as_they_came": []}


def test_what_is_attached_is_sealed_where_it_is_asked_for(run, store, tmp_path):
    Image.new("RGB", (8, 8), (90, 0, 0)).save(tmp_path / "b.png")
    photo = (tmp_path / "b.png").read_bytes()
    # Without a vault it is kept, and that it is not sealed is told.
    ran = run("attach", store, "old-orchard", tmp_path / "b.png", "--seal", "--json")
    assert (ran.status, ran.answer["whole"], ran.answer["sealed"]) == (1, True, False)
    run("vault", "new", store)
    ran = run("attach", store, "old-orchard", tmp_path / "b.png", "--json")
    assert (ran.status, ran.answer["whole"]) == (0, True)
    assert run("vault", "list", store, "--json").answer["identities"] == []
    ran = run("attach", store, "old-orchard", tmp_path / "b.png", "--seal", "--json")
    assert (ran.status, ran.answer["sealed"]) == (0, True)
    again = run("attach", store, "old-orchard", tmp_path / "b.png", "--seal", "--json")
    assert (again.status, again.answer["sealed"]) == (0, True)
    assert run("vault", "check", store, "--json").answer["open_originals"] == 0
    (kept,) = run("vault", "list", store, "--json").answer["identities"]
    assert kept["purpose"] == "picture_original"
    out = tmp_path / "seen.png"
    looked = ("--reason", "inquiry", "--out", out, "--json")
    assert run("vault", "show", store, kept["pseudonym"], *looked).status == 0
    assert out.read_bytes() == photo
    assert run("check", store, "--json").answer["intact"]
    # By its hash it comes back byte for byte, and that is on record.
    name = sha256(photo).hexdigest()
    again = ("--reason", "inquiry", "--json", "--out")
    back = run("vault", "unseal", store, name, *again, tmp_path / "back.png")
    assert (back.status, back.answer["sha256"], back.answer["bytes"]) == (0, name, len(photo))
    assert (tmp_path / "back.png").read_bytes() == photo
    assert len(run("vault", "looks", store, kept["pseudonym"], "--json").answer["looks"]) == 2
    taken = run("vault", "unseal", store, name, *again, tmp_path / "back.png")
    assert (taken.status, taken.answer["error"]) == (1, "service.vault.out-taken")
    none = run("vault", "unseal", store, "0" * 64, *again, tmp_path / "none.png")
    assert (none.status, none.answer["error"]) == (1, "service.vault.no-original")
    assert not (tmp_path / "none.png").exists()
