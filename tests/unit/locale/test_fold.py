"""Names fall together as people write them, and words that differ stay apart."""

from __future__ import annotations

import pytest

from rafiqa.locale import folded, match_rank


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إربيل", "اربيل"),
        ("آمد", "امد"),
        ("ٱلموصل", "الموصل"),
        ("المدرسة", "مدرسه"),
        ("مبنى", "مبني"),
        ("مَدْرَسَةٌ", "مدرسة"),
        ("مـــدرسة", "مدرسة"),
        ("شهداء", "شهدا"),
        ("کوردستان", "كوردستان"),
        ("ھەولێر", "ههولير"),
        ("شێخان", "شيخان"),
        ("ڕانیە", "رانيه"),
        ("گەڵاڵە", "گهلاله"),
        ("زاخۆ", "زاخو"),
        ("Amûdê", "amude"),
        ("ŞÎNAN", "sinan"),
        ("Çemçemal", "cemcemal"),
        ("Diyarbakır", "diyarbakir"),
        ("Al-Mawṣil", "al mawsil"),
        ("Ra’s al-ʿAyn", "Ras al Ayn"),
        ("حي ١٧ تموز", "حي 17 تموز"),
        ("SQ-104", "sq 104"),
        ("\u200fقرية\u200c", "قريه"),
    ],
)
def test_what_people_write_one_for_the_other_is_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("گول", "كول"), ("پیر", "بير"), ("ڤان", "فان")])
def test_letters_that_tell_words_apart_stay(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_ranks_put_the_whole_name_first_and_want_every_word() -> None:
    name = folded("Mill quarter school")
    ranks = [match_rank(folded(asked), name) for asked in ("mill quarter school", "mill", "school")]
    assert ranks == [0, 1, 2]
    assert match_rank(folded("school mill"), name) == 2
    assert match_rank(folded("uarter"), name) == 3
    assert match_rank(folded("mill church"), name) is None
    assert match_rank("", name) is None
    assert folded("ال") == "ال"
