"""Texts by code: fallback, placeholders, plurals, direction."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from rafiqa.locale import (
    assuring_words,
    catalogue,
    direction,
    joined,
    languages,
    text,
    texts,
)
from rafiqa.locale.catalogue import fill, placeholders


@pytest.fixture
def planted(monkeypatch):
    """Catalogues with plural variants, in place of the real ones."""
    entries = {
        "en": {
            "days.one": "{n} day",
            "days.other": "{n} days",
            "only.english": "words",
            "plain": "{n} apples of {owner}",
        },
        "ar": {
            "days.zero": "لا أيام",
            "days.one": "يوم واحد",
            "days.two": "يومان",
            "days.few": "{n} أيام",
            "days.many": "{n} يومًا",
            "days.other": "{n} يوم",
            "plain": "{n} لـ {owner}",
        },
    }
    monkeypatch.setattr(
        catalogue, "catalogue", lambda lang: MappingProxyType(entries.get(lang, {}))
    )


def test_languages_start_with_english():
    assert languages()[0] == "en"
    assert "ar" in languages()


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("en", "ltr"), ("ar", "rtl"), ("ar-SY", "rtl"), ("ckb", "rtl"), ("kmr", "ltr")],
)
def test_direction(lang, expected):
    assert direction(lang) == expected


def test_real_text_with_params():
    made = text("dictionary.date.sentinel", {"day": "1899-12-30"})
    assert "1899-12-30" in made
    assert "{" not in made
    assert text("dictionary.date.sentinel", {"day": "1899-12-30"}, "ar") != made


def test_unknown_code_is_told_as_code():
    assert text("no.such.code", lang="ar") == "no.such.code"


@pytest.mark.usefixtures("planted")
def test_fallback_to_english_text():
    assert text("only.english", lang="ar") == "words"
    assert text("only.english", lang="xx") == "words"
    assert texts("ar")["only.english"] == "words"


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, "لا أيام"),
        (1, "يوم واحد"),
        (2, "يومان"),
        (3, "3 أيام"),
        (11, "11 يومًا"),
        (100, "100 يوم"),
    ],
)
def test_six_arabic_plurals(n, expected):
    assert text("days", {"n": n}, "ar") == expected


@pytest.mark.usefixtures("planted")
def test_english_plurals():
    assert [text("days", {"n": n}) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


@pytest.mark.usefixtures("planted")
def test_missing_params_stay_visible_and_numbers_are_latin():
    assert text("plain", {"n": 5}, "ar-SY") == "5 لـ {owner}"
    assert text("plain", {"n": 1200, "owner": "{n}"}) == "1200 apples of {n}"


def test_fill_reaches_no_attributes():
    assert fill("{a.__class__} {a}", {"a": "x"}) == "{a.__class__} x"
    assert placeholders("{a} {b_2} {C} {a.b}") == {"a", "b_2"}


def test_texts_by_prefix():
    found = texts("ar", "dictionary.date.")
    assert "dictionary.date.future.next" in found
    assert all(code.startswith("dictionary.date.") for code in found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize("lang", languages())
def test_no_catalogue_promises_absence_of_danger(lang):
    assert not {
        code: found for code, said in texts(lang).items() if (found := assuring_words(said))
    }


@pytest.mark.parametrize(
    "said",
    [
        "It is safe here",
        "SAFELY done",
        "unsafe",
        "work safety",
        "المكان آمن",
        "منطقة آمِنة",
        "والآمنة",
        "بأمان",
        "شوێنێکی ئارامە",
        "سەلامەتە",
        "cihekî ewle ye",
        "آمـــن",
    ],
)
def test_promising_words_are_found(said):
    assert assuring_words(said)


@pytest.mark.parametrize(
    "said",
    ["released to 20 cm", "الوضع الأمني", "التأمين", "السلامة الإنشائية", "ئاسایش", "paqijkirî"],
)
def test_other_words_are_left(said):
    assert assuring_words(said) == ()


def test_parts_are_joined_by_the_mark_of_the_script() -> None:
    assert joined(["a", "b"], "en") == joined(["a", "b"], "kmr") == "a, b"
    assert joined(["أ", "ب"], "ar") == joined(["أ", "ب"], "ckb") == "أ، ب"
    assert joined(["أ", "ب"], "ar", ";") == "أ؛ ب"
    assert joined([], "ar") == ""
