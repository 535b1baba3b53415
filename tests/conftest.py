"""What holds for every test: the environment that programs are started in, and the order."""

from __future__ import annotations

import os

import pytest

# A machine that sets this hides programs that do not flush what somebody waits for.
os.environ.pop("PYTHONUNBUFFERED", None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what is marked long first: begun last, it would run alone while a core stands idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
