"""The words of public pages and sheets: the same codes in four languages, all used, no promise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rafiqa.locale import assuring_words, disagreements, public_words
from rafiqa.locale.agreement import codes_twice
from tests.test_tidy import WORD_OF_PROMISE

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "src" / "rafiqa" / "locale" / "public"
SOURCES = [
    ROOT / "src" / "rafiqa" / path
    for path in ("wire/publicpage.py", "wire/publicsheet.py", "api/public.py")
]
LANGS = ("en", "ar", "ckb", "kmr")


@pytest.mark.parametrize("lang", LANGS[1:])
def test_each_says_the_same_as_the_english(lang: str) -> None:
    assert {file.stem for file in FOLDER.glob("*.po")} == set(LANGS)
    assert disagreements(public_words("en"), public_words(lang), ("en", lang)) == []


@pytest.mark.parametrize("lang", LANGS)
def test_none_promises(lang: str) -> None:
    for code, text in public_words(lang).items():
        assert text.strip(), code
        assert not WORD_OF_PROMISE.search(text), (code, text)
        assert assuring_words(text) == (), (code, text)
    assert codes_twice((FOLDER / f"{lang}.po").read_text(encoding="utf-8")) == ()


def test_every_code_has_words_and_every_word_is_said() -> None:
    known = set(public_words("en"))
    families = {code.partition(".")[0] for code in known}
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    used = set(re.findall(r'["\']([a-z]+\.[a-z-]+)["\']', text))
    used = {code for code in used if code.partition(".")[0] in families}
    built = set(re.findall(r'f["\']([a-z]+)\.\{', text)) | {"notices"}
    assert used - known == set()
    idle = {code for code in known - used if code.partition(".")[0] not in built}
    assert idle == set()
