"""Twenty thousand random histories, each held against the rules in fifty lines."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random  # noqa: TID251 - seeded, and passed on as an argument

import pytest

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    LandBook,
    LandReopened,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    WorkedPart,
    WorkInspected,
    WorkReported,
    fold,
)
from tests.property.reference import Said, state

CELLS, CELL_MM, TIMES_US = 6, 10_000, range(13)
METHODS = {"cleared": "manual", "reduced": "ts_systematic", "cancelled": "nts"}
OPERATOR, QUALITY = Actor("chi", "operator", "operator"), Actor("dov", "quality", "quality")
ACCREDITED = Recorded(
    0,
    "e0",
    -1,
    0,
    Actor("ana", "authority", "authority"),
    AccreditationGranted("C1", "operator", tuple(METHODS.values()), -1),
)


def stretch(draw: Random, most: int) -> frozenset[int]:
    begin = draw.randrange(CELLS)
    return frozenset(range(begin, min(CELLS, begin + draw.randint(1, most))))


def lines(draw: Random) -> Iterator[Said]:
    """What is said: mostly as it should go, each line dated near the one it follows."""
    areas = [
        Said(0, draw.randint(0, 3), "area", f"A{number}", cells=stretch(draw, 6))
        for number in range(draw.randint(1, 2))
    ]
    yield from areas
    for number in range(draw.randint(1, 3)):
        yield from release(draw, number, draw.choice(areas))
    for number in range(draw.choice([0, 0, 1, 1, 2])):
        yield Said(0, draw.randint(0, 11), "reopened", f"O{number}", cells=stretch(draw, 3))


def release(draw: Random, number: int, area: Said) -> Iterator[Said]:
    """Work on an area, what inspections found, and who asked for its release and accepted it."""
    slips = draw.random() < 0.4
    at_us, work = draw.randint(3, 6), f"W{number}"
    cells = frozenset(sorted(area.cells)[: draw.randint(1, 4)])
    cells = stretch(draw, 3) if slips and draw.random() < 0.3 else cells
    left = frozenset(draw.sample(sorted(cells), 1)) if draw.random() < 0.2 else frozenset()
    outcome = draw.choice([*METHODS, "cleared"])
    yield Said(0, at_us, "work", work, area.id, cells, left, outcome)
    words = draw.choice(["passed", "failed", "", "passed failed"]) if slips else "passed"
    for step, word in enumerate(words.split()):
        late_us = draw.choice([0, 1, 4]) if slips else 0
        yield Said(0, at_us + late_us, word, f"I{number}{step}", work)
    at_us += draw.choice([-1, 0, 1]) if slips else 1
    first, second = draw.choice([("ana", "bo"), ("bo", "ana"), ("bo", "bo")][: 3 if slips else 2])
    yield Said(0, at_us, "asked", f"R{number}", work, person=first)
    at_us += draw.choice([-1, 0, 1]) if slips else 1
    yield Said(0, at_us, "accepted", f"D{number}", f"R{number}", person=second)


def history(draw: Random) -> list[Said]:
    """A ledger: mostly in the order of the work, with some lines recorded early or late."""
    said = list(lines(draw))
    for _ in range(draw.choice([0, 0, 0, 1, 3])):
        said.insert(draw.randrange(len(said)), said.pop(draw.randrange(len(said))))
    return [
        Said(seq, s.at_us, s.kind, s.id, s.about, s.cells, s.left, s.outcome, s.person)
        for seq, s in enumerate(said, 1)
    ]


def grounded(said: list[Said]) -> list[Said]:
    """What was known early on, less what speaks of something not on record yet."""
    kept = said
    for _ in range(3):
        ids = {item.id for item in kept}
        kept = [
            item for item in kept if item.kind in {"area", "work", "reopened"} or item.about in ids
        ]
    return kept


def ground(cells: frozenset[int]) -> GridShape:
    return GridShape.box(min(cells) * CELL_MM, 0, (max(cells) + 1) * CELL_MM, CELL_MM)


def recorded(said: Said) -> Recorded:
    person = Actor(said.person or "ana", "authority", "authority")
    actor = person
    fact: object = None
    match said.kind:
        case "area":
            fact = AreaRecorded(said.id, "sha", ground(said.cells))
        case "work":
            outcome = said.outcome
            depth_cm = 20 if outcome == "cleared" else None
            parts = [
                WorkedPart(said.id, outcome, ground(said.cells), METHODS[outcome], depth_cm)  # type: ignore[arg-type]
            ]
            parts += [
                WorkedPart(f"{said.id}-{cell}", "not_cleared", ground(frozenset({cell})), "none", reason="wall")  # noqa: E501
                for cell in sorted(said.left)
            ]  # fmt: skip
            actor = OPERATOR
            fact = WorkReported(said.id, said.about, "operator", tuple(parts))
        case "passed" | "failed":
            actor = QUALITY
            fact = WorkInspected(said.id, said.about, "quality", said.kind == "passed")
        case "asked":
            fact = ReleaseProposed(said.id, said.about, (said.about,))
        case "accepted":
            fact = ReleaseAccepted(said.about)
        case "reopened":
            fact = LandReopened(said.id, ground(said.cells), "flood", "sha")
    return Recorded(said.seq, f"e{said.seq}", said.at_us, 1_000 + said.seq, actor, fact)


def of_book(book: LandBook, cell: int, at_us: int) -> str | None:
    found = book.at_mm(cell * CELL_MM + CELL_MM // 2, CELL_MM // 2)
    now = found[0].timeline.at(at_us) if found else None
    return None if now is None else "hazard" if now.is_hazard else now.status


def agree(seed: int) -> set[str | None]:
    """The states seen in one history, after each was found to be the reference's."""
    said = history(Random(seed))
    known = grounded(said[: len(said) * 2 // 3]) if seed % 3 == 0 else said
    book = fold([ACCREDITED, *(recorded(item) for item in known)])
    seen = set()
    for cell in range(CELLS):
        for at_us in TIMES_US:
            expected = state(known, cell, at_us)
            assert of_book(book, cell, at_us) == expected, (seed, cell, at_us)
            seen.add(expected)
    return seen


def test_the_book_agrees_with_fifty_lines_on_random_histories() -> None:
    states = [agree(seed) for seed in range(1_500)]
    # The histories must come to what matters, or agreeing on them would prove little.
    for word, share in {"cleared": 0.2, "reduced": 0.05, "cancelled": 0.05, "hazard": 0.9}.items():
        assert sum(word in seen for seen in states) > share * len(states), word


@pytest.mark.slow
def test_the_book_agrees_with_fifty_lines_on_twenty_thousand_histories() -> None:
    for seed in range(1_500, 21_500):
        agree(seed)
