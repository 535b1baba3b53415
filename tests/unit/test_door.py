"""The doors of the rooms: a name is what its file gives, loaded when it is first asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rafiqa
from rafiqa.door import door_of

ROOMS = sorted(path.parent for path in Path(rafiqa.__file__).parent.glob("*/__init__.pyi"))
HEAVY = ("numpy", "shapely", "pyproj", "pyarrow", "apsw", "starlette", "cryptography")


def _given(room: Path) -> dict[str, str]:
    tree = ast.parse((room / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        item.asname or item.name: f"rafiqa.{room.name}.{node.module}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for item in node.names
    }


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_gives_what_its_stub_says(room: Path) -> None:
    module = import_module(f"rafiqa.{room.name}")
    given = _given(room)
    for name, file in given.items():
        assert getattr(module, name) is getattr(import_module(file), name), name
    assert set(dir(module)) >= set(given)
    assert not hasattr(module, "no_such_name")


def test_a_stub_lists_what_it_gives() -> None:
    for room in ROOMS:
        tree = ast.parse((room / "__init__.pyi").read_text(encoding="utf-8"))
        listed = next(node.value for node in tree.body if isinstance(node, ast.Assign))
        assert set(ast.literal_eval(listed)) == set(_given(room)), room


@pytest.mark.parametrize("first", ["file", "name"])
def test_a_name_comes_before_a_file_of_the_same_name(first: str) -> None:
    words = {
        "file": "import rafiqa.land.point; from rafiqa.land import point, rule",
        "name": "from rafiqa.land import point, rule; import rafiqa.land.rule, rafiqa.land.point",
    }
    after = "from rafiqa import land; print(callable(land.point), callable(land.rule))"
    program = f"{words[first]}; print(callable(point), callable(rule)); {after}"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True"] * 4


def test_a_room_without_a_stub_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stub"):
        door_of("rafiqa.land", str(tmp_path / "__init__.py"))


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        (["--version"], ("numpy", "shapely", "pyproj", "pyarrow", "apsw", "starlette")),
        (["desk-study", "--help"], ("shapely", "pyproj", "pyarrow", "apsw", "starlette")),
    ],
)
def test_a_command_loads_no_more_than_it_uses(words: list[str], unused: tuple[str, ...]) -> None:
    """Else every command waits for maps, stores and servers, however little it is asked."""
    program = (
        "import contextlib, sys; from rafiqa.cli import main\n"
        f"with contextlib.suppress(SystemExit): main({words!r})\n"
        f"print([name for name in {unused!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
