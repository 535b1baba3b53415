"""Each bench still runs and gives its table; what it measures at small sizes says nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
FIRST_CELLS = {
    "import_formats": (
        *("evidence, geojson", "hazard-areas, geojson", "buildings, geojson"),
        *("evidence, csv", "hazard-areas, csv", "buildings, csv"),
    ),
    "spreadsheet": ("openpyxl", "python-calamine", "sheet", "read"),
    "demo_growth": ("600",),
    "answers": ("at, warm", "gate of a project, warm", "a new fact: both"),
    "land_book": ("account of everything", "known at, again", "16", "64"),
    "ledger": ("1", "100"),
    "log": ("appending all, and the root", "that one entry is in it"),
    "certificate": (
        *("verify 1 code, 4 corners, no list", "verify 2 codes and a list, 199 corners"),
        *("issue, 74 corners", "read a status list of 100", "certificate, 199 corners"),
    ),
    "entities": ("one task", "a tenth of all"),
    "phones": ("20",),
    "plan": ("8, 2, 1",),
    "plan_live": ("once", "harm first", "anew"),
    "permits": ("a paper", "a report", "a reopening"),
    "gate_all": ("2,000", "geometry, old and new", "1,000"),
    "residual": ("as believed", "detection overstated by 0.05", "three missed together, told"),
    "acceptance": ("1,000 units, detection 0.9, 5 tolerated", "1", "4"),
    "forms": ("11 forms",),
    "ogc": ("bbox, limit 1000", "bbox and kind=school", "bbox, limit 10"),
    "overlay": ("plain", "jitter", "jitter2"),
}

HEAVY = {"import_formats", "gate_all"}


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every table, row by row, header and rule among them."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("| "):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def run_always(name: str) -> object:
    """The bench as a case; in the long run alone where even a quick run takes ten seconds."""
    return pytest.param(name, marks=[pytest.mark.slow] if name in HEAVY else [])


@pytest.mark.parametrize("name", [*map(run_always, FIRST_CELLS)])
def test_a_quick_run_gives_a_table_and_writes_nothing(name: str) -> None:
    before = PAGE.read_bytes() if PAGE.exists() else None
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    seen = set()
    for header, rule, *rows in tables(done.stdout):
        assert all(cell.startswith("--") for cell in rule)
        assert all(len(row) == len(header) and all(row) for row in rows)
        seen |= {row[0] for row in rows}
    assert set(FIRST_CELLS[name]) <= seen
    assert (PAGE.read_bytes() if PAGE.exists() else None) == before


def test_the_page_keeps_the_sections_that_were_not_run(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT))
    try:
        from bench.table import rewrite, sections
    finally:
        sys.path.remove(str(ROOT))
    page = tmp_path / "benchmarks.md"
    rewrite(page, ["a", "b"], {"b": "## b\n\nold\n", "a": "## a\n\nold\n"})
    told = page.read_text(encoding="utf-8").replace("\n<!--", "\nMissed: b.\n\n<!--", 1)
    page.write_text(told, encoding="utf-8")
    rewrite(page, ["a", "b"], {"a": "## a\n\nnew\n"})
    text = page.read_text(encoding="utf-8")
    assert sections(text) == {"a": "## a\n\nnew\n", "b": "## b\n\nold\n"}
    assert text.count("# Benchmarks") == text.count("Missed: b.") == 1
