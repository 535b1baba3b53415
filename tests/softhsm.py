"""SoftHSM, a hardware module in software: one token in a folder of the tests' own."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

INSTALL: Final = "apt-get install softhsm2"
TOKEN: Final = "office"  # noqa: S105 - the name of a token
PIN: Final = "1234567890"
KEY: Final = "raqqa-office-2026"
_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MODULE: Final = next((Path(each) for each in _PLACES if Path(each).exists()), Path(_PLACES[0]))


def missing() -> str | None:
    """Why there is no module to try, and what to do; None where there is one."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        return f"SoftHSM is not installed ({INSTALL})"
    if importlib.util.find_spec("pkcs11") is None:
        return "python-pkcs11 is not installed (make setup)"
    return None


def new_token(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Nothing; from now on the module has one empty token, and this process's one only."""
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n",
        encoding="utf-8",
    )
    patch.setenv("SOFTHSM2_CONF", str(settings))
    subprocess.run(
        [
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            TOKEN,
            "--so-pin",
            PIN,
            "--pin",
            PIN,
        ],
        capture_output=True,
        check=True,
        timeout=60,
    )
