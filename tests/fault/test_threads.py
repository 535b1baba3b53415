"""Many threads ask one book: no shape of it is ever prepared, and nothing crashes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "rafiqa"
PREPARING = {"prepare", "prep", "PreparedGeometry"}


def test_nothing_prepares_a_geometry() -> None:
    """A prepared geometry that threads share crashes the interpreter: none is shared.

    The demo city's maker prepares shapes of its own, in one thread, and gives none of them out.
    The gate in columns prepares copies, and lends them to one thread at a time.
    """
    found = []
    own = {*(SOURCE / "demo").glob("*.py"), SOURCE / "bulk" / "ground.py"}
    for path in sorted(set(SOURCE.rglob("*.py")) - own):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            if name in PREPARING or PREPARING & set(names):
                found.append(f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}")
    assert found == []


def test_four_threads_ask_one_book() -> None:
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-m", "tests.fault.ask_from_threads"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "as one\n"), done.stderr[-2_000:]
