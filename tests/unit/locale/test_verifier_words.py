"""The verifier's words: the same codes in four languages, every code that is used, no promise."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from rafiqa.dictionary import dictionary
from rafiqa.ledger.claims import KINDS, OUTCOMES
from rafiqa.ledger.statuslist import STATES
from rafiqa.ledger.verdict import Answer
from rafiqa.locale import assuring_words, disagreements
from rafiqa.locale.agreement import codes_twice
from tests.test_tidy import WORD_OF_PROMISE

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "src" / "rafiqa" / "locale" / "verify"
SOURCES = sorted((ROOT / "web" / "src" / "verify").glob("*.ts*"))
LANGS = ("en", "ar", "ckb", "kmr")
LISTS = ("method", "surface", "not_cleared_reason", "ordnance_category")
PAGE_ONLY = {"no-trust", "algorithm"}
"""Reasons that the page alone gives: without a trust list, and for what it cannot check."""


@cache
def words(lang: str) -> dict[str, str]:
    with (FOLDER / f"{lang}.po").open("rb") as stream:
        return {str(each.id): str(each.string) for each in read_po(stream) if each.id}


def test_there_are_four_languages() -> None:
    assert {file.stem for file in FOLDER.glob("*.po")} == set(LANGS)
    assert len(words("en")) > 150


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


def test_the_arabic_counts_in_six_ways() -> None:
    forms = {code.rpartition(".")[2] for code in words("ar") if code.startswith("age.days.")}
    assert forms == {"zero", "one", "two", "few", "many", "other"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", LISTS)
def test_listed_codes_are_named_as_in_the_dictionary(name: str, lang: str) -> None:
    listed = dictionary().lists[name]
    told = {code: words(lang).get(f"list.{name}.{code}") for code in listed.names}
    assert told == {code: listed.label(code, lang) for code in listed.names}


def test_every_answer_reason_state_kind_and_outcome_has_words() -> None:
    source = (ROOT / "src/rafiqa/ledger/verdict.py").read_text(encoding="utf-8")
    given = set(re.findall(r'(?:return|_Unknown\(\(|or) ?\(?"([a-z-]+)"', source))
    assert len(given) > 10
    reasons = given | set(STATES) | PAGE_ONLY
    known = words("en")
    assert {f"reason.{reason}" for reason in reasons} == {
        code for code in known if code.startswith("reason.")
    }
    for answer in Answer:
        assert {f"answer.{answer.value}", f"say.{answer.value}"} <= known.keys()
    assert {f"status.{state}" for state in (*STATES, "in-force")} <= known.keys()
    assert {f"{name}.{kind}" for kind in KINDS for name in ("kind", "note")} <= known.keys()
    assert {f"{name}.{out}" for out in OUTCOMES for name in ("part", "legend")} <= known.keys()


def test_every_code_in_the_page_has_words_and_every_word_a_code() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    used = set(re.findall(r'["`]([a-z]+\.[a-z-]+)["`]', text))
    patterns = [
        re.escape(found).replace(r"\$\{\}", r"[\w.-]+")
        for found in re.findall(r"`([a-z]+\.[^`\s]*)`", re.sub(r"\$\{[^}]*\}", "${}", text))
    ]
    known = words("en")
    families = {code.rpartition(".")[0] for code in known if code.startswith("age.days.")}
    in_page = {code for code in used if code.split(".")[0] in {c.split(".")[0] for c in known}}
    assert not in_page - known.keys() - families
    idle = {
        code
        for code in known
        if code not in used
        and code.rpartition(".")[0] not in used
        and not any(re.fullmatch(pattern, code) for pattern in patterns)
        and not re.fullmatch(r"field\.[a-z]+", code)
    }
    assert not idle


def test_the_build_reads_the_words_as_babel_does() -> None:
    script = (
        'import { readPo } from "./po.mjs"; import { readFileSync } from "node:fs";'
        "console.log(JSON.stringify(readPo(readFileSync(process.argv[1], 'utf8'))));"
    )
    for lang in LANGS:
        command = ["node", "--input-type=module", "-e", script, str(FOLDER / f"{lang}.po")]
        ran = subprocess.run(
            command, cwd=ROOT / "web", check=True, capture_output=True, text=True, timeout=60
        )
        assert json.loads(ran.stdout) == words(lang)
