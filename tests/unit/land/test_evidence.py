"""What evidence can do: seen on the ground is direct, told is not, nothing changes nothing."""

from __future__ import annotations

import pytest

from rafiqa.land import HazardClass, class_supported, evidence_class, outranks
from tests.unit.land.story import evidence


@pytest.mark.parametrize(
    ("kind", "source_kind", "expected"),
    [
        ("eo_seen", "visual", "direct"),
        ("detonation", "visual", "direct"),
        ("accident", "visual", "direct"),
        ("marking", "visual", "direct"),
        ("crater", "visual", "direct"),
        ("record_map", "former_record", "direct"),
        # The neighbours: told, seen from above, or a map that somebody drew from memory.
        ("eo_seen", "verbal", "indirect"),
        ("crater", "remote", "indirect"),
        ("record_map", "visual", "indirect"),
        ("statement", "visual", "indirect"),
        ("eo_seen", "former_record", "indirect"),
        ("contrary_use", "visual", "contrary"),
        ("contrary_ts", "visual", "contrary"),
        ("not_asked", "visual", "nothing"),
        ("a kind nobody knows yet", "visual", "indirect"),
    ],
)
def test_the_class_of_one_item(kind: str, source_kind: str, expected: str) -> None:
    assert evidence_class(evidence("E", kind, source_kind)) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], "indication"),
        ([("not_asked", "visual")], "indication"),
        ([("contrary_use", "visual")], "indication"),
        ([("statement", "verbal")], "sha"),
        ([("eo_seen", "visual")], "cha"),
        ([("eo_seen", "visual"), ("statement", "verbal"), ("contrary_use", "visual")], "cha"),
        ([("contrary_ts", "visual"), ("statement", "verbal")], "sha"),
    ],
)
def test_the_highest_item_decides_and_contrary_ones_lower_nothing(
    items: list[tuple[str, str]], expected: str
) -> None:
    facts = [evidence(f"E{n}", *item) for n, item in enumerate(items)]
    assert class_supported(facts) == expected
    assert class_supported(reversed(facts)) == expected


def test_a_class_outranks_only_what_is_below_it() -> None:
    order: tuple[HazardClass, ...] = ("indication", "sha", "cha")
    ranks = [[outranks(one, other) for other in order] for one in order]
    assert ranks == [[False, False, False], [True, False, False], [True, True, False]]
