"""The words of the residents' page: the same codes in four languages, all used, no promise."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from rafiqa.dictionary import dictionary
from rafiqa.locale import assuring_words, disagreements
from rafiqa.locale.agreement import codes_twice
from tests.test_tidy import WORD_OF_PROMISE

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "src" / "rafiqa" / "locale" / "report"
SOURCES = sorted((ROOT / "web" / "src" / "report").glob("*.ts*"))
LANGS = ("en", "ar", "ckb", "kmr")


@cache
def words(lang: str) -> dict[str, str]:
    with (FOLDER / f"{lang}.po").open("rb") as stream:
        return {str(each.id): str(each.string) for each in read_po(stream) if each.id}


def test_there_are_four_languages() -> None:
    assert {file.stem for file in FOLDER.glob("*.po")} == set(LANGS)
    assert len(words("en")) > 80


@pytest.mark.parametrize("lang", LANGS[1:])
def test_each_says_the_same_as_the_english(lang: str) -> None:
    assert disagreements(words("en"), words(lang), ("en", lang)) == []


@pytest.mark.parametrize("lang", LANGS)
def test_none_promises(lang: str) -> None:
    for code, text in words(lang).items():
        assert text.strip(), code
        assert not WORD_OF_PROMISE.search(text), (code, text)
        assert "آمن" not in text, (code, text)
        assert assuring_words(text) == (), (code, text)
    assert codes_twice((FOLDER / f"{lang}.po").read_text(encoding="utf-8")) == ()


@pytest.mark.parametrize("lang", LANGS)
def test_listed_codes_are_named_as_in_the_dictionary(lang: str) -> None:
    for name, prefix in (("report_seen", "list.report_seen"), ("request_kind", "kind")):
        listed = dictionary().lists[name]
        told = {code: words(lang).get(f"{prefix}.{code}") for code in listed.names}
        assert told == {code: listed.label(code, lang) for code in listed.names}


def test_every_picture_card_is_a_code_of_the_dictionary() -> None:
    text = (ROOT / "web/src/report/cards.tsx").read_text(encoding="utf-8")
    drawn = re.findall(r"^  (\w+): \(\) =>", text, re.MULTILINE)
    assert sorted(drawn) == sorted(dictionary().lists["report_seen"].names)


def test_every_code_in_the_page_has_words_and_every_word_a_code() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    families = {code.partition(".")[0] for code in words("en")}
    used = set(re.findall(r'"([a-z]+\.[a-z-]+)"', text))
    used = {code for code in used if code.partition(".")[0] in families}
    built = set(re.findall(r"`([a-z]+)\.[^`\s]*\$\{", text))
    assert used - words("en").keys() == set()
    idle = {
        code for code in words("en") if code not in used and code.partition(".")[0] not in built
    }
    assert idle == {"page.no-script"}
