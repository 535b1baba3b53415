"""The worked notebooks run as they stand, from an empty folder, and are kept without outputs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

from tests.docs.page import ROOT
from tests.golden.conftest import BUILDINGS, SEED

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def named(path: Path) -> str:
    return path.stem


def test_three_are_kept() -> None:
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_kept_without_outputs(path: Path) -> None:
    notebook = read(path)
    assert notebook["nbformat"] == 4
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    written = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_every_cell_runs(path: Path, city: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """In this process: each cell as Python runs it, in order, in one namespace.

    The city is the one that the first cell would make.
    """
    monkeypatch.chdir(tmp_path)
    mpl.use("Agg")
    shutil.copy(city, tmp_path / "demo.rafiqa")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    made = [BUILDINGS, "--seed", SEED]
    assert all(f'"{word}"' in "".join(read(path)["cells"][1]["source"]) for word in made)
    for at, cell in enumerate(read(path)["cells"], 1):
        if cell["cell_type"] == "code":
            code = compile("".join(cell["source"]), f"{path.name}, cell {at}", "exec")
            exec(code, namespace)  # noqa: S102 - that is what a notebook is
    namespace["plt"].close("all")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_runs_in_a_kernel_of_its_own(path: Path, tmp_path: Path) -> None:
    """As Jupyter runs it, from an empty folder: the first cell makes the city."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    drawn = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    assert drawn
