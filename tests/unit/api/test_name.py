"""Names given in two languages at once are told in the asker's; no other name is cut."""

from __future__ import annotations

import pytest

from rafiqa.api.name import own_name, own_names
from tests.unit.api.client import Client

PAIR = "School yard · ساحة مدرسة"


@pytest.mark.parametrize(
    ("name", "english", "arabic"),
    [
        (PAIR, "School yard", "ساحة مدرسة"),
        ("Mill quarter", "Mill quarter", "Mill quarter"),
        ("A · B", "A · B", "A · B"),
        ("ساحة · مدرسة", "ساحة · مدرسة", "ساحة · مدرسة"),
    ],
)
def test_a_pair_is_told_by_its_half(name: str, english: str, arabic: str) -> None:
    assert own_name(name, "en") == english
    assert own_name(name, "ar") == arabic


def test_numbers_are_left_alone() -> None:
    assert own_names({"area": PAIR, "n": 3}, "ar") == {"area": "ساحة مدرسة", "n": 3}


def test_a_depth_in_the_history_has_its_unit_in_the_language(anybody: Client) -> None:
    told = {
        lang: anybody.get(f"/api/areas/T1?lang={lang}").json()["history"][0]["text"]
        for lang in ("en", "ar")
    }
    assert "50 cm" in told["en"]
    assert "50 سم" in told["ar"]
    assert "cm" not in told["ar"]
