"""The land book's rules in fifty lines, for one cell of ground, with nothing clever in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WORST_LAST = ("cleared", "reduced", "cancelled", "hazard")


@dataclass(frozen=True)
class Said:
    """One line of a ledger: place on record, true when, what, of what, on which cells."""

    seq: int
    at_us: int
    kind: str
    id: str
    about: str = ""
    cells: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    outcome: str = ""
    person: str = ""


def carries(one: Said, act: Said) -> bool:
    """What speaks for an act is older than it in truth and on record."""
    return one.at_us <= act.at_us and one.seq < act.seq


def bars(one: Said, act: Said) -> bool:
    """What speaks against an act is older than it in either."""
    return one.at_us < act.at_us or one.seq < act.seq


def lawful(said: Sequence[Said], done: Said, asked: Said, work: Said) -> bool:
    """Whether an acceptance releases: two persons, sound work, inside an area on record."""
    seen = [item for item in said if item.about == work.id and item.kind in {"passed", "failed"}]
    passed = [s for s in seen if s.kind == "passed" and carries(work, s) and carries(s, done)]
    inside = [s for s in said if s.kind == "area" and s.id == work.about and carries(s, done)]
    return (
        asked.person != done.person
        and carries(work, asked)
        and carries(asked, done)
        and (bool(passed) or work.outcome == "cancelled")
        and not any(s.kind == "failed" and bars(s, done) for s in seen)
        and any(work.cells <= s.cells for s in inside)
    )


def state(said: Sequence[Said], cell: int, at_us: int) -> str | None:
    """The state of a cell at a time: hazard, what lowered it, or None where nothing is known."""
    works = {s.id: s for s in said if s.kind == "work"}
    asked = {s.id: s for s in said if s.kind == "asked"}
    done = [(s, asked[s.about], works[asked[s.about].about]) for s in said if s.kind == "accepted"]
    lowers = [(s, work) for s, ask, work in done if lawful(said, s, ask, work)]
    areas = [s for s in said if s.kind == "area" and cell in s.cells]
    again = [s for s in said if s.kind == "reopened" and cell in s.cells]
    failed = [s for s in said if s.kind == "failed" and cell in works[s.about].cells]
    lefts = [work for work in works.values() if cell in work.left]

    def claim(area: str, raises: list[Said]) -> str | None:
        true = [s for s in raises if s.at_us <= at_us]
        holding = [
            work.outcome
            for s, work in lowers
            if s.at_us <= at_us and cell in work.cells and cell not in work.left
            if work.outcome == "cleared" or work.about == area
            if all(carries(one, work) for one in true)
            if all(carries(w, work) or (w.at_us >= s.at_us and w.seq > s.seq) for w in lefts)
        ]  # fmt: skip
        return min(holding, key=WORST_LAST.index, default="hazard") if true else None

    claims = [claim(s.id, [s, *again, *failed]) for s in areas]
    claims += [claim("", [*again, *failed])] if again and not areas else []
    return max((each for each in claims if each), key=WORST_LAST.index, default=None)
