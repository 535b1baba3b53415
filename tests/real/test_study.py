"""The desk study against open data: the challenge set, the interview, the dates of Wojood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rafiqa.study.folded import fold
from rafiqa.study.guard import refusals
from rafiqa.study.record import Claim
from rafiqa.study.timephrase import time_phrases
from rafiqa.study.word import shadow
from tests.real.opendata import open_data
from tests.unit.study.said import told

pytestmark = pytest.mark.shared
RENAMED = {"clearance_done": "clearance_claimed"}
NEGATED_CLEARANCE = "negated clearance"


def challenge() -> list[dict[str, Any]]:
    found = json.loads(open_data("desk/challenge.json").read_text(encoding="utf-8"))
    items: list[dict[str, Any]] = found["items"]
    return items


def polarity_of(expected: str) -> str:
    """In words of the record: a negated clearance is contamination still reported."""
    if expected.startswith(NEGATED_CLEARANCE):
        return "asserted"
    return "plan" if "plan" in expected else expected


def is_fully_right(text: str, claim: Claim, expected: dict[str, Any]) -> bool:
    named, (first, last) = str(expected["place"]), expected["date"]
    mention, said = claim.place.mention, claim.attribution.organisation_span
    source = text[said.start : said.end] if said else "unattributed"
    words = (mention.surface if mention else "").replace("شاری ", "").replace("gundê ", "")
    place = bool(mention) and (words.split()[-1] in named or named.split(maxsplit=1)[0] in words)
    return (
        [hazard.kind for hazard in claim.hazards] == expected["hazard_types"]
        and (place or named[:4] in words)
        and (claim.time.start, claim.time.end) == (first, last)
        and source == expected["attribution"]
    )


def test_the_challenge_set() -> None:
    full = 0
    for item in challenge():
        _, _, claims = told(item["text"], item["publication_date"])
        got = [(claim.event_type, claim.polarity) for claim in claims.records]
        assert got == [
            (RENAMED.get(each["event_type"], each["event_type"]), polarity_of(each["polarity"]))
            for each in item["expected"]
        ], item["id"]
        full += all(
            is_fully_right(item["text"], claim, each)
            for claim, each in zip(claims.records, item["expected"], strict=True)
        )
    assert full >= 22


def test_the_interview() -> None:
    text = open_data("desk/interview-raqqa-ar.txt").read_bytes().decode("utf-8")
    reading, context, claims = told(text)
    found = {claim.quote: claim for claim in claims.records}
    for claim in found.values():
        assert text[claim.span.start : claim.span.end] == claim.quote
        assert not refusals(reading, context, claim)
        assert "personal-name" not in claim.flags
    mines = found["وزرع الألغام في كل مكان"]
    assert (mines.event_type, mines.polarity) == ("contamination_reported", "asserted")
    assert (mines.time.span, mines.time.start) == (None, None)
    blasts = [each for each in claims.records if each.event_type == "detonation"]
    assert [each.polarity for each in blasts] == ["ambiguous"]
    assert any(each.event_type == "infrastructure_damage" for each in claims.records)
    assert any(each.event_type == "reconstruction" for each in claims.records)
    cleared = [
        each
        for each in claims.records
        if each.event_type == "clearance_claimed" and each.polarity == "asserted"
    ]
    assert [each.attribution.interest for each in cleared] == ["self_report"]
    assert reading.published is not None
    assert reading.published.first.isoformat() == "2024-10-01"


def wojood(file: Path) -> tuple[str, list[tuple[int, int]]]:
    """The text, word by word, and where its dates stand."""
    text = ""
    gold: list[tuple[int, int]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if not parts:
            text = text.rstrip(" ") + "\n"
            continue
        tag = next((each for each in parts[1:] if each.endswith("-DATE")), "")
        start, end = len(text), len(text) + len(parts[0])
        if tag.startswith("I") and gold and gold[-1][1] == start - 1:
            gold[-1] = (gold[-1][0], end)
        elif tag:
            gold.append((start, end))
        text += parts[0] + " "
    return text, gold


def test_dates_of_the_wojood_sample() -> None:
    n_gold = n_found = n_hit = n_right = 0
    for name in ("train", "val", "test"):
        text, gold = wojood(open_data(f"arabic-ner/wojood-sample/{name}.txt"))
        folded = fold(text)
        found = [folded.span(each.start, each.end) for each in time_phrases(shadow(folded.text))]
        n_gold += len(gold)
        n_found += len(found)
        n_hit += sum(any(a < d and c < b for c, d in found) for a, b in gold)
        n_right += sum(any(a < d and c < b for a, b in gold) for c, d in found)
    assert n_right / n_found >= 0.95
    assert n_hit / n_gold >= 0.85
