"""What holds for every test: the environment of programs, the order, a module in software."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rafiqa.store.hardwarekey import make_hardware_key
from tests.softhsm import KEY, MODULE, PIN, TOKEN, missing, new_token

# A machine that sets this hides programs that do not flush what somebody waits for.
os.environ.pop("PYTHONUNBUFFERED", None)
# And where this is set every command that a test starts compiles the whole program once more.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


# No test holds a time: machines are noisy. A profile named on the command line comes after this.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what is marked long first: begun last, it would run alone while a core stands idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SoftHSM with one token and one key, made as an office would make them.

    Once in a process: it reads its settings when it is loaded, and never again.
    """
    why = missing()
    if why is not None:
        pytest.skip(why)
    with pytest.MonkeyPatch.context() as patch:
        new_token(tmp_path_factory.mktemp("softhsm"), patch)
        make_hardware_key(MODULE, TOKEN, KEY, PIN).close()
        yield MODULE
