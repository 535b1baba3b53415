"""A region by a Dask cluster that runs already: processes of others, begun in another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rafiqa.bulk import cluster_at
from rafiqa.cli import main
from rafiqa.errors import InvalidInput
from tests.regionfiles import files, region_of

pytestmark = pytest.mark.slow
HERE = "127.0.0.1"
AT = ("--valid-at", "2026-10-31", "--known-at", "2026-10-31", "--zoom", "18")


@contextmanager
def cluster(folder: Path, more: str = "") -> Iterator[str]:
    """Yields the address of a scheduler with one worker; ``more`` is run as each is begun.

    Args:
        folder: where both are begun.
        more: Python for the worker alone, before it takes any task.
    """
    folder.mkdir()
    preload = folder / "before.py"
    preload.write_text(more or "pass\n")
    said = folder / "scheduler.json"
    scheduler = [
        *(sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", HERE, "--port", "0"),
        *("--no-dashboard", "--dashboard-address", f"{HERE}:0", "--scheduler-file", str(said)),
    ]
    worker = [
        *(sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(said)),
        *("--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", str(preload)),
    ]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    begun = [subprocess.Popen(scheduler, cwd=folder, **quiet)]
    try:
        until_s = time.monotonic() + 120
        while not said.exists():
            assert begun[0].poll() is None
            assert time.monotonic() < until_s
            time.sleep(0.05)
        begun.append(subprocess.Popen(worker, cwd=folder, **quiet))
        yield json.loads(said.read_text())["address"]
    finally:
        for process in begun:
            process.kill()
            process.wait()


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Asks by paths that hang on this process's own folder."""
    monkeypatch.chdir(tmp_path)
    region_of(tmp_path / "region")
    return lambda address, out: main(
        ["bulk", "gate", "region", out, "--cluster", address, "--json", *AT]
    )


def test_workers_begun_elsewhere_give_the_same_bytes(
    tmp_path: Path, ask: Callable[..., int]
) -> None:
    assert main(["bulk", "gate", "region", "alone", *AT]) == 0
    with cluster(tmp_path / "elsewhere") as address:
        assert ask(address, "out") == 0
    assert files(tmp_path / "out") == files(tmp_path / "alone")
    assert {each.name for each in (tmp_path / "elsewhere").iterdir()} <= {
        *("before.py", "scheduler.json", "dask-scratch-space", "__pycache__"),
    }


def test_a_worker_of_another_program_is_refused(tmp_path: Path, ask: Callable[..., int]) -> None:
    # Its files are others: as one that was installed last year.
    other = (
        "import sys, rafiqa.bulk.engine\n"
        "sys.modules['rafiqa.bulk.house'].house = lambda: 'rafiqa 0.0.1'\n"
    )
    with cluster(tmp_path / "elsewhere", other) as address:
        with pytest.raises(InvalidInput, match=r"bulk\.worker\.other-version"), cluster_at(address):
            pass
        assert ask(address, "out") == 1
    assert not list((tmp_path / "out").glob("gate/*"))


def test_a_worker_that_sees_an_older_copy_is_refused(
    tmp_path: Path, ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    seen = (
        "import rafiqa.service.regionlayer as layer\n"
        "own = layer.hash_of\n"
        "layer.hash_of = lambda path, own=own: own(path)[::-1]\n"
    )
    with cluster(tmp_path / "elsewhere", seen) as address:
        assert ask(address, "out") == 1
    told = json.loads(capsys.readouterr().out)["failed"]
    assert [f["code"] for item in told for f in item["faults"]] == ["bulk.worker.other-files"]
    assert not list((tmp_path / "out").glob("gate/*"))


def test_a_worker_that_sees_another_folder_is_refused(
    tmp_path: Path, ask: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "another"
    seen = f"import pathlib, rafiqa.service.regionlock as lock\nlock.LOCK = {str(other)!r}\n"
    other.write_text("")
    with cluster(tmp_path / "elsewhere", seen) as address:
        assert ask(address, "out") == 1
    told = json.loads(capsys.readouterr().out)["failed"]
    assert [f["code"] for item in told for f in item["faults"]] == ["bulk.worker.other-folder"]
    assert not list((tmp_path / "out").glob("gate/*"))
