"""``rafiqa report``: the six kinds of the contract and two more, as files, JSON and lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.service.reporting import REPORTS
from tests.city import small_city
from tests.unit.cli.conftest import Run

CONTRACT = ("completion", "handover", "article7", "5w", "dossier", "monthly")
PERIOD = ("--from", "2026-01-10", "--to", "2026-02-28")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    small_city(folder).store.close()
    return str(folder / "small.rafiqa")


@pytest.mark.parametrize("kind", CONTRACT)
def test_the_kinds_of_the_contract(run: Run, store: str, tmp_path: Path, kind: str) -> None:
    for suffix, magic in ((".pdf", b"%PDF-"), (".xlsx", b"PK"), (".json", b"{")):
        out = tmp_path / f"{kind}{suffix}"
        done = run("report", store, kind, *PERIOD, "--out", out, "--json")
        assert done.status == 0, done.out
        assert done.answer["kind"] == kind
        assert out.read_bytes().startswith(magic)
    assert json.loads((tmp_path / f"{kind}.json").read_text()) | {"out": None} == (
        run("report", store, kind, *PERIOD, "--json").answer | {"out": None}
    )


def test_the_figures_are_those_of_the_account(run: Run, store: str) -> None:
    told = run("account", store, *PERIOD, "--json").answer["classes"]
    tables = run("report", store, "monthly", *PERIOD, "--json").answer["tables"]
    table = next(each for each in tables if each["name"] == "account")
    names = [column["name"].removeprefix("account_") for column in table["columns"]]
    for row in table["rows"]:
        [class_] = row[0]["codes"]
        for name, cell in zip(names[1:], row[1:], strict=True):
            assert cell["value"] == told[class_][f"{name}_m2"], (class_, name)
            assert cell["half_mm2"] == round(told[class_][f"{name}_m2"] * 2_000_000)


def test_every_figure_has_its_origin(run: Run, store: str) -> None:
    for kind in CONTRACT:
        answer = run("report", store, kind, "--json").answer
        cells = [cell for t in answer["tables"] for row in t["rows"] for cell in row]
        figures = [cell for cell in cells if "value" in cell]
        assert figures
        for cell in figures:
            origin = answer["origins"][cell["origin"]]
            assert cell["unit"]
            named = ("source", "method", "boundary", "valid_at", "known_at")
            assert all(origin[name] for name in named)
            assert cell["value"] is not None or cell["text"]


def test_lines_say_the_same_in_both_languages(run: Run, store: str) -> None:
    for lang, words in (("en", "Hazard left, by area"), ("ar", "الخطر الباقي بحسب المنطقة")):
        said = run("report", store, "article7", "--lang", lang).out
        assert words in said
        assert "report." not in said


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("completion", "--area", "nowhere"), "land.area.unknown"),
        (("completion", "--to", "2026-01-01"), "service.reporting.no-completion"),
        (("dossier", "--project", "nothing"), "service.project.unknown"),
        (("donor", "--donor", "nobody"), "service.reporting.donor-unknown"),
        (("donor",), "service.reporting.no-donor"),
        (("handover", "--area", "H2"), "service.reporting.nothing-released"),
        (("monthly", "--from", "2026-03-01", "--to", "2026-02-01"), "service.account.period"),
        (("monthly", "--to", "2190-01-01"), "service.reporting.future"),
        (("monthly", "--to", "yesterday"), "wire.time.malformed"),
        (("monthly", "--boundary", "nowhere.geojson"), "service.import.no-file"),
        (("monthly", "--teams", "nowhere.json"), "cli.plan.file"),
        (("monthly", "--out", "report.doc"), "wire.export.format"),
        (("monthly", "--out", "nowhere/at/all.pdf"), "cli.certificate.out"),
    ],
)
def test_what_is_refused_is_refused_by_code(
    run: Run, store: str, asked: tuple[str, ...], code: str
) -> None:
    for lang in ("en", "ar"):
        done = run("report", store, *asked, "--lang", lang, "--json")
        assert done.status == 1
        assert done.codes == [code]
        [fault] = done.answer["refused"]
        assert fault["detail"] != code
        assert fault["next"]


def test_a_broken_boundary_is_refused(run: Run, store: str, tmp_path: Path) -> None:
    bow = tmp_path / "bow.geojson"
    ring = [[39.01, 35.95], [39.02, 35.96], [39.02, 35.95], [39.01, 35.96], [39.01, 35.95]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    row = {"type": "Feature", "properties": {}, "geometry": shape}
    bow.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    done = run("report", store, "monthly", "--boundary", bow, "--json")
    assert done.status == 1
    assert any(code.startswith("geo.") for code in done.codes)


def test_wrong_usage_ends_with_two(run: Run, store: str) -> None:
    assert run("report", store, "rumour").status == 2
    assert tuple(REPORTS)[: len(CONTRACT)] == CONTRACT


def test_a_forecast_is_made_of_teams(run: Run, store: str, tmp_path: Path) -> None:
    teams = tmp_path / "teams.json"
    team = {"id": "t1", "skills": ["manual"], "m2_per_day": 40}
    teams.write_text(json.dumps({"teams": [team]}))
    answer = run("report", store, "monthly", "--teams", teams, "--days", "60", "--json").answer
    table = next(each for each in answer["tables"] if each["name"] == "forecast")
    assert table["rows"]
    assert not [each for each in answer["missing"] if each["code"] == "report.missing.forecast"]
