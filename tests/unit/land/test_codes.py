"""Every code that the heart can give is given in one of the tests beside this one.

Those about certificates need papers, and those about withdrawals an import, and so a service: they
stand in its tests.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import rafiqa.land

CODE = re.compile(r"land(\.[a-z-]+){2,}")
HERE = Path(__file__).parent
PAPERS = HERE.parent / "service" / "test_certifying.py"
UNDOING = HERE.parent / "service" / "test_undoing.py"
STATES = {"indication", "sha", "cha", "cancelled", "reduced", "cleared"}


def texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def test_every_code_of_the_heart_stands_in_a_test() -> None:
    sources = Path(rafiqa.land.__file__).parent.glob("*.py")
    given = {code for path in sources for code in texts(path)}
    tested = {code for path in HERE.glob("test_*.py") for code in texts(path)}
    assert len(given) > 50
    assert given - tested - texts(PAPERS) - texts(UNDOING) == set()
    # And none is tested that nothing gives, but those put together from a state.
    assert tested - given - {f"land.point.{state}" for state in STATES} == set()
