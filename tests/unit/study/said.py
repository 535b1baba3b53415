"""What the tests of the desk study share: a text read, and what came of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rafiqa.study.claim import Claims, Context, claims_of, context_of
from rafiqa.study.placecore import core_gazetteer
from rafiqa.study.placematch import mentions
from rafiqa.study.reading import Reading, read
from rafiqa.study.when import Published

ROWS = Path(__file__).with_name("adversarial.tsv")


def told(text: str, published: str | None = None) -> tuple[Reading, Context, Claims]:
    day = date.fromisoformat(published) if published else None
    known = core_gazetteer()
    found = Published(day, day) if day else None
    reading = read(text, lambda folded: mentions(folded, known), found)
    return reading, context_of(reading), claims_of(reading)


def rows() -> list[tuple[str, str, str]]:
    lines = ROWS.read_text(encoding="utf-8").splitlines()
    return [
        (language, said, text)
        for line in lines
        if not line.startswith("#")
        for language, said, text in [line.split("\t")]
    ]
