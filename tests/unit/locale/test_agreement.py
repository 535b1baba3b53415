"""The catalogues say the same things in every language."""

from __future__ import annotations

import pytest

from rafiqa.locale import disagreements, languages
from rafiqa.locale.__main__ import main
from rafiqa.locale.agreement import codes_twice
from rafiqa.locale.catalogue import catalogue


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_catalogues_agree(lang):
    assert disagreements(catalogue("en"), catalogue(lang), ("en", lang)) == []


def test_every_next_step_belongs_to_a_text():
    for lang in languages():
        entries = catalogue(lang)
        assert not [c for c in entries if c.endswith(".next") and c[:-5] not in entries]


def test_command_says_how_many_texts(capsys):
    assert main() == 0
    assert "0 faults" in capsys.readouterr().out


def test_missing_code_is_named():
    assert disagreements({"a": "x", "b": "y"}, {"a": "س"}) == ["b: in en, not in ar"]
    assert disagreements({"a": "x"}, {"a": "س", "b": "ص"}) == ["b: in ar, not in en"]


def test_placeholders_must_agree():
    (line,) = disagreements({"a": "x {n}"}, {"a": "س {m}"})
    assert line.startswith("a: placeholders differ")


def test_empty_and_promising_texts_are_named():
    found = disagreements({"a": "x", "b": "safe"}, {"a": " ", "b": "س"})
    assert found == ["b: says 'safe' in en", "a: empty in ar"]


def test_languages_may_count_differently():
    english = {"days.one": "{n} day", "days.other": "{n} days"}
    arabic = {"days.two": "يومان", "days.other": "{n} يوم"}
    assert disagreements(english, arabic) == []


def test_a_lone_variant_is_not_excused():
    assert disagreements({"x.one": "a"}, {}) == ["x.one: in en, not in ar"]
    assert disagreements({"x.other": "a", "x.one": "b"}, {"y": "c"}) == [
        "x.one: in en, not in ar",
        "x.other: in en, not in ar",
        "y: in ar, not in en",
    ]


def test_a_code_that_stands_twice_in_a_file_is_named(capsys, monkeypatch):
    file = 'msgid "a"\nmsgstr "x"\n\nmsgid "b"\nmsgstr "y"\n\nmsgid "a"\nmsgstr "z"\n'
    assert codes_twice(file) == ("a",)
    assert codes_twice('msgid "c"\nmsgstr "x"\nmsgstr "y"\n\nmsgid "d"\nmsgstr "z"\n') == ("c",)
    monkeypatch.setattr("rafiqa.locale.__main__.written", lambda _: file)
    assert main() == 1
    assert "a: twice in en\na: twice in ar\n" in capsys.readouterr().out


def test_command_lists_faults(capsys, monkeypatch):
    monkeypatch.setattr(
        "rafiqa.locale.__main__.catalogue", lambda lang: {"a": "x"} if lang == "en" else {}
    )
    assert main() == 1
    assert "a: in en, not in ar" in capsys.readouterr().out
