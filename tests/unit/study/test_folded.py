"""A text as it is searched, and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.study.folded import fold

LETTERS = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("أإآٱىیةؤئک\u064b\u0651\u0640\u200f\u200d\u00a0٣۷İıêş"),
    ),
    max_size=60,
)


@given(LETTERS)
def test_every_character_leads_back_to_the_one_it_was(text: str) -> None:
    folded = fold(text)
    assert len(folded.places) == len(folded.text) <= len(text)
    assert list(folded.places) == sorted(set(folded.places))
    for n, place in enumerate(folded.places):
        assert fold(text[place]).text == folded.text[n]
        assert folded.at(place) == n
        start, end = folded.span(n, n + 1)
        assert start == place
        assert fold(text[start:end]).text == folded.text[n]


@given(LETTERS)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("الأَلْغَامُ", "الالغام"),
        ("الألغـــام", "الالغام"),
        ("مدرسة", "مدرسه"),
        ("عام ٢٠١٧", "عام 2017"),
        ("\u202bالرقة\u202c", "الرقه"),
        ("Kobanê\u00a0Şengal", "kobanê şengal"),
        ("کۆبانی", "كۆباني"),
    ],
)
def test_marks_that_change_no_word_are_gone(text: str, same: str) -> None:
    assert fold(text).text == same


def test_a_vowel_sign_belongs_to_its_letter() -> None:
    text = "لغمٌ ما"
    folded = fold(text)
    assert text[slice(*folded.span(0, 3))] == "لغمٌ"


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (0, 9), (-1, 1)])
def test_a_span_that_is_none_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"\("):
        fold("لغم").span(*span)
