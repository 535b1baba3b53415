"""Every guard that SAFETY.md names is there to go red."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.docs.page import ROOT

TEXT = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
GUARD = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
WEB_GUARD = re.compile(r"`(web/test/[\w.]+)` “([^”]+)”")
INVARIANTS = 11


@cache
def guards_in(path: Path) -> set[str]:
    """Every test of a file; a Hypothesis machine is one by assignment."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if name.lower().startswith("test")}


def test_every_guard_exists():
    guards = GUARD.findall(TEXT)
    assert len(guards) > 40
    for file, name in guards:
        assert (ROOT / file).is_file(), file
        assert not name or name in guards_in(ROOT / file), f"{file}::{name}"


def test_each_invariant_has_one_line_and_a_test():
    rows = re.findall(r"^\| (\d+) \|(.*)$", TEXT, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, INVARIANTS + 1))
    for number, row in rows:
        assert [name for _, name in GUARD.findall(row) if name], number


def test_every_further_hazard_has_a_test():
    section = TEXT.split("## Further hazards")[1].split("## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 8
    assert not [row for row in rows if not (GUARD.search(row) or WEB_GUARD.search(row))]
    for file, title in WEB_GUARD.findall(section):
        assert f'test("{title}"' in (ROOT / file).read_text(encoding="utf-8")


def test_every_row_stands_in_the_table():
    for section in TEXT.split("\n## "):
        rows = [at for at, line in enumerate(section.splitlines()) if line.startswith("|")]
        assert not rows or rows == list(range(rows[0], rows[-1] + 1))
