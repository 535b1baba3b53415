"""Documents from the command line to a decision: read, kept, listed, decided on, taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from tests.unit.cli.conftest import ORIGIN
from tests.unit.wire.documents import pdf_of

TEXT = "قالت البلدية إن الألغام ما زالت في حقل القرية. لم يصب أحد."


def ran(capsys: pytest.CaptureFixture[str], *words: object, status: int = 0) -> Any:
    assert main([*map(str, words), "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_a_folder_is_read_kept_and_decided_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, folder = tmp_path / "city.rafiqa", tmp_path / "documents"
    ran(capsys, "new", store, "--name", "Old Town", *ORIGIN)
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.pdf").write_bytes(pdf_of(("وجد الفلاحون الألغام في حقل القرية.",)))
    (folder / "c.txt").write_bytes(b"")
    told = ran(capsys, "desk-study", folder, "--store", store, "--source", "Radio")
    assert (told["documents"], told["unread"]) == (3, 1)
    assert told["files"][2]["faults"][0]["code"] == "wire.document.empty"
    record = told["files"][0]["records"][0]
    assert TEXT[record["start"] : record["end"]] == record["quote"]
    listed = ran(capsys, "review", store)
    assert listed["n"] == told["records"]
    assert record["id"] in {each["claim_id"] for each in listed["candidates"]}
    refused = ran(capsys, "review", store, "--reject", record["id"], status=1)
    assert refused["refused"][0]["code"] == "service.claim.why"
    done = ran(capsys, "review", store, "--accept", record["id"])
    assert [each["decision"] for each in done["decided"]] == ["accepted"]
    after = ran(capsys, "review", store, "--all")
    states = {each["claim_id"]: each["state"] for each in after["candidates"]}
    assert states[record["id"]] == "accepted"
    both = ("--role", "authority", "--note", "the wrong field", "--confirmed-by", "second")
    ran(capsys, "review", store, "--undo", record["id"], *both)
    assert ran(capsys, "review", store)["n"] == listed["n"]
    checked = ran(capsys, "check", store)
    assert checked["intact"]
    assert main(["review", str(store)]) == 0
    assert record["id"] in capsys.readouterr().out


def test_what_came_of_a_folder_is_written_as_it_comes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "documents", tmp_path / "study.jsonl"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.txt").write_bytes(b"")
    told = ran(capsys, "desk-study", folder, "--out", out)
    # What could be read stands in the file alone: memory holds one document.
    assert [row["file"] for row in told["files"]] == ["b.txt"]
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["file"] for row in rows] == ["a.txt", "b.txt"]
    assert len(rows[0]["records"]) == told["records"] > 0
    assert ran(capsys, "desk-study", folder)["files"][0] == rows[0]
    before = out.read_bytes()
    ran(capsys, "desk-study", folder, "--out", out, "--published", "soon", status=1)
    assert out.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_one_document_that_cannot_be_read_is_refused_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, path = tmp_path / "city.rafiqa", tmp_path / "torn.pdf"
    ran(capsys, "new", store, "--name", "Old Town", *ORIGIN)
    path.write_bytes(b"%PDF-1.7 and no more")
    refused = ran(capsys, "desk-study", path, "--store", store, status=1)
    assert "wire.document.broken" in json.dumps(refused)
    assert main(["review", str(store)]) == 0
    assert "1" in capsys.readouterr().out


def test_a_pdf_tells_page_and_box_of_each_quote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of(("وجد الفلاحون الألغام في حقل القرية.",)))
    told = ran(capsys, "desk-study", path)
    assert told["document"]["kind"] == "pdf"
    assert told["records"]
    for record in told["records"]:
        assert record["page"] == 1
        assert len(record["box_pt"]) == 4


def test_a_quote_that_may_name_a_person_is_covered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, path = tmp_path / "city.rafiqa", tmp_path / "told.txt"
    ran(capsys, "new", store, "--name", "Old Town", *ORIGIN)
    path.write_text("أصيب أحمد حسن بانفجار لغم قرب السوق.", encoding="utf-8")
    ran(capsys, "desk-study", path, "--store", store)
    assert ran(capsys, "review", store)["n"]
    assert main(["review", str(store)]) == 0
    assert "أحمد" not in capsys.readouterr().out
