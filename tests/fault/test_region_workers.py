"""A region by workers of their own: the same bytes, and the same when one of them is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from rafiqa.bulk import Engine, InProcess, local_cluster
from rafiqa.cli import main
from rafiqa.cli.machine import entropy, now_us
from rafiqa.service.region import Plan, read_region
from rafiqa.service.regionmanifest import check_run
from rafiqa.service.regionpart import Noted, Part, Run
from rafiqa.service.regionrun import begin, carry_out, work
from tests import postgresserver
from tests.region import drawn_city

pytestmark = pytest.mark.slow
AT = ("--valid-at", "2026-10-31", "--known-at", "2026-10-31")
AT_US = 1_793_404_800_000_000
ZOOM = 15
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _workers_know_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker is given to do stands in this file."""
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three generated cities; only to be read."""
    folder = tmp_path_factory.mktemp("region")
    for number in range(3):
        drawn_city(folder, number)
    return folder


@pytest.fixture(scope="module")
def whole(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their gates, made in this process."""
    out = tmp_path_factory.mktemp("out") / "gates"
    assert not carried(region, out, InProcess())
    return out


def run_of(region: Path, out: Path) -> Run:
    plan = Plan("gate", read_region(str(region)), AT_US, AT_US, ZOOM, "test")
    return begin(Run(plan, str(out), now_us, entropy))


def carried(region: Path, out: Path, engine: Engine) -> dict[Any, Any]:
    return carry_out(run_of(region, out), engine).failed


def files(out: Path) -> dict[str, bytes]:
    found = (path for path in out.rglob("*") if path.is_file())
    # What a killed worker was writing is nobody's: no manifest names it.
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in found
        if not path.name.startswith(".")
    }


@pytest.mark.parametrize("n_workers", [1, 2, 16])
def test_workers_give_the_bytes_of_one_process(
    region: Path, whole: Path, tmp_path: Path, n_workers: int
) -> None:
    with local_cluster(n_workers) as engine:
        assert carried(region, tmp_path / "out", engine) == {}
    assert files(tmp_path / "out") == files(whole)


def listening(pid: int) -> list[str]:
    """The addresses and ports that a process listens at, as the system writes them."""
    held = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            held.add(str(each.readlink()))
    found = []
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in held:
                found.append(words[1].partition(":")[0])
    return found


def test_nothing_but_the_run_itself_is_served_and_only_here() -> None:
    before = len(listening(os.getpid()))
    with local_cluster(2) as engine:
        workers = [int(pid) for pid in engine.client.run(os.getpid).values()]
        # Each process has one port, by which tasks come; none is for pages.
        told = [listening(pid) for pid in workers]
        assert told == [["0100007F"]] * 2
        here = listening(os.getpid())
        # One of the scheduler and one of each nanny.
        assert here.count("0100007F") == len(here) == before + 3


def killed_once(run: Run, part: Part) -> Noted:
    """Makes a part; the first worker that comes to a tile is killed while it makes it."""
    flag = Path(run.out).with_suffix(".killed")
    if part.step == "gate" and not flag.exists():
        flag.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return work(run, part)


def test_a_worker_is_killed_on_the_way(
    region: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rafiqa.service import regionrun

    monkeypatch.setattr(regionrun, "work", killed_once)
    with local_cluster(2) as engine:
        assert carried(region, tmp_path / "out", engine) == {}
    assert int((tmp_path / "out.killed").read_text()) != os.getpid()
    assert files(tmp_path / "out") == files(whole)


def always_killed(run: Run, part: Part) -> Noted:
    """Makes a part, but one that kills whoever takes it."""
    if part.step == "gate" and part.city == 1 and part.name == "tile=wide":
        os.kill(os.getpid(), signal.SIGKILL)
    return work(run, part)


def test_a_part_that_kills_every_worker_is_told(
    region: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rafiqa.service import regionrun

    monkeypatch.setattr(regionrun, "work", always_killed)
    with local_cluster(2) as engine:
        failed = carried(region, tmp_path / "out", engine)
    # What was in the hands of the same workers may be given up with it, and is told as well.
    assert ("gate", "city-001", "tile=wide") in failed
    assert {fault.code for faults in failed.values() for fault in faults} == {"bulk.part.lost"}
    assert len(check_run(tmp_path / "out")[1]) == len(failed)


def test_the_whole_run_is_killed_and_goes_on(region: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    command = [sys.executable, "-m", "rafiqa", "bulk", "gate", str(region)]
    more = ["--zoom", str(ZOOM), "--json", *AT]
    subprocess.run([*command, str(second), *more], check=True, capture_output=True)
    process = subprocess.Popen([*command, str(first), *more], stdout=subprocess.DEVNULL)
    while not list(first.glob("notes/gate/*/*")):
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    again = [*command, str(first), *more]
    done = subprocess.run(again, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["parts"]["kept"] > 0
    assert files(first) == files(second)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("demo") / "demo.rafiqa"
    assert main(["demo", str(store), "--buildings", "300", "--seed", "7"]) == 0
    return store


@pytest.fixture
def address(demo: Path) -> Iterator[str]:
    """The demo city in PostgreSQL."""
    why = postgresserver.missing()
    if why is not None:
        pytest.skip(why)
    server = postgresserver.shared_server()
    made = server.new_database()
    copy = demo.with_name("copy.rafiqa")
    shutil.copy(demo, copy)
    assert main(["move", str(copy), made]) == 0
    yield made
    server.drop(made)


def test_the_demo_city_says_the_same_from_file_database_and_workers(
    demo: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, store in (("file", str(demo)), ("database", address)):
        city = {"cities": [{"name": "demo", "store": store}]}
        Path(f"{name}.json").write_text(json.dumps(city))
        assert main(["gate", store, "--all", "--out", f"{name}.parquet", *AT]) == 0
    for what in ("gate", "account"):
        for name, more in (("file", ()), ("database", ()), ("workers", ("--workers", "2"))):
            region = "file.json" if name == "workers" else f"{name}.json"
            assert main(["bulk", what, region, f"{what}-{name}", *AT, *more]) == 0
        assert answers(Path(f"{what}-file")) == answers(Path(f"{what}-database"))
        # The plan names the store, so that only runs of the same one are alike in all their files.
        assert files(Path(f"{what}-file")) == files(Path(f"{what}-workers"))
    assert Path("file.parquet").read_bytes() == Path("database.parquet").read_bytes()
    alone = pq.read_table("file.parquet").to_pylist()
    together: list[dict[str, Any]] = []
    for path in Path("gate-workers").glob("gate/*/*.parquet"):
        together += pq.ParquetFile(path).read().to_pylist()
    together.sort(key=lambda row: (row.get("layer") or "~", row.get("row") or 0))
    assert [{name: row[name] for name in alone[0]} for row in together] == alone


def answers(out: Path) -> dict[str, bytes]:
    return {
        path: content
        for path, content in files(out).items()
        if path.startswith(("gate", "account"))
    }
