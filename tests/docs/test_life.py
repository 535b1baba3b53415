"""The page on the life of a submission names files and functions that exist."""

from __future__ import annotations

import ast
import re

from tests.docs.page import ROOT

PAGE = ROOT / "docs" / "life-of-a-submission.md"
ROW = re.compile(r"^\| (\d) \| `([^`]+)` \| ((?:`\w+` ?)+)\|", re.MULTILINE)
INLINE = re.compile(r"`(src/rafiqa/[\w/]+\.py)`(?:,\s+`(\w+)`)?")


def named_in(path: str) -> set[str]:
    """Every function and class of a file, methods too."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_the_walk_has_five_files_and_each_function_stands_in_its_file():
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [number for number, _, _ in rows] == ["1", "2", "3", "4", "5"]
    for _, path, functions in rows:
        assert set(re.findall(r"`(\w+)`", functions)) <= named_in(path), path


def test_every_other_file_and_function_named_is_there():
    found = INLINE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) > 15
    for path, function in found:
        assert (ROOT / path).is_file(), path
        assert not function or function in named_in(path), (path, function)


def test_the_diagram_names_the_same_five_files():
    text = PAGE.read_text(encoding="utf-8")
    diagram = text.split("```")[1]
    for _, path, _ in ROW.findall(text):
        assert path.removeprefix("src/rafiqa/") in diagram, path


def test_the_walk_is_the_one_the_code_takes():
    """Each file of the walk imports the next one's room, or is called by it."""
    order = [path for _, path, _ in ROW.findall(PAGE.read_text(encoding="utf-8"))]
    text = {path: (ROOT / path).read_text(encoding="utf-8") for path in order}
    assert "rafiqa.service.intake" in text[order[0]]
    assert "rafiqa.service.intakefact" in text[order[1]]
    office = (ROOT / "src/rafiqa/service/office.py").read_text(encoding="utf-8")
    assert "self.store.append(" in office
    assert "walk(" in (ROOT / "src/rafiqa/land/docket.py").read_text(encoding="utf-8")
