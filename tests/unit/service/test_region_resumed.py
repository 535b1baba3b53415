"""Runs that go on, twice at once, or over inputs that changed: never answers of two states."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rafiqa.bulk import Ended, InProcess
from rafiqa.errors import Conflict, NotFound
from rafiqa.service.regionlock import LOCK, held
from rafiqa.service.regionmanifest import check_run
from rafiqa.service.regionpart import Noted, Part
from rafiqa.service.regionrun import carry_out, work
from rafiqa.wire.tilefile import TileFile, write_bytes
from tests.regionfiles import asked, codes, files, outcomes, region_of, run_of


def all_hazard(columns: dict[str, list[Any]]) -> None:
    """What was cleared is hazard again."""
    for name, value in (
        *(("closes", 2), ("released", False), ("cleared", False), ("status", "cha")),
        *(("certified_cm", -1), ("worth", 0)),
    ):
        columns[name][1] = value


def found_in(out: Path) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in check_run(out)[1]]


def test_a_smaller_city_leaves_nothing_of_the_larger_one(tmp_path: Path) -> None:
    region, out = tmp_path / "region", tmp_path / "out"
    asked(region_of(region), out)
    assert "open" in outcomes(out).values()
    asked(region_of(region, n=2), out)
    asked(region, tmp_path / "fresh")
    assert set(outcomes(out)) == {"b0", "b1"}
    assert files(out) == files(tmp_path / "fresh")
    assert {p for p in out.rglob("*") if p.is_dir()} == {
        out / p.relative_to(tmp_path / "fresh")
        for p in (tmp_path / "fresh").rglob("*")
        if p.is_dir()
    }
    assert not found_in(out)


class Until:
    """Carries whole steps until one, and is then killed as a process is."""

    elsewhere = False

    def __init__(self, step: str, do: Callable[[], Any] | None = None) -> None:
        self.step, self.do = step, do

    def run(
        self, work: Callable[[Part], Noted], tasks: Sequence[Part]
    ) -> Iterator[Ended[Part, Noted]]:
        for task in tasks:
            if task.step == self.step:
                if self.do is None:
                    raise KeyboardInterrupt
                self.do()
                self.do = lambda: None
            yield Ended(task, work(task))


def test_no_open_of_before_stands_while_a_changed_city_is_asked_again(tmp_path: Path) -> None:
    region, out = tmp_path / "region", tmp_path / "out"
    asked(region_of(region), out)
    assert "open" in outcomes(out).values()
    region_of(region, more=all_hazard)
    with pytest.raises(KeyboardInterrupt):
        asked(region, out, Until("ground"))  # type: ignore[arg-type]
    assert outcomes(out) == {}
    with pytest.raises(NotFound):
        check_run(out)
    assert not asked(region, out).failed
    assert set(outcomes(out).values()) == {"closed"}
    asked(region, tmp_path / "fresh")
    assert files(out) == files(tmp_path / "fresh")


def test_what_failed_now_leaves_no_answer_of_before(tmp_path: Path) -> None:
    region, out = tmp_path / "region", tmp_path / "out"
    asked(region_of(region), out)
    (region / "ground.parquet").unlink()
    assert asked(region, out).failed
    assert outcomes(out) == {}
    assert {code for code, _ in found_in(out)} == {"bulk.part.absent"}


@pytest.mark.parametrize("name", ["ground.parquet", "assets.parquet"])
def test_a_file_that_changes_on_the_way_is_not_mixed_in(tmp_path: Path, name: str) -> None:
    region, out = tmp_path / "region", tmp_path / "out"
    other = region_of(tmp_path / "other", more=all_hazard, n=3)
    region_of(region)

    def swap() -> None:
        (region / name).write_bytes((other / name).read_bytes())

    step = "ground" if name.startswith("ground") else "layer"
    summary = asked(region, out, Until(step, swap))  # type: ignore[arg-type]
    assert codes(summary) & {"bulk.city.changed", "service.layer.changed"}
    assert outcomes(out) == {}


def test_a_strangers_file_is_told_and_taken_away(tmp_path: Path) -> None:
    region, out = region_of(tmp_path / "region"), tmp_path / "out"
    asked(region, out)
    own = next(out.glob("gate/*/tile=*.parquet"))
    stranger = own.with_name("tile=12-1-1.parquet")
    stranger.write_bytes(own.read_bytes())
    (own.parent / "tile=link.parquet").symlink_to(own)
    place = str(stranger.relative_to(out))
    told = found_in(out)
    assert ("bulk.part.stranger", place) in told
    assert len(told) == 2
    asked(region, out)
    assert not stranger.exists()
    assert not found_in(out)
    own.unlink()
    assert [code for code, _ in found_in(out)] == ["bulk.part.changed"]


@pytest.mark.parametrize("name", ["plan.json", "manifest.json", "inputs.json", "notes"])
def test_what_says_what_was_asked_is_held_to_its_hash(tmp_path: Path, name: str) -> None:
    region, out = region_of(tmp_path / "region"), tmp_path / "out"
    asked(region, out)
    path = next((out / name).glob("gate/*/*")) if name == "notes" else out / name
    bent = path.read_text().replace("1793404800000000", "1793404800000001").replace("12", "13")
    path.write_text(bent if bent != path.read_text() else bent + " ")
    if name == "manifest.json":
        with pytest.raises(NotFound, match=r"bulk\.out\.none"):
            check_run(out)
    else:
        assert [code for code, _ in found_in(out)] == ["bulk.part.changed"]


def test_two_runs_do_not_fill_one_folder(tmp_path: Path) -> None:
    region, out = region_of(tmp_path / "region"), tmp_path / "out"
    run = run_of(region, out)
    with held(run), pytest.raises(Conflict, match=r"bulk\.out\.busy"):
        carry_out(run, InProcess())
    assert not carry_out(run, InProcess()).failed
    # A lock that its holder left when it died holds nobody up.
    (out / LOCK).write_text("left")
    assert not carry_out(run, InProcess()).failed
    assert (out / LOCK).read_bytes() == b""
    with (out / LOCK).open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict):
            asked(region, out)


def test_a_worker_of_a_start_that_is_over_makes_nothing(tmp_path: Path) -> None:
    region, out = region_of(tmp_path / "region"), tmp_path / "out"
    run = run_of(region, out)
    late = replace(run, token="0" * 32)
    told = work(late, Part("survey", 0))
    assert [fault.code for fault in told.failed] == ["bulk.worker.other-folder"]
    strange = replace(run, house="rafiqa 9")
    told = work(strange, Part("survey", 0))
    assert [fault.code for fault in told.failed] == ["bulk.worker.other-version"]


def test_two_who_write_one_part_write_two_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two machines a process may have the same number."""
    import pyarrow as pa

    schema = pa.schema([("id", pa.int64())])
    monkeypatch.setattr(os, "getpid", lambda: 7)
    one = TileFile(tmp_path, "a/x.parquet", schema)
    two = TileFile(tmp_path, "a/x.parquet", schema)
    assert len(list((tmp_path / "a").iterdir())) == 2
    for each in (one, two):
        each.write(pa.table({"id": [1]}))
    first = one.end()
    assert two.end() == first
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["x.parquet"]


def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fsync, replaced = os.fsync, Path.replace

    def synced(handle: int) -> None:
        seen.append("sync")
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        seen.append("rename")
        return replaced(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    write_bytes(tmp_path, "x", b"1")
    assert seen == ["sync", "rename", "sync"]


def test_inputs_say_of_which_heads_the_answers_are(tmp_path: Path) -> None:
    region, out = region_of(tmp_path / "region"), tmp_path / "out"
    asked(region, out)
    first = json.loads((out / "inputs.json").read_bytes())["cities"]["drawn"]["head"]
    region_of(region, more=all_hazard)
    asked(region, out)
    assert json.loads((out / "inputs.json").read_bytes())["cities"]["drawn"]["head"] != first
