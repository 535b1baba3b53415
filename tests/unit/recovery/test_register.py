"""Layers, projects and rubble lots as true at one time and known at another."""

from __future__ import annotations

from rafiqa.land import Recorded
from rafiqa.recovery import (
    LayerRegistered,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
    register,
)
from tests.unit.land.story import FIRST, SPOT, box, evidence

SHAPE = box(0, 0, 10, 10)


def record(seq: int, valid_at_us: int, fact: object) -> Recorded:
    return Recorded(seq, f"e{seq}", valid_at_us, seq, FIRST, fact)


def project(project_id: str, name: str) -> ProjectRegistered:
    return ProjectRegistered(project_id, name, "school", SHAPE, 0)


FACTS = [
    record(1, 1, project("J2", "second")),
    record(2, 1, project("J1", "first")),
    record(3, 5, project("J1", "first, enlarged")),
    record(4, 3, project("J1", "first, moved")),  # told late, true before the enlargement
    record(5, 2, LayerRegistered("L1", "buildings", "aa", 3)),
    record(6, 4, LayerRegistered("L1", "buildings", "bb", 4)),
    record(7, 2, LayerRegistered("L2", "roads", "cc", 5)),
    record(8, 2, RubbleLotRegistered("H1", "Heap", SPOT)),
    record(9, 4, RubbleLotMoved("H1", "removed")),
    record(10, 1, evidence()),
]


def names(valid_at_us: int, n_known: int = 99) -> list[str]:
    known = [item for item in FACTS if item.seq <= n_known]
    return [fact.name for fact in register(known, valid_at_us).project_facts()]


def test_the_newest_registration_in_truth_is_the_project() -> None:
    assert names(0) == []
    assert names(2) == ["first", "second"]
    assert names(3) == ["first, moved", "second"]
    assert names(5) == ["first, enlarged", "second"]


def test_what_was_not_yet_known_does_not_count() -> None:
    assert names(4, n_known=3) == ["first", "second"]
    assert names(9, n_known=1) == ["second"]


def test_layers_by_kind_and_the_whole_story_of_a_lot() -> None:
    early, late = register(FACTS, 3), register(FACTS, 9)
    assert [layer.sha256 for layer in early.layers_of("buildings")] == ["aa"]
    assert [layer.sha256 for layer in late.layers_of("buildings")] == ["bb"]
    assert [layer.layer_id for layer in late.layers_of("roads")] == ["L2"]
    assert [len(item.lots["H1"]) for item in (early, late)] == [1, 2]


def test_the_order_of_the_facts_does_not_matter() -> None:
    assert register(reversed(FACTS), 9) == register(FACTS, 9)
