"""Rules of the house that no linter knows, asked of its own sources; each sees a planted breach.

They are read from Python's own syntax tree: docs/decisions/0087-rules-of-our-own.md says why.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from rafiqa.wire.factcode import KINDS

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "src" / "rafiqa"
SOURCES = sorted(HOME.rglob("*.py"))
STATUSES = frozenset({"state", "status", "standing"})
ONE_WRITER = frozenset({"land/effect.py"})
"""Who alone puts a status anywhere: it walks the facts in order, and each follows of them."""
MODULES = frozenset({"sqlite3", "pickle", "marshal", "shelve", "dill", "telnetlib", "ftplib"})
"""SQLite of the standard library has the WAL-reset fault; the others run or tell what they read."""
RUN = frozenset({"eval", "exec", "compile", "__import__"})
_STATUS_IN_SQL = re.compile(
    r"(?is)\bupdate\s+(?!attachments\b)\w+\s+set\b[^;]*\b(?:state|status|standing)\s*="
)
"""Of a file that comes in parts it says whether it is whole: no ground hangs on it."""
Found = Iterator[str]


def mends_geometry(tree: ast.AST) -> Found:
    """What was drawn is refused or taken, never changed: a hazard might come out smaller."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name | ast.alias):
            name = ast.unparse(node).rpartition(".")[2].partition(" ")[0]
            if name == "make_valid":
                yield name
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and called.rpartition(".")[2] == "buffer":
            yield from ("buffer(0)" for each in node.args if ast.unparse(each) in {"0", "0.0"})


def writes_a_status(tree: ast.AST) -> Found:
    """Whether ground is released follows from facts, and is put nowhere by hand."""
    for node in ast.walk(tree):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in STATUSES:
                yield ast.unparse(target)
        if isinstance(node, ast.Call) and called.endswith(("setattr", "__setattr__")):
            named = [each.value for each in node.args if isinstance(each, ast.Constant)]
            yield from (ast.unparse(node) for each in named if each in STATUSES)
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _STATUS_IN_SQL.search(text):
            yield text


def loads_what_it_may_not(tree: ast.AST) -> Found:
    """By whatever name it is loaded, also where it is first asked for."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [str(each.value) for each in node.args if isinstance(each, ast.Constant)]
        yield from (name for name in names if name.partition(".")[0] in MODULES)


def runs_a_text(tree: ast.AST) -> Found:
    """No text is run, by Python or by a shell."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in RUN:
                yield node.func.id
            for each in node.keywords:
                if each.arg == "shell" and ast.unparse(each.value) != "False":
                    yield "shell"


Rule = Callable[[ast.AST], Found]
PLANTED: dict[Rule, list[str]] = {
    mends_geometry: [
        "shapely.make_valid(drawn)",
        "from shapely import make_valid as mended",
        "drawn.buffer(0)",
        "shapely.buffer(drawn, 0.0)",
    ],
    writes_a_status: [
        "area.state = 'released'",
        "self.status: str = 'released'",
        "setattr(area, 'state', 'released')",
        "object.__setattr__(release, 'standing', 'in-force')",
        "link.execute('UPDATE areas SET name = 1, state = 2')",
    ],
    loads_what_it_may_not: [
        "import sqlite3",
        "from sqlite3 import connect",
        "def later():\n    import pickle",
        "importlib.import_module('sqlite3.dbapi2')",
    ],
    runs_a_text: ["eval(told)", "exec(told)", "subprocess.run(told, shell=True)"],
}


def breaches(rule: Rule, path: Path) -> list[str]:
    place = path.relative_to(HOME).as_posix()
    if rule is writes_a_status and place in ONE_WRITER:
        return []
    return [f"{place}: {each}" for each in rule(ast.parse(path.read_text("utf-8")))]


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_no_source_breaks_a_rule(rule: Rule) -> None:
    assert [each for path in SOURCES for each in breaches(rule, path)] == []


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_a_planted_breach_is_seen(rule: Rule) -> None:
    for text in PLANTED[rule]:
        assert list(rule(ast.parse(text))), text


def test_the_one_writer_of_a_status_is_one() -> None:
    for place in ONE_WRITER:
        assert list(writes_a_status(ast.parse((HOME / place).read_text("utf-8")))), place


def floats_of(kind: Any, way: tuple[Any, ...] = ()) -> Iterator[str]:
    """Where a fact holds a float, however deep: two machines may print one differently."""
    if kind in way:
        return
    if kind is float:
        yield ".".join(getattr(each, "__name__", str(each)) for each in way)
    elif is_dataclass(kind):
        hints = get_type_hints(kind)
        # What begins with a line below is derived, and no part of what is written.
        for each in (each for each in fields(kind) if not each.name.startswith("_")):
            for inner in floats_of(hints[each.name], (*way, kind)):
                yield f"{inner}: {each.name}"
    else:
        for each in get_args(kind):
            yield from floats_of(each, way)


def test_no_fact_of_the_ledger_holds_a_float() -> None:
    assert len(KINDS) > 60
    assert [told for kind in KINDS.values() for told in floats_of(kind)] == []
    assert list(floats_of(dict[str, tuple[float | None, ...]])), "a planted one is seen"


# Suppressions of the rules of security (ruff's S: those of bandit).

SUPPRESSED = re.compile(r"#\s*noqa:\s*((?:[A-Z]+\d+,\s*)*S\d{3}(?:,\s*[A-Z]+\d+)*)(?: - (.{4,}))?")
LIST = ROOT / "docs" / "reference" / "suppressions.md"


def suppressed(text: str) -> Iterator[tuple[str, str]]:
    """Yields each rule that is switched off in a source, with the reason beside it."""
    for found in SUPPRESSED.finditer(text):
        for code in re.findall(r"\bS\d{3}\b", found[1]):
            yield code, (found[2] or "").strip()


def test_every_suppression_says_why_and_stands_in_the_list() -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for path in SOURCES:
        place = path.relative_to(HOME).as_posix()
        for code, why in suppressed(path.read_text("utf-8")):
            assert why, f"{place}: {code} without a reason"
            counted[code, "" if code == "S101" else f"`{place}`"] += 1
    rows = re.findall(
        r"^\| (S\d{3}) \| ([^|]*) \| (\d+) \| [^|]{10,} \|$", LIST.read_text("utf-8"), re.MULTILINE
    )
    assert {
        (code, place.replace("all rooms", "").strip()): int(n) for code, place, n in rows
    } == counted


def test_a_suppression_without_a_reason_is_seen() -> None:
    assert list(suppressed("x = 1  # noqa: S608")) == [("S608", "")]
    assert list(suppressed("x = 1  # noqa: PT018, S101 - begun above")) == [("S101", "begun above")]
    assert not list(suppressed("x = 1  # noqa: E501"))


def test_nothing_is_switched_off_by_other_words() -> None:
    """`nosec` is bandit's own, a bare `noqa` is everything, one for a file is in pyproject."""
    other = re.compile(r"#\s*(?:nosec|noqa\s*$|noqa(?!:)|ruff:\s*noqa|nosemgrep)", re.MULTILINE)
    assert [path for path in SOURCES if other.search(path.read_text("utf-8"))] == []
    assert other.search("x = 1  # nosec")
    assert other.search("x = 1  # noqa\n")
    told = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'select = ["ALL"]' in told
    ignored = told.partition("ignore = [")[2].partition("]")[0]
    assert not re.search(r'"S\d*"', ignored), "no rule of security is off for all"
    for folder, codes in re.findall(r'^"(\S+)" = \[(.*)\]$', told, re.MULTILINE):
        if re.search(r'"S\d{3}"', codes):
            assert folder in {"tests/**", "bench/**"}
