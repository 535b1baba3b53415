"""One small demo city for all golden answers, and the commands asked of it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from rafiqa.cli import main

BUILDINGS, SEED = "500", "7"
Asked = Callable[..., str]


def ask(*arguments: str) -> str:
    """What a command prints to standard output; it must end well."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main([*arguments, "--json", "--lang", "en"])
    assert status == 0, out.getvalue()
    return out.getvalue()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a demo city of 500 buildings."""
    store = tmp_path_factory.mktemp("golden") / "city.rafiqa"
    ask("demo", str(store), "--buildings", BUILDINGS, "--seed", SEED)
    return store
