"""The walk with a city's own files: every command runs, every answer shown is the one given."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.opendata import DATA, ROOT, open_data

pytestmark = pytest.mark.shared

WALK = ROOT / "docs" / "tutorial" / "real-data.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "=== block"


def steps() -> list[tuple[str, list[str]]]:
    """Each block of commands with the lines that are shown as its answer."""
    found: list[tuple[str, list[str]]] = []
    for kind, body in BLOCK.findall(WALK.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((body, []))
        else:
            found[-1][1].extend(line.strip() for line in body.splitlines() if line.strip())
    return found


def test_the_walk_runs_and_answers_as_shown(tmp_path: Path) -> None:
    for folder in ("amsterdam-uxo", "osm-neubrandenburg", "ukraine-craters"):
        open_data(folder)
    walk = steps()
    assert sum(bool(shown) for _, shown in walk) >= 10
    # The walk expects the commands where ``make setup`` puts them; here they may lie elsewhere.
    where = f"export PATH={Path(sys.executable).parent}:$PATH\n"
    script = where + "".join(
        f'{body}echo "{MARK} {number}"\n' for number, (body, _) in enumerate(walk)
    )
    environment = {**os.environ, "DATA": str(DATA), "TMPDIR": str(tmp_path), "RAFIQA_LANG": "en"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    answers = re.split(rf"{MARK} \d+\n", done.stdout)
    assert len(answers) == len(walk) + 1
    for (body, shown), answer in zip(walk, answers, strict=False):
        given = {line.strip() for line in answer.splitlines()}
        assert set(shown) <= given, (body, set(shown) - given)
