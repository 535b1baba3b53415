"""``rafiqa desk-study``: the records of the contract, and no person on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rafiqa.errors import Fault, InvalidInput
from rafiqa.service.studies import Desk, Studied, studies
from tests.unit.cli.conftest import Run

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "desk" / "report.txt"
FIELDS = {
    "id", "doc_sha256", "producer", "quote", "start", "end", "sentence_start", "sentence_end",
    "event_type", "hazard", "polarity", "place", "time", "source", "confidence", "reasons", "state",
}  # fmt: skip


def test_records_are_those_of_the_contract(run: Run) -> None:
    answer = run("desk-study", EXAMPLE, "--published", "2025-03-10", "--json").answer
    text = EXAMPLE.read_text(encoding="utf-8")
    assert not answer["refused"]
    assert len(answer["records"]) >= 10
    for record in (*answer["records"], *answer["set_aside"]):
        assert set(record) >= FIELDS
        assert text[record["start"] : record["end"]] == record["quote"]
        assert record["state"] == "proposed"
        assert set(record["place"]) >= {"span", "surface", "candidates", "basis"}
        assert set(record["time"]) >= {"span", "start", "end", "precision", "basis"}
        assert set(record["source"]) == {"speaker_role", "organisation_span", "via", "interest"}
        for hazard in record["hazard"]:
            assert text[slice(*hazard["span"])]
    assert len({record["id"] for record in answer["records"]}) == len(answer["records"])
    assert {record["polarity"] for record in answer["set_aside"]} == {"question"}


def test_a_name_is_covered_on_the_screen(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "told.txt"
    file.write_text("أصيب أحمد حسن بانفجار لغم قرب السوق.", encoding="utf-8")
    shown = run("desk-study", file)
    assert "أحمد" not in shown.out
    assert "█" in shown.out
    (record,) = run("desk-study", file, "--json").answer["records"]
    assert "personal-name" in record["flags"]
    assert "أحمد" not in record["quote_masked"]


def test_bad_input_is_named(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert run("desk-study", empty, "--json").codes == ["wire.document.empty"]
    assert run("desk-study", tmp_path / "none.txt", "--json").codes == ["wire.file.missing"]
    assert run("desk-study", EXAMPLE, "--published", "soon", "--json").codes == [
        "service.study.day"
    ]


def test_lines_go_into_a_file_of_a_folder_and_stay_where_the_study_breaks_off(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("وجد الأهالي ألغاماً في الرقة.", encoding="utf-8")
    out = tmp_path / "lines.jsonl"
    for document, given, code in (
        (folder, tmp_path, "cli.desk-study.out-no-file"),
        (folder, tmp_path / "none" / "lines.jsonl", "cli.desk-study.out-no-file"),
        (folder, folder / "a.txt", "cli.desk-study.out-no-file"),
        (folder / "a.txt", out, "cli.desk-study.out-of-one"),
    ):
        refused = run("desk-study", document, "--out", given, "--json")
        assert refused.codes == [code]
        assert refused.status
    assert list(tmp_path.iterdir()) == [folder]

    def first_alone(paths: list[Path], desk: Desk, n_processes: int) -> Iterator[Studied]:
        yield next(iter(studies(paths[:1], desk, n_processes)))
        raise InvalidInput(Fault("wire.file.missing"))

    with monkeypatch.context() as broken:
        broken.setattr("rafiqa.cli.studied.studies", first_alone)
        ended = run("desk-study", folder, "--out", out)
    kept = tmp_path / "lines.jsonl.part"
    assert ended.status
    assert str(kept) in ended.err
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1
    assert not out.exists()
    assert run("desk-study", folder, "--out", out).status == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    # What was studied before the first broke off is not written over by the next.
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1
    assert {*tmp_path.iterdir()} == {folder, out, kept}
