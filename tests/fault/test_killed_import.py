"""kill -9 in the middle of ``rafiqa import``, at moments drawn by seed, again and again.

Acknowledged is what ``killedimport`` says: rows with the line of progress that counts them,
the quarantine with the answer or exit status 0. After every kill nothing acknowledged is lost
and ``rafiqa check`` finds nothing; the same file sent again ends in the very content of an
import that nobody disturbed: the same entries in the same order, none twice, and the same
quarantine.

The controls are imports with one promise broken, killed and looked at in the same way: one
that tells before it keeps is seen to lose, one that gives fresh ids is seen to double. A store
that does not sync loses nothing by a kill, for the system keeps its pages: that control stands
in ``test_power_cut``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rafiqa.cli import main
from rafiqa.land import ReleaseTransferred
from rafiqa.service import open_office, transfer_release
from rafiqa.service.intake import GROUP
from tests.contract.drafts import Salts
from tests.fault.killedimport import (
    N_ROWS,
    TAKEN_EVERY,
    Content,
    Kill,
    Source,
    Told,
    content_of,
    earlier_file,
    evidence_file,
    intact,
    lost,
    new_store,
    run_and_kill,
    send,
)
from tests.unit.service.ground import INFORMATION, Clock, spot_in, square

N_TAKEN = len(range(0, N_ROWS, TAKEN_EVERY))
N_LINES = 6
"""Lines of progress of the whole file: one for each group of 500 rows."""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return evidence_file(tmp_path / "evidence.csv")


def prepared(folder: Path, capsys: Any) -> Path:
    """A store in which some ids of the evidence are taken."""
    folder.mkdir()
    store = new_store(folder)
    send(store, earlier_file(folder / "earlier.csv"), capsys)
    return store


def undisturbed(folder: Path, source: Source, capsys: Any) -> tuple[dict[str, Any], Content]:
    """The answer and the content of an import that nobody kills."""
    store = prepared(folder, capsys)
    answer = send(store, source, capsys)
    return answer, content_of(store)


def moments(seed: int, count: int) -> list[Kill]:
    """Kills spread over an import: before anything is told, in and between groups, at the end."""
    chance = np.random.default_rng(seed)
    drawn = []
    for _ in range(count):
        after_lines = int(chance.integers(0, N_LINES + 1))
        most_s = 0.9 if after_lines == 0 else 0.12
        drawn.append(Kill(after_lines, float(chance.uniform(0, most_s))))
    return drawn


def kill_again_and_again(
    folder: Path, source: Source, kills: list[Kill], whole: Content, capsys: Any
) -> tuple[Path, list[Told]]:
    """One store, the same file sent to it and killed each time; looked at after every kill."""
    store = prepared(folder, capsys)
    course = []
    for kill in kills:
        told = run_and_kill(store, source, kill)
        assert lost(store, source, told, whole) == [], (kill, told)
        assert intact(store, capsys), (kill, told)
        course.append(told)
    return store, course


def same_in_the_end(
    store: Path, source: Source, answer: dict[str, Any], whole: Content, capsys: Any
) -> None:
    again = send(store, source, capsys)
    for name in ("accepted", "quarantined", "refused", "warnings"):
        assert again[name] == answer[name], name
    found = content_of(store)
    assert found.entries == whole.entries
    assert found.quarantine == whole.quarantine
    assert len({entry[0] for entry in found.entries}) == len(found.entries)
    assert intact(store, capsys)


def run(tmp_path: Path, source: Source, capsys: Any, seeds: list[int], each: int) -> Counter[str]:
    answer, whole = undisturbed(tmp_path / "whole", source, capsys)
    assert answer["quarantined"] == len(whole.quarantine) > 50
    assert answer["accepted"] == len(source.entries)
    groups = [entry for entry in whole.entries if str(entry[0]).startswith("rows:")]
    assert len(groups) == -(-len(source.entries) // GROUP) + 1
    assert len(whole.entries) == len(source.entries) + N_TAKEN + len(groups)
    assert {fault["code"] for fault in answer["refused"]} == {
        "dictionary.code.unknown",
        "wire.id.duplicate",
        "ledger.id-conflict",
    }
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        store, course = kill_again_and_again(
            tmp_path / f"seed-{seed}", source, moments(seed, each), whole, capsys
        )
        same_in_the_end(store, source, answer, whole, capsys)
        for told in course:
            outcomes["killed"] += told.status < 0
            outcomes["in the middle"] += 0 < told.n_rows < len(source.entries)
    return outcomes


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    tmp_path: Path, source: Source, capsys: Any
) -> None:
    outcomes = run(tmp_path, source, capsys, seeds=[1, 2], each=3)
    assert outcomes["killed"] >= 5
    assert outcomes["in the middle"] >= 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 104))
def test_many_more_kills(tmp_path: Path, source: Source, capsys: Any, seed: int) -> None:
    outcomes = run(tmp_path, source, capsys, seeds=[seed, seed + 1000], each=8)
    assert outcomes["killed"] >= 10


def test_a_killed_store_is_checked_and_read_by_the_command_itself(
    tmp_path: Path, source: Source
) -> None:
    store = new_store(tmp_path)
    told = run_and_kill(store, source, Kill(2, 0.0))
    assert told.n_rows >= 1_000
    command = [sys.executable, "-m", "rafiqa", "check", str(store), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["intact"]
    assert answer["entries"] > told.n_rows * 0.9


# --- controls: the same eyes see a loss, and a double, where there is one


def test_control_an_import_that_tells_before_it_keeps_is_seen_to_lose(
    tmp_path: Path, source: Source, capsys: Any
) -> None:
    _, whole = undisturbed(tmp_path / "whole", source, capsys)
    found: list[object] = []
    for after_lines in (2, 3, 1, 4):
        store = prepared(tmp_path / f"careless-{after_lines}", capsys)
        told = run_and_kill(store, source, Kill(after_lines, 0.0), careless="told-first")
        found = lost(store, source, told, whole)
        assert intact(store, capsys)  # a loss is nothing that the store itself could see
        if found:
            break
    assert found


def test_control_an_import_that_gives_fresh_ids_is_seen_to_double(
    tmp_path: Path, source: Source, capsys: Any
) -> None:
    _, whole = undisturbed(tmp_path / "whole", source, capsys)
    store = prepared(tmp_path / "careless", capsys)
    run_and_kill(store, source, Kill(2, 0.0), careless="fresh-ids")
    told = run_and_kill(store, source, Kill(N_LINES + 1, 0.0), careless="fresh-ids")
    assert told.n_rows > 0
    assert len(content_of(store).entries) > len(whole.entries)
    assert intact(store, capsys)


# --- kinds that write in another way


def accidents_on_released_land(folder: Path) -> tuple[Path, Source]:
    """A store with 30 plots taken over as released, and accidents, some of which hit them."""
    store = new_store(folder)
    office = open_office(str(store), now_us=Clock(), entropy=Salts())
    for plot in range(30):
        fact = ReleaseTransferred(
            f"T{plot}", "cleared", square(plot * 100), "other body", "map", None, 50
        )
        assert transfer_release(office, INFORMATION, fact).done
    lines, entries = ["id,kind,lon,lat,happened_on,injured"], []
    for number in range(1_800):
        # One in sixty hits a plot, each plot once; the others fall on ground off the record.
        hit = number % 60 == 7
        x_m, y_m = (number // 60 * 100 + 50, 50) if hit else (number, -500)
        place = spot_in(office, x_m, y_m)
        lines.append(f"X{number},ordnance,{place.lon_deg:.7f},{place.lat_deg:.7f},2026-03-02,1")
        entries.append(f"import:accidents:X{number}")
    office.store.close()
    path = folder / "accidents.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return store, Source(path, "accidents", tuple(entries))


@pytest.mark.slow
def test_accidents_and_the_reopenings_that_follow_from_them(tmp_path: Path, capsys: Any) -> None:
    folders = [tmp_path / name for name in ("whole", "killed")]
    for folder in folders:
        folder.mkdir()
    store, source = accidents_on_released_land(folders[0])
    answer = send(store, source, capsys)
    whole = content_of(store)
    reopened = [entry for entry in whole.entries if str(entry[0]).endswith(".reopening")]
    assert len(reopened) == 30
    killed, same = accidents_on_released_land(folders[1])
    for kill in moments(7, 8):
        told = run_and_kill(killed, same, Kill(min(kill.after_lines, 3), kill.wait_s))
        assert lost(killed, same, told, whole) == []
        assert intact(killed, capsys)
        held = {str(entry[0]) for entry in content_of(killed).entries}
        hits = {str(entry[0]) for entry in reopened}
        # At no moment is an accident known whose land still stands as released.
        assert {name for name in hits if name.removesuffix(".reopening") in held} == hits & held
    again = send(killed, same, capsys)
    assert again["accepted"] == answer["accepted"]
    found = content_of(killed)
    assert found.quarantine == whole.quarantine == []
    assert found.entries[30:] == whole.entries[30:]


@pytest.mark.slow
def test_a_layer_is_there_whole_or_not_at_all(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "buildings.geojson"
    features = []
    for number in range(N_ROWS):
        west, south = 38.5 + number % 70 / 1000, 34.85 + number // 70 / 1000
        east, north = west + 0.000_2, south + 0.000_2
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        about = {"id": f"B{number}", "asset_kind": "house"}
        features.append({"type": "Feature", "geometry": shape, "properties": about})
    city = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(city), encoding="utf-8")
    source = Source(path, "buildings", ())
    folders = [tmp_path / name for name in ("whole", "killed")]
    for folder in folders:
        folder.mkdir()
    undisturbed_store = new_store(folders[0])
    assert send(undisturbed_store, source, capsys)["accepted"] == N_ROWS
    whole = content_of(undisturbed_store)
    assert len(whole.entries) == 1
    store = new_store(folders[1])
    chance = np.random.default_rng(5)
    for _ in range(8):
        told = run_and_kill(store, source, Kill(0, float(chance.uniform(0.3, 2.0))))
        assert intact(store, capsys)
        found = content_of(store)
        assert found.entries in ([], whole.entries)
        if told.n_rows or told.everything:
            assert found.entries == whole.entries
    again = send(store, source, capsys)
    assert again["accepted"] == N_ROWS
    assert content_of(store).entries == whole.entries
    assert main(["gate", str(store), "--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["conditions"] == N_ROWS
