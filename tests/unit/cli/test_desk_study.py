"""``rafiqa desk-study``: the records of the contract, and no person on the screen."""

from __future__ import annotations

from pathlib import Path

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
    assert run("desk-study", empty, "--json").codes == ["wire.plaintext.empty"]
    assert run("desk-study", tmp_path / "none.txt", "--json").codes == ["wire.file.missing"]
    assert run("desk-study", EXAMPLE, "--published", "soon", "--json").codes == [
        "service.study.day"
    ]
