"""The pages of the docs, and the script that writes the program's answers into them."""

from __future__ import annotations

from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
HOUSE = [ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "CONTRIBUTING", "SAFETY")]
HOUSE += [ROOT / f"{name}.md" for name in ("SECURITY", "CHANGELOG")]
PAGES = [*HOUSE, *sorted((ROOT / "docs").rglob("*.md"))]


def shown(page: Path) -> str:
    """A page's path as a reader knows it."""
    return str(page.relative_to(ROOT))


@cache
def writer() -> ModuleType:
    """``scripts/write-docs``, which has no ending because people call it as a command."""
    loader = SourceFileLoader("write_docs", str(ROOT / "scripts" / "write-docs"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
