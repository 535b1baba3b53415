"""The budgets of the house, measured on its own sources; a long function fails here."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from rafiqa.cli import COMMANDS, file_of
from rafiqa.locale import languages, texts
from rafiqa.locale.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src" / "rafiqa").rglob("*.py"))
BANNED_FILES = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc"}
BANNED_ARGUMENTS = {"area", "distance", "depth", "length", "tolerance", "width", "height", "speed"}
WORD_OF_PROMISE = re.compile(r"\b(safe|safely|safety)\b", re.IGNORECASE)
WORD = r"[a-z0-9]+(-[a-z0-9]+)*"
CODE = re.compile(
    rf"^((geo|ledger|dictionary|wire|land|service|gate|risk|cli|api|locale|demo|plan)(\.{WORD}){{2,}}"
    rf"|store(\.{WORD})+|ledger\.(head-moved|id-conflict))$"
)
FAULTS = {"Fault", "file_fault", "fault", "_BadShape", "_NoValue"}
"""What is called with the code of something refused or doubted."""
REFUSING = {
    "rule.py",
    "quality_rule.py",
    "quality.py",
    "standing.py",
    "structurerule.py",
    "structure.py",
    "effect.py",
    "stage.py",
    "survey.py",
    "work.py",
    "release.py",
    "act.py",
}
"""Where a Reason says why not; elsewhere it says why."""
KEPT_BYTES = 1_000_000
FILE_LINES_MAX, FILE_LINES_P90, FILE_LINES_MEDIAN = 500, 350, 150
FUNCTION_LINES_MAX, FUNCTION_LINES_P90, FUNCTION_LINES_MEDIAN = 60, 35, 10


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def n_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code; the docstring is not counted, it is what we want more of."""
    first = node.body[0]
    start = node.lineno
    length = (node.end_lineno or start) - start + 1
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def percentile(values: list[int], share: float) -> float:
    return statistics.quantiles(values, n=100)[int(share * 100) - 1]


def test_files_stay_short() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    too_long = {str(path): count for path, count in lines.items() if count > FILE_LINES_MAX}
    assert not too_long
    assert percentile(list(lines.values()), 0.9) <= FILE_LINES_P90
    assert statistics.median(lines.values()) <= FILE_LINES_MEDIAN


def test_functions_stay_short() -> None:
    lengths = [
        (n_lines(node), f"{path}:{node.lineno} {node.name}")
        for path in SOURCES
        for node in functions(path)
    ]
    assert not [item for item in lengths if item[0] > FUNCTION_LINES_MAX]
    counts = [count for count, _ in lengths]
    assert percentile(counts, 0.9) <= FUNCTION_LINES_P90
    assert statistics.median(counts) <= FUNCTION_LINES_MEDIAN


def test_a_file_is_one_noun() -> None:
    assert not [path for path in SOURCES if path.stem in BANNED_FILES]


def test_quantities_name_their_unit() -> None:
    bare = [
        f"{path}:{node.lineno} {argument.arg}"
        for path in SOURCES
        for node in functions(path)
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.arg in BANNED_ARGUMENTS and not _is_no_quantity(argument.annotation)
    ]
    assert not bare


def _is_no_quantity(annotation: ast.expr | None) -> bool:
    """A text, or one of our own records (``area: AreaRecord``): neither has a unit."""
    if annotation is None:
        return False
    named = ast.unparse(annotation)
    return "str" in named or re.fullmatch(r"[A-Z]\w*Record", named) is not None


def public_nodes(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in tree_of(path).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                function = isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
                if function and not getattr(item, "name", "_").startswith("_"):
                    yield cast("ast.FunctionDef", item)


def test_public_names_have_docstrings() -> None:
    bare = [
        f"{path}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in public_nodes(path)
        if not ast.get_docstring(node)
    ]
    assert not bare
    assert not [path for path in SOURCES if not ast.get_docstring(tree_of(path))]


def own_errors() -> set[str]:
    """The errors of errors.py, and every class that is made of one of them."""
    own = set(
        re.findall(r"^class (\w+)", (ROOT / "src/rafiqa/errors.py").read_text(), re.MULTILINE)
    )
    classes = {
        node.name: {ast.unparse(base).split(".")[-1] for base in node.bases}
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    }
    while more := {name for name, bases in classes.items() if bases & own} - own:
        own |= more
    return own


def test_errors_are_our_own() -> None:
    """Nearly: a class made of one of ours, or what a function of the file says it gives."""
    ours, own, all_raised = own_errors(), 0, 0
    for path in SOURCES:
        nodes = list(ast.walk(tree_of(path)))
        local = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
        local |= {
            node.name
            for node in nodes
            if isinstance(node, ast.FunctionDef) and node.returns
            if ast.unparse(node.returns).strip("'\"") in ours
        }
        for node in nodes:
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func).split(".")[-1]
                all_raised += 1
                own += name in ours or name in local
    assert all_raised
    assert own / all_raised >= 0.9


def used_codes() -> dict[str, str]:
    """Every dotted code that stands as a text in the sources, and where."""
    found: dict[str, str] = {}
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and CODE.match(str(node.value)):
                found.setdefault(str(node.value), f"{path.name}:{node.lineno}")
    return found


@pytest.mark.parametrize("lang", languages())
def test_every_code_has_its_words(lang: str) -> None:
    known = catalogue(lang)
    assert len(used_codes()) > 200
    missing = {code: place for code, place in used_codes().items() if code not in known}
    assert not missing


def refusing_codes() -> dict[str, str]:
    """Every code with which something is refused or doubted, and where."""
    found: dict[str, str] = {}
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).split(".")[-1]
            if called in FAULTS or (called == "Reason" and path.name in REFUSING):
                for given in node.args:
                    if isinstance(given, ast.Constant) and CODE.match(str(given.value)):
                        found.setdefault(str(given.value), f"{path.name}:{node.lineno}")
    return found


def mapped_codes() -> dict[str, str]:
    """Every code that a shipped mapping warns with, and where."""
    folder = ROOT / "src" / "rafiqa" / "wire" / "mappings"
    return {
        code: path.name
        for path in sorted(folder.glob("*.toml"))
        for code in re.findall(r"""["'](wire\.[a-z.-]+)["']""", path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("lang", languages())
def test_every_refusal_says_what_to_do_next(lang: str) -> None:
    known = catalogue(lang)
    asked = {**refusing_codes(), **mapped_codes()}
    assert len(asked) > 150
    assert not {code: place for code, place in asked.items() if code not in known}
    assert not {code: place for code, place in asked.items() if f"{code}.next" not in known}


def test_every_code_of_the_store_is_asked_for_its_words() -> None:
    """The control: whatever stands as the code of a fault there is of a form that is looked for."""
    given = {
        node.args[0].value
        for path in SOURCES
        if path.parent.name == "store"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Fault"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert {"store.key.missing", "store.log.disk", "store.io"} <= given
    assert not given - set(refusing_codes())


@pytest.mark.parametrize("lang", languages())
def test_every_seal_fault_has_its_words(lang: str) -> None:
    """Their codes are put together from two halves, so they stand nowhere as one text."""
    source = (ROOT / "src/rafiqa/ledger/canon.py").read_text(encoding="utf-8")
    halves = set(re.findall(r'_BadValue\("([a-z0-9-]+)"', source))
    assert halves
    known = catalogue(lang)
    assert not [half for half in halves if f"ledger.canon.{half}.next" not in known]


def test_no_text_promises() -> None:
    for lang in languages():
        for code, words in texts(lang).items():
            assert not WORD_OF_PROMISE.search(words), (lang, code, words)
            assert "آمن" not in words, (lang, code, words)


def test_no_leftover_marks() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    assert not [path for path in SOURCES if marks.search(path.read_text(encoding="utf-8"))]


def test_rooms_say_what_they_may_not_know() -> None:
    for init in sorted((ROOT / "src" / "rafiqa").glob("*/__init__.py")):
        words = ast.get_docstring(tree_of(init)) or ""
        assert re.search(r"may not know", words, re.IGNORECASE), init


def test_no_test_runs_a_loop_in_its_own_thread() -> None:
    """Whatever ran before it in the process may have left one running there."""
    name = re.compile(r"asyncio\.(run|Runner)\b|run_until_complete")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if name.search(path.read_text(encoding="utf-8"))
    ]
    assert sorted(found) == ["tests/loop.py", "tests/test_tidy.py"]


def test_nothing_large_is_kept() -> None:
    """A package that somebody fetched to try goes into every clone for ever."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    sizes = {name: (ROOT / name).stat().st_size for name in names if (ROOT / name).is_file()}
    assert {name for name, size in sizes.items() if size > KEPT_BYTES} <= {"uv.lock"}


def test_no_file_is_dead() -> None:
    """Every module is imported by another one, or is a door, or a command that is on the list."""
    imported = {f"rafiqa.cli.{file_of(name)}" for name in COMMANDS}
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
                imported |= {f"{node.module}.{item.name}" for item in node.names}
    for stub in (ROOT / "src").rglob("__init__.pyi"):
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(f"rafiqa.{stub.parent.name}.{node.module}")
    for path in SOURCES:
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        entry = parts[-1] in {"__init__", "__main__"} or parts[-1].endswith("worker")
        assert entry or name in imported, f"nothing imports {name}"


def test_changelog_is_in_order() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[?(\d+)\.(\d+)\.(\d+)", text, re.MULTILINE)
    numbers = [tuple(map(int, item)) for item in versions]
    assert all(newer > older for newer, older in pairwise(numbers))


@pytest.mark.parametrize(
    ("wrote", "only"),
    [
        ('type="file"', {"filefield.tsx"}),
        ("desk.rescue.sending", {"bring.tsx"}),
        ('<details class="bring"', {"bring.tsx"}),
    ],
)
def test_a_file_is_brought_to_the_desk_by_one_form(wrote: str, only: set[str]) -> None:
    files = (ROOT / "web" / "src" / "view").glob("*.tsx")
    assert {file.name for file in files if wrote in file.read_text()} == only
