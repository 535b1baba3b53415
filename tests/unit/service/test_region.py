"""A region: what each city says alone, whatever is killed, spoiled or missing on the way."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from rafiqa.bulk import Ended, InProcess
from rafiqa.cli import main, parser
from rafiqa.errors import InvalidInput, NotFound
from rafiqa.service import AsOf, Question, ask_figures, open_office
from rafiqa.service.gateall import gate_everything
from rafiqa.service.region import Plan, read_region
from rafiqa.service.regionmanifest import check_run
from rafiqa.service.regionpart import Noted, Part, Run
from rafiqa.service.regionrun import Summary, begin, carry_out
from rafiqa.wire.answer import classes_json
from tests.region import AREAS, BUILDINGS, drawn_city

N_CITIES = 5
AT_US = 1_793_404_800_000_000
"""2026-10-31T00:00:00Z."""
ZOOM = 16
"""Tiles about 500 m wide: many in each of these cities."""


def clock() -> int:
    return AT_US


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five generated cities; only to be read."""
    folder = tmp_path_factory.mktemp("region")
    for number in range(N_CITIES):
        drawn_city(folder, number)
    return folder


@pytest.fixture(scope="module")
def whole(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gates of all of them, from a run that nothing disturbed; only to be read."""
    out = tmp_path_factory.mktemp("out") / "gates"
    assert not asked(region, out).failed
    return out


@pytest.fixture(scope="module")
def one(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of these cities as a region; only to be read."""
    folder = tmp_path_factory.mktemp("one")
    shutil.copy(region / "city-000.rafiqa", folder)
    return folder


@pytest.fixture(scope="module")
def one_whole(one: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its gates, from a run that nothing disturbed; only to be read."""
    out = tmp_path_factory.mktemp("out") / "gates"
    assert not asked(one, out).failed
    return out


def run_of(region: Path, out: Path, what: str = "gate") -> Run:
    plan = Plan(what, read_region(str(region)), AT_US, AT_US, ZOOM, "test")
    return begin(Run(plan, str(out), clock, os.urandom))


def asked(region: Path, out: Path, what: str = "gate") -> Summary:
    return carry_out(run_of(region, out, what), InProcess())


def files(out: Path) -> dict[str, bytes]:
    found = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in found}


def rows(out: Path, city: str) -> list[dict[str, Any]]:
    """The rows of a city in the order of ``gate --all``: its layers, its projects last."""
    found: list[dict[str, Any]] = []
    for path in (out / "gate" / f"city={city}").glob("*.parquet"):
        found += pq.ParquetFile(path).read().to_pylist()
    found.sort(key=lambda row: (row.get("layer") or "~", row.get("row") or 0))
    return found


def test_each_city_has_the_answers_that_it_gives_alone(region: Path, whole: Path) -> None:
    seen: set[str] = set()
    for number in range(N_CITIES):
        name = f"city-{number:03}"
        office = open_office(str(region / f"{name}.rafiqa"), now_us=clock, entropy=os.urandom)
        try:
            alone = gate_everything(office, AsOf(AT_US, AT_US))
        finally:
            office.store.close()
        together = rows(whole, name)
        for column in ("ids", "kind", "outcome", "codes", "area_ids"):
            told = [row["id" if column == "ids" else column] for row in together]
            assert told == getattr(alone, column), (name, column)
        seen |= set(alone.outcome)
    assert seen == {"open", "conditions", "closed"}


def test_files_are_cut_by_tile_and_each_row_has_its_box(whole: Path) -> None:
    paths = list((whole / "gate" / "city=city-000").glob("tile=*.parquet"))
    names = {path.name for path in paths}
    assert len(names) > 10
    assert {"tile=nowhere.parquet", "tile=wide.parquet"} <= names
    for path in paths:
        file = pq.ParquetFile(path)
        column = json.loads(file.schema_arrow.metadata[b"geo"])["columns"]["geometry"]
        assert column["covering"]["bbox"]["xmin"] == ["bbox", "xmin"]
        boxes = [row["bbox"] for row in file.read(columns=["bbox"]).to_pylist()]
        assert all((box is None) == (path.name == "tile=nowhere.parquet") for box in boxes)


def test_doubt_is_told_of_a_region_as_of_a_city(whole: Path) -> None:
    told = [row for row in rows(whole, "city-000") if "gate.area.in-doubt" in row["codes"]]
    assert told
    assert {row["outcome"] for row in told} <= {"conditions", "closed"}


def test_the_manifest_names_every_file_and_the_check_finds_it(whole: Path) -> None:
    n_files, faults = check_run(whole)
    named = {item["path"] for item in json.loads((whole / "manifest.json").read_bytes())["files"]}
    there = set(files(whole)) - {"plan.json", "manifest.json", ".lock"}
    assert (n_files, faults, named) == (len(there), [], there)


class Cut(Exception):  # noqa: N818 - not an error of the program
    """The run was killed here."""


class UntilCut:
    """Carries so many tasks and is then killed as a process is: nothing after it is done."""

    elsewhere = False

    def __init__(self, n_left: int) -> None:
        self.n_left = n_left

    def run(
        self, work: Callable[[Part], Noted], tasks: Sequence[Part]
    ) -> Iterator[Ended[Part, Noted]]:
        for task in tasks:
            if not self.n_left:
                raise Cut
            self.n_left -= 1
            yield Ended(task, work(task))


@pytest.mark.parametrize("n_done", [1, 2, 8])
def test_a_run_that_was_killed_goes_on(
    one: Path, one_whole: Path, tmp_path: Path, n_done: int
) -> None:
    out = tmp_path / "gates"
    with pytest.raises(Cut):
        carry_out(run_of(one, out), UntilCut(n_done))  # type: ignore[arg-type]
    with pytest.raises(NotFound, match=r"bulk\.out\.none"):
        check_run(out)
    # What a killed process was writing lies there yet.
    (out / ".scrap.1.part").write_bytes(b"half")
    summary = asked(one, out)
    assert summary.n_kept == max(n_done - 1, 0)
    assert files(out) == files(one_whole)


@pytest.mark.parametrize(
    ("step", "how"),
    [("assets", "spoiled"), ("ground", "gone"), ("gate", "cut"), ("notes", "spoiled")],
)
def test_what_was_spoiled_is_found_and_made_again(
    one: Path, one_whole: Path, tmp_path: Path, step: str, how: str
) -> None:
    out = tmp_path / "gates"
    shutil.copytree(one_whole, out)
    path = max(path for path in (out / step).rglob("*") if path.is_file())
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[:-10])
    else:
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:-30] + b"x" + content[-29:])
    assert check_run(out)[1]
    summary = asked(one, out)
    assert not summary.failed
    assert files(out) == files(one_whole)
    assert check_run(out)[1] == []


def test_a_city_that_cannot_be_read_is_told_and_the_others_go_on(
    region: Path, whole: Path, tmp_path: Path
) -> None:
    spoiled, out = tmp_path / "region", tmp_path / "gates"
    spoiled.mkdir()
    shutil.copy(region / "city-001.rafiqa", spoiled)
    (spoiled / "city-002.rafiqa").write_bytes(b"no store at all" * 500)
    summary = asked(spoiled, out)
    assert [key[:2] for key in summary.failed] == [("survey", "city-002")]
    assert rows(out, "city-001") == rows(whole, "city-001")
    assert not json.loads((out / "manifest.json").read_bytes())["complete"]
    assert [fault.code for fault in check_run(out)[1]] == ["bulk.part.absent"]


def test_a_part_that_cannot_be_made_is_told_and_never_left_out(
    one: Path, one_whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rafiqa.service import regionrun

    made = regionrun.STEPS["gate"]

    def careless(run: Run, part: Part) -> Any:
        if part.name == "tile=wide":
            raise OSError("no room")
        return made(run, part)

    out = tmp_path / "gates"
    with monkeypatch.context() as patch:
        patch.setitem(regionrun.STEPS, "gate", careless)
        summary = asked(one, out)
    assert list(summary.failed) == [("gate", "city-000", "tile=wide")]
    assert summary.counts()[0] < BUILDINGS + 1
    assert [fault.place for fault in check_run(out)[1]] == ["gate/city-000/tile=wide"]
    asked(one, out)
    assert files(out) == files(one_whole)


def test_a_store_that_says_something_else_is_asked_again(region: Path, tmp_path: Path) -> None:
    own, out = tmp_path / "region", tmp_path / "gates"
    own.mkdir()
    shutil.copy(region / "city-000.rafiqa", own)
    asked(own, out, "account")
    first = files(out)
    shutil.copy(region / "city-001.rafiqa", own / "city-000.rafiqa")
    assert asked(own, out, "account").n_kept == 0
    assert files(out) != first
    assert not check_run(out)[1]


def test_another_question_does_not_go_on_in_the_same_folder(region: Path, whole: Path) -> None:
    with pytest.raises(InvalidInput, match=r"bulk\.out\.other-run"):
        run_of(region, whole, "account")
    with pytest.raises(InvalidInput, match=r"bulk\.out\.not-empty"):
        run_of(region, region)


def test_accounts_are_those_of_each_city_and_add_up(region: Path, tmp_path: Path) -> None:
    summary = asked(region, tmp_path / "out", "account")
    total = 0.0
    for number in range(N_CITIES):
        path = region / f"city-{number:03}.rafiqa"
        office = open_office(str(path), now_us=clock, entropy=os.urandom)
        try:
            figures = ask_figures(office, Question(None, AT_US, AT_US, None, "all recorded land"))
        finally:
            office.store.close()
        written = tmp_path / "out" / "account" / f"city=city-{number:03}" / "account.json"
        told = json.loads(written.read_bytes())
        assert told["classes"] == classes_json(figures.account)
        assert told["balance_error_m2"] == 0
        assert told["in_doubt_m2"] > 0
        total += told["classes"]["cha"]["closing_m2"]
    assert summary.account()["cha"]["closing_m2"] == pytest.approx(total)


@pytest.mark.slow
def test_risk_of_a_city_is_the_same_again(one: Path, tmp_path: Path) -> None:
    asked(one, tmp_path / "a", "risk")
    asked(one, tmp_path / "b", "risk")
    found = files(tmp_path / "a")
    assert found == files(tmp_path / "b")
    assert "risk/city=city-000/cells.parquet" in found


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({}, "bulk.region.malformed"),
        ({"cities": [{"name": 1}]}, "bulk.region.city-malformed"),
        ({"cities": [{"name": "a", "origin": [1, 2], "layers": []}]}, "bulk.region.city-malformed"),
        ({"cities": [{"name": "../a", "store": "x"}]}, "bulk.region.name"),
        (
            {"cities": [{"name": "Homs", "store": "x"}, {"name": "homs", "store": "y"}]},
            "bulk.region.name-twice",
        ),
    ],
)
def test_a_region_that_is_no_region_is_refused(tmp_path: Path, content: Any, code: str) -> None:
    (tmp_path / "region.json").write_text(json.dumps(content))
    with pytest.raises(InvalidInput, match=code.replace(".", r"\.")):
        read_region(str(tmp_path))
    with pytest.raises(NotFound, match=r"bulk\.region\.none"):
        read_region(str(tmp_path / "nothing"))


def test_an_address_is_kept_without_its_password() -> None:
    plan = Plan("gate", read_region("postgresql://a:secret@host/db?password=secret"), 1, 1, 9, "v")
    assert "secret" not in json.dumps(plan.json())
    assert plan.cities[0].store.count("secret") == 2


def test_the_command_ends_with_1_where_a_part_is_missing(
    region: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, out = tmp_path / "region", tmp_path / "gates"
    own.mkdir()
    shutil.copy(region / "city-000.rafiqa", own)
    words = ["bulk", "gate", str(own), str(out), "--json"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["n"] == BUILDINGS + 1 == sum(answer[k] for k in ("open", "conditions", "closed"))
    assert answer["cost"]["cpu_s_per_million"] > 0
    assert answer["cost"]["peak_memory_mb"] > 10
    (own / "city-001.rafiqa").write_bytes(b"x" * 5_000)
    # Another region is another question.
    assert main(words) == 1
    shutil.rmtree(out)
    capsys.readouterr()
    assert main(words) == 1
    answer = json.loads(capsys.readouterr().out)
    assert not answer["complete"]
    assert [item["part"] for item in answer["failed"]] == ["survey/city-001"]
    assert main(["bulk", "check", str(out), "--json"]) == 1
    (own / "city-001.rafiqa").unlink()


@pytest.mark.parametrize(
    "words",
    [
        ("--zoom", "9", "gate", "region", "out"),
        ("gate", "--zoom", "9", "region", "out"),
        ("gate", "region", "--zoom", "9", "out"),
        ("gate", "region", "out", "--zoom", "9"),
        ("gate", "region", "--json", "--zoom=9", "out"),
    ],
)
def test_options_stand_before_between_and_after(words: tuple[str, ...]) -> None:
    args = parser("bulk").parse_args(["bulk", *words])
    assert (args.what, args.region, args.out, args.zoom) == ("gate", "region", "out", 9)


@pytest.mark.parametrize("words", [("gate",), ("gate", "a", "b", "c"), ("gates", "a", "b")])
def test_words_too_few_too_many_or_unknown_are_misuse(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bulk", *words, "--json"]) == 2
    assert "cli.usage." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("gate", "region"), "cli.bulk.out"),
        (("check", "a", "b"), "cli.bulk.out"),
        (("gate", "a", "b", "--workers", "0"), "cli.bulk.workers"),
        (
            ("gate", "a", "b", "--workers", "2", "--cluster", "tcp://x:1"),
            "cli.bulk.workers-or-cluster",
        ),
        (("gate", "a", "b", "--zoom", "40"), "cli.bulk.zoom"),
    ],
)
def test_wrong_usage_is_told(
    words: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bulk", *words, "--json"]) == 2
    assert [each["code"] for each in json.loads(capsys.readouterr().out)["refused"]] == [code]


def test_each_city_is_another(region: Path) -> None:
    assert len({path.read_bytes() for path in region.glob("*.rafiqa")}) == N_CITIES
    assert AREAS > 1
