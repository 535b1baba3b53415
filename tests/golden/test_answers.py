"""The demo city's answers, byte for byte; a change in any of them must be meant.

After a change that is meant: ``RAFIQA_GOLDEN=write .venv/bin/pytest tests/golden``, and read the
difference before it is committed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.golden.conftest import BUILDINGS, SEED, ask

KEPT = Path(__file__).parent
WRITE = os.environ.get("RAFIQA_GOLDEN") == "write"
KNOWN_AT = ("--known-at", "2026-10-31")
PERIODS = {
    "all": ("--to", "2026-10-31"),
    "2024": ("--from", "2024-01-01", "--to", "2024-12-31"),
    "2025": ("--from", "2025-01-01", "--to", "2025-12-31"),
    "2026": ("--from", "2026-01-01", "--to", "2026-10-31"),
}
POINTS = {
    "cleared to 50 cm": ("38.547355", "34.899008"),
    "reopened": ("38.547707", "34.899098"),
    "cleared to 15 cm": ("38.550445", "34.899705"),
    "not cleared, under rubble": ("38.550528", "34.899666"),
    "cancelled": ("38.550331", "34.898575"),
    "suspected": ("38.550251", "34.898387"),
    "two areas, cleared": ("38.552669", "34.898768"),
    "failed inspection, then cleared": ("38.545953", "34.898492"),
    "building, every unit released": ("38.549693", "34.900400"),
    "building, one storey not cleared": ("38.549442", "34.900437"),
    "heap of rubble, by layer": ("38.551432", "34.898868"),
    "nothing on record": ("38.600000", "34.950000"),
}
DAYS = ("2024-01-15", "2025-09-01", "2026-10-31")


def compare(name: str, answers: dict[str, Any]) -> None:
    """Compares answers with what is kept under the name, or keeps them."""
    given = json.dumps(answers, ensure_ascii=False, indent=1) + "\n"
    kept = KEPT / f"{name}.json"
    if WRITE:
        kept.write_text(given, encoding="utf-8")
    assert given == kept.read_text(encoding="utf-8")


def answer(*arguments: str) -> Any:
    """One command's JSON document."""
    return json.loads(ask(*arguments))


def test_account(city: Path) -> None:
    asked = {
        name: answer("account", str(city), *period, *KNOWN_AT) for name, period in PERIODS.items()
    }
    compare("account", asked)


def test_what_is_known_of_points(city: Path) -> None:
    asked = {
        f"{name}, {day}": answer(
            *("at", str(city), "--lon", lon, "--lat", lat, "--valid-at", day), *KNOWN_AT
        )
        for name, (lon, lat) in POINTS.items()
        for day in DAYS
    }
    compare("at", asked)


def test_what_was_known_of_one_day(city: Path) -> None:
    """What is true of a day in 2025, as known on days before and after it."""
    asked = {
        f"{name}, known {day}": answer(
            *("at", str(city), "--lon", lon, "--lat", lat),
            *("--valid-at", "2025-09-01", "--known-at", day),
        )
        for name, (lon, lat) in POINTS.items()
        for day in DAYS
    }
    compare("known", asked)


def test_gate_of_every_project(city: Path) -> None:
    names = ["demo-school", *(f"demo-p{number:03d}" for number in range(1, 10))]
    when = ("--valid-at", "2026-10-31", *KNOWN_AT)
    asked = {name: answer("gate", str(city), name, *when) for name in names}
    before = ("--valid-at", "2026-04-01", *KNOWN_AT)
    asked["demo-school, before"] = answer("gate", str(city), "demo-school", *before)
    every = answer("gate", str(city), "--all", *when)
    del every["seconds"]
    compare("gate", {**asked, "all": every})


def test_root(city: Path) -> None:
    compare("check", answer("check", str(city)))


def test_the_golden_answers_tell_something() -> None:
    """Every state and every outcome stands among them, so that none can change unseen."""
    states = {one["state"] for one in json.loads((KEPT / "at.json").read_text()).values()}
    assert {"cha", "sha", "cancelled", "cleared", "unrecorded"} <= states
    gates = json.loads((KEPT / "gate.json").read_text())
    outcomes = {one["outcome"] for one in gates.values() if "outcome" in one}
    assert outcomes == {"open", "conditions", "closed"}
    assert gates["demo-school, before"]["outcome"] == "open"
    assert gates["demo-school"]["outcome"] == "closed"


@pytest.mark.parametrize(
    "hash_seed",
    ["4242", *(pytest.param(each, marks=pytest.mark.slow) for each in ("0", "1"))],
)
def test_another_process_makes_the_same_ledger(hash_seed: str, tmp_path: Path) -> None:
    """Whatever order Python's sets have there; this process, which draws its own, is one more."""
    store = str(tmp_path / "again.rafiqa")
    made = ["demo", store, "--buildings", BUILDINGS, "--seed", SEED, "--json"]
    printed = [
        subprocess.run(
            [sys.executable, "-m", "rafiqa", *arguments],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for arguments in (made, ["check", store, "--json"])
    ]
    assert json.loads(printed[-1]) == json.loads((KEPT / "check.json").read_text())


def test_another_seed_makes_another_ledger(tmp_path: Path) -> None:
    store = str(tmp_path / "other.rafiqa")
    ask("demo", store, "--buildings", BUILDINGS, "--seed", "8")
    kept = json.loads((KEPT / "check.json").read_text())
    assert answer("check", store)["root"] != kept["root"]
