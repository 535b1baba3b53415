"""Two verifiers, in Python and in JavaScript, give the same answers for the same reasons."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.papercases import (
    LEAN_PAPER,
    LISTS_FILE,
    SAMPLE,
    Case,
    all_cases,
    all_successions,
    lists_text,
    paper,
    sample_text,
    written,
)

WEB = Path(__file__).resolve().parents[2] / "web"


def judged(cases: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the page's verifier, run by node, says of cases."""
    if not (WEB / "node_modules").is_dir():
        pytest.fail("the web room has no packages: run make setup")
    file = folder / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    ran = subprocess.run(
        ["node", "test/judge.mjs", str(file)],
        cwd=WEB,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_both_verifiers_answer_alike_for_the_same_reasons(tmp_path: Path) -> None:
    cases, successions = all_cases(), all_successions()
    assert len(cases) >= 500
    assert len({case.name for case in cases}) == len(cases)
    found = judged(written(cases, successions), tmp_path)
    # Each by the browser's own Ed25519 and by the one in JavaScript.
    assert found["judged"] == 2 * (len(cases) + len(successions))
    assert found["other"] == []


def test_every_answer_and_every_reason_occurs() -> None:
    answers = [case.answer() for case in all_cases()]
    assert len({answer["answer"] for answer in answers}) == 3
    reasons = Counter(reason for answer in answers for reason in answer["reasons"])
    expected = {
        *("unreadable", "two-papers", "no-certificate", "issuer-unknown", "signature"),
        *("authority", "key-not-valid", "proof", "key-revoked", "clock", "trust-expired"),
        *("no-list", "list-not-authentic", "list-old", "list-older-than-certificate"),
        *("suspended", "reopened", "revoked", "superseded"),
    }
    assert set(reasons) == expected
    taken = [each.taken() for each in all_successions()]
    assert True in taken
    assert False in taken


def test_a_wrong_answer_would_be_noticed(tmp_path: Path) -> None:
    """The control: cases whose written answers are false."""
    cases = written([Case("good", paper(LEAN_PAPER))], all_successions()[:1])
    cases["cases"][0]["answer"]["status"] = "suspended"
    cases["successions"][0]["taken"] ^= True
    found = judged(cases, tmp_path)
    assert [each["name"] for each in found["other"]] == ["good", all_successions()[0].name] * 2


def test_the_published_cases_are_up_to_date() -> None:
    assert SAMPLE.read_text(encoding="utf-8") == sample_text(), (
        "run .venv/bin/python -m tests.conformance.papercases"
    )
    assert LISTS_FILE.read_text(encoding="utf-8") == lists_text()
