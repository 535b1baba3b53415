"""The order of a line from what is seen of it: right to left, with numbers and Latin within."""

from __future__ import annotations

import pytest

from rafiqa.wire.visualline import Glyph, leans_right, read_line, read_seen


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("لود 10 نيب نم", "من بين 10 دول"),
        ("عقو 10/5/2017 يف", "في 10/5/2017 وقع"),
        ("انه PMN2 عون", "نوع PMN2 هنا"),
        ("لود 3-2 نيب", "بين 2-3 دول"),
        ("مغل 15 )UNMAS(", "(UNMAS) 15 لغم"),
        ("مغل )ةسمخ( قوسلا يف", "في السوق (خمسة) لغم"),
        ("مغل (ةسمخ) قوسلا يف", "في السوق (خمسة) لغم"),
        ("مغل (ةسمخ( قوسلا يف", "في السوق (خمسة) لغم"),
        ("ةعاسلا 14:30 دنع", "عند 14:30 الساعة"),
        ("انه UNMAS (Syria) office عم", "مع UNMAS (Syria) office هنا"),
        ("٢٠٢٤ ماع", "عام ٢٠٢٤"),
    ],
)
def test_a_line_of_arabic_is_read_as_it_was_written(seen: str, read: str) -> None:
    assert read_seen(list(seen), right_to_left=True) == read


def test_a_line_of_english_keeps_its_arabic_words() -> None:
    seen = "The word ماغلأ means mines (15)."
    assert read_seen(list(seen), right_to_left=False) == "The word ألغام means mines (15)."


def test_gaps_are_spaces_and_glyphs_come_in_any_order() -> None:
    letters = [("a", 0.0, 5.0), ("b", 5.2, 10.0), ("c", 14.0, 19.0)]
    glyphs = [Glyph(text, left, 0.0, right, 10.0) for text, left, right in letters]
    assert read_line(glyphs[::-1], 10.0, right_to_left=False) == "ab c"
    assert read_line([], 10.0, right_to_left=True) == ""


def test_a_ligature_keeps_the_order_of_its_letters() -> None:
    glyphs = [Glyph("لا", 5.0, 0.0, 9.0, 10.0), Glyph("م", 1.0, 0.0, 5.0, 10.0)]
    assert read_line(glyphs, 10.0, right_to_left=True) == "لام"


def test_a_text_leans_to_where_most_of_its_letters_go() -> None:
    assert leans_right("قال UN")
    assert not leans_right("UNMAS قال")
    assert not leans_right("10 5 2017")
