"""The page of /ogc: its commands run, and the answers it shows are the ones given."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rafiqa.api.ogc.collection import COLLECTIONS
from tests.docs.page import ROOT, writer
from tests.unit.cli.test_serve import serving

PAGE = ROOT / "docs" / "reference" / "ogc.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = "127.0.0.1:8321"


def answered(text: str, folder: Path) -> str:
    """The page with every answer as the server gives it now."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(ROOT / ".venv" / "bin")
    first, *asked = [each for each in BLOCK.finditer(text) if each[1] == "sh"]
    making = [each for each in first[2].splitlines() if " serve " not in each]
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    script = "\n".join(["set -e", *making])
    env = {**os.environ, "PATH": path}
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, env=env, capture_output=True)
    with serving(folder / "city.rafiqa") as (server, port):
        assert server.stdout is not None
        server.stdout.readline()
        for block in asked:
            command = block[2].replace(SHOWN, f"127.0.0.1:{port}")
            told = subprocess.run(
                ["bash", "-c", command], check=True, capture_output=True, text=True, timeout=60
            ).stdout.replace(f"127.0.0.1:{port}", SHOWN)
            json.loads(told)
            start = text.index(block[0]) + len(block[0]) + len("\n\n")
            end = text.index("```\n", start + len("```json\n"))
            text = f"{text[:start]}```json\n{told}\n{text[end:]}"
    return text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_answers_shown_are_the_ones_given(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    now = answered(text, tmp_path)
    if os.environ.get("RAFIQA_PAGES") == "write":
        PAGE.write_text(now, encoding="utf-8")
    else:
        assert now == text


def test_every_collection_is_told_of_with_whom_it_is_for() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (everybody|staff) \|$", PAGE.read_text(), re.MULTILINE)
    assert dict(rows) == {
        each.id: "staff" if each.staff else "everybody" for each in COLLECTIONS.values()
    }


def test_the_page_is_run_here() -> None:
    assert writer().ELSEWHERE["ogc.md"] == "tests/conformance/test_ogc_page.py"
