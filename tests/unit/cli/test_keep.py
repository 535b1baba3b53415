"""Backing up, restoring, erasing and attaching by command: keys, exit status, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.cli import COMMANDS, main
from rafiqa.store import open_store
from tests.unit.cli.conftest import EXAMPLE, INSIDE, ORIGIN
from tests.unit.store.test_backup import signed_text


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "city.rafiqa"
    assert main(["new", str(path), "--name", "Old Town", *ORIGIN]) == 0
    assert main(["import", str(path), str(EXAMPLE), "--as", "hazard-areas"]) == 0
    return path


def test_back_and_forth_in_the_clear(run, store, tmp_path):
    root = run("check", store, "--json").answer["root"]
    ran = run("backup", store, tmp_path / "b", "--plain", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert set(ran.answer) == {"root", "entries", "until", "bytes", "sealed"}
    assert (ran.answer["root"], ran.answer["sealed"]) == (root, False)
    again = tmp_path / "again.rafiqa"
    ran = run("restore", tmp_path / "b", again, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.answer == {"root": root, "entries": 4, "writable": True, "refused": []}
    checked = run("check", again, "--json").answer
    assert (checked["root"], checked["intact"]) == (root, True)
    for point in (INSIDE, ORIGIN):
        was, now = (run("at", path, *point, "--json").answer for path in (store, again))
        assert now == was


def test_back_and_forth_sealed(run, store, tmp_path):
    key = tmp_path / "key"
    ran = run("backup-key", key, "--json")
    assert ran.status == 0
    recipient = ran.answer["recipient"]
    assert recipient.startswith("age1")
    assert "AGE-SECRET-KEY" in key.read_text()
    assert "AGE-SECRET" not in ran.out + ran.err
    ran = run("backup", store, tmp_path / "b", "--recipient", recipient, "--json")
    assert (ran.status, ran.answer["sealed"]) == (0, True)
    again = tmp_path / "again.rafiqa"
    ran = run("restore", tmp_path / "b", again, "--json")
    assert (ran.status, ran.codes) == (1, ["store.backup-sealed"])
    assert not again.exists()
    ran = run("restore", tmp_path / "b", again, "--identity", key, "--json")
    assert ran.status == 0
    assert run("check", again).status == 0
    assert "AGE-SECRET" not in ran.out + ran.err


def test_sealed_or_plain_must_be_said(run, store, tmp_path):
    ran = run("backup", store, tmp_path / "b", "--json")
    assert (ran.status, ran.codes) == (1, ["cli.backup.sealed-or-plain"])
    assert not (tmp_path / "b").exists()
    ran = run("backup", store, tmp_path / "b", "--plain", "--recipient", "age1x")
    assert ran.status == 2


def test_a_backup_older_than_its_witnesses_is_restored_for_reading_and_ends_with_1(
    run, store, tmp_path
):
    assert run("backup", store, tmp_path / "b", "--plain").status == 0
    (tmp_path / "newest").write_text(signed_text(99, bytes(32)), encoding="utf-8")
    again = tmp_path / "again.rafiqa"
    ran = run("restore", tmp_path / "b", again, "--checkpoint", tmp_path / "newest", "--json")
    assert (ran.status, ran.codes) == (1, ["store.rollback"])
    assert ran.answer["writable"] is False
    assert run("account", again, "--json").status == 0
    ran = run("import", again, EXAMPLE, "--as", "hazard-areas", "--json")
    assert ran.status == 1
    ran = run("check", again, "--json")
    assert [fault["code"] for fault in ran.answer["faults"]] == ["store.rollback"]
    words = run("check", again).out
    assert "Rollback suspected" in words


def test_erase(run, store):
    import_ids = _entries(store)
    ran = run("erase", store, import_ids[1], "--cause", "asked for", "--person", "b", "--json")
    assert ran.status == 0, ran.out
    assert set(ran.answer) == {"erased", "by"}
    assert run("check", store, "--json").answer["erased"] == 1
    ran = run("erase", store, import_ids[1], "--cause", "again", "--person", "b", "--json")
    assert (ran.status, ran.codes) == (1, ["service.erasure.already"])
    ran = run("erase", store, "none", "--cause", "asked", "--json")
    assert (ran.status, ran.codes) == (1, ["service.erasure.unknown"])
    assert run("erase", store, import_ids[2]).status == 2


def _entries(store: Path) -> list[str]:
    kept = open_store(store, entropy=bytes, now_us=int)
    try:
        return [entry.entry_id for entry in kept.read()]
    finally:
        kept.close()


def test_attach_and_begin_again(run, store, tmp_path):
    record = json.loads(EXAMPLE.read_text())["features"][0]["properties"]["id"]
    photo = tmp_path / "field.jpg"
    photo.write_bytes(bytes(range(256)) * 2_000)
    for _ in range(2):
        ran = run("attach", store, record, photo, "--json")
        assert ran.status == 0, ran.out
        assert (ran.answer["bytes"], ran.answer["missing"]) == (512_000, [])
        assert ran.answer["whole"] is True
    checked = run("check", store, "--json").answer
    assert (checked["entries"], checked["attachments_awaited"]) == (5, 0)
    ran = run("attach", store, "nothing", photo, "--json")
    assert (ran.status, ran.codes) == (1, ["service.attachment.record"])


def test_the_public_contract_has_its_commands():
    assert {"backup", "restore", "check"} <= set(COMMANDS)


def test_the_published_checkpoint_goes_with_the_backup(run, store, tmp_path):
    origin = "office.example/evidence/2026"
    assert run("log", "new", store, "--origin", origin).status == 0
    assert run("log", "publish", store, "--json").status == 0
    assert run("backup", store, tmp_path / "b", "--plain").status == 0
    published = (tmp_path / "city.rafiqa.log" / "checkpoint").read_bytes()
    assert (tmp_path / "b.checkpoint").read_bytes() == published
    assert run("restore", tmp_path / "b", tmp_path / "again.rafiqa").status == 0
    # A newer one, as a mirror of the log has it, tells that this backup is old.
    projects = ("erase", store, "import:hazard-areas:mill-lane", "--cause", "x", "--person", "b")
    assert run(*projects).status == 0
    assert run("log", "publish", store).status == 0
    newer = tmp_path / "city.rafiqa.log" / "checkpoint"
    ran = run("restore", tmp_path / "b", tmp_path / "old.rafiqa", "--checkpoint", newer, "--json")
    assert (ran.status, ran.codes) == (1, ["store.rollback"])
